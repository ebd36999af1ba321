"""What is looked for, for one rule: its words as each reading would show them. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.words.letters import is_spaceless, script
from bot.words.readings import Kind, Reading, fold, once
from bot.words.rules import PATTERN_CHARACTERS_MAX, BadRule
from bot.words.sources import sources

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_VOWELS = "aeiouyаеиоуыэюя"
# A letter is masked (`f*ck`) in words of this many letters and more.
_MASKED_MIN = 3
_PREFIXING = frozenset({"ARABIC", "HEBREW"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One string to be found in one kind of reading, and what must hold where it is.

    `owner` numbers the rule, or the allowed phrase. `joins` are the letters that must stand right after the one before;
    `runs` how often each letter is repeated, where readings show it once; `rest` is what must follow the string.
    """

    owner: int
    kind: Kind
    written: str
    open_left: bool = False
    open_right: bool = False
    takes_head: str = ""  # the script whose prefixes may stand before it
    takes_tail: bool = False  # whether Korean particles may follow it
    has_figure_edge: bool = False
    has_spaceless_edge: bool = False
    joins: tuple[int, ...] = ()
    runs: tuple[int, ...] = ()
    rest: re.Pattern[str] | None = None
    first_word_letters: int = 0
    scripts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Words:
    """A pattern taken apart: the words up to the first `*` within the phrase, and those after it."""

    head: tuple[str, ...]
    rest: tuple[tuple[bool, str, bool], ...]
    open_left: bool
    open_right: bool


def _words(pattern: str) -> _Words:
    if len(pattern) > PATTERN_CHARACTERS_MAX:
        raise BadRule(pattern, "length", high=PATTERN_CHARACTERS_MAX, length=len(pattern))
    words = [(each.startswith("*"), each.strip("*"), each.endswith("*")) for each in pattern.split()]
    if any("*" in inner for _, inner, _ in words):
        raise BadRule(pattern, "wildcard")
    if not words or not all(
        fold(inner, Kind.PLAIN).strip() and fold(inner, Kind.FOLD).strip() for _, inner, _ in words
    ):
        raise BadRule(pattern, "empty")
    for count, (word, following) in enumerate(pairwise(words), 1):
        if word[2] or following[0]:
            return _Words(tuple(each[1] for each in words[:count]), tuple(words[count:]), words[0][0], word[2])
    return _Words(tuple(each[1] for each in words), (), words[0][0], words[-1][2])


def keys_of(pattern: str, owner: int) -> Iterator[tuple[str, Key]]:
    """What to look for, for a rule; raises BadRule."""
    words = _words(pattern)
    for text in dict.fromkeys((" ".join(words.head), " ".join(words.head).translate(_UMLAUTS))):
        for kind in (Kind.FOLD, Kind.LOOKS):
            string, key = _key(text, words, owner=owner, kind=kind, written=pattern)
            yield string, key
            if not key.joins and key.rest is None:
                single, runs = once(string)
                yield single, replace(key, kind=Kind.FOLD_ONCE if kind is Kind.FOLD else Kind.LOOKS_ONCE, runs=runs)
            if kind is Kind.LOOKS:
                yield from ((masked, key) for masked in _masked(string))


def allowed_keys(phrase: str, owner: int) -> Iterator[tuple[str, Key]]:
    """What to look for, for an allowed phrase; raises BadRule."""
    words = _words(phrase)
    yield _key(" ".join(words.head), words, owner=owner, kind=Kind.PLAIN, written=phrase)


def _key(text: str, words: _Words, *, owner: int, kind: Kind, written: str) -> tuple[str, Key]:
    reading = Reading(next(sources(text)), kind)
    letters = reading.letters(0, len(reading.text))
    places = reading.places(letters)
    seen = reading.source.text
    if not places:
        raise BadRule(written, "empty")
    first, last = seen[places[0]], seen[places[-1]]
    key = Key(
        owner=owner,
        kind=kind,
        written=written,
        open_left=words.open_left,
        open_right=words.open_right,
        takes_head=script(first) if script(first) in _PREFIXING and not words.open_left else "",
        takes_tail=script(last) == "HANGUL" and not words.open_right and not words.rest,
        has_figure_edge=first.isdecimal() or last.isdecimal(),
        has_spaceless_edge=is_spaceless(first) or is_spaceless(last),
        joins=tuple(_joins(reading, places)),
        rest=_rest(words, kind),
        first_word_letters=len(reading.text.split()[0]),
        scripts=frozenset(script(each) for each in seen if each.isalpha()),
    )
    string = reading.text
    if key.open_left or key.takes_head:
        string = string.removeprefix(" ")
    if key.open_right or key.takes_tail:
        string = string.removesuffix(" ")
    return string, key


def _joins(reading: Reading, places: Sequence[int]) -> Iterator[int]:
    """The letters that a space parts from the one before only because each is a word of its own in readings."""
    number = 0
    for before, letter in zip(reading.text, reading.text[1:], strict=False):
        if letter == " ":
            continue
        if number and before == " " and places[number] - places[number - 1] <= 1:
            yield number
        number += 1


def _rest(words: _Words, kind: Kind) -> re.Pattern[str] | None:
    """What follows the first part of a phrase with `*` within, as a pattern without any choice of its own."""
    if not words.rest:
        return None
    parts = []
    open_before = words.open_right
    for number, (open_left, word, open_right) in enumerate(words.rest):
        gap = "[^ ]*" * open_before + (" " if open_before or number else "") + "[^ ]*" * open_left
        parts.append(gap + re.escape(fold(word, kind).strip()))
        open_before = open_right
    return re.compile("".join(parts) + ("" if open_before else " "))


def _masked(string: str) -> Iterator[str]:
    """The string with one vowel as an asterisk, and with all of them: within words, and not at their ends."""
    vowels = [
        place
        for place in range(1, len(string) - 1)
        if string[place] in _VOWELS and string[place - 1] != " " and string[place + 1] != " "
    ]
    if len(string.strip()) < _MASKED_MIN or not vowels:
        return
    for chosen in [*([each] for each in vowels), *([vowels] if len(vowels) > 1 else [])]:
        yield "".join("*" if place in chosen else letter for place, letter in enumerate(string))
