"""The small pictures of a page of `/history`.

They are made anew for each page: one of a usual image takes 5 to 50 ms of a thread, less than keeping it would be worth.
One after another, so that the images of cards, which wait for the same threads, wait for two of them at most.
"""

import asyncio
from collections.abc import Sequence

import structlog

from bot.cards.writer import CardWriter, ref_of
from bot.errors import BadPicture, MediaUnavailable
from bot.jobs import Job
from bot.media.gallery import Gallery
from bot.store.history import Made
from bot.tracker.copied_cards import spoken_to
from cogs.answers import Enclosed
from cogs.finding.history_view import Thumb

# Nine of them stand in three rows, each some 180 px wide on a screen.
SIDE_PX = 320
# Of so many pages at once the pictures are made; those of a page are some hundred kilobytes.
PAGES_AT_ONCE = 2

log = structlog.get_logger()


class Thumbs:
    """Makes them of the images on our disk."""

    def __init__(self, *, gallery: Gallery, writer: CardWriter) -> None:
        self._gallery = gallery
        self._writer = writer
        self._pages = asyncio.Semaphore(PAGES_AT_ONCE)

    async def of(self, rows: Sequence[Made], *, locale: str, age_restricted: bool) -> tuple[list[Thumb], list[str]]:
        """The pictures of these requests, and for each request why it has none: a message id, or nothing.

        `age_restricted` tells of the place that they are shown in: elsewhere those from such places are left out.
        """
        async with self._pages:
            found = [await self._of(made, locale, age_restricted=age_restricted) for made in rows]
        thumbs = [each for each in found if not isinstance(each, str)]
        return thumbs, [each if isinstance(each, str) else "" for each in found]

    async def _of(self, made: Made, locale: str, *, age_restricted: bool) -> Thumb | str:
        if made.request.age_restricted and not age_restricted:
            return "history.absent.age"
        job = _chosen(made)
        if job.sha256 is None:
            return "history.absent.gone"
        try:
            data = await self._gallery.thumbnail(job.sha256, side_px=SIDE_PX)
        except (MediaUnavailable, BadPicture) as error:
            log.info("an image has no small picture", interaction_id=job.interaction_id, reason=str(error))
            return "history.absent.gone"
        alt = self._writer.alt(spoken_to(made.request, locale), job, total=len(made.images))
        return made, Enclosed(f"history-{ref_of(job.interaction_id)}.jpg", data), alt


def _chosen(made: Made) -> Job:
    """The first favourite, or the first image; one that is on our disk before any other."""
    kept = [job for job in made.images if job.sha256 is not None] or list(made.images)
    return next((job for job in kept if job.number in made.favourites), kept[0])
