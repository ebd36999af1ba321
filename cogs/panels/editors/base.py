"""What every editor does, and the pieces that they all are made of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import discord
from discord import ui

from cogs import ids
from cogs.panels.ids import FORM
from cogs.panels.panel import Given, Spot, Stale

T = TypeVar("T")
Item = ui.Item[ui.LayoutView]
Field = ui.Label[ui.Modal]
LABEL_MAX, OPTION_MAX = 80, 100


@dataclass(frozen=True, slots=True)
class Block:
    """What stands together on a page: all of a small setting, or a part of a large one."""

    setting: str
    items: tuple[Item, ...]

    @property
    def components(self) -> int:
        return sum(1 + len(list(item.walk_children())) if isinstance(item, _NESTING) else 1 for item in self.items)

    @property
    def texts(self) -> list[str]:
        within = [child for item in self.items if isinstance(item, _NESTING) for child in item.walk_children()]
        return [item.content for item in (*self.items, *within) if isinstance(item, ui.TextDisplay)]


_NESTING = (ui.Section, ui.ActionRow)


@dataclass(frozen=True, slots=True)
class Edit(Generic[T]):
    """A change to whatever counts at the time; `about` is the entry it concerns, for settings that have several."""

    update: Callable[[T], T]
    about: str = ""


class Editor(ABC, Generic[T]):
    """How settings of one kind of field are shown and changed. `spot` says which, where and for whom."""

    @abstractmethod
    def blocks(self, spot: Spot, value: T) -> Sequence[Block]:
        """What stands on the page."""

    @abstractmethod
    def edit(self, spot: Spot, given: Given) -> Edit[T]:
        """What was done, as a change; raises BadValue where it cannot be, and Stale where it means nothing."""

    @abstractmethod
    def said(self, spot: Spot, edit: Edit[T], after: T) -> str:
        """What counts now of that which was changed."""

    def form(self, spot: Spot, value: T | None, given: Given) -> Sequence[Field]:  # noqa: ARG002 - most have none
        """The fields of the form, filled with what was typed before, or with `value`; None where it is not known."""
        raise Stale(given.act)

    def typed(self, given: Given) -> str:
        """What was typed into the form, as the rest of an address that opens it again."""
        raise Stale(given.act)


def heading(spot: Spot, words: str) -> str:
    """The setting's name, what counts now, and one line of help."""
    return f"**{spot.phrases.name(spot.setting)}**\n{words}\n-# {spot.phrases.help(spot.setting)}"


def button(spot: Spot, message_id: str, act: str, rest: str = "", *, lead: bool = False) -> ui.Button[ui.LayoutView]:
    style = discord.ButtonStyle.primary if lead else discord.ButtonStyle.secondary
    label = spot.phrases(message_id)[:LABEL_MAX]
    return ui.Button(label=label, style=style, custom_id=spot.custom_id(act, rest))


def change_button(spot: Spot, message_id: str = "panel.change") -> ui.Button[ui.LayoutView]:
    """Opens the setting's form."""
    return button(spot, message_id, FORM, lead=True)


def section(spot: Spot, words: str, accessory: ui.Button[ui.LayoutView]) -> Block:
    return Block(spot.setting.name, (ui.Section(ui.TextDisplay(heading(spot, words)), accessory=accessory),))


def row(*items: ui.Item[Any]) -> Item:
    return ui.ActionRow(*items)


def in_parts(entries: Sequence[T], *, size: int) -> list[Sequence[T]]:
    """The entries, so many at a time; one part without any where there are none."""
    return [entries[start : start + size] for start in range(0, max(len(entries), 1), size)]


def read_id(text: str) -> int:
    """An id as Discord sends it; raises Stale for anything else."""
    number = ids.read_id(text)
    if number is None:
        raise Stale(text)
    return number
