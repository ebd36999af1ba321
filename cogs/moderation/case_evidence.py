"""Images that are kept for moderators: reported ones, even after their owner deleted them."""

from collections.abc import Sequence
from itertools import count

import discord
import structlog
from discord import ui

from bot.errors import BadPicture, MediaUnavailable
from bot.media.gallery import Gallery
from bot.moderation.docket import Docket
from bot.moderation.troubles import CaseGone
from bot.text import Texts
from cogs.answers import Answer, Enclosed, Tell
from cogs.moderation.bench import guild_id_of
from cogs.moderation.case_ids import CaseAddress
from cogs.serving import Interaction, Wrong
from cogs.widgets import ACCENTS

# Discord takes requests of 25 MiB.
TOGETHER_BYTES_MAX = 20 * 1024 * 1024

log = structlog.get_logger()


class Evidence:
    """Shows them in private, each behind a spoiler."""

    def __init__(self, *, docket: Docket, gallery: Gallery, texts: Texts) -> None:
        self._docket = docket
        self._gallery = gallery
        self._texts = texts

    async def show(self, interaction: Interaction, address: CaseAddress) -> Answer:
        """The images of a case; raises CaseGone, or Wrong where none is kept any more."""
        guild_id = guild_id_of(interaction)
        found = None if address.of_request else await self._docket.case(guild_id, address.id)
        if found is None:
            raise CaseGone
        kept = await self._docket.evidence(guild_id, case_id=address.id)
        limit_bytes = min(interaction.filesize_limit, TOGETHER_BYTES_MAX // max(len(kept), 1))
        enclosed = await self._read([each.sha256 for each in kept], limit_bytes=limit_bytes)
        if not enclosed:
            raise Wrong("moderation.evidence.none")
        words = self._texts(str(interaction.locale), "moderation.evidence", count=len(enclosed))
        return Tell(_view(words, enclosed), tuple(enclosed))

    async def _read(self, hashes: Sequence[str], *, limit_bytes: int) -> list[Enclosed]:
        """The files that can be had, as large as they may be."""
        enclosed: list[Enclosed] = []
        for number, sha256 in zip(count(1), hashes, strict=False):
            try:
                fitted = await self._gallery.fitted(sha256, limit_bytes=limit_bytes)
            except (MediaUnavailable, BadPicture) as error:
                log.warning("a kept image cannot be shown", sha256=sha256, reason=repr(error))
            else:
                enclosed.append(Enclosed(f"evidence-{number}.{fitted.extension}", fitted.data))
        return enclosed


def _view(words: str, enclosed: Sequence[Enclosed]) -> ui.LayoutView:
    items = (discord.MediaGalleryItem(f"attachment://{each.filename}", spoiler=True) for each in enclosed)
    text: ui.TextDisplay[ui.LayoutView] = ui.TextDisplay(words)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(text, ui.MediaGallery(*items), accent_colour=ACCENTS["waiting"]))
    view.stop()
    return view
