"""How long `/usage` takes over 10,000, 100,000 and 1,000,000 jobs, and how many jobs a second are folded.

    python -m benchmarks.usage [--jobs N …] [--folder PATH]

Each database holds jobs of one server over 90 days: 500 members, 20 channels, 4 models, 30 roles (three a member). They
are folded by the code that the bot runs, without its rests. The baseline is the same answer by plain SQL over the jobs.
"""

import argparse
import asyncio
import contextlib
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.admin.counting import JOBS_A_BATCH, Counting
from bot.admin.usage import UsageReader
from bot.clock import SystemClock
from bot.store.sqlite import open_sqlite
from bot.store.sqlite_snapshots import SqliteSnapshots, open_snapshots
from bot.usage.span import Choice, Span, before, span_of

SIZES = (10_000, 100_000, 1_000_000)
DAYS, MEMBERS, CHANNELS, ROLES, ROLES_EACH = 90, 500, 20, 30, 3
MODELS = ("imagen-4", "imagen-4-fast", "imagen-4-ultra", "imagen-3")
GUILD = 10**17
DAY_MS = 86_400_000
ROUNDS = 5
LIMIT_S = 1.0
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp()) * 1000
# What fills the columns that no figure reads; a job's row is about as long as a real one.
PROMPT = "a lighthouse on a cliff in the evening, long exposure, soft light, film grain " * 3


class FixedClock(SystemClock):
    def now_ms(self) -> int:
        return NOW_MS


