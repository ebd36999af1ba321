"""A line as people type it in Discord: `/imagen prompt: a fox aspect_ratio: 16:9` becomes a command and its options."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

_SUB_COMMAND, _STRING, _INTEGER, _BOOLEAN, _NUMBER = 1, 3, 4, 5, 10
_TYPED = {_STRING, _INTEGER, _BOOLEAN, _NUMBER}
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class BadLine(Exception):
    """The line is no use of a registered command; the message says what to type instead."""


def read_line(line: str, commands: Mapping[str, Json]) -> tuple[str, dict[str, Any]]:
    """The command's name and its options (below their sub-command), typed as Discord's client would; raises BadLine.

    `commands` are what the bot registered, by name. A value runs to the next option's name; one space after the colon
    does not count, and a value in double quotes is read as JSON, so that it can begin with a space or hold a new line.
    """
    name, _, rest = line.strip("\r\n").lstrip().removeprefix("/").partition(" ")
    if not line.lstrip().startswith("/") or name not in commands:
        raise BadLine(f"type one of {', '.join('/' + known for known in commands)}, then its options")
    options = commands[name].get("options") or []
    subs = {option["name"]: option.get("options") or [] for option in options if option["type"] == _SUB_COMMAND}
    if not subs:
        return name, _values(name, rest, options)
    sub, _, rest = rest.strip().partition(" ")
    if sub not in subs:
        raise BadLine(f"type one of {', '.join(f'/{name} {known}' for known in subs)}, then its options")
    return name, {sub: _values(f"{name} {sub}", rest, subs[sub])}


def _values(command: str, rest: str, options: Sequence[Json]) -> dict[str, Any]:
    return {option["name"]: _typed(option, text) for option, text in _split(command, rest, options)}


def _split(command: str, rest: str, options: Sequence[Json]) -> list[tuple[Json, str]]:
    """Each option named in the line with the text behind its colon."""
    by_name = {option["name"]: option for option in options}
    if not by_name:
        if rest.strip():
            raise BadLine(f"/{command} takes no options")
        return []
    mark = re.compile(r"(?:^|(?<=\s))(" + "|".join(map(re.escape, by_name)) + r"):")
    marks = list(mark.finditer(rest))
    if rest.strip() and (not marks or rest[: marks[0].start()].strip()):
        raise BadLine(f"/{command} takes {', '.join(f'{known}:' for known in by_name)}")
    ends = [found.start() for found in marks[1:]] + [len(rest)] if marks else []
    return [
        (by_name[found[1]], rest[found.end() : end].removeprefix(" ").removesuffix(" " if end < len(rest) else ""))
        for found, end in zip(marks, ends, strict=True)
    ]


def _typed(option: Json, text: str) -> Any:
    name = option["name"]
    if option["type"] not in _TYPED:
        raise BadLine(f"{name}: people, roles, channels and files are chosen in the page; start it without --terminal")
    if text.startswith('"') and option["type"] == _STRING:
        try:
            return json.loads(text)
        except ValueError:
            raise BadLine(f"{name}: the quotation does not end") from None
    try:
        match option["type"]:
            case 4:
                return int(text)
            case 10:
                return float(text)
            case 5:
                return _WORDS[text.strip().lower()]
    except (ValueError, KeyError):
        raise BadLine(f"{name}: {text!r} is not {_KINDS[option['type']]}") from None
    return _choice(option, text)


_KINDS = {_INTEGER: "a whole number", _NUMBER: "a number", _BOOLEAN: "true or false"}


def _choice(option: Json, text: str) -> str:
    """What a pick from the list sends: people see names, the bot gets values."""
    choices = option.get("choices") or []
    by_name = {choice["name"].lower(): choice["value"] for choice in choices}
    return str(by_name.get(text.strip().lower(), text.strip())) if choices else text
