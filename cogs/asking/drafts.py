"""Asking before it is made: a private question with the price of all, whose buttons work until it is used."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, assert_never

import structlog
from discord.ext import commands

from bot.admin.allowances import Allowances
from bot.admin.rulebook import Rulebook
from bot.admission import check_level
from bot.asking.asks import Ask
from bot.asking.draft_book import DraftBook, DraftGone, OthersDraft, PressedTwice
from bot.asking.draft_text import has_choices
from bot.asking.plans import COMPARE, COMPARED_MIN, comparable, in_common_shape, most_at_once, plan_of
from bot.catalog import Catalog, Model
from bot.clock import Clock
from bot.errors import StoreError
from bot.limits import Rules
from bot.rights import Rank
from bot.store.drafts import Draft
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Redraw, Tell
from cogs.asking.asking import Asking
from cogs.asking.draft_check import DraftCheck
from cogs.asking.draft_view import PREFIX, DraftAct, DraftAddress, DraftWriter, Question, read_draft_address
from cogs.ids import custom_id_of
from cogs.panels.panel import Rights
from cogs.places import home_id, is_age_restricted, place_id_of
from cogs.serving import Interaction, Serving, Wrong
from cogs.widgets import words_view

# What is pressed must be answered within three seconds, and what is asked for then takes its time, too.
TAKE_S = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is asked, as levels are judged."""

    place_id: int
    age_restricted: bool
    private: bool


