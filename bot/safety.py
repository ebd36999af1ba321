"""How Google's Responsible AI filter says no, recognised in whatever text Segmind wraps around it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What the filter saw. Each has its words in the catalogue (`category.<value>`)."""

    CHILD = "child"
    CELEBRITY = "celebrity"
    CELEBRITY_OR_CHILD = "celebrity_or_child"
    PEOPLE = "people"
    DANGEROUS = "dangerous"
    HATE = "hate"
    SEXUAL = "sexual"
    VIOLENCE = "violence"
    TOXIC = "toxic"
    VULGAR = "vulgar"
    PERSONAL_INFORMATION = "personal_information"
    PROHIBITED = "prohibited"
    THIRD_PARTY = "third_party"
    OTHER = "other"


class Side(StrEnum):
    """What tripped the filter: the words mean that other words are needed, the picture only that this drawing failed.

    UNKNOWN where the code stands for both, where codes of both sides came, or where there is no code, and the text
    does not tell either.
    """

    WORDS = "words"
    PICTURE = "picture"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block. `category` is the first that a code names, OTHER if none does; `codes` are all that came."""

    side: Side
    category: Category
    codes: tuple[str, ...]


CODES: Mapping[str, tuple[Category, Side]] = {
    "58061214": (Category.CHILD, Side.WORDS),
    "17301594": (Category.CHILD, Side.PICTURE),
    "29310472": (Category.CELEBRITY, Side.WORDS),
    "15236754": (Category.CELEBRITY, Side.PICTURE),
    "64151117": (Category.CELEBRITY_OR_CHILD, Side.UNKNOWN),
    "39322892": (Category.PEOPLE, Side.PICTURE),
    "62263041": (Category.DANGEROUS, Side.WORDS),
    "57734940": (Category.HATE, Side.WORDS),
    "22137204": (Category.HATE, Side.PICTURE),
    "90789179": (Category.SEXUAL, Side.WORDS),
    "63429089": (Category.SEXUAL, Side.PICTURE),
    "43188360": (Category.SEXUAL, Side.PICTURE),
    "61493863": (Category.VIOLENCE, Side.WORDS),
    "56562880": (Category.VIOLENCE, Side.PICTURE),
    "78610348": (Category.TOXIC, Side.WORDS),
    "32635315": (Category.VULGAR, Side.WORDS),
    "92201652": (Category.PERSONAL_INFORMATION, Side.WORDS),
    "89371032": (Category.PROHIBITED, Side.WORDS),
    "49114662": (Category.PROHIBITED, Side.PICTURE),
    "72817394": (Category.PROHIBITED, Side.PICTURE),
    "35561574": (Category.THIRD_PARTY, Side.UNKNOWN),
    "35561575": (Category.THIRD_PARTY, Side.UNKNOWN),
    "42876398": (Category.OTHER, Side.WORDS),
    "29578790": (Category.OTHER, Side.PICTURE),
    "74803281": (Category.OTHER, Side.PICTURE),
}

_EIGHT_DIGITS = re.compile(r"(?<![0-9])[0-9]{8}(?![0-9])")
_PHRASES = (
    "responsible ai",
    "usage guidelines",
    "safety filter",
    "prohibited use",
    "could not be submitted",
    "content policy",
)
# Google's sentences for the one and for the other begin like this; the rest of their wording is shared.
_WORDS_PHRASES = ("could not be submitted",)
_PICTURE_PHRASES = ("unable to show", "filtered out")


def explain(detail: str) -> Block | None:
    """The block that this error text tells of, or None if it tells of none.

    A known support code is enough; a number that is no known code counts only beside one of the filter's phrases.
    """
    text = " ".join(detail.lower().split())
    numbers = tuple(dict.fromkeys(_EIGHT_DIGITS.findall(text)))
    spoken = any(phrase in text for phrase in _PHRASES)
    codes = numbers if spoken else tuple(number for number in numbers if number in CODES)
    if not codes and not spoken:
        return None
    known = [CODES[code] for code in codes if code in CODES]
    categories = [category for category, _ in known if category is not Category.OTHER]
    return Block(
        side=_side({side for _, side in known}, text), category=next(iter(categories), Category.OTHER), codes=codes
    )


def _side(told: set[Side], text: str) -> Side:
    """Codes first; the wording where they leave it open."""
    match told - {Side.UNKNOWN}:
        case sides if len(sides) == 1:
            return sides.pop()
        case sides if sides:
            return Side.UNKNOWN
    words = any(phrase in text for phrase in _WORDS_PHRASES)
    picture = any(phrase in text for phrase in _PICTURE_PHRASES)
    if words is picture:
        return Side.UNKNOWN
    return Side.WORDS if words else Side.PICTURE
