"""`/history`: members look through the images that they made or like best, and open one. Everything of it is for their eyes alone.

Nothing of it is registered with discord.py, and nothing is kept: a page's custom_ids say all that there is to know.
"""

from dataclasses import replace
from functools import partial
from typing import Any, assert_never

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.catalog import Catalog
from bot.clock import Clock
from bot.errors import StoreError
from bot.finding.histories import Found, Histories
from bot.finding.history import WORDS, BadDate, words_of
from bot.finding.history_text import HistoryText, Wanted, suggested_dates
from bot.markdown import clipped
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Form, Illustrated, Tell
from cogs.finding.found_cards import FoundCards, NoPicture
from cogs.finding.history_ids import PREFIX, Act, Spot, anew, read_act, read_form, read_picked, read_spot
from cogs.finding.history_thumbs import Thumbs
from cogs.finding.history_view import page_view, wanted_form
from cogs.finding.places_seen import seen_by, still_seen
from cogs.ids import custom_id_of
from cogs.members import Members
from cogs.places import home_id, is_age_restricted
from cogs.serving import Do, Serving, Wrong
from cogs.sight import Sight
from cogs.slash import CommandCog, Slash, slash
from cogs.widgets import card_view

NAME = "history"
SUGGESTIONS_MAX = 25
# So many pages are looked at for one with something to be seen: of each thread on them Discord may have to be asked.
PAGES_AT_ONCE_MAX = 3

Interaction = discord.Interaction[Any]
Words = app_commands.Range[str, 1, WORDS.high]

log = structlog.get_logger()


class History(CommandCog):
    """The command, and the door that everything pressed in its answers comes through."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        histories: Histories,
        thumbs: Thumbs,
        cards: FoundCards,
        sight: Sight,
        members: Members,
        words_days: int,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, self._command(texts))
        self._histories = histories
        self._thumbs = thumbs
        self._cards = cards
        self._sight = sight
        self._members = members
        self._words_days = words_days
        self._catalog = catalog
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)

    def _command(self, texts: Texts) -> Slash:
        async def callback(
            interaction: Interaction, words: Words = "", model: str = "", *, favourites: bool = False, date: str = ""
        ) -> None:
            wanted = Wanted(words=words, model=model, date=date, favourites=favourites)
            await self._serve(interaction, partial(self._begin, interaction, wanted))

        options = {
            "words": "history.option.words",
            "model": "history.option.model",
            "favourites": "history.option.favourites",
            "date": "history.option.date",
        }
        command = slash(NAME, callback, texts=texts, words="history.command", options=options)
        command.autocomplete("model")(self._suggest_models)
        command.autocomplete("date")(self._suggest_dates)
        return command

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if custom_id.startswith(PREFIX):
            act = read_act(custom_id)
            await self._serve(interaction, partial(self._act, interaction, custom_id), opens_form=act is Act.FORM)

    async def _serve(self, interaction: Interaction, do: Do, *, opens_form: bool = False) -> None:
        await self._serving.serve(interaction, self._members.may(interaction, NAME, do), opens_form=opens_form)

    # ------------------------------------------------------------ what each does

    async def _act(self, interaction: Interaction, custom_id: str) -> Answer:
        act = read_act(custom_id)
        if act is Act.SAVE:
            return await self._begin(interaction, read_form(interaction))
        spot = read_spot(custom_id, interaction.message)
        if act is None or spot is None:
            raise Wrong("history.stale")
        match act:
            case Act.NEWEST:
                return await self._page(interaction, anew(spot))
            case Act.NEWER | Act.OLDER:
                return await self._page(interaction, spot)
            case Act.OPEN:
                return await self._open(interaction)
            case Act.FORM:
                return Form(wanted_form(self._text(interaction), spot))
            case _:
                assert_never(act)

    async def _begin(self, interaction: Interaction, typed: Wanted) -> Answer:
        """The newest of what is wanted, as it was typed."""
        model = self._text(interaction).model_key(typed.model)
        if model is None:
            raise Wrong("history.no_model", model=clipped(typed.model, characters_max=100, bytes_max=300))
        wanted = replace(typed, words=" ".join(words_of(typed.words)), model=model, date=typed.date.strip())
        return await self._page(interaction, Spot(wanted=wanted))

    async def _page(self, interaction: Interaction, spot: Spot) -> Answer:
        try:
            found = await self._found(interaction, spot)
        except BadDate as error:
            raise Wrong("history.no_date", **error.values) from None
        text = self._text(interaction)
        thumbs, absent = await self._thumbs.of(
            found.page.rows, locale=text.locale, age_restricted=is_age_restricted(interaction)
        )
        view = page_view(text, found, spot, thumbs=thumbs, absent=absent)
        return Illustrated(view, tuple(enclosed for _, enclosed, _ in thumbs))

    async def _found(self, interaction: Interaction, spot: Spot) -> Found:
        """What whoever asks still sees of a page; where that is nothing, of one further on. Raises BadDate."""
        member = {"user_id": interaction.user.id, "guild_id": home_id(interaction)}
        seen = seen_by(interaction) if spot.wanted.favourites else None
        at = spot.at
        for _ in range(PAGES_AT_ONCE_MAX):
            found = await self._histories.page(spot.wanted, **member, at=at, seen=seen)
            rows = await still_seen(interaction, found.page.rows)
            further = found.page.newer if at is not None and at.newer else found.page.older
            if rows or further is None:
                break
            at = further
        is_all = found.page.older is None and found.page.newer is None
        return replace(found, page=replace(found.page, rows=rows), count=len(rows) if is_all else found.count)

    async def _open(self, interaction: Interaction) -> Answer:
        """One of them, with its buttons."""
        picked = read_picked(interaction)
        made = None
        if picked is not None:
            made = await self._histories.visible(picked, viewer_id=interaction.user.id, guild_id=home_id(interaction))
        if made is None or not await self._sight.sees(interaction, made.request):
            raise Wrong("history.gone")
        if made.request.age_restricted and not is_age_restricted(interaction):
            raise Wrong("show.age")
        try:
            found = await self._cards.card(
                made,
                locale=str(interaction.locale),
                hidden=made.request.spoiler,
                own=made.request.user_id == interaction.user.id,
                limit_bytes=interaction.filesize_limit,
            )
        except NoPicture:
            raise Wrong("show.no_picture", link=self._text(interaction).link(made)) from None
        return Tell(card_view(found.card), found.enclosed)

    # ------------------------------------------------------------ suggestions

    async def _suggest_models(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        models = [model for model in self._catalog.models if typed.casefold() in model.label.casefold()]
        return [app_commands.Choice(name=model.label, value=model.key) for model in models[:SUGGESTIONS_MAX]]

    async def _suggest_dates(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        text = self._text(interaction)
        try:
            today = await self._histories.today(home_id(interaction))
        except StoreError:
            return []
        named = [(f"{text(name)} · {value}", value) for name, value in suggested_dates(today)]
        return [
            app_commands.Choice(name=name, value=value)
            for name, value in named
            if typed.strip().casefold() in name.casefold()
        ]

    def _text(self, interaction: Interaction) -> HistoryText:
        return HistoryText(
            texts=self._texts, catalog=self._catalog, locale=str(interaction.locale), words_days=self._words_days
        )
