"""Words that are spelled out, or broken into pieces: `s k u l l`, `s.k.u.l.l`, `fu-ck`, `sh it`. Pure.

Everything is found in the shape of a text: one letter for each character, telling what kind it is of. A piece is
answered as the places of its letters, and is a whole word: rules are never looked for in the middle of it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.words.letters import base, is_letter, is_spaceless
from bot.words.looks import LEET, Table, is_flag_letter

_APOSTROPHES = frozenset("'’‘´`ʼ")
# Signs within a word; a comma, a colon or a dash rather stands between two, and an apostrophe is part of spelling.
_INSIDE = frozenset(".-_~|/\\·•=#^‐‑−*")
_GAP_MAX = 4
_RUN_MIN = 3
_CHUNK_MAX = 60
# Words of one letter, which may stand beside a word that is spelled out.
_ONE_LETTER_WORDS = frozenset("aiouyeàáéóèùивксояу")

# Single letters that stand in prose: let s hit the road (an apostrophe is lost), por n motivos.
_LONE = frozenset("nsx")


def _shape_of(character: str) -> str:
    """Vowel v, small and capital consonant c and C, other letter l, one of a script without spaces x, figure d.

    Half of a flag f, sign that may be a letter s, sign within words h, line break n, apostrophe a, all else o.
    """
    if is_flag_letter(character):
        return "f"
    if character in _APOSTROPHES:
        return "a"
    if character in _INSIDE:
        return "h"
    if character in LEET and not character.isalnum():
        return "s"
    if character.isspace():
        return "n" if character in "\n\r\x0b\x0c\x85\u2028\u2029" else " "
    return _shape_of_letter(character)


def _shape_of_letter(character: str) -> str:
    letter = base(character)
    if not letter or not is_letter(letter[0]):
        return "o"
    if letter.isdecimal():
        return "d"
    if is_spaceless(character):
        return "x"
    if letter[0] in "aeiouy":
        return "v"
    if "a" <= letter[0] <= "z":
        return "C" if character.isupper() else "c"
    return "l"


_SHAPES = Table(_shape_of)
# Letters outside the scripts that have no spaces, whose letters stand alone anyway.
_MAY_SPELL = re.compile(
    r"[^\W\d_\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u309f\u3400-\u9fff]|[\U0001f1e6-\U0001f1ff]"
)
_L = "vcCl"  # letters
_W = f"{_L}xd"  # what words are made of
# Each begins with the character before, so that a search skips the middle of words; shapes begin with a space.
_SINGLES = re.compile(rf"[^{_W}a]([{_L}df](?:(?:[^{_W}af]{{1,{_GAP_MAX}}}|(?<=f)(?=f))[{_L}df](?![{_W}])){{2,}})")
_CHUNK = re.compile(rf"[^{_W}h]([{_L}]+(?:(?:h{{1,3}}|h {{0,3}}n {{0,3}})[{_L}]+)+)(?![{_W}])")
# A piece without a vowel is hardly a word, but for a single capital letter, which is a name (Model S, Plan B).
_NO_VOWEL = re.compile(rf"[^{_W}a](c|[cC]{{2,4}})(?![{_W}a])")
# The same with the word behind it; a single letter only where more than one stands beside it, for two make no word.
_BESIDE = rf"[ n]{{1,3}}([{_L}]{{1,20}})(?![{_W}])"
_AFTER_TWO = "|".join(rf"(?<=[{_L}]{{2}}[ n]{{{gap}}})" for gap in (1, 2, 3))
_PIECE = re.compile(
    rf"[^{_W}a]((?:{_AFTER_TWO})c|c(?=[ n]{{1,3}}[{_L}]{{2}})|[cC]{{2,4}})(?![{_W}a])(?:(?={_BESIDE})|)"
)
# Of a shape that is turned around: the word before a piece.
_BEFORE = re.compile(_BESIDE)
_SMALL = re.compile(rf"[^{_W}a]((?:[{_L}]{{1,2}}[ n]{{1,2}}){{2,12}}[{_L}]{{1,2}})(?![{_W}a])")


def pieces(text: str) -> Iterator[Sequence[int]]:
    """Words that are spelled out, each as the places of its letters in the text."""
    if not _MAY_SPELL.search(text):
        return
    # One space more, so that the first word too has something before it; places are one less.
    shape = " " + text.translate(_SHAPES)
    for run in _SINGLES.finditer(shape):
        yield from _words_of(text, _places(shape, *run.span(1), kinds=f"{_L}df"))
    if "h" in shape:
        for chunk in _CHUNK.finditer(shape):
            if len(chunk[1]) <= _CHUNK_MAX:
                yield _places(shape, *chunk.span(1))
    if _NO_VOWEL.search(shape):
        yield from _halves(text, shape)
        for group in _SMALL.finditer(shape):
            if _NO_VOWEL.search(shape, *group.span()):
                yield _places(shape, *group.span(1))


def _places(shape: str, start: int, end: int, kinds: str = _L) -> list[int]:
    """The places in the text of the letters in this part of the shape, and of signs that stand alone like them."""
    part = shape[start:end]
    if "s" not in part:
        return [place for place, kind in enumerate(part, start - 1) if kind in kinds]
    return [
        place - 1
        for place in range(start, end)
        if shape[place] in kinds or (shape[place] == "s" and shape[place - 1] == " " == shape[place + 1])
    ]


def _words_of(text: str, run: list[int]) -> Iterator[Sequence[int]]:
    """The whole run, and the parts that wider gaps make of it, each also without a one-letter word at either end."""
    gaps = [after - before for before, after in pairwise(run)]
    usual = Counter(gaps).most_common(1)[0][0]
    cuts = [index + 1 for index, gap in enumerate(gaps) if gap > usual]
    parts = [run[start:end] for start, end in zip([0, *cuts], [*cuts, len(run)], strict=True)] if cuts else []
    for part in [run, *parts]:
        if len(part) < _RUN_MIN:
            continue
        first = text[part[0]].lower() in _ONE_LETTER_WORDS
        last = text[part[-1]].lower() in _ONE_LETTER_WORDS
        yield part
        if first:
            yield part[1:]
        if last:
            yield part[:-1]
        if first and last:
            yield part[1:-1]


def _halves(text: str, shape: str) -> Iterator[Sequence[int]]:
    """Words in pieces, one of which cannot be a word: `fu ck`, `sk ul l`, a line that breaks within a word."""
    turned, last = shape[::-1], len(shape)
    joined = 0  # where the last word ends that was put together of a piece and what follows it
    for piece in _PIECE.finditer(shape):
        start, end = piece.span(1)
        letters = end - start
        if letters == 1 and text[start - 1] in _LONE:
            continue
        # Two pieces beside each other are one word, once.
        if end != joined and (before := _BEFORE.match(turned, last - start)):
            first, gap = last - before.end() - 1, last - before.start(1) - 1
            if _may_join(text, first, gap, letters):
                yield [*range(first, gap), *range(start - 1, end - 1)]
        gap, after = piece.span(2)
        if after > 0 and _may_join(text, gap - 1, after - 1, letters):
            joined = after
            yield [*range(start - 1, end - 1), *range(gap - 1, after - 1)]


def _may_join(text: str, start: int, end: int, letters: int) -> bool:
    """Whether what stands beside a piece may be the rest of its word, and no word of one letter (a sss sound)."""
    return end - start + letters >= _RUN_MIN and (end - start > 1 or text[start].lower() not in _ONE_LETTER_WORDS)
