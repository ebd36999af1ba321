"""A card with its images, as a direct message to whoever wants it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import aiohttp
import discord
import structlog

from bot.asking.edits import Source
from bot.cards.album import CardTrouble, Lack, images_of
from bot.cards.writer import CardWriter, ref_of
from bot.clock import Clock
from bot.errors import BadPicture, MediaUnavailable
from bot.jobs import Job
from bot.media.gallery import Gallery
from bot.ports import CardImage
from bot.tracker.views import Moments
from cogs.answers import Enclosed
from cogs.delivery_errors import will_pass
from cogs.serving import Interaction, Wrong
from cogs.widgets import NOBODY, card_view

# A direct message takes no more than this of a file, whatever the server was boosted to, and 25 MiB of all together.
FILE_BYTES_MAX, TOGETHER_BYTES_MAX = 10 * 1024 * 1024, 20 * 1024 * 1024

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Had:
    """An image that could be had, as small as it has to be."""

    job: Job
    file: Enclosed


class CardSend:
    """Sends cards. What they look like is as everywhere, but for buttons, which only work in their server."""

    def __init__(self, *, gallery: Gallery, writer: CardWriter, clock: Clock) -> None:
        self._gallery = gallery
        self._writer = writer
        self._clock = clock

    async def send(self, interaction: Interaction, source: Source) -> int:
        """Send it, and return how many images went along; raises CardTrouble, and Wrong where Discord does not take it."""
        had = await self._images(images_of(source), limit_bytes=interaction.filesize_limit)
        if not had:
            raise CardTrouble(Lack.NO_IMAGES)
        jobs = [each.job for each in had]
        images = {each.job.number: self._image(source, each) for each in had}
        view = Moments().view(jobs, images=images, now_ms=self._clock.now_ms())
        card = replace(self._writer.write(source.request, jobs, view), rows=())
        try:
            await interaction.user.send(
                view=card_view(card),
                files=[each.file.file() for each in had],
                # A press that is told of twice sends one message.
                nonce=ref_of(interaction.id),
                allowed_mentions=NOBODY,
            )
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("a card could not be sent", interaction_id=interaction.id, reason=repr(error))
            passing = not isinstance(error, discord.HTTPException) or will_pass(error)
            raise Wrong("button.send.later" if passing else "button.send.closed") from None
        return len(had)

    async def _images(self, jobs: Sequence[Job], *, limit_bytes: int) -> list[_Had]:
        each_bytes = min(limit_bytes, FILE_BYTES_MAX, TOGETHER_BYTES_MAX // len(jobs))
        had = []
        for job in jobs:
            if job.sha256 is None:
                continue
            try:
                fitted = await self._gallery.fitted(job.sha256, limit_bytes=each_bytes)
            except (MediaUnavailable, BadPicture) as error:
                log.info("an image cannot be sent", sha256=job.sha256, reason=repr(error))
            else:
                name = f"imagen-{ref_of(job.interaction_id)}-{job.number + 1}.{fitted.extension}"
                had.append(_Had(job, Enclosed(name, fitted.data)))
        return had

    def _image(self, source: Source, had: _Had) -> CardImage:
        return CardImage(
            filename=had.file.filename,
            path="",
            alt=self._writer.alt(source.request, had.job, total=len(source.jobs)),
            spoiler=source.request.spoiler,
            attachment_id=None,
        )
