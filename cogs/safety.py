"""`/safety`: where moderators set how careful the bot is in their server, and see who changed what."""

from typing import Any

import discord
from discord import app_commands

from bot.admin.rulebook import Rulebook
from bot.rights import Rank
from bot.settings import SAFETY_SETTINGS, Page
from bot.text import Texts
from cogs.panels.command import PanelCommand
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


class Safety(PanelCommand):
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
        super().__init__(
            SAFETY,
            tree=tree,
            panels=panels,
            texts=texts,
            words="command.safety",
            needs=discord.Permissions(manage_messages=True),
            sheets={Page.CHANGES: Changes(rulebook=rulebook, rights=rights)},
        )
