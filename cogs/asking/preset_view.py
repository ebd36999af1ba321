"""What `/preset` puts up: its pages, its form, and what is wrong in that. Their custom_ids tell all, after any restart too."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

import discord
from discord import ui

from bot.asking.edits import NEGATIVE, SHAPE, Typed
from bot.asking.preset_form import in_lines, inputs_of, shapes_of
from bot.asking.preset_text import PresetText
from bot.asking.presets import PART, PLACE, Kind
from bot.catalog import Catalog
from cogs.ids import ID_DIGITS, custom_id_of, read_id
from cogs.widgets import ACCENTS, fitted, words_view

PREFIX = "preset:"
# Goes up when the meaning of any part changes.
VERSION = 1
_PAGE = re.compile(rf"{PREFIX}{VERSION}:page:([0-9]{{1,4}})")
_SAVE = re.compile(rf"{PREFIX}{VERSION}:save:([gu]):(.{{1,32}})")
_CORRECT = re.compile(rf"{PREFIX}{VERSION}:correct:([gu]):({ID_DIGITS}):(.{{1,32}})")
_KINDS = {"g": Kind.GUILD, "u": Kind.USER}
PART_INPUT, LINES = "prompt", "lines"
LINES_CHARACTERS_MAX = 1_000
NEGATIVE_CHARACTERS_MAX = 1_000
# Discord knows no empty value of a menu.
UNSET = "unset"


class Press(StrEnum):
    """What is pressed or sent."""

    PAGE = "page"
    SAVE = "save"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class PresetAddress:
    """What a custom_id says: a page, from 0, or the preset that a form is for; `draft_id` names a form that was kept."""

    does: Press
    page: int = 0
    kind: Kind = Kind.USER
    name: str = ""
    draft_id: int = 0

    def custom_id(self) -> str:
        match self.does:
            case Press.PAGE:
                rest = str(self.page)
            case Press.SAVE:
                rest = f"{self.kind.value[0]}:{self.name}"
            case Press.CORRECT:
                rest = f"{self.kind.value[0]}:{self.draft_id}:{self.name}"
            case _:
                assert_never(self.does)
        return f"{PREFIX}{VERSION}:{self.does.value}:{rest}"


def read_preset_address(interaction: discord.Interaction[Any]) -> PresetAddress | None:
    """What was pressed or sent, or None where no version of ours made it."""
    custom_id = custom_id_of(interaction)
    if page := _PAGE.fullmatch(custom_id):
        return PresetAddress(Press.PAGE, page=int(page[1]))
    if saved := _SAVE.fullmatch(custom_id):
        return PresetAddress(Press.SAVE, kind=_KINDS[saved[1]], name=saved[2])
    if (wrong := _CORRECT.fullmatch(custom_id)) and (draft_id := read_id(wrong[2])) is not None:
        return PresetAddress(Press.CORRECT, kind=_KINDS[wrong[1]], name=wrong[3], draft_id=draft_id)
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


def wrong_view(text: PresetText, words: str, address: PresetAddress) -> ui.LayoutView:
    """All that is wrong in a form, and a button that opens it again."""
    button: ui.Button[Any] = ui.Button(
        label=text("edit.correct"), style=discord.ButtonStyle.primary, custom_id=address.custom_id()
    )
    return words_view(words, accent="failed", buttons=[button])


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
    inputs = inputs_of(catalog)
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
        model="",
        shape="" if shape == UNSET else shape,
        lines=found.get(LINES, ""),
    )
