"""`/limits`: where administrators set what their server allows."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.rights import Rank
from bot.settings import SETTINGS
from bot.text import FALLBACK, Texts
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
    """The command that opens the panel; everything after that is the panel's own business."""

    def __init__(self, *, tree: app_commands.CommandTree[Any], panels: Panels, texts: Texts) -> None:
        self._tree = tree
        self._panels = panels
        self._command = self._build(texts)

    async def cog_load(self) -> None:
        self._panels.add(LIMITS)
        self._tree.add_command(self._command)

    async def cog_unload(self) -> None:
        self._tree.remove_command(self._command.name)

    def _build(self, texts: Texts) -> app_commands.Command[Any, ..., None]:
        async def callback(interaction: discord.Interaction) -> None:
            await self._panels.open(interaction, LIMITS)

        words = app_commands.locale_str(
            texts(FALLBACK, "command.limits"), render=lambda locale: texts(locale, "command.limits")
        )
        command: app_commands.Command[Any, ..., None] = app_commands.Command(
            name=LIMITS.command,
            description=words,
            callback=callback,
            # As in cogs/commands.py.
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            auto_locale_strings=False,
        )
        # What Discord shows; the door judges for itself.
        return app_commands.default_permissions(manage_guild=True)(command)
