"""Who uses what where: the part of an interaction that is the same for every kind."""

from collections.abc import Mapping
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

GUILD, BOT_DM, PRIVATE_CHANNEL = 0, 1, 2
# Where the application is installed: in a server, which counts for the direct messages with the bot as well, or by a person.
IN_SERVER, BY_PERSON = 0, 1
_WITHOUT_MESSAGES = frozenset({ChannelType.GUILD_FORUM, ChannelType.GUILD_CATEGORY})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at a place. `guild` may be one that the bot is not in; `owners` are whose installations reach there."""

    user: User
    channel: Channel
    guild: Guild | None
    member: Member | None
    permissions: int
    nsfw_allowed: bool
    owners: Mapping[int, str]

    @property
    def context(self) -> int:
        """Discord's number for this kind of place."""
        if self.guild is not None:
            return GUILD
        return BOT_DM if self.channel.type is ChannelType.DM else PRIVATE_CHANNEL

    @property
    def by_person_only(self) -> bool:
        """Whether the bot has nothing here but what an interaction's token gives."""
        return IN_SERVER not in self.owners


def actor(
    core: Core, *, guild_id: int | None, channel_id: int | None, user_id: int, on: Message | None = None
) -> Actor:
    """Return who acts; without a guild it is in direct messages: with the bot, or of the group with that id.

    What they act `on` may be there because somebody else installed the application for themselves. Raises CommandRejected
    for a place where somebody cannot be, or the application is not.
    """
    user = core.world.users.get(user_id)
    if user is None:
        raise CommandRejected(f"There is no user {user_id}.")
    own: dict[int, str] = {BY_PERSON: str(user_id)} if user_id in core.world.installed_by else {}
    if guild_id is None:
        return _in_direct_messages(core, user, channel_id, own)
    guild = core.world.guilds.get(guild_id)
    channel = guild.channels.get(channel_id or 0) if guild else None
    if guild is None or channel is None:
        raise CommandRejected(f"There is no channel {channel_id} in guild {guild_id}.")
    if channel.type in _WITHOUT_MESSAGES:
        raise CommandRejected(f"Nobody can write in {channel.name} itself.")
    member = guild.members.get(user_id)
    if member is None:
        raise CommandRejected(f"{user.username} is not a member of {guild.name}.")
    bits = permissions.permissions_in(guild, member, channel, now_ms=core.clock.now_ms())
    if not bits & Permission.VIEW_CHANNEL:
        raise CommandRejected(f"{user.username} does not see #{channel.name}.")
    if core.world.application.bot_id in guild.members:
        own = {IN_SERVER: str(guild.id)} | own
    elif not own and str(BY_PERSON) not in _owners_of(on):
        raise CommandRejected(f"The bot is not in {guild.name}.")
    nsfw = channel.nsfw or bool(channel.thread and channel.parent_id and guild.channels[channel.parent_id].nsfw)
    return Actor(user, channel, guild, member, bits, nsfw_allowed=nsfw, owners=own)


def _in_direct_messages(core: Core, user: User, channel_id: int | None, own: Mapping[int, str]) -> Actor:
    group = core.world.groups.get(channel_id or 0)
    if group is not None and user.id not in group.recipient_ids:
        raise CommandRejected(f"{user.username} is not in {group.name}.")
    channel, owners = (group, own) if group is not None else (_dm(core, user.id), {IN_SERVER: "0"} | dict(own))
    return Actor(user, channel, None, None, permissions.DIRECT_MESSAGE, nsfw_allowed=True, owners=owners)


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
    owners = _owners(who, source)
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
        "context": who.context,
        "authorizing_integration_owners": {str(kind): owner for kind, owner in owners.items()},
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
        token_only=IN_SERVER not in owners,
        forced_ephemeral=_is_silenced(who, owners),
    )


def _owners(who: Actor, source: Message | None) -> Mapping[int, str]:
    """Whose installation it is that this goes by: for what is pressed, that of who had the message made."""
    made = _owners_of(source) if who.by_person_only else {}
    return {int(kind): owner for kind, owner in made.items()} or who.owners


def _owners_of(message: Message | None) -> Mapping[str, str]:
    """By whose installation a message came to be, as Discord tells it; empty where it is no answer."""
    if message is None or message.interaction_metadata is None:
        return {}
    owners: Mapping[str, str] = message.interaction_metadata["authorizing_integration_owners"]
    return owners


def _is_silenced(who: Actor, owners: Mapping[int, str]) -> bool:
    """Whether nobody else is to see what comes of it: the server does not let this person use apps of their own."""
    return who.guild is not None and IN_SERVER not in owners and not who.permissions & Permission.USE_EXTERNAL_APPS


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
