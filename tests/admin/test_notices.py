"""What is written down for servers and for the operator reaches them, once, and keeps nobody waiting."""

import asyncio

import pytest

from bot.admin.notices import AT_ONCE_MAX, STALE_MS, Notices
from bot.admin.wordbook import WordBook
from bot.catalog import Catalog
from bot.errors import Busy, MessageGone, NotAllowed, StoreError
from bot.levels import Level
from bot.setting_fields import BudgetKind
from bot.settings import (
    BUDGET as SERVER_BUDGET,
)
from bot.settings import (
    DENIED_CHANNELS,
    ENABLED,
    INSTALLATION,
    LOG_CHANNEL,
    MODERATION_CHANNEL,
    REFUSAL_WORDS,
    SAFETY_LEVEL,
    STOPPED,
)
from bot.store import notices as store
from bot.store import settings as settings_store
from bot.word_lines import Entry, Verdict
from tests.admin.support import GONE, OPERATOR, TEXTS, FakeLine, FakePoster, rulebook

pytestmark = pytest.mark.asyncio

BUDGET = {"percent": 80, "used_microcredits": 8_000_000, "amount_microcredits": 10_000_000, "resets_ms": 1_000_000}


@pytest.fixture
def poster():
    return FakePoster()


@pytest.fixture
def line():
    return FakeLine()


def notices_of(db, clock, poster, line, *, read=None):
    """The real thing; `read` is the database that it reads settings from, where that is another one."""
    rules = rulebook(read or db, clock)
    return Notices(db=db, rulebook=rules, poster=poster, line=line, catalog=Catalog(), texts=TEXTS, clock=clock)


@pytest.fixture
def notices(db, clock, poster, line):
    return notices_of(db, clock, poster, line)


async def add(db, clock, *, guild_id=7, message_id="notice.budget", params=BUDGET, once=None, user_id=None):
    async with db.transaction() as tx:
        return await store.add(
            tx,
            guild_id=guild_id,
            message_id=message_id,
            params=params,
            once=once,
            at_ms=clock.now_ms(),
            user_id=user_id,
        )


async def log_to(db, clock, channel_id, guild_id=7):
    """As if it had been so for ever: the change itself is told to nobody."""
    async with db.transaction() as tx:
        await settings_store.store(tx, guild_id, LOG_CHANNEL.name, channel_id, at_ms=clock.now_ms())


async def open_count(db):
    return len(await store.open_ones(db, limit=100))


async def test_a_server_is_told_in_its_log_channel_with_amounts_and_times_for_people(db, clock, notices, poster):
    await log_to(db, clock, 70)
    await add(db, clock)
    await notices.send()
    ((guild_id, channel_id, text),) = poster.posts.values()
    assert (guild_id, channel_id) == (7, 70)
    assert "80\u00a0%" in text
    assert "8 of 10 credits" in text
    assert "<t:1000:f>" in text
    assert await open_count(db) == 0


async def test_a_server_without_a_log_channel_is_not_told_and_nothing_stays_open(db, clock, notices, poster):
    await add(db, clock)
    await notices.send()
    assert poster.calls == 0
    assert await open_count(db) == 0


@pytest.mark.parametrize("refusal", [NotAllowed("no"), MessageGone("no")])
async def test_a_log_channel_that_takes_nothing_ends_the_notice_and_the_log_says_so(
    db, clock, notices, refusal, capsys
):
    await log_to(db, clock, 70)
    notices._poster.refusals[70] = refusal
    await add(db, clock)
    await notices.send()
    assert await open_count(db) == 0
    assert "nobody could be told" in capsys.readouterr().out


async def test_what_discord_does_not_take_now_is_told_later_and_in_its_order(db, clock, notices, poster):
    await log_to(db, clock, 70)
    await log_to(db, clock, 80, guild_id=8)
    poster.refusals[70] = Busy("later")
    for percent in (50, 80):
        await add(db, clock, params=BUDGET | {"percent": percent})
    await add(db, clock, guild_id=8)
    await notices.send()
    assert [guild_id for guild_id, _, _ in poster.posts.values()] == [8]
    assert await open_count(db) == 2
    poster.refusals.clear()
    await notices.send()
    assert ["50\u00a0%" in text for guild_id, _, text in poster.posts.values() if guild_id == 7] == [True, False]
    assert await open_count(db) == 0


