"""From ACCEPTED over the POST to RUNNING, or to an honest end.

`SUBMITTING` is committed before the POST leaves. Afterwards the job goes back to ACCEPTED only on proof that the POST
was not taken; where that is unclear it is looked up (bot/tracker/searching.py) and never sent a second time.
"""

from dataclasses import dataclass
from typing import assert_never

import structlog

from bot.clock import Clock
from bot.errors import (
    BadParameters,
    KeyRejected,
    ModelRetired,
    NotPermitted,
    NotTaken,
    OutOfCredits,
    ProviderError,
    RateLimited,
    Refused,
    Unclear,
    UnknownModel,
)
from bot.jobs import Api, Job, Outcome, State
from bot.limiter import Kind, RequestBudget
from bot.ports import Failed, Painted, Painter
from bot.tracker.alerts import Alerts
from bot.tracker.availability import Availability
from bot.tracker.books import Books
from bot.tracker.endings import Endings
from bot.tracker.key_trouble import KeyTrouble
from bot.tracker.searching import Searcher

# How long a job is sent again while Segmind takes nothing, before its member is told.
PATIENCE_S = 600.0
BACKOFF_S = 1.0
BACKOFF_MAX_S = 30.0

log = structlog.get_logger()


@dataclass(slots=True)
class Patience:
    """How often a job was turned away without being taken, and since when."""

    since_ms: int | None = None
    times: int = 0

    def turned_away(self, now_ms: int) -> None:
        self.since_ms = now_ms if self.since_ms is None else self.since_ms
        self.times += 1

    def over(self, now_ms: int) -> bool:
        return self.since_ms is not None and now_ms - self.since_ms >= PATIENCE_S * 1000

    @property
    def backoff_s(self) -> float:
        return min(BACKOFF_MAX_S, BACKOFF_S * 2.0 ** min(self.times - 1, 10))


class Submitter:
    """Sends jobs to Segmind, each one at most once."""

    def __init__(
        self,
        *,
        books: Books,
        painter: Painter,
        budget: RequestBudget,
        availability: Availability,
        searcher: Searcher,
        endings: Endings,
        alerts: Alerts,
        key: KeyTrouble,
        clock: Clock,
    ) -> None:
        self._books = books
        self._painter = painter
        self._budget = budget
        self._availability = availability
        self._searcher = searcher
        self._endings = endings
        self._alerts = alerts
        self._key = key
        self._clock = clock

    async def submit(self, job: Job, patience: Patience) -> Job:
        """One try: the job comes back RUNNING or ended, or ACCEPTED where it may be tried again at once.

        The caller has taken its turn in the budget.
        """
        out = self._availability.out(job.slug)
        if out is not None:
            return await self._books.move(job, State.FAILED, outcome=out)
        job = await self._books.move(job, State.SUBMITTING, api=self._availability.api(job.slug))
        self._searcher.sending(job)
        try:
            return await self._send(job)
        except NotTaken as error:
            return await self._not_taken(job, error, patience)
        except Unclear as error:
            log.warning("nobody can tell whether a submit was taken", detail=error.detail)
            self._searcher.sent(job)
            return await self._searcher.find(job)
        except Refused as error:
            return await self._refused(job, error)
        finally:
            self._searcher.sent(job)

    async def _send(self, job: Job) -> Job:
        match job.api:
            case Api.V2:
                request_id = await self._painter.submit(job.slug, job.payload)
                self._budget.succeeded()
                return await self._books.move(job, State.RUNNING, request_id=request_id)
            case Api.V1:
                answer = await self._painter.paint(job.slug, job.payload)
                self._budget.succeeded()
                return await self._answered(job, answer)
            case _:
                assert_never(job.api)

    async def _answered(self, job: Job, answer: Painted | Failed) -> Job:
        match answer:
            case Painted():
                return await self._endings.done(job, answer)
            case Failed():
                return await self._endings.failed(job, answer.detail)
            case _:
                assert_never(answer)

    async def _not_taken(self, job: Job, error: NotTaken, patience: Patience) -> Job:
        """Back to ACCEPTED, committed, before anything is waited for; a 429 holds all others back at once."""
        busy = isinstance(error, RateLimited)
        if isinstance(error, RateLimited):
            self._budget.pause_until_ms(error.reset_ms)
        job = await self._books.move(job, State.ACCEPTED)
        if isinstance(error, UnknownModel):
            return await self._unknown(job, error)
        now_ms = self._clock.now_ms()
        patience.turned_away(now_ms)
        if patience.over(now_ms):
            outcome = Outcome.PROVIDER_BUSY if busy else Outcome.PROVIDER_UNREACHABLE
            return await self._books.move(job, State.FAILED, outcome=outcome, detail=error.detail)
        if not busy:
            await self._clock.sleep(patience.backoff_s)
        return job

    async def _unknown(self, job: Job, error: UnknownModel) -> Job:
        """v2 does not know it: v1 may. `job.api` is the one that was asked; others may have learned of v1 meanwhile."""
        if job.api is Api.V2:
            self._availability.use_v1(job.slug)
            return job
        return await self._gone(job, error)

    async def _gone(self, job: Job, error: ProviderError) -> Job:
        if self._availability.take_out(job.slug, Outcome.MODEL_RETIRED):
            await self._alerts.tell("retired", model=job.model, slug=job.slug, detail=error.detail)
        return await self._books.move(job, State.FAILED, outcome=Outcome.MODEL_RETIRED, detail=error.detail)

    async def _refused(self, job: Job, error: Refused) -> Job:
        match error:
            case ModelRetired():
                return await self._gone(job, error)
            case NotPermitted():
                if self._availability.take_out(job.slug, Outcome.NOT_AVAILABLE):
                    await self._alerts.tell("not_permitted", model=job.model, slug=job.slug, detail=error.detail)
                return await self._books.move(job, State.FAILED, outcome=Outcome.NOT_AVAILABLE, detail=error.detail)
            case KeyRejected():
                await self._key.rejected()
                return await self._books.move(job, State.FAILED, outcome=Outcome.NOT_AVAILABLE, detail=error.detail)
            case OutOfCredits():
                return await self._maybe_empty(job, error)
            case BadParameters():
                return await self._endings.failed(job, error.detail, otherwise=Outcome.BAD_PARAMETERS)
            case _:
                return await self._endings.failed(job, error.detail)

    async def _maybe_empty(self, job: Job, error: OutOfCredits) -> Job:
        """406 means several things; only the balance tells whether the account is empty. Nothing is sent meanwhile."""
        async with self._availability.asking:
            if self._availability.stopped is None:
                left = await self._balance_microcredits()
                if left is not None and left < job.price_microcredits:
                    self._availability.stop(Outcome.OUT_OF_CREDITS, needed_microcredits=job.price_microcredits)
                    await self._alerts.tell("out_of_credits", balance=left)
                elif error.names_account:
                    await self._alerts.tell("account", detail=error.detail)
                else:
                    otherwise = Outcome.PROVIDER_FAILED if left is None else Outcome.BAD_PARAMETERS
                    return await self._endings.failed(job, error.detail, otherwise=otherwise)
        return await self._books.move(job, State.FAILED, outcome=Outcome.OUT_OF_CREDITS, detail=error.detail)

    async def _balance_microcredits(self) -> int | None:
        await self._budget.take(Kind.BALANCE)
        try:
            return await self._painter.balance_microcredits()
        except RateLimited as error:
            self._budget.pause_until_ms(error.reset_ms)
        except ProviderError as error:
            log.info("the balance was not told", kind=type(error).__name__)
        return None
