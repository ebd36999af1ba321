"""`/me`: what a member can still make, when it is renewed, and what of theirs is under way."""

import asyncio
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.admin.allowances import Allowances
from bot.catalog import Catalog
from bot.clock import Clock
from bot.errors import StoreError
from bot.limits import Asker
from bot.standing import StandingText
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.members import Members
from cogs.operator.options import Wrong, localised
from cogs.panels.answers import Answer, Answering, Tell
from cogs.places import SERVERS_ONLY, home_id
from cogs.rights import read_caller
from cogs.widgets import notice, sheet

NAME = "me"

log = structlog.get_logger()


def read_asker(interaction: discord.Interaction) -> Asker:
    """Who asks and where."""
    caller = read_caller(interaction)
    return Asker(
        guild_id=home_id(interaction),
        place_id=caller.channel_id,
        user_id=caller.user_id,
        role_ids=tuple(caller.role_ids),
    )


class Me(commands.Cog):
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
        self._tree = tree
        self._allowances = allowances
        self._members = members
        self._catalog = catalog
        self._texts = texts
        self._answering = Answering(texts=texts, clock=clock, patience=patience or Patience())
        self._command = self._build()

    async def cog_load(self) -> None:
        self._tree.add_command(self._command)

    async def cog_unload(self) -> None:
        self._tree.remove_command(NAME)

    def _build(self) -> app_commands.Command[Any, ..., None]:
        async def callback(interaction: discord.Interaction) -> None:
            deciding = asyncio.ensure_future(self._look_up(interaction))
            await self._answering.answer(interaction, deciding, opens_form=False)

        return app_commands.Command(
            name=NAME,
            description=localised(self._texts, "me.command"),
            callback=callback,
            **SERVERS_ONLY,
        )

    async def _look_up(self, interaction: discord.Interaction) -> Answer:
        locale = str(interaction.locale)
        try:
            await self._members.check(interaction, NAME)
            standing = await self._allowances.of(read_asker(interaction))
        except Wrong as wrong:
            return Tell(notice(self._texts(locale, wrong.message_id, **wrong.values)))
        except StoreError:
            log.exception("a member's standing could not be read", interaction_id=interaction.id)
            return Tell(notice(self._texts(locale, "me.error.store")))
        text = StandingText(texts=self._texts, locale=locale, catalog=self._catalog)
        return Tell(sheet(text.paragraphs(standing)))
