"""Usage figures on the real engine: however jobs were counted, a report says what a plain look at the jobs says."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.admin.counting import JOBS_A_BATCH, Counting
from bot.admin.usage import TOP_ROWS, UsageReader
from bot.errors import SchemaTooNew, StoreError
from bot.jobs import Outcome, State
from bot.periods import ZoneChange
from bot.store import usage as store
from bot.store.audit import audit
from bot.store.database import Row, Transaction
from bot.store.schema import MIGRATIONS
from bot.store.sqlite import Sqlite, open_sqlite
from bot.store.sqlite_snapshots import SqliteSnapshots, open_snapshots
from bot.usage.report import Counts, Leg, Report, Top, Topic
from bot.usage.span import Span, before
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector
from tests.store.usage_support import (
    DAY_MS,
    HOUR_MS,
    NOON_MS,
    Asked,
    FixedClock,
    move_to,
    plain_counts,
    plain_quantile,
    plain_top,
    plain_within,
    write,
)

pytestmark = pytest.mark.asyncio

TODAY = date(2026, 3, 10)
MONTH = Span(date(2026, 2, 9), TODAY)
FIELDS = {
    Topic.MEMBER: "user_id",
    Topic.ROLE: "role_ids",
    Topic.CHANNEL: "place_id",
    Topic.MODEL: "model",
    Topic.GUILD: "guild_id",
}


@pytest.fixture
def counting(db: Sqlite) -> Counting:
    return Counting(db=db, clock=FixedClock())


@pytest_asyncio.fixture
async def reader(db: Sqlite, path: Path) -> UsageReader:
    return UsageReader(await open_snapshots(path), clock=FixedClock())


# ---------------------------------------------------------------- counting


async def test_a_job_counts_the_same_before_and_after_it_is_folded(db, counting, reader):
    await write(db, [Asked(role_ids=(3, 4)), Asked(ended=State.FAILED, outcome=Outcome.BLOCKED), Asked(ended=None)])
    fresh = await reader.report(7, MONTH)
    assert await counting.count() == 2
    assert await reader.report(7, MONTH) == fresh
    assert fresh.totals.counts == Counts(images=1, blocked=1, spent_microcredits=30_000)


async def test_a_job_that_goes_on_is_counted_once_it_ends(db, counting, reader):
    await write(db, [Asked(ended=None)])
    assert await counting.count() == 0
    async with db.transaction() as tx:
        await tx.execute("UPDATE jobs SET state = 'cancelled', finished_ms = accepted_ms")
    assert await counting.count() == 1
    assert await counting.count() == 0
    assert (await reader.report(7, MONTH)).totals.counts == Counts(cancelled=1)


async def test_a_backlog_is_counted_in_batches_and_read_in_pages(db, counting, reader):
    jobs = 2 * JOBS_A_BATCH + 77  # more than one page of the reader, too
    await write(db, [Asked(user_id=number % 5, at_ms=NOON_MS - number) for number in range(jobs)])
    fresh = await reader.report(7, MONTH)
    assert fresh.totals.counts.images == jobs
    assert [await counting.count() for _ in range(4)] == [JOBS_A_BATCH, JOBS_A_BATCH, 77, 0]
    assert await reader.report(7, MONTH) == fresh


class Beats(FixedClock):
    """Time that ends after so many waits."""

    def __init__(self, waits: int) -> None:
        self.left, self.slept = waits, []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.left -= 1
        if self.left == 0:
            raise asyncio.CancelledError


async def test_the_task_rests_between_batches_and_waits_when_all_is_counted(db):
    await write(db, [Asked()] * (JOBS_A_BATCH + 1))
    clock = Beats(2)
    with pytest.raises(asyncio.CancelledError):
        await Counting(db=db, clock=clock).run()
    assert clock.slept == [0.1, 30.0]


async def test_the_task_outlives_a_database_that_takes_nothing(db, reader):
    await write(db, [Asked()])
    clock = Beats(2)
    dying = Dying(db, after=1)
    with pytest.raises(asyncio.CancelledError):
        await Counting(db=dying, clock=clock).run()
    assert clock.slept == [30.0, 30.0]
    assert await db.fetch("SELECT 1 FROM jobs WHERE counted = TRUE") == []


class Dying:
    """A database on which the statement after so many fails, and with it the transaction."""

    def __init__(self, db: Sqlite, *, after: int) -> None:
        self.db, self.left = db, after

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Dying"]:
        async with self.db.transaction() as self.tx:
            yield self

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        self._step()
        return await self.tx.fetch(sql, *args)

    async def execute(self, sql: str, *args: object) -> int:
        self._step()
        return await self.tx.execute(sql, *args)

    def _step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreError("planted")


@pytest.mark.parametrize("after", range(5))
async def test_a_crash_at_any_statement_loses_and_doubles_nothing(db, counting, reader, after):
    await write(db, [Asked(), Asked(user_id=10)])
    expected = await reader.report(7, MONTH)
    with pytest.raises(StoreError, match="planted"):
        await Counting(db=Dying(db, after=after), clock=FixedClock()).count()
    assert await reader.report(7, MONTH) == expected
    assert await counting.count() == 2
    assert await reader.report(7, MONTH) == expected


async def test_a_whole_count_has_five_statements_so_that_each_of_them_was_crashed_at(db):
    await write(db, [Asked()])
    assert await Counting(db=Dying(db, after=5), clock=FixedClock()).count() == 1


# ---------------------------------------------------------------- days


async def test_a_job_counts_on_the_servers_own_day(db, counting, reader):
    await move_to(db, 7, ZoneChange(NOON_MS - 30 * DAY_MS, "Pacific/Auckland"))  # 13 hours ahead
    await write(db, [Asked(at_ms=NOON_MS), Asked(at_ms=NOON_MS - 2 * HOUR_MS)])
    for _ in range(2):
        days = dict((await reader.report(7, Span(TODAY, date(2026, 3, 11)))).days)
        assert {day: counts.images for day, counts in days.items()} == {TODAY: 1, date(2026, 3, 11): 1}
        await counting.count()
    assert await reader.today(7) == date(2026, 3, 11)
    assert await reader.today(8) == await reader.today(None) == TODAY


async def test_a_zone_that_changes_between_counts_moves_no_job_to_another_day(db, counting, reader):
    before_change, after_change = NOON_MS - 3 * HOUR_MS, NOON_MS + 3 * HOUR_MS
    await write(db, [Asked(at_ms=before_change), Asked(at_ms=after_change, ended=None)])
    await counting.count()
    await move_to(db, 7, ZoneChange(NOON_MS, "Pacific/Auckland"))
    async with db.transaction() as tx:
        await tx.execute("UPDATE jobs SET state = 'cancelled', finished_ms = accepted_ms WHERE finished_ms IS NULL")
    fresh = await reader.report(7, Span(TODAY, date(2026, 3, 12)))
    assert sum(counts.jobs for _, counts in fresh.days) == 2
    await counting.count()
    assert await reader.report(7, Span(TODAY, date(2026, 3, 12))) == fresh


async def test_every_day_of_the_period_is_in_the_report_also_without_jobs(reader):
    report = await reader.report(7, MONTH)
    assert [day for day, _ in report.days] == list(MONTH)
    assert {counts for _, counts in report.days} == {Counts()}
    assert (report.totals.waiting.median_ms, report.totals.rendering.p95_ms) == (None, None)


# ---------------------------------------------------------------- reports


async def test_a_report_compares_with_the_period_before(db, counting, reader):
    await write(db, [Asked(at_ms=NOON_MS - days * DAY_MS) for days in (0, 6, 7, 8, 13, 14)])
    await counting.count()
    report = await reader.report(7, Span(date(2026, 3, 4), TODAY))
    assert (report.totals.counts.images, report.before.counts.images) == (2, 3)
    assert report.before.rendering.median_ms is not None


async def test_servers_do_not_see_each_other_and_the_operator_sees_all(db, counting, reader):
    await write(db, [Asked(guild_id=1), Asked(guild_id=2), Asked(guild_id=2, cost=1)])
    for _ in range(2):
        one, two, both = [await reader.report(guild_id, MONTH) for guild_id in (1, 2, None)]
        assert [report.totals.counts.images for report in (one, two, both)] == [1, 2, 3]
        assert [row.key for row in both.tops[Topic.GUILD].rows] == ["2", "1"]
        assert Topic.GUILD not in one.tops
        await counting.count()


async def test_rankings_come_in_pages_that_fit_together(db, counting, reader):
    await write(db, [Asked(user_id=100 + number, cost=number) for number in range(12)])
    await counting.count()
    await write(db, [Asked(user_id=100, cost=40_000)], first=100)  # not counted yet, and above all others
    pages = [await reader.top(7, MONTH, Topic.MEMBER, offset=offset, limit=5) for offset in (0, 5, 10, 15)]
    keys = [row.key for page in pages for row in page.rows]
    assert keys == ["100", *(str(100 + number) for number in range(11, 0, -1))]
    assert {page.total for page in pages} == {12}
    first = (await reader.report(7, MONTH)).tops[Topic.MEMBER]
    assert first == Top(rows=pages[0].rows[:TOP_ROWS], total=12)


class Interrupted(SqliteSnapshots):
    """Moments in which everything is counted after each question."""

    def __init__(self, path: Path, counting: Counting) -> None:
        super().__init__(path, connect=InlineConnector())
        self.counting = counting

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Interrupted"]:
        async with super().snapshot() as self.moment:
            yield self

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        rows = await self.moment.fetch(sql, *args)
        await self.counting.count()
        return rows


async def test_a_report_sees_one_moment_though_jobs_are_counted_meanwhile(db, path, counting):
    await write(db, [Asked()])
    report = await UsageReader(Interrupted(path, counting), clock=FixedClock()).report(7, MONTH)
    assert report.totals.counts.images == 1
    assert await counting.count() == 0


# ---------------------------------------------------------------- whatever happens

MOMENTS = st.integers(NOON_MS - 5 * DAY_MS, NOON_MS + 2 * DAY_MS)
ENDS = st.sampled_from(
    [
        (State.DONE, None),
        (State.DONE, Outcome.BAD_PICTURE),
        (State.DONE, Outcome.REMOVED),
        (State.FAILED, Outcome.BLOCKED_WORDS),
        (State.FAILED, Outcome.PROVIDER_FAILED),
        (State.LOST, Outcome.FATE_UNKNOWN),
        (State.CANCELLED, None),
        (None, None),
    ]
)
ASKED = st.builds(
    lambda end, **rest: Asked(ended=end[0], outcome=end[1], **rest),
    end=ENDS,
    guild_id=st.integers(1, 2),
    place_id=st.integers(8, 9),
    user_id=st.integers(10, 12),
    role_ids=st.lists(st.integers(20, 22), max_size=3, unique=True).map(tuple),
    model=st.sampled_from(["imagen-4", "imagen-3"]),
    cost=st.sampled_from([None, 0, 30_000, 50_000]),
    at_ms=MOMENTS,
    waited_ms=st.none() | st.integers(0, 100_000),
    drew_ms=st.integers(0, 100_000),
    measured=st.booleans(),
)
ZONES = st.builds(ZoneChange, MOMENTS, st.sampled_from(["Pacific/Auckland", "America/Los_Angeles", "UTC"]))
STEPS = st.lists(
    st.one_of(
        ASKED,
        st.just("count"),
        st.integers(0, 8).map(lambda after: ("crash", after)),
    ),
    max_size=25,
)
SPANS = st.tuples(st.integers(-7, 3), st.integers(0, 6)).map(
    lambda at: Span(date.fromordinal(TODAY.toordinal() + at[0]), date.fromordinal(TODAY.toordinal() + sum(at)))
)


async def _life(folder: Path, steps: list, span: Span, zones: dict[int, list[ZoneChange]]) -> None:
    """Live through the steps; whatever is counted by the end, reports must say what the plain way says."""
    path = folder / "db"
    db = await open_fresh(path, connect=InlineConnector())
    for guild_id, changes in zones.items():
        for change in changes:
            await move_to(db, guild_id, change)
    asked: list[Asked] = []
    for step in steps:
        match step:
            case Asked():
                asked.append(step)
                await write(db, [step], first=len(asked))
            case "count":
                await Counting(db=db, clock=FixedClock()).count()
            case ("crash", after):
                try:
                    await Counting(db=Dying(db, after=after), clock=FixedClock()).count()
                except StoreError:
                    await db.close()
                    db = await open_sqlite(path, connect=InlineConnector())
    reader = UsageReader(SqliteSnapshots(path, connect=InlineConnector()), clock=FixedClock())
    for guild_id in (1, 2, None):
        told = await reader.report(guild_id, span)
        _compare(told, asked, guild_id, zones)
    await db.close()


def _compare(told: Report, asked: list[Asked], guild_id: int | None, zones: dict[int, list[ZoneChange]]) -> None:
    for totals, span in ((told.totals, told.span), (told.before, before(told.span))):
        within = [each for _, each in plain_within(asked, span, guild_id=guild_id, zones=zones)]
        assert totals.counts == plain_counts(within)
        waits = [each.waited_ms for each in within if each.waited_ms is not None]
        drawn = [each.drew_ms for each in within if each.ended is State.DONE and each.waited_ms is not None]
        for took, times_ms in ((totals.waiting, waits), (totals.rendering, drawn)):
            for told_ms, share in ((took.median_ms, 0.5), (took.p95_ms, 0.95)):
                true_ms = plain_quantile(times_ms, share)
                assert (told_ms is None) == (true_ms is None)
                assert told_ms is None or abs(told_ms - true_ms) <= max(25, 0.025 * true_ms + 1)
    found = plain_within(asked, told.span, guild_id=guild_id, zones=zones)
    for day, counts in told.days:
        assert counts == plain_counts([each for on, each in found if on == day.isoformat()])
    for topic, top in told.tops.items():
        plain = plain_top([each for _, each in found], FIELDS[topic])
        assert ([(row.key, row.counts) for row in top.rows], top.total) == (plain[:TOP_ROWS], len(plain))


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, span=SPANS, zones=st.lists(ZONES, max_size=3))
async def test_any_mixture_of_counted_and_fresh_jobs_adds_up_to_the_plain_figures(steps, span, zones):
    changes = {1: sorted(zones, key=lambda change: change.since_ms)}
    with tempfile.TemporaryDirectory() as folder:
        await _life(Path(folder), steps, span, changes)


# ---------------------------------------------------------------- reading beside the bot


async def test_reading_takes_no_lock_and_sees_what_is_committed(db, path, reader):
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM latencies")  # the writer is in the middle of something
        assert (await reader.report(7, MONTH)).totals.counts.images == 0
    await write(db, [Asked()])
    assert (await reader.report(7, MONTH)).totals.counts.images == 1


async def test_nothing_can_be_written_through_it(db, path):
    async with (await open_snapshots(path)).snapshot() as moment:
        with pytest.raises(StoreError, match="readonly"):
            await moment.fetch("DELETE FROM jobs")


async def test_it_works_while_no_bot_runs_and_the_books_can_be_audited(db, path):
    await db.close()
    async with (await open_snapshots(path)).snapshot() as moment:
        assert await audit(moment) == []


async def test_a_file_that_is_not_there_is_said_and_not_made(tmp_path):
    with pytest.raises(StoreError, match="there is no database at"):
        await open_snapshots(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_no_database_of_the_bot_is_said(tmp_path):
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="is this a database of the bot"):
        await open_snapshots(tmp_path / "empty.db")


async def test_a_schema_of_another_version_is_said(db, path):
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO migrations (number, checksum) VALUES ($1, 'x')", len(MIGRATIONS) + 1)
    with pytest.raises(SchemaTooNew, match=f"schema {len(MIGRATIONS) + 1}"):
        await open_snapshots(path)
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM migrations")
    with pytest.raises(StoreError, match="start the bot once"):
        await open_snapshots(path)


# ---------------------------------------------------------------- how it is found


class Asking:
    """Takes down the statements and answers nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        self.asked.append((sql, args))
        return []

    async def execute(self, sql: str, *args: object) -> int:
        self.asked.append((sql, args))
        return 0


async def _questions(tx: Transaction) -> None:
    await store.uncounted(tx, limit=5)
    await store.uncounted(tx, guild_id=7, limit=5)
    await store.mark_counted(tx, through=(1, 0))
    await store.by_day(tx, 7, MONTH)
    await store.by_key(tx, 7, MONTH, Topic.MEMBER)
    await store.histogram(tx, 7, MONTH, Leg.WAITING)
    await store.ended_jobs(tx, 7, from_ms=0, until_ms=1, limit=5)


async def test_no_question_about_a_server_goes_through_all_jobs(db):
    asking = Asking()
    await _questions(asking)
    assert len(asking.asked) == 7
    for sql, args in asking.asked:
        plan = [row["detail"] for row in await db.fetch(f"EXPLAIN QUERY PLAN {sql}", *args)]
        assert not [step for step in plan if step.startswith("SCAN")], plan
        begins = next(step for step in plan if step.startswith("SEARCH"))
        expected = ("jobs_uncounted", "usage_days", "usage_times", "requests_by_guild (guild_id=? AND created_ms>?")
        assert any(name in begins for name in expected), plan
        if "counted = FALSE" in sql:
            assert "jobs_uncounted" in begins, plan
