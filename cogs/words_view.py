"""What `/words` puts up: its pages and forms. Their custom_ids say all that there is to know, after any restart too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord
from discord import ui

from bot.admin.word_text import MEANINGS, VERDICTS, WordText
from bot.word_lines import Verdict
from cogs.widgets import ACCENTS, fitted

PREFIX = "words:"
LINES, VERDICT = "lines", "verdict"
LINES_CHARACTERS_MAX = 4_000
FILE = "words.txt"
_ID = re.compile(r"words:1:([a-z_]{1,12})(?::([0-9]{1,4}))?")


class Act(StrEnum):
    """What can be pressed or sent."""

    PAGE = "page"
    ADD = "add"
    REMOVE = "remove"
    SEND_ADD = "send_add"
    SEND_REMOVE = "send_remove"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a custom_id says; `page` counts from 0."""

    act: Act
    page: int = 0

    def custom_id(self) -> str:
        return f"{PREFIX}1:{self.act.value}" + (f":{self.page}" if self.act is Act.PAGE else "")


def read_id(custom_id: str) -> Pressed | None:
    """What was pressed, or None where this version does not know it."""
    found = _ID.fullmatch(custom_id)
    if found is None or found[1] not in tuple(Act):
        return None
    return Pressed(Act(found[1]), int(found[2] or 0))


def read_form(interaction: discord.Interaction[Any]) -> Mapping[str, str]:
    """What was filled in, by field."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = [each.get("component") or {} for each in data.get("components") or ()]
    return {each["custom_id"]: str(each["value"]) for each in fields if each.get("value") is not None}


def list_view(text: WordText, paragraphs: list[str], *, page: int, pages: int) -> ui.LayoutView:
    """A page of the book, with buttons that turn pages and open the forms."""
    items: list[ui.Item[Any]] = [ui.TextDisplay(each) for each in fitted(paragraphs)]
    if pages > 1:
        items.append(ui.TextDisplay(text("words.list.page", number=page + 1, of=pages)))
        items.append(
            ui.ActionRow(
                _button(text("words.list.previous"), Pressed(Act.PAGE, max(page - 1, 0)), disabled=page == 0),
                _button(text("words.list.next"), Pressed(Act.PAGE, page + 1), disabled=page + 1 == pages),
            )
        )
    items.append(
        ui.ActionRow(
            _button(text("words.form.add"), Pressed(Act.ADD)), _button(text("words.form.remove"), Pressed(Act.REMOVE))
        )
    )
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=ACCENTS["waiting"]))
    # What is pressed comes to the cog as everything does; discord.py keeps nothing of it.
    view.stop()
    return view


def _button(label: str, leads_to: Pressed, *, disabled: bool = False) -> ui.Button[Any]:
    # Two buttons of a message never lead to the same place but for one that is disabled, and ids must differ.
    custom_id = leads_to.custom_id() if not disabled else f"{PREFIX}none:{label}"[:100]
    return ui.Button(label=label, custom_id=custom_id, disabled=disabled)


def add_form(text: WordText) -> ui.Modal:
    """New rules, one a line, and what becomes of prompts that have them."""
    verdicts: ui.RadioGroup[ui.Modal] = ui.RadioGroup(
        custom_id=VERDICT,
        options=[
            discord.RadioGroupOption(
                label=text(name), description=text(MEANINGS[each]), value=each.value, default=each is Verdict.BLOCK
            )
            for each, name in VERDICTS.items()
        ],
    )
    return _form(
        text("words.form.add"),
        Act.SEND_ADD,
        _lines(text),
        ui.Label(text=text("words.form.verdict"), component=verdicts),
    )


def remove_form(text: WordText) -> ui.Modal:
    """Rules that are to go, one a line."""
    return _form(text("words.form.remove"), Act.SEND_REMOVE, _lines(text))


def _lines(text: WordText) -> ui.Label[ui.Modal]:
    typing: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=LINES, style=discord.TextStyle.paragraph, max_length=LINES_CHARACTERS_MAX
    )
    return ui.Label(text=text("words.form.lines"), description=text("words.form.lines.help"), component=typing)


def _form(title: str, act: Act, *fields: ui.Label[ui.Modal]) -> ui.Modal:
    modal = ui.Modal(title=title, timeout=None, custom_id=Pressed(act).custom_id())
    for field in fields:
        modal.add_item(field)
    # As above.
    modal.stop()
    return modal


def file_view(words: str) -> ui.LayoutView:
    """Words, and below them the file that comes with the message."""
    view = ui.LayoutView(timeout=None)
    shown = ui.File[ui.LayoutView](f"attachment://{FILE}")
    view.add_item(ui.Container(ui.TextDisplay(words), shown, accent_colour=ACCENTS["done"]))
    return view
