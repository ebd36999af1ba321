"""Holds, settlements and releases: each once, never below zero, never over a limit."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.limits import Limit, Source, Usage
from bot.periods import Period
from bot.store import ledger
from bot.store.database import Database
from bot.store.entries import NotHeld
from bot.store.ledger import AlreadyClosed, InsufficientCredits
from bot.store.sqlite import Sqlite
from tests.inline_sqlite import InlineConnector
from tests.store.support import OWNER, PERIOD, PRICE, grant, hold, operators, usage

pytestmark = pytest.mark.asyncio

GRANTED = 10 * PRICE


async def held(db: Database, interaction_id: int = 1, *owners: str) -> None:
    async with db.transaction() as tx:
        for owner in owners or (OWNER,):
            await hold(tx, interaction_id, owner=owner)


async def settle(db: Database, cost: int | None, interaction_id: int = 1) -> None:
    async with db.transaction() as tx:
        await ledger.settle(tx, interaction_id=interaction_id, number=0, cost_microcredits=cost, at_ms=2)


async def release(db: Database, interaction_id: int = 1, *, possible_cost: int = 0) -> None:
    async with db.transaction() as tx:
        await ledger.release(
            tx, interaction_id=interaction_id, number=0, possible_cost_microcredits=possible_cost, at_ms=2
        )


async def limit_to(db: Database, limit: int) -> None:
    async with db.transaction() as tx:
        await ledger.grant_to(tx, owner=OWNER, period=PERIOD, limit_microcredits=limit, at_ms=0)


async def kinds(db: Database) -> list[str]:
    return [row["kind"] for row in await db.fetch("SELECT kind FROM entries ORDER BY kind")]


async def test_whoever_was_granted_nothing_has_nothing(db: Sqlite):
    assert await usage(db) == Usage(granted=0, held=0, spent=0)
    with pytest.raises(InsufficientCredits):
        await held(db)


async def test_a_hold_takes_from_what_is_left(db: Sqlite):
    await grant(db)
    await held(db)
    assert await usage(db) == Usage(granted=GRANTED, held=PRICE, spent=0)
    assert (await usage(db)).used == PRICE


async def test_a_hold_over_what_is_left_is_refused_with_what_is_left(db: Sqlite):
    await grant(db, credits_for=1)
    await held(db, 1)
    with pytest.raises(InsufficientCredits) as caught:
        await held(db, 2)
    assert (caught.value.left_microcredits, caught.value.needed_microcredits) == (0, PRICE)
    assert await usage(db) == Usage(granted=PRICE, held=PRICE, spent=0)


async def test_a_refused_hold_leaves_nothing_even_if_the_block_goes_on(db: Sqlite):
    await grant(db, credits_for=1)
    async with db.transaction() as tx:
        with pytest.raises(InsufficientCredits):
            await hold(tx, 1, amount=PRICE + 1)
    assert await usage(db) == Usage(granted=PRICE, held=0, spent=0)
    assert await kinds(db) == ["grant"]


async def test_a_job_holds_on_all_of_its_accounts_at_once_or_on_none(db: Sqlite):
    await grant(db, credits_for=3, owner="plenty")
    await grant(db, credits_for=2, owner="enough")
    accounts = [(owner, PERIOD) for owner in ("plenty", "enough")]

    async def hold_on_both(interaction_id: int) -> None:
        async with db.transaction() as tx:
            await ledger.hold(
                tx, interaction_id=interaction_id, number=0, accounts=accounts, amount_microcredits=PRICE, at_ms=1
            )

    await hold_on_both(1)
    await hold_on_both(2)
    with pytest.raises(InsufficientCredits) as caught:
        await hold_on_both(3)
    assert (caught.value.left_microcredits, caught.value.needed_microcredits) == (0, PRICE)
    assert (await usage(db, "plenty")).held == (await usage(db, "enough")).held == 2 * PRICE
    assert (await kinds(db)).count("hold") == 4


async def test_a_job_that_holds_on_one_of_the_accounts_already_holds_on_none_anew(db: Sqlite):
    await grant(db, owner="a")
    await grant(db, owner="b")
    await held(db, 1, "a")
    accounts = [(owner, PERIOD) for owner in "ba"]

    async def hold_on_both() -> None:
        async with db.transaction() as tx:
            await ledger.hold(tx, interaction_id=1, number=0, accounts=accounts, amount_microcredits=PRICE, at_ms=1)

    with pytest.raises(StoreError, match="already"):
        await hold_on_both()
    assert ((await usage(db, "a")).held, (await usage(db, "b")).held) == (PRICE, 0)


async def test_the_balances_of_many_limits_are_looked_up_without_mixing_them_up(db: Sqlite):
    for owner, period, credits_for in (("a", "d:1", 1), ("a", "m:1", 2), ("b", "d:1", 3), ("b", "m:1", 4)):
        async with db.transaction() as tx:
            await ledger.grant_to(tx, owner=owner, period=period, limit_microcredits=credits_for, at_ms=0)
    limits = [
        Limit(source=Source.MEMBER, owner=owner, period=Period(label, 0, None), amount_microcredits=9)
        for owner, label in (("a", "m:1"), ("b", "d:1"), ("c", "d:1"), ("a", "m:2"))
    ]
    found = await ledger.usages(db, limits)
    assert found == {limits[0]: Usage(granted=2), limits[1]: Usage(granted=3)}


@pytest.mark.parametrize(
    ("cost", "spent", "overrun"),
    [(None, PRICE, 0), (PRICE, PRICE, 0), (PRICE - 1, PRICE - 1, 0), (0, 0, 0), (-5, 0, 0), (PRICE + 7, PRICE, 7)],
)
async def test_settling_books_the_cost_and_what_is_above_the_hold_to_the_operator(
    db: Sqlite, cost: int | None, spent: int, overrun: int
):
    await grant(db)
    await held(db)
    await settle(db, cost)
    assert await usage(db) == Usage(granted=GRANTED, held=0, spent=spent)
    assert await operators(db) == Usage(granted=overrun, held=0, spent=overrun)


async def test_releasing_gives_all_back(db: Sqlite):
    await grant(db)
    await held(db)
    await release(db)
    assert await usage(db) == Usage(granted=GRANTED, held=0, spent=0)
    assert await kinds(db) == ["grant", "hold", "release"]


async def test_a_lost_job_costs_its_owner_nothing_and_the_operator_its_possible_cost(db: Sqlite):
    await grant(db)
    await held(db)
    await release(db, possible_cost=PRICE)
    assert await usage(db) == Usage(granted=GRANTED, held=0, spent=0)
    assert await operators(db) == Usage(granted=PRICE, held=0, spent=PRICE)
    assert "provision" in await kinds(db)


async def test_a_hold_is_closed_once(db: Sqlite):
    await grant(db)
    for interaction_id, close in ((1, settle(db, 5)), (2, release(db, 2))):
        await held(db, interaction_id)
        await close
        before = await usage(db)
        for again in (settle(db, None, interaction_id), release(db, interaction_id)):
            with pytest.raises(AlreadyClosed):
                await again
        assert await usage(db) == before


async def test_a_second_closing_changes_nothing_even_if_the_block_goes_on(db: Sqlite):
    await grant(db)
    await held(db, 1)
    await held(db, 2)
    await settle(db, PRICE)
    async with db.transaction() as tx:
        with pytest.raises(AlreadyClosed):
            await ledger.release(tx, interaction_id=1, number=0, at_ms=3)
    assert await usage(db) == Usage(granted=GRANTED, held=PRICE, spent=PRICE)


async def test_what_was_not_held_cannot_be_closed(db: Sqlite):
    for close in (settle(db, 5), release(db)):
        with pytest.raises(NotHeld):
            await close


async def test_a_job_holds_once_on_an_account(db: Sqlite):
    await grant(db)
    with pytest.raises(StoreError, match="already"):
        await held(db, 1, OWNER, OWNER)
    assert await usage(db) == Usage(granted=GRANTED, held=0, spent=0)


async def test_a_job_that_holds_on_two_accounts_is_closed_on_both(db: Sqlite):
    await grant(db)
    await grant(db, owner="user:9")
    await held(db, 1, OWNER, "user:9")
    await settle(db, PRICE + 3)
    for owner in (OWNER, "user:9"):
        assert await usage(db, owner) == Usage(granted=GRANTED, held=0, spent=PRICE)
    assert await operators(db) == Usage(granted=3, held=0, spent=3)


async def test_of_two_accounts_one_that_lacks_credits_refuses_both(db: Sqlite):
    await grant(db)
    with pytest.raises(InsufficientCredits):
        await held(db, 1, OWNER, "user:9")
    assert await usage(db) == Usage(granted=GRANTED, held=0, spent=0)


async def test_a_limit_that_changes_takes_effect_but_not_below_what_is_used(db: Sqlite):
    await limit_to(db, 3 * PRICE)
    await held(db, 1)
    await held(db, 2)
    await settle(db, PRICE)
    for limit, granted in ((5 * PRICE, 5 * PRICE), (3 * PRICE, 3 * PRICE), (0, 2 * PRICE), (0, 2 * PRICE)):
        await limit_to(db, limit)
        assert await usage(db) == Usage(granted=granted, held=PRICE, spent=PRICE)
    assert await kinds(db) == ["correct"] * 2 + ["grant"] * 2 + ["hold"] * 2 + ["settle"]


async def test_each_month_has_a_balance_of_its_own(db: Sqlite):
    await grant(db)
    await held(db)
    assert await ledger.usage(db, owner=OWNER, period="m:2026-12") == Usage(0, 0, 0)


async def test_a_hold_is_settled_in_the_month_in_which_it_was_held(db: Sqlite):
    await grant(db)
    await held(db)
    async with db.transaction() as tx:
        december_ms = 1_796_083_200_000
        await ledger.settle(tx, interaction_id=1, number=0, cost_microcredits=PRICE, at_ms=december_ms)
    assert (await usage(db)).spent == PRICE


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entries SET spent = 0",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE kind = 'hold'",
    ],
)
async def test_entries_are_only_ever_added(db: Sqlite, sql: str):
    await grant(db)
    await held(db)
    with pytest.raises(StoreError, match="only ever added"):
        async with db.transaction() as tx:
            await tx.execute(sql)
    assert await kinds(db) == ["grant", "hold"]


@pytest.mark.parametrize(
    "change", ["held = -1", "spent = -1", "granted = -1", "held = granted + 1", "spent = granted + 1"]
)
async def test_a_balance_cannot_be_written_below_zero_or_over_its_limit(
    db: Sqlite, connector: InlineConnector, change: str
):
    await grant(db)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connector.writer.raw.execute(f"UPDATE balances SET {change}")


async def test_200_tasks_at_once_on_room_for_30_get_exactly_30(either: Sqlite):
    await grant(either, credits_for=30)
    results = await asyncio.gather(*(held(either, number) for number in range(200)), return_exceptions=True)
    assert sum(result is None for result in results) == 30
    assert sum(isinstance(result, InsufficientCredits) for result in results) == 170
    assert await usage(either) == Usage(granted=30 * PRICE, held=30 * PRICE, spent=0)


async def test_a_person_can_be_forgotten_without_touching_an_entry(db: Sqlite, path: Path):
    await grant(db)
    await held(db)
    async with db.transaction() as tx:
        await tx.execute("UPDATE accounts SET owner = NULL WHERE owner = $1", OWNER)
    assert await usage(db) == Usage(0, 0, 0)
    await settle(db, 5)
    await grant(db)
    assert await usage(db) == Usage(granted=GRANTED, held=0, spent=0)
