"""Whether all that there is after a cut agrees: the database with itself, and every card with the database."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.moderation.cases import RULE_ID, Act
from bot.sandbox.discord.component_forms import Component
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.store.audit import audit
from bot.store.database import Reader
from bot.store.sqlite import Sqlite
from bot.text import Texts
from tests.e2e.court import Court
from tests.e2e.scenes import Report, Scene, pressable

_TAKES_AWAY = (Act.DELETE, Act.DELETE_ALL)
_APPROVED = "notice.appeal.approved"
_TEXTS = Texts()


@dataclass(frozen=True)
class Books:
    """Everything that the database knows of one server."""

    cases: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    pauses: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    evidence: list[dict[str, Any]]

    @classmethod
    async def read(cls, db: Reader, guild_id: int) -> "Books":
        async def rows(sql: str) -> list[dict[str, Any]]:
            return [dict(row) for row in await db.fetch(sql, guild_id)]

        return cls(
            cases=await rows("SELECT * FROM cases WHERE guild_id = $1 ORDER BY case_id"),
            actions=await rows(
                """SELECT case_actions.* FROM case_actions JOIN cases USING (case_id)
                WHERE guild_id = $1 ORDER BY action_id"""
            ),
            requests=await rows("SELECT * FROM requests WHERE guild_id = $1 ORDER BY interaction_id"),
            pauses=await rows("SELECT * FROM pauses WHERE guild_id = $1"),
            notices=await rows("SELECT * FROM notices WHERE guild_id = $1 AND user_id IS NOT NULL"),
            evidence=await rows("SELECT evidence.* FROM evidence JOIN cases USING (case_id) WHERE guild_id = $1"),
        )

    def times(self, *acts: Act) -> int:
        """How often one of these is written down as done."""
        counts = Counter(action["act"] for action in self.actions)
        return sum(counts[act.value] for act in acts)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [case for case in self.cases if case["kind"] == kind]


def stands(scene: Scene, books: Books) -> bool:
    """Whether what the scene is about was done, by what is written down of it."""
    if scene.act is not None:
        return books.times(scene.act) > 0
    if isinstance(scene, Report):
        return bool(books.of("report"))
    return any(case["appealed_ms"] is not None for case in books.cases)


async def wrongs(court: Court, db: Sqlite, scenes: Sequence[Scene]) -> list[str]:
    """Everything that is not as it must be while the bot is at rest."""
    found = [f"audit: {finding}" for finding in await audit(db)]
    for scene in scenes:
        books = await Books.read(db, scene.server.guild.id)
        name = f"{scene.server.guild.name} ({'done' if stands(scene, books) else 'not done'})"
        found += [f"{name}: {wrong}" for wrong in (*_in_books(court, scene, books), *_on_screens(court, scene, books))]
    return found


# ---------------------------------------------------------------- the database with itself


def _in_books(court: Court, scene: Scene, books: Books) -> Iterator[str]:
    """An act and its effect are both there or both not, and nothing is there twice."""
    for act, times in Counter(action["act"] for action in books.actions).items():
        if times > 1:
            yield f"{act} is written down {times} times"
    if any(action["user_id"] != court.mona for action in books.actions):
        yield "somebody else acted"
    taken = books.times(*_TAKES_AWAY) > 0
    if any((request["removed"] == "moderator") is not taken for request in books.requests):
        yield f"removed: {[request['removed'] for request in books.requests]}"
    if any(bool(request["spoiler"]) is not (books.times(Act.BLUR) > 0) for request in books.requests):
        yield f"blurred: {[request['spoiler'] for request in books.requests]}"
    if len(books.of("review")) != (scene.name == "moderate" and taken):
        yield f"{len(books.of('review'))} cases of a moderator's own accord"
    if scene.images:
        reports = books.of("report")
        if len(reports) > 1 or len({each["case_id"] for each in books.evidence}) != len(reports):
            yield f"{len(reports)} reports, evidence for {len(books.evidence)}"
    yield from _of_pauses(court, books)
    yield from _of_appeals(books)


def _of_pauses(court: Court, books: Books) -> Iterator[str]:
    """Whoever is paused is so by an act, or by the strike rule until an approval lifts that."""
    lasting = {pause["by_id"] for pause in books.pauses if pause["lifted_ms"] is None}
    expected = {court.mona} if books.times(Act.PAUSE) else set()
    ruled = [case for case in books.of("pause") if case["by_id"] == RULE_ID]
    if ruled and not books.times(Act.APPROVE):
        expected = {RULE_ID}
    if lasting != expected:
        yield f"paused by {lasting}, not by {expected}"
    if books.times(Act.LIFT) != (books.times(Act.APPROVE) if ruled else 0):
        yield "the strike rule's pause was lifted without an approval, or the other way round"


def _of_appeals(books: Books) -> Iterator[str]:
    approved = [case for case in books.cases if case["appeal_approved"]]
    if len(approved) != books.times(Act.APPROVE) or any(case["strike"] for case in approved):
        yield f"{len(approved)} appeals were approved, {sum(case['strike'] for case in approved)} of them count"
    if [notice["message_id"] for notice in books.notices] != [_APPROVED] * len(approved):
        yield f"told: {[notice['message_id'] for notice in books.notices]}"


# ---------------------------------------------------------------- every card with the database


def _on_screens(court: Court, scene: Scene, books: Books) -> Iterator[str]:
    # Deleted ones, too.
    cards = [each for each in court.local.core.messages.in_channel(scene.server.log.id) if each.ephemeral_to is None]
    # A block that joined another one is told by the card of that.
    telling = [case for case in books.cases if case["lead_id"] is None]
    posted: dict[int, list[Message]] = {case["case_id"]: [] for case in telling}
    for card in cards:
        # What all its buttons carry, and so does the moderator's history of the member, which is always there.
        posted.setdefault(int(pressable(card, "history").rpartition(":c")[2] or 0), []).append(card)
    for case_id, found in posted.items():
        if len(found) != 1:
            yield f"{len(found)} cards of case {case_id}"
    for case in telling:
        for card in posted[case["case_id"]]:
            yield from _of_card(card, case, books)
    for image in scene.images:
        yield from _of_image(image, books)
    yield from _of_direct(court, scene, books)


def _of_card(card: Message, case: dict[str, Any], books: Books) -> Iterator[str]:
    """It tells of each act who and when, and of no other; and its buttons are those that can do something."""
    text = card.body.text
    mine = [action for action in books.actions if action["case_id"] == case["case_id"]]
    told = [f"— <@{action['user_id']}>, <t:{action['at_ms'] // 1000}:R>" for action in mine]
    if text.count("✔") != len(mine) or any(text.count(line) != told.count(line) for line in told):
        yield f"the card of a {case['kind']} tells of other acts than {told}: {text}"
    taken = books.times(*_TAKES_AWAY) > 0
    undecided = case["appealed_ms"] is not None and case["appeal_approved"] is None
    pauses = [pause for pause in books.pauses if pause["case_id"] == case["case_id"]]
    imaged = case["kind"] in {"report", "review"}
    offered = {
        "delete": imaged and not taken,
        "blur": imaged and not taken and not books.times(Act.BLUR),
        "approve": undecided,
    }
    if pauses:
        offered["lift"] = pauses[0]["lifted_ms"] is None
    for does, expected in offered.items():
        if bool(pressable(card, does)) is not expected:
            yield f"the card of a {case['kind']} {'lacks' if expected else 'offers'} {does}: {text}"
    if ("appeals" in text) is not undecided:
        yield f"of an appeal it tells: {text}"


def _of_image(image: Message, books: Books) -> Iterator[str]:
    """What people see of the image is what the database says."""
    taken, text = books.times(*_TAKES_AWAY) > 0, image.body.text
    hidden = [
        item.get("spoiler", False)
        for _, each in walk(image.body.components)
        if each["type"] == Component.MEDIA_GALLERY
        for item in each["items"]
    ]
    if (len(image.body.attachments), len(hidden)) != ((0, 0) if taken else (1, 1)):
        yield f"{len(image.body.attachments)} files, {len(hidden)} shown: {text}"
    if any(each is not (books.times(Act.BLUR) > 0) for each in hidden):
        yield f"hidden: {hidden}"
    if ("A moderator of this server removed it." in text) is not taken or ("garden" in text) is taken:
        yield f"the card says: {text}"


def _of_direct(court: Court, scene: Scene, books: Books) -> Iterator[str]:
    direct = court.local.world.dm_with(scene.server.member_id)
    told = [] if direct is None else [each for each in court.local.messages(direct.id) if "approved" in each.body.text]
    if len(told) != books.times(Act.APPROVE):
        yield f"the member was told {len(told)} times"


def answers(scene: Scene, record: InteractionRecord, *, stood: bool) -> Callable[[InteractionRecord], bool]:
    """What tells whether somebody was told that it is done now, or that it was before."""
    message_id = scene.again if stood else scene.done
    member = f"<@{scene.server.member_id}>"
    expected = _TEXTS(record.payload["locale"], message_id, count=len(scene.images), member=member)

    def true(record: InteractionRecord) -> bool:
        said = [each.body.text for each in (record.message, *record.followups) if each is not None]
        return any(expected in text for text in said)

    return true
