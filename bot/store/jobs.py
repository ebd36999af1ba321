"""Requests and their jobs. A job moves only along NEXT, one hand at a time, and its credits move with it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, assert_never

from bot.errors import ImagenError
from bot.jobs import NEXT, Cancelled, Delivery, Job, Outcome, Request, State
from bot.store import ledger
from bot.store.database import Reader, Transaction
from bot.store.rows import delivery_of, delivery_row, insert_into, job_of, job_row, request_of, request_row, storable

# What a job is for good, and what only `move` writes.
_FIXED = {"interaction_id", "number", "model", "slug", "payload", "price_microcredits", "accepted_ms"}
_MOVED = {"state", "submitting_ms", "running_ms", "finished_ms"}
_CHANGING = frozenset(field.name for field in fields(Job)) - _FIXED - _MOVED

# What a job says of its picture once that was taken away.
LET_GO: Mapping[str, Any] = {
    "outcome": Outcome.REMOVED,
    "result_url": None,
    "sha256": None,
    "content_type": None,
    "attachment_id": None,
    "attachment_name": None,
}


class StaleJob(ImagenError):
    """Another hand moved this job, or it is gone; nothing was written. Read it again before going on."""


async def insert(tx: Transaction, request: Request, jobs: Sequence[Job]) -> bool:
    """Write a request and its jobs; False, and nothing written, if this interaction is there already."""
    row = request_row(request) | delivery_row(Delivery())
    if not await tx.execute(insert_into("requests", row) + " ON CONFLICT (interaction_id) DO NOTHING", *row.values()):
        return False
    for job in jobs:
        row = job_row(job)
        await tx.execute(insert_into("jobs", row), *row.values())
    return True


async def request(reader: Reader, interaction_id: int) -> tuple[Request, Delivery] | None:
    rows = await reader.fetch("SELECT * FROM requests WHERE interaction_id = $1", interaction_id)
    return (request_of(rows[0]), delivery_of(rows[0])) if rows else None


async def jobs_of(reader: Reader, interaction_id: int) -> list[Job]:
    """Return the jobs of a request by number; none if there is no such request."""
    rows = await reader.fetch("SELECT * FROM jobs WHERE interaction_id = $1 ORDER BY number", interaction_id)
    return [job_of(row) for row in rows]


async def job(reader: Reader, interaction_id: int, number: int) -> Job | None:
    rows = await reader.fetch("SELECT * FROM jobs WHERE interaction_id = $1 AND number = $2", interaction_id, number)
    return job_of(rows[0]) if rows else None


async def move(tx: Transaction, job: Job, state: State, *, at_ms: int, **changes: Any) -> Job:
    """Move a job on, with the columns that come with it, and its credits; return it as it stands then.

    DONE settles its hold at `cost_microcredits` (None: at the hold), FAILED and CANCELLED release it, LOST releases it
    and books the price as a possible cost to the operator. The picture of a request that was removed is let go. Raises
    StaleJob if it is not in `job.state` any more, and ValueError for a move that NEXT does not know.
    """
    if state not in NEXT[job.state]:
        raise ValueError(f"a job cannot move from {job.state} to {state}")
    moved = await _update(tx, job, {"state": state, **_stamps(state, at_ms), **_checked(changes)})
    await _move_money(tx, moved, at_ms=at_ms)
    return moved


async def call_off(tx: Transaction, interaction_id: int, *, at_ms: int) -> Cancelled:
    """Cancel the jobs of a request that no POST has left for, their credits released; the others go on."""
    going_on = [job for job in await jobs_of(tx, interaction_id) if not job.ended]
    waiting = [job for job in going_on if job.state is State.ACCEPTED]
    for job in waiting:
        await move(tx, job, State.CANCELLED, at_ms=at_ms, outcome=Outcome.CALLED_OFF)
    return Cancelled(cancelled=len(waiting), under_way=len(going_on) - len(waiting))


async def record(tx: Transaction, job: Job, **changes: Any) -> Job:
    """Write columns down without a move, but no picture of a request that was removed.

    Raises StaleJob if the job is not in `job.state` any more.
    """
    return await _update(tx, job, _checked(changes))


async def save_delivery(tx: Transaction, interaction_id: int, delivery: Delivery) -> None:
    """Write down where the card stands; that somebody retouched it is not the bearer's to say."""
    row = delivery_row(delivery)
    del row["retouched"]
    places = ", ".join(f"{name} = ${position}" for position, name in enumerate(row, start=2))
    sql = f"UPDATE requests SET {places} WHERE interaction_id = $1"  # noqa: S608 - names of ours
    await tx.execute(sql, interaction_id, *row.values())


async def forget_attachments(tx: Transaction, interaction_id: int) -> None:
    """Discord has none of the images in the message that comes next."""
    await tx.execute(
        "UPDATE jobs SET attachment_id = NULL, attachment_name = NULL WHERE interaction_id = $1", interaction_id
    )


async def hide_words(tx: Transaction, interaction_id: int) -> None:
    """The words of a request are its owner's to see from now on, wherever it is shown."""
    await tx.execute("UPDATE requests SET hide_words = TRUE WHERE interaction_id = $1", interaction_id)


