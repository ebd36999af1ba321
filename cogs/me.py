"""`/me`: what a member can still make, when it is renewed, and what of theirs is under way."""

from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.admin.allowances import Allowances
from bot.catalog import Catalog
from bot.clock import Clock
from bot.limits import Asker
from bot.standing import StandingText
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Tell
from cogs.members import Members
from cogs.places import home_id
from cogs.rights import read_caller
from cogs.serving import Serving
from cogs.slash import CommandCog, slash
from cogs.widgets import sheet

NAME = "me"


def read_asker(interaction: discord.Interaction) -> Asker:
    """Who asks and where."""
    caller = read_caller(interaction)
    return Asker(
        guild_id=home_id(interaction),
        place_id=caller.channel_id,
        user_id=caller.user_id,
        role_ids=tuple(caller.role_ids),
    )


class Me(CommandCog):
    """One command, for everybody, about nobody else."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        allowances: Allowances,
        members: Members,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, slash(NAME, self._use, texts=texts, words="me.command"))
        self._allowances = allowances
        self._members = members
        self._catalog = catalog
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience, store_words="me.error.store")

    async def _use(self, interaction: discord.Interaction) -> None:
        do = self._members.may(interaction, NAME, partial(self._look_up, interaction))
        await self._serving.serve(interaction, do)

    async def _look_up(self, interaction: discord.Interaction) -> Answer:
        standing = await self._allowances.of(read_asker(interaction))
        text = StandingText(texts=self._texts, locale=str(interaction.locale), catalog=self._catalog)
        return Tell(sheet(text.paragraphs(standing)))
