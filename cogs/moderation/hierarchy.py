"""Whom a moderator may pause: those below them, as Discord itself has it for time-outs, kicks and bans; not themselves.

Roles stand above one another, the owner above all. An administrator is paused by administrators only. Who has no role
stands below every moderator. Whom Discord does not tell of any more, because they have left, may be paused; so may who
it does not tell of in time: a pause is lifted as easily as it is made.
"""

import asyncio

import aiohttp
import discord
import structlog

from cogs.serving import Interaction, Wrong

# An interaction must be answered within three seconds.
PATIENCE_S = 1.0

log = structlog.get_logger()


def check_own(interaction: Interaction, user_id: int) -> None:
    """Raise Wrong where somebody would decide about a pause or an appeal of their own.

    The owner and whoever manages the server may: nobody else could decide it where they are the only ones.
    """
    may = interaction.permissions
    if interaction.user.id == user_id and not (may.manage_guild or may.administrator):
        raise Wrong("moderation.own")


async def check_below(interaction: Interaction, user_id: int) -> None:
    """Raise Wrong where this member is not below whoever used something; Discord is asked for their roles."""
    check_own(interaction, user_id)
    guild = interaction.guild
    if guild is None or interaction.user.id in {user_id, guild.owner_id}:
        return
    try:
        async with asyncio.timeout(PATIENCE_S):
            member = await guild.fetch_member(user_id)
    except (discord.HTTPException, discord.InvalidData, aiohttp.ClientError, OSError) as error:
        # Also of somebody who has left.
        log.info("Discord does not tell who is to be paused", user_id=user_id, reason=repr(error))
        return
    check_member_below(interaction, member)


def check_member_below(interaction: Interaction, other: discord.Member | discord.User) -> None:
    """The same of a member as a command names them; who has left is a user without roles."""
    check_own(interaction, other.id)
    guild, own = interaction.guild, interaction.user
    if guild is None or own.id in {other.id, guild.owner_id}:
        return
    member = f"<@{other.id}>"
    if other.id == guild.owner_id:
        raise Wrong("moderation.above.owner", member=member)
    if not isinstance(other, discord.Member) or not isinstance(own, discord.Member) or guild.default_role is None:
        return
    if other.guild_permissions.administrator and not own.guild_permissions.administrator:
        raise Wrong("moderation.above.administrator", member=member)
    if other.top_role != guild.default_role and other.top_role >= own.top_role:
        raise Wrong("moderation.above.role", member=member)
