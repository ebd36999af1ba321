"""The picture of a finished job: fetched, verified, kept, and handed out in a size that fits."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot.cards.writer import ref_of
from bot.clock import Clock
from bot.errors import BadPicture, MediaError, MediaUnavailable
from bot.jobs import Job, Outcome
from bot.media.gallery import Gallery
from bot.media.pictures import Picture
from bot.media.vault import Kept
from bot.store import media as media_store
from bot.tracker.books import Books

# The file lives for days at Segmind; what an hour of trying does not bring is not going to come by itself.
FETCH_PATIENCE_MS = 3_600_000
RETRY_S = 1.0
RETRY_MAX_S = 60.0
# A picture that arrives broken is fetched again this often: it may have been cut short on the way.
BROKEN_TRIES_MAX = 3
# Marks the file name of a picture that was made smaller for Discord.
SMALL = "-small"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A picture as Discord gets it: `path` is None where Discord has it already."""

    filename: str
    path: Path | None

    @property
    def shrunk(self) -> bool:
        return f"{SMALL}." in self.filename


def stem_of(job: Job) -> str:
    """How the file names of this job's image begin; no other job's do."""
    return f"imagen-{ref_of(job.interaction_id)}-{job.number + 1}"


def names_image_of(filename: str, job: Job) -> bool:
    """Whether a file of a card is the image of this job."""
    rest = filename.removeprefix(stem_of(job))
    return rest != filename and not rest[:1].isdigit()


class Collector:
    """Brings pictures home and keeps the books about them."""

    def __init__(self, *, books: Books, gallery: Gallery, clock: Clock) -> None:
        self._books = books
        self._gallery = gallery
        self._clock = clock

    async def keep(self, data: bytes) -> dict[str, Any]:
        """Keep a picture that came as bytes; what the job says about it afterwards, also where it is none.

        A disk that does not take it is waited for: there is no address to fetch it from again.
        """
        while True:
            try:
                return await self._enter(*await self._gallery.keep(data))
            except BadPicture as error:
                log.warning("what came is no picture", reason=str(error))
                return {"outcome": Outcome.BAD_PICTURE, "detail": str(error)}
            except MediaUnavailable as error:
                log.warning("a picture could not be kept", reason=str(error))
                await self._clock.sleep(RETRY_MAX_S)

    async def bring(self, job: Job) -> Job:
        """Fetch the picture of a finished job, for as long as it may still come."""
        if job.result_url is None:
            return await self._give_up(job, "no picture came with the answer")
        broken, wait_s = 0, RETRY_S
        while True:
            try:
                kept = await self._enter(*await self._gallery.fetch(job.result_url))
                return await self._books.record(job, **kept)
            except BadPicture as error:
                broken += 1
                reason = str(error)
            except MediaUnavailable as error:
                reason = str(error)
            log.info("a picture did not come", interaction_id=job.interaction_id, reason=reason)
            if broken >= BROKEN_TRIES_MAX or self._clock.now_ms() - (job.finished_ms or 0) > FETCH_PATIENCE_MS:
                return await self._give_up(job, reason)
            await self._clock.sleep(wait_s)
            wait_s = min(RETRY_MAX_S, wait_s * 2)

    async def upload(self, job: Job, *, limit_bytes: int) -> Upload:
        """The picture in at most `limit_bytes`; raises MediaError where it cannot be had any more."""
        if job.attachment_name is not None:
            return Upload(filename=job.attachment_name, path=None)
        kept = await self._gallery.find(job.sha256 or "")
        if kept is None:
            raise MediaUnavailable("the picture is not kept any more")
        if kept.size_bytes > limit_bytes:
            fitted = await self._gallery.fitted(kept.sha256, limit_bytes=limit_bytes)
            picture, kept = await self._gallery.keep(fitted.data)
            await self._enter(picture, kept)
            return Upload(filename=stem_of(job) + SMALL + kept.path.suffix, path=kept.path)
        return Upload(filename=stem_of(job) + kept.path.suffix, path=kept.path)

    async def unshowable(self, job: Job, error: MediaError) -> Job:
        """Its picture was here and is not any more, or fits nowhere: say so instead of trying for ever."""
        return await self._give_up(job, str(error))

    async def _give_up(self, job: Job, reason: str) -> Job:
        return await self._books.record(job, sha256=None, outcome=Outcome.BAD_PICTURE, detail=reason)

    async def _enter(self, picture: Picture, kept: Kept) -> dict[str, Any]:
        at_ms = self._clock.now_ms()
        await self._books.write(lambda tx: media_store.insert(tx, picture, sha256=kept.sha256, at_ms=at_ms))
        return {"sha256": kept.sha256, "content_type": picture.content_type}
