"""Fields of the settings of moderators, beside those of bot/setting_fields.py: levels, words of a server's own, strikes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.fields import BadValue, Text
from bot.levels import Level
from bot.moderation.cases import HOUR_MS, Act
from bot.setting_fields import TARGETS_MAX, id_of

STRIKE_BLOCKS_MIN, STRIKE_BLOCKS_MAX = 2, 20
STRIKE_HOURS = (1, 6, 24, 168)
STRIKE_PAUSES = (Act.PAUSE_HOUR, Act.PAUSE_DAY, Act.PAUSE_WEEK, Act.PAUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeRule:
    """Who has so many prompts blocked within so many hours is paused for as long as `pause` says."""

    blocks: int
    within_hours: int
    pause: Act

    @property
    def within_ms(self) -> int:
        return self.within_hours * HOUR_MS


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Strikes:
    """A strike rule, or none."""

    name: str

    def parse(self, value: object) -> StrikeRule | None:
        if value is None:
            return None
        if isinstance(value, StrikeRule):
            value = self.stored(value)
        if not isinstance(value, Mapping):
            raise BadValue(self.name, "strikes")
        blocks, within, pause = (value.get(part) for part in ("blocks", "within_hours", "pause"))
        # `type`, because True and 24.0 equal whole numbers.
        if type(blocks) is not int or type(within) is not int:
            raise BadValue(self.name, "strikes")
        if not STRIKE_BLOCKS_MIN <= blocks <= STRIKE_BLOCKS_MAX:
            raise BadValue(self.name, "range", low=STRIKE_BLOCKS_MIN, high=STRIKE_BLOCKS_MAX)
        if within not in STRIKE_HOURS or pause not in STRIKE_PAUSES:
            raise BadValue(self.name, "strikes")
        return StrikeRule(blocks=blocks, within_hours=within, pause=Act(pause))

    def stored(self, value: StrikeRule | None) -> Any:
        if value is None:
            return None
        return {"blocks": value.blocks, "within_hours": value.within_hours, "pause": value.pause.value}


SafetyField = SafetyLevel | ChannelLevels | ShortText | Strikes
