"""Where an interaction comes from: a server that has the bot, or outside of those; and which commands are offered there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from bot.jobs import Reach
from bot.outside import home_of

# What is about nobody but who asks, beside the commands that make images.
PERSONAL = frozenset({"history", "show", "queue", "me", "privacy", "help"})
# How commands are made; Places opens the personal ones further. Written out in full, because `guild_only` of discord.py
# would still send contexts [0, 1, 2].
SERVERS_ONLY: Mapping[str, Any] = {
    "allowed_contexts": app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    "allowed_installs": app_commands.AppInstallationType(guild=True, user=False),
}
# Discord's number for an application that somebody installed for themselves.
_BY_PERSON = 1


def server_id(interaction: discord.Interaction[Any]) -> int | None:
    """The server, where the bot is in it; None outside.

    In a server without the bot Discord names that server, too, and the person whose installation this goes by.
    """
    by_person = _BY_PERSON in interaction._integration_owners  # noqa: SLF001 - whoever presses may be another person
    if by_person and not interaction.is_guild_integration():
        return None
    return interaction.guild_id


def home_id(interaction: discord.Interaction[Any]) -> int:
    """The server, or outside of servers the person's own place."""
    return server_id(interaction) or home_of(interaction.user.id)


def place_id_of(interaction: discord.Interaction[Any]) -> int:
    """The channel whose rules count: a thread has those of the channel that it is in."""
    channel = interaction.channel
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else None
    return parent_id or interaction.channel_id or 0


def is_age_restricted(interaction: discord.Interaction[Any]) -> bool:
    """Whether Discord keeps minors out of the place; a thread is as its channel.

    What is not known counts as open to all, and so does every place outside of the bot's servers.
    """
    channel = interaction.channel
    if (
        channel is None
        or server_id(interaction) is None
        or isinstance(channel, discord.DMChannel | discord.GroupChannel)
    ):
        return False
    return channel.is_nsfw()


def reach_of(interaction: discord.Interaction[Any]) -> Reach:
    """What the bot can do here once the interaction's token has run out."""
    if server_id(interaction) is not None:
        return Reach.CHANNEL
    return Reach.DIRECT if interaction.context.dm_channel else Reach.REPLY


def is_offered(command: app_commands.Command[Any, ..., Any] | app_commands.Group, reach: Reach) -> bool:
    """Whether Discord offers this command in such places."""
    contexts = command.allowed_contexts
    if contexts is None:
        return True
    offered = {
        Reach.CHANNEL: contexts.guild,
        Reach.DIRECT: contexts.dm_channel,
        Reach.REPLY: contexts.private_channel,
    }
    return bool(offered[reach])


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the operator lets people use the bot beside servers that have it."""

    direct_messages: bool = False
    user_install: bool = False

    def open_to(self, reach: Reach) -> bool:
        return {Reach.CHANNEL: True, Reach.DIRECT: self.direct_messages, Reach.REPLY: self.user_install}[reach]

    def offer(self, tree: app_commands.CommandTree[Any], names: Collection[str]) -> None:
        """Have Discord offer these commands in all of these places; the others stay in servers."""
        for command in tree.get_commands(type=discord.AppCommandType.chat_input):
            if command.name in names:
                command.allowed_contexts = app_commands.AppCommandContext(
                    guild=True, dm_channel=self.direct_messages, private_channel=self.user_install
                )
                command.allowed_installs = app_commands.AppInstallationType(guild=True, user=self.user_install)
