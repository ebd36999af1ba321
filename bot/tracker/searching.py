"""A submit whose answer was lost: was it taken? Segmind's own request history may tell.

One request of this model and time, with this body and an id that no other job has: that is it. (Where several jobs with
one body are looked for, as many requests are theirs, and it does not matter which is whose.) None after the history
has had minutes, or more than that: LOST. A row may lag, so a look that finds none is repeated for a while.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import KeyRejected, ProviderError, RateLimited
from bot.jobs import Api, Job, Outcome, State
from bot.limiter import Kind, RequestBudget
from bot.ports import Failed, HistoryRow, Painted, Painter
from bot.store import jobs as job_store
from bot.tracker.books import Books
from bot.tracker.endings import Endings

# When to look, in seconds after the submit became unclear; the history has had its time after the last look.
LOOKS_S = (5.0, 15.0, 40.0, 90.0, 180.0, 300.0, 420.0, 540.0)
# Segmind's clock and ours may differ by this much.
CLOCK_SLACK_MS = 60_000

log = structlog.get_logger()


class Searcher:
    """Looks for the requests behind unclear submits."""

    def __init__(
        self, *, books: Books, painter: Painter, budget: RequestBudget, endings: Endings, clock: Clock
    ) -> None:
        self._books = books
        self._painter = painter
        self._budget = budget
        self._endings = endings
        self._clock = clock
        self._sending: dict[tuple[int, int], Job] = {}
        # Jobs with one body may be looked for at once; each row is for one of them, and it does not matter which.
        self._looking: dict[tuple[int, int], Job] = {}
        self._claiming = asyncio.Lock()
        # Set while no POST is under way.
        self.quiet = asyncio.Event()
        self.quiet.set()

    def sending(self, job: Job) -> None:
        """A POST for this job is under way: its row in the history is nobody else's."""
        self._sending[job.interaction_id, job.number] = job
        self.quiet.clear()

    def sent(self, job: Job) -> None:
        self._sending.pop((job.interaction_id, job.number), None)
        if not self._sending:
            self.quiet.set()

    async def find(self, job: Job) -> Job:
        """Look until the history has had its time; the job comes back RUNNING or ended."""
        began_ms = self._clock.now_ms()
        self._looking[job.interaction_id, job.number] = job
        try:
            for look_s in LOOKS_S:
                await self._clock.sleep(look_s - (self._clock.now_ms() - began_ms) / 1000)
                job = await self._claim(job, await self._rows(job))
                if job.state is not State.SUBMITTING:
                    return job
        finally:
            del self._looking[job.interaction_id, job.number]
        return await self._endings.lost(job, Outcome.FATE_UNKNOWN)

    async def _claim(self, job: Job, rows: Sequence[HistoryRow]) -> Job:
        """Take a row that can be this job's, unless there are more of them than jobs that look for one."""
        async with self._claiming:
            since_ms = self._since_ms(job) - CLOCK_SLACK_MS
            known = await job_store.known_request_ids(self._books.db, slug=job.slug, since_ms=since_ms)
            free = [row for row in rows if row.request_id not in known]
            log.info("looked for an unclear submit", interaction_id=job.interaction_id, matches=len(free))
            looking = sum(_twins(job, other) for other in self._looking.values())
            under_way = any(_twins(job, other) for other in self._sending.values())
            if 0 < len(free) <= looking and not under_way:
                return await self._go_on(job, free[0])
            return job

    async def _rows(self, job: Job) -> Sequence[HistoryRow]:
        """The requests in the history with this job's model, time and body."""
        since_ms = self._since_ms(job)
        turn = partial(self._budget.take, Kind.HISTORY)
        try:
            rows = await self._painter.history(slug=job.slug, since_ms=since_ms, turn=turn)
        except RateLimited as error:
            self._budget.pause_until_ms(error.reset_ms)
            return ()
        except ProviderError as error:
            if not isinstance(error, KeyRejected):
                log.warning("the history did not answer", detail=error.detail)
            return ()
        return [
            row
            for row in rows
            if (row.created_ms is None or row.created_ms >= since_ms) and _same_body(row.payload, job.payload)
        ]

    @staticmethod
    def _since_ms(job: Job) -> int:
        return (job.submitting_ms or job.accepted_ms) - CLOCK_SLACK_MS

    async def _go_on(self, job: Job, row: HistoryRow) -> Job:
        """It was taken: go on with it, as far as it is. A v1 request that is still being drawn is left as it is."""
        match job.api, row.ending:
            case Api.V2, _:
                return await self._books.move(job, State.RUNNING, request_id=row.request_id)
            case _, Painted() as painted:
                return await self._endings.done(job, painted)
            case _, Failed(detail=detail):
                return await self._endings.failed(job, detail)
            case _:
                return job


def _twins(job: Job, other: Job) -> bool:
    return (other.slug, other.payload) == (job.slug, job.payload)


def _same_body(body: Mapping[str, Any] | None, payload: Mapping[str, Any]) -> bool:
    """Whether the history's body is this payload, whatever else Segmind wrote into it."""
    return body is not None and all(name in body and body[name] == value for name, value in payload.items())
