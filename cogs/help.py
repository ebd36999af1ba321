"""`/help`: how to begin, and what this server allows this person now."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.admin.allowances import Allowances
from bot.catalog import Catalog
from bot.clock import Clock
from bot.help_text import HelpText, Links
from bot.levels import level_of_place
from bot.rights import NEEDED_BITS, Rank
from bot.settings import CHANNEL_LEVELS, SAFETY_LEVEL
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Tell
from cogs.me import read_asker
from cogs.members import Members
from cogs.panels.panel import Rights
from cogs.places import is_age_restricted, is_offered, place_id_of, reach_of
from cogs.serving import Serving
from cogs.slash import CommandCog, slash
from cogs.widgets import sheet

NAME = "help"

Interaction = discord.Interaction[Any]
Listed = app_commands.Command[Any, ..., Any] | app_commands.Group


class Help(CommandCog):
    """One command, for everybody. `ceiling` is the operator's safety_filter_level for all."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        allowances: Allowances,
        rights: Rights,
        members: Members,
        ceiling: str,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, slash(NAME, self._use, texts=texts, words="help.command"))
        self._allowances = allowances
        self._rights = rights
        self._members = members
        self._ceiling = ceiling
        self._catalog = catalog
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)

    async def _use(self, interaction: Interaction) -> None:
        do = self._members.may(interaction, NAME, partial(self._help, interaction))
        await self._serving.serve(interaction, do)

    async def _help(self, interaction: Interaction) -> Answer:
        locale = str(interaction.locale)
        standing = await self._allowances.of(read_asker(interaction))
        level = level_of_place(
            server=standing.rules.guild[SAFETY_LEVEL],
            channel=standing.rules.guild[CHANNEL_LEVELS].get(place_id_of(interaction)),
            age_restricted=is_age_restricted(interaction),
            ceiling=self._ceiling,
        )
        text = HelpText(texts=self._texts, catalog=self._catalog, locale=locale)
        known = await self._known(interaction)
        return Tell(sheet(text.paragraphs(standing, level, commands=known, links=self._links())))

    async def _known(self, interaction: Interaction) -> list[str]:
        """The names of the commands that this person may use in this channel, in the order in which they were added."""
        reach = reach_of(interaction)
        listed = [each for each in _listed(self._tree) if is_offered(each, reach)]
        allowed = await asyncio.gather(
            *(self._rights.allows(interaction, command=each.name, rank=_rank(each)) for each in listed)
        )
        return [each.name for each, may in zip(listed, allowed, strict=True) if may]

    def _links(self) -> Links:
        """What the operator told Discord about this application."""
        about = self._tree.client.application
        if about is None:
            return Links()
        return Links(privacy_url=about.privacy_policy_url or "", terms_url=about.terms_of_service_url or "")


def _listed(tree: app_commands.CommandTree[Any]) -> Iterable[Listed]:
    return (each for each in tree.get_commands() if not isinstance(each, app_commands.ContextMenu))


def _rank(command: Listed) -> Rank:
    """Whom a command is for, by what Discord was told to ask for."""
    needed = command.default_permissions.value if command.default_permissions else 0
    return next((rank for rank, bits in NEEDED_BITS.items() if bits == needed), Rank.ADMINISTRATOR)
