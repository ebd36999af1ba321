"""What the custom_ids of a page of `/history` say: all that is known about it when something of it is pressed.

A page is looked through by words, a model, a date and favourites, at a cursor; that is more than one custom_id holds. So the
button that opens the form says the words, every other one says the rest, and whoever reads looks at all of them: Discord
sends the whole message along with what was pressed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import discord

from bot.finding.history_text import Wanted
from bot.store.history import Cursor
from cogs.ids import ID_DIGITS, read_id

PREFIX = "history:"
# Goes up when the meaning of any part changes; who presses an older one is told to use /history again.
VERSION = 1
FAVOURITES, EVERYTHING = "f", "a"
# A menu's entry has a value of one character at least.
EVERY_MODEL = "*"
_KNOWN = f"{PREFIX}{VERSION}"
_PLACE = re.compile(
    rf"{_KNOWN}:([a-z]{{1,8}}):(?:([on])({ID_DIGITS}))?:([{FAVOURITES}{EVERYTHING}]):([0-9-]{{0,10}}):([A-Za-z0-9_.-]{{0,48}})"
)


class Act(StrEnum):
    """What can be pressed, picked or sent. The value stands in the custom_id."""

    NEWEST = "newest"
    NEWER = "newer"
    OLDER = "older"
    OPEN = "open"  # a menu of the page's images
    FORM = "form"
    SAVE = "save"  # the form itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What is looked through, and from where on; the newest where there is no cursor."""

    wanted: Wanted
    at: Cursor | None = None

    def custom_id(self, act: Act) -> str:
        """The custom_id of a control that leads here, or is about this."""
        wanted = self.wanted
        match act:
            case Act.FORM:
                return f"{_KNOWN}:{act.value}:{wanted.words}"
            case Act.SAVE:
                return f"{_KNOWN}:{act.value}"
            case _:
                at = "" if self.at is None else f"{'n' if self.at.newer else 'o'}{self.at.interaction_id}"
                liked = FAVOURITES if wanted.favourites else EVERYTHING
                return f"{_KNOWN}:{act.value}:{at}:{liked}:{wanted.date}:{wanted.model}"


def read_act(custom_id: str) -> Act | None:
    """What is done, or None where this version does not know it."""
    known, _, rest = custom_id.removeprefix(PREFIX).partition(":")
    act = rest.partition(":")[0]
    return Act(act) if known == str(VERSION) and act in set(Act) else None


def read_spot(custom_id: str, message: discord.Message | None) -> Spot | None:
    """Where what was pressed leads, by its own custom_id and those beside it; None where they do not tell."""
    beside = [] if message is None else list(_custom_ids(message.components))
    form = f"{_KNOWN}:{Act.FORM.value}:"
    words = next((each.removeprefix(form) for each in (custom_id, *beside) if each.startswith(form)), None)
    places = [found for each in (custom_id, *beside) if (found := _PLACE.fullmatch(each)) is not None]
    if words is None or not places:
        return None
    _, way, digits, liked, date, model = places[0].groups()
    at = None if digits is None else read_id(digits)
    if digits is not None and at is None:
        return None
    return Spot(
        wanted=Wanted(words=words, model=model, date=date, favourites=liked == FAVOURITES),
        at=None if at is None else Cursor(at, newer=way == "n"),
    )


def read_picked(interaction: discord.Interaction[Any]) -> int | None:
    """The request that was picked in the menu."""
    data: Mapping[str, Any] = interaction.data or {}
    value = next(iter(data.get("values") or ()), "")
    return read_id(str(value))


def read_form(interaction: discord.Interaction[Any]) -> Wanted:
    """What a form was sent with, as it was typed."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = [each.get("component") or {} for each in data.get("components") or ()]
    filled = {each.get("custom_id"): _value(each) for each in fields}
    return Wanted(
        words=filled.get("words", ""),
        model=filled.get("model", "").removeprefix(EVERY_MODEL),
        date=filled.get("date", "").strip(),
        favourites=filled.get("favourites") == FAVOURITES,
    )


def anew(spot: Spot) -> Spot:
    """The same images from the newest on."""
    return replace(spot, at=None)


def _value(field: Mapping[str, Any]) -> str:
    picked = next(iter(field.get("values") or ()), "")
    return str(field.get("value") or picked or "")


def _custom_ids(components: Iterable[discord.Component]) -> Iterator[str]:
    for component in components:
        if isinstance(component, discord.Container | discord.ActionRow):
            yield from _custom_ids(component.children)
        elif isinstance(component, discord.Button | discord.SelectMenu) and component.custom_id:
            yield component.custom_id
