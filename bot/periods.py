"""Which accounting period an instant belongs to, in a server's own time zone. Pure but for the machine's zone data.

A day begins with the first instant whose local date is that date, or a later one where clocks jump over its midnight.
What clocks repeat belongs to the later day, once that has begun. Weeks begin on Monday (ISO 8601), months on the 1st.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, lru_cache
from typing import Literal, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_DAY = timedelta(days=1)
_DAYS_KEPT_MAX = 4096  # a few of each zone in use: every request asks for the same ones again
# Files in the machine's zone data that are no places: what the machine itself is set to, and "not set yet".
_NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})
_CLOSE = 0.6  # difflib's own measure of a good match


class Per(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


_Dated = Literal[Per.DAY, Per.WEEK, Per.MONTH]  # those that a date names


@dataclass(frozen=True, slots=True)
class Period:
    """The instants from `start_ms` up to, but without, `end_ms` (None: it never ends)."""

    label: str  # "d:2026-11-21", "w:2026-W47", "m:2026-11" or "ever"
    start_ms: int
    end_ms: int | None


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """At this instant somebody chose this zone."""

    since_ms: int
    zone: str


@dataclass(frozen=True, slots=True)
class _Span:
    """A period before it is labelled. `first` is the date that names it: the day, the Monday or the 1st."""

    first: date
    start_ms: int
    end_ms: int


def period_at(per: Per, at_ms: int, *, zones: Sequence[ZoneChange] = ()) -> Period:
    """The period that an instant belongs to; `zones` are oldest first, and those after it do not count.

    Before the first entry the zone is UTC, and so is a zone that this machine's data does not know (any more).

    The period in force when a zone is chosen runs to its end in the old zone; the last choice made in it wins there.
    If the new zone is not yet past the old label then, the old period goes on until it is. So labels never go back,
    and none is earlier than the period at UTC-12 or later than the one at UTC+14: changing zones wins no allowance.
    """
    if per is Per.EVER:
        return Period("ever", 0, None)
    made = [change for change in zones if change.since_ms <= at_ms]
    span = _changed(per, at_ms, made) if made else _native(per, at_ms, UTC)
    return Period(_label(per, span.first), span.start_ms, span.end_ms)


def local_day(at_ms: int, *, zones: Sequence[ZoneChange]) -> str:
    """The date of the day in force, such as 2026-11-21."""
    return period_at(Per.DAY, at_ms, zones=zones).label.removeprefix("d:")


def known_zone(name: str) -> str | None:
    """The spelling of a zone in the IANA data, from what a person typed; None where there is no such zone.

    Capitals do not matter, and spaces may stand for underscores. What was typed never becomes a path.
    """
    return _names().get(_folded(name))


def suggestions(name: str, *, limit: int = 3) -> tuple[str, ...]:
    """Up to `limit` (1 or more) zones that a person may have meant, the best first; a city alone is enough."""
    offered, typed = _offered(), _folded(name)
    if typed in offered:
        return offered[typed][:limit]
    close = get_close_matches(typed, offered, n=2 * limit, cutoff=_CLOSE)  # a zone may match by both its names
    return tuple(dict.fromkeys(zone for match in close for zone in offered[match]))[:limit]


def _changed(per: _Dated, at_ms: int, made: Sequence[ZoneChange]) -> _Span:
    """The period at an instant at or after these changes, of which there is at least one."""
    span = _native(per, made[0].since_ms, UTC)
    chosen = _zone(made[0].zone)
    for change in made[1:]:
        if change.since_ms >= span.end_ms:
            span = _in_force(per, change.since_ms, zone=chosen, taken_over=_take_over(per, span, chosen))
        chosen = _zone(change.zone)
    taken_over = _take_over(per, span, chosen)
    if at_ms < span.end_ms and taken_over.first > span.first:
        return span
    return _in_force(per, at_ms, zone=chosen, taken_over=taken_over)


def _take_over(per: _Dated, old: _Span, zone: tzinfo) -> _Span:
    """The period that a zone makes of the end of an old one: the next, or the old one with a later end."""
    new = _native(per, old.end_ms, zone)
    if new.first > old.first:
        return _Span(new.first, old.end_ms, new.end_ms)
    return _Span(old.first, old.start_ms, _begin_ms(_next(per, old.first), zone))


def _in_force(per: _Dated, at_ms: int, *, zone: tzinfo, taken_over: _Span) -> _Span:
    """The period at an instant since a zone took over; past its first period, it has its own ones."""
    return taken_over if at_ms < taken_over.end_ms else _native(per, at_ms, zone)


def _native(per: _Dated, at_ms: int, zone: tzinfo) -> _Span:
    """The period at an instant in a zone that was never changed."""
    first = _first(per, datetime.fromtimestamp(at_ms // 1000, zone).date())
    end_ms = _begin_ms(_next(per, first), zone)
    while end_ms <= at_ms:  # clocks went back past the midnight that had begun the next period
        first = _next(per, first)
        end_ms = _begin_ms(_next(per, first), zone)
    return _Span(first, _begin_ms(first, zone), end_ms)


@lru_cache(maxsize=_DAYS_KEPT_MAX)
def _begin_ms(day: date, zone: tzinfo) -> int:
    """The first instant whose local date is `day` or later."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    after_s, other_s = int(midnight.timestamp()), int(midnight.replace(fold=1).timestamp())
    if after_s <= other_s:
        return after_s * 1000  # of two midnights the first
    # No such midnight (PEP 495): the clocks jump between the two readings, and not always at midnight itself.
    before_s = other_s - 1
    while after_s - before_s > 1:
        middle_s = (before_s + after_s) // 2
        if datetime.fromtimestamp(middle_s, zone).date() < day:
            before_s = middle_s
        else:
            after_s = middle_s
    return after_s * 1000


