"""Which days usage figures are about, and which they are compared with. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, assert_never

from bot.fields import BadValue

DAYS_MAX = 366
EARLIEST = date(2015, 1, 1)  # Discord's own epoch
_DAY = timedelta(days=1)


class Choice(StrEnum):
    """The periods to choose from."""

    TODAY = "today"
    DAYS_7 = "7"
    DAYS_30 = "30"
    DAYS_90 = "90"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    CUSTOM = "custom"


class BadSpan(BadValue):
    """Dates that make no period; `reason` is a message id of the catalogue, with `values` for it."""

    def __init__(self, message_id: str, **values: Any) -> None:
        super().__init__("period", message_id, **values)


@dataclass(frozen=True, slots=True)
class Span:
    """Days, from `first` to `last`, both included. `monthly`: a month, or one from its 1st up to now."""

    first: date
    last: date
    monthly: bool = False

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def holds(self, day: str) -> bool:
        """Whether a day, such as 2026-11-21, is one of them."""
        return self.first.isoformat() <= day <= self.last.isoformat()

    def __iter__(self) -> Iterator[date]:
        """Every day, the first one first."""
        return (self.first + number * _DAY for number in range(self.length))


def span_of(choice: Choice, *, today: date, custom: tuple[str, str] | None = None) -> Span:
    """The days of a choice. `custom` are the first and the last day as a person typed them, such as 2026-11-21.

    Raises BadSpan where they are no dates, not in order, in the future, or more than DAYS_MAX days.
    """
    match choice:
        case Choice.TODAY:
            return Span(today, today)
        case Choice.DAYS_7 | Choice.DAYS_30 | Choice.DAYS_90:
            return Span(today - (int(choice) - 1) * _DAY, today)
        case Choice.THIS_MONTH:
            return Span(today.replace(day=1), today, monthly=True)
        case Choice.LAST_MONTH:
            last = today.replace(day=1) - _DAY
            return Span(last.replace(day=1), last, monthly=True)
        case Choice.CUSTOM:
            typed = custom or ("", "")
            return _checked(_date(typed[0]), _date(typed[1]), today=today)
        case _:
            assert_never(choice)


def before(span: Span) -> Span:
    """The days that these are compared with: as many, directly before.

    Before a month comes the month before it; before the first days of one, the same days of the month before.
    """
    if not span.monthly:
        return Span(span.first - span.length * _DAY, span.first - _DAY)
    end = span.first - _DAY
    whole = (span.last + _DAY).day == 1
    return Span(end.replace(day=1), end if whole else end.replace(day=min(span.last.day, end.day)), monthly=True)


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise BadSpan("usage.span.no_date", typed=typed) from None


def _checked(first: date, last: date, *, today: date) -> Span:
    if first > last:
        raise BadSpan("usage.span.order", first=first.isoformat(), last=last.isoformat())
    if last > today:
        raise BadSpan("usage.span.future", last=last.isoformat(), today=today.isoformat())
    if first < EARLIEST:
        raise BadSpan("usage.span.early", earliest=EARLIEST.isoformat())
    span = Span(first, last)
    if span.length > DAYS_MAX:
        raise BadSpan("usage.span.long", days=span.length, days_max=DAYS_MAX)
    return span
