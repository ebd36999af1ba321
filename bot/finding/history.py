"""What a member looks for among their own images and favourites, as they type it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from unicodedata import normalize

from bot.fields import BadValue, Text

# They stand in the custom_id of a button, which has 100 characters.
WORDS = Text(name="words", high=80)
DATE = Text(name="date", high=10)

DISCORD_EPOCH_MS = 1_420_070_400_000
ID_MAX = 2**63 - 1
_ID_TIME_SHIFT = 22
_DIGITS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
_YEAR, _MONTH = "%Y", "%Y-%m"


class BadDate(BadValue):
    """A date that is none; `reason` is a message id of the catalogue, with `values` for it."""

    def __init__(self, message_id: str, **values: Any) -> None:
        super().__init__(DATE.name, message_id, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A server, and its channels in which somebody sees what others made."""

    guild_id: int
    places: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """Which requests are looked for; those that have an image, of one member.

    Among the `favourites` are images of others as well: public ones that people see as they are, where they are `seen`.

    Each of the `words` stands in the prompt, and the last one may be the beginning of a word. `since_ms` is included,
    `before_ms` is not. `guild_id` is None for those of all servers.
    """

    words: tuple[str, ...] = ()
    model: str | None = None
    favourites: bool = False
    since_ms: int | None = None
    before_ms: int | None = None
    guild_id: int | None = None
    seen: Seen | None = None


def words_of(typed: str) -> tuple[str, ...]:
    """The words that were typed, none of which means anything but itself; raises BadValue."""
    return tuple(normalize("NFC", WORDS.parse(typed)).replace("\0", " ").split())


def dates_of(typed: str, *, zone: tzinfo) -> Mapping[str, int]:
    """`since_ms` and `before_ms` of a day, month or year in this zone: 2026-11-21, 2026-11 or 2026; raises BadDate."""
    words = typed.strip()
    first = _first_day(words)
    try:
        match words.count("-"):
            case 0:
                after = first.replace(year=first.year + 1)
            case 1:
                after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
            case _:
                after = date.fromordinal(first.toordinal() + 1)
        return {"since_ms": _begin_ms(first, zone), "before_ms": _begin_ms(after, zone)}
    except (ValueError, OverflowError):
        raise BadDate("history.no_date", typed=typed) from None


def _first_day(words: str) -> date:
    if words.isascii():
        for form, length in ((_YEAR, 4), (_MONTH, 7), ("%Y-%m-%d", 10)):
            if len(words) == length:
                try:
                    return datetime.strptime(words, form).date()  # noqa: DTZ007 - a date has no zone
                except ValueError:
                    break
    raise BadDate("history.no_date", typed=words)


def _begin_ms(day: date, zone: tzinfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000


def first_id(at_ms: int) -> int:
    """The lowest id that Discord can give out at this instant: ids tell when they were made, and grow with time."""
    return min(max(at_ms - DISCORD_EPOCH_MS, 0) << _ID_TIME_SHIFT, ID_MAX)


def id_of_ref(typed: str) -> int | None:
    """The interaction id that `ref_of` of bot/cards/writer.py made this of; None where it can have made it of none."""
    ref = typed.strip().removeprefix("#").lower()
    if not ref or not set(ref) <= _DIGITS or len(ref) > len("1y2p0ij32e8e7"):
        return None
    found = int(ref, 36)
    return found if 0 < found <= ID_MAX else None
