"""The form that begins with a card: prompt, what to leave out, model, shape, and lines for all the rest."""

from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord import ui

from bot.asking.edits import NEGATIVE, SHAPE, Typed, in_lines, takers
from bot.asking.value_lines import Switch
from bot.catalog import PROMPT, Catalog
from bot.fields import Choice, Text
from bot.money import credits_text
from bot.offers import MODEL
from bot.ports import CardAct
from bot.text import Texts
from cogs.cards.ids import CardAddress

LINES = "lines"
# What Discord takes: of a text, of a line of a menu, of the words below a label; and lines of a menu.
TYPED_MAX, OPTION_MAX, HELP_MAX, MENU_MAX = 4_000, 100, 100, 25
LINES_MAX = 1_000
# Discord knows no empty value of a menu.
UNSET = "unset"


def switch_of(texts: Texts, locale: str) -> Switch:
    """How this language says yes and no in lines."""
    return Switch(texts(locale, "edit.yes"), texts(locale, "edit.no"))


class EditForm:
    """Draws the form in one person's language."""

    def __init__(self, *, texts: Texts, locale: str, catalog: Catalog) -> None:
        self._texts = texts
        self._locale = locale
        self._catalog = catalog
        self._models = [model for model in catalog.models if model.enabled]

    def modal(self, typed: Typed, *, interaction_id: int) -> ui.Modal:
        """The form about the card of this request, filled in."""
        address = CardAddress(CardAct.SEND_EDIT, interaction_id)
        modal = ui.Modal(title=self._said("edit.form"), timeout=None, custom_id=address.custom_id())
        for label in self._labels(typed):
            modal.add_item(label)
        # What is sent comes to the door of cards as everything does; discord.py keeps nothing of a form that was stopped.
        modal.stop()
        return modal

    def _labels(self, typed: Typed) -> Iterator[ui.Label[ui.Modal]]:
        most = max((each.high for each in self._texts_called(PROMPT.name)), default=PROMPT.high)
        yield self._text("edit.prompt", PROMPT.name, typed.prompt, most=most, required=True)
        if leaving_out := self._texts_called(NEGATIVE):
            most = max(each.high for each in leaving_out)
            yield self._text(
                "edit.negative", NEGATIVE, typed.negative_prompt, most=most, help_text=self._only(NEGATIVE)
            )
        yield ui.Label(text=self._said("edit.model"), component=self._model_menu(typed))
        if shapes := self._shapes(typed):
            menu: ui.Select[ui.Modal] = ui.Select(custom_id=SHAPE, options=shapes)
            yield ui.Label(text=self._said("edit.shape"), description=self._only(SHAPE), component=menu)
        lines = f"{typed.lines}\n" if typed.lines else ""
        hint = self._hint(typed)
        yield self._text(
            "edit.lines",
            LINES,
            lines + hint if hint not in lines else typed.lines,
            most=LINES_MAX,
            help_text=self._said("edit.lines.help"),
        )

    def _text(
        self, label_id: str, name: str, value: str, *, most: int, required: bool = False, help_text: str | None = None
    ) -> ui.Label[ui.Modal]:
        most = min(most, TYPED_MAX)
        typing: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.paragraph,
            default=value[:most] or None,
            max_length=most,
            required=required,
        )
        return ui.Label(text=self._said(label_id), description=help_text, component=typing)

    def _model_menu(self, typed: Typed) -> ui.Select[ui.Modal]:
        options = [
            discord.SelectOption(
                label=model.label[:OPTION_MAX],
                value=model.key,
                description=self._said("edit.model.price", credits=self._credits(model.price_microcredits)),
                default=model.key == typed.model,
            )
            for model in self._models[:MENU_MAX]
        ]
        return ui.Select(custom_id=MODEL, options=options)

    def _shapes(self, typed: Typed) -> list[discord.SelectOption]:
        """The shapes of the card's model, or of all where it is not on offer or has none; nothing where none has any."""
        of = self._catalog.get(typed.model)
        field = None if of is None else of.field(SHAPE)
        fields = [field] if field is not None else [model.field(SHAPE) for model in self._models]
        ratios = dict.fromkeys(choice for each in fields if isinstance(each, Choice) for choice in each.choices)
        if not ratios:
            return []
        chosen = typed.shape if typed.shape in ratios else UNSET
        labels = {UNSET: self._said("edit.shape.unset"), **{ratio: ratio for ratio in ratios}}
        return [
            discord.SelectOption(label=label[:OPTION_MAX], value=value, default=value == chosen)
            for value, label in labels.items()
        ]

    def _hint(self, typed: Typed) -> str:
        """A line that says nothing to us, and to people what else they may write for the model of the card."""
        model = self._catalog.get(typed.model)
        names = ", ".join(field.name for field in in_lines(model)) if model is not None else ""
        return self._said("edit.lines.also", names=names) if names else ""

    def _only(self, name: str) -> str | None:
        """Which models take an option, where not all do."""
        taking = takers(name, self._catalog)
        if len(taking) == len(self._models):
            return None
        return self._said("option.only", models=", ".join(model.label for model in taking))[:HELP_MAX]

    def _texts_called(self, name: str) -> list[Text]:
        fields = (model.field(name) for model in self._models)
        return [field for field in fields if isinstance(field, Text)]

    def _credits(self, microcredits: int) -> str:
        return credits_text(microcredits, self._texts.spoken(self._locale))

    def _said(self, message_id: str, **values: Any) -> str:
        return self._texts(self._locale, message_id, **values)


def read_form(interaction: discord.Interaction[Any], *, model: str) -> Typed:
    """What was sent; `model` stands where the form had no menu of models."""
    data: Mapping[str, Any] = interaction.data or {}
    filled: dict[str, str] = {}
    for each in data.get("components") or ():
        inner = each.get("component") or {}
        values = inner.get("values") or [inner.get("value") or ""]
        filled[str(inner.get("custom_id"))] = str(values[0])
    shape = filled.get(SHAPE, "")
    return Typed(
        prompt=filled.get(PROMPT.name, ""),
        negative_prompt=filled.get(NEGATIVE, ""),
        model=filled.get(MODEL) or model,
        shape="" if shape == UNSET else shape,
        lines=filled.get(LINES, ""),
    )
