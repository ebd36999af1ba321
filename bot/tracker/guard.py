"""A job that the bot itself stumbles over is tried a few times, then ended honestly; it never stops the others."""

from collections.abc import Awaitable, Callable

import structlog

from bot.cards.writer import ref_of
from bot.clock import Clock
from bot.errors import StoreError
from bot.jobs import Job, Outcome, Shown, State
from bot.store.jobs import StaleJob
from bot.tracker.alerts import Alerts
from bot.tracker.books import Books

TRIES_MAX = 3
RETRY_S = 2.0

log = structlog.get_logger()


class Guard:
    """Stands around every step of every job."""

    def __init__(self, *, books: Books, alerts: Alerts, clock: Clock) -> None:
        self._books = books
        self._alerts = alerts
        self._clock = clock

    async def step(self, job: Job, push: Callable[[Job], Awaitable[Job]]) -> Job:
        """Push the job on; where that fails for a reason of ours, again from where the database has it."""
        tries = 0
        while True:
            try:
                return await push(job)
            except StaleJob:
                log.info("another hand moved the job", interaction_id=job.interaction_id)
            except StoreError:
                log.exception("the database failed a job", interaction_id=job.interaction_id)
                await self._clock.sleep(RETRY_S)
            except Exception as error:
                log.exception("a job failed inside the bot", interaction_id=job.interaction_id)
                tries += 1
                if tries >= TRIES_MAX:
                    return await self._bury(await self._books.again(job), error)
                await self._clock.sleep(RETRY_S * tries)
            state, job = job.state, await self._books.again(job)
            if job.state is not state:
                return job

    async def card(self, interaction_id: int, deliver: Callable[[], Awaitable[None]]) -> None:
        """Show a card; one that cannot be shown for a reason of ours is kept for its owner."""
        for tries in range(1, TRIES_MAX + 1):
            try:
                await deliver()
            except Exception:
                log.exception("a card failed inside the bot", interaction_id=interaction_id)
                await self._clock.sleep(RETRY_S * tries)
            else:
                return
        found = await self._books.request(interaction_id)
        if found is not None:
            await self._books.save_delivery(found[0], found[1].ended(Shown.KEPT))
            await self._alerts.tell("poison_card", ref=ref_of(interaction_id))

    async def _bury(self, job: Job, error: Exception) -> Job:
        reason = type(error).__name__
        await self._alerts.tell("poison", ref=ref_of(job.interaction_id), error=reason)
        match job.state:
            case State.ACCEPTED:
                return await self._books.move(job, State.FAILED, outcome=Outcome.NOT_AVAILABLE, detail=reason)
            case State.SUBMITTING | State.RUNNING:
                return await self._books.move(job, State.LOST, outcome=Outcome.FATE_UNKNOWN, detail=reason)
            case _:
                return await self._books.record(job, outcome=Outcome.BAD_PICTURE, detail=reason)
