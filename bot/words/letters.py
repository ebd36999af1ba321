"""One character at a time: whether it is seen, which script it is of, and what it is a form of. Pure.

`base` takes width, style, case and accents away and stays within the script. What one script's letter can be taken for
in another is `looks.py`'s trade.
"""

import re
import unicodedata
from functools import lru_cache

# Unicode's own "default ignorable" beside the category Cf: joiners, selectors, and fillers that draw nothing.
_IGNORED = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | {
    chr(code) for first, last in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for code in range(first, last + 1)
}
# Marks that are added to a letter: accents, niqqud, harakat, enclosing circles. Marks that *are* letters (the vowels
# of Indic scripts and of Thai, the dots of kana) are not among them.
_ACCENTS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x0711, 0x0711),
    (0x0730, 0x074A),
    (0x08D3, 0x08FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
# What is not drawn by itself: Cf and _IGNORED, for a search over a whole text, and the accents beside them.
_UNSEEN_RANGES = (
    "\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"
    "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb"
    "\\U000110bd\\U000110cd\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a"
    "\\U000e0001\\U000e0020-\\U000e007f\\U000e0100-\\U000e01ef"
)
_SPACELESS = frozenset({"CJK", "HIRAGANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "JAVANESE", "BOPOMOFO"})
# Letters that people write for one another: forms of alef, ya and ta marbuta; Persian and Urdu kaf, ya and he.
_ARABIC = str.maketrans("ٱأإآىیکہةؤئ\u0640", "اااايیكههوي\u0640") | {0x06CC: "ي", 0x0640: ""}
# й is a letter of its own; in ё the dots are left out as often as not.
_KEPT = frozenset("й")
# Latin letters with no name of the form LETTER X WITH …
_LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ſ": "s", "ə": "e", "ŋ": "n", "ð": "d", "ɑ": "a", "ʌ": "v"}
_NAMES = ("SMALL LETTER ", "CAPITAL LETTER ", "LETTER SMALL CAPITAL ", "SMALL LETTER SCRIPT ", "SMALL LETTER DOTLESS ")
_SQUARED = ("NEGATIVE CIRCLED LATIN", "NEGATIVE SQUARED LATIN", "REGIONAL INDICATOR SYMBOL LETTER", "SQUARED LATIN")


def _named_script(character: str) -> str:
    first = unicodedata.name(character, "").partition(" ")[0]
    return "KATAKANA" if first == "KATAKANA-HIRAGANA" else first


# Half-width kana's dots stand beside their letter, and only compatibility brings them together.
KANA_DOTS = "ﾞﾟ"
NOT_ALONE = re.compile(
    f"[{_UNSEEN_RANGES}{KANA_DOTS}{''.join(f'{chr(first)}-{chr(last)}' for first, last in _ACCENTS)}]"
)


@lru_cache(maxsize=8192)
def script(character: str) -> str:
    """The script of what it is a form of, as Unicode's names begin (`LATIN`, `CJK`); empty for what has no name."""
    return _named_script(base(character)[:1] or " ")


def is_unseen(character: str) -> bool:
    """Whether nothing is drawn for it: zero-width, soft hyphen, selectors, marks of direction, tags."""
    return character in _IGNORED or unicodedata.category(character) == "Cf"


def is_accent(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _ACCENTS)


def is_spaceless(character: str) -> bool:
    """Whether its script puts no spaces between words."""
    return _named_script(character) in _SPACELESS


def is_letter(character: str) -> bool:
    """Whether it is part of words: letters, the marks that belong to them, and digits."""
    return unicodedata.category(character)[0] in "LMN"


def plain(character: str) -> str:
    """It without width, style and case; empty where nothing is seen of it, and a space where it is no part of a word."""
    if is_unseen(character):
        return ""
    letters = unicodedata.normalize("NFKC", character).casefold()
    return "".join(each if is_letter(each) else " " for each in letters)


def _latin(letter: str) -> str:
    """The letter A to Z that a Latin letter's name tells, else the letter itself."""
    if letter in _LATIN:
        return _LATIN[letter]
    name = unicodedata.name(letter, "")
    if name.startswith(_SQUARED):
        return name.rpartition(" ")[2].lower()
    if name.startswith("LATIN "):
        for kind in _NAMES:
            found = name.removeprefix("LATIN ").removeprefix(kind).partition(" WITH ")[0]
            if len(found) == 1:
                return found.lower()
    return letter


@lru_cache(maxsize=8192)
def base(character: str) -> str:
    """It without width, style, case and accents, within its own script: `Ǵ` is `g`, `ё` is `е`, `가` stays `가`."""
    if character.isascii():
        return character.lower()
    letters = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_base_of(each) for each in letters)


def _base_of(letter: str) -> str:
    if letter in _KEPT or is_spaceless(letter) or _named_script(letter) in {"HANGUL", "KATAKANA"}:
        return letter
    parts = unicodedata.normalize("NFKD", letter).casefold()
    bare = "".join(_latin(each) for each in parts if not is_accent(each)).translate(_ARABIC)
    return unicodedata.normalize("NFC", bare)
