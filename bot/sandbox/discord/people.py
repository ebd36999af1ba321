"""Who uses what where: the part of an interaction that is the same for every kind."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord import payloads, permissions
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.interactions import InteractionRecord, InteractionType
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.snowflakes import created_ms, interaction_token
from bot.sandbox.discord.world import MIB, Channel, ChannelType, Guild, Member, User

_GUILD, _BOT_DM = 0, 1


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at a place."""

    user: User
    channel: Channel
    guild: Guild | None
    member: Member | None
    permissions: int
    nsfw_allowed: bool


def actor(core: Core, *, guild_id: int | None, channel_id: int | None, user_id: int) -> Actor:
    """Return who acts; without a guild it is in the direct messages with the bot. Raises CommandRejected."""
    user = core.world.users.get(user_id)
    if user is None:
        raise CommandRejected(f"There is no user {user_id}.")
    if guild_id is None:
        return Actor(user, _dm(core, user_id), None, None, permissions.DIRECT_MESSAGE, nsfw_allowed=True)
    guild = core.world.guilds.get(guild_id)
    channel = guild.channels.get(channel_id or 0) if guild else None
    if guild is None or channel is None:
        raise CommandRejected(f"There is no channel {channel_id} in guild {guild_id}.")
    if core.world.application.bot_id not in guild.members:
        raise CommandRejected(f"The bot is not in {guild.name}.")
    member = guild.members.get(user_id)
    if member is None:
        raise CommandRejected(f"{user.username} is not a member of {guild.name}.")
    bits = permissions.permissions_in(guild, member, channel, now_ms=core.clock.now_ms())
    if not bits & Permission.VIEW_CHANNEL:
        raise CommandRejected(f"{user.username} does not see #{channel.name}.")
    nsfw = channel.nsfw or bool(channel.thread and channel.parent_id and guild.channels[channel.parent_id].nsfw)
    return Actor(user, channel, guild, member, bits, nsfw_allowed=nsfw)


def _dm(core: Core, user_id: int) -> Channel:
    channel = core.world.dm_with(user_id)
    if channel is None:
        channel = Channel(id=core.snowflakes.next(), type=ChannelType.DM, recipient_id=user_id)
        core.world.dms[channel.id] = channel
    return channel


def new_interaction(
    core: Core, who: Actor, *, kind: InteractionType, data: dict[str, Any], source: Message | None = None
) -> InteractionRecord:
    """Return an interaction exactly as the gateway tells of it, not yet sent."""
    interaction_id = core.snowflakes.next()
    token = interaction_token(interaction_id)
    size_limit_bytes = who.guild.attachment_size_limit_bytes if who.guild else 10 * MIB
    payload: dict[str, Any] = {
        "id": str(interaction_id),
        "application_id": str(core.world.application.id),
        "type": int(kind),
        "token": token,
        "version": 1,
        "data": data,
        "channel_id": str(who.channel.id),
        "channel": _channel(core, who),
        "app_permissions": str(core.bot_permissions(who.channel)),
        "locale": who.user.locale,
        "entitlements": [],
        "attachment_size_limit": size_limit_bytes,
        "context": _BOT_DM if who.guild is None else _GUILD,
        "authorizing_integration_owners": {"0": "0" if who.guild is None else str(who.guild.id)},
        **_person(who),
    }
    if source is not None:
        payload["message"] = core.rendered.message(source)
    return InteractionRecord(
        id=interaction_id,
        token=token,
        type=kind,
        user_id=who.user.id,
        guild_id=who.guild.id if who.guild else None,
        channel_id=who.channel.id,
        created_ms=created_ms(interaction_id),
        payload=payload,
        size_limit_bytes=size_limit_bytes,
        clock=core.clock,
        source_message=source,
    )


def _person(who: Actor) -> dict[str, Any]:
    if who.guild is None or who.member is None:
        return {"user": payloads.user(who.user)}
    return {
        "guild_id": str(who.guild.id),
        "guild": {"id": str(who.guild.id), "locale": who.guild.preferred_locale, "features": []},
        "guild_locale": who.guild.preferred_locale,
        "member": payloads.member(who.member, who.user) | {"permissions": str(who.permissions)},
    }


def _channel(core: Core, who: Actor) -> dict[str, Any]:
    shown = payloads.channel(who.channel, core.world)
    return shown | {"permissions": str(who.permissions)} if who.guild else shown
