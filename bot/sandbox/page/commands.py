"""The commands that a person is offered at a place, in that person's language, as Discord's client offers them."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.discord.command_access import why_hidden
from bot.sandbox.discord.command_names import CommandType, OptionType
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.people import Actor

Json = dict[str, Any]

_FALLBACKS = {"en-US": "en-GB", "en-GB": "en-US", "es-419": "es-ES"}
_BRANCHES = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)


def offered(core: Core, who: Actor) -> list[Json]:
    """What the picker and the context menus show; each sub-command is an entry with the `path` that leads to it."""
    found: dict[tuple[str, int], Json] = {}
    # A guild's own command hides a global one of its name.
    for scope in (None, who.guild.id) if who.guild else (None,):
        found |= {(each["name"], each["type"]): each for each in core.commands.all(scope)}
    usable = [each for each in found.values() if why_hidden(core, each, who) is None]
    return [entry for command in usable for entry in _entries(command, who.user.locale)]


def localised(shown: Mapping[str, Any], name: str, locale: str) -> str:
    """A name or description in the language, or in the one that Discord falls back to, or as it was registered."""
    words = shown.get(f"{name}_localizations") or {}
    return words.get(locale) or words.get(_FALLBACKS.get(locale, "")) or shown.get(name) or ""


def _entries(command: Mapping[str, Any], locale: str) -> Iterator[Json]:
    """The command itself, or its sub-commands where it has any; Discord shows those only."""
    base: Json = {"id": command["id"], "type": command["type"], "command": command["name"]}
    if command["type"] != CommandType.CHAT_INPUT:
        yield base | {"label": localised(command, "name", locale)}
        return
    for path, leaf in _leaves(command, ()):
        words = [localised(part, "name", locale) for part in (command, *path)]
        yield base | {
            "path": [part["name"] for part in path],
            "name": " ".join([command["name"], *(part["name"] for part in path)]),
            "label": " ".join(words),
            "description": localised(leaf, "description", locale),
            "options": [_option(each, locale) for each in leaf.get("options") or ()],
        }


def _leaves(
    node: Mapping[str, Any], path: tuple[Mapping[str, Any], ...]
) -> Iterator[tuple[tuple[Mapping[str, Any], ...], Mapping[str, Any]]]:
    branches = [option for option in node.get("options") or () if option["type"] in _BRANCHES]
    if not branches:
        yield path, node
    for branch in branches:
        yield from _leaves(branch, (*path, branch))


def _option(option: Mapping[str, Any], locale: str) -> Json:
    kept = ("name", "type", "autocomplete", "min_value", "max_value", "min_length", "max_length", "channel_types")
    choices = [
        {"label": localised(each, "name", locale), "value": each["value"]} for each in option.get("choices") or ()
    ]
    return {name: option[name] for name in kept if name in option} | {
        "label": localised(option, "name", locale),
        "description": localised(option, "description", locale),
        "required": bool(option.get("required")),
        "choices": choices,
    }
