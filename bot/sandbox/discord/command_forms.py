"""Application commands as clients register them, with Discord's limits."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.discord.command_names import CommandType, OptionType, localised, name_rule
from bot.sandbox.discord.errors import Errors, problem
from bot.sandbox.discord.forms import (
    Rule,
    both,
    by_field,
    flag,
    list_of,
    number,
    one_of,
    shape,
    snowflake,
    text,
    whole,
)

CHARACTERS_MAX = 8000
# How many commands of a type there may be, globally and again in each guild.
COMMANDS_MAX = {CommandType.CHAT_INPUT: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}
_INT53 = 2**53 - 1
_DESCRIPTION = text(least=1, most=100)
_MENU_NAME = text(least=1, most=32, pattern=r"\S")
_NAMED: dict[str, Rule] = {"name_localizations": localised(name_rule)}
_DESCRIBED: dict[str, Rule] = _NAMED | {"description_localizations": localised(_DESCRIPTION)}
_CHOICE_NAME = text(least=1, most=100)


def _choices(value: Rule) -> Rule:
    choice = shape({"name": _CHOICE_NAME, "value": value}, {"name_localizations": localised(_CHOICE_NAME)})
    return both(list_of(choice, most=25), _distinct_choices)


def _distinct_choices(value: Any) -> Errors:
    for name in ("name", "value"):
        seen = Counter(choice[name] for choice in value)
        if any(count > 1 for count in seen.values()):
            return problem("APPLICATION_COMMAND_OPTIONS_CHOICE_DUPLICATE", f"Option choice {name}s must be unique")
    return {}


def _int53(value: Any) -> Errors:
    return whole(least=-_INT53, most=_INT53)(value)


def _bounds_extras(value: Any) -> Errors:
    if value.get("autocomplete") and value.get("choices"):
        return {"autocomplete": problem("APPLICATION_COMMAND_AUTOCOMPLETE_NO_CHOICES", "Autocomplete bars choices.")}
    for least, most in (("min_value", "max_value"), ("min_length", "max_length")):
        low, high = value.get(least), value.get(most)
        if low is not None and high is not None and low > high:
            return {most: problem("APPLICATION_COMMAND_OPTION_RANGE", f"{most} is below {least}.")}
    return {}


def _option(extra: Mapping[str, Rule] | None = None) -> Rule:
    optional = _DESCRIBED | {"required": flag} | dict(extra or {})
    return both(shape({"name": name_rule, "description": _DESCRIPTION}, optional), _bounds_extras)


def _numeric(value: Rule) -> Rule:
    return _option({"min_value": value, "max_value": value, "choices": _choices(value), "autocomplete": flag})


_LEAVES: dict[int, Rule] = {
    OptionType.STRING: _option(
        {
            "choices": _choices(text(least=1, most=100)),
            "min_length": whole(least=0, most=6000),
            "max_length": whole(least=1, most=6000),
            "autocomplete": flag,
        }
    ),
    OptionType.INTEGER: _numeric(_int53),
    OptionType.NUMBER: _numeric(number),
    OptionType.CHANNEL: _option({"channel_types": list_of(whole(least=0, most=99), most=20)}),
    **{
        kind: _option()
        for kind in (
            OptionType.BOOLEAN,
            OptionType.USER,
            OptionType.ROLE,
            OptionType.MENTIONABLE,
            OptionType.ATTACHMENT,
        )
    },
}


def _in_order(value: Any) -> Errors:
    optional_seen = False
    names = Counter(option["name"] for option in value)
    for index, option in enumerate(value):
        if names[option["name"]] > 1:
            said = problem("APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option name already exists")
            return {str(index): {"name": said}}
        if option.get("required") and optional_seen:
            said = problem("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed first")
            return {str(index): said}
        optional_seen = optional_seen or not option.get("required")
    return {}


def _options(rules: Mapping[int, Rule]) -> Rule:
    return both(list_of(by_field("type", rules), most=25), _in_order)


_SUB_COMMAND = shape(
    {"name": name_rule, "description": _DESCRIPTION}, _DESCRIBED | {"options": _options(_LEAVES), "required": flag}
)
_GROUP = shape(
    {"name": name_rule, "description": _DESCRIPTION},
    _DESCRIBED | {"options": _options({OptionType.SUB_COMMAND: _SUB_COMMAND}), "required": flag},
)
_COMMON: dict[str, Rule] = {
    "default_member_permissions": snowflake,
    "dm_permission": flag,
    "nsfw": flag,
    "contexts": list_of(one_of([0, 1, 2]), least=1, most=3),
    "integration_types": list_of(one_of([0, 1]), least=1, most=2),
}
_ALL_OPTIONS = {**_LEAVES, OptionType.SUB_COMMAND: _SUB_COMMAND, OptionType.SUB_COMMAND_GROUP: _GROUP}


def _not_mixed(value: Any) -> Errors:
    kinds = {option["type"] in (1, 2) for option in value.get("options") or ()}
    if len(kinds) > 1:
        return {"options": problem("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands stand alone")}
    return {}


def _no_words(value: Any) -> Errors:
    if value.get("description") or value.get("options"):
        name = "description" if value.get("description") else "options"
        return {name: problem("APPLICATION_COMMAND_CONTEXT_MENU_FIELD", f"Context menu commands have no {name}")}
    return {}


_MENU = both(shape({"name": _MENU_NAME}, _COMMON | {"name_localizations": localised(_MENU_NAME)}), _no_words)
_RULES: dict[int, Rule] = {
    CommandType.CHAT_INPUT: both(
        shape(
            {"name": name_rule, "description": _DESCRIPTION}, _COMMON | _DESCRIBED | {"options": _options(_ALL_OPTIONS)}
        ),
        _not_mixed,
    ),
    CommandType.USER: _MENU,
    CommandType.MESSAGE: _MENU,
}


def check_command(value: Any) -> Errors:
    """Tell what is wrong with one command; a type left out is a slash command."""
    if isinstance(value, dict) and value.get("type") is None:
        value = {**value, "type": 1}
    if errors := by_field("type", _RULES)(value):
        return errors
    size = command_size(value)
    if size > CHARACTERS_MAX:
        said = f"Command exceeds maximum size ({CHARACTERS_MAX}): {size}"
        return problem("APPLICATION_COMMAND_TOO_LARGE", said)
    return {}


def check_commands(value: Any) -> Errors:
    """Tell what is wrong with a bulk overwrite, command by command."""
    if not isinstance(value, list):
        return problem("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    found = {str(index): errors for index, each in enumerate(value) if (errors := check_command(each))}
    if found:
        return found
    seen: set[tuple[int, str]] = set()
    for index, each in enumerate(value):
        key = (each.get("type") or 1, each["name"])
        if key in seen:
            said = "Application command names must be unique"
            return {str(index): {"name": problem("APPLICATION_COMMANDS_DUPLICATE_NAME", said)}}
        seen.add(key)
    counts = Counter(kind for kind, _ in seen)
    for kind, most in COMMANDS_MAX.items():
        if counts[kind] > most:
            said = f"Maximum number of commands of type {int(kind)} reached ({most})"
            return problem("APPLICATION_COMMANDS_MAX", said)
    return {}


def command_size(command: Mapping[str, Any]) -> int:
    """Count the characters towards the 8,000: of each text the longest of its languages."""
    return sum(_sizes(command))


def _sizes(node: Mapping[str, Any]) -> Iterator[int]:
    for name in ("name", "description"):
        words = [node.get(name) or "", *((node.get(f"{name}_localizations") or {}).values())]
        yield max(len(each or "") for each in words)
    for choice in node.get("choices") or ():
        words = [choice["name"], *((choice.get("name_localizations") or {}).values())]
        yield max(len(each or "") for each in words)
        if isinstance(choice["value"], str):
            yield len(choice["value"])
    for option in node.get("options") or ():
        yield from _sizes(option)
