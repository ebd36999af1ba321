"""The command that opens a panel; everything after that is the panel's own business."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.settings import Page
from bot.text import Texts
from cogs.panels.door import Panels
from cogs.panels.panel import Panel
from cogs.panels.sheets import Sheet
from cogs.slash import CommandCog, slash


class PanelCommand(CommandCog):
    """A panel and its command. `words` is the message id of its description; `needs` is what Discord shows it for."""

    def __init__(
        self,
        panel: Panel,
        *,
        tree: app_commands.CommandTree[Any],
        panels: Panels,
        texts: Texts,
        words: str,
        needs: discord.Permissions,
        sheets: Mapping[Page, Sheet] | None = None,
    ) -> None:
        super().__init__(tree, slash(panel.command, self._open, texts=texts, words=words, needs=needs))
        self._panel = panel
        self._panels = panels
        self._sheets = sheets

    async def cog_load(self) -> None:
        self._panels.add(self._panel, self._sheets)
        await super().cog_load()

    async def _open(self, interaction: discord.Interaction) -> None:
        await self._panels.open(interaction, self._panel)
