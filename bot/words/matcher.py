"""Finds a server's word rules in a prompt. Pure; building it takes far longer than using it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from bot.words.edges import stands, word_span
from bot.words.evidence import looks_meant, tones_agree
from bot.words.keys import Key, allowed_keys, keys_of
from bot.words.patterns import Pattern, compile_patterns
from bot.words.readings import Kind, Reading
from bot.words.rules import RULES_MAX, BadRule, PatternRule, Rule, WordRule
from bot.words.sources import Source, sources, widthless

# Of one rule, more than anybody reads. Not of all: a flood of one rule's words must not hide another's.
HITS_OF_RULE_MAX = 10
_REPEATED = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)
# Three times as fast, and true of all that the other is true of.
_THRICE = re.compile(r"(.)\1\1", re.IGNORECASE)
# What makes a look-alike reading worth while: figures and signs, a capital I or an l, letters of other scripts than these.
_TAKEN_FOR_ANOTHER = re.compile(
    r"[0-9!|@$+*Il]|[^\s\x00-\x7f、。，．！？：；（）「」…–—\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
)
# The owner of an allowed phrase that counts for every rule.
_EVERY = -1

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule, and from where to where in the text it was found."""

    start: int
    end: int
    rule: Rule


class WordMatcher:
    """The rules of a server, compiled; made by compile_rules."""

    def __init__(
        self, rules: Sequence[WordRule], *, keys: "Automaton", allowed: "Automaton", patterns: Sequence[Pattern]
    ) -> None:
        self._rules = rules
        self._keys = keys
        self._allowed = allowed
        self._patterns = patterns

    def find(self, text: str) -> tuple[Hit, ...]:
        """Every rule that the text falls under, and where, in order; HITS_OF_RULE_MAX places of each.

        Whoever asks about a prompt and a negative prompt asks twice.
        """
        allowed: dict[int, list[Span]] | None = None
        hits: dict[tuple[int, int, int], Hit] = {}
        counts: Counter[int] = Counter()
        for owner, (start, end), rule in self._candidates(text):
            if (owner, start, end) in hits or counts[owner] == HITS_OF_RULE_MAX:
                continue
            if allowed is None:
                allowed = self._allowed_spans(text)
            spans = allowed.get(owner, []) + allowed.get(_EVERY, [])
            if not any(low <= start and end <= high for low, high in spans):
                hits[owner, start, end] = Hit(start, end, rule)
                counts[owner] += 1
        return tuple(sorted(hits.values(), key=lambda hit: (hit.start, hit.end)))

    def _candidates(self, text: str) -> Iterator[tuple[int, Span, Rule]]:
        for source in sources(text):
            for reading in _readings(source):
                for key, span in self._keys.found(reading):
                    yield key.owner, span, self._rules[key.owner]
        if not self._patterns:
            return
        seen = widthless(text)
        for number, pattern in enumerate(self._patterns, len(self._rules)):
            written = pattern.span(text)
            if written:
                yield number, written, pattern.rule
            elif seen.text != text and (inner := pattern.span(seen.text)):
                yield number, (seen.origin[inner[0]], seen.origin[inner[1] - 1] + 1), pattern.rule

    def _allowed_spans(self, text: str) -> dict[int, list[Span]]:
        spans: dict[int, list[Span]] = {}
        for key, span in self._allowed.found(Reading(next(sources(text)), Kind.PLAIN)):
            spans.setdefault(key.owner, []).append(span)
        return spans


def _readings(source: Source) -> Iterator[Reading]:
    """The ways a source is folded; one that would tell nothing new is left out."""
    looks = _TAKEN_FOR_ANOTHER.search(source.text) is not None
    repeated = _THRICE.search(source.text) is not None and _REPEATED.search(source.text) is not None
    yield Reading(source, Kind.FOLD)
    if looks:
        yield Reading(source, Kind.LOOKS)
    if repeated:
        yield Reading(source, Kind.FOLD_ONCE)
    if looks and repeated:
        yield Reading(source, Kind.LOOKS_ONCE)


class Automaton:
    """Many strings to be found in one pass (Aho-Corasick), with the keys that each stands for."""

    def __init__(self, keys: Iterable[tuple[str, Key]]) -> None:
        by_string: dict[str, list[Key]] = {}
        for string, key in keys:
            by_string.setdefault(string, []).append(key)
        self._keys = tuple(tuple(those) for those in by_string.values())
        self._automaton = ahocorasick_rs.AhoCorasick(by_string)

    def found(self, reading: Reading) -> Iterator[tuple[Key, Span]]:
        """Each key that stands in the reading, with its place in what the person wrote."""
        for number, start, end in self._automaton.find_matches_as_indexes(reading.text, overlapping=True):
            for key in self._keys[number]:
                if key.kind is reading.kind and (span := _stands_at(reading, key, start, end)):
                    yield key, span


def _stands_at(reading: Reading, key: Key, start: int, end: int) -> Span | None:
    if key.rest is not None:
        rest = key.rest.match(reading.text, end)
        if rest is None:
            return None
        end = rest.end()
    if not stands(reading, key, start, end):
        return None
    letters = reading.letters(start, end)
    if reading.kind.sees_looks:
        if not looks_meant(reading, key, letters):
            return None
    elif reading.kind is not Kind.PLAIN and not tones_agree(reading, key, letters):
        return None
    places = reading.places(reading.letters(*word_span(reading.text, start, end, key)))
    origin = reading.source.origin
    return origin[min(places)], origin[max(places)] + 1


def compile_rules(
    words: Sequence[WordRule], patterns: Sequence[PatternRule] = (), allow: Sequence[str] = ()
) -> WordMatcher:
    """The rules, ready for use; `allow` counts for all of them. Raises BadRule, which names the rule."""
    if len(words) > RULES_MAX:
        raise BadRule(words[RULES_MAX].pattern, "too_many", high=RULES_MAX)
    return WordMatcher(
        tuple(words),
        keys=Automaton(pair for number, rule in enumerate(words) for pair in keys_of(rule.pattern, number)),
        allowed=Automaton(_allowed(words, allow)),
        patterns=compile_patterns(patterns),
    )


def _allowed(words: Sequence[WordRule], allow: Sequence[str]) -> Iterator[tuple[str, Key]]:
    for phrase in allow:
        yield from allowed_keys(phrase, _EVERY)
    for number, rule in enumerate(words):
        for phrase in rule.allow:
            yield from allowed_keys(phrase, number)
