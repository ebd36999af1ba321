"""Regular expressions, by the engine that AutoMod's own are written for: Rust's, which takes linear time. Pure.

It comes with pydantic. It says whether a text matches, not where; the place is narrowed down word by word, which only
a match ever costs. Linear time has a factor, the size of the pattern, so the size is limited.
"""

import re
from collections.abc import Sequence

from pydantic_core import SchemaError, SchemaValidator, core_schema

from bot.words.rules import PATTERN_CHARACTERS_MAX, PATTERNS_MAX, BadRule, PatternRule

# Letters and classes of a pattern with its repetitions written out, for one and for all patterns of a server.
UNROLLED_MAX = 500
UNROLLED_SUM_MAX = 3_000
_REPEATED = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_PART = re.compile(
    r"\\[pPxuU]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]])*\]|\{\d+(?:,\d*)?\}|\(\?[^():]*[:)]?|.", re.DOTALL
)
_WORD_EDGE = re.compile(r"(?<=\w)(?!\w)|(?<!\w)(?=\w)")


def unrolled(pattern: str) -> int:
    """How many letters and classes a pattern has once its counted repetitions are written out; never too few."""
    sums, last = [0], 0
    for part in (found.group() for found in _PART.finditer(pattern)):
        repeated = _REPEATED.fullmatch(part)
        if repeated:
            times = int(repeated[2] or repeated[1] or 1)
            sums[-1] += last * (max(1, times) - 1)
            last *= max(1, times)
        elif part.startswith("(") and not part.endswith(")"):
            sums.append(0)
        elif part == ")" and len(sums) > 1:
            last = sums.pop()
            sums[-1] += last
        elif part not in "*+?|^$()":
            last = 1
            sums[-1] += 1
    return sum(sums)


class Pattern:
    """A compiled pattern rule; raises BadRule where the engine does not take it."""

    def __init__(self, rule: PatternRule) -> None:
        if not rule.pattern:
            raise BadRule(rule.pattern, "empty")
        if len(rule.pattern) > PATTERN_CHARACTERS_MAX:
            raise BadRule(rule.pattern, "length", high=PATTERN_CHARACTERS_MAX, length=len(rule.pattern))
        if unrolled(rule.pattern) > UNROLLED_MAX:
            raise BadRule(rule.pattern, "repeats", high=UNROLLED_MAX)
        try:
            schema = core_schema.str_schema(pattern=rule.pattern, regex_engine="rust-regex")
            self._engine = SchemaValidator(schema)
        except SchemaError as error:
            raise BadRule(rule.pattern, "pattern", detail=str(error).strip().rpartition("error: ")[2]) from None
        if self._matches(""):
            raise BadRule(rule.pattern, "matches_all")
        self.rule = rule

    def span(self, text: str) -> tuple[int, int] | None:
        """Where it matches, to the nearest words; None if nowhere."""
        if not self._matches(text):
            return None
        edges = sorted({0, len(text), *(edge.start() for edge in _WORD_EDGE.finditer(text))})
        low, high = 0, len(edges) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._matches(text[: edges[middle]]) else (middle + 1, high)
        end = edges[high]
        low = 0
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._matches(text[edges[middle] : end]) else (low, middle - 1)
        return edges[low], end

    def _matches(self, text: str) -> bool:
        return self._engine.isinstance_python(text)


def compile_patterns(rules: Sequence[PatternRule]) -> tuple[Pattern, ...]:
    """All of a server's; raises BadRule for the first that cannot be taken, or that is one too many."""
    compiled, size = [], 0
    for rule in rules:
        compiled.append(Pattern(rule))
        size += unrolled(rule.pattern)
        if len(compiled) > PATTERNS_MAX or size > UNROLLED_SUM_MAX:
            raise BadRule(rule.pattern, "too_many", high=PATTERNS_MAX)
    return tuple(compiled)
