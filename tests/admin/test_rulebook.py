"""Settings as they count, and who changed what, when, from what to what."""

import asyncio
import json
from collections.abc import Mapping

import pytest
import pytest_asyncio

from bot.admin.rulebook import Rulebook
from bot.fields import BadValue
from bot.periods import Per, ZoneChange
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.settings import (
    BUDGET,
    CEILING_PER_DAY,
    DEFAULT_BUDGET,
    DENIED_CHANNELS,
    ENABLED,
    INSTALLATION,
    MEMBER_ALLOWANCE,
    ROLE_ALLOWANCES,
    STOPPED,
    TIME_ZONE,
)
from bot.store.settings import Change
from bot.store.sqlite import Sqlite, open_sqlite
from tests.admin.support import MONTHLY, NOON_MS, HandClock, rulebook
from tests.inline_sqlite import InlineConnector

pytestmark = pytest.mark.asyncio

GUILD, OTHER, ADMIN = 7, 8, 99
DAILY = Allowance(5, Per.DAY)
DAILY_JSON = {"amount_microcredits": 5, "per": "day"}


@pytest_asyncio.fixture
async def book(db: Sqlite, clock: HandClock) -> Rulebook:
    return rulebook(db, clock)


async def changes(book: Rulebook, guild_id: int = GUILD) -> list[Change]:
    return await book.history(guild_id, limit=100)


async def test_where_nothing_was_set_the_operators_configuration_counts(book: Rulebook):
    rules = await book.rules(GUILD)
    assert rules.guild[ENABLED] is True
    assert rules.budget == MONTHLY
    assert rules.installation[CEILING_PER_DAY] == 25_000_000
    assert rules.zones == ()


async def test_a_change_counts_in_its_own_server_only(book: Rulebook):
    assert await book.change(GUILD, MEMBER_ALLOWANCE, lambda _: DAILY, user_id=ADMIN) == DAILY
    assert (await book.rules(GUILD)).guild[MEMBER_ALLOWANCE] == DAILY
    assert (await book.rules(OTHER)).guild[MEMBER_ALLOWANCE] is None


async def test_what_the_operator_sets_for_all_counts_in_every_server(book: Rulebook):
    await book.change(INSTALLATION, STOPPED, lambda _: True, user_id=ADMIN)
    assert (await book.rules(GUILD)).installation[STOPPED]
    assert (await book.rules(OTHER)).installation[STOPPED]


async def test_every_change_is_written_down_with_who_made_it_when_and_from_what_to_what(
    book: Rulebook, clock: HandClock
):
    await book.change(GUILD, MEMBER_ALLOWANCE, lambda _: DAILY, user_id=ADMIN)
    clock.ms += 1
    await book.change(GUILD, MEMBER_ALLOWANCE, lambda _: Allowance(6, Per.WEEK), user_id=5, reason="a party")
    first = Change(guild_id=GUILD, subject="member_allowance", old=None, new=DAILY_JSON, user_id=ADMIN, at_ms=NOON_MS)
    second = Change(
        guild_id=GUILD,
        subject="member_allowance",
        old=DAILY_JSON,
        new={"amount_microcredits": 6, "per": "week"},
        reason="a party",
        user_id=5,
        at_ms=NOON_MS + 1,
    )
    assert await changes(book) == [second, first]
    assert await changes(book, OTHER) == []


async def test_a_change_is_made_to_what_counts_now_the_default_included(book: Rulebook):
    seen = []

    def raised(ceiling: int) -> int:
        seen.append(ceiling)
        return ceiling + 1

    await book.change(INSTALLATION, CEILING_PER_DAY, raised, user_id=ADMIN)
    await book.change(INSTALLATION, CEILING_PER_DAY, raised, user_id=ADMIN)
    assert seen == [25_000_000, 25_000_001]
    assert [change.new for change in await changes(book, INSTALLATION)] == [25_000_002, 25_000_001]


