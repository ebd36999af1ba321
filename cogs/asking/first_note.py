"""What a person is told once, before their first image: that prompts go to somebody else, and what is kept here."""

import asyncio
from typing import Protocol

import aiohttp
import discord
import structlog

from bot.admin.privacy_text import PrivacyText
from bot.admin.purging import Retention
from bot.errors import StoreError
from bot.text import Texts
from cogs.widgets import NOBODY, words_view

# A first image waits for its note no longer; where it fails, the next image brings it.
WITHIN_S = 5.0

log = structlog.get_logger()


class Told(Protocol):
    """Knows who was told."""

    async def was_told(self, user_id: int) -> bool:
        """Whether this person was told; raises StoreError."""
        ...

    async def told(self, user_id: int) -> None:
        """Write down that they were; raises StoreError."""
        ...


class FirstNote:
    """Tells it beside the card that waits, privately. The request itself runs on, whatever becomes of the note."""

    def __init__(self, *, told: Told, retention: Retention, texts: Texts, within_s: float = WITHIN_S) -> None:
        self._told = told
        self._retention = retention
        self._texts = texts
        self._within_s = within_s
        self._telling: dict[int, asyncio.Event] = {}

    async def tell(self, interaction: discord.Interaction, *, locale: str) -> None:
        """Tell who asks, unless they were told; never raises. `locale` is the language of the card.

        The interaction was deferred, and nothing has been sent to Segmind yet.
        """
        user_id = interaction.user.id
        # A second request waits for what becomes of the first one's note, and does not overtake it.
        while (earlier := self._telling.get(user_id)) is not None:
            await earlier.wait()
        telling = self._telling[user_id] = asyncio.Event()
        try:
            async with asyncio.timeout(self._within_s):
                if not await self._told.was_told(user_id):
                    await self._send(interaction, locale)
                    await self._told.told(user_id)
        except (discord.HTTPException, aiohttp.ClientError, OSError, StoreError) as error:
            log.warning("somebody could not be told about privacy yet", reason=repr(error))
        finally:
            del self._telling[user_id]
            telling.set()

    async def _send(self, interaction: discord.Interaction, locale: str) -> None:
        # Discord puts whatever follows a deferral first in the place of the card, for everybody to see.
        waiting = words_view(self._texts(locale, "privacy.first.waiting"), accent="waiting")
        await interaction.edit_original_response(view=waiting, allowed_mentions=NOBODY)
        text = PrivacyText(texts=self._texts, locale=str(interaction.locale), retention=self._retention)
        note = words_view(text.first_note(), accent="waiting")
        await interaction.followup.send(view=note, ephemeral=True, allowed_mentions=NOBODY)
