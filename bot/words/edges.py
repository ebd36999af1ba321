"""Whether what was found stands as a word of its own, by the manners of its script. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from bot.words.keys import Key
from bot.words.letters import is_accent, is_spaceless, script
from bot.words.readings import Kind, Reading, fold

RUN_MIN = 3
# Words that Korean writes onto a noun.
_PARTICLES = re.findall(
    r"\S+",
    "은 는 이 가 을 를 의 에 에서 에게 께 한테 도 만 과 와 로 으로 부터 까지 처럼 보다 "
    "이나 나 랑 이랑 하고 야 아 이야 이다 입니다 이고 인 인데 이라 라고 이라고 요 이요 밖에 마다 조차 마저",
)
# Words that Arabic and Hebrew write before a noun: the, and, in, to, like, that. Those of one letter alone are taken
# before words of three letters and more only.
_PREFIXES = {
    "ARABIC": ["ال", "وال", "بال", "فال", "كال", "لل", "ولل", "و", "ف", "ب", "ك", "ل"],
    "HEBREW": ["ה", "וה", "שה", "בה", "לה", "ו", "ש", "ב", "ל"],
}
_STEM_MIN = 3
_TAILS = {
    kind: frozenset(fold(plural + each, kind).strip() for plural in ("", "들") for each in ("", *_PARTICLES))
    for kind in (Kind.FOLD, Kind.LOOKS)
}
_HEADS = {
    kind: {name: frozenset(fold(each, kind).strip() for each in heads) for name, heads in _PREFIXES.items()}
    for kind in (Kind.FOLD, Kind.LOOKS)
}
# Vowels that are written before their consonant, and those after it that are letters, in Thai and Lao.
_LEADING = frozenset("เแโใไເແໂໃໄ")
_FOLLOWING = frozenset("ะาำๅະາຳゃゅょぁぃぅぇぉゎー")
_STACKING = frozenset("\u17d2\u1039")


def stands(reading: Reading, key: Key, start: int, end: int) -> bool:
    """Whether a key found at `start` to `end` of the reading's text is the word, and not a part of another."""
    kind = Kind.LOOKS if reading.kind.sees_looks else Kind.FOLD
    return (
        _tail_fits(reading.text, key, end, kind)
        and _head_fits(reading.text, key, start, kind)
        and _runs_fit(reading, key, start, end)
        and _touches(reading, key, start, end)
    )


def _tail_fits(text: str, key: Key, end: int, kind: Kind) -> bool:
    if not key.takes_tail:
        return True
    return text[end : text.find(" ", end)] in _TAILS.get(kind, _TAILS[Kind.FOLD])


def _head_fits(text: str, key: Key, start: int, kind: Kind) -> bool:
    if not key.takes_head:
        return True
    head = text[text.rfind(" ", 0, start + 1) + 1 : start]
    if not head:
        return True
    return head in _HEADS[kind][key.takes_head] and (len(head) > 1 or key.first_word_letters >= _STEM_MIN)


def _runs_fit(reading: Reading, key: Key, start: int, end: int) -> bool:
    """Of repeated letters: none is there less often than in the rule, and one is there three times or more."""
    if not reading.runs:
        return True
    letters = reading.letters(start, end)
    runs = reading.runs[letters.start : letters.stop]
    enough = all(run >= least for run, least in zip(runs, key.runs, strict=False))
    return enough and any(run >= max(RUN_MIN, least + 1) for run, least in zip(runs, key.runs, strict=False))


def _touches(reading: Reading, key: Key, start: int, end: int) -> bool:
    """Of letters that are words of their own in a reading: whether they stand together as in the rule."""
    if not key.joins and not key.has_figure_edge and not key.has_spaceless_edge:
        return True
    places = reading.places(reading.letters(start, end))
    text, first, last = reading.source.text, places[0], places[-1]
    before, after = text[first - 1 : first], text[last + 1 : last + 2]
    if (text[first].isdecimal() and before.isdecimal()) or (text[last].isdecimal() and after.isdecimal()):
        return False
    if not _whole_syllables(text, first, last):
        return False
    gaps = [places[join] - places[join - 1] for join in key.joins]
    if all(gap <= 1 for gap in gaps):
        return True
    # Spelled out: every letter alone, of a script in which each letter may stand alone.
    spelled = all(gap > 1 for gap in gaps) and is_spaceless(text[first]) and is_spaceless(text[last])
    return spelled and not _is_of_word(before) and not _is_of_word(after)


def _is_of_word(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] in "LMN"


def _whole_syllables(text: str, first: int, last: int) -> bool:
    """Whether no syllable is cut: marks and vowels of scripts without spaces belong to the letter beside them."""
    before, after = text[first - 1 : first], text[last + 1 : last + 2]
    if is_spaceless(text[first]) and before and (before in _STACKING or before in _LEADING):
        return False
    if is_spaceless(text[last]) and after:
        return after not in _FOLLOWING and (unicodedata.category(after)[0] != "M" or is_accent(after))
    return True


def word_span(text: str, start: int, end: int, key: Key) -> tuple[int, int]:
    """Start and end in the reading's text, to the ends of the words where the rule left them open."""
    if key.open_left:
        start = text.rfind(" ", 0, start + 1) + 1
    if key.open_right:
        end = text.find(" ", end) if not text[end - 1].isspace() else end
    return start, end


def scripts_of(characters: Sequence[str]) -> set[str]:
    """The scripts of the letters among these."""
    return {script(each) for each in characters if each.isalpha()} - {""}
