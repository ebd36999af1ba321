"""Posts notices in the channels of servers."""

import asyncio

import discord

from cogs.answers import NOBODY, words_view
from cogs.delivery_errors import as_delivery_errors

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

    def locale(self, guild_id: int) -> str | None:
        guild = self._client.get_guild(guild_id)
        return None if guild is None else str(guild.preferred_locale)
