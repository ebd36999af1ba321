"""What people ask for in the power-cut tests: one for each way a request can end, and what has to be true of it."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.cards.writer import ref_of
from bot.catalog import Catalog
from bot.clock import Clock
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.sandbox.segmind import MODELS, POSTS, Fault, FaultKind, LocalSegmind, Rule
from bot.sandbox.segmind.models import Choice, Model
from bot.sandbox.terminal import has_ended
from bot.store.audit import audit
from bot.store.sqlite import open_sqlite
from tests.e2e.rig import Outside, outside

LATENCY_S, PLANNED_S = 0.8, 0.5
BUSY = "[busy]"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request and its end: so many images, or a message where it is none.

    `turned_away`: its first submit is not taken. Where that answer is lost, nobody can tell, and it ends as LOST.
    """

    name: str
    images: int
    marker: str = ""
    command: str = "imagen"
    options: Mapping[str, object] | None = None
    turned_away: bool = False
    by: str = "mia"

    @property
    def jobs(self) -> int:
        return int(str((self.options or {}).get("count", 1)))

    @property
    def private(self) -> bool:
        return bool((self.options or {}).get("private"))


ASKS = (
    Ask("image", 1),
    Ask("two images", 2, command="imagen-ultra", options={"count": 2}),
    Ask("private", 1, options={"private": True}),
    Ask("blocked words", 0, "[rai-words]"),
    Ask("blocked picture", 0, "[rai-picture]"),
    Ask("failed", 0, "[fail]"),
    Ask("v1", 1, command="imagen-fast", turned_away=True),
    Ask("refused parameters", 0, options={"model": "imagen-3", "aspect_ratio": "9:16"}, turned_away=True),
    Ask("429, then ok", 1, BUSY, turned_away=True),
    Ask("unclear", 1, "[dropped]"),
    Ask("unclear, Imagen 3", 1, "[dropped]", options={"model": "imagen-3"}),
    Ask("unclear over v1", 1, "[dropped]", command="imagen-fast", turned_away=True),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One use of a command. The prompt is its own, so that whatever reaches Segmind can be told apart."""

    ask: Ask
    stop: str
    prompt: str
    record: InteractionRecord
    images: int

    def __str__(self) -> str:
        return f"{self.ask.name} @ {self.stop}"


async def use(there: Outside, ask: Ask, *, stop: str, number: int, lost: bool = False) -> Asked:
    """Ask for it; `lost` says that its submit will never be taken, so that there can be no image."""
    prompt = f"fox {number} {ask.marker}".strip()
    user_id = there.discord.world.user_named(ask.by).id
    record = await there.use(ask.command, user_id=user_id, prompt=prompt, **(ask.options or {}))
    return Asked(ask, stop, prompt, record, 0 if lost else ask.images)


def quick_models(latency_s: float = LATENCY_S) -> dict[str, Model]:
    """Segmind's models, each as fast as the bot hopes or slower; Imagen 3 refuses one shape."""
    models = {slug: replace(model, latency_s=latency_s) for slug, model in MODELS.items()}
    fewer = {**models["imagen"].parameters, "aspect_ratio": Choice(("1:1", "4:3", "3:4", "16:9"))}
    return models | {"imagen": replace(models["imagen"], parameters=fewer)}


def models_file(planned_s: float = PLANNED_S) -> str:
    """The operator's file that tells the bot so."""
    return "".join(f"[models.{model.key}]\nlatency_s = {planned_s}\n" for model in Catalog().models)


@contextlib.asynccontextmanager
async def quick_outside(folder: Path, *, clock: Clock | None = None) -> AsyncIterator[Outside]:
    """Both stand-ins, with models that are quick, and a bot that is told so: it does not look for the usual time."""
    async with outside(folder, clock=clock, models=quick_models()) as there:
        file = folder / "models.toml"
        file.write_text(models_file(), encoding="utf-8")
        there.told["MODELS_FILE"] = str(file)
        yield there


def turn_away_the_busy(segmind: LocalSegmind) -> None:
    """Every prompt that says so meets one 429."""
    met: set[str] = set()

    def first_time(prompt: str) -> bool:
        if BUSY not in prompt or prompt in met:
            return False
        met.add(prompt)
        return True

    segmind.weather.add(Rule(Fault(FaultKind.RATE_LIMITED, seconds=0.1), POSTS, when=first_time))


# ---------------------------------------------------------------- verdict


class Seen:
    """What mia sees of the ends of all requests, at one moment."""

    def __init__(self, there: Outside) -> None:
        self._replies: dict[int, list[Message]] = {}
        # Each with its words, which are looked through once for every request.
        self._posts: list[tuple[str, Message]] = []
        for message in filter(has_ended, there.messages()):
            if message.interaction_id is None:
                self._posts.append((message.body.text, message))
            else:
                self._replies.setdefault(message.interaction_id, []).append(message)

    def cards(self, asked: Asked) -> list[Message]:
        """The ends of this one, wherever they stand."""
        ref = ref_of(asked.record.id)
        posts = [message for text, message in self._posts if ref in text]
        return self._replies.get(asked.record.id, []) + posts


def _seen_wrong(seen: Seen, asked: Asked, *, accepted: bool) -> str | None:
    cards = seen.cards(asked)
    if len(cards) != accepted:
        return f"{len(cards)} cards, accepted: {accepted}"
    for card in cards:
        if len(card.body.attachments) != asked.images:
            return f"{len(card.body.attachments)} images: {card.body.text}"
        if asked.ask.private and card.visible_to(None) and card.guild_id is not None:
            return "a private result stands in the channel"
    return None


async def wrongs(there: Outside, everything: Sequence[Asked]) -> list[str]:
    """Everything that is not as it must be once the bot has ended for good; what is opened is its own database."""
    db = await open_sqlite(there.database)
    try:
        found = [f"audit: {finding}" for finding in await audit(db)]
        accepted = {row["interaction_id"] for row in await db.fetch("SELECT interaction_id FROM requests")}
        jobs = await db.fetch(
            """SELECT jobs.interaction_id, jobs.number, state,
                SUM(CASE WHEN kind = 'hold' THEN 1 ELSE 0 END) AS holds,
                SUM(CASE WHEN kind IN ('settle', 'release') THEN 1 ELSE 0 END) AS closings
            FROM jobs LEFT JOIN entries ON entries.interaction_id = jobs.interaction_id
                AND entries.number = jobs.number GROUP BY jobs.interaction_id, jobs.number, state"""
        )
        ours = {asked.record.id for asked in everything}
        found += [
            f"not each hold is closed once: {dict(row)}"
            for row in jobs
            if row["closings"] > row["holds"] or (row["closings"] != row["holds"] and row["interaction_id"] in ours)
        ]
        # Every budget that a job counts for has paid the same; what its price did not cover was paid by the operator.
        booked = await db.fetch(
            """SELECT MAX(CASE WHEN kind = 'settle' THEN spent ELSE 0 END)
                + MAX(CASE WHEN kind IN ('overrun', 'provision') THEN spent ELSE 0 END) AS spent
            FROM entries WHERE interaction_id IS NOT NULL GROUP BY interaction_id, number"""
        )
    finally:
        await db.close()
    charged = sum(request.charged_microcredits for request in there.segmind.requests)
    paid = sum(row["spent"] for row in booked)
    if charged > paid:
        found.append(f"charged {charged}, booked {paid}")
    seen = Seen(there)
    for asked in everything:
        taken = sum(request.prompt == asked.prompt for request in there.segmind.requests)
        of_it = sum(row["interaction_id"] == asked.record.id for row in jobs)
        if taken > of_it:
            found.append(f"{asked}: {taken} requests for {of_it} jobs")
        if wrong := _seen_wrong(seen, asked, accepted=asked.record.id in accepted):
            found.append(f"{asked}: {wrong}")
    return found
