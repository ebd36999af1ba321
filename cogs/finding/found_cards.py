"""Cards of images that somebody found again: once more, with the images from our disk and the buttons of the first."""

from dataclasses import dataclass

import structlog

from bot.errors import BadPicture, ImagenError, MediaUnavailable
from bot.jobs import Job
from bot.media.gallery import Gallery
from bot.ports import Card, CardImage
from bot.store.history import Made
from bot.tracker.collecting import SMALL, stem_of
from bot.tracker.copied_cards import CopyWriter, spoken_to
from cogs.answers import Enclosed

# Discord takes requests of 25 MiB.
TOGETHER_BYTES_MAX = 24 * 1024 * 1024

log = structlog.get_logger()


class NoPicture(ImagenError):
    """None of the images is kept here any more."""


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card and the files of its images."""

    card: Card
    enclosed: tuple[Enclosed, ...]


class FoundCards:
    """Makes cards of what was found."""

    def __init__(self, *, gallery: Gallery, writer: CopyWriter) -> None:
        self._gallery = gallery
        self._writer = writer

    async def card(self, made: Made, *, locale: str, hidden: bool, own: bool, limit_bytes: int) -> FoundCard:
        """The card in this language, its images behind spoilers where `hidden`; raises NoPicture.

        `own` says that only their owner sees it. `limit_bytes` is what Discord takes in one file.
        """
        request = spoken_to(made.request, locale)
        each_bytes = min(limit_bytes, TOGETHER_BYTES_MAX // len(made.images))
        images: dict[int, CardImage] = {}
        enclosed: list[Enclosed] = []
        for job in made.images:
            file = await self._file(job, limit_bytes=each_bytes)
            if file is not None:
                enclosed.append(file)
                alt = self._writer.alt(request, job, total=len(made.images), own=own)
                images[job.number] = CardImage(
                    filename=file.filename, path="", alt=alt, spoiler=hidden, attachment_id=None
                )
        if not images:
            raise NoPicture
        return FoundCard(self._writer.write(request, made.images, images, own=own), tuple(enclosed))

    async def _file(self, job: Job, *, limit_bytes: int) -> Enclosed | None:
        """The image as large as it may be; None where it cannot be had."""
        if job.sha256 is None:
            return None
        try:
            fitted = await self._gallery.fitted(job.sha256, limit_bytes=limit_bytes)
        except (MediaUnavailable, BadPicture) as error:
            log.info("an image cannot be shown again", interaction_id=job.interaction_id, reason=str(error))
            return None
        small = SMALL if fitted.changed else ""
        return Enclosed(f"{stem_of(job)}{small}.{fitted.extension}", fitted.data)
