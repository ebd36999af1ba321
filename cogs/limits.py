"""`/limits`: where administrators set what their server allows."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.rights import Rank
from bot.settings import SETTINGS
from bot.text import Texts
from cogs.panels.command import panel_command
from cogs.panels.door import Panels
from cogs.panels.panel import Panel

LIMITS = Panel(
    command="limits",
    rank=Rank.ADMINISTRATOR,
    title="panel.limits.title",
    refused="panel.limits.refused",
    settings=SETTINGS,
)


class Limits(commands.Cog):
    """The command that opens the panel."""

    def __init__(self, *, tree: app_commands.CommandTree[Any], panels: Panels, texts: Texts) -> None:
        self._tree = tree
        self._panels = panels
        needs = discord.Permissions(manage_guild=True)
        self._command = panel_command(LIMITS, panels=panels, texts=texts, words="command.limits", needs=needs)

    async def cog_load(self) -> None:
        self._panels.add(LIMITS)
        self._tree.add_command(self._command)

    async def cog_unload(self) -> None:
        self._tree.remove_command(self._command.name)
