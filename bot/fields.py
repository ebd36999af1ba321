"""Fields: what a value is called, what it may be, and how it is read.

From a field follow the slash option, the modal input, the validation, the payload, the stored value and the
reference page. A field's words stand in the catalogue under `option.<name>`; a field that an operator added
brings its own `description`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import ImagenError


class BadValue(ImagenError):
    """A value that a field does not take; `reason` is a message id below `bad_value.`, with `values` for it."""

    def __init__(self, name: str, reason: str, **values: Any) -> None:
        super().__init__(f"{name}: {reason} {values}")
        self.name = name
        self.reason = reason
        self.values: Mapping[str, Any] = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words, of `low` to `high` characters, never stripped or changed."""

    name: str
    default: str | None = None
    low: int = 0
    high: int = 2000
    required: bool = False
    description: str | None = None

    def parse(self, value: object) -> str:
        if not isinstance(value, str):
            raise BadValue(self.name, "not_text")
        if not self.low <= len(value) <= self.high:
            raise BadValue(self.name, "length", low=self.low, high=self.high, length=len(value))
        if self.required and not value.strip():
            raise BadValue(self.name, "blank")
        try:
            value.encode()
        except UnicodeEncodeError:
            # Half a surrogate pair fits neither into JSON nor into a database.
            raise BadValue(self.name, "unreadable") from None
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a few words."""

    name: str
    choices: tuple[str, ...]
    default: str | None = None
    description: str | None = None

    def parse(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise BadValue(self.name, "choice", choices=", ".join(self.choices))
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number from `low` to `high`, both included."""

    name: str
    low: int
    high: int
    default: int | None = None
    description: str | None = None

    def parse(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise BadValue(self.name, "range", low=self.low, high=self.high)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number from `low` to `high`, both included."""

    name: str
    low: float
    high: float
    default: float | None = None
    description: str | None = None

    def parse(self, value: object) -> float:
        # What is not a number at all (NaN) is not between any two.
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise BadValue(self.name, "range", low=self.low, high=self.high)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggle:
    """Yes or no."""

    name: str
    default: bool | None = None
    description: str | None = None

    def parse(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise BadValue(self.name, "not_toggle")
        return value


Field = Text | Choice | Whole | Number | Toggle
