"""The log of moderators: one card for each case, once, true after every change, and nobody kept waiting by anybody."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.catalog import Catalog
from bot.errors import Busy, ContentBlocked, MessageGone, NotAllowed, StoreError
from bot.moderation.case_log import AT_A_TIME, AT_ONCE_MAX, REST_MS, STALE_MS, CaseLog
from bot.moderation.case_text import CaseWriter
from bot.moderation.cases import Act, Action, Appeal, Case, CaseKind, Source
from bot.settings import LOG_CHANNEL, MODERATION_CHANNEL
from bot.store import case_actions, case_groups, cases
from tests.admin.support import NOON_MS, TEXTS, HandClock, rulebook
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector

pytestmark = pytest.mark.asyncio

REPORT = Case(
    case_id=0,
    guild_id=7,
    kind=CaseKind.REPORT,
    user_id=3,
    by_id=55,
    channel_id=2,
    interaction_id=None,
    private=False,
    prompt="a knight",
    details={"reason": "rude"},
    at_ms=NOON_MS,
)


@pytest_asyncio.fixture
async def db(tmp_path):
    database = await open_fresh(tmp_path / "imagen.sqlite3", connect=InlineConnector())
    yield database
    await database.close()


@pytest.fixture
def clock():
    return HandClock()


class PowerCut(BaseException):
    """The machine stands still: nothing of ours may answer to this."""


class FakePoster:
    """A Discord that knows no nonce any more. `refusals` by channel are raised in place of doing anything.

    `refused` is what no card may say.
    `cut` is a call at which the power fails: its name, and whether Discord had done it by then.
    """

    def __init__(self):
        self.cards = {}
        self.calls = []
        self.refusals = {}
        self.refused = None
        self.cut = None
        self.held = {}
        self.language = "en-US"

    async def _call(self, name, channel_id, card=None):
        self.calls.append((name, channel_id))
        if self.cut == (name, "before"):
            raise PowerCut
        if channel_id in self.held:
            await self.held[channel_id].wait()
        if channel_id in self.refusals:
            raise self.refusals[channel_id]
        if card is not None and self.refused is not None and self.refused in "".join(card.lines):
            raise ContentBlocked(self.refused)

    def _done(self, name):
        if self.cut == (name, "after"):
            raise PowerCut

    async def post(self, card, *, guild_id, channel_id, case_id):
        await self._call("post", channel_id, card)
        message_id = 900 + len(self.cards)
        self.cards[message_id] = (channel_id, case_id, card)
        self._done("post")
        return message_id

    async def edit(self, card, *, guild_id, channel_id, message_id, case_id):
        await self._call("edit", channel_id, card)
        if message_id not in self.cards:
            raise MessageGone("deleted")
        self.cards[message_id] = (channel_id, case_id, card)
        self._done("edit")

    async def find(self, *, guild_id, channel_id, case_id, posting_ms):
        await self._call("find", channel_id)
        self._done("find")
        there = (each for each, (at_id, of_id, _) in self.cards.items() if (at_id, of_id) == (channel_id, case_id))
        return next(there, None)

    def locale(self, guild_id):
        return self.language

    @property
    def places(self):
        return [channel_id for channel_id, _, _ in self.cards.values()]

    @property
    def order(self):
        return [case_id for _, case_id, _ in self.cards.values()]


@pytest.fixture
def poster():
    return FakePoster()


def log_of(db, clock, poster):
    writer = CaseWriter(texts=TEXTS, catalog=Catalog())
    return CaseLog(db=db, rulebook=rulebook(db, clock), poster=poster, writer=writer, clock=clock)


@pytest.fixture
def case_log(db, clock, poster):
    return log_of(db, clock, poster)


async def opened(db, *, guild_id=7, number=1, **changes):
    async with db.transaction() as tx:
        case, new = await cases.insert(
            tx, replace(REPORT, guild_id=guild_id, at_ms=NOON_MS + number, **changes), once=f"{guild_id}:{number}"
        )
    assert new
    return case


async def acted(db, case, act=Act.DISMISS, *, press_id=None):
    async with db.transaction() as tx:
        action = Action(act=act, user_id=44, at_ms=NOON_MS, images=1)
        await case_actions.add(tx, case.case_id, action, press_id=press_id)
        await case_groups.changed(tx, case.case_id)


async def log_to(db, clock, channel_id, *, guild_id=7, setting=MODERATION_CHANNEL):
    await rulebook(db, clock).change(guild_id, setting, lambda _: channel_id, user_id=1)


async def behind(db):
    return len(await cases.behind(db, limit=500))


def words(poster):
    (card,) = (card for _, _, card in poster.cards.values())
    return "\n".join(card.lines)


# ---------------------------------------------------------------- where, and in which language


async def test_a_case_becomes_one_card_in_the_channel_for_moderation(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    case = await opened(db)
    for _ in range(3):
        await case_log.send()
    assert [(channel_id, case_id) for channel_id, case_id, _ in poster.cards.values()] == [(70, case.case_id)]
    assert poster.calls == [("post", 70)]
    assert "a knight" in words(poster)


async def test_no_case_goes_to_the_log_channel_which_more_people_may_see(db, clock, poster, case_log):
    await log_to(db, clock, 70, setting=LOG_CHANNEL)
    await opened(db)
    await case_log.send()
    assert poster.calls == []
    assert await behind(db) == 0


async def test_without_a_channel_nobody_is_told_and_nothing_stays_open(db, clock, poster, case_log):
    case = await opened(db)
    await case_log.send()
    assert poster.calls == []
    assert await behind(db) == 0
    await log_to(db, clock, 70)
    await case_log.send()
    assert poster.calls == []
    await acted(db, case)
    await case_log.send()
    assert poster.places == [70]


async def test_a_language_that_discord_has_not_told_is_english(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    poster.language = None
    await opened(db)
    await case_log.send()
    assert "reported it" in words(poster)


# ---------------------------------------------------------------- true after every change


async def test_an_action_is_told_on_the_same_card(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    case = await opened(db)
    await case_log.send()
    assert "✔" not in words(poster)
    await acted(db, case)
    await case_log.send()
    assert "✔ Looked at it: nothing to do — <@44>" in words(poster)
    assert poster.calls == [("post", 70), ("edit", 70)]
    assert await behind(db) == 0


async def test_a_card_stays_where_it_is_when_another_channel_is_chosen(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    case = await opened(db)
    await case_log.send()
    await log_to(db, clock, 71)
    await acted(db, case)
    await opened(db, number=2)
    await case_log.send()
    assert poster.calls == [("post", 70), ("edit", 70), ("post", 71)]


async def test_what_changes_while_a_card_is_being_posted_is_told_after_it(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    poster.held[70] = asyncio.Event()
    case = await opened(db)
    sending = asyncio.create_task(case_log.send())
    async with asyncio.timeout(5):
        while not poster.calls:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await acted(db, case)
    poster.held[70].set()
    await sending
    assert "✔" not in words(poster)
    assert await behind(db) == 1
    await case_log.send()
    assert "✔" in words(poster)
    assert await behind(db) == 0


async def test_a_card_that_somebody_deleted_is_not_put_up_again(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    case = await opened(db)
    await case_log.send()
    poster.cards.clear()
    for _ in range(2):
        await acted(db, case)
        await case_log.send()
        assert await behind(db) == 0
    assert poster.calls == [("post", 70), ("edit", 70), ("edit", 70)]
    assert poster.cards == {}


# ---------------------------------------------------------------- crashes


class FailingDatabase:
    """The real one; of its transactions, the one with this number is lost."""

    def __init__(self, db, lost):
        self._db = db
        self._left = lost

    async def fetch(self, sql, *args):
        return await self._db.fetch(sql, *args)

    def transaction(self):
        self._left -= 1
        if self._left == 0:
            raise StoreError("the power is gone")
        return self._db.transaction()


@pytest.mark.parametrize(
    "cut",
    [
        ("post", "before"),
        ("post", "after"),
        ("edit", "before"),
        ("edit", "after"),
        ("find", "before"),
        ("find", "after"),
    ],
)
async def test_a_power_cut_at_any_call_leaves_one_card_that_tells_the_truth(db, clock, poster, cut):
    await log_to(db, clock, 70)
    case = await opened(db)
    # Twice, so that it fails also where the first failure is being mended.
    for failing in ("post", "after"), cut, cut, None:
        poster.cut = failing
        with suppress(PowerCut):
            await log_of(db, clock, poster).send()
    assert poster.order == [case.case_id]
    assert await behind(db) == 0
    await acted(db, case)
    for failing in cut, None:
        poster.cut = failing
        with suppress(PowerCut):
            await log_of(db, clock, poster).send()
    assert poster.order == [case.case_id]
    assert "✔" in words(poster)
    assert await behind(db) == 0


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_transaction_that_is_lost_leaves_one_card_too(db, clock, poster, lost):
    await log_to(db, clock, 70)
    case = await opened(db)
    for database in (FailingDatabase(db, lost), FailingDatabase(db, 1), db):
        await log_of(database, clock, poster).send()
    assert poster.order == [case.case_id]
    assert await behind(db) == 0


async def test_what_was_not_posted_before_a_crash_is_posted_where_the_log_is_now(db, clock, poster):
    await log_to(db, clock, 70)
    await opened(db)
    poster.cut = ("post", "before")
    with suppress(PowerCut):
        await log_of(db, clock, poster).send()
    poster.cut = None
    await log_to(db, clock, 71)
    poster.refusals[70] = NotAllowed("deleted")
    await log_of(db, clock, poster).send()
    assert poster.places == [71]


# ---------------------------------------------------------------- closed doors


async def test_a_closed_channel_is_tried_every_ten_minutes_for_a_day(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    poster.refusals[70] = NotAllowed("no")
    for number in (1, 2, 3):
        await opened(db, number=number)
    for _ in range(20):
        await case_log.send()
    assert poster.calls == [("post", 70)]
    clock.ms += REST_MS - 1
    await case_log.send()
    assert len(poster.calls) == 1
    clock.ms += 1
    await case_log.send()
    assert [name for name, _ in poster.calls[1:]] == ["find"]
    assert await behind(db) == 3
    clock.ms = NOON_MS + STALE_MS
    await case_log.send()
    assert await behind(db) == 0
    assert poster.cards == {}


async def test_a_channel_that_opens_takes_all_that_waited_in_its_order(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    poster.refusals[70] = NotAllowed("no")
    waiting = [await opened(db, number=number) for number in (1, 2, 3)]
    await case_log.send()
    poster.refusals.clear()
    clock.ms += REST_MS
    await case_log.send()
    assert poster.order == [case.case_id for case in waiting]


async def test_another_channel_that_is_chosen_meanwhile_takes_it_at_once(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    poster.refusals[70] = NotAllowed("no")
    await opened(db)
    await case_log.send()
    await log_to(db, clock, 71)
    await case_log.send()
    assert poster.places == [71]


async def test_an_old_card_in_a_channel_that_is_gone_keeps_no_new_one_waiting(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    case = await opened(db)
    await case_log.send()
    await log_to(db, clock, 71)
    poster.refusals[70] = NotAllowed("deleted")
    await acted(db, case)
    await opened(db, number=2)
    await case_log.send()
    assert poster.places == [70, 71]
    assert await behind(db) == 0


async def test_while_discord_is_busy_the_order_of_a_server_is_kept_and_others_do_not_wait(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    await log_to(db, clock, 80, guild_id=8)
    poster.refusals[70] = Busy("later")
    first, second = await opened(db), await opened(db, number=2)
    other = await opened(db, guild_id=8)
    await case_log.send()
    assert poster.order == [other.case_id]
    poster.refusals.clear()
    await case_log.send()
    assert poster.order == [other.case_id, first.case_id, second.case_id]


async def test_servers_are_told_side_by_side(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    await log_to(db, clock, 80, guild_id=8)
    poster.held[70] = asyncio.Event()
    await opened(db)
    await opened(db, guild_id=8)
    sending = asyncio.create_task(case_log.send())
    async with asyncio.timeout(5):
        while poster.places != [80]:  # noqa: ASYNC110
            await asyncio.sleep(0)
    poster.held[70].set()
    await sending
    assert poster.places == [80, 70]


async def test_a_server_that_is_closed_keeps_no_other_waiting_however_much_it_has_to_tell(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    await log_to(db, clock, 80, guild_id=8)
    poster.refusals[70] = NotAllowed("no")
    for number in range(AT_ONCE_MAX + 1):
        await opened(db, number=number)
    await opened(db, guild_id=8, number=AT_ONCE_MAX + 2)
    await case_log.send()
    assert poster.places == [80]


async def test_a_card_that_can_never_be_shown_keeps_no_other_waiting(db, clock, poster, case_log, capsys):
    await log_to(db, clock, 70)
    await opened(db, details={"reason": 5})
    await opened(db, number=2)
    await case_log.send()
    assert len(poster.cards) == 1
    assert await behind(db) == 0
    assert "a case cannot be shown" in capsys.readouterr().out
    poster.refusals[70] = ContentBlocked("no")
    await opened(db, number=3)
    await case_log.send()
    assert await behind(db) == 0


async def test_a_poke_has_a_case_shown_at_once_and_a_database_that_is_busy_ends_nothing(db, clock, poster):
    await log_to(db, clock, 70)
    case_log = log_of(db, clock, poster)
    running = asyncio.create_task(case_log.run())
    async with asyncio.timeout(5):
        await clock.slept.wait()
        await opened(db)
        case_log.poke()
        while not poster.cards:  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


# ---------------------------------------------------------------- floods

BLOCK = {"kind": CaseKind.BLOCK, "source": Source.SERVER, "details": {"words": "gore", "rule": "words"}}


async def appealed(db, case):
    async with db.transaction() as tx:
        await cases.put_appeal(tx, case.case_id, Appeal(reason="a toy", at_ms=NOON_MS))


async def test_a_report_and_an_appeal_are_told_before_a_flood_of_blocks(db, clock, poster, case_log):
    await log_to(db, clock, 70)
    blocks = [await opened(db, number=number, **BLOCK) for number in range(1, 5)]
    report = await opened(db, number=5)
    await appealed(db, blocks[3])
    await case_log.send()
    assert poster.order == [each.case_id for each in (blocks[3], report, *blocks[:3])]


async def test_a_report_that_comes_in_during_a_flood_waits_for_a_few_cards_only(db, clock, poster):
    await log_to(db, clock, 70)
    for number in range(1, 21):
        await opened(db, number=number, user_id=number, **BLOCK)
    poster.held[70] = asyncio.Event()
    case_log = log_of(db, clock, poster)
    running = asyncio.create_task(case_log.run())
    async with asyncio.timeout(5):
        while not poster.calls:  # noqa: ASYNC110
            await asyncio.sleep(0)
        report = await opened(db, number=21)
        case_log.poke()
        poster.held[70].set()
        while len(poster.cards) < 21:  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert poster.order.index(report.case_id) == AT_A_TIME
    assert len(set(poster.order)) == 21
