"""Both tables, whole: 95 % of what hides a word is caught, and nothing of what does not."""

from collections import Counter

import pytest

from bot.words.matcher import compile_rules
from tests.words import EVASIONS, INNOCENTS, RULES, Evasion

MATCHER = compile_rules(RULES)
CAUGHT_MIN = 0.95


def caught(evasion: Evasion) -> bool:
    return any(hit.rule.pattern == evasion.rule for hit in MATCHER.find(evasion.text))


def share(evasions: list[Evasion]) -> float:
    return sum(map(caught, evasions)) / len(evasions)


def test_the_tables_are_as_large_as_they_say():
    assert len({(each.rule, each.text) for each in EVASIONS}) >= 300
    assert len(set(INNOCENTS)) == len(INNOCENTS) >= 300
    assert len([each for each in EVASIONS if each.held_out]) >= 300


@pytest.mark.parametrize("held_out", [False, True])
def test_what_hides_a_word_is_caught(held_out):
    assert share([each for each in EVASIONS if each.held_out is held_out]) >= CAUGHT_MIN


def test_no_way_of_hiding_works_more_often_than_not():
    missed = Counter(each.how for each in EVASIONS if not caught(each))
    assert all(count * 2 < sum(each.how == how for each in EVASIONS) for how, count in missed.items())


def test_innocent_sentences_are_left_alone():
    assert {text: hits for text in INNOCENTS if (hits := MATCHER.find(text))} == {}