def rows(jobs: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Requests with one job each, the oldest first."""
    random = Random(1)
    roles = {member: json.dumps(random.sample(range(1, ROLES + 1), ROLES_EACH)) for member in range(MEMBERS)}
    options, reply = json.dumps({"prompt": PROMPT}), None
    for number in range(jobs):
        at_ms = NOW_MS - DAYS * DAY_MS + DAYS * DAY_MS * number // jobs
        member, model = min(int(random.expovariate(6 / MEMBERS)), MEMBERS - 1), random.choice(MODELS)
        place = GUILD + random.randrange(CHANNELS)
        waited_ms, drawn_ms = int(random.lognormvariate(6, 1)), int(random.lognormvariate(9, 0.5))
        done = random.random() < 0.94
        interaction_id = 10**18 + number
        yield (
            {
                "interaction_id": interaction_id,
                "guild_id": GUILD,
                "channel_id": place,
                "place_id": place,
                "user_id": 2 * 10**17 + member,
                "role_ids": roles[member],
                "locale": "en-US",
                "guild_locale": "en-US",
                "command": "imagen",
                "model": model,
                "options": options,
                "private": False,
                "spoiler": False,
                "created_ms": at_ms,
                "reply": reply,
                "filesize_limit_bytes": 10_485_760,
                "shown": "delivered",
                "way": "reply",
            },
            {
                "interaction_id": interaction_id,
                "number": 0,
                "model": model,
                "slug": model,
                "payload": options,
                "price_microcredits": 40_000,
                "state": "done" if done else "failed",
                "accepted_ms": at_ms,
                "api": "v2",
                "request_id": f"r{number}",
                "submitting_ms": at_ms + waited_ms,
                "running_ms": at_ms + waited_ms + 300,
                "finished_ms": at_ms + waited_ms + drawn_ms + 300,
                "outcome": None if done else random.choice(("blocked_words", "blocked_picture", "provider_failed")),
                "result_url": "https://images.segmind.com/x.png" if done else None,
                "cost_microcredits": 40_000 if done else None,
                "render_ms": drawn_ms if done else None,
            },
        )


def fill(path: Path, jobs: int) -> None:
    """Write them in bulk, past the store, as if they had run."""
    with contextlib.closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA synchronous = OFF")
        for request, job in rows(jobs):
            for table, row in (("requests", request), ("jobs", job)):
                places = ", ".join("?" * len(row))
                raw.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))


async def fold(path: Path) -> float:
    """Count them all; the seconds that it took."""
    db = await open_sqlite(path)
    counting = Counting(db=db, clock=SystemClock())
    began_s = time.perf_counter()
    while await counting.count() == JOBS_A_BATCH:
        pass
    took_s = time.perf_counter() - began_s
    await db.close()
    return took_s


WITHIN = "guild_id = $1 AND accepted_ms >= $2 AND accepted_ms < $3 AND finished_ms IS NOT NULL"
SUMS = """COUNT(*), SUM(state = 'done'), SUM(outcome LIKE 'blocked%'),
    SUM(CASE WHEN state = 'done' THEN MIN(COALESCE(cost_microcredits, price_microcredits), price_microcredits) END)"""
FROM = "FROM requests JOIN jobs USING (interaction_id)"
PLAIN = (
    f"SELECT accepted_ms / {DAY_MS}, {SUMS} {FROM} WHERE {WITHIN} GROUP BY 1",
    *(
        f"SELECT {key}, {SUMS} AS spent {FROM} WHERE {WITHIN} GROUP BY 1 ORDER BY spent DESC LIMIT 5"
        for key in ("user_id", "place_id", "jobs.model")
    ),
    f"""SELECT value, {SUMS} AS spent {FROM}, json_each(role_ids) WHERE {WITHIN}
        GROUP BY 1 ORDER BY spent DESC LIMIT 5""",
    f"SELECT running_ms - accepted_ms AS took {FROM} WHERE {WITHIN} ORDER BY took",
    f"SELECT render_ms AS took {FROM} WHERE {WITHIN} AND state = 'done' ORDER BY took",
)


async def plain(snapshots: SqliteSnapshots, span: Span) -> None:
    """The same answer without roll-ups: of the days, and totals and times of those before."""
    for each, statements in ((span, PLAIN), (before(span), (PLAIN[0], *PLAIN[-2:]))):
        first, after = (
            int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
            for day in (each.first, each.last + timedelta(days=1))
        )
        async with snapshots.snapshot() as moment:
            for sql in statements:
                await moment.fetch(sql, GUILD, first, after)


async def took(ask: Callable[[], Awaitable[object]], *, rounds: int) -> float:
    """The median of the seconds that an answer takes."""
    taken = []
    for _ in range(rounds):
        began_s = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began_s)
    return statistics.median(taken)


async def measure(path: Path, jobs: int) -> dict[str, float]:
    await (await open_sqlite(path)).close()
    fill(path, jobs)
    folded_s = await fold(path)
    snapshots = await open_snapshots(path)
    reader = UsageReader(snapshots, clock=FixedClock())
    print(f"{jobs:,} jobs: folded at {jobs / folded_s:,.0f} jobs a second")
    found = {}
    for choice in (Choice.DAYS_30, Choice.DAYS_90):
        span = span_of(choice, today=NOW.date())
        report = await reader.report(GUILD, span)
        found[choice.value] = await took(lambda span=span: reader.report(GUILD, span), rounds=ROUNDS)
        baseline_s = await took(lambda span=span: plain(snapshots, span), rounds=1)
        print(
            f"    {choice.value} days, {report.totals.counts.jobs:,} jobs: {found[choice.value] * 1000:,.0f} ms; "
            f"plain SQL {baseline_s * 1000:,.0f} ms, {baseline_s / found[choice.value]:.1f} times as long",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, nargs="+", default=SIZES, help="how many, the smallest first")
    parser.add_argument("--folder", type=Path, default=None, help="where the databases are made")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        found = {jobs: asyncio.run(measure(Path(folder) / f"{jobs}.db", jobs)) for jobs in arguments.jobs}
    smallest, largest = arguments.jobs[0], arguments.jobs[-1]
    for choice, taken_s in found[largest].items():
        growth = taken_s / found[smallest][choice]
        verdict = "within" if taken_s < LIMIT_S else "NOT within"
        print(f"{choice} days: {growth:.1f} times from {smallest:,} to {largest:,} jobs; {verdict} {LIMIT_S:g} s")


if __name__ == "__main__":
    main()
