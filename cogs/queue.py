"""`/queue`: what runs and waits in this server, told to whoever asks."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import discord
from discord import app_commands

from bot.catalog import Catalog
from bot.clock import Clock
from bot.queue_text import Queued, QueueText
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Tell
from cogs.members import Members
from cogs.places import home_id
from cogs.serving import Serving
from cogs.slash import CommandCog, slash
from cogs.widgets import sheet

NAME = "queue"

Interaction = discord.Interaction[Any]


class Tracker(Protocol):
    """Knows what is under way."""

    async def queue(self, guild_id: int) -> Sequence[Queued]:
        """What runs, and then what waits, in the order of its turns; raises StoreError."""
        ...


class Queue(CommandCog):
    """One command, for everybody."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        tracker: Tracker,
        members: Members,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, slash(NAME, self._use, texts=texts, words="queue.command"))
        self._tracker = tracker
        self._members = members
        self._catalog = catalog
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)

    async def _use(self, interaction: Interaction) -> None:
        do = self._members.may(interaction, NAME, partial(self._look, interaction))
        await self._serving.serve(interaction, do)

    async def _look(self, interaction: Interaction) -> Answer:
        queued = await self._tracker.queue(home_id(interaction))
        text = QueueText(texts=self._texts, catalog=self._catalog, locale=str(interaction.locale))
        return Tell(sheet(text.paragraphs(queued, user_id=interaction.user.id)))
