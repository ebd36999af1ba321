"""`/imagen-compare`: one prompt, several models side by side, after a question that tells the price of all."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.asking.asks import Ask
from bot.asking.habits import Habits
from bot.asking.plans import COMPARE, COMPARED_MIN, compare_offer
from bot.catalog import Catalog
from bot.clock import Clock
from bot.jobs import IMAGES_MAX
from bot.offers import Offer
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer
from cogs.asking.drafts import Drafts
from cogs.asking.preset_names import PresetNames
from cogs.asking.starting import PRIVATE, SPOILER, left_out_words
from cogs.commands import build_command
from cogs.members import Members
from cogs.serving import Interaction, Serving, Wrong
from cogs.slash import CommandCog


class Compare(CommandCog):
    """One command; which models are compared is chosen in the question that answers it."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        habits: Habits,
        drafts: Drafts,
        names: PresetNames,
        members: Members,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        offer = compare_offer(catalog)
        made = (
            None
            if offer is None
            else build_command(offer, run=self.use, texts=texts, suggest=names.suggest, words="compare.command")
        )
        super().__init__(tree, *([] if made is None else [made]))
        self._habits = habits
        self._drafts = drafts
        self._members = members
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)

    async def use(self, interaction: discord.Interaction, _offer: Offer, options: Mapping[str, Any]) -> None:
        """Ask whether all models that can be used here are to make it."""
        ask = self._members.may(interaction, COMPARE, partial(self._ask, interaction, options))
        await self._serving.serve(interaction, ask)

    async def _ask(self, interaction: Interaction, options: Mapping[str, Any]) -> Answer:
        private = options.get(PRIVATE, False)
        offered = (await self._drafts.compared_here(interaction, private=private))[:IMAGES_MAX]
        if len(offered) < COMPARED_MIN:
            raise Wrong("compare.too_few")
        composed = await self._habits.compose(
            options, models=offered, guild_id=interaction.guild_id or 0, user_id=interaction.user.id
        )
        ask = Ask(
            command=COMPARE,
            models=tuple(model.key for model in offered),
            values={name: value for name, value in composed.options.items() if name not in {PRIVATE, SPOILER}},
            private=private,
            spoiler=options.get(SPOILER, False),
        )
        labels = ", ".join(model.label for model in offered)
        left_out = left_out_words(composed, model=labels, texts=self._texts, locale=str(interaction.locale))
        return await self._drafts.question(interaction, ask, notes=[left_out] if left_out else [])