async def erase_reply(tx: Transaction, interaction_id: int) -> None:
    """Forget the address of the reply: it is of no more use, and whoever has it can write in our name."""
    await tx.execute("UPDATE requests SET reply = NULL WHERE interaction_id = $1", interaction_id)


async def open_requests(reader: Reader) -> list[int]:
    """Return every request with a job that has not ended, or whose card people have not seen the end of; oldest first."""
    rows = await reader.fetch(
        """SELECT created_ms, interaction_id FROM requests WHERE shown = 'open'
        UNION
        SELECT created_ms, interaction_id FROM jobs JOIN requests USING (interaction_id) WHERE finished_ms IS NULL
        ORDER BY created_ms, interaction_id"""
    )
    return [row["interaction_id"] for row in rows]


async def open_jobs_of(reader: Reader, *, guild_id: int, user_id: int) -> list[Job]:
    """A member's jobs in a server that have not ended, those of the oldest request first."""
    rows = await reader.fetch(
        """SELECT jobs.* FROM jobs JOIN requests USING (interaction_id)
        WHERE finished_ms IS NULL AND guild_id = $1 AND user_id = $2 ORDER BY accepted_ms, interaction_id, number""",
        guild_id,
        user_id,
    )
    return [job_of(row) for row in rows]


async def underway_in(reader: Reader, guild_id: int) -> list[tuple[Request, list[Job]]]:
    """Every request of a server that has not ended, with its jobs that have not; the oldest first."""
    rows = await reader.fetch(
        """SELECT jobs.* FROM jobs JOIN requests USING (interaction_id)
        WHERE finished_ms IS NULL AND guild_id = $1 ORDER BY accepted_ms, interaction_id, number""",
        guild_id,
    )
    by_request: dict[int, list[Job]] = {}
    for row in rows:
        by_request.setdefault(row["interaction_id"], []).append(job_of(row))
    found = [(await request(reader, interaction_id), jobs) for interaction_id, jobs in by_request.items()]
    return [(known[0], jobs) for known, jobs in found if known is not None]


async def known_request_ids(reader: Reader, *, slug: str, since_ms: int) -> set[str]:
    """Return Segmind's names of every job for this model that had not ended before that instant."""
    rows = await reader.fetch(
        """SELECT request_id FROM jobs
        WHERE slug = $1 AND request_id IS NOT NULL AND (finished_ms IS NULL OR finished_ms >= $2)""",
        slug,
        since_ms,
    )
    return {row["request_id"] for row in rows}


async def knows(reader: Reader, request_id: str) -> bool:
    """Whether a job has this name at Segmind."""
    return bool(await reader.fetch("SELECT 1 FROM jobs WHERE request_id = $1", request_id))


async def _update(tx: Transaction, job: Job, changes: Mapping[str, Any]) -> Job:
    pictured = changes.get("state", job.state) is State.DONE and changes.get("outcome", job.outcome) is None
    if pictured and await _removed(tx, job.interaction_id):
        changes = {**changes, **LET_GO}
    places = ", ".join(f"{name} = ${position}" for position, name in enumerate(changes, start=4))
    rows = await tx.fetch(
        f"UPDATE jobs SET {places} WHERE interaction_id = $1 AND number = $2 AND state = $3 RETURNING *",  # noqa: S608
        job.interaction_id,
        job.number,
        job.state.value,
        *map(storable, changes.values()),
    )
    if not rows:
        raise StaleJob(f"job {job.interaction_id}/{job.number} is not {job.state} any more")
    return job_of(rows[0])


async def _removed(tx: Transaction, interaction_id: int) -> bool:
    sql = "SELECT 1 FROM requests WHERE interaction_id = $1 AND removed IS NOT NULL"
    return bool(await tx.fetch(sql, interaction_id))


def _checked(changes: dict[str, Any]) -> dict[str, Any]:
    if unknown := changes.keys() - _CHANGING:
        raise ValueError(f"a job cannot change its {', '.join(sorted(unknown))}")
    return changes


def _stamps(state: State, at_ms: int) -> dict[str, int | None]:
    match state:
        case State.ACCEPTED:
            return {"submitting_ms": None}  # proof that it was not taken: it stands where it stood before
        case State.SUBMITTING:
            return {"submitting_ms": at_ms}
        case State.RUNNING:
            return {"running_ms": at_ms}
        case State.DONE | State.FAILED | State.LOST | State.CANCELLED:
            return {"finished_ms": at_ms}
        case _:
            assert_never(state)


async def _move_money(tx: Transaction, job: Job, *, at_ms: int) -> None:
    close = {"interaction_id": job.interaction_id, "number": job.number, "at_ms": at_ms}
    match job.state:
        case State.DONE:
            await ledger.settle(tx, cost_microcredits=job.cost_microcredits, **close)
        case State.FAILED | State.CANCELLED:
            await ledger.release(tx, **close)
        case State.LOST:
            await ledger.release(tx, possible_cost_microcredits=job.price_microcredits, **close)
        case State.ACCEPTED | State.SUBMITTING | State.RUNNING:
            pass
        case _:
            assert_never(job.state)
