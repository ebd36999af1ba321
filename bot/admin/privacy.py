"""What a person can do about what is kept of them: have it as a file, and have it forgotten."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.admin.privacy_file import MadeFile, NamedImage, make_file, total_bytes
from bot.admin.privacy_record import image_names, record
from bot.admin.purging import Purge
from bot.clock import Clock
from bot.errors import ImagenError, StoreError
from bot.media.gallery import Gallery
from bot.store import personal
from bot.store.database import Database

log = structlog.get_logger()


class UnderWay(ImagenError):
    """Something of this person is being made or sent; nothing was forgotten."""

    def __init__(self, requests: int) -> None:
        super().__init__(f"{requests} requests are under way")
        self.requests = requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A person's data. `images_left_out` are those that are kept, and did not fit in beside it."""

    file: MadeFile
    images: int
    images_left_out: int


class Privacy:
    """Reads and forgets what is kept of one person, in all servers."""

    def __init__(self, *, db: Database, gallery: Gallery, purge: Purge, clock: Clock) -> None:
        self._db = db
        self._gallery = gallery
        self._purge = purge
        self._clock = clock

    async def export(self, user_id: int, *, about: str, size_max_bytes: int) -> Export:
        """Everything as a file of at most `size_max_bytes`, with the images where they all fit in.

        `about` says in it what it is.

        Raises StoreError, and TooLarge where not even the texts fit, zipped.
        """
        told = await record(self._db, user_id, about=about, now_ms=self._clock.now_ms())
        images = await self._images(image_names(told))
        fits = total_bytes(told, images) <= size_max_bytes
        file = await asyncio.to_thread(make_file, told, images if fits else (), size_max_bytes=size_max_bytes)
        return Export(file=file, images=len(images) if fits else 0, images_left_out=0 if fits else len(images))

    async def forget(self, user_id: int) -> None:
        """Forget this person; doing it again changes nothing. Raises UnderWay and StoreError, with nothing forgotten.

        From here on nothing leads to the images, and where the disk does not let go of a file now, the purge tries again.
        """
        async with self._db.transaction() as tx:
            if requests := await personal.under_way(tx, user_id):
                raise UnderWay(requests)
            await personal.forget(tx, user_id, now_ms=self._clock.now_ms())
        try:
            await self._purge.unclaimed_images()
        except (StoreError, OSError) as error:
            log.warning("images of a forgotten person are deleted later", reason=str(error))

    async def under_way(self, user_id: int) -> int:
        """How many of their requests are being made or sent; raises StoreError."""
        return await personal.under_way(self._db, user_id)

    async def was_told(self, user_id: int) -> bool:
        """Whether this person was told what becomes of prompts; raises StoreError."""
        return await personal.was_told(self._db, user_id)

    async def told(self, user_id: int) -> None:
        """Write down that they were told; raises StoreError."""
        async with self._db.transaction() as tx:
            await personal.tell(tx, user_id, at_ms=self._clock.now_ms())

    async def _images(self, names: Sequence[tuple[str, str]]) -> list[NamedImage]:
        """Those of these images that are still kept."""
        found = [(name, await self._gallery.find(sha256)) for name, sha256 in names]
        return [NamedImage(name, Path(kept.path), kept.size_bytes) for name, kept in found if kept is not None]
