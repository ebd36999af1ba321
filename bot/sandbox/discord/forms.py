"""Rules for JSON that clients send, and what Discord says of JSON that breaks them.

A rule looks at one value and returns the tree of what is wrong with it; an empty tree means that nothing is.
Unknown fields are passed over, as Discord does.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from bot.sandbox.discord.errors import Errors, problem

Rule = Callable[[Any], Errors]

_REQUIRED = problem("BASE_TYPE_REQUIRED", "This field is required")


def text(*, least: int = 0, most: int, pattern: str | None = None) -> Rule:
    """A string of so many characters."""
    compiled = re.compile(pattern) if pattern else None

    def rule(value: Any) -> Errors:
        if not isinstance(value, str):
            return problem("STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        if not least <= len(value) <= most:
            return _length(least, most)
        if compiled and not compiled.search(value):
            return problem("STRING_TYPE_REGEX", "String value did not match validation regex.")
        return {}

    return rule


def _length(least: int, most: int) -> Errors:
    if least == 0:
        return problem("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    return problem("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


def whole(*, least: int, most: int) -> Rule:
    """A whole number between two bounds, both included."""

    def rule(value: Any) -> Errors:
        if isinstance(value, bool) or not isinstance(value, int):
            return problem("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        if value < least:
            return problem("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        if value > most:
            return problem("NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        return {}

    return rule


def number(value: Any) -> Errors:
    """Accept any number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return problem("NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')
    return {}


def flag(value: Any) -> Errors:
    """Accept true and false only."""
    return {} if isinstance(value, bool) else problem("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(value: Any) -> Errors:
    """Accept an id as a string or a number."""
    if isinstance(value, bool) or not str(value).isdecimal() or len(str(value)) > 20:
        return problem("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
    return {}


def anything(_value: Any) -> Errors:
    """Accept whatever comes; somebody else looks at it."""
    return {}


def one_of(values: Collection[Any]) -> Rule:
    allowed = tuple(values)

    def rule(value: Any) -> Errors:
        if isinstance(value, bool) or value not in allowed:
            return problem("BASE_TYPE_CHOICES", f"Value must be one of {allowed!r}.")
        return {}

    return rule


def list_of(item: Rule, *, least: int = 0, most: int) -> Rule:
    """A list of so many items that keep a rule each."""

    def rule(value: Any) -> Errors:
        if not isinstance(value, list):
            return problem("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        if not least <= len(value) <= most:
            return _length(least, most)
        found = ((str(index), item(each)) for index, each in enumerate(value))
        return {index: errors for index, errors in found if errors}

    return rule


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object: every required field is there, and an optional one is absent, null or keeps its rule."""
    others = optional or {}

    def rule(value: Any) -> Errors:
        if not isinstance(value, dict):
            return problem("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        found: Errors = {}
        for name, check in required.items():
            errors = _REQUIRED if value.get(name) is None else check(value[name])
            if errors:
                found[name] = errors
        for name, check in others.items():
            if value.get(name) is not None and (errors := check(value[name])):
                found[name] = errors
        return found

    return rule


def by_field(name: str, rules: Mapping[Any, Rule]) -> Rule:
    """An object whose rule depends on one of its fields, as a component's does on its type."""
    allowed = tuple(rules)

    def rule(value: Any) -> Errors:
        if not isinstance(value, dict):
            return problem("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        kind = value.get(name)
        if kind is None:
            return {name: _REQUIRED}
        if isinstance(kind, bool) or not isinstance(kind, (int, str)) or kind not in rules:
            return {name: problem("UNION_TYPE_CHOICES", f"Value of field {name!r} must be one of {allowed!r}.")}
        return rules[kind](value)

    return rule


def both(*rules: Rule) -> Rule:
    """Several rules on one value; the first that is broken is told."""

    def rule(value: Any) -> Errors:
        for each in rules:
            if errors := each(value):
                return errors
        return {}

    return rule
