"""What was changed in settings, in words: who, when, from what to what. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.admin.level_text import level_name
from bot.admin.panel_text import Phrases
from bot.admin.strike_text import strike_words
from bot.fields import BadValue
from bot.levels import Level
from bot.markdown import clipped
from bot.safety_fields import ChannelLevels, SafetyLevel, ShortText, Strikes
from bot.setting_fields import (
    Allowance,
    Images,
    ModelCounts,
    PeriodAllowance,
    Place,
    Places,
    Switch,
    TargetAllowances,
    TargetKind,
    Zone,
)
from bot.settings import SAFETY_SETTINGS, SETTINGS, Setting

# The notice to a server's log that somebody changed settings of it.
CHANGED = "notice.changed"
# Of one change; the rest of its entries are counted.
ENTRIES_MAX = 4
_WORDS_MAX = 80
_MS_PER_S = 1000
_BY_NAME: Mapping[str, Setting[Any]] = {setting.name: setting for setting in (*SETTINGS, *SAFETY_SETTINGS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change as it was written down: `old` and `new` as JSON held them, None where nothing was set."""

    old: Any
    new: Any
    user_id: int
    at_ms: int


def change_line(phrases: Phrases, setting: Setting[Any], told: Told) -> str:
    return phrases(
        "safety.change",
        at_s=told.at_ms // _MS_PER_S,
        who=f"<@{told.user_id}>",
        name=phrases.name(setting),
        change=_change(phrases, setting, old=told.old, new=told.new),
    )


def changed_params(user_id: int, changes: Iterable[tuple[str, Any, Any]]) -> dict[str, Any]:
    """What the notice holds: who, and of each setting its name and what JSON held before and after."""
    return {"user_id": user_id, "changes": [list(change) for change in changes]}


def changed_words(phrases: Phrases, params: Mapping[str, Any]) -> str:
    """The notice in words. Raises KeyError for a setting that this version does not know."""
    changes = [(_BY_NAME[name], old, new) for name, old, new in params["changes"]]
    lines = [
        phrases("notice.changed.one", name=phrases.name(setting), change=_change(phrases, setting, old=old, new=new))
        for setting, old, new in changes
    ]
    return phrases(CHANGED, user_id=params["user_id"], count=len(lines), changes="\n".join(lines))


def _change(phrases: Phrases, setting: Setting[Any], *, old: Any, new: Any) -> str:
    """`old` and `new` as JSON held them."""
    try:
        old, new = (_parsed(setting, each) for each in (old, new))
    except BadValue:
        return phrases("safety.change.unreadable")
    match setting.field:
        case TargetAllowances() | ChannelLevels() | ModelCounts():
            return _entries(phrases, setting, old, new)
        case Places():
            return _places(phrases, old, new)
        case _:
            return _from_to(phrases, _value(phrases, setting, old), _value(phrases, setting, new))


def _parsed(setting: Setting[Any], stored: Any) -> Any:
    return setting.field.parse(setting.default if stored is None else stored)


def _from_to(phrases: Phrases, old: str, new: str) -> str:
    return phrases("safety.change.from_to", old=old, new=new)


def _value(phrases: Phrases, setting: Setting[Any], value: Any) -> str:
    match setting.field:
        case Switch():
            words = phrases.switch(on=value)
        case SafetyLevel():
            words = level_name(phrases, value)
        case PeriodAllowance() if value is not None:
            words = phrases.allowance(value)
        case Place() if value is not None:
            words = phrases.target(TargetKind.CHANNEL, value)
        case Zone():
            words = str(value)
        case Images():
            words = phrases.count(value)
        case ShortText() if value:
            words = phrases("outcome.reason", reason=short(value))
        case Strikes() if value is not None:
            words = strike_words(phrases, value)
        case PeriodAllowance() | Place() | ShortText() | Strikes():
            words = phrases.empty(setting)
        case _:
            raise TypeError(setting.field)
    return words


def short(words: str) -> str:
    """Somebody's words in one harmless line, cut where they are long."""
    line = " ".join(words.split())
    return clipped(line, characters_max=_WORDS_MAX, bytes_max=3 * _WORDS_MAX)


def _places(phrases: Phrases, old: Sequence[int], new: Sequence[int]) -> str:
    named = [
        phrases(message_id, channel=phrases.target(TargetKind.CHANNEL, each))
        for message_id, before, after in (("safety.change.added", old, new), ("safety.change.taken", new, old))
        for each in after
        if each not in before
    ]
    return _listed(phrases, named)


def _entries(phrases: Phrases, setting: Setting[Any], old: Mapping[Any, Any], new: Mapping[Any, Any]) -> str:
    changed = [key for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)]
    return _listed(
        phrases,
        [
            phrases(
                "panel.entry",
                entry=_entry(phrases, setting, key),
                value=_from_to(phrases, *(_part(phrases, setting, each.get(key)) for each in (old, new))),
            )
            for key in changed
        ],
    )


def _entry(phrases: Phrases, setting: Setting[Any], key: Any) -> str:
    match setting.field:
        case TargetAllowances(targets=targets):
            return phrases.target(targets, key)
        case ChannelLevels():
            return phrases.target(TargetKind.CHANNEL, key)
        case _:
            return next((model.label for model in phrases.models if model.key == key), short(str(key)))


def _part(phrases: Phrases, setting: Setting[Any], value: Any) -> str:
    match value:
        case Level():
            return level_name(phrases, value)
        case Allowance():
            return phrases.allowance(value)
        case int():
            return phrases.count(value)
        case _:
            field = setting.field
            return phrases.count(field.high) if isinstance(field, ModelCounts) else phrases("panel.none")


def _listed(phrases: Phrases, named: Sequence[str]) -> str:
    words = ", ".join(named[:ENTRIES_MAX])
    more = len(named) - ENTRIES_MAX
    return phrases("panel.and_more", count=more, words=words) if more > 0 else words
