"""What asks before it is made: its view, and what its buttons say. Their custom_ids name the draft, and nothing else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord
from discord import ui

from bot.asking.asks import Ask
from bot.asking.draft_text import DraftText, has_choices
from bot.asking.plans import COMMON_SHAPE, COMPARED_MIN, has_shape, in_common_shape
from bot.catalog import Catalog, Model
from bot.jobs import IMAGES_MAX
from bot.money import credits_text
from bot.text import Texts
from cogs.ids import ID_DIGITS, read_id
from cogs.widgets import ACCENTS, fitted

PREFIX = "draft:"
# Goes up when the meaning of any part changes.
VERSION = 1
_SHAPE = re.compile(rf"{PREFIX}{VERSION}:([a-z_]{{1,16}}):({ID_DIGITS})")


class DraftAct(StrEnum):
    """What can be pressed or chosen."""

    MAKE = "make"
    PLAIN = "plain"  # make it with the braces as they are written
    MODELS = "models"  # choose which are compared
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class DraftAddress:
    """What a custom_id says."""

    does: DraftAct
    draft_id: int

    def custom_id(self) -> str:
        return f"{PREFIX}{VERSION}:{self.does.value}:{self.draft_id}"


def read_draft_address(custom_id: str) -> DraftAddress | None:
    """What a custom_id says, or None where no version of ours made it."""
    found = _SHAPE.fullmatch(custom_id)
    if found is None or found[1] not in tuple(DraftAct) or (draft_id := read_id(found[2])) is None:
        return None
    return DraftAddress(DraftAct(found[1]), draft_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody is asked. `offered` are the models that they can choose among, where they can.

    `too_many` says why it cannot be made as it is asked: the choices in braces are too many here, or it would be
    refused; empty where it can. `notes` are further sentences.
    """

    draft_id: int
    ask: Ask
    offered: tuple[Model, ...] = ()
    too_many: str = ""
    notes: tuple[str, ...] = ()


class DraftWriter:
    """Draws questions in one person's language."""

    def __init__(self, *, texts: Texts, locale: str, catalog: Catalog) -> None:
        self._texts = texts
        self._locale = locale
        self._catalog = catalog
        self._text = DraftText(texts=texts, locale=locale, catalog=catalog)

    def too_many(self, ask: Ask, *, most: int) -> str:
        """Why the choices of this prompt are too many here, and what would fit."""
        return self._text.too_many(ask, most=most)

    def shape(self, ask: Ask) -> Iterator[str]:
        """What shape the images of a comparison have where nobody chose one."""
        if not has_shape(ask):
            common = has_shape(in_common_shape(ask, self._catalog))
            yield self._said("compare.shape" if common else "compare.shape.own", shape=COMMON_SHAPE)

    def view(self, question: Question) -> ui.LayoutView:
        """The question with its buttons; raises Refusal where a model is not offered any more."""
        notes = (*filter(None, [question.too_many]), *question.notes)
        paragraphs = [*self._text.paragraphs(question.ask, notes=notes), f"-# {self._said('draft.small')}"]
        items: list[ui.Item[Any]] = [ui.TextDisplay(each) for each in fitted(paragraphs)]
        if len(question.offered) > COMPARED_MIN:
            items.append(ui.ActionRow(self._models(question)))
        items.append(ui.ActionRow(*self._buttons(question)))
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.Container(*items, accent_colour=ACCENTS["waiting"]))
        # What is pressed comes to the cog as everything does; discord.py keeps nothing of it.
        view.stop()
        return view

    def _buttons(self, question: Question) -> Iterator[ui.Button[Any]]:
        if not question.too_many:
            label = self._text.make_label(question.ask)
            yield self._button(DraftAct.MAKE, question, label, discord.ButtonStyle.success)
        if has_choices(question.ask):
            yield self._button(DraftAct.PLAIN, question, self._said("draft.plain"), discord.ButtonStyle.secondary)
        yield self._button(DraftAct.CANCEL, question, self._said("draft.cancel"), discord.ButtonStyle.secondary)

    def _button(self, does: DraftAct, question: Question, label: str, style: discord.ButtonStyle) -> ui.Button[Any]:
        return ui.Button(label=label[:80], style=style, custom_id=DraftAddress(does, question.draft_id).custom_id())

    def _models(self, question: Question) -> ui.Select[Any]:
        most = min(len(question.offered), IMAGES_MAX)
        return ui.Select(
            custom_id=DraftAddress(DraftAct.MODELS, question.draft_id).custom_id(),
            placeholder=self._said("compare.choose"),
            min_values=COMPARED_MIN,
            max_values=most,
            options=[self._option(model, chosen=question.ask.models) for model in question.offered],
        )

    def _option(self, model: Model, *, chosen: Sequence[str]) -> discord.SelectOption:
        price = credits_text(model.price_microcredits, self._texts.spoken(self._locale))
        return discord.SelectOption(
            label=model.label,
            value=model.key,
            description=self._said("compare.price", credits=price),
            default=model.key in chosen,
        )

    def _said(self, message_id: str, **values: Any) -> str:
        return self._texts(self._locale, message_id, **values)
