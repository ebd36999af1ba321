"""What is left of a period when it is over expires, with an entry, and the books still balance."""

import pytest

from bot.admin.expiring import BATCH, GRACE_MS, Expiry
from bot.limits import Usage
from bot.store import ledger
from bot.store.audit import audit
from tests.admin.support import NOON_MS

pytestmark = pytest.mark.asyncio

OWNER, PERIOD = "member:7:9", "d:2026-11-18"


@pytest.fixture
def expiry(db, clock):
    return Expiry(db=db, clock=clock)


async def given(db, *, ends_ms, amount=1_000, owner=OWNER, period=PERIOD):
    async with db.transaction() as tx:
        await ledger.grant_to(tx, owner=owner, period=period, limit_microcredits=amount, at_ms=0, ends_ms=ends_ms)


async def usage(db, owner=OWNER, period=PERIOD):
    return await ledger.usage(db, owner=owner, period=period)


async def kinds(db):
    return [row["kind"] for row in await db.fetch("SELECT kind FROM entries ORDER BY kind")]


async def test_what_is_left_two_days_after_the_end_is_gone_and_no_sooner(db, clock, expiry):
    await given(db, ends_ms=NOON_MS - GRACE_MS)
    assert await expiry.sweep() == 0
    clock.ms += 1
    assert await expiry.sweep() == 1
    assert await usage(db) == Usage(0, 0, 0)
    assert await kinds(db) == ["expire", "grant"]
    assert await audit(db) == []


async def test_what_was_spent_stays_in_the_books(db, clock, expiry):
    await given(db, ends_ms=0)
    async with db.transaction() as tx:
        await ledger.hold(tx, interaction_id=1, number=0, accounts=[(OWNER, PERIOD)], amount_microcredits=400, at_ms=1)
        await ledger.settle(tx, interaction_id=1, number=0, cost_microcredits=300, at_ms=2)
    assert await expiry.sweep() == 1
    assert await usage(db) == Usage(300, 0, 300)
    assert await audit(db) == []


async def test_nothing_expires_while_a_job_holds_on_it(db, clock, expiry):
    await given(db, ends_ms=0)
    async with db.transaction() as tx:
        await ledger.hold(tx, interaction_id=1, number=0, accounts=[(OWNER, PERIOD)], amount_microcredits=400, at_ms=1)
    assert await expiry.sweep() == 0
    assert await usage(db) == Usage(1_000, 400, 0)
    async with db.transaction() as tx:
        await ledger.release(tx, interaction_id=1, number=0, at_ms=2)
    assert await expiry.sweep() == 1
    assert await audit(db) == []


async def test_what_does_not_expire_never_does(db, clock, expiry):
    async with db.transaction() as tx:
        await ledger.give(tx, owner="top_up:7", period="ever", amount_microcredits=500, at_ms=0)
    clock.ms *= 2
    assert await expiry.sweep() == 0
    assert await usage(db, "top_up:7", "ever") == Usage(500, 0, 0)


async def test_a_balance_expires_once_and_any_number_of_them_in_one_sweep(db, clock, expiry):
    for number in range(BATCH + 3):
        await given(db, ends_ms=0, owner=f"member:7:{number}")
    assert await expiry.sweep() == BATCH + 3
    assert await expiry.sweep() == 0
    assert await audit(db) == []
