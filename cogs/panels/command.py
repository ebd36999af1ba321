"""The command that opens a panel; everything after that is the panel's own business."""

from typing import Any

import discord
from discord import app_commands

from bot.text import FALLBACK, Texts
from cogs.panels.door import Panels
from cogs.panels.panel import Panel
from cogs.places import SERVERS_ONLY


def panel_command(
    panel: Panel, *, panels: Panels, texts: Texts, words: str, needs: discord.Permissions
) -> app_commands.Command[Any, ..., None]:
    """The command of a panel. `words` is the message id of its description; `needs` is what Discord shows it for."""

    async def callback(interaction: discord.Interaction) -> None:
        await panels.open(interaction, panel)

    description = app_commands.locale_str(texts(FALLBACK, words), render=lambda locale: texts(locale, words))
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=panel.command,
        description=description,
        callback=callback,
        **SERVERS_ONLY,
    )
    # What Discord shows; the door judges for itself.
    command.default_permissions = needs
    return command
