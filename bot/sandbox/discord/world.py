"""The world that the local Discord serves: people, servers, roles and channels. Data only."""

from dataclasses import dataclass, field
from enum import IntEnum

MIB = 1024 * 1024


class ChannelType(IntEnum):
    GUILD_TEXT = 0
    DM = 1
    GUILD_VOICE = 2
    GROUP_DM = 3
    GUILD_CATEGORY = 4
    GUILD_ANNOUNCEMENT = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    GUILD_FORUM = 15


THREADS = frozenset({ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD})


class OverwriteType(IntEnum):
    ROLE = 0
    MEMBER = 1


@dataclass(slots=True, kw_only=True)
class User:
    """A person or a bot; `locale` is the language of their client."""

    id: int
    username: str
    global_name: str | None = None
    bot: bool = False
    locale: str = "en-US"
    accepts_dms: bool = True


@dataclass(slots=True, kw_only=True)
class Role:
    """A role; `permissions` is Discord's bit set. The role whose id is the guild's is @everyone."""

    id: int
    name: str
    permissions: int
    position: int = 0
    mentionable: bool = False
    managed: bool = False


@dataclass(slots=True, kw_only=True)
class Overwrite:
    """What one channel allows or denies one role or member."""

    id: int
    type: OverwriteType
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, kw_only=True)
class ThreadState:
    owner_id: int
    archived: bool = False
    locked: bool = False


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel of a guild, a thread or forum post in one, or a direct message with the bot or among people.

    With the bot, `recipient_id` is set; among people, `recipient_ids` are all of them. Neither has a `guild_id`.
    """

    id: int
    type: ChannelType
    name: str | None = None
    guild_id: int | None = None
    parent_id: int | None = None
    topic: str | None = None
    nsfw: bool = False
    position: int = 0
    overwrites: list[Overwrite] = field(default_factory=list)
    thread: ThreadState | None = None
    recipient_id: int | None = None
    recipient_ids: tuple[int, ...] = ()
    last_message_id: int | None = None


@dataclass(slots=True, kw_only=True)
class Member:
    user_id: int
    joined_ms: int
    role_ids: list[int] = field(default_factory=list)
    nick: str | None = None
    timed_out_until_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class AutoModRule:
    """A rule of AutoMod, as the bot is shown it; it does not block anything here, which `blocked_words` do.

    Types are Discord's numbers: trigger 1 is keywords, 4 a preset; event 1 is messages; action 1 blocks, 2 alerts.
    """

    id: int
    name: str
    trigger_type: int = 1
    event_type: int = 1
    keywords: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    presets: tuple[int, ...] = ()
    action_types: tuple[int, ...] = (1,)
    message: str | None = None
    enabled: bool = True
    exempt_role_ids: tuple[int, ...] = ()
    exempt_channel_ids: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True)
class Guild:
    """A server. AutoMod blocks any text that contains one of `blocked_words`; upper and lower case are alike."""

    id: int
    name: str
    owner_id: int
    joined_ms: int
    preferred_locale: str = "en-US"
    premium_tier: int = 0
    attachment_size_limit_bytes: int = 10 * MIB
    system_channel_id: int | None = None
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    blocked_words: list[str] = field(default_factory=list)
    automod_rules: dict[int, AutoModRule] = field(default_factory=dict)

    def channel_named(self, name: str) -> Channel:
        """Return the channel or thread of that name; KeyError where there is none."""
        for channel in self.channels.values():
            if channel.name == name:
                return channel
        raise KeyError(name)


@dataclass(slots=True, kw_only=True)
class Application:
    """The bot's application: one bot user, one owner, one token."""

    id: int
    name: str
    bot_id: int
    owner_id: int
    token: str
    description: str = "A local stand-in's application."


@dataclass(slots=True, kw_only=True)
class World:
    """Everything there is. Direct messages with the bot, and those among people, are keyed by their own id.

    `installed_by` are the people who installed the application for themselves.
    """

    application: Application
    users: dict[int, User]
    guilds: dict[int, Guild]
    dms: dict[int, Channel] = field(default_factory=dict)
    groups: dict[int, Channel] = field(default_factory=dict)
    installed_by: set[int] = field(default_factory=set)

    @property
    def bot(self) -> User:
        return self.users[self.application.bot_id]

    def user_named(self, name: str) -> User:
        """Return the user of that name; KeyError where there is none."""
        for user in self.users.values():
            if user.username == name:
                return user
        raise KeyError(name)

    def guild_named(self, name: str) -> Guild:
        """Return the guild of that name; KeyError where there is none."""
        for guild in self.guilds.values():
            if guild.name == name:
                return guild
        raise KeyError(name)

    def channel(self, channel_id: int) -> Channel | None:
        """Return a guild's channel, a thread or direct messages, or None."""
        if (direct := self.dms.get(channel_id) or self.groups.get(channel_id)) is not None:
            return direct
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        return None

    def guild_of(self, channel: Channel) -> Guild | None:
        """Return the guild a channel is in; None for direct messages and for guilds the bot has left."""
        return None if channel.guild_id is None else self.guilds.get(channel.guild_id)

    def dm_with(self, user_id: int) -> Channel | None:
        """Return the bot's direct-message channel with a person, where it was opened."""
        for channel in self.dms.values():
            if channel.recipient_id == user_id:
                return channel
        return None
