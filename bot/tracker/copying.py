"""Bringing copies of cards up to what is true: images that were removed or hidden since are so in every copy, too.

What is behind stands in the database (bot/store/copies.py), so that a crash loses nothing. A copy is only changed where it
stands; where Discord does not let the bot, it is tried again, ever more seldom.
"""

import asyncio
from collections.abc import Sequence

import structlog

from bot.cards.writer import ref_of
from bot.clock import Clock, first_of
from bot.errors import Busy, ContentBlocked, DeliveryError, MessageGone, StoreError
from bot.jobs import Job, Request, Way
from bot.ports import Address, CardImage, Presenter
from bot.store import copies
from bot.store import jobs as job_store
from bot.store.copies import Copy
from bot.store.database import Database
from bot.tracker.collecting import names_image_of
from bot.tracker.copied_cards import CopyWriter

LOOK_S = 60.0
AT_ONCE_MAX = 20
# Where Discord is busy, and where the bot may not edit: the first wait, then twice as long each time, a day at most.
BUSY_MS, CLOSED_MS, WAIT_MAX_MS = 5_000, 600_000, 86_400_000
# Some three weeks of a channel that is closed to the bot.
TRIES_MAX = 30

log = structlog.get_logger()


class Copyist:
    """Edits what is behind, at once when poked and each minute anyway."""

    def __init__(self, *, db: Database, presenter: Presenter, writer: CopyWriter, clock: Clock) -> None:
        self._db = db
        self._presenter = presenter
        self._writer = writer
        self._clock = clock
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """Images were removed or hidden, and that transaction has ended."""
        self._poked.set()

    async def run(self) -> None:
        """Run for as long as the bot does."""
        while True:
            self._poked.clear()
            try:
                wait_s = LOOK_S if await self.mend() < AT_ONCE_MAX else 0.0
            except StoreError as error:
                log.warning("copies of cards wait for the database", reason=str(error))
                wait_s = LOOK_S
            await first_of(self._clock, self._poked, seconds=wait_s)

    async def mend(self) -> int:
        """Try each copy that is due, AT_ONCE_MAX at most; returns how many that were. Raises StoreError."""
        found = await copies.due(self._db, now_ms=self._clock.now_ms(), limit=AT_ONCE_MAX)
        for copy in found:
            await self._mend(copy)
        return len(found)

    async def _mend(self, copy: Copy) -> None:
        try:
            await self._show(copy)
        except MessageGone:
            async with self._db.transaction() as tx:
                await copies.delete(tx, copy.message_id)
        except DeliveryError as error:
            await self._later(copy, error)
        else:
            async with self._db.transaction() as tx:
                await copies.put_off(tx, copy, tries=0, due_ms=None)

    async def _later(self, copy: Copy, error: DeliveryError) -> None:
        tries = copy.tries + 1
        wait_ms = min(WAIT_MAX_MS, (BUSY_MS if isinstance(error, Busy) else CLOSED_MS) * 2 ** min(copy.tries, 20))
        due_ms = self._clock.now_ms() + wait_ms if tries < TRIES_MAX else None
        log.warning(
            "a copy of a card still shows what was removed or hidden",
            interaction_id=copy.interaction_id,
            message_id=copy.message_id,
            reason=str(error),
            given_up=due_ms is None,
        )
        async with self._db.transaction() as tx:
            await copies.put_off(tx, copy, tries=tries, due_ms=due_ms)

    async def _show(self, copy: Copy) -> None:
        found = await job_store.request(self._db, copy.interaction_id)
        if found is None:
            raise MessageGone("its request is forgotten")
        request, jobs = found[0], await job_store.jobs_of(self._db, copy.interaction_id)
        address = _address(copy, request)
        images = {} if request.removed is not None else await self._images(address, request, jobs)
        if request.removed is None and not images:
            return  # nothing of it stands there
        card = self._writer.write(request, jobs, images)
        try:
            await self._presenter.show(card, address=address, way=Way.MESSAGE)
        except ContentBlocked:
            if request.hide_words:
                raise
            # What is to be hidden waits for no words: AutoMod may block today what it let pass when they were posted.
            async with self._db.transaction() as tx:
                await job_store.hide_words(tx, request.interaction_id)
            await self._show(copy)

    async def _images(self, address: Address, request: Request, jobs: Sequence[Job]) -> dict[int, CardImage]:
        """The images that stand in the message, by job number; raises DeliveryError."""
        there = await self._presenter.find(address=address, way=Way.MESSAGE)
        known = {} if there is None else there.receipt.attachment_ids
        return {
            job.number: CardImage(
                filename=name,
                path="",
                alt=self._writer.alt(request, job, total=len(known)),
                spoiler=request.spoiler,
                attachment_id=attachment_id,
            )
            for job in jobs
            for name, attachment_id in known.items()
            if names_image_of(name, job)
        }


def _address(copy: Copy, request: Request) -> Address:
    return Address(
        reply=None,
        guild_id=copy.guild_id,
        channel_id=copy.channel_id,
        user_id=request.user_id,
        private=False,
        message_id=copy.message_id,
        message_channel_id=copy.channel_id,
        nonce=ref_of(copy.interaction_id),
    )
