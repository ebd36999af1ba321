"""Safety levels: what a server chooses, and what each of them does. Pure.

RULES is the whole of it: what is sent to Segmind, what the panel says and what is refused all follow from this table.
How levels of servers and channels meet is told in docs/decisions/0012-safety-levels.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.catalog import SAFETY_LEVELS, Model
from bot.fields import Choice

FILTER, PERSON = "safety_filter_level", "person_generation"
# From the strictest to the loosest.
PERSONS = ("DONT_ALLOW", "ALLOW_ADULT")
_SCALES: Mapping[str, tuple[str, ...]] = {FILTER: SAFETY_LEVELS, PERSON: PERSONS}


class Level(StrEnum):
    """How careful the bot is, from the strictest to the loosest. The value is what the database holds."""

    GUARDED = "guarded"
    STANDARD = "standard"
    RELAXED = "relaxed"
    OPEN = "open"


LEVELS: tuple[Level, ...] = tuple(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule:
    """What a level does.

    `loosest` is, by parameter, the loosest value that is sent; `untunable` tells whether models are used that do not
    take every one of these; `spoiler` hides every image until it is clicked.
    """

    loosest: Mapping[str, str]
    untunable: bool
    spoiler: bool
    age_restricted_only: bool


def _loosest(blocking: str, person: str) -> Mapping[str, str]:
    return {FILTER: blocking, PERSON: person}


_LOW, _MEDIUM, _ONLY_HIGH = SAFETY_LEVELS
_NOBODY, _ADULTS = PERSONS
RULES: Mapping[Level, LevelRule] = {
    Level.GUARDED: LevelRule(
        loosest=_loosest(_LOW, _NOBODY), untunable=False, spoiler=False, age_restricted_only=False
    ),
    Level.STANDARD: LevelRule(
        loosest=_loosest(_LOW, _ADULTS), untunable=True, spoiler=False, age_restricted_only=False
    ),
    Level.RELAXED: LevelRule(
        loosest=_loosest(_MEDIUM, _ADULTS), untunable=True, spoiler=False, age_restricted_only=False
    ),
    Level.OPEN: LevelRule(
        loosest=_loosest(_ONLY_HIGH, _ADULTS), untunable=True, spoiler=True, age_restricted_only=True
    ),
}


def is_looser(one: Level, other: Level) -> bool:
    return LEVELS.index(one) > LEVELS.index(other)


def levels_within(ceiling: str) -> tuple[Level, ...]:
    """The levels that the operator's ceiling, a safety_filter_level, leaves; the strictest is always among them."""
    bound = SAFETY_LEVELS.index(ceiling)
    return tuple(level for level in LEVELS if SAFETY_LEVELS.index(RULES[level].loosest[FILTER]) <= bound)


def capped(level: Level, ceiling: str) -> Level:
    """The level itself, or the loosest that the ceiling leaves."""
    return min(level, levels_within(ceiling)[-1], key=LEVELS.index)


def level_of_place(*, server: Level, channel: Level | None, age_restricted: bool, ceiling: str) -> Level:
    """What counts in a channel: its own level, a looser one than the server's only while it is age-restricted."""
    chosen = server if channel is None or (is_looser(channel, server) and not age_restricted) else channel
    return capped(chosen, ceiling)


def choices_at(level: Level, field: Choice) -> tuple[str, ...]:
    """What a member may choose at this level for FILTER or PERSON, from the strictest to the loosest.

    A value of an operator's own model that is on no scale of ours counts as looser than all.
    """
    scale = _SCALES[field.name]
    allowed = scale[: scale.index(RULES[level].loosest[field.name]) + 1]
    return tuple(value for value in allowed if value in field.choices)


def tuned_fields(model: Model) -> tuple[Choice, ...]:
    """Those parameters of a model with which a level can tune it."""
    return tuple(field for field in model.fields if isinstance(field, Choice) and field.name in _SCALES)


def sent_at(level: Level, model: Model) -> Mapping[str, str] | None:
    """What this level has sent to a model where a member chooses nothing; None where the model is not used at it."""
    fields = tuned_fields(model)
    if not RULES[level].untunable and len(fields) < len(_SCALES):
        return None
    sent = {field.name: choices_at(level, field)[-1:] for field in fields}
    return None if () in sent.values() else {name: values[0] for name, values in sent.items()}
