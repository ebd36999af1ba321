"""What `/preset` puts up: its pages and its form. Their custom_ids say all that there is to know, after any restart too."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord
from discord import ui

from bot.asking.preset_text import PresetText
from bot.asking.presets import PART, PLACE, Kind
from bot.asking.value_lines import print_lines
from bot.catalog import PROMPT, Catalog
from bot.fields import Choice, Field
from cogs.panels.reading import custom_id_of
from cogs.widgets import ACCENTS, fitted

PREFIX = "preset:"
# Goes up when the meaning of any part changes.
VERSION = 1
_PAGE = re.compile(rf"{PREFIX}{VERSION}:page:([0-9]{{1,4}})")
_SAVE = re.compile(rf"{PREFIX}{VERSION}:save:([gu]):(.{{1,32}})")
_KINDS = {"g": Kind.GUILD, "u": Kind.USER}
NEGATIVE, SHAPE = "negative_prompt", "aspect_ratio"
PART_INPUT, LINES = "prompt", "lines"
LINES_CHARACTERS_MAX = 1_000
NEGATIVE_CHARACTERS_MAX = 1_000
# Discord knows no empty value of a menu.
UNSET = "unset"


class Press(StrEnum):
    """What is pressed or sent."""

    PAGE = "page"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class PresetAddress:
    """What a custom_id says: a page, from 0, or the preset that a form is for."""

    does: Press
    page: int = 0
    kind: Kind = Kind.USER
    name: str = ""

    def custom_id(self) -> str:
        rest = str(self.page) if self.does is Press.PAGE else f"{self.kind.value[0]}:{self.name}"
        return f"{PREFIX}{VERSION}:{self.does.value}:{rest}"


def read_preset_address(interaction: discord.Interaction[Any]) -> PresetAddress | None:
    """What was pressed or sent, or None where no version of ours made it."""
    custom_id = custom_id_of(interaction)
    if page := _PAGE.fullmatch(custom_id):
        return PresetAddress(Press.PAGE, page=int(page[1]))
    if saved := _SAVE.fullmatch(custom_id):
        return PresetAddress(Press.SAVE, kind=_KINDS[saved[1]], name=saved[2])
    return None


def list_view(text: PresetText, paragraphs: list[str], *, page: int, pages: int) -> ui.LayoutView:
    """A page of presets, with buttons to those beside it."""
    items: list[ui.Item[Any]] = [ui.TextDisplay(each) for each in fitted(paragraphs)]
    if pages > 1:
        items.append(ui.TextDisplay(text("preset.list.page", number=page + 1, of=pages)))
        items.append(
            ui.ActionRow(
                _turn(text("preset.list.previous"), page - 1, there=page > 0),
                _turn(text("preset.list.next"), page + 1, there=page + 1 < pages),
            )
        )
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=ACCENTS["waiting"]))
    # What is pressed comes to the cog as everything does; discord.py keeps nothing of it.
    view.stop()
    return view


def _turn(label: str, page: int, *, there: bool) -> ui.Button[Any]:
    custom_id = PresetAddress(Press.PAGE, page=page).custom_id() if there else f"{PREFIX}none:{label}"[:100]
    return ui.Button(label=label, custom_id=custom_id, disabled=not there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form holds, or held when it was sent; `shape` is empty where none was chosen."""

    prompt: str
    negative_prompt: str
    shape: str
    lines: str


def in_lines(catalog: Catalog) -> list[Field]:
    """What the lines of the form may say: the options of all models without those that have inputs of their own."""
    fields = {field.name: field for model in reversed(catalog.models) for field in model.fields}
    inputs = {PROMPT.name, *_inputs(catalog)}
    return [field for name, field in sorted(fields.items()) if name not in inputs]


def filled_with(prompt: str, values: Mapping[str, Any], catalog: Catalog) -> Typed:
    """The form as it opens for what is known already."""
    return Typed(
        prompt=prompt,
        negative_prompt=str(values.get(NEGATIVE, "")),
        shape=str(values.get(SHAPE, "")),
        lines=print_lines(values, in_lines(catalog)),
    )


def save_form(text: PresetText, typed: Typed, *, kind: Kind, name: str, catalog: Catalog) -> ui.Modal:
    """What a preset is to hold."""
    modal = ui.Modal(
        title=text("preset.form.server" if kind is Kind.GUILD else "preset.form.own", name=name)[:45],
        timeout=None,
        custom_id=PresetAddress(Press.SAVE, kind=kind, name=name).custom_id(),
    )
    for label in _labels(text, typed, catalog):
        modal.add_item(label)
    # As above.
    modal.stop()
    return modal


def _labels(text: PresetText, typed: Typed, catalog: Catalog) -> Iterator[ui.Label[ui.Modal]]:
    inputs = _inputs(catalog)
    yield _typing(
        PART_INPUT, typed.prompt, PART.high, text("preset.form.prompt"), text("preset.form.prompt.help", place=PLACE)
    )
    if NEGATIVE in inputs:
        yield _typing(NEGATIVE, typed.negative_prompt, NEGATIVE_CHARACTERS_MAX, text("preset.form.negative"), None)
    if SHAPE in inputs:
        ratios = shapes_of(catalog)
        labels = {UNSET: text("preset.form.shape.none"), **{ratio: ratio for ratio in ratios}}
        chosen = typed.shape if typed.shape in ratios else UNSET
        options = [
            discord.SelectOption(label=label[:100], value=value, default=value == chosen)
            for value, label in labels.items()
        ]
        yield ui.Label(text=text("preset.form.shape"), component=ui.Select[ui.Modal](custom_id=SHAPE, options=options))
    names = ", ".join(field.name for field in in_lines(catalog))
    if names:
        yield _typing(
            LINES,
            typed.lines,
            LINES_CHARACTERS_MAX,
            text("preset.form.lines"),
            text("preset.form.lines.help", names=names)[:100],
        )


def _typing(custom_id: str, value: str, most: int, label: str, help_text: str | None) -> ui.Label[ui.Modal]:
    typing: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=custom_id,
        style=discord.TextStyle.paragraph,
        default=value[:most] or None,
        max_length=most,
        required=False,
    )
    return ui.Label(text=label, description=help_text, component=typing)


def shapes_of(catalog: Catalog) -> list[str]:
    """The shapes that some model takes by name; a menu has room for one more."""
    fields = (model.field(SHAPE) for model in catalog.models)
    return list(dict.fromkeys(ratio for each in fields if isinstance(each, Choice) for ratio in each.choices))[:24]


def _inputs(catalog: Catalog) -> set[str]:
    """The options that have inputs of their own in the form."""
    negative = {NEGATIVE} if any(model.field(NEGATIVE) for model in catalog.models) else set()
    return negative | ({SHAPE} if shapes_of(catalog) else set())


def read_filled(interaction: discord.Interaction[Any]) -> Typed:
    """What was sent with a form."""
    data: Mapping[str, Any] = interaction.data or {}
    found: dict[str, str] = {}
    for each in data.get("components") or ():
        inner = each.get("component") or {}
        values = inner.get("values") or [inner.get("value") or ""]
        found[str(inner.get("custom_id"))] = str(values[0])
    shape = found.get(SHAPE, "")
    return Typed(
        prompt=found.get(PART_INPUT, ""),
        negative_prompt=found.get(NEGATIVE, ""),
        shape="" if shape == UNSET else shape,
        lines=found.get(LINES, ""),
    )
