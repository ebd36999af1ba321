"""Letting go of old images: by age, and by the room they may take; never what Discord does not have yet."""

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.jobs import Shown
from bot.media.gallery import Gallery
from bot.media.retention import MediaRow, expendable
from bot.store import evidence
from bot.store import media as media_store
from bot.store.database import Transaction
from bot.tracker.books import Books

SWEEP_S = 3600.0
DAY_MS = 86_400_000

log = structlog.get_logger()


class Housekeeper:
    """Keeps the stored images within `quota_bytes` and `retention_days`."""

    def __init__(self, *, books: Books, gallery: Gallery, clock: Clock, quota_bytes: int, retention_days: int) -> None:
        self._books = books
        self._gallery = gallery
        self._clock = clock
        self._quota_bytes = quota_bytes
        self._retention_days = retention_days

    async def run(self) -> None:
        """Sweep now and each hour, for as long as the bot runs."""
        while True:
            try:
                await self.sweep()
            except StoreError as error:
                log.warning("the images were not swept", reason=str(error))
            await self._clock.sleep(SWEEP_S)

    async def sweep(self) -> int:
        """Let go of what may go; returns how many images that were."""
        now_ms = self._clock.now_ms()
        rows = await self._rows(now_ms)
        gone = expendable(rows, quota_bytes=self._quota_bytes, retention_days=self._retention_days, now_ms=now_ms)
        try:
            # The files first: a row without a file is swept again, a file without a row would stay for ever.
            await self._gallery.delete(gone)
        except OSError as error:
            log.warning("an old image could not be deleted", reason=error.strerror)
            return 0

        async def forget(tx: Transaction) -> None:
            for sha256 in gone:
                await media_store.delete(tx, sha256)

        await self._books.write(forget)
        if gone:
            log.info("old images deleted", images=len(gone))
        return len(gone)

    async def _rows(self, now_ms: int) -> list[MediaRow]:
        """All images.

        Needed are those that Discord does not have, until they are delivered or for their retention, and evidence.
        """
        open_ones = await media_store.needed(self._books.db, Shown.OPEN)
        kept_ones = await media_store.needed(self._books.db, Shown.KEPT)
        evident = await evidence.kept(self._books.db)
        kept_since_ms = now_ms - self._retention_days * DAY_MS
        return [
            MediaRow(
                sha256=medium.sha256,
                size_bytes=medium.size_bytes,
                stored_ms=medium.stored_ms,
                used_ms=medium.used_ms,
                needed=medium.sha256 in open_ones
                or medium.sha256 in evident
                or (medium.sha256 in kept_ones and medium.stored_ms > kept_since_ms),
            )
            for medium in await media_store.all_media(self._books.db)
        ]