async def test_what_could_not_be_told_for_a_day_is_no_news_any_more(db, clock, notices, poster):
    await log_to(db, clock, 70)
    poster.refusals[70] = Busy("later")
    await add(db, clock)
    clock.ms += STALE_MS - 1
    await notices.send()
    assert await open_count(db) == 1
    clock.ms += 1
    await notices.send()
    assert await open_count(db) == 0


async def test_what_is_told_once_is_written_once_however_long_ago_it_was_told(db, clock, notices, poster):
    await log_to(db, clock, 70)
    assert await add(db, clock, once="guild:7:m:2026-11:80")
    assert not await add(db, clock, once="guild:7:m:2026-11:80")
    await notices.send()
    assert not await add(db, clock, once="guild:7:m:2026-11:80")
    assert await add(db, clock, once="guild:7:m:2026-11:100")
    assert await store.told(db, "guild:7:m:2026-11:80")
    assert not await store.told(db, "guild:7:m:2026-12:80")


class LosingDatabase:
    """The real one, but whatever is written is lost."""

    def __init__(self, db):
        self._db = db

    async def fetch(self, sql, *args):
        return await self._db.fetch(sql, *args)

    def transaction(self):
        raise StoreError("the power is gone")


async def test_a_crash_between_telling_and_writing_it_down_tells_nobody_twice(db, clock, poster, line):
    await log_to(db, clock, 70)
    await add(db, clock)
    await add(db, clock, guild_id=INSTALLATION, message_id="operator.done.stop", params={})
    for database in (LosingDatabase(db), db):
        assert await open_count(db) == 2
        await notices_of(database, clock, poster, line, read=db).send()
    assert poster.calls == 2
    assert len(poster.posts) == 1
    assert len(line.told) == 1
    assert await open_count(db) == 0


async def test_the_operator_is_told_over_the_operators_line(db, clock, notices, poster, line):
    params = {"left_microcredits": 4_500_000, "threshold_microcredits": 5_000_000}
    await add(db, clock, guild_id=INSTALLATION, message_id="notice.balance", params=params)
    line.refusal = Busy("later")
    await notices.send()
    assert await open_count(db) == 1
    line.refusal = None
    await notices.send()
    (text,) = line.told.values()
    assert "4.5 credits" in text
    assert poster.calls == 0
    assert await open_count(db) == 0


@pytest.mark.parametrize("refusal", [Busy("later"), NotAllowed("closed")])
async def test_an_alarm_waits_for_the_operator_also_through_a_restart(db, clock, poster, line, refusal):
    line.refusal = refusal
    for lives in range(3):
        notices = notices_of(db, clock, poster, line)
        if lives == 0:
            assert await notices.alert("The account \\*is\\* empty.")
        await notices.send()
        assert await open_count(db) == 1
    line.refusal = None
    for _ in range(2):
        await notices.send()
    assert list(line.told.values()) == ["The account \\*is\\* empty."]
    assert await open_count(db) == 0


async def test_an_operator_whom_nobody_can_reach_keeps_no_server_waiting_and_is_given_up_after_a_day(
    db, clock, notices, poster, line
):
    await log_to(db, clock, 70)
    line.refusal = NotAllowed("closed")
    for number in range(AT_ONCE_MAX + 1):
        await notices.alert(f"{number}")
    await add(db, clock)
    await notices.send()
    assert len(poster.posts) == 1
    clock.ms += STALE_MS
    await notices.send()
    await notices.send()
    assert await store.open_ones(db, limit=AT_ONCE_MAX) == []
    assert line.told == {}


async def test_an_alarm_that_the_database_does_not_take_goes_to_the_operator_directly(db, clock, poster, line):
    notices = notices_of(LosingDatabase(db), clock, poster, line, read=db)
    assert await notices.alert("The disk is full.")
    line.refusal = NotAllowed("closed")
    assert not await notices.alert("The disk is full.")
    assert line.alerts == ["The disk is full."] * 2


