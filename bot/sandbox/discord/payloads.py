"""The world as Discord's JSON: users, members, roles, channels, guilds, the application."""

from datetime import UTC, datetime
from typing import Any

from bot.sandbox.discord.guild_defaults import GUILD_DEFAULTS
from bot.sandbox.discord.permissions import permissions_of
from bot.sandbox.discord.world import THREADS, Application, Channel, ChannelType, Guild, Member, Role, User, World

Json = dict[str, Any]


def iso(at_ms: int) -> str:
    """Return an instant as Discord writes it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="microseconds")


def user(one: User) -> Json:
    shown: Json = {
        "id": str(one.id),
        "username": one.username,
        "discriminator": "0000" if one.bot else "0",
        "global_name": one.global_name,
        "avatar": None,
        "banner": None,
        "accent_color": None,
        "public_flags": 0,
        "flags": 0,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }
    return shown | {"bot": True} if one.bot else shown


def own_user(bot: User) -> Json:
    return user(bot) | {"mfa_enabled": True, "locale": bot.locale, "verified": True, "email": None, "premium_type": 0}


def bare_member(member: Member) -> Json:
    """Return a member without its user."""
    until_ms = member.timed_out_until_ms
    return {
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in member.role_ids],
        "joined_at": iso(member.joined_ms),
        "premium_since": None,
        "communication_disabled_until": None if until_ms is None else iso(until_ms),
        "pending": False,
        "flags": 0,
        "avatar_decoration_data": None,
        "collectibles": None,
    }


def member(one: Member, person: User) -> Json:
    return bare_member(one) | {"user": user(person), "mute": False, "deaf": False}


def role(one: Role, *, bot_id: int | None = None) -> Json:
    shown: Json = {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": one.managed,
        "mentionable": one.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return shown | {"tags": {"bot_id": str(bot_id)}} if one.managed and bot_id is not None else shown


def _id_or_none(value: int | None) -> str | None:
    return None if value is None else str(value)


def channel(one: Channel, world: World) -> Json:
    """Return a channel, a thread or a direct message."""
    shown: Json = {
        "id": str(one.id),
        "type": int(one.type),
        "flags": 0,
        "last_message_id": _id_or_none(one.last_message_id),
    }
    if one.type is ChannelType.DM:
        return shown | {"recipients": [user(world.users[one.recipient_id or 0])]}
    if one.type is ChannelType.GROUP_DM:
        people = [user(world.users[each]) for each in one.recipient_ids]
        return shown | {"recipients": people, "name": one.name, "icon": None, "owner_id": str(one.recipient_ids[0])}
    shown |= {"guild_id": str(one.guild_id), "name": one.name, "parent_id": _id_or_none(one.parent_id)}
    if one.type is ChannelType.GUILD_CATEGORY:
        return shown | {"position": one.position, "permission_overwrites": _overwrites(one), "nsfw": False}
    if one.type in THREADS:
        return shown | _thread(one)
    shown |= {
        "position": one.position,
        "permission_overwrites": _overwrites(one),
        "nsfw": one.nsfw,
        "rate_limit_per_user": 0,
    }
    if one.type is ChannelType.GUILD_VOICE:
        return shown | _VOICE
    shown |= {"topic": one.topic, "last_pin_timestamp": None}
    return shown | _FORUM if one.type is ChannelType.GUILD_FORUM else shown


_VOICE: Json = {"bitrate": 64_000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1}
_FORUM: Json = {
    "available_tags": [],
    "default_reaction_emoji": None,
    "default_sort_order": None,
    "default_forum_layout": 0,
}


def _overwrites(one: Channel) -> list[Json]:
    return [
        {"id": str(each.id), "type": int(each.type), "allow": str(each.allow), "deny": str(each.deny)}
        for each in one.overwrites
    ]


def _thread(one: Channel) -> Json:
    state = one.thread
    return {
        "owner_id": _id_or_none(state.owner_id if state else None),
        "thread_metadata": {
            "archived": bool(state and state.archived),
            "locked": bool(state and state.locked),
            "auto_archive_duration": 1440,
            "archive_timestamp": iso(1_704_067_200_000),
        },
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
        "rate_limit_per_user": 0,
    }


def _guild_basics(one: Guild, world: World) -> Json:
    return GUILD_DEFAULTS | {
        "id": str(one.id),
        "name": one.name,
        "owner_id": str(one.owner_id),
        "premium_tier": one.premium_tier,
        "preferred_locale": one.preferred_locale,
        "system_channel_id": _id_or_none(one.system_channel_id),
        "roles": [role(each, bot_id=world.application.bot_id) for each in one.roles.values()],
    }


def guild(one: Guild, world: World, *, with_counts: bool) -> Json:
    """Return a guild as GET answers it."""
    shown = _guild_basics(one, world) | {"nsfw": False, "home_header": None}
    if with_counts:
        shown |= {"approximate_member_count": len(one.members), "approximate_presence_count": 1}
    return shown


def guild_create(one: Guild, world: World) -> Json:
    """Return a guild as the gateway announces it; of its members only the bot, as without the members intent."""
    channels = [each for each in one.channels.values() if each.type not in THREADS]
    threads = [each for each in one.channels.values() if each.thread and not each.thread.archived]
    own = one.members.get(world.application.bot_id)
    return _guild_basics(one, world) | {
        "joined_at": iso(one.joined_ms),
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "members": [member(own, world.bot)] if own else [],
        "channels": [channel(each, world) for each in channels],
        "threads": [channel(each, world) for each in threads],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "hub_type": None,
    }


def my_guild(one: Guild, world: World, *, now_ms: int) -> Json:
    """Return a guild as the list of the bot's own guilds shows it."""
    own = one.members[world.application.bot_id]
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "banner": None,
        "owner": one.owner_id == own.user_id,
        "permissions": str(permissions_of(one, own, now_ms=now_ms)),
        "features": [],
    }


def application(one: Application, world: World) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "description": one.description,
        "type": None,
        "bot": user(world.bot),
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        # GATEWAY_MESSAGE_CONTENT_LIMITED and its like are not set: no privileged intent is granted.
        "flags": 0,
        "flags_new": "0",
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(world.users[one.owner_id]),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}, "1": {}},
    }
