"""The commands that make images: one for each offer of the catalog."""

from collections.abc import Iterable
from typing import Any

from discord import app_commands

from bot.offers import Offer
from bot.text import Texts
from cogs.commands import Run, Suggest, build_command
from cogs.slash import CommandCog


class Imagen(CommandCog):
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
        super().__init__(tree, *(build_command(offer, run=run, texts=texts, suggest=suggest) for offer in offers))
