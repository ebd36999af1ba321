"""A server's settings as a file that people keep and bring back: written here, and read with nothing taken on trust. Pure.

The file is a JSON object: `format` and `version` say what it is, `settings` has for each setting what the database
holds, or null where nothing is set. What a file does not name stays as it is. Reading lists everything that is wrong at
once. What names a role or a channel that the server does not have is left out and listed; a list of which nothing would
be left stays as it is here, because an empty list often means "everywhere" or "no limit".
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.errors import ImagenError
from bot.fields import BadValue
from bot.safety_fields import ChannelLevels
from bot.setting_fields import (
    Place,
    Places,
    TargetAllowances,
    TargetKind,
)
from bot.settings import Setting, Settings

FORMAT = "imagen-discord settings"
VERSION = 1
FILE_BYTES_MAX = 200_000

Has = Callable[[TargetKind, int], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: a message id, and what it needs; or what a setting's field says of its value."""

    message_id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    refused: tuple[Setting[Any], BadValue] | None = None


class BadFile(ImagenError):
    """The file cannot be imported; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A role or channel in the file that this server does not have; with `stays`, its setting is not imported at all."""

    setting: Setting[Any]
    kind: TargetKind
    target_id: int
    stays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What a file asks for: by setting what is to be stored, None where the default is to count again."""

    stored: Sequence[tuple[Setting[Any], Any]]
    strangers: tuple[Stranger, ...]


def write_file(settings: Settings, which: Iterable[Setting[Any]]) -> bytes:
    """The file of these settings."""
    stored = {
        setting.name: setting.field.stored(settings[setting]) if settings.is_set(setting) else None for setting in which
    }
    whole = {"format": FORMAT, "version": VERSION, "settings": stored}
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def read_file(data: bytes, *, mine: Sequence[Setting[Any]], others: Sequence[Setting[Any]], has: Has) -> Import:
    """What the file asks for; raises BadFile.

    `mine` are the settings that whoever imports may change, `others` those that only somebody else may.
    """
    named = _settings_in(data)
    problems = [*_unknown(named, mine, others)]
    stored: list[tuple[Setting[Any], Any]] = []
    strangers: list[Stranger] = []
    for setting in mine:
        if setting.name not in named:
            continue
        raw = named[setting.name]
        try:
            value = None if raw is None else setting.field.parse(raw)
        except BadValue as error:
            problems.append(Problem(refused=(setting, error)))
            continue
        kept, gone = _without_strangers(setting, value, has)
        strangers += gone
        if not any(each.stays for each in gone):
            stored.append((setting, None if raw is None else setting.field.stored(kept)))
    if problems:
        raise BadFile(problems)
    return Import(stored=stored, strangers=tuple(strangers))


def _settings_in(data: bytes) -> Mapping[str, Any]:
    if len(data) > FILE_BYTES_MAX:
        raise BadFile([Problem(message_id="safety.file.too_large", values={"high": FILE_BYTES_MAX // 1000})])
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # a UnicodeDecodeError is a ValueError
        raise BadFile([Problem(message_id="safety.file.not_json")]) from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise BadFile([Problem(message_id="safety.file.not_ours")])
    version, named = whole.get("version"), whole.get("settings")
    if type(version) is not int or version != VERSION:
        raise BadFile([Problem(message_id="safety.file.version", values={"version": VERSION})])
    if not isinstance(named, dict):
        raise BadFile([Problem(message_id="safety.file.not_ours")])
    return named


def _unknown(
    named: Mapping[str, Any], mine: Sequence[Setting[Any]], others: Sequence[Setting[Any]]
) -> Iterable[Problem]:
    allowed, not_allowed = ({setting.name for setting in which} for which in (mine, others))
    for name in named:
        if name in not_allowed:
            setting = next(each for each in others if each.name == name)
            yield Problem(message_id="safety.file.rank", values={"setting": setting})
        elif name not in allowed:
            yield Problem(message_id="safety.file.unknown", values={"name": name})


def _without_strangers(setting: Setting[Any], value: Any, has: Has) -> tuple[Any, list[Stranger]]:
    """The value without what the server does not have, and what that is."""
    kind, ids = _targets(setting, value)
    gone = [each for each in ids if not has(kind, each)]
    stays = bool(gone) and len(gone) == len(ids)
    found = [Stranger(setting=setting, kind=kind, target_id=each, stays=stays) for each in gone]
    if not gone or stays:
        return value, found
    if isinstance(value, Mapping):
        return {each: kept for each, kept in value.items() if each not in gone}, found
    return tuple(each for each in value if each not in gone), found


def _targets(setting: Setting[Any], value: Any) -> tuple[TargetKind, Sequence[int]]:
    """The roles or channels that a value names."""
    match setting.field:
        case TargetAllowances(targets=kind) if value:
            return kind, tuple(value)
        case ChannelLevels() | Places() if value:
            return TargetKind.CHANNEL, tuple(value)
        case Place() if value is not None:
            return TargetKind.CHANNEL, (value,)
        case _:
            return TargetKind.CHANNEL, ()
