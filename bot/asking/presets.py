"""Presets and members' own defaults: what they may hold, and how they meet what a member typed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from unicodedata import category, normalize

from bot.catalog import PROMPT, Catalog, Model
from bot.fields import BadValue, Text

NAME = Text(name="preset", low=1, high=32)
PART = Text(name="preset_prompt", high=1000)
# How commands take one: its name, or whose it is and its name, as `chosen` of bot/asking/habits.py has it.
OPTION = Text(name="preset", low=1, high=NAME.high + len("guild:"))
OF_SERVER_MAX = 50
OF_MEMBER_MAX = 25
SUGGESTIONS_MAX = 25  # of Discord's autocomplete

# Where in a preset's prompt part stands what the member typed.
PLACE = "{prompt}"
# What each member can set once for all their images.
DEFAULTS = ("negative_prompt", "aspect_ratio")
# The shape of an image is said as a whole: of two sources the later one says all of it.
_SHAPE = frozenset({"aspect_ratio", "width", "height"})
_UNSEEN = ("C", "Zl", "Zp")  # categories of Unicode: control and format characters, halves of pairs, ends of lines


class BadPreset(BadValue):
    """A preset that cannot be kept; `reason` is a message id of the catalogue, with `values` for it."""

    def __init__(self, message_id: str, **values: Any) -> None:
        super().__init__(NAME.name, message_id, **values)


class Kind(StrEnum):
    """Whose a preset is. The value is what the database holds."""

    GUILD = "guild"
    USER = "user"

    @property
    def most(self) -> int:
        """How many of them each server or person can have."""
        return OF_SERVER_MAX if self is Kind.GUILD else OF_MEMBER_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A prompt part, which may be empty, and options under a name. `user_id` is who set it last."""

    kind: Kind
    owner_id: int
    name: str
    prompt: str
    values: Mapping[str, Any] = field(default_factory=dict)
    user_id: int
    changed_ms: int

    @property
    def key(self) -> str:
        return key_of(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """What is asked for in the end, and the preset's options that the model does not take."""

    values: Mapping[str, Any]
    left_out: tuple[str, ...]


def name_of(typed: str) -> str:
    """A name as it is kept: single spaces, nothing invisible; raises BadValue."""
    name = " ".join(NAME.parse(typed).split())
    if not name or any(category(sign).startswith(_UNSEEN) for sign in name):
        raise BadPreset("preset.bad_name", high=NAME.high)
    return name


def key_of(name: str) -> str:
    """A name as names are compared: capitals, accents written in two ways and width do not matter."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def part_of(typed: str) -> str:
    """A prompt part as it is kept; raises BadValue."""
    part = PART.parse(typed).strip()
    if part.count(PLACE) > 1:
        raise BadPreset("preset.two_places", place=PLACE)
    return part


def values_of(values: Mapping[str, Any], catalog: Catalog) -> dict[str, Any]:
    """Options as they are kept: each is one that some model takes just so; raises BadValue."""
    return {name: _value_of(name, value, catalog) for name, value in values.items()}


def _value_of(name: str, value: object, catalog: Catalog) -> Any:
    error: BadValue = BadPreset("preset.no_option", option=name)
    for model in catalog.models:
        taken = model.field(name) if name != PROMPT.name else None
        if taken is not None:
            try:
                return taken.parse(value)
            except BadValue as refused:
                error = refused
    raise error


def combine(
    typed: Mapping[str, Any], *, model: Model, preset: Preset | None = None, defaults: Mapping[str, Any]
) -> Combined:
    """The options for a model, from what the member typed, a preset, and the member's own defaults, in this order.

    `typed` has a prompt. What is typed stands as it is, to be judged later; of the rest only what the model takes.
    """
    values = dict(typed)
    offered = preset.values if preset is not None else {}
    for layer in (offered, defaults):
        hidden = values.keys() | (_SHAPE if values.keys() & _SHAPE else set())
        values |= {name: value for name, value in layer.items() if name not in hidden and takes(model, name, value)}
    if preset is not None:
        values[PROMPT.name] = joined(typed[PROMPT.name], preset.prompt)
    left_out = tuple(name for name, value in offered.items() if name not in typed and not takes(model, name, value))
    return Combined(values=values, left_out=left_out)


def takes(model: Model, name: str, value: object) -> bool:
    """Whether a model has this option and takes it so."""
    taken = model.field(name)
    if taken is None:
        return False
    try:
        taken.parse(value)
    except BadValue:
        return False
    return True


def joined(typed: str, part: str) -> str:
    """What was typed and a preset's part: in the place that the part has for it, else before the part and a comma."""
    if PLACE in part:
        before, after = part.split(PLACE, maxsplit=1)
        return f"{before}{typed}{after}"
    return f"{typed.rstrip().rstrip(',')}, {part}" if part else typed


def suggested(presets: Iterable[Preset], typed: str) -> Sequence[Preset]:
    """For autocomplete: those whose name begins so, then those that have it elsewhere; each by name."""
    key = key_of(typed)
    found = [preset for preset in presets if key in preset.key]
    found.sort(key=lambda preset: (not preset.key.startswith(key), preset.key, preset.kind))
    return found[:SUGGESTIONS_MAX]
