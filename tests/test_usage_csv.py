"""The table for spreadsheets: one row a job, harmless, exact, and about the same jobs as the report."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.admin.usage import UsageReader
from bot.admin.usage_csv import BOM, COLUMNS, ROWS_A_CHUNK, csv_chunks, csv_lines, csv_row, harmless
from bot.jobs import Outcome, State
from bot.periods import ZoneChange
from bot.store.sqlite import Sqlite
from bot.store.sqlite_snapshots import SqliteSnapshots
from bot.store.usage import ToldJob
from bot.usage.span import Span
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector
from tests.store.usage_support import DAY_MS, HOUR_MS, NOON_MS, Asked, FixedClock, move_to, write
from tests.test_usage import DONE

TODAY = date(2026, 3, 10)
TOLD = ToldJob(created_ms=0, ref=(1, 0), command="imagen", category=None, private=False, job=DONE)


def read(data: bytes) -> list[list[str]]:
    text = data.decode()
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True))


# ---------------------------------------------------------------- cells


def test_a_row_tells_a_job_exactly():
    assert dict(zip(COLUMNS, csv_row(TOLD), strict=True)) == {
        "accepted": "1970-01-01T00:00:01.000Z",
        "guild_id": "'1",
        "channel_id": "'2",
        "member_id": "'3",
        "command": "imagen",
        "model": "imagen-4",
        "state": "done",
        "outcome": "",
        "category": "",
        "credits": "0.038",
        "waiting_s": "1",
        "rendering_s": "7",
        "private": "no",
    }


def test_nothing_in_the_table_is_a_prompt():
    assert "prompt" not in " ".join(COLUMNS)


@given(st.integers(0, 10**15))
def test_credits_are_exact_and_written_out(microcredits):
    job = replace(DONE, cost_microcredits=microcredits, price_microcredits=microcredits)
    told = csv_row(replace(TOLD, job=job))[COLUMNS.index("credits")]
    assert Decimal(told) * 1_000_000 == microcredits
    assert "E" not in told


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_can_begin_a_formula(begin):
    assert harmless(f"{begin}cmd|' /C calc'!A0") == f"'{begin}cmd|' /C calc'!A0"


def test_other_texts_stay_as_they_are():
    assert [harmless(text) for text in ("", "imagen-4", "1+1", 'Ünï, "x"')] == ["", "imagen-4", "1+1", 'Ünï, "x"']


def test_what_an_operator_or_segmind_named_is_made_harmless_too():
    told = replace(TOLD, command="@sum", category="-2", job=replace(DONE, model="=1+1"))
    cells = dict(zip(COLUMNS, csv_row(told), strict=True))
    assert (cells["command"], cells["model"], cells["category"]) == ("'@sum", "'=1+1", "'-2")


# ---------------------------------------------------------------- lines


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=3), max_size=5))
def test_every_reader_of_rfc_4180_gets_back_what_was_written(rows):
    assert read(csv_lines(rows, bom=True)) == rows


def test_lines_end_as_the_rfc_wants_and_quotes_are_doubled():
    assert csv_lines([["a,b", 'c"d'], ["e", ""]]) == b'"a,b","c""d"\r\ne,\r\n'


# ---------------------------------------------------------------- the whole table


@pytest_asyncio.fixture
async def db(tmp_path) -> Sqlite:
    database = await open_fresh(tmp_path / "db", connect=InlineConnector())
    yield database
    await database.close()


@pytest.fixture
def snapshots(db, tmp_path) -> SqliteSnapshots:
    return SqliteSnapshots(tmp_path / "db", connect=InlineConnector())


async def table(snapshots, guild_id, span) -> list[dict[str, str]]:
    head, *rows = read(b"".join([chunk async for chunk in csv_chunks(snapshots, guild_id, span)]))
    assert tuple(head) == COLUMNS
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.asyncio
async def test_the_table_and_the_report_are_about_the_same_jobs(db, snapshots):
    await move_to(db, 7, ZoneChange(NOON_MS - 30 * DAY_MS, "Pacific/Auckland"))
    await move_to(db, 7, ZoneChange(NOON_MS - 3 * DAY_MS, "America/Los_Angeles"))
    await write(db, [Asked(at_ms=NOON_MS + hours * HOUR_MS, cost=hours + 200) for hours in range(-120, 100, 5)])
    await write(db, [Asked(ended=None), Asked(guild_id=8)], first=1_000)
    reader = UsageReader(snapshots, clock=FixedClock())
    for first, last in ((7, 7), (8, 9), (10, 10), (11, 13), (1, 20)):
        span = Span(date(2026, 3, first), date(2026, 3, last))
        for guild_id in (7, 8, None):
            rows = await table(snapshots, guild_id, span)
            counts = (await reader.report(guild_id, span)).totals.counts
            assert len(rows) == counts.jobs
            assert sum(Decimal(row["credits"]) for row in rows) * 1_000_000 == counts.spent_microcredits


@pytest.mark.asyncio
async def test_a_long_table_comes_in_chunks_in_order_with_each_job_once(db, snapshots):
    jobs = 2 * ROWS_A_CHUNK + 1
    # Many were asked for in the same millisecond.
    await write(db, [Asked(at_ms=NOON_MS + number // 300, user_id=number) for number in range(jobs)])
    chunks = [chunk async for chunk in csv_chunks(snapshots, 7, Span(TODAY, TODAY))]
    assert len(chunks) == 4
    rows = read(b"".join(chunks))[1:]
    assert [row[COLUMNS.index("member_id")] for row in rows] == [f"'{number}" for number in range(jobs)]


@pytest.mark.asyncio
async def test_what_never_happened_is_empty(db, snapshots):
    await write(db, [Asked(ended=State.CANCELLED, waited_ms=None), Asked(ended=State.FAILED, outcome=Outcome.BLOCKED)])
    called_off, blocked = await table(snapshots, 7, Span(TODAY, TODAY))
    assert (called_off["waiting_s"], called_off["rendering_s"], called_off["outcome"]) == ("", "", "")
    assert (blocked["waiting_s"], blocked["rendering_s"], blocked["outcome"]) == ("0.4", "", "blocked")
    assert blocked["credits"] == "0"
    assert blocked["private"] == "yes"


@pytest.mark.asyncio
async def test_of_nothing_there_is_a_table_with_a_head(snapshots):
    assert await table(snapshots, None, Span(TODAY, TODAY)) == []
