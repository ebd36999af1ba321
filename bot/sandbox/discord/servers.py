"""What people do to their servers: invite the bot and remove it, change roles and channels, set who may use what."""

from collections.abc import Iterable

from bot.sandbox.discord import payloads, permissions
from bot.sandbox.discord.command_rights import Override
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.gateway import Intent
from bot.sandbox.discord.world import Channel, ChannelType, Guild, Member, OverwriteType, Role


class Servers:
    """Acts on servers, each told to the bot as Discord tells it. A server or role that is not there is a KeyError."""

    def __init__(self, core: Core) -> None:
        self.core = core

    # ------------------------------------------------------------ the bot comes and goes

    def found_server(self, name: str, *, owner_id: int, locale: str = "en-US") -> Guild:
        """Open a new server with @everyone, its owner and #general; the bot is not in it yet."""
        now_ms, snowflakes = self.core.clock.now_ms(), self.core.snowflakes
        guild = Guild(id=snowflakes.next(), name=name, owner_id=owner_id, joined_ms=now_ms, preferred_locale=locale)
        guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=permissions.MEMBER)
        guild.members[owner_id] = Member(user_id=owner_id, joined_ms=now_ms)
        general = Channel(id=snowflakes.next(), type=ChannelType.GUILD_TEXT, name="general", guild_id=guild.id)
        guild.channels[general.id] = general
        guild.system_channel_id = general.id
        self.core.world.guilds[guild.id] = guild
        return guild

    def join(self, guild_id: int, *, bot_permissions: int = permissions.MEMBER) -> Guild:
        """Invite the bot to a server where it is not a member; its role has these permissions."""
        core = self.core
        guild, bot_id = core.world.guilds[guild_id], core.world.application.bot_id
        if bot_id in guild.members:
            raise ValueError(f"the bot is in {guild.name} already")
        name, now_ms = core.world.application.name, core.clock.now_ms()
        own = Role(id=core.snowflakes.next(), name=name, permissions=bot_permissions, position=1, managed=True)
        guild.roles[own.id] = own
        guild.members[bot_id] = Member(user_id=bot_id, joined_ms=now_ms, role_ids=[own.id])
        guild.joined_ms = now_ms
        told = payloads.guild_create(guild, core.world)
        # It is there for a server that becomes available, and absent for one that is new.
        del told["unavailable"]
        core.gateway.dispatch("GUILD_CREATE", told, guild_id=guild.id, intent=Intent.GUILDS)
        return guild

    def remove(self, guild_id: int) -> None:
        """Throw the bot out of a server."""
        self.core.leave_guild(self.core.world.guilds[guild_id])

    # ------------------------------------------------------------ roles and channels

    def set_role_permissions(self, guild_id: int, role_id: int, bits: int) -> None:
        guild = self.core.world.guilds[guild_id]
        guild.roles[role_id].permissions = bits
        shown = payloads.role(guild.roles[role_id], bot_id=self.core.world.application.bot_id)
        self._tell(guild, "GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": shown})

    def set_bot_permissions(self, guild_id: int, bits: int) -> None:
        """Change what the bot's own role allows it in a server."""
        guild = self.core.world.guilds[guild_id]
        own = guild.members[self.core.world.application.bot_id]
        role_id = next(each for each in own.role_ids if guild.roles[each].managed)
        self.set_role_permissions(guild_id, role_id, bits)

    def set_roles(self, guild_id: int, user_id: int, role_ids: Iterable[int]) -> None:
        """Give a member exactly these roles; without the members intent, the bot is told of its own only."""
        guild = self.core.world.guilds[guild_id]
        member = guild.members[user_id]
        member.role_ids = [guild.roles[each].id for each in role_ids]
        shown = payloads.member(member, self.core.world.users[user_id]) | {"guild_id": str(guild.id)}
        of_bot = user_id == self.core.world.application.bot_id
        intent = Intent.NONE if of_bot else Intent.GUILD_MEMBERS
        self.core.gateway.dispatch("GUILD_MEMBER_UPDATE", shown, guild_id=guild.id, intent=intent)

    def delete_role(self, guild_id: int, role_id: int) -> None:
        """Delete a role; nobody has it any more, and no channel knows it."""
        guild = self.core.world.guilds[guild_id]
        if role_id == guild.id or guild.roles[role_id].managed:
            raise ValueError("this role cannot be deleted")
        del guild.roles[role_id]
        for member in guild.members.values():
            member.role_ids = [each for each in member.role_ids if each != role_id]
        for channel in guild.channels.values():
            channel.overwrites = [
                each for each in channel.overwrites if (each.type, each.id) != (OverwriteType.ROLE, role_id)
            ]
        self._tell(guild, "GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role_id)})

    def delete_channel(self, channel_id: int) -> None:
        """Delete a channel with its threads, or a thread alone."""
        channel = self.core.world.channel(channel_id)
        guild = None if channel is None else self.core.world.guild_of(channel)
        if channel is None or guild is None:
            raise KeyError(channel_id)
        del guild.channels[channel.id]
        if channel.thread is not None:
            shown = payloads.channel(channel, self.core.world)
            told = {name: shown[name] for name in ("id", "guild_id", "parent_id", "type")}
            self._tell(guild, "THREAD_DELETE", told)
            return
        for thread in [each for each in guild.channels.values() if each.parent_id == channel.id and each.thread]:
            del guild.channels[thread.id]
        self._tell(guild, "CHANNEL_DELETE", payloads.channel(channel, self.core.world))
        if guild.system_channel_id == channel.id:
            self.set_system_channel(guild.id, None)

    def set_age_restricted(self, channel_id: int, *, restricted: bool) -> None:
        """Keep minors out of a channel and its threads, or let them in again."""
        channel = self.core.world.channel(channel_id)
        guild = None if channel is None else self.core.world.guild_of(channel)
        if channel is None or guild is None:
            raise KeyError(channel_id)
        channel.nsfw = restricted
        self._tell(guild, "CHANNEL_UPDATE", payloads.channel(channel, self.core.world))

    def set_system_channel(self, guild_id: int, channel_id: int | None) -> None:
        """Choose where Discord itself posts its notices; None for nowhere."""
        guild = self.core.world.guilds[guild_id]
        guild.system_channel_id = None if channel_id is None else guild.channels[channel_id].id
        self._tell(guild, "GUILD_UPDATE", payloads.guild(guild, self.core.world, with_counts=False))

    # ------------------------------------------------------------ who may use what, and who may write to whom

    def set_command_rights(self, guild_id: int, target_id: int, overrides: Iterable[Override]) -> None:
        """Set who may use a command where, in Server Settings > Integrations; the application's id is for all commands.

        What was set for it before is replaced; nothing syncs a command with the application again.
        """
        guild = self.core.world.guilds[guild_id]
        if target_id not in (self.core.world.application.id, *self.core.commands.ids(guild_id)):
            raise KeyError(target_id)
        shown = self.core.command_rights.put(guild.id, target_id, overrides)
        self._tell(guild, "APPLICATION_COMMAND_PERMISSIONS_UPDATE", shown, intent=Intent.NONE)

    def accept_dms(self, user_id: int, *, accepts: bool) -> None:
        """Let a person open or close their direct messages to the bot."""
        self.core.world.users[user_id].accepts_dms = accepts

    def _tell(self, guild: Guild, event: str, data: object, *, intent: Intent = Intent.GUILDS) -> None:
        self.core.gateway.dispatch(event, data, guild_id=guild.id, intent=intent)
