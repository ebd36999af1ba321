"""The tables through which a text is read, a character at a time. Pure.

FOLD stays within a script, so that a Russian word stays Russian. LOOKS tells what a character can be taken for: one
class for `i`, `l`, `1`, `!` and `|`, one for `o`, `0` and Cyrillic `о`. Rules go through the same tables. A space
stands for whatever is no part of a word; around digits, and around letters of scripts without spaces, it makes each of
them a word of its own. PLAIN takes away case and width only.
"""

import unicodedata
from collections.abc import Callable

from bot.words.letters import base, is_letter, is_spaceless, is_unseen, plain
from bot.words.lookalikes import LOOKALIKES

# No table grows beyond this many characters, whatever is sent; the rest is worked out anew each time.
_KEPT_MAX = 30_000
# Drawn alike though Unicode's table, made for addresses, does not say so: faux Cyrillic and Greek.
_DRAWN = {
    "3": "зЗ",
    "a": "ДдΛλ",
    "b": "ьъвБ",
    "e": "эЭєЄεɛ",
    "f": "Ғғ",
    "h": "њћ",
    "k": "кκ",
    "i": "иї",
    "m": "м",
    "n": "ИηпПπ",
    "r": "яЯгГ",
    "t": "тτ",
    "u": "цЦμυɥ",
    "v": "ν",
    "w": "шШщЩωψ",
    "x": "жχ",
    "y": "у",
}
# Figures and signs that are written for letters.
LEET = {
    "0": "o",
    "1": "i",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "g",
    "7": "t",
    "8": "b",
    "9": "g",
    "!": "i",
    "|": "i",
    "@": "a",
    "$": "s",
    "+": "t",
    "€": "e",
    "£": "i",
    "¥": "y",
    "¢": "c",
    "*": "*",
}
_CLASS = {**LEET, "l": "i"}
_LATIN_OF = {chr(int(code, 16)): letter for letter, codes in LOOKALIKES.items() for code in codes.split()} | {
    character: letter for letter, characters in _DRAWN.items() for character in characters
}


class Table(dict[int, str]):
    """For str.translate: fills itself as characters come."""

    def __init__(self, read: Callable[[str], str]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, code: int) -> str:
        seen = self._read(chr(code))
        if len(self) < _KEPT_MAX:
            self[code] = seen
        return seen


def is_flag_letter(character: str) -> bool:
    """Whether it is half of a flag; such letters are read only where they are spelled out (sources.py)."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _apart(letters: str) -> str:
    return "".join(
        " " if not is_letter(each) else f" {each} " if is_spaceless(each) or each.isdecimal() else each
        for each in letters
    )


def _fold(character: str) -> str:
    if is_flag_letter(character):
        return " "
    return "" if is_unseen(character) else _apart(base(character))


def _jamo(letter: str) -> str:
    """A Korean syllable, or a part of one in any of its three forms, as the letters it is typed with."""
    typed = ""
    for part in unicodedata.normalize("NFD", letter):
        name = unicodedata.name(part, "").removeprefix("HANGUL ")
        for kind in ("CHOSEONG ", "JUNGSEONG ", "JONGSEONG "):
            name = name.removeprefix(kind)
        try:
            typed += unicodedata.lookup(f"HANGUL LETTER {name}")
        except KeyError:
            typed += part
    return typed


def _taken_for(letter: str) -> str:
    latin = _LATIN_OF.get(letter, letter)
    if latin in _CLASS:
        return _CLASS[latin]
    if not is_letter(latin):
        return " "
    if unicodedata.name(latin, "").startswith("HANGUL"):
        return _jamo(latin)
    return f" {latin} " if is_spaceless(latin) else latin


def _look(character: str) -> str:
    if is_flag_letter(character):
        return " "
    if is_unseen(character):
        return ""
    if character in _LATIN_OF:
        return _taken_for(character)
    return "".join(_taken_for(each) for each in base(character))


PLAIN = Table(lambda character: _apart(plain(character)))
FOLD = Table(_fold)
LOOKS = Table(_look)
