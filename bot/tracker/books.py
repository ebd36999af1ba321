"""The tracker's hand on the database: a step that was decided is written until it is written."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog

from bot.clock import Clock
from bot.errors import StoreFull, StoreLocked
from bot.jobs import Delivery, Job, Request, Shown, State
from bot.store import jobs as job_store
from bot.store.database import Database, Transaction
from bot.tracker.alerts import Alerts

T = TypeVar("T")

RETRY_S = 0.5
log = structlog.get_logger()


class Books:
    """Moves jobs and keeps what is learned about them.

    A full disk or a locked database is waited for: the step before it has happened outside and cannot be undone.
    """

    def __init__(self, *, db: Database, alerts: Alerts, clock: Clock) -> None:
        self.db = db
        self._alerts = alerts
        self._clock = clock
        self._stuck = False

    async def write(self, step: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run the step in a transaction of its own, again and again while the disk is full or the database locked."""
        while True:
            try:
                async with self.db.transaction() as tx:
                    done = await step(tx)
            except (StoreFull, StoreLocked) as error:
                # Once, however many wait for however long: the log may lie on the very disk that is full.
                if not self._stuck:
                    self._stuck = True
                    await self._alerts.tell("store", reason=str(error))
                await self._clock.sleep(RETRY_S)
            else:
                if self._stuck:
                    log.warning("the database works again")
                self._stuck = False
                return done

    async def move(self, job: Job, state: State, **changes: Any) -> Job:
        """Move the job, and its money with it; returns the job as it now is."""
        at_ms = self._clock.now_ms()
        moved = await self.write(lambda tx: job_store.move(tx, job, state, at_ms=at_ms, **changes))
        log.info("job moved", interaction_id=job.interaction_id, number=job.number, state=state.value)
        return moved

    async def record(self, job: Job, **changes: Any) -> Job:
        """Keep something about the job without moving it."""
        return await self.write(lambda tx: job_store.record(tx, job, **changes))

    async def save_delivery(self, interaction_id: int, delivery: Delivery) -> None:
        """Keep where the card stands; once its end has been seen the reply's address is forgotten."""

        async def step(tx: Transaction) -> None:
            await job_store.save_delivery(tx, interaction_id, delivery)
            if delivery.shown is not Shown.OPEN:
                await job_store.erase_reply(tx, interaction_id)

        await self.write(step)

    async def request(self, interaction_id: int) -> tuple[Request, Delivery] | None:
        """A request with its card's whereabouts, or None."""
        return await job_store.request(self.db, interaction_id)

    async def jobs(self, interaction_id: int) -> list[Job]:
        """The jobs of a request, as the database has them now."""
        return await job_store.jobs_of(self.db, interaction_id)

    async def again(self, job: Job) -> Job:
        """The job as the database has it now; raises StaleJob if it is gone."""
        found = await job_store.job(self.db, job.interaction_id, job.number)
        if found is None:
            raise job_store.StaleJob(f"job {job.interaction_id}/{job.number} is gone")
        return found
