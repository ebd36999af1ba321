"""What a server may say about words: word rules as its AutoMod has them, and regular expressions. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.fields import BadValue

# AutoMod's own longest is 60 characters for a keyword and 260 for a pattern, 6 rules of 1,000 and of 10.
PATTERN_CHARACTERS_MAX = 260
RULES_MAX = 10_000
PATTERNS_MAX = 60


class Effect(StrEnum):
    BLOCK = "block"
    FLAG = "flag"  # made, and shown to moderators
    SPOILER = "spoiler"


@dataclass(frozen=True, slots=True)
class WordRule:
    """A word or a phrase; `*` at either end of a word stands for any further letters of it.

    `allow` are words and phrases in which this rule does not count; they know `*` too, and are taken as they are
    written (only case and width are seen through), so that nobody can hide behind them.
    """

    pattern: str
    effect: Effect
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PatternRule:
    """A regular expression in Rust's syntax, looked for in the text as written and without invisible characters."""

    pattern: str
    effect: Effect


Rule = WordRule | PatternRule


class BadRule(BadValue):
    """A rule that cannot be taken: `name` is its pattern, `reason` an id below `bad_rule.`, with `values` for it."""

    def __init__(self, pattern: str, reason: str, **values: Any) -> None:
        super().__init__(pattern, f"bad_rule.{reason}", **values)
