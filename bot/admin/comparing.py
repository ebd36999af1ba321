"""Segmind's books of one day held against ours. Pure: rows and jobs in, differences out.

A request and its job know each other by `request_id`. A job that never learned it (lost, or made over v1) is looked for
by its model, its time and its body; each row is taken once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.jobs import Job, State
from bot.ports import Failed, HistoryRow

# Segmind's clock and ours may differ by this much.
CLOCK_SLACK_MS = 600_000


class Kind(StrEnum):
    """What differs; bot/admin/reconciling.py has the words for it."""

    NOT_OURS = "not_ours"  # they charged a request that no job of ours is
    NOT_THEIRS = "not_theirs"  # we booked an image that they do not have
    COST = "cost"  # they charged another amount than we booked
    LOST = "lost"  # they charged a job whose fate we could not learn


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs. `theirs` is None where their books do not tell the amount."""

    kind: Kind
    slug: str
    request_id: str | None
    interaction_id: int | None
    theirs_microcredits: int | None
    ours_microcredits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A day, in both books; the totals differ by what the differences add up to."""

    theirs_microcredits: int
    ours_microcredits: int
    differences: tuple[Difference, ...]


def compare(rows: Iterable[HistoryRow], jobs: Iterable[Job], *, start_ms: int, end_ms: int) -> Comparison:
    """Compare what they took from `start_ms` up to `end_ms`; rows and jobs around that time help to match."""
    unique = {row.request_id: row for row in rows}
    known = list(jobs)
    matched = _matched(unique, known)
    found: list[Difference] = []
    theirs = ours = 0
    for row in unique.values():
        if row.created_ms is None or not start_ms <= row.created_ms < end_ms:
            continue
        job = matched.get(row.request_id)
        if job is not None and not job.ended:
            continue
        booked = 0 if job is None else _booked(job, row)
        theirs += row.cost_microcredits or 0
        ours += booked
        found += _differing(row, job, booked)
    seen = {(job.interaction_id, job.number) for job in matched.values()}
    for job in known:
        taken = job.submitting_ms is not None and start_ms <= job.submitting_ms < end_ms
        if job.state is State.DONE and taken and (job.interaction_id, job.number) not in seen:
            missing = _difference(Kind.NOT_THEIRS, row=None, job=job, booked=_settled(job))
            ours += missing.ours_microcredits
            found.append(missing)
    return Comparison(theirs_microcredits=theirs, ours_microcredits=ours, differences=tuple(found))


def _matched(rows: Mapping[str, HistoryRow], jobs: Iterable[Job]) -> dict[str, Job]:
    """The job of each row that has one, by `request_id`."""
    named = {job.request_id: job for job in jobs if job.request_id is not None}
    matched = {request_id: named[request_id] for request_id in rows if request_id in named}
    for job in jobs:
        if job.request_id is None and job.submitting_ms is not None:
            free = (row for row in rows.values() if row.request_id not in matched)
            row = next((row for row in free if _may_be(row, job)), None)
            if row is not None:
                matched[row.request_id] = job
    return matched


def _may_be(row: HistoryRow, job: Job) -> bool:
    if job.submitting_ms is None or row.created_ms is None or row.payload is None or row.slug not in {job.slug, None}:
        return False
    latest_ms = (job.submitting_ms if job.finished_ms is None else job.finished_ms) + CLOCK_SLACK_MS
    return job.submitting_ms - CLOCK_SLACK_MS <= row.created_ms <= latest_ms and _has(row.payload, job.payload)


def _has(body: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    """Whether their body is what we sent, whatever else they wrote into it."""
    return all(name in body and body[name] == value for name, value in payload.items())


def _settled(job: Job) -> int:
    return max(job.price_microcredits if job.cost_microcredits is None else job.cost_microcredits, 0)


def _booked(job: Job, row: HistoryRow) -> int:
    """What our books carry for it: a lost job its possible cost, where they charged it."""
    match job.state:
        case State.DONE:
            return _settled(job)
        case State.LOST if _charged(row):
            return job.price_microcredits
        case _:
            return 0


def _charged(row: HistoryRow) -> bool:
    """Whether they took credits for it, or may have: a row need not tell its cost."""
    return row.cost_microcredits > 0 if row.cost_microcredits is not None else not isinstance(row.ending, Failed)


def _differing(row: HistoryRow, job: Job | None, booked: int) -> Iterator[Difference]:
    if job is None:
        if _charged(row):
            yield _difference(Kind.NOT_OURS, row=row, job=None, booked=0)
    elif job.state is State.LOST:
        if _charged(row):
            yield _difference(Kind.LOST, row=row, job=job, booked=booked)
    elif row.cost_microcredits is not None and row.cost_microcredits != booked:
        yield _difference(Kind.COST, row=row, job=job, booked=booked)


def _difference(kind: Kind, *, row: HistoryRow | None, job: Job | None, booked: int) -> Difference:
    named = None if job is None else job.request_id
    return Difference(
        kind=kind,
        slug=job.slug if job is not None else (row and row.slug) or "?",
        request_id=named if row is None else row.request_id,
        interaction_id=None if job is None else job.interaction_id,
        theirs_microcredits=0 if row is None else row.cost_microcredits,
        ours_microcredits=booked,
    )
