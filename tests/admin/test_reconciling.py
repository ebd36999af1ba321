"""A day of Segmind's books held against ours: each kind of difference is found, told once, and nothing is changed."""

import asyncio

import pytest

from bot.admin.comparing import Kind
from bot.admin.reconciling import DAY_MS, LAG_MS, Reconciler
from bot.errors import ProviderError
from bot.jobs import State
from bot.sandbox.segmind import CallKind, Fault, FaultKind, Rule
from bot.settings import INSTALLATION
from bot.store import notices
from bot.store.audit import audit
from bot.store.meta import Memory
from tests.admin.segmind import outside
from tests.admin.support import NOON_MS, TEXTS, booked
from tests.store.support import PRICE

pytestmark = pytest.mark.asyncio

MODEL = "imagen-4"
NIGHT_MS = (NOON_MS // DAY_MS + 1) * DAY_MS + LAG_MS + 1_800_000
PAYLOAD = {"prompt": "a cabin"}


def reconciler(db, clock, out):
    return Reconciler(
        painter=out.painter,
        budget=out.budget,
        db=db,
        memory=Memory(db),
        slugs=(MODEL, "imagen-3"),
        texts=TEXTS,
        clock=clock,
    )


async def drawn(out, clock, *, at_ms=NOON_MS, payload=PAYLOAD):
    """A request that Segmind takes at that instant, and draws and charges for."""
    clock.ms = at_ms
    request_id = await out.painter.submit(MODEL, payload)
    clock.ms = at_ms + 600_000
    assert out.segmind.book.find(request_id).ended
    return request_id


def charge(out, request_id):
    return out.segmind.book.find(request_id).charged_microcredits


async def compared(db, clock, out):
    clock.ms = NIGHT_MS
    return await reconciler(db, clock, out).reconcile()


async def told(db):
    return await notices.open_ones(db, limit=10)


async def test_books_that_agree_are_no_news(db, clock):
    async with outside(clock) as out:
        for number in (1, 2, 3):
            request_id = await drawn(out, clock, at_ms=NOON_MS + number * 1_000)
            await booked(db, number, State.DONE, at_ms=NOON_MS + number * 1_000, request_id=request_id)
        assert charge(out, request_id) == PRICE
        found = await compared(db, clock, out)
    assert found.differences == ()
    assert found.theirs_microcredits == found.ours_microcredits == 3 * PRICE
    assert await told(db) == []


async def test_a_request_that_is_no_job_of_ours_is_found(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id=await drawn(out, clock))
        stranger = await drawn(out, clock, at_ms=NOON_MS + 1)
        found = await compared(db, clock, out)
    (difference,) = found.differences
    assert (difference.kind, difference.request_id) == (Kind.NOT_OURS, stranger)
    assert (found.theirs_microcredits, found.ours_microcredits) == (2 * PRICE, PRICE)
    (notice,) = await told(db)
    assert notice.guild_id == INSTALLATION
    assert notice.params["difference_microcredits"] == PRICE
    assert stranger in notice.params["items"]


async def test_an_image_of_ours_that_they_do_not_have_is_found(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id="never-heard-of")
        found = await compared(db, clock, out)
    (difference,) = found.differences
    assert (difference.kind, difference.interaction_id) == (Kind.NOT_THEIRS, 1)
    assert (found.theirs_microcredits, found.ours_microcredits) == (0, PRICE)


@pytest.mark.parametrize("cost", [PRICE - 1, PRICE + 1])
async def test_another_cost_than_was_settled_is_found(db, clock, cost):
    async with outside(clock) as out:
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id=await drawn(out, clock), cost=cost)
        found = await compared(db, clock, out)
    (difference,) = found.differences
    assert difference.kind is Kind.COST
    assert (difference.theirs_microcredits, difference.ours_microcredits) == (PRICE, cost)


async def test_an_image_whose_cost_nobody_told_was_settled_at_its_price(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id=await drawn(out, clock), cost=None)
        assert (await compared(db, clock, out)).differences == ()


async def test_a_failed_job_that_they_charged_is_found(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.FAILED, at_ms=NOON_MS, request_id=await drawn(out, clock))
        (difference,) = (await compared(db, clock, out)).differences
    assert (difference.kind, difference.ours_microcredits) == (Kind.COST, 0)


@pytest.mark.parametrize("named", [True, False])
async def test_a_lost_job_that_they_charged_is_found_by_name_or_by_what_it_asked_for(db, clock, named):
    async with outside(clock) as out:
        request_id = await drawn(out, clock)
        await booked(db, 1, State.LOST, at_ms=NOON_MS, request_id=request_id if named else None, payload=dict(PAYLOAD))
        found = await compared(db, clock, out)
    (difference,) = found.differences
    assert (difference.kind, difference.request_id, difference.interaction_id) == (Kind.LOST, request_id, 1)
    # The operator's books carry its possible cost already.
    assert found.theirs_microcredits == found.ours_microcredits == PRICE


async def test_a_lost_job_that_they_never_took_is_no_difference(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.LOST, at_ms=NOON_MS)
        assert (await compared(db, clock, out)).differences == ()


