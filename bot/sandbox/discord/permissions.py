"""Discord's permissions: names of the bits, and who may do what where."""

from enum import IntFlag

from bot.sandbox.discord.world import Channel, Guild, Member, Overwrite, OverwriteType


class Permission(IntFlag):
    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    USE_EXTERNAL_APPS = 1 << 50


ALL = (1 << 53) - 1

MEMBER = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.USE_EXTERNAL_APPS
    | Permission.USE_EXTERNAL_EMOJIS
)

# What is left to someone in a time-out.
_TIMED_OUT = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)

# In a direct message with the bot, everybody has these.
DIRECT_MESSAGE = MEMBER | int(Permission.MENTION_EVERYONE)


def permissions_of(guild: Guild, member: Member, *, now_ms: int) -> int:
    """Return what a member may do in the guild as a whole."""
    if guild.owner_id == member.user_id:
        return ALL
    bits = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        bits |= guild.roles[role_id].permissions
    if bits & Permission.ADMINISTRATOR:
        return ALL
    if member.timed_out_until_ms is not None and member.timed_out_until_ms > now_ms:
        bits &= _TIMED_OUT
    return bits


def permissions_in(guild: Guild, member: Member, channel: Channel, *, now_ms: int) -> int:
    """Return what a member may do in one channel; a thread has its parent's overwrites."""
    bits = permissions_of(guild, member, now_ms=now_ms)
    if bits == ALL:
        return bits
    place = guild.channels[channel.parent_id] if channel.thread is not None and channel.parent_id else channel
    bits = _apply(bits, _of_roles(place, {guild.id}))
    bits = _apply(bits, _of_roles(place, set(member.role_ids)))
    own = [o for o in place.overwrites if o.type is OverwriteType.MEMBER and o.id == member.user_id]
    bits = _apply(bits, own)
    # Who cannot see a channel can do nothing in it.
    return bits if bits & Permission.VIEW_CHANNEL else 0


def _of_roles(channel: Channel, role_ids: set[int]) -> list[Overwrite]:
    return [o for o in channel.overwrites if o.type is OverwriteType.ROLE and o.id in role_ids]


def _apply(bits: int, overwrites: list[Overwrite]) -> int:
    for overwrite in overwrites:
        bits &= ~overwrite.deny
    for overwrite in overwrites:
        bits |= overwrite.allow
    return bits
