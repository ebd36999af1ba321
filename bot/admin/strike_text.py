"""A strike rule in words. Pure."""

from collections.abc import Mapping

from bot.admin.panel_text import Phrases
from bot.moderation.cases import Act
from bot.safety_fields import StrikeRule

_PAUSES: Mapping[Act, str] = {
    Act.PAUSE_HOUR: "case.strikes.pause_hour",
    Act.PAUSE_DAY: "case.strikes.pause_day",
    Act.PAUSE_WEEK: "case.strikes.pause_week",
    Act.PAUSE: "case.strikes.pause",
}


def strike_words(phrases: Phrases, rule: StrikeRule) -> str:
    """For how many blocks within how long a member is paused for how long."""
    paused = phrases(_PAUSES[rule.pause])
    return phrases("case.strikes", count=rule.within_hours, blocks=rule.blocks, paused=paused)
