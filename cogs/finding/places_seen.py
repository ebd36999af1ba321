"""In which channels of their server somebody sees what others made."""

from typing import Any

import discord

from bot.finding.history import Seen
from bot.store.history import Made
from cogs.places import home_id
from cogs.sight import can_see


def seen_by(interaction: discord.Interaction[Any]) -> Seen:
    """What Discord told us already: no channel is asked for. A thread counts as the channel that it is in."""
    guild, member = interaction.guild, interaction.user
    places = set() if interaction.channel_id is None else {interaction.channel_id}
    if guild is not None and isinstance(member, discord.Member):
        for place in guild.channels:
            allowed = place.permissions_for(member)
            if allowed.view_channel and allowed.read_message_history:
                places.add(place.id)
    return Seen(guild_id=home_id(interaction), places=frozenset(places))


async def still_seen(interaction: discord.Interaction[Any], rows: tuple[Made, ...]) -> tuple[Made, ...]:
    """One's own, and of others those whose thread, too, is open to whoever looks."""
    return tuple([made for made in rows if made.own or await _is_seen(interaction, made)])


async def _is_seen(interaction: discord.Interaction[Any], made: Made) -> bool:
    request = made.request
    return await can_see(interaction, channel_id=request.channel_id, place_id=request.place_id)
