"""`/limits`: where administrators set what their server allows."""

from typing import Any

import discord
from discord import app_commands

from bot.rights import Rank
from bot.settings import SETTINGS
from bot.text import Texts
from cogs.panels.command import PanelCommand
from cogs.panels.door import Panels
from cogs.panels.panel import Panel

LIMITS = Panel(
    command="limits",
    rank=Rank.ADMINISTRATOR,
    title="panel.limits.title",
    refused="panel.limits.refused",
    settings=SETTINGS,
)


class Limits(PanelCommand):
    """The command that opens the panel."""

    def __init__(self, *, tree: app_commands.CommandTree[Any], panels: Panels, texts: Texts) -> None:
        needs = discord.Permissions(manage_guild=True)
        super().__init__(LIMITS, tree=tree, panels=panels, texts=texts, words="command.limits", needs=needs)
