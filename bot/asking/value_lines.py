"""Values as people type them, one `name: value` on each line, and what is wrong with them, line by line. Pure.

Names are those of the options that Discord shows, so that whoever knows a command knows these. Small and capital letters
are the same in names and choices; a blank or a hyphen in a name counts as an underscore. Empty lines, and those that begin
with #, say nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from bot.fields import BadValue, Choice, Field, Number, Text, Toggle, Whole

# More than this of a line that is no `name: value` is not worth repeating.
TOLD_CHARACTERS_MAX = 40
_COMMENT = "#"


@dataclass(frozen=True, slots=True)
class Switch:
    """How a language says that something is on or off; what is typed may be English nevertheless."""

    yes: str = "yes"
    no: str = "no"

    def read(self, typed: str) -> bool | None:
        """What was typed means this; None where it is neither."""
        match typed.casefold():
            case word if word in {self.yes.casefold(), "yes", "true", "on"}:
                return True
            case word if word in {self.no.casefold(), "no", "false", "off"}:
                return False
            case _:
                return None


ENGLISH = Switch()


class Why(StrEnum):
    """What is wrong with a line. The value is the end of a message id."""

    SHAPE = "shape"  # it is no `name: value`
    UNKNOWN = "unknown"  # nothing is called that
    NOT_TAKEN = "not_taken"  # something is, but not here
    TWICE = "twice"  # an earlier line said it already
    VALUE = "value"  # the field does not take that value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong with line `line`, counted from 1. `typed` is the name, or the value where that is wrong.

    With VALUE, `field` says what would be taken.
    """

    line: int
    why: Why
    typed: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read: the values by name, and all that is wrong, in the order of the lines."""

    values: Mapping[str, Any]
    faults: tuple[Fault, ...]


def print_lines(values: Mapping[str, Any], fields: Iterable[Field], *, switch: Switch = ENGLISH) -> str:
    """A line for each of the fields that has a value, in the order of the fields."""
    return "\n".join(
        f"{field.name}: {_printed(values[field.name], switch)}".rstrip() for field in fields if field.name in values
    )


def read_lines(
    text: str, fields: Sequence[Field], *, elsewhere: Collection[str] = (), switch: Switch = ENGLISH
) -> Lines:
    """What the lines say of these fields; `elsewhere` are names that other models know."""
    known = {field.name: field for field in fields}
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    said: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if not words or words.startswith(_COMMENT):
            continue
        typed_name, colon, typed = words.partition(":")
        name = "_".join(typed_name.casefold().replace("-", " ").split())
        if not colon or not name:
            faults.append(Fault(line=number, why=Why.SHAPE, typed=words[:TOLD_CHARACTERS_MAX]))
        elif name not in known:
            why = Why.NOT_TAKEN if name in elsewhere else Why.UNKNOWN
            faults.append(Fault(line=number, why=why, typed=typed_name.strip()[:TOLD_CHARACTERS_MAX]))
        elif name in said:
            faults.append(Fault(line=number, why=Why.TWICE, typed=name))
        else:
            said.add(name)
            try:
                values[name] = known[name].parse(_read(typed.strip(), known[name], switch))
            except BadValue:
                shown = typed.strip()[:TOLD_CHARACTERS_MAX]
                faults.append(Fault(line=number, why=Why.VALUE, typed=shown, field=known[name]))
    return Lines(values, tuple(faults))


def _printed(value: object, switch: Switch) -> str:
    if isinstance(value, bool):
        return switch.yes if value else switch.no
    # A value is one line, whatever is in it.
    return " ".join(str(value).splitlines())


def _read(typed: str, field: Field, switch: Switch) -> object:
    """The text as the kind of value that the field takes; as it is where it is none, for the field to refuse it."""
    match field:
        case Text():
            return typed
        case Choice():
            return next((choice for choice in field.choices if choice.casefold() == typed.casefold()), typed)
        case Whole():
            return _number(typed, int)
        case Number():
            return _number(typed.replace(",", "."), float)
        case Toggle():
            read = switch.read(typed)
            return typed if read is None else read
        case _:
            assert_never(field)


def _number(typed: str, kind: type[int] | type[float]) -> object:
    # Python would also read 1_0 and figures of other scripts, which nobody means.
    plain = typed.isascii() and "_" not in typed
    try:
        return kind(typed) if plain else typed
    except ValueError:
        return typed
