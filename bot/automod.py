"""A server's own AutoMod, as far as it can be read: its keyword rules, ready to be applied to prompts. Pure.

Discord applies them to what members write, not to what a bot repeats for them, so whoever may not write a word could have
a bot write it. The rules are read as Discord's documentation describes them ("Auto Moderation"): those on what members
say count here, where they are on. One that blocks, or takes away a member's right to speak, blocks the prompt; one that
only alerts has it looked at. The word lists of Discord's presets are not shown to anybody, so those cannot be applied.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.fields import BadValue
from bot.word_lines import made
from bot.words.matcher import Hit, WordMatcher
from bot.words.rules import Effect, PatternRule, WordRule

_ON_MESSAGES = 1
_KEYWORDS, _PRESET = 1, 4
_BLOCK, _ALERT = 1, 2

Json = Mapping[str, Any]


class Standing(StrEnum):
    """What is known of a server's AutoMod."""

    READ = "read"
    # The bot has no permission to read it.
    NOT_PERMITTED = "not_permitted"
    # Discord did not answer, the last time; what it said before still counts.
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordRule:
    """One rule as Discord shows it. `message` is what the server has its members told, where it set something."""

    name: str
    effect: Effect
    words: tuple[str, ...]
    patterns: tuple[str, ...]
    allow: tuple[str, ...]
    exempt_role_ids: frozenset[int]
    exempt_channel_ids: frozenset[int]
    message: str | None

    def exempts(self, *, role_ids: Collection[int], channel_ids: Collection[int]) -> bool:
        """Whether it does not count for somebody with these roles, at a place in these channels."""
        return not self.exempt_role_ids.isdisjoint(role_ids) or not self.exempt_channel_ids.isdisjoint(channel_ids)


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A word or pattern that is not applied, the rule that it stands in, and why it cannot be used."""

    rule: str
    pattern: str
    error: BadValue


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule and what finds its words."""

    rule: KeywordRule
    matcher: WordMatcher

    def find(self, text: str) -> tuple[Hit, ...]:
        return self.matcher.find(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoMod:
    """What is known of one server's AutoMod; `presets` are the names of the rules that only Discord can apply."""

    standing: Standing
    applied: tuple[Applied, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()
    presets: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many words and patterns it keeps in memory."""
        return sum(len(each.rule.words) + len(each.rule.patterns) + len(each.rule.allow) for each in self.applied)


def read(shown: Iterable[Json]) -> AutoMod:
    """All of a server's rules as Discord lists them, made ready. It takes long where they are many: use a thread."""
    on = [each for each in shown if each["enabled"] and each["event_type"] == _ON_MESSAGES]
    ready = [_ready(_rule(each)) for each in on if each["trigger_type"] == _KEYWORDS]
    return AutoMod(
        standing=Standing.READ,
        applied=tuple(applied for applied, _ in ready),
        not_applied=tuple(each for _, not_applied in ready for each in not_applied),
        presets=tuple(str(each["name"]) for each in on if each["trigger_type"] == _PRESET),
    )


def _rule(shown: Json) -> KeywordRule:
    trigger = shown.get("trigger_metadata") or {}
    actions: Sequence[Json] = shown.get("actions") or ()
    messages = [(each.get("metadata") or {}).get("custom_message") for each in actions if each["type"] == _BLOCK]
    return KeywordRule(
        name=str(shown["name"]),
        effect=Effect.FLAG if all(each["type"] == _ALERT for each in actions) else Effect.BLOCK,
        words=tuple(trigger.get("keyword_filter") or ()),
        patterns=tuple(trigger.get("regex_patterns") or ()),
        allow=tuple(trigger.get("allow_list") or ()),
        exempt_role_ids=frozenset(map(int, shown.get("exempt_roles") or ())),
        exempt_channel_ids=frozenset(map(int, shown.get("exempt_channels") or ())),
        message=next((each for each in messages if each), None),
    )


def _ready(rule: KeywordRule) -> tuple[Applied, list[NotApplied]]:
    """The rule with a matcher of all that can be used."""
    words = [WordRule(each, rule.effect) for each in rule.words]
    patterns = [PatternRule(each, rule.effect) for each in rule.patterns]
    matcher, unusable = made(words, patterns, rule.allow)
    return Applied(rule, matcher), [NotApplied(rule.name, each.pattern, each.error) for each in unusable]
