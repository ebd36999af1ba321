"""Fields of the settings of moderators, beside those of bot/setting_fields.py: levels, and words of a server's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.fields import BadValue, Text
from bot.levels import Level
from bot.setting_fields import TARGETS_MAX, id_of


def _level_of(name: str, value: object) -> Level:
    if not isinstance(value, str) or value not in tuple(Level):
        raise BadValue(name, "level")
    return Level(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyLevel:
    """One of the levels of bot/levels.py."""

    name: str

    def parse(self, value: object) -> Level:
        return _level_of(self.name, value)

    def stored(self, value: Level) -> Any:
        return value.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLevels:
    """Levels by channel, at most TARGETS_MAX."""

    name: str

    def parse(self, value: object) -> Mapping[int, Level]:
        if not isinstance(value, Mapping):
            raise BadValue(self.name, "level")
        if len(value) > TARGETS_MAX:
            raise BadValue(self.name, "too_many", high=TARGETS_MAX)
        return {id_of(self.name, channel): _level_of(self.name, each) for channel, each in value.items()}

    def stored(self, value: Mapping[int, Level]) -> Any:
        return {str(channel): each.value for channel, each in value.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText:
    """Words of the server's own, up to `high` characters; none at all where there are only blanks."""

    name: str
    high: int

    def parse(self, value: object) -> str:
        words = Text(name=self.name, high=self.high).parse(value)
        return words if words.strip() else ""

    def stored(self, value: str) -> Any:
        return value


SafetyField = SafetyLevel | ChannelLevels | ShortText
