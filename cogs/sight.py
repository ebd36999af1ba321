"""Whether somebody can see a channel of their server other than the one that they are in."""

import asyncio

import aiohttp
import discord
import structlog

from bot.jobs import Request
from bot.store import copies
from bot.store.database import Database

# An interaction must be answered within three seconds.
PATIENCE_S = 1.0

log = structlog.get_logger()


class Sight:
    """Who sees the cards of requests, which stand in channels of their servers."""

    def __init__(self, *, db: Database) -> None:
        self._db = db

    async def sees(self, interaction: discord.Interaction, request: Request) -> bool:
        """Whether whoever used something sees the card, or a copy of it where they are; raises StoreError.

        What a person made is theirs wherever they are. What is pressed on the card itself, or on a copy, is pressed where
        that stands, so that this tells without asking Discord.
        """
        here = interaction.channel_id
        if request.user_id == interaction.user.id or request.channel_id == here:
            return True
        copied = await copies.of_request(self._db, request.interaction_id)
        if any(copy.channel_id == here for copy in copied):
            return True
        return await can_see(interaction, channel_id=request.channel_id, place_id=request.place_id)


async def can_see(interaction: discord.Interaction, *, channel_id: int, place_id: int) -> bool:
    """Whether whoever used something sees the messages of this channel; `place_id` is the channel of a thread.

    Where Discord does not tell, or not in time, they do not.
    """
    guild, member = interaction.guild, interaction.user
    if channel_id == interaction.channel_id:
        return True
    place = None if guild is None else guild.get_channel(place_id)
    if guild is None or place is None or not isinstance(member, discord.Member):
        return False
    seen = place.permissions_for(member)
    if not (seen.view_channel and seen.read_message_history):
        return False
    if channel_id == place_id or seen.manage_threads:
        return True
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await _is_in_thread(guild, channel_id, member)
    except (discord.HTTPException, discord.InvalidData, aiohttp.ClientError, OSError) as error:
        log.info("a thread is not seen", channel_id=channel_id, reason=repr(error))
        return False


async def _is_in_thread(guild: discord.Guild, thread_id: int, member: discord.Member) -> bool:
    """Whether a thread is open to all who see its channel, or this member is in it; raises where Discord does not tell."""
    thread = guild.get_thread(thread_id) or await guild.fetch_channel(thread_id)
    if not isinstance(thread, discord.Thread):
        return False
    if thread.is_private():
        await thread.fetch_member(member.id)
    return True
