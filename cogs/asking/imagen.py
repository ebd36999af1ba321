"""The commands that make images: one for each offer of the catalog."""

from collections.abc import Iterable
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.offers import Offer
from bot.text import Texts
from cogs.commands import Run, Suggest, build_command


class Imagen(commands.Cog):
    """Puts the commands up; `run` has their uses asked for, and `suggest` completes the names of presets."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        offers: Iterable[Offer],
        run: Run,
        texts: Texts,
        suggest: Suggest | None = None,
    ) -> None:
        self._tree = tree
        self._commands = [build_command(offer, run=run, texts=texts, suggest=suggest) for offer in offers]

    async def cog_load(self) -> None:
        for command in self._commands:
            self._tree.add_command(command)

    async def cog_unload(self) -> None:
        for command in self._commands:
            self._tree.remove_command(command.name)