def _first(per: _Dated, day: date) -> date:
    match per:
        case Per.DAY:
            return day
        case Per.WEEK:
            return day - day.weekday() * _DAY
        case Per.MONTH:
            return day.replace(day=1)
        case _:
            assert_never(per)


def _next(per: _Dated, first: date) -> date:
    """The first date of the next period."""
    match per:
        case Per.DAY:
            return first + _DAY
        case Per.WEEK:
            return first + 7 * _DAY
        case Per.MONTH:
            return (first + 31 * _DAY).replace(day=1)
        case _:
            assert_never(per)


def _label(per: _Dated, first: date) -> str:
    match per:
        case Per.DAY:
            return f"d:{first.isoformat()}"
        case Per.WEEK:
            year, week, _ = first.isocalendar()
            return f"w:{year:04}-W{week:02}"
        case Per.MONTH:
            return f"m:{first.isoformat()[:7]}"
        case _:
            assert_never(per)


def _zone(name: str) -> tzinfo:
    """A zone by its name, or UTC."""
    known = known_zone(name)
    return UTC if known is None else _loaded(known)


@cache
def _loaded(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:  # removed while the bot runs
        return UTC


@cache
def _names() -> dict[str, str]:
    """Every zone that can be chosen, by what `_folded` makes of its name."""
    return {_folded(name): name for name in {"UTC", *available_timezones()} - _NO_PLACES}


@cache
def _offered() -> dict[str, tuple[str, ...]]:
    """The zones that can be suggested, by name and by city.

    Not those with figures and those below Etc: Etc/GMT+2 is two hours west of Greenwich, which nobody expects.
    """
    offered: dict[str, tuple[str, ...]] = {}
    for folded, name in sorted(_names().items()):
        if not folded.startswith("etc/") and not any(sign.isdigit() for sign in folded):
            for key in {folded, folded.rsplit("/", maxsplit=1)[-1]}:
                offered[key] = (*offered.get(key, ()), name)
    return offered


def _folded(name: str) -> str:
    return "_".join(name.casefold().split())
