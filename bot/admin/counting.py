"""Folding ended jobs into the roll-ups of usage, a batch at a time; the tracker knows nothing of it.

What a batch adds and that it was counted are one transaction: a crash counts no job twice and loses none.
"""

import structlog

from bot.admin.local_days import LocalDays
from bot.clock import Clock
from bot.errors import StoreError
from bot.store import usage as store
from bot.store.database import Database
from bot.usage.tally import Tally

EVERY_S = 30.0
JOBS_A_BATCH = 500  # the writer is held for some hundredths of a second
REST_S = 0.1  # between batches, so that a large backlog leaves room for everything else

log = structlog.get_logger()


class Counting:
    """Counts the jobs that have ended, soon after they have."""

    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def run(self) -> None:
        """Count now and every half minute, for as long as the bot runs."""
        while True:
            try:
                while await self.count() == JOBS_A_BATCH:
                    await self._clock.sleep(REST_S)
            except StoreError as error:
                log.warning("ended jobs were not counted", reason=str(error))
            await self._clock.sleep(EVERY_S)

    async def count(self) -> int:
        """Count one batch; returns how many jobs that were. Raises StoreError, with nothing counted."""
        async with self._db.transaction() as tx:
            found = await store.uncounted(tx, limit=JOBS_A_BATCH)
            days, tally = LocalDays(tx), Tally()
            for _, job in found:
                tally.add(job, await days.day(job.guild_id, job.accepted_ms))
            await store.add(tx, tally)
            if found and await store.mark_counted(tx, through=found[-1][0]) != len(found):
                raise StoreError("jobs ended between reading and counting them")
        return len(found)
