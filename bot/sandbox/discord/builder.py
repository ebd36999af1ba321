"""Builds worlds, and the one that the sandbox starts with."""

import hashlib
from collections.abc import Iterable

from bot.sandbox.discord import permissions
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.snowflakes import bot_token, snowflake_at
from bot.sandbox.discord.world import (
    MIB,
    Application,
    Channel,
    ChannelType,
    Guild,
    Member,
    Overwrite,
    OverwriteType,
    Role,
    ThreadState,
    User,
    World,
)

# 2024-01-01; ids lie about a day apart, at odd times of it, so that guilds spread over shards.
_FIRST_MS = 1_704_067_200_000
_STEP_MS = 86_400_000

_ATTACHMENT_LIMIT_MIB = {0: 10, 1: 10, 2: 50, 3: 100}
_BOT = permissions.MEMBER


class WorldBuilder:
    """Makes a world step by step; the bot is a member of every guild, with a managed role of its own."""

    def __init__(self, *, owner: str = "oona", owner_locale: str = "en-US", name: str = "Imagen") -> None:
        self._made = 0
        bot = User(id=self._id(), username=name.lower(), bot=True)
        self._users = {bot.id: bot}
        self._guilds: dict[int, Guild] = {}
        self._groups: dict[int, Channel] = {}
        self.bot = bot
        self.owner = self.user(owner, locale=owner_locale)
        self._application = Application(
            id=bot.id, name=name, bot_id=bot.id, owner_id=self.owner.id, token=bot_token(bot.id)
        )

    def _id(self) -> int:
        self._made += 1
        odd_ms = int.from_bytes(hashlib.sha256(str(self._made).encode()).digest()[:4]) % _STEP_MS
        return snowflake_at(_FIRST_MS + self._made * _STEP_MS + odd_ms)

    def user(self, name: str, *, locale: str = "en-US", accepts_dms: bool = True) -> User:
        user = User(id=self._id(), username=name, global_name=name.capitalize(), locale=locale, accepts_dms=accepts_dms)
        self._users[user.id] = user
        return user

    def guild(
        self, name: str, *, owner: User, locale: str = "en-US", premium_tier: int = 0, bot_permissions: int = _BOT
    ) -> Guild:
        """Make a guild with @everyone, its owner and the bot; it has no channel yet."""
        guild = Guild(
            id=self._id(),
            name=name,
            owner_id=owner.id,
            joined_ms=_FIRST_MS,
            preferred_locale=locale,
            premium_tier=premium_tier,
            attachment_size_limit_bytes=_ATTACHMENT_LIMIT_MIB[premium_tier] * MIB,
        )
        guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=permissions.MEMBER)
        self._guilds[guild.id] = guild
        self.member(guild, owner)
        own = self.role(guild, self._application.name, permissions=bot_permissions)
        own.managed = True
        self.member(guild, self.bot, own)
        return guild

    def own_role(self, guild: Guild) -> Role:
        """Return the bot's own role."""
        return next(role for role in guild.roles.values() if role.managed)

    def role(self, guild: Guild, name: str, *, permissions: int = 0, mentionable: bool = False) -> Role:
        role = Role(
            id=self._id(), name=name, permissions=permissions, position=len(guild.roles), mentionable=mentionable
        )
        guild.roles[role.id] = role
        return role

    def member(self, guild: Guild, user: User, *roles: Role) -> Member:
        member = Member(user_id=user.id, joined_ms=_FIRST_MS, role_ids=[role.id for role in roles])
        guild.members[user.id] = member
        return member

    def channel(
        self,
        guild: Guild,
        name: str,
        *,
        nsfw: bool = False,
        only_for: Iterable[Role] | None = None,
        kind: ChannelType = ChannelType.GUILD_TEXT,
    ) -> Channel:
        """Make a channel; one that is only for some roles is hidden from all others but administrators."""
        channel = Channel(
            id=self._id(),
            type=kind,
            name=name,
            guild_id=guild.id,
            nsfw=nsfw,
            position=len(guild.channels),
        )
        if only_for is not None:
            seeing = int(Permission.VIEW_CHANNEL)
            channel.overwrites = [
                Overwrite(id=guild.id, type=OverwriteType.ROLE, deny=seeing),
                *(Overwrite(id=role.id, type=OverwriteType.ROLE, allow=seeing) for role in only_for),
            ]
        guild.channels[channel.id] = channel
        return channel

    def thread(
        self, guild: Guild, parent: Channel, name: str, *, owner: User, archived: bool = False, locked: bool = False
    ) -> Channel:
        channel = Channel(
            id=self._id(),
            type=ChannelType.PUBLIC_THREAD,
            name=name,
            guild_id=guild.id,
            parent_id=parent.id,
            thread=ThreadState(owner_id=owner.id, archived=archived, locked=locked),
        )
        guild.channels[channel.id] = channel
        return channel

    def group(self, name: str, *people: User) -> Channel:
        """Make direct messages among people; the bot is never one of them."""
        channel = Channel(
            id=self._id(),
            type=ChannelType.GROUP_DM,
            name=name,
            recipient_ids=tuple(each.id for each in people),
        )
        self._groups[channel.id] = channel
        return channel

    def build(self) -> World:
        return World(application=self._application, users=self._users, guilds=self._guilds, groups=self._groups)


def sandbox_world() -> World:
    """Return three guilds: Aquarium (en-US), Atelier (fr) and Werkstatt (de, boosted to tier 2).

    People, each in every guild: mia (member, en-US), jules (member, fr), mats (member, de, takes no direct
    messages), mona (moderator), adam (administrator), olga (owner of the guilds), oona (operator: owns the
    application, and is an administrator of Aquarium). Channels: general, images, after-dark (age-restricted), staff (for
    administrators; hidden from the bot, too), mod-log (for moderators and the bot), an archived thread, the chat of a
    voice channel, and a forum with one post.

    Mia and jules have a group of their own for direct messages. Nobody has installed the application for themselves.
    """
    build = WorldBuilder(owner="oona")
    olga = build.user("olga")
    people = [
        build.user("mia"),
        build.user("jules", locale="fr"),
        build.user("mats", locale="de", accepts_dms=False),
    ]
    mona, adam = build.user("mona", locale="en-GB"), build.user("adam", locale="ja")
    for name, locale, tier in (("Aquarium", "en-US", 0), ("Atelier", "fr", 0), ("Werkstatt", "de", 2)):
        guild = build.guild(name, owner=olga, locale=locale, premium_tier=tier)
        moderator = build.role(
            guild,
            "Moderator",
            permissions=int(Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS | Permission.MANAGE_THREADS),
        )
        administrator = build.role(guild, "Administrator", permissions=int(Permission.ADMINISTRATOR))
        for person in people:
            build.member(guild, person)
        build.member(guild, mona, moderator)
        build.member(guild, adam, administrator)
        build.member(guild, build.owner, *([administrator] if name == "Aquarium" else []))
        general = build.channel(guild, "general")
        guild.system_channel_id = general.id
        build.channel(guild, "images")
        build.channel(guild, "after-dark", nsfw=True)
        build.channel(guild, "staff", only_for=())
        build.channel(guild, "mod-log", only_for=(moderator, build.own_role(guild)))
        build.thread(guild, general, "old-ideas", owner=mona, archived=True)
        build.channel(guild, "lounge", kind=ChannelType.GUILD_VOICE)
        gallery = build.channel(guild, "gallery", kind=ChannelType.GUILD_FORUM)
        build.thread(guild, gallery, "my-garden", owner=people[0])
    build.group("garden-club", people[0], people[1])
    return build.build()
