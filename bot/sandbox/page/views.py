"""What the page is told of the world: servers, people, channels, messages. Ids are strings, as in Discord's JSON."""

from typing import Any

from bot.sandbox.discord import permissions
from bot.sandbox.discord.command_names import LOCALES
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.people import Actor
from bot.sandbox.discord.permissions import ALL, Permission
from bot.sandbox.discord.world import Channel, ChannelType, Guild, Member, User

Json = dict[str, Any]

_MODERATES = Permission.MODERATE_MEMBERS | Permission.MANAGE_MESSAGES


def world(core: Core) -> Json:
    """Everything that does not depend on who looks."""
    application = core.world.application
    return {
        "application": {"id": str(application.id), "name": application.name, "bot_id": str(application.bot_id)},
        "users": [_user(core, each) for each in core.world.users.values()],
        "guilds": [_guild(core, each) for each in core.world.guilds.values()],
        "locales": sorted(LOCALES),
    }


def _user(core: Core, user: User) -> Json:
    name = core.world.application.name if user.bot else user.global_name or user.username
    return {"id": str(user.id), "username": user.username, "name": name, "bot": user.bot, "locale": user.locale}


def _guild(core: Core, guild: Guild) -> Json:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "locale": guild.preferred_locale,
        "roles": [{"id": str(each.id), "name": each.name} for each in guild.roles.values()],
        "channels": [_channel(each) for each in guild.channels.values()],
        "members": [_member(core, guild, each) for each in guild.members.values()],
    }


def _member(core: Core, guild: Guild, member: Member) -> Json:
    return {
        "user_id": str(member.user_id),
        "nick": member.nick,
        "roles": [str(each) for each in member.role_ids],
        "standing": standing(core, guild, member),
        # Where somebody looks from: a channel that is not in here is not shown to them.
        "channels": [str(each.id) for each in guild.channels.values() if sees(core, guild, member, each)],
    }


def _channel(channel: Channel) -> Json:
    return {
        "id": str(channel.id),
        "name": channel.name,
        "type": int(channel.type),
        "nsfw": channel.nsfw,
        "parent_id": None if channel.parent_id is None else str(channel.parent_id),
        "archived": bool(channel.thread and channel.thread.archived),
    }


def standing(core: Core, guild: Guild, member: Member) -> str:
    """What somebody is in a server, in one word."""
    bits = permissions.permissions_of(guild, member, now_ms=core.clock.now_ms())
    if member.user_id == core.world.application.bot_id:
        return "app"
    if member.user_id == core.world.application.owner_id:
        return "operator"
    if member.user_id == guild.owner_id:
        return "owner"
    if bits == ALL:
        return "administrator"
    return "moderator" if bits & _MODERATES else "member"


def sees(core: Core, guild: Guild, member: Member, channel: Channel) -> bool:
    bits = permissions.permissions_in(guild, member, channel, now_ms=core.clock.now_ms())
    return bool(bits & Permission.VIEW_CHANNEL)


def can_see(core: Core, user_id: int, channel_id: int) -> bool:
    """Tell whether a person sees a channel or has that direct message."""
    channel = core.world.channel(channel_id)
    if channel is None:
        return False
    if channel.type is ChannelType.DM:
        return channel.recipient_id == user_id
    guild = core.world.guild_of(channel)
    member = guild.members.get(user_id) if guild else None
    return guild is not None and member is not None and sees(core, guild, member, channel)


def may_delete(who: Actor) -> bool:
    """Tell whether somebody may delete other people's messages."""
    return who.guild is not None and bool(who.permissions & Permission.MANAGE_MESSAGES)


def message(core: Core, one: Message) -> Json:
    """A message as Discord's JSON, how its command was called, and who is to see it."""
    shown = core.rendered.message(one)
    record = core.interactions.get(one.interaction_id or 0)
    data = record.payload["data"] if record else {}
    return shown | {
        "command_name": _command_name(data),
        "command_type": data.get("type"),
        "ephemeral": one.ephemeral_to is not None,
        "direct": one.guild_id is None,
    }


def _command_name(data: Json) -> str | None:
    """The name behind "used": sub-commands go with their command; components and forms have none."""
    if "name" not in data:
        return None
    names, inner = [data["name"]], data.get("options") or []
    while inner and "options" in inner[0]:
        names.append(inner[0]["name"])
        inner = inner[0]["options"]
    return " ".join(names)