async def test_an_alarm_is_told_at_once(db, clock, notices, line):
    running = asyncio.create_task(notices.run())
    for _ in range(50):
        await asyncio.sleep(0)
    await notices.alert("The account is empty.")
    async with asyncio.timeout(30):
        while not line.told:  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_words_of_people_are_made_harmless_and_forgotten_once_they_were_told(db, clock, notices, poster):
    await log_to(db, clock, 70)
    params = BUDGET | {"percent": "@everyone **bold**"}
    await add(db, clock, params=params)
    await notices.send()
    assert "@everyone" not in poster.texts[0]
    assert "\\*\\*bold" in poster.texts[0]
    assert "bold" not in str([dict(row) for row in await db.fetch("SELECT params FROM notices")])


async def test_a_notice_that_cannot_be_worded_is_given_up_and_keeps_no_other_waiting(
    db, clock, notices, poster, capsys
):
    await log_to(db, clock, 70)
    await add(db, clock, params={})
    await add(db, clock)
    await notices.send()
    assert len(poster.posts) == 1
    assert await open_count(db) == 0
    assert "a notice cannot be told" in capsys.readouterr().out


async def test_a_poke_has_what_was_added_told_at_once(db, clock, notices, poster):
    await log_to(db, clock, 70)
    running = asyncio.create_task(notices.run())
    for _ in range(50):
        await asyncio.sleep(0)
    await add(db, clock)
    notices.poke()
    async with asyncio.timeout(30):
        while not poster.posts:  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


# ---------------------------------------------------------------- changes of settings

OLGA = 78


async def test_a_change_of_a_setting_is_told_in_the_log_with_who_made_it_and_from_what_to_what(
    db, clock, notices, poster
):
    await log_to(db, clock, 70)
    await rulebook(db, clock).change(7, SAFETY_LEVEL, lambda _: Level.GUARDED, user_id=OLGA)
    await notices.send()
    assert poster.texts == [f"<@{OLGA}> changed **Safety level**: Standard → Guarded"]


async def test_what_is_set_anew_as_it_was_is_no_change(db, clock, notices, poster):
    await log_to(db, clock, 70)
    for _ in range(2):
        await rulebook(db, clock).change(7, ENABLED, lambda _: False, user_id=OLGA)
    await rulebook(db, clock).reset(7, SAFETY_LEVEL, user_id=OLGA)
    await notices.send()
    assert len(poster.texts) == 1


async def test_a_file_of_settings_is_one_notice_with_a_line_for_each(db, clock, notices, poster):
    await log_to(db, clock, 70)
    await rulebook(db, clock).replace(7, [(ENABLED, False), (DENIED_CHANNELS, [8, GONE])], user_id=OLGA)
    await notices.send()
    (text,) = poster.texts
    first, switch, channels = text.split("\n")
    assert first == f"<@{OLGA}> changed 2 settings:"
    assert switch.endswith(": on → off")
    assert channels.endswith(f": added <#8>, added a channel that was deleted ({GONE})")


async def test_a_setting_and_its_notice_are_written_together_or_not_at_all(db, clock):
    async with db.transaction() as tx:
        await tx.execute("ALTER TABLE notices RENAME TO elsewhere")
    with pytest.raises(StoreError):
        await rulebook(db, clock).change(7, ENABLED, lambda _: False, user_id=OLGA)
    assert (await rulebook(db, clock).rules(7)).guild[ENABLED] is True


class NoAutoMod:
    async def rules(self, guild_id):
        raise AssertionError("nobody is judged here")


async def test_a_change_of_word_rules_is_told_by_its_counts_and_without_the_words(db, clock, notices, poster):
    await log_to(db, clock, 70)
    book = WordBook(db=db, catalog=Catalog(), server_rules=NoAutoMod(), clock=clock)
    await book.add(7, [Entry("gore", Verdict.BLOCK), Entry("blood", Verdict.FLAG)], user_id=OLGA)
    await book.remove(7, ["gore"], user_id=OLGA)
    await book.remove(7, ["gore"], user_id=OLGA)
    await book.replace(7, [Entry("slime", Verdict.BLOCK)], user_id=OLGA)
    await notices.send()
    assert [text.removeprefix(f"<@{OLGA}> changed the **word rules**: ") for text in poster.texts] == [
        "2 added, 0 removed. /words shows them.",
        "0 added, 1 removed. /words shows them.",
        "1 added, 1 removed. /words shows them.",
    ]


