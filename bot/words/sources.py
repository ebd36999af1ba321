"""What a text can be read as: as it is written, and as what is smuggled into it unseen. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Literal

from bot.words.letters import KANA_DOTS, NOT_ALONE, base
from bot.words.spelling import pieces

# Zero-width characters that part words where they are meant well; the others join.
_PARTING = str.maketrans(dict.fromkeys("\u200b\u2060\ufeff", " "))
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
# Flags of England, Scotland and Wales are spelled in tags as well.
_TAG_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f?")
_TAG_OFFSET = 0xE0000
_LETTERS_OF_FLAGS = {code: base(chr(code)) for code in range(0x1F1E6, 0x1F200)}


@dataclass(frozen=True, slots=True)
class Source:
    """A text to be read, and for each character of it where it stands in the text that a person wrote."""

    text: str
    origin: Sequence[int]


def sources(text: str) -> Iterator[Source]:
    """Each way to take the text; the first is as it is written, with nothing unseen in it."""
    written = drawn(text)
    yield written
    if found := list(pieces(written.text)):
        yield _put_together(written, found)
    if text.isascii():
        return
    parted = text.translate(_PARTING)
    if parted != text:
        yield drawn(parted)
    yield from _smuggled(text)


def drawn(text: str) -> Source:
    """What is drawn: composed letters, without invisible characters and without marks that make no letter."""
    if text.isascii() or (unicodedata.is_normalized("NFC", text) and not NOT_ALONE.search(text)):
        return Source(text, range(len(text)))
    # Few characters are used again and again: what can be told of each is told once.
    added = {each for each in set(text) if _is_added(each)}
    undrawn = {each for each in added if NOT_ALONE.match(each)} - set(KANA_DOTS)
    characters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        if character in added and characters and (joined := _joined(characters[-1], character)):
            characters[-1] = joined
        elif character not in undrawn:
            characters.append(character)
            origin.append(index)
    return Source("".join(characters), origin)


def _is_added(character: str) -> bool:
    """Whether it may make one letter with the one before it, or nothing: marks, what is not drawn, parts of syllables."""
    combines = unicodedata.combining(character) > 0 or "\u1161" <= character <= "\u11ff"
    return combines or NOT_ALONE.match(character) is not None


@lru_cache(maxsize=8192)
def _joined(before: str, character: str) -> str:
    """The one letter that a mark, or a further part of a Korean syllable, makes of the letter before it, if it does."""
    if not unicodedata.combining(character) and character not in KANA_DOTS and not "\u1161" <= character <= "\u11ff":
        return ""
    form: Literal["NFC", "NFKC"] = "NFKC" if character in KANA_DOTS else "NFC"
    joined = unicodedata.normalize(form, before + character)
    return joined if len(joined) == 1 else ""


def _put_together(source: Source, found: Sequence[Sequence[int]]) -> Source:
    """The pieces, with a space behind each, which stands nowhere."""
    places: list[int] = []
    for piece in found:
        places += piece
        places.append(-1)
    take = itemgetter(*places)
    text = "".join(take(f"{source.text} ")).translate(_LETTERS_OF_FLAGS)
    return Source(text, places if isinstance(source.origin, range) else take(source.origin))


def _smuggled(text: str) -> Iterator[Source]:
    """Letters in tag characters, which nobody sees and a model reads: alone, and amid what is seen."""
    without_flags = _TAG_FLAG.sub(lambda flag: " " * len(flag.group()), text)
    if not _TAGS.search(without_flags):
        return
    shown = "".join(chr(ord(each) - _TAG_OFFSET) if _TAGS.match(each) else each for each in without_flags)
    yield drawn(shown)
    yield drawn("".join(chr(ord(each) - _TAG_OFFSET) if _TAGS.match(each) else " " for each in without_flags))


def widthless(text: str) -> Source:
    """What is drawn, with full-width and styled letters as ordinary ones and their case kept."""
    shown = drawn(text)
    if shown.text.isascii():
        return shown
    ordinary = (unicodedata.normalize("NFKC", each) for each in shown.text)
    letters = (form if len(form) == 1 else each for form, each in zip(ordinary, shown.text, strict=True))
    return Source("".join(letters), shown.origin)
