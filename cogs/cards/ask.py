"""What is asked for from a card: the same again, with another model, or changed in a form. Whoever presses pays for it."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import discord
from discord import ui

from bot.asking.asks import Ask
from bot.asking.draft_text import has_choices
from bot.asking.edits import Edited, Mistakes, Source, Typed, again, model_of, read, redo, typed_of
from bot.asking.forms import Forms
from bot.cards.album import with_words
from bot.catalog import Catalog
from bot.ports import CardAct
from bot.rights import Rank
from bot.text import Texts
from cogs.answers import Answer, Form, Tell
from cogs.asking.asking import Asking
from cogs.cards.form import EditForm, read_form, switch_of
from cogs.cards.ids import CardAddress
from cogs.cards.mistakes import mistake_words
from cogs.cards.troubles import told
from cogs.ids import read_id
from cogs.panels.panel import Rights
from cogs.places import home_id
from cogs.serving import Interaction, Serving, Wrong
from cogs.widgets import words_view

# So long a card is looked for before the person is asked to press again: the rest of Discord's three seconds is for the
# decision about the request, and for answering.
LOOK_S = 1.2


class Questions(Protocol):
    """Asks before several images are made."""

    async def question(self, interaction: Interaction, ask: Ask, *, notes: Sequence[str] = ()) -> Answer:
        """What to answer with, which is kept until it is used; raises Refusal and StoreError."""
        ...


class CardAsk:
    """Finds out what is asked for, and asks."""

    def __init__(
        self,
        *,
        forms: Forms,
        asking: Asking,
        questions: Questions,
        serving: Serving,
        rights: Rights,
        catalog: Catalog,
        texts: Texts,
    ) -> None:
        self._forms = forms
        self._asking = asking
        self._questions = questions
        self._serving = serving
        self._rights = rights
        self._catalog = catalog
        self._texts = texts

    # ------------------------------------------------------------ forms

    async def open(self, interaction: Interaction, source: Source, *, draft: str = "") -> Answer:
        """The form about a card: as it was filled in last, where `draft` names that, and else as the card was made."""
        source = _as_seen(interaction, with_words(source))
        locale, interaction_id = str(interaction.locale), source.request.interaction_id
        typed = await self._typed(interaction, interaction_id, draft) or typed_of(
            source, self._catalog, switch=switch_of(self._texts, locale)
        )
        form = EditForm(texts=self._texts, locale=locale, catalog=self._catalog)
        return Form(form.modal(typed, interaction_id=interaction_id))

    async def _typed(self, interaction: Interaction, interaction_id: int, draft: str) -> Typed | None:
        draft_id = read_id(draft)
        if draft_id is None:
            return None
        member = {"guild_id": home_id(interaction), "user_id": interaction.user.id}
        return await self._forms.find(draft_id, of=interaction_id, **member)

    # ------------------------------------------------------------ asking

    async def ask(self, interaction: Interaction, looking: Awaitable[Source], address: CardAddress) -> None:
        """Ask for what was pressed or sent, judged as any request is; what is wrong with it is said at once."""
        finding = asyncio.ensure_future(self._find(interaction, looking, address))
        done, _ = await asyncio.wait({finding}, timeout=LOOK_S)
        if not done:
            finding.cancel()
            await self._serving.serve(interaction, _too_slow)
        elif finding.exception() is None and isinstance(found := finding.result(), Edited):
            await self._asking.ask(interaction, found.ask, beside=self._left_out(interaction, found))
        else:
            # Serving says what is wrong, and what went wrong.
            await self._serving.serve(interaction, lambda: _answer(finding))

    async def _find(
        self, interaction: Interaction, looking: Awaitable[Source], address: CardAddress
    ) -> Edited | Answer:
        with told():
            source = _as_seen(interaction, with_words(await looking))
        match address.does:
            case CardAct.AGAIN:
                found: Edited | Answer = Edited(again(source))
            case CardAct.REDO:
                found = redo(source, model_of(self._catalog, address.arg))
            case _:
                found = await self._read(interaction, source)
        if isinstance(found, Edited):
            await self._check_command(interaction, found.ask)
        return found

    async def _read(self, interaction: Interaction, source: Source) -> Edited | Answer:
        """What a form asks for; or what is wrong in it, or a question about the price."""
        typed = read_form(interaction, model=source.request.model)
        found = read(typed, source, self._catalog, switch=switch_of(self._texts, str(interaction.locale)))
        if isinstance(found, Mistakes):
            return await self._mistaken(interaction, source, typed, found)
        # A prompt that was made as it is written, and was not changed, means the same still.
        if has_choices(found.ask) and (source.request.expand or typed.prompt != source.request.prompt):
            return await self._question(interaction, found)
        return found

    async def _mistaken(self, interaction: Interaction, source: Source, typed: Typed, mistakes: Mistakes) -> Tell:
        """What is wrong, line by line, and a button that opens the form again with all that was typed."""
        locale, interaction_id = str(interaction.locale), source.request.interaction_id
        member = {"guild_id": home_id(interaction), "user_id": interaction.user.id}
        await self._forms.keep(typed, draft_id=interaction.id, of=interaction_id, **member)
        button: ui.Button[Any] = ui.Button(
            label=self._texts(locale, "edit.correct"),
            style=discord.ButtonStyle.primary,
            custom_id=CardAddress(CardAct.EDIT, interaction_id, str(interaction.id)).custom_id(),
        )
        words = mistake_words(mistakes, texts=self._texts, locale=locale, catalog=self._catalog)
        return Tell(words_view(words, accent="failed", buttons=[button]))

    async def _question(self, interaction: Interaction, edited: Edited) -> Answer:
        """Choices in braces make several images: what all of them cost is told first."""
        await self._check_command(interaction, edited.ask)
        left_out = self._left_out(interaction, edited)
        return await self._questions.question(interaction, edited.ask, notes=[left_out] if left_out else [])

    async def _check_command(self, interaction: Interaction, ask: Ask) -> None:
        """Discord judges the use of commands, and of no button; raises Wrong."""
        if not await self._rights.allows(interaction, command=ask.command, rank=Rank.MEMBER):
            raise Wrong("button.not_allowed", command=ask.command)

    def _left_out(self, interaction: Interaction, edited: Edited) -> str:
        """What is said beside the card; nothing where all was taken."""
        if not edited.left_out:
            return ""
        model = model_of(self._catalog, edited.ask.models[0])
        options = ", ".join(f"`{name}`" for name in edited.left_out)
        return self._texts(str(interaction.locale), "edit.left_out", model=model.label, options=options)


def _as_seen(interaction: Interaction, source: Source) -> Source:
    """The card as whoever presses sees it: at a message that nobody else sees, what is asked for is private, too."""
    alone = interaction.message is not None and interaction.message.flags.ephemeral
    return replace(source, request=replace(source.request, private=True)) if alone else source


async def _too_slow() -> Answer:
    raise Wrong("button.slow")


async def _answer(finding: "asyncio.Future[Edited | Answer]") -> Answer:
    found = await finding
    if isinstance(found, Edited):
        raise TypeError(found)
    return found
