"""`/show`: one image once more, with its buttons: for all to see where that may be, or for oneself.

A copy that all see is written down before anything stands in its message, so that whatever is removed or hidden later is so there, too
(bot/tracker/copying.py). It is of public images of the same server only: a private one is shown to its owner, whose card
has a button that shares it.
"""

import asyncio
import contextlib
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.catalog import Catalog
from bot.clock import Clock
from bot.errors import DeliveryError, StoreError
from bot.fields import BadValue
from bot.finding.histories import Histories
from bot.finding.history import WORDS
from bot.finding.history_text import HistoryText
from bot.text import Texts
from cogs.acknowledge import Patience, acknowledge
from cogs.answers import Answering, Tell
from cogs.asking.asking import created_ms
from cogs.finding.show_choice import NAME, Choice, Post
from cogs.finding.show_copies import Changed, Copies
from cogs.slash import CommandCog, Slash, slash
from cogs.widgets import NOBODY, words_view

Interaction = discord.Interaction[Any]
Named = app_commands.Range[str, 1, WORDS.high]

log = structlog.get_logger()


class Show(CommandCog):
    """One command, for everybody."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        histories: Histories,
        choice: Choice,
        copies: Copies,
        words_days: int,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, self._command(texts))
        self._histories = histories
        self._choice = choice
        self._copies = copies
        self._words_days = words_days
        self._catalog = catalog
        self._texts = texts
        self._clock = clock
        self._patience = patience or Patience()
        self._answering = Answering(texts=texts, clock=clock, patience=self._patience)

    def _command(self, texts: Texts) -> Slash:
        async def callback(interaction: Interaction, image: Named, *, private: bool = False) -> None:
            await self._use(interaction, image, private=private)

        options = {"image": "show.option.image", "private": "show.option.private"}
        command = slash(NAME, callback, texts=texts, words="show.command", options=options)
        command.autocomplete("image")(self._suggest)
        return command

    # ------------------------------------------------------------ answering

    async def _use(self, interaction: Interaction, typed: str, *, private: bool) -> None:
        """Decide first, for a second at most: whether all see the answer is fixed with its first word."""
        deciding = asyncio.ensure_future(
            self._choice.decide(interaction, typed, self._text(interaction), private=private)
        )
        if private:
            await self._answer(interaction, deciding)
            return
        deadline = self._patience.deadline(age_s=(self._clock.now_ms() - created_ms(interaction)) / 1000)
        wait_s = self._patience.decide_until(deadline) - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({deciding}, timeout=max(wait_s, 0.0))
        if done and isinstance(deciding.result(), Tell):
            await self._answer(interaction, deciding)
            return
        answered = await acknowledge(
            interaction,
            lambda: interaction.response.defer(thinking=True),
            deadline=deadline,
            patience=self._patience,
        )
        decided = await deciding
        if answered:
            with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                await self._put_up(interaction, decided)

    async def _answer(self, interaction: Interaction, deciding: asyncio.Future[Tell | Post]) -> None:
        async def told() -> Tell:
            decided = await deciding
            if isinstance(decided, Post):
                raise TypeError("what is for one person is not put up for all")
            return decided

        await self._answering.answer(interaction, asyncio.ensure_future(told()), opens_form=False)

    async def _put_up(self, interaction: Interaction, decided: Tell | Post) -> None:
        """In the public reply that is there by now; what is for one person only goes to that person."""
        locale = str(interaction.guild_locale or interaction.locale)
        if isinstance(decided, Post):
            try:
                await self._copies.post(interaction, decided.made.request, decided.found)
            except (Changed, DeliveryError, StoreError) as error:
                log.warning("an image could not be shown again", interaction_id=interaction.id, reason=repr(error))
                view = words_view(self._texts(locale, "show.not_posted"), accent="failed")
                await interaction.edit_original_response(view=view, attachments=[], allowed_mentions=NOBODY)
            return
        view = words_view(self._texts(locale, "show.answered_privately"), accent="waiting")
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
        await interaction.followup.send(
            view=decided.view, files=decided.files(), ephemeral=True, allowed_mentions=NOBODY
        )

    async def _suggest(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """One's own images, as one types."""
        text = self._text(interaction)
        try:
            found = await self._histories.suggestions(typed, user_id=interaction.user.id)
        except (StoreError, BadValue):
            return []
        return [app_commands.Choice(name=text.suggested(each), value=text.ref(each)) for each in found]

    def _text(self, interaction: Interaction) -> HistoryText:
        return HistoryText(
            texts=self._texts, catalog=self._catalog, locale=str(interaction.locale), words_days=self._words_days
        )
