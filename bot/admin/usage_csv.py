"""Usage as a table for spreadsheets and programs: one row for each ended job, in the order they were asked for.

RFC 4180 (commas, CRLF, quotes doubled) in UTF-8 with a byte order mark, by which spreadsheets know the encoding. It
holds no prompts: images may be private, also from those who administer the server.

Three rules for cells. A text that a spreadsheet could take for a formula begins with an apostrophe. So does every id:
spreadsheets keep 15 digits of a number, and an id has up to 20. What is not known, or never happened, is empty.
"""

import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from bot.admin.local_days import LocalDays
from bot.admin.usage import Snapshots
from bot.money import MICROCREDITS_PER_CREDIT
from bot.store import usage as store
from bot.store.database import Reader
from bot.store.usage import ToldJob
from bot.usage.span import Span

COLUMNS = (
    "accepted",  # ISO 8601 in UTC, to the millisecond
    "guild_id",
    "channel_id",  # of a thread, the channel that it is in
    "member_id",
    "command",
    "model",
    "state",  # done, failed, lost or cancelled
    "outcome",  # why there is no image
    "category",  # what the safety filter named
    "credits",  # exactly what the server paid
    "waiting_s",
    "rendering_s",
    "private",  # yes or no
)
BOM = "\ufeff"
ROWS_A_CHUNK = 1_000
TEXT = "'"
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")
# No server's day is further from UTC's than this, whatever zones it changed between; and clocks may differ a little.
AROUND = timedelta(days=3)


async def csv_chunks(snapshots: Snapshots, guild_id: int | None, span: Span) -> AsyncGenerator[bytes, None]:
    """The table, a part at a time, in constant memory; of all servers where `guild_id` is None. Raises StoreError.

    It tells of the same jobs as the report of these days, and is of one moment.
    """
    yield csv_lines([COLUMNS], bom=True)
    async with snapshots.snapshot() as moment:
        days = LocalDays(moment)
        for each in await store.guild_ids(moment) if guild_id is None else [guild_id]:
            async for page in _pages(moment, each, span):
                rows = [csv_row(told) for told in page if span.holds(await days.day(each, told.job.accepted_ms))]
                yield csv_lines(rows)


def csv_lines(rows: Iterable[Iterable[str]], *, bom: bool = False) -> bytes:
    """Rows as they stand in the file; the first ones of it come after a byte order mark."""
    text = io.StringIO(newline="")
    text.write(BOM if bom else "")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def csv_row(told: ToldJob) -> tuple[str, ...]:
    """The cells of one job, in the order of COLUMNS."""
    job = told.job
    return (
        _instant(job.accepted_ms),
        _id(job.guild_id),
        _id(job.place_id),
        _id(job.user_id),
        harmless(told.command),
        harmless(job.model),
        job.state.value,
        "" if job.outcome is None else job.outcome.value,
        harmless(told.category or ""),
        _exact(job.paid_microcredits, MICROCREDITS_PER_CREDIT),
        _seconds(job.waiting_ms),
        _seconds(job.rendering_ms),
        "yes" if told.private else "no",
    )


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return TEXT + text if text.startswith(FORMULA_BEGINS) else text


def _id(number: int) -> str:
    return f"{TEXT}{number}"


def _instant(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms // 1000, UTC).replace(microsecond=at_ms % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(took_ms: int | None) -> str:
    return "" if took_ms is None else _exact(took_ms, 1000)


def _exact(amount: int, units: int) -> str:
    """A decimal number with every digit and no others: 60,000 millionths are 0.06."""
    return f"{(Decimal(amount) / units).normalize():f}"


def _midnight_ms(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1000


async def _pages(moment: Reader, guild_id: int, span: Span) -> AsyncIterator[list[ToldJob]]:
    """The ended jobs of these days, and of some around them."""
    from_ms = _midnight_ms(span.first - AROUND)
    until_ms = _midnight_ms(span.last + AROUND)
    after = store.BEFORE_ALL
    while True:
        page = await store.ended_jobs(
            moment, guild_id, from_ms=from_ms, until_ms=until_ms, after=after, limit=ROWS_A_CHUNK
        )
        if not page:
            return
        yield page
        from_ms, after = page[-1].created_ms, page[-1].ref