@pytest.mark.parametrize("set_before", [True, False])
async def test_where_nothing_changes_nothing_is_written_down(book: Rulebook, db: Sqlite, set_before: bool):
    if set_before:
        await book.change(GUILD, ENABLED, lambda _: False, user_id=ADMIN)
    before = await changes(book)
    await book.change(GUILD, ENABLED, lambda enabled: enabled, user_id=ADMIN)
    assert await changes(book) == before
    assert len(await db.fetch("SELECT * FROM guild_settings")) == len(before) == set_before


async def test_a_value_that_the_field_does_not_take_leaves_everything_as_it_was(book: Rulebook, db: Sqlite):
    await book.change(GUILD, MEMBER_ALLOWANCE, lambda _: DAILY, user_id=ADMIN)
    with pytest.raises(BadValue):
        await book.change(GUILD, MEMBER_ALLOWANCE, lambda _: Allowance(-1, Per.DAY), user_id=ADMIN)

    def refused(_: object) -> Allowance:
        raise BadValue("member_allowance", "amount_text")

    with pytest.raises(BadValue):
        await book.change(GUILD, MEMBER_ALLOWANCE, refused, user_id=ADMIN)
    assert (await book.rules(GUILD)).guild[MEMBER_ALLOWANCE] == DAILY
    assert len(await changes(book)) == 1


async def test_two_changes_at_once_are_both_made(book: Rulebook):
    def adding(role: int) -> object:
        def update(allowances: Mapping[int, Allowance]) -> Mapping[int, Allowance]:
            return {**allowances, role: DAILY}

        return book.change(GUILD, ROLE_ALLOWANCES, update, user_id=role)

    await asyncio.gather(*(adding(role) for role in range(1, 21)))
    assert (await book.rules(GUILD)).guild[ROLE_ALLOWANCES] == dict.fromkeys(range(1, 21), DAILY)
    history = (await changes(book))[::-1]
    for number, change in enumerate(history, start=1):
        assert len(change.new) == number
        assert change.old == (None if number == 1 else history[number - 2].new)
        assert set(change.new) - set(change.old or {}) == {str(change.user_id)}


async def test_a_setting_that_is_taken_back_is_the_default_again_and_that_is_written_down(book: Rulebook):
    limited = Budget(BudgetKind.LIMITED, DAILY)
    await book.change(GUILD, BUDGET, lambda _: limited, user_id=ADMIN)
    await book.reset(GUILD, BUDGET, user_id=5, reason="enough")
    assert (await book.rules(GUILD)).budget == MONTHLY
    newest = (await changes(book))[0]
    assert newest.old == {"kind": "limited", "allowance": DAILY_JSON}
    assert (newest.new, newest.user_id, newest.reason) == (None, 5, "enough")


async def test_taking_back_what_was_never_set_is_no_change(book: Rulebook):
    await book.reset(GUILD, BUDGET, user_id=ADMIN)
    assert await changes(book) == []


async def test_an_allowance_that_is_taken_away_is_one_that_is_not_set(book: Rulebook, db: Sqlite):
    await book.change(GUILD, MEMBER_ALLOWANCE, lambda _: DAILY, user_id=ADMIN)
    await book.change(GUILD, MEMBER_ALLOWANCE, lambda _: None, user_id=ADMIN)
    assert (await book.rules(GUILD)).guild[MEMBER_ALLOWANCE] is None
    assert [change.new for change in await changes(book)] == [None, DAILY_JSON]
    assert await db.fetch("SELECT * FROM guild_settings") == []


async def test_a_budget_that_is_set_to_what_the_configuration_has_counts_against_the_operators_default(book: Rulebook):
    await book.change(INSTALLATION, DEFAULT_BUDGET, lambda _: Budget(BudgetKind.BLOCKED), user_id=ADMIN)
    await book.change(GUILD, BUDGET, lambda _: MONTHLY, user_id=ADMIN)
    assert (await book.rules(GUILD)).budget == MONTHLY
    assert (await book.rules(OTHER)).budget == Budget(BudgetKind.BLOCKED)


async def test_what_was_stored_and_makes_no_sense_any_more_is_replaced_and_named_as_what_was_there(
    book: Rulebook, db: Sqlite
):
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO guild_settings VALUES ($1, 'enabled', $2, 0)", GUILD, json.dumps("maybe"))
    assert (await book.rules(GUILD)).guild[ENABLED] is True
    await book.change(GUILD, ENABLED, lambda _: True, user_id=ADMIN)
    assert [(change.old, change.new) for change in await changes(book)] == [("maybe", True)]


