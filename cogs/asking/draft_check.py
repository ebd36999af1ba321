"""What of a question can be made by who is asked: nobody is offered a price for what would be refused."""

from dataclasses import replace
from functools import partial
from typing import Any

import discord

from bot.admin.allowances import Allowances
from bot.asking.draft_refusal import refusal_now
from bot.asking.plans import smaller
from bot.catalog import Catalog
from bot.limits import Asker
from bot.text import Texts
from bot.wording import refusal_words
from cogs.asking.asking import request_of
from cogs.asking.draft_view import Question


class DraftCheck:
    """Looks at a question as it would be decided if it were pressed now. `ceiling` is the operator's for all."""

    def __init__(self, *, allowances: Allowances, catalog: Catalog, ceiling: str, texts: Texts) -> None:
        self._allowances = allowances
        self._catalog = catalog
        self._ceiling = ceiling
        self._texts = texts

    async def affordable(self, interaction: discord.Interaction[Any], question: Question) -> Question:
        """The question, without what would be refused; raises that Refusal where nothing is left, and StoreError."""
        first = request_of(interaction, question.ask)
        standing = await self._allowances.of(
            Asker(guild_id=first.guild_id, place_id=first.place_id, user_id=first.user_id, role_ids=first.role_ids)
        )
        refused = partial(refusal_now, standing=standing, catalog=self._catalog, ceiling=self._ceiling)
        refusal = refused(first)
        if refusal is None:
            return question
        others = (request_of(interaction, ask) for ask in smaller(question.ask, question.offered))
        if all(refused(each) is not None for each in others):
            raise refusal
        words = refusal_words(self._texts, str(interaction.locale), refusal, public=False)
        return replace(question, too_many="\n".join(filter(None, (question.too_many, words))))
