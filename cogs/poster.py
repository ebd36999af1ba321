"""Posts notices in the channels of servers, and to their members."""

import asyncio

import discord

from bot.setting_fields import TargetKind
from cogs.delivery_errors import as_delivery_errors
from cogs.panels.panel import Directory
from cogs.widgets import NOBODY, words_view

CALL_S = 60.0


class DiscordPoster:
    """The Poster of bot/admin/notices.py. `client` is logged in; it need not be connected to the gateway.

    `call_s` is how many seconds one post may take, discord.py's own retries included.
    """

    def __init__(self, client: discord.Client, *, call_s: float = CALL_S) -> None:
        self._client = client
        self._call_s = call_s

    async def post(self, *, channel_id: int, guild_id: int, text: str, nonce: str) -> None:
        """Post it; Discord answers with the same message if a post with this nonce got through before."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        with as_delivery_errors():
            async with asyncio.timeout(self._call_s):
                # discord.py asks Discord to enforce every nonce.
                await channel.send(view=words_view(text, accent="waiting"), nonce=nonce, allowed_mentions=NOBODY)

    async def tell(self, *, user_id: int, text: str, nonce: str) -> None:
        """Tell it by direct message, once as above."""
        with as_delivery_errors():
            async with asyncio.timeout(self._call_s):
                channel = await self._client.create_dm(discord.Object(user_id))
                await channel.send(view=words_view(text, accent="waiting"), nonce=nonce, allowed_mentions=NOBODY)

    def locale(self, guild_id: int) -> str | None:
        guild = self._client.get_guild(guild_id)
        return None if guild is None else str(guild.preferred_locale)

    def name(self, guild_id: int) -> str:
        guild = self._client.get_guild(guild_id)
        return "" if guild is None else guild.name

    def has(self, guild_id: int, kind: TargetKind, target_id: int) -> bool:
        """As Discord told it; of a server that it has not told yet, everything is taken to be there."""
        return Directory(self._client.get_guild(guild_id), {}).has(kind, target_id)
