"""Forgetting what is older than it may be, now and each hour, a few rows at a time. Nothing of it needs a person."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.admin.operator import TOP_UP
from bot.clock import Clock
from bot.config import Config
from bot.errors import StoreError
from bot.media.gallery import Gallery
from bot.settings import OPERATOR_SETTINGS
from bot.store import drafts, pauses, personal, purging
from bot.store import media as media_store
from bot.store.database import Database, Transaction

SWEEP_S = 3600.0
DAY_MS = 86_400_000
# Discord takes nothing with a reply's token after that.
REPLY_MS = 15 * 60_000
# A smaller copy of an image is nobody's while it is on its way to Discord.
UNCLAIMED_MS = 3_600_000
# So long a question that nobody answered can be answered, where prompts are kept that long.
DRAFTS_DAYS = 30
# So many share one transaction, and others have their turn between two.
BATCH = 200
# What the operator decided about a server outlives its leaving.
OPERATORS = (TOP_UP, *(setting.name for setting in OPERATOR_SETTINGS))
REST_S = 0.05
STEPS_A_REST = 4

log = structlog.get_logger()

ForgetWords = Callable[[Transaction], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How many days each kind of data is kept."""

    prompts_days: int
    images_days: int
    notices_days: int
    changes_days: int
    cases_days: int
    left_servers_days: int

    @classmethod
    def of(cls, config: Config) -> "Retention":
        return cls(
            prompts_days=config.prompts_retention_days,
            images_days=config.images_retention_days,
            notices_days=config.notices_retention_days,
            changes_days=config.changes_retention_days,
            cases_days=config.cases_retention_days,
            left_servers_days=config.left_servers_retention_days,
        )


class Purge:
    """Sweeps everything but the images that are too old, which bot/tracker/housekeeping.py does.

    `forget_words` clears a little of what the search for prompts still has of words that it does not find any more; True
    where something may be left to do.
    """

    def __init__(
        self, *, db: Database, gallery: Gallery, retention: Retention, forget_words: ForgetWords, clock: Clock
    ) -> None:
        self._db = db
        self._forget_words = forget_words
        self._gallery = gallery
        self._retention = retention
        self._clock = clock

    async def run(self) -> None:
        """Run for as long as the bot does."""
        while True:
            try:
                await self.sweep()
            except (StoreError, OSError) as error:
                log.warning("what is too old was not all forgotten", reason=str(error))
            await self._clock.sleep(SWEEP_S)

    async def sweep(self) -> dict[str, int]:
        """Forget all that is due; returns how much of each kind that was. Raises StoreError, and OSError for files.

        What was forgotten before an error stays forgotten, and the next sweep goes on from there.
        """
        now_ms, kept = self._clock.now_ms(), self._retention
        replies_ms, texts_ms = now_ms - REPLY_MS, now_ms - kept.prompts_days * DAY_MS
        notices_ms, changes_ms = now_ms - kept.notices_days * DAY_MS, now_ms - kept.changes_days * DAY_MS
        cases_ms = now_ms - kept.cases_days * DAY_MS
        drafts_ms = now_ms - min(DRAFTS_DAYS, kept.prompts_days) * DAY_MS
        found = {
            "replies": await self._all(lambda tx: purging.erase_replies(tx, before_ms=replies_ms, limit=BATCH)),
            "requests": await self._all(lambda tx: personal.blank_texts(tx, before_ms=texts_ms, limit=BATCH)),
            "drafts": await self._all(lambda tx: drafts.delete_old(tx, before_ms=drafts_ms, limit=BATCH)),
            "notices": await self._all(lambda tx: purging.delete_notices(tx, before_ms=notices_ms, limit=BATCH)),
            "changes": await self._all(lambda tx: purging.delete_changes(tx, before_ms=changes_ms, limit=BATCH)),
            "cases": await self._all(lambda tx: purging.delete_cases(tx, before_ms=cases_ms, limit=BATCH)),
            "pauses": await self._all(lambda tx: pauses.delete_ended(tx, before_ms=cases_ms, limit=BATCH)),
            "servers": await self._left_servers(now_ms - kept.left_servers_days * DAY_MS),
            "accounts": await self._accounts(now_ms),
            "images": await self.unclaimed_images(),
        }
        await self._clear_words()
        if any(found.values()):
            log.info("what was too old was forgotten", **found)
        return found

    async def unclaimed_images(self) -> int:
        """Delete the images that are nobody's any more; returns how many. Raises StoreError and OSError."""
        images, before_ms = 0, self._clock.now_ms() - UNCLAIMED_MS
        while found := await purging.unclaimed_images(self._db, before_ms=before_ms, limit=BATCH):
            # The files first, as in housekeeping: a row without a file is found again.
            await self._gallery.delete(found)
            async with self._db.transaction() as tx:
                for sha256 in found:
                    await media_store.delete(tx, sha256)
            images += len(found)
        return images

    async def _all(self, step: Callable[[Transaction], Awaitable[int]]) -> int:
        """Take the step again and again, until it is less than a batch; returns how much it was altogether."""
        total = 0
        while True:
            async with self._db.transaction() as tx:
                done = await step(tx)
            total += done
            if done < BATCH:
                return total
            await self._clock.sleep(REST_S)

    async def _clear_words(self) -> None:
        """A little in each transaction, some milliseconds each, with a rest after some of them."""
        while True:
            for _ in range(STEPS_A_REST):
                async with self._db.transaction() as tx:
                    if not await self._forget_words(tx):
                        return
            await self._clock.sleep(REST_S)

    async def _left_servers(self, before_ms: int) -> int:
        servers = 0
        while found := await purging.left_before(self._db, before_ms=before_ms, limit=BATCH):
            for guild_id in found:
                async with self._db.transaction() as tx:
                    servers += await purging.forget_server(tx, guild_id, before_ms=before_ms, kept=OPERATORS)
        return servers

    async def _accounts(self, now_ms: int) -> int:
        async with self._db.transaction() as tx:
            return await personal.leave_due_accounts(tx, now_ms=now_ms)
