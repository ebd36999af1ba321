"""From RUNNING to an end: looking, at the instants that bot/pacing.py chooses, until Segmind says how it ended.

Nothing that goes wrong while looking loses a job: looking costs nothing and is repeated to the end of the hour for
which Segmind keeps results. Behind that hour its request history is asked, once and for all.
"""

import random
from typing import assert_never

import structlog

from bot.clock import Clock
from bot.errors import Expired, KeyRejected, ProviderError, RateLimited
from bot.jobs import Job, Outcome, State
from bot.limiter import Kind, RequestBudget
from bot.ports import Completed, Failed, Painted, Painter, Pending
from bot.tracker.books import Books
from bot.tracker.endings import Endings
from bot.tracker.key_trouble import KeyTrouble
from bot.tracker.paces import Paces

# When the history is asked about a request whose hour has passed, in seconds from then.
HISTORY_LOOKS_S = (0.0, 10.0, 60.0, 300.0)
# A result that is there but does not come: tried again this often, a little later each time.
RESULT_RETRY_S = 1.0
RESULT_RETRY_MAX_S = 15.0

log = structlog.get_logger()


class Watcher:
    """Follows jobs that Segmind has taken."""

    def __init__(
        self,
        *,
        books: Books,
        painter: Painter,
        budget: RequestBudget,
        paces: Paces,
        endings: Endings,
        key: KeyTrouble,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._books = books
        self._painter = painter
        self._budget = budget
        self._paces = paces
        self._endings = endings
        self._key = key
        self._clock = clock
        self._rng = rng

    async def watch(self, job: Job) -> Job:
        """Look until the job has ended."""
        since_ms = job.running_ms or job.accepted_ms
        known = self._paces.known(job.slug)
        due_ms = since_ms + self._paces.schedule(known).instants_s[0] * 1000
        # Taken up after a restart, it may be over long since.
        if self._clock.now_ms() > due_ms and (ended := await self._look(job, since_ms)) is not None:
            return ended
        while True:
            elapsed_s = (self._clock.now_ms() - since_ms) / 1000
            next_s = self._paces.schedule(known).next_poll_s(elapsed_s, self._rng)
            if next_s == float("inf"):
                return await self._after_the_hour(job)
            await self._clock.sleep(next_s - elapsed_s)
            ended = await self._look(job, since_ms)
            if ended is not None:
                return ended

    async def _look(self, job: Job, since_ms: int) -> Job | None:
        await self._budget.take(Kind.STATUS)
        try:
            progress = await self._painter.status(_id(job))
            self._budget.succeeded()
        except Expired:
            return await self._after_the_hour(job)
        except ProviderError as error:
            await self._note(error)
            return None
        match progress:
            case Pending():
                return None
            case Completed():
                return await self._fetch(job, since_ms)
            case Failed(detail=detail):
                seen_s = (self._clock.now_ms() - since_ms) / 1000
                job = await self._endings.failed(job, detail)
                await self._paces.refused(job, seen_s=seen_s)
                return job
            case _:
                assert_never(progress)

    async def _fetch(self, job: Job, since_ms: int) -> Job:
        """The result, at once and again until it comes; a job that is called pending again is simply asked again."""
        wait_s = RESULT_RETRY_S
        while self._paces.in_hour(self._clock.now_ms() - since_ms):
            await self._budget.take(Kind.RESULT)
            try:
                answer = await self._painter.result(_id(job))
                self._budget.succeeded()
            except Expired:
                break
            except ProviderError as error:
                await self._note(error)
                answer = None
            match answer:
                case Painted():
                    # The picture first: what is learned from it can wait.
                    job = await self._endings.done(job, answer)
                    await self._paces.learn(job, render_ms=answer.render_ms)
                    return job
                case Failed(detail=detail):
                    return await self._endings.failed(job, detail)
                case Pending() | None:
                    await self._clock.sleep(wait_s)
                    wait_s = min(RESULT_RETRY_MAX_S, wait_s * 2)
                case _:
                    assert_never(answer)
        return await self._after_the_hour(job)

    async def _after_the_hour(self, job: Job) -> Job:
        """Segmind has forgotten the request; its history still knows how it ended, or nobody does."""
        for wait_s in HISTORY_LOOKS_S:
            await self._clock.sleep(wait_s)
            await self._budget.take(Kind.HISTORY)
            try:
                row = await self._painter.look_up(_id(job))
            except ProviderError as error:
                await self._note(error)
                continue
            match row.ending if row is not None else None:
                case Painted() as painted:
                    return await self._endings.done(job, painted)
                case Failed(detail=detail):
                    return await self._endings.failed(job, detail)
                case None:
                    continue
        return await self._endings.lost(job, Outcome.RESULT_EXPIRED)

    async def _note(self, error: ProviderError) -> None:
        if isinstance(error, RateLimited):
            self._budget.pause_until_ms(error.reset_ms)
        elif isinstance(error, KeyRejected):
            # Running jobs are looked at again later; whether anything new is sent, the next submit finds out.
            await self._key.doubted()
        else:
            log.info("a look went unanswered", detail=error.detail)


def _id(job: Job) -> str:
    """Segmind's name for a running job."""
    if job.request_id is None or job.state is not State.RUNNING:
        raise ValueError(f"job {job.interaction_id}/{job.number} is {job.state}, not running")
    return job.request_id
