"""What the custom_id of a control of /usage says: all that is known about it when it comes back.

It names no server: figures are always those of the server in which something is pressed.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from bot.usage.report import Topic
from bot.usage.span import Choice
from bot.usage.text import TOPICS

PREFIX = "usage:"
# Goes up when the meaning of any part changes; who presses an older one is told to use /usage again.
VERSION = 1
CUSTOM_ID_MAX = 100
# Two of them fit into a custom_id with everything else.
TYPED_MAX = 20

_DATES = "~"
_BETWEEN = "|"
_SHAPE = re.compile(
    rf"{PREFIX}{VERSION}:([a-z]{{1,8}}):([a-z0-9-]{{1,10}}|[0-9-]{{10}}{_DATES}[0-9-]{{10}}):([a-z]{{1,8}}):([0-9]{{1,6}})"
    r"(?::(.*))?",
    re.DOTALL,
)


class Act(StrEnum):
    """What a control does."""

    SHOW = "show"
    PERIOD = "period"  # a menu
    TOPIC = "topic"  # a menu
    FORM = "form"  # for two dates
    AGAIN = "again"  # the same, with what was typed before
    SAVE = "save"  # the form itself
    CSV = "csv"

    @property
    def opens_form(self) -> bool:
        return self in {Act.FORM, Act.AGAIN}


@dataclass(frozen=True, slots=True)
class Period:
    """What was chosen; `dates` are the first and the last day of a custom one, as they were typed."""

    choice: Choice
    dates: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What is shown, and what is done there. `page` counts from 0; `typed` is what a form was sent with."""

    act: Act = Act.SHOW
    period: Period
    topic: Topic = Topic.MEMBER
    page: int = 0
    typed: tuple[str, str] = ("", "")

    def doing(self, act: Act) -> "Address":
        return replace(self, act=act)

    def custom_id(self) -> str:
        dates = self.period.dates
        period = self.period.choice.value if dates is None else _DATES.join(dates)
        known = f"{PREFIX}{VERSION}:{self.act}:{period}:{self.topic}:{self.page}"
        match self.act:
            case Act.AGAIN:
                typed = _BETWEEN.join(each.replace(_BETWEEN, " ")[:TYPED_MAX] for each in self.typed)
                return f"{known}:{typed}"[:CUSTOM_ID_MAX]
            case Act.SHOW | Act.PERIOD | Act.TOPIC | Act.FORM | Act.SAVE | Act.CSV:
                return known
            case _:
                assert_never(self.act)


def read_address(custom_id: str) -> Address | None:
    """What a custom_id says, or None where this version does not know it."""
    found = _SHAPE.fullmatch(custom_id)
    if found is None or found[1] not in tuple(Act) or found[3] not in TOPICS:
        return None
    period = _read_period(found[2])
    if period is None:
        return None
    first, _, last = (found[5] or "").partition(_BETWEEN)
    return Address(act=Act(found[1]), period=period, topic=Topic(found[3]), page=int(found[4]), typed=(first, last))


def _read_period(told: str) -> Period | None:
    first, between, last = told.partition(_DATES)
    if between:
        return Period(Choice.CUSTOM, (first, last))
    if told == Choice.CUSTOM or told not in tuple(Choice):
        return None
    return Period(Choice(told))
