"""Pages of a panel that show no settings: what they draw, and what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import discord
from discord import ui

from cogs.answers import Answer
from cogs.panels.drawing import View
from cogs.panels.editors.base import Block
from cogs.panels.ids import Address


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked for is done: the page is drawn anew, with these words above it."""

    note: str


class Sheet(Protocol):
    """One page. Whoever comes here may use the panel; what else it takes, the sheet judges itself."""

    async def blocks(self, interaction: discord.Interaction, view: View, address: Address) -> Sequence[Block]:
        """What stands on the page; raises StoreError."""
        ...

    def form(self, view: View, address: Address) -> ui.Modal:
        """The form of this address; raises Stale where there is none."""
        ...

    async def act(self, interaction: discord.Interaction, view: View, address: Address) -> Answer | Done:
        """Do what was pressed or sent; raises Stale where it means nothing, and StoreError."""
        ...
