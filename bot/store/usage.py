"""What ended jobs add up to: roll-ups by server, day and topic, and the jobs that are not counted in them yet.

Times of several servers are those of each server's own days. Sums come as numbers of any kind, so they are made whole.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.jobs import Outcome, State
from bot.store.database import Reader, Row, Transaction
from bot.usage.report import Counts, Leg, Topic
from bot.usage.span import Span
from bot.usage.tally import EndedJob, Tally

# What names a job, and what orders jobs: interaction and number.
Ref = tuple[int, int]
BEFORE_ALL: Ref = (-1, -1)

ROWS_A_STATEMENT = 100  # SQLite looks each `$n` up among all the others, so twice as many take four times as long
_COUNTS = tuple(Counts.__dataclass_fields__)
_SUMS = ", ".join(f"SUM({name}) AS {name}" for name in _COUNTS)
ENDED_JOB = """guild_id, place_id, user_id, role_ids, jobs.model AS model, state, outcome, price_microcredits,
    cost_microcredits, accepted_ms, submitting_ms, running_ms, finished_ms, render_ms"""


async def uncounted(
    reader: Reader, *, guild_id: int | None = None, after: Ref = BEFORE_ALL, limit: int
) -> list[tuple[Ref, EndedJob]]:
    """The next ended jobs that no roll-up holds; of all servers where none is given."""
    # The plus lets SQLite begin with the few jobs that are not counted, and not with all requests of the server.
    of_guild = "" if guild_id is None else "AND +guild_id = $4"
    rows = await reader.fetch(
        f"""SELECT interaction_id, number, {ENDED_JOB} FROM jobs JOIN requests USING (interaction_id)
        WHERE finished_ms IS NOT NULL AND counted = FALSE AND (interaction_id, number) > ($1, $2) {of_guild}
        ORDER BY interaction_id, number LIMIT $3""",  # noqa: S608 - words of ours
        *after,
        limit,
        *(() if guild_id is None else (guild_id,)),
    )
    return [((row["interaction_id"], row["number"]), ended_job_of(row)) for row in rows]


async def mark_counted(tx: Transaction, *, through: Ref) -> int:
    """Say that the roll-ups hold every ended job up to this one, itself included; returns how many became counted."""
    return await tx.execute(
        """UPDATE jobs SET counted = TRUE
        WHERE finished_ms IS NOT NULL AND counted = FALSE AND (interaction_id, number) <= ($1, $2)""",
        *through,
    )


async def add(tx: Transaction, tally: Tally) -> None:
    """Add these figures to the roll-ups."""
    of_days = [
        (at.guild_id, at.topic.value, at.day, at.key, *(getattr(counts, name) for name in _COUNTS))
        for at, counts in tally.days.items()
    ]
    of_times = [(at.guild_id, at.leg.value, at.day, at.bucket, jobs) for at, jobs in tally.times.items()]
    await _add_to(tx, "usage_days", keys=("guild_id", "topic", "day", "key"), sums=_COUNTS, rows=of_days)
    await _add_to(tx, "usage_times", keys=("guild_id", "leg", "day", "bucket"), sums=("jobs",), rows=of_times)


async def by_day(reader: Reader, guild_id: int | None, span: Span) -> dict[str, Counts]:
    """The days on which something was counted."""
    return await _summed(reader, "day", guild_id, span, Topic.ALL)


async def by_key(reader: Reader, guild_id: int | None, span: Span, topic: Topic) -> dict[str, Counts]:
    """The figures of each member, role, channel, model or server."""
    if topic is Topic.GUILD:
        return await _summed(reader, "guild_id", guild_id, span, Topic.ALL)
    return await _summed(reader, "key", guild_id, span, topic)


async def histogram(reader: Reader, guild_id: int | None, span: Span, leg: Leg) -> dict[int, int]:
    """How many jobs took how long, by bucket."""
    where, args = _where("leg", leg.value, guild_id, span)
    sql = f"SELECT bucket, SUM(jobs) AS jobs FROM usage_times WHERE {where} GROUP BY bucket"  # noqa: S608 - words of ours
    return {row["bucket"]: int(row["jobs"]) for row in await reader.fetch(sql, *args)}


def ended_job_of(row: Row) -> EndedJob:
    """A row with the columns ENDED_JOB."""
    return EndedJob(
        guild_id=row["guild_id"],
        place_id=row["place_id"],
        user_id=row["user_id"],
        role_ids=tuple(json.loads(row["role_ids"])),
        model=row["model"],
        state=State(row["state"]),
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        price_microcredits=row["price_microcredits"],
        cost_microcredits=row["cost_microcredits"],
        accepted_ms=row["accepted_ms"],
        submitting_ms=row["submitting_ms"],
        running_ms=row["running_ms"],
        finished_ms=row["finished_ms"],
        render_ms=row["render_ms"],
    )


@dataclass(frozen=True, slots=True)
class ToldJob:
    """An ended job with what a list of jobs tells besides."""

    created_ms: int
    ref: Ref
    command: str
    category: str | None
    private: bool
    job: EndedJob


async def ended_jobs(
    reader: Reader, guild_id: int, *, from_ms: int, until_ms: int, after: Ref = BEFORE_ALL, limit: int
) -> list[ToldJob]:
    """The next ended jobs of a server that were asked for from `from_ms` up to, but without, `until_ms`, oldest first.

    The next page begins at the `created_ms` of the last job, after its `ref`.
    """
    rows = await reader.fetch(
        f"""SELECT created_ms, interaction_id, number, command, category, private, {ENDED_JOB}
        FROM requests JOIN jobs USING (interaction_id)
        WHERE guild_id = $1 AND created_ms >= $2 AND created_ms < $3 AND finished_ms IS NOT NULL
            AND (created_ms > $2 OR (interaction_id, number) > ($4, $5))
        ORDER BY created_ms, interaction_id, number LIMIT $6""",  # noqa: S608 - words of ours
        guild_id,
        from_ms,
        until_ms,
        *after,
        limit,
    )
    return [
        ToldJob(
            created_ms=row["created_ms"],
            ref=(row["interaction_id"], row["number"]),
            command=row["command"],
            category=row["category"],
            private=bool(row["private"]),
            job=ended_job_of(row),
        )
        for row in rows
    ]


async def guild_ids(reader: Reader) -> list[int]:
    """Every server that anything was asked for in."""
    return [row["guild_id"] for row in await reader.fetch("SELECT DISTINCT guild_id FROM requests ORDER BY guild_id")]


async def _summed(reader: Reader, name: str, guild_id: int | None, span: Span, topic: Topic) -> dict[str, Counts]:
    where, args = _where("topic", topic.value, guild_id, span)
    sql = f"SELECT {name} AS name, {_SUMS} FROM usage_days WHERE {where} GROUP BY {name}"  # noqa: S608 - words of ours
    return {str(row["name"]): _counts_of(row) for row in await reader.fetch(sql, *args)}


def _counts_of(row: Row) -> Counts:
    return Counts(**{name: int(row[name]) for name in _COUNTS})


def _where(column: str, value: str, guild_id: int | None, span: Span) -> tuple[str, tuple[Any, ...]]:
    """The condition for one kind of rows on these days, and what it binds."""
    args = (value, span.first.isoformat(), span.last.isoformat())
    where = f"{column} = $1 AND day BETWEEN $2 AND $3"
    return (where, args) if guild_id is None else (f"guild_id = $4 AND {where}", (*args, guild_id))


async def _add_to(
    tx: Transaction, table: str, *, keys: Sequence[str], sums: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
    for part in _parts(rows):
        await tx.execute(
            f"INSERT INTO {table} ({', '.join((*keys, *sums))}) {_values(part)}"
            f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {added}",
            *_flat(part),
        )


def _parts(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """As many rows at a time as one statement takes."""
    return (rows[at : at + ROWS_A_STATEMENT] for at in range(0, len(rows), ROWS_A_STATEMENT))


def _values(rows: Sequence[tuple[Any, ...]]) -> str:
    """VALUES with a place for each value."""
    wide = len(rows[0])
    lines = (", ".join(f"${line * wide + at}" for at in range(1, wide + 1)) for line in range(len(rows)))
    return f"VALUES {', '.join(f'({line})' for line in lines)}"


def _flat(rows: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    return (value for row in rows for value in row)
