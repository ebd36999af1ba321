"""A source, folded: words between single spaces, with a space at either end, in which keys are looked for. Pure."""

import re
from collections.abc import Sequence
from enum import IntFlag
from functools import cached_property
from itertools import accumulate, groupby

from bot.words.looks import FOLD, LOOKS, PLAIN, Table
from bot.words.sources import Source

# Signs that are no letters where a word ends: cries, spoiler bars, asterisks of Markdown.
_NO_LETTERS = re.compile(r"\*\*+|\|\|+|(?<!\w)\*|\*(?!\w)|[!|]+(?![\w@$])")
# Korean and katakana words end where Latin letters begin: `skull을`.
_SEAMS = re.compile("([ァ-ヿ]+|[가-힣ㄱ-ㆎ]+)")
_SEAM = re.compile(
    "[^ ァ-ヿ가-힣ㄱ-ㆎ][ァ-ヿ가-힣ㄱ-ㆎ]|[ァ-ヿ가-힣ㄱ-ㆎ][^ ァ-ヿ가-힣ㄱ-ㆎ]|[ァ-ヿ][가-힣ㄱ-ㆎ]|[가-힣ㄱ-ㆎ][ァ-ヿ]"
)


class Kind(IntFlag):
    """How a text was folded; a key says in which readings it counts."""

    PLAIN = 1
    FOLD = 2
    LOOKS = 4
    FOLD_ONCE = 8  # every run of one letter as that letter
    LOOKS_ONCE = 16

    @property
    def sees_looks(self) -> bool:
        return self in Kind.LOOKS | Kind.LOOKS_ONCE


_TABLES: dict[Kind, Table] = {Kind.PLAIN: PLAIN, Kind.FOLD: FOLD, Kind.LOOKS: LOOKS}
_FOLDED_AS = {kind: kind for kind in _TABLES} | {Kind.FOLD_ONCE: Kind.FOLD, Kind.LOOKS_ONCE: Kind.LOOKS}


def _seen(text: str, kind: Kind) -> str:
    """The text, as long as before, without signs that LOOKS would take for letters."""
    if kind is Kind.LOOKS and any(sign in text for sign in "*|!"):
        return _NO_LETTERS.sub(lambda found: " " * len(found.group()), text)
    return text


def fold(text: str, kind: Kind) -> str:
    """The words of a text through PLAIN, FOLD or LOOKS."""
    seen = _seen(text, kind).translate(_TABLES[kind])
    if not seen.isascii() and _SEAM.search(seen):
        seen = _SEAMS.sub(r" \1 ", seen)
    return f" {' '.join(seen.split())} "


def once(text: str) -> tuple[str, tuple[int, ...]]:
    """Every run of a letter as one, and how long each was (of letters only; spaces are not counted)."""
    runs = [(letter, len(list(run))) for letter, run in groupby(text)]
    return "".join(letter for letter, _ in runs), tuple(length for letter, length in runs if letter != " ")


class Reading:
    """One folding of a source. Places in `text` become places in what the person wrote only where a key is found."""

    def __init__(self, source: Source, kind: Kind) -> None:
        self.source = source
        self.kind = kind
        self._folded_as = _FOLDED_AS[kind]
        self.text = fold(source.text, self._folded_as)
        self.runs: tuple[int, ...] = ()
        if kind is not self._folded_as:
            self.text, self.runs = once(self.text)

    @cached_property
    def _letters_before(self) -> list[int]:
        return [0, *accumulate(character != " " for character in self.text)]

    @cached_property
    def _places(self) -> Sequence[int]:
        """For each letter of the folded text, the place in the source of what it came from."""
        table = _TABLES[self._folded_as]
        places = [
            place
            for place, character in enumerate(_seen(self.source.text, self._folded_as))
            for letter in table[ord(character)]
            if letter != " "
        ]
        if not self.runs:
            return places
        ends = accumulate(self.runs)
        return [places[end - 1] for end in ends]

    def letters(self, start: int, end: int) -> range:
        """The numbers of the letters between two places of `text`."""
        return range(self._letters_before[start], self._letters_before[end])

    def places(self, letters: range) -> Sequence[int]:
        """Where these letters stand in the source: from the first of a run to its last."""
        found = list(self._places[letters.start : letters.stop])
        if self.runs and found:
            found[0] -= self.runs[letters.start] - 1
        return found
