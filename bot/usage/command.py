"""`python -m bot usage` and `python -m bot audit`: figures and books, read while the bot may be running. No key needed."""

import argparse
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from bot.admin.usage import UsageReader
from bot.admin.usage_csv import csv_chunks
from bot.clock import SystemClock
from bot.config import load_store_config
from bot.money import credits_text
from bot.outside import FORGOTTEN, is_outside
from bot.store.audit import audit
from bot.store.sqlite_snapshots import open_snapshots
from bot.text import FALLBACK, Texts
from bot.usage.report import Counts, Report, Took, Top, Topic, Totals
from bot.usage.span import BadSpan, Choice, Span, before, span_of

NOTHING = "–"
HEADS = {
    Topic.GUILD: "server",
    Topic.MEMBER: "member",
    Topic.ROLE: "role",
    Topic.CHANNEL: "channel",
    Topic.MODEL: "model",
}
Line = tuple[str, ...]


async def run_audit(out: TextIO) -> bool:
    """Say whether the books balance, or all that is wrong with them; raises StoreError where they cannot be read."""
    snapshots = await open_snapshots(load_store_config().database_path)
    async with snapshots.snapshot() as moment:
        findings = await audit(moment)
    out.writelines(f"{finding.rule}: not so for {finding.subject}\n" for finding in findings)
    many = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    out.write(f"{many}.\n" if findings else "The books balance.\n")
    return not findings


async def run_usage(options: argparse.Namespace, out: TextIO) -> None:
    """Print the figures, and write the CSV where one is wanted; ends the process where the days are no period.

    Raises StoreError and OSError.
    """
    snapshots = await open_snapshots(load_store_config().database_path)
    reader = UsageReader(snapshots, clock=SystemClock())
    span = await _span(options, reader)
    report = await reader.report(options.guild, span)
    shown = [int(row.key) for row in report.tops[Topic.GUILD].rows] if options.guild is None else [options.guild]
    names = await reader.server_names(shown)
    out.writelines(f"{line}\n" for line in told(report, options.guild, names=names))
    if options.csv is not None:
        await _write(csv_chunks(snapshots, options.guild, span), options.csv)
        out.write(f"\nOne row for each of the {report.totals.counts.jobs:,} ended jobs: {options.csv}\n")


async def _span(options: argparse.Namespace, reader: UsageReader) -> Span:
    today = await reader.today(options.guild)
    if options.first is None:
        if options.last is not None:
            options.refuse("--to needs --from")
        return span_of(Choice(options.period), today=today)
    try:
        return span_of(Choice.CUSTOM, today=today, custom=(options.first, options.last or today.isoformat()))
    except BadSpan as error:
        options.refuse(Texts()(FALLBACK, error.reason, **error.values))
        raise


def told(report: Report, guild_id: int | None, *, names: Mapping[int, str]) -> Iterator[str]:
    """The report as lines for a terminal. `names` are those of servers."""
    span, earlier = report.span, before(report.span)
    whose = "all servers, each by its own local days" if guild_id is None else _server(guild_id, names)
    yield f"Usage of {whose}"
    yield ""
    head = ("", f"{span.first} to {span.last}", f"{earlier.first} to {earlier.last}")
    yield from _table([head, *zip(ROWS, _column(report.totals), _column(report.before), strict=True)])
    for topic, top in sorted(report.tops.items(), key=lambda item: list(HEADS).index(item[0])):
        yield ""
        yield from _table(_ranking(topic, top, names))
        if top.total > len(top.rows):
            yield f"… and {top.total - len(top.rows):,} more"


ROWS = (
    "jobs that ended",
    "images",
    "credits",
    "success rate",
    "block rate",
    "blocked",
    "failed",
    "called off",
    "waiting, median",
    "waiting, 95 % within",
    "rendering, median",
    "rendering, 95 % within",
)


def _column(totals: Totals) -> Line:
    counts = totals.counts
    return (
        f"{counts.jobs:,}",
        f"{counts.images:,}",
        credits_text(counts.spent_microcredits, FALLBACK),
        _rate(counts.success_rate),
        _rate(counts.block_rate),
        f"{counts.blocked:,}",
        f"{counts.failed:,}",
        f"{counts.cancelled:,}",
        *_times(totals.waiting),
        *_times(totals.rendering),
    )


def _ranking(topic: Topic, top: Top, names: Mapping[int, str]) -> Iterable[Line]:
    yield (HEADS[topic], "images", "credits", "success")
    for row in top.rows:
        name = _server(int(row.key), names) if topic is Topic.GUILD else row.key
        yield (name, *_figures(row.counts))


def _figures(counts: Counts) -> Line:
    return f"{counts.images:,}", credits_text(counts.spent_microcredits, FALLBACK), _rate(counts.success_rate)


def _server(guild_id: int, names: Mapping[int, str]) -> str:
    if guild_id == FORGOTTEN:
        return "people whose data was deleted, outside of servers"
    if is_outside(guild_id):
        return f"person {-guild_id}, outside of servers"
    # A name is what somebody chose: what would move the cursor must not reach the terminal.
    name = "".join(sign for sign in names.get(guild_id, "") if sign.isprintable())
    return f"{name} ({guild_id})" if name else str(guild_id)


def _rate(rate: float | None) -> str:
    return NOTHING if rate is None else f"{rate:.1%}"


def _times(took: Took) -> Line:
    return _seconds(took.median_ms), _seconds(took.p95_ms)


def _seconds(took_ms: int | None) -> str:
    return NOTHING if took_ms is None else f"{took_ms / 1000:,.1f} s"


def _table(lines: Iterable[Line]) -> Iterator[str]:
    """Columns as wide as they must be: the first to the left, figures to the right."""
    lines = list(lines)
    first, *rest = (max(map(len, cells)) for cells in zip(*lines, strict=True))
    for name, *cells in lines:
        figures = (cell.rjust(wide) for cell, wide in zip(cells, rest, strict=True))
        yield "  ".join((name.ljust(first), *figures)).rstrip()


async def _write(chunks: AsyncIterator[bytes], path: Path) -> None:
    """Write the file, for its owner only: it tells who did what. What stood there before stays until this one is whole."""
    part = path.parent / f"{path.name}.part"
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(opened, "wb") as file:
            async for chunk in chunks:
                file.write(chunk)
        part.replace(path)
    except BaseException:
        part.unlink()
        raise