async def test_one_row_is_one_job_even_where_two_asked_for_the_same(db, clock):
    async with outside(clock) as out:
        await drawn(out, clock)
        for number in (1, 2):
            await booked(db, number, State.LOST, at_ms=NOON_MS, payload=dict(PAYLOAD))
        found = await compared(db, clock, out)
    assert [each.kind for each in found.differences] == [Kind.LOST]


async def test_a_request_that_failed_at_no_cost_is_no_difference(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.FAILED, at_ms=NOON_MS - 1_000)
        out.segmind.weather.add(Rule(Fault(FaultKind.FAILED), frozenset({CallKind.SUBMIT}), times=1))
        await drawn(out, clock)
        found = await compared(db, clock, out)
    assert found.differences == ()


async def test_a_lost_job_does_not_take_the_row_of_another_that_asked_for_the_same(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.LOST, at_ms=NOON_MS, payload=dict(PAYLOAD))
        request_id = await drawn(out, clock)
        await booked(db, 2, State.DONE, at_ms=NOON_MS, request_id=request_id, payload=dict(PAYLOAD))
        assert (await compared(db, clock, out)).differences == ()


async def test_what_happened_the_day_after_is_compared_the_night_after(db, clock):
    after_ms = (NOON_MS // DAY_MS + 1) * DAY_MS + 3_600_000
    async with outside(clock) as out:
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id=await drawn(out, clock))
        await drawn(out, clock, at_ms=after_ms)
        await booked(db, 2, State.DONE, at_ms=after_ms, request_id="never-heard-of")
        found = await compared(db, clock, out)
        assert found.differences == ()
        assert found.theirs_microcredits == PRICE
        clock.ms += DAY_MS
        found = await reconciler(db, clock, out).reconcile()
    assert [each.kind for each in found.differences] == [Kind.NOT_OURS, Kind.NOT_THEIRS]


async def test_a_job_on_the_edge_of_the_day_is_matched_although_the_clocks_differ(db, clock):
    midnight_ms = (NOON_MS // DAY_MS + 1) * DAY_MS
    async with outside(clock) as out:
        late = await drawn(out, clock, at_ms=midnight_ms + 2)
        await booked(db, 1, State.DONE, at_ms=midnight_ms - 1, request_id=late)
        early = await drawn(out, clock, at_ms=midnight_ms - DAY_MS - 2)
        await booked(db, 2, State.DONE, at_ms=midnight_ms - DAY_MS + 1, request_id=early)
        found = await compared(db, clock, out)
    assert found.differences == ()


async def test_what_was_asked_before_the_first_request_of_ours_is_not_ours_to_judge(db, clock):
    async with outside(clock) as out:
        await drawn(out, clock, at_ms=NOON_MS - 3_600_000)
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id=await drawn(out, clock))
        assert (await compared(db, clock, out)).differences == ()


async def test_each_day_is_compared_once_and_not_before_their_books_had_three_hours(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id="never-heard-of")
        clock.ms = NIGHT_MS - 1_800_000 - 1
        assert await reconciler(db, clock, out).reconcile() is None
        assert (await compared(db, clock, out)).differences
        assert await compared(db, clock, out) is None
        clock.ms += DAY_MS
        assert (await reconciler(db, clock, out).reconcile()).differences == ()
    assert len(await told(db)) == 1


async def test_books_that_cannot_be_read_are_compared_later(db, clock):
    async with outside(clock) as out:
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id="never-heard-of")
        out.segmind.weather.add(Rule(Fault(FaultKind.ERROR_JSON), frozenset({CallKind.HISTORY}), times=1))
        with pytest.raises(ProviderError):
            await compared(db, clock, out)
        assert len((await compared(db, clock, out)).differences) == 1


async def test_the_first_ten_differences_are_listed_and_all_are_counted_and_nothing_is_changed(db, clock):
    async with outside(clock) as out:
        for number in range(1, 13):
            await booked(db, number, State.DONE, at_ms=NOON_MS + number, request_id=f"unknown-{number}")
        before = [dict(row) for row in await db.fetch("SELECT * FROM entries")]
        await compared(db, clock, out)
    (notice,) = await told(db)
    assert notice.params["count"] == 12
    assert len(notice.params["items"].splitlines()) == 10
    assert [dict(row) for row in await db.fetch("SELECT * FROM entries")] == before
    assert await audit(db) == []


@pytest.mark.parametrize("fault", [None, FaultKind.ERROR_JSON, FaultKind.RATE_LIMITED])
async def test_it_runs_at_the_start_then_at_half_past_three_and_after_trouble_in_half_an_hour(db, clock, fault):
    async with outside(clock) as out:
        await booked(db, 1, State.DONE, at_ms=NOON_MS, request_id="never-heard-of")
        if fault is not None:
            out.segmind.weather.add(Rule(Fault(fault), frozenset({CallKind.HISTORY}), times=1))
        clock.ms = NIGHT_MS + 5 * 3_600_000
        running = asyncio.create_task(reconciler(db, clock, out).run())
        await asyncio.wait_for(clock.slept.wait(), 30)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert clock.sleeps_s == [19 * 3_600.0 if fault is None else 1_800.0]
    assert len(await told(db)) == (fault is None)
