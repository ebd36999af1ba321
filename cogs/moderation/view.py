"""Pages of `/moderation`'s lists. Their custom_ids say all that there is to know, after any restart too."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from discord import ui

from bot.moderation.list_text import ListText
from cogs.widgets import ACCENTS, fitted

PREFIX = "moderation:"
_ID = re.compile(rf"{PREFIX}1:([a-z]{{1,12}}):([0-9]{{1,4}})")


class Listed(StrEnum):
    """What is listed on pages. The value stands in the custom_id."""

    PAUSED = "paused"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `number` counts from 0."""

    of: Listed
    number: int = 0

    def custom_id(self) -> str:
        return f"{PREFIX}1:{self.of.value}:{self.number}"


def read_page(custom_id: str) -> Page | None:
    """The page that a button leads to, or None where this version does not know it."""
    found = _ID.fullmatch(custom_id)
    if found is None or found[1] not in tuple(Listed):
        return None
    return Page(Listed(found[1]), int(found[2]))


def page_view(text: ListText, paragraphs: Sequence[str], page: Page, *, more: bool) -> ui.LayoutView:
    """The paragraphs, and buttons to the pages beside this one; `more` says that one follows."""
    items: list[ui.Item[Any]] = [ui.TextDisplay(each) for each in fitted(paragraphs)]
    if page.number or more:
        before, after = Page(page.of, max(page.number - 1, 0)), Page(page.of, page.number + 1)
        items.append(ui.TextDisplay(text("moderation.list.page", number=page.number + 1)))
        items.append(
            ui.ActionRow(
                _button(text("moderation.list.newer"), before, disabled=page.number == 0),
                _button(text("moderation.list.older"), after, disabled=not more),
            )
        )
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=ACCENTS["waiting"]))
    # What is pressed comes to the cog as everything does; discord.py keeps nothing of it.
    view.stop()
    return view


def _button(label: str, leads_to: Page, *, disabled: bool) -> ui.Button[Any]:
    # Ids of one message must differ, also where a button that cannot be pressed leads to the page that is shown.
    custom_id = f"{PREFIX}none:{label}"[:100] if disabled else leads_to.custom_id()
    return ui.Button(label=label, custom_id=custom_id, disabled=disabled)