async def test_what_the_operator_sets_is_not_told_in_any_log(db, clock):
    rules = rulebook(db, clock)
    await rules.change(INSTALLATION, STOPPED, lambda _: True, user_id=OPERATOR)
    await rules.change(7, SERVER_BUDGET, lambda now: type(now)(BudgetKind.BLOCKED, None), user_id=OPERATOR)
    assert await open_count(db) == 0


async def test_words_in_settings_are_made_harmless_and_forgotten_once_they_were_told(db, clock, notices, poster):
    await log_to(db, clock, 70)
    await rulebook(db, clock).change(7, REFUSAL_WORDS, lambda _: "@everyone **no**", user_id=OLGA)
    await notices.send()
    assert "@everyone" not in poster.texts[0]
    assert "no" not in str([row["params"] for row in await db.fetch("SELECT params FROM notices")])


# ---------------------------------------------------------------- to one member

APPEAL = {"words": "gore, **blood**"}


@pytest.mark.parametrize(
    ("message_id", "said"),
    [
        ("notice.appeal.approved", "You can use exactly that prompt"),
        ("notice.appeal.declined", "stays blocked"),
    ],
)
async def test_a_member_is_told_by_direct_message_and_no_log_is(db, clock, notices, message_id, said):
    poster = notices._poster
    await log_to(db, clock, 70)
    await add(db, clock, message_id=message_id, params=APPEAL, user_id=3)
    await notices.send()
    ((user_id, text),) = poster.direct.values()
    assert user_id == 3
    assert said in text
    assert "Server \\*7\\*" in text
    assert "gore, \\*\\*blood" in text
    assert poster.posts == {}
    assert await open_count(db) == 0


async def test_a_member_who_takes_no_direct_messages_keeps_nobody_waiting(db, clock, notices, poster):
    await log_to(db, clock, 70)
    poster.refusals[3] = NotAllowed("closed")
    await add(db, clock, message_id="notice.appeal.approved", params=APPEAL, user_id=3)
    await add(db, clock)
    await notices.send()
    assert poster.direct == {}
    assert len(poster.posts) == 1
    assert await open_count(db) == 0


async def test_a_member_is_told_later_where_discord_is_busy_and_only_once(db, clock, notices, poster):
    poster.refusals[3] = Busy("later")
    await add(db, clock, message_id="notice.appeal.declined", params=APPEAL, user_id=3)
    await notices.send()
    assert await open_count(db) == 1
    poster.refusals.clear()
    for _ in range(2):
        await notices.send()
    assert len(poster.direct) == 1


# ---------------------------------------------------------------- which of a server's two channels


CHANGE = {"user_id": 9, "changes": [[ENABLED.name, None, False]]}
WORDS = {"user_id": 9, "added": 1, "removed": 0}
OF_SETTINGS = [("notice.changed", CHANGE), ("notice.words", WORDS)]


async def choose(db, clock, setting, channel_id):
    async with db.transaction() as tx:
        await settings_store.store(tx, 7, setting.name, channel_id, at_ms=clock.now_ms())


@pytest.mark.parametrize("only", [LOG_CHANNEL, MODERATION_CHANNEL])
async def test_a_server_with_one_channel_of_the_two_is_told_everything_there(db, clock, notices, poster, only):
    await choose(db, clock, only, 70)
    for message_id, params in (*OF_SETTINGS, ("notice.budget", BUDGET)):
        await add(db, clock, message_id=message_id, params=params)
    await notices.send()
    assert [channel_id for _, channel_id, _ in poster.posts.values()] == [70, 70, 70]


async def test_changes_of_settings_go_to_moderators_and_money_to_the_log_where_there_are_both(
    db, clock, notices, poster
):
    await choose(db, clock, LOG_CHANNEL, 70)
    await choose(db, clock, MODERATION_CHANNEL, 71)
    for message_id, params in (*OF_SETTINGS, ("notice.budget", BUDGET)):
        await add(db, clock, message_id=message_id, params=params)
    await notices.send()
    assert [channel_id for _, channel_id, _ in poster.posts.values()] == [71, 71, 70]