async def test_the_zones_that_a_server_chose_are_known_oldest_first(book: Rulebook, clock: HandClock):
    for zone in ("Europe/Berlin", "Asia/Tokyo"):
        await book.change(GUILD, TIME_ZONE, lambda _, zone=zone: zone, user_id=ADMIN)
        clock.ms += 10
    await book.reset(GUILD, TIME_ZONE, user_id=ADMIN)
    await book.change(OTHER, TIME_ZONE, lambda _: "Africa/Cairo", user_id=ADMIN)
    assert (await book.rules(GUILD)).zones == (
        ZoneChange(NOON_MS, "Europe/Berlin"),
        ZoneChange(NOON_MS + 10, "Asia/Tokyo"),
        ZoneChange(NOON_MS + 20, "UTC"),
    )


async def test_the_history_of_one_setting_is_shown_newest_first_and_no_longer_than_asked(book: Rulebook):
    for number in range(5):
        await book.change(GUILD, DENIED_CHANNELS, lambda places, number=number: (*places, number + 1), user_id=ADMIN)
        await book.change(GUILD, ENABLED, lambda enabled: not enabled, user_id=ADMIN)
    found = await book.history(GUILD, limit=3, subject="denied_channels")
    assert [change.new for change in found] == [[1, 2, 3, 4, 5], [1, 2, 3, 4], [1, 2, 3]]


async def test_within_a_transaction_the_rules_are_those_that_it_sees(book: Rulebook, db: Sqlite):
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO guild_settings VALUES ($1, 'enabled', 'false', 0)", GUILD)
        assert (await book.rules(GUILD, tx)).guild[ENABLED] is False
        assert (await book.rules(GUILD)).guild[ENABLED] is True


async def test_what_was_set_is_still_there_after_a_restart(tmp_path, clock: HandClock):
    for _ in range(2):
        db = await open_sqlite(tmp_path / "again.sqlite3", connect=InlineConnector())
        try:
            await rulebook(db, clock).change(GUILD, ENABLED, lambda _: False, user_id=ADMIN)
            assert len(await changes(rulebook(db, clock))) == 1
        finally:
            await db.close()


async def test_many_settings_are_replaced_at_once_and_each_change_is_written_down(book: Rulebook):
    await book.change(GUILD, ENABLED, lambda _: False, user_id=ADMIN)
    asked = [(ENABLED, False), (MEMBER_ALLOWANCE, DAILY_JSON), (DENIED_CHANNELS, None), (TIME_ZONE, "Europe/Rome")]
    changed = await book.replace(GUILD, asked, user_id=ADMIN + 1)
    assert [setting.name for setting in changed] == ["member_allowance", "time_zone"]
    rules = await book.rules(GUILD)
    assert (rules.guild[MEMBER_ALLOWANCE], rules.guild[ENABLED]) == (DAILY, False)
    assert [zone.zone for zone in rules.zones] == ["Europe/Rome"]
    latest = await book.history(GUILD, limit=9)
    assert [(each.subject, each.user_id) for each in latest] == [
        ("time_zone", ADMIN + 1),
        ("member_allowance", ADMIN + 1),
        ("enabled", ADMIN),
    ]


async def test_the_latest_changes_of_some_settings_are_those_of_no_other_setting_or_server(book: Rulebook):
    for guild_id in (GUILD, OTHER):
        for setting, value in ((ENABLED, False), (DENIED_CHANNELS, (5,)), (ENABLED, True)):
            await book.change(guild_id, setting, lambda _, value=value: value, user_id=guild_id)
    found = await book.latest(GUILD, [ENABLED, TIME_ZONE], limit=9)
    assert [(each.subject, each.new, each.user_id) for each in found] == [
        ("enabled", True, GUILD),
        ("enabled", False, GUILD),
    ]
    assert len(await book.latest(GUILD, [ENABLED, DENIED_CHANNELS], limit=2)) == 2
