"""Whether a word that only looks like a rule's was meant to. Pure.

A look-alike reading turns Russian сор (litter) into cop and 4K into ak, so a word found in it counts only where
something in it gives it away.
"""

import re
import unicodedata
from collections.abc import Sequence

from bot.words.edges import scripts_of
from bot.words.keys import Key
from bot.words.letters import base, is_letter
from bot.words.looks import LEET
from bot.words.readings import Reading

_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\W\d_]*\Z")
_WORD_AFTER = re.compile(r"[\W\d_]*([^\W\d_]+)")
_NEAR = 40
_GENUINE_MIN = 2
# Of three letters, what has no vowel is an abbreviation more often (PLC).
_MISSPELT_MIN = 4


def looks_meant(reading: Reading, key: Key, letters: range) -> bool:
    """Whether these letters of a look-alike reading were written to be taken for the rule's word."""
    places = list(dict.fromkeys(reading.places(letters)))
    text = reading.source.text
    written = [text[place] for place in places]
    if any(each in LEET or not is_letter(each) for each in written):
        return _is_leet(written)
    scripts = scripts_of(written)
    if len(scripts) > len(key.scripts):
        return True
    if scripts != key.scripts:
        return _is_foreign(text, places, scripts, key)
    return _has_other_forms(text, places) or _has_loose_jamo(written)


def _is_leet(written: Sequence[str]) -> bool:
    """Figures or signs among letters; not a code of a few letters with a number before or after (A55, 80s)."""
    figures = "".join("9" if each.isdecimal() else "a" for each in written)
    if not any(each.isalpha() for each in written):
        return False
    at_one_end = re.fullmatch(r"9+a+|a+9+", figures) is not None
    return not at_one_end or figures.count("9") < len(figures) / 2


def _is_foreign(text: str, places: Sequence[int], scripts: set[str], key: Key) -> bool:
    """A word wholly of another script than the rule's: genuine where a word of that script stands beside it.

    Latin letters are genuine unless they stand beside a word of the rule's script.
    """
    start, end = places[0], places[-1] + 1
    before = _WORD_BEFORE.search(text[max(0, start - _NEAR) : start])
    after = _WORD_AFTER.match(text[end : end + _NEAR])
    beside = [found[1] for found in (before, after) if found]
    if scripts == {"LATIN"}:
        return any(scripts_of(word) <= key.scripts for word in beside)
    return not any(len(word) >= _GENUINE_MIN and scripts_of(word) == scripts for word in beside)


def _has_other_forms(text: str, places: Sequence[int]) -> bool:
    """A capital I among small letters (skuIl), or an l where only an i makes it a word (dlck)."""
    for place in places:
        if text[place] == "I" and text[place - 1 : place].islower():
            return True
    letters = {base(text[place]) for place in places}
    return len(places) >= _MISSPELT_MIN and "l" in letters and not letters & set("aeiouy")


def _has_loose_jamo(written: Sequence[str]) -> bool:
    return any(unicodedata.name(each, "").startswith("HANGUL LETTER") for each in written)


# ---------------------------------------------------------------- Vietnamese

# Letters that no other language of Latin letters has; where one stands, tones tell words apart.
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_SYLLABLE = re.compile(
    "(?:b|ch?|d|gh?|gi|h|kh?|l|m|n|ng|ngh|nh|ph?|qu|r|s|th?|tr|v|x)?[aeiouy]{1,3}(?:ch?|m|n|ng|nh|p|t)?"
)


def tones_agree(reading: Reading, key: Key, letters: range) -> bool:
    """False where a Vietnamese word differs from the rule's by its tones: lớn (large) is not the word lồn."""
    text = reading.source.text
    if text.isascii() or not _VIETNAMESE.search(text):
        return True
    places = reading.places(letters)
    found = text[places[0] : places[-1] + 1].lower().split()
    rule = unicodedata.normalize("NFC", key.written.replace("*", "")).lower().split()
    return all(
        seen.isascii() or seen == meant or not _SYLLABLE.fullmatch(base_word(seen))
        for seen, meant in zip(found, rule, strict=False)
    )


def base_word(word: str) -> str:
    return "".join(base(each) for each in word)
