"""The tracker's hand on the database: a step that was decided is written until it is written."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog

from bot.clock import Clock
from bot.errors import ImagenError, StoreFull, StoreLocked
from bot.jobs import Delivery, Job, Reach, Request, Shown, State
from bot.markdown import message_url
from bot.outside import is_outside
from bot.store import cases, copies, evidence
from bot.store import jobs as job_store
from bot.store.copies import Copy
from bot.store.database import Database, Transaction
from bot.tracker.alerts import Alerts

T = TypeVar("T")
Also = Callable[[Transaction, Job], Awaitable[None]]

RETRY_S = 0.5
log = structlog.get_logger()


class Retouched(ImagenError):
    """The images of the request were removed or blurred meanwhile: read it again before going on."""


class Books:
    """Moves jobs and keeps what is learned about them.

    A full disk or a locked database is waited for: the step before it has happened outside and cannot be undone.
    `noticed` is called when a card has come to its end, of which moderators may be told.
    """

    def __init__(self, *, db: Database, alerts: Alerts, noticed: Callable[[], None], clock: Clock) -> None:
        self.db = db
        self._alerts = alerts
        self._noticed = noticed
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

    async def move(self, job: Job, state: State, *, also: Also | None = None, **changes: Any) -> Job:
        """Move the job, and its money with it; returns the job as it now is. What is done `also` shares its fate."""
        at_ms = self._clock.now_ms()

        async def step(tx: Transaction) -> Job:
            moved = await job_store.move(tx, job, state, at_ms=at_ms, **changes)
            await _keep_evidence(tx, moved, changes)
            if also is not None:
                await also(tx, moved)
            return moved

        moved = await self.write(step)
        log.info("job moved", interaction_id=job.interaction_id, number=job.number, state=state.value)
        return moved

    async def record(self, job: Job, **changes: Any) -> Job:
        """Keep something about the job without moving it."""

        async def step(tx: Transaction) -> Job:
            recorded = await job_store.record(tx, job, **changes)
            await _keep_evidence(tx, recorded, changes)
            return recorded

        return await self.write(step)

    async def save_delivery(self, request: Request, delivery: Delivery) -> None:
        """Keep what is known of the card; once its end has been seen the reply's address is forgotten.

        Where nothing else leads to a card that others see, it is kept for as long as it works: images may yet be removed.
        It is no end where the images were removed or blurred since the card was made of this `request`: people have
        that yet to see, and the card stays open.
        """

        async def step(tx: Transaction) -> bool:
            if delivery.shown is Shown.OPEN:
                await job_store.save_delivery(tx, request.interaction_id, delivery)
                return False
            if (now := await _retouched(tx, request)) is not None:
                places = {"message_id": delivery.message_id, "message_channel_id": delivery.message_channel_id}
                await job_store.save_delivery(tx, request.interaction_id, replace(now, **places))  # type: ignore[arg-type]
                return False
            await job_store.save_delivery(tx, request.interaction_id, delivery)
            if request.private or request.reach is not Reach.REPLY:
                await job_store.erase_reply(tx, request.interaction_id)
            await cases.request_changed(tx, request.interaction_id)
            return True

        if await self.write(step):
            self._noticed()

    async def intend(self, request: Request, delivery: Delivery, *, leaves: bool = False) -> None:
        """Keep what is about to be done with the card; `leaves` says that what the message had is not in the next one.

        Raises Retouched, with nothing written, where the images were removed or blurred since `request` was read.
        """

        async def step(tx: Transaction) -> None:
            if await _retouched(tx, request) is not None:
                raise Retouched(f"request {request.interaction_id} is to look different now")
            if leaves:
                await _remember_left(tx, request)
                await job_store.forget_attachments(tx, request.interaction_id)
            await job_store.save_delivery(tx, request.interaction_id, delivery)

        await self.write(step)

    async def hide_words(self, request: Request) -> None:
        """AutoMod does not let the words of this request stand in its card."""

        async def step(tx: Transaction) -> None:
            await job_store.hide_words(tx, request.interaction_id)

        await self.write(step)

    async def request(self, interaction_id: int) -> tuple[Request, Delivery] | None:
        """A request with its card's whereabouts, or None."""
        return await job_store.request(self.db, interaction_id)

    async def parent_link(self, request: Request) -> str | None:
        """Where the request that this one was made from stands, if whoever sees the one may see the other."""
        found = None if request.parent_id is None else await self.request(request.parent_id)
        if found is None:
            return None
        parent, delivery = found
        hidden = parent.private or parent.removed is not None or parent.guild_id != request.guild_id
        if hidden or delivery.message_id is None:
            return None
        guild_id = None if is_outside(parent.guild_id) else parent.guild_id
        return message_url(guild_id, delivery.message_channel_id or parent.channel_id, delivery.message_id)

    async def jobs(self, interaction_id: int) -> list[Job]:
        """The jobs of a request, as the database has them now."""
        return await job_store.jobs_of(self.db, interaction_id)

    async def again(self, job: Job) -> Job:
        """The job as the database has it now; raises StaleJob if it is gone."""
        found = await job_store.job(self.db, job.interaction_id, job.number)
        if found is None:
            raise job_store.StaleJob(f"job {job.interaction_id}/{job.number} is gone")
        return found


async def _keep_evidence(tx: Transaction, job: Job, changes: Mapping[str, Any]) -> None:
    """A picture that came after its request was reported is kept for moderators as those are that were there."""
    if "sha256" in changes and job.sha256 is not None:
        await evidence.keep_reported(tx, job.interaction_id)


async def _remember_left(tx: Transaction, request: Request) -> None:
    """A public message that is left with images on it is a copy from now on: what takes them away reaches it, too.

    To a message that only the interaction's token leads to there is no way later.
    """
    found = await job_store.request(tx, request.interaction_id)
    left = None if found is None else found[1]
    if left is None or left.message_id is None or request.private or request.reach is Reach.REPLY:
        return
    if any(job.attachment_id is not None for job in await job_store.jobs_of(tx, request.interaction_id)):
        copy = Copy(
            message_id=left.message_id,
            channel_id=left.message_channel_id or request.channel_id,
            guild_id=request.guild_id,
            interaction_id=request.interaction_id,
        )
        await copies.add(tx, copy)


async def _retouched(tx: Transaction, request: Request) -> Delivery | None:
    """Where the card stands, if the images of the request were removed or blurred since it was read; else None."""
    found = await job_store.request(tx, request.interaction_id)
    if found is None or (found[0].removed, found[0].spoiler) == (request.removed, request.spoiler):
        return None
    return found[1]