class Drafts(commands.Cog):
    """Puts questions, and answers whatever is pressed on them. Each press is judged anew."""

    def __init__(
        self,
        *,
        asking: Asking,
        book: DraftBook,
        rulebook: Rulebook,
        allowances: Allowances,
        rights: Rights,
        catalog: Catalog,
        ceiling: str,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._asking = asking
        self._book = book
        self._rulebook = rulebook
        self._check = DraftCheck(allowances=allowances, catalog=catalog, ceiling=ceiling, texts=texts)
        self._rights = rights
        self._catalog = catalog
        self._ceiling = ceiling
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)

    async def compared_here(self, interaction: Interaction, *, private: bool) -> tuple[Model, ...]:
        """The models that can be compared in this place; raises Refusal where no images may be made like this."""
        rules = await self._rulebook.rules(home_id(interaction))
        return self._compared(interaction, rules, private=private)

    async def question(self, interaction: Interaction, ask: Ask, *, notes: Sequence[str] = ()) -> Answer:
        """Keep what is asked for, and ask its person whether they want it; raises Refusal and StoreError."""
        rules = await self._rulebook.rules(home_id(interaction))
        question = self._put(interaction, interaction.id, replace(ask, expand=has_choices(ask)), rules, notes=notes)
        question = await self._check.affordable(interaction, question)
        await self._book.put(interaction.id, question.ask, guild_id=home_id(interaction), user_id=interaction.user.id)
        return Tell(self._writer(interaction).view(question))

    # ------------------------------------------------------------ what is pressed

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if not custom_id.startswith(PREFIX):
            return
        address = read_draft_address(custom_id)
        match address.does if address is not None else None:
            case None:
                await self._serving.serve(interaction, partial(_fail, Wrong("draft.gone")))
            case DraftAct.MAKE | DraftAct.PLAIN:
                await self._make(interaction, _known(address))
            case DraftAct.MODELS:
                await self._serve(interaction, partial(self._choose, interaction, _known(address)))
            case DraftAct.CANCEL:
                await self._serve(interaction, partial(self._cancel, interaction, _known(address)))
            case other:
                assert_never(other)

    async def _serve(self, interaction: Interaction, do: Callable[[], Awaitable[Answer]]) -> None:
        async def told() -> Answer:
            try:
                return await do()
            except (DraftGone, OthersDraft) as error:
                raise _words_of(error) from None

        await self._serving.serve(interaction, told)

    async def _make(self, interaction: Interaction, address: DraftAddress) -> None:
        """Take the draft, and ask for what it says; where that is refused, it can be pressed again."""
        taking = asyncio.ensure_future(
            self._book.take(
                address.draft_id,
                guild_id=home_id(interaction),
                user_id=interaction.user.id,
                press_id=interaction.id,
            )
        )
        done, _ = await asyncio.wait({taking}, timeout=TAKE_S)
        if not done:
            await self._serving.serve(interaction, partial(_fail, Wrong("draft.store")))
        try:
            draft = await taking
        except PressedTwice:
            return
        except (DraftGone, OthersDraft, StoreError) as error:
            if done:
                await self._serve(interaction, partial(_fail, error))
            return
        try:
            if done and await self._may(interaction, draft):
                plain = address.does is DraftAct.PLAIN
                ask = replace(draft.ask, expand=draft.ask.expand and not plain)
                await self._asking.ask(interaction, in_common_shape(ask, self._catalog))
        finally:
            await self._let_go(address.draft_id)

    async def _may(self, interaction: Interaction, draft: Draft) -> bool:
        """Whether this person may use the command that asked; where they may not (any more), they are told."""
        command = draft.ask.command
        allowed = await self._rights.allows(interaction, command=command, rank=Rank.MEMBER)
        if not allowed:
            await self._serving.serve(interaction, partial(_fail, Wrong("button.not_allowed", command=command)))
        return allowed

    async def _let_go(self, draft_id: int) -> None:
        try:
            await self._book.let_go(draft_id)
        except StoreError:
            # Whether it was used is read from the request itself.
            log.exception("a draft could not be put away", draft_id=draft_id)

    async def _choose(self, interaction: Interaction, address: DraftAddress) -> Answer:
        draft = await self._find(interaction, address)
        if draft.ask.command != COMPARE:
            raise DraftGone
        data: Mapping[str, Any] = interaction.data or {}
        rules = await self._rulebook.rules(draft.guild_id)
        picked = tuple(data.get("values") or ())
        models = tuple(
            model.key for model in self._compared(interaction, rules, private=draft.ask.private) if model.key in picked
        )
        if len(models) < max(len(picked), COMPARED_MIN):
            raise Wrong("compare.not_here")
        # More models may leave too little room for the choices in braces, and fewer may make room again.
        ask = replace(draft.ask, models=models, expand=has_choices(draft.ask))
        question = self._put(interaction, draft.draft_id, ask, rules)
        question = await self._check.affordable(interaction, question)
        await self._book.change(draft, question.ask)
        return Redraw(self._writer(interaction).view(question))

    async def _cancel(self, interaction: Interaction, address: DraftAddress) -> Answer:
        await self._book.drop(await self._find(interaction, address))
        return Redraw(words_view(self._texts(str(interaction.locale), "draft.cancelled"), accent="done"))

    async def _find(self, interaction: Interaction, address: DraftAddress) -> Draft:
        return await self._book.find(address.draft_id, guild_id=home_id(interaction), user_id=interaction.user.id)

    # ------------------------------------------------------------ what is asked

    def _put(
        self, interaction: Interaction, draft_id: int, ask: Ask, rules: Rules, *, notes: Sequence[str] = ()
    ) -> Question:
        most = most_at_once(rules)
        too_many = ""
        if ask.expand and plan_of(ask, self._catalog).images > most:
            too_many = self._writer(interaction).too_many(ask, most=most)
            ask = replace(ask, expand=False)
        offered = self._compared(interaction, rules, private=ask.private) if ask.command == COMPARE else ()
        notes = (*notes, *self._writer(interaction).shape(ask))
        return Question(draft_id=draft_id, ask=ask, offered=offered, too_many=too_many, notes=notes)

    def _compared(self, interaction: Interaction, rules: Rules, *, private: bool) -> tuple[Model, ...]:
        place = Place(place_id=place_id_of(interaction), age_restricted=is_age_restricted(interaction), private=private)
        return comparable(self._catalog, rules, level=check_level(place, rules, ceiling=self._ceiling))

    def _writer(self, interaction: Interaction) -> DraftWriter:
        return DraftWriter(texts=self._texts, locale=str(interaction.locale), catalog=self._catalog)


def _known(address: DraftAddress | None) -> DraftAddress:
    """The address, which was read."""
    if address is None:
        raise TypeError(address)
    return address


async def _fail(error: Exception) -> Answer:
    raise error


def _words_of(error: DraftGone | OthersDraft) -> Wrong:
    """Why nothing was done."""
    match error:
        case DraftGone():
            return Wrong("draft.gone")
        case OthersDraft():
            return Wrong("draft.others")
        case _:
            assert_never(error)
