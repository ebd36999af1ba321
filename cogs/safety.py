"""`/safety`: where moderators set how careful the bot is in their server, and see who changed what."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.admin.rulebook import Rulebook
from bot.rights import Rank
from bot.settings import SAFETY_SETTINGS, Page
from bot.text import Texts
from cogs.panels.command import panel_command
from cogs.panels.door import Panels
from cogs.panels.panel import Panel, Rights
from cogs.safety_changes import Changes

SAFETY = Panel(
    command="safety",
    rank=Rank.MODERATOR,
    title="safety.title",
    refused="safety.refused",
    settings=SAFETY_SETTINGS,
    sheets=(Page.CHANGES,),
)


class Safety(commands.Cog):
    """The command that opens the panel, and the page of changes."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        panels: Panels,
        rulebook: Rulebook,
        rights: Rights,
        texts: Texts,
    ) -> None:
        self._tree = tree
        self._panels = panels
        self._changes = Changes(rulebook=rulebook, rights=rights)
        needs = discord.Permissions(manage_messages=True)
        self._command = panel_command(SAFETY, panels=panels, texts=texts, words="command.safety", needs=needs)

    async def cog_load(self) -> None:
        self._panels.add(SAFETY, {Page.CHANGES: self._changes})
        self._tree.add_command(self._command)

    async def cog_unload(self) -> None:
        self._tree.remove_command(self._command.name)
