"""From the use of a command to what is asked for: presets and members' own defaults, and choices in braces, which ask first."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.asking.asks import Ask
from bot.asking.draft_text import has_choices
from bot.asking.habits import Composed, Habits
from bot.catalog import Catalog, Model
from bot.clock import Clock
from bot.errors import StoreError
from bot.intake import Refusal
from bot.offers import MODEL, Offer
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer
from cogs.asking.asking import Asking
from cogs.asking.drafts import Drafts
from cogs.members import Members
from cogs.places import home_id
from cogs.serving import Interaction, Serving, Wrong

PRIVATE, SPOILER = "private", "spoiler"
# Of the three seconds that Discord allows; the decision itself takes its time, too.
COMPOSE_S = 0.8


def ask_for(offer: Offer, options: Mapping[str, Any]) -> Ask:
    """What the options of a command ask for; the first model of a command is its default."""
    own = {MODEL, PRIVATE, SPOILER}
    return Ask(
        command=offer.command,
        models=(options.get(MODEL, offer.models[0].key),),
        values={name: value for name, value in options.items() if name not in own},
        private=options.get(PRIVATE, False),
        spoiler=options.get(SPOILER, False),
    )


def left_out_words(composed: Composed, *, model: str, texts: Texts, locale: str) -> str:
    """Which options of the preset the model does not take; empty where it takes all."""
    if composed.preset is None or not composed.left_out:
        return ""
    options = ", ".join(f"`{name}`" for name in composed.left_out)
    return texts(locale, "preset.left_out", model=model, options=options)


class Starter:
    """Has a command's use asked for, or has its person asked first."""

    def __init__(
        self,
        *,
        habits: Habits,
        asking: Asking,
        drafts: Drafts,
        members: Members,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._habits = habits
        self._asking = asking
        self._drafts = drafts
        self._members = members
        self._catalog = catalog
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)

    async def start(self, interaction: Interaction, offer: Offer, options: Mapping[str, Any]) -> None:
        """Ask for it as its preset and the member's own defaults have it; where the prompt has choices, ask first."""
        model = self._catalog[options.get(MODEL, offer.models[0].key)]
        # Both at once, because an answer has to be quick.
        composing = asyncio.ensure_future(self._compose(interaction, model, options))
        try:
            await self._members.check(interaction, offer.command)
            composed = await composing
        except (Refusal, StoreError, Wrong) as error:
            composing.cancel()
            await self._serving.serve(interaction, partial(_fail, error))
            return
        ask = ask_for(offer, composed.options)
        beside = left_out_words(composed, model=model.label, texts=self._texts, locale=str(interaction.locale))
        if has_choices(ask):
            notes = [beside] if beside else []
            await self._serving.serve(interaction, partial(self._drafts.question, interaction, ask, notes=notes))
        else:
            await self._asking.ask(interaction, ask, beside=beside)

    async def _compose(self, interaction: Interaction, model: Model, options: Mapping[str, Any]) -> Composed:
        """What is asked for with all that people keep; raises Refusal, StoreError, and Wrong where it takes too long."""
        try:
            async with asyncio.timeout(COMPOSE_S):
                return await self._habits.compose(
                    options, models=[model], guild_id=home_id(interaction), user_id=interaction.user.id
                )
        except TimeoutError:
            raise Wrong("draft.store") from None


async def _fail(error: Exception) -> Answer:
    raise error
