import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fields import BadValue, Choice, Number, Text, Toggle, Whole

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.integers())
)
PROMPT = Text(name="prompt", low=1, high=2000, required=True)
LEVEL = Choice(name="level", choices=("LOW", "HIGH"))
STEPS = Whole(name="steps", low=1, high=100)
SCALE = Number(name="scale", low=1, high=20)
SPOILER = Toggle(name="spoiler")


def reason(field, value):
    with pytest.raises(BadValue) as caught:
        field.parse(value)
    assert caught.value.name == field.name
    return caught.value.reason


@pytest.mark.parametrize("field", [PROMPT, LEVEL, STEPS, SCALE, SPOILER], ids=lambda field: field.name)
@given(value=ANYTHING)
def test_whatever_comes_a_field_takes_it_as_it_is_or_says_why_not(field, value):
    try:
        assert field.parse(value) is value
    except BadValue as error:
        assert error.name == field.name


def test_words_keep_every_space_they_came_with():
    words = "  White bear \n\n toy\t "
    assert PROMPT.parse(words) == words


@pytest.mark.parametrize("words", [" ", "\n\n", "\u2003\u3000"])
def test_nothing_but_spaces_is_no_prompt(words):
    assert reason(PROMPT, words) == "blank"


def test_nothing_but_spaces_will_do_where_nothing_is_required():
    assert Text(name="negative_prompt").parse("  ") == "  "


def test_words_have_a_longest_and_a_shortest():
    assert PROMPT.parse("a" * 2000)
    assert reason(PROMPT, "a" * 2001) == "length"
    assert reason(PROMPT, "") == "length"


def test_an_emoji_is_one_character():
    assert PROMPT.parse("🏔" * 2000)


def test_half_a_character_is_refused_because_no_request_could_carry_it():
    assert reason(PROMPT, "a\ud83c") == "unreadable"


@pytest.mark.parametrize("value", ["low", "", " LOW", None, 1])
def test_a_choice_is_one_of_its_words_and_no_other(value):
    assert reason(LEVEL, value) == "choice"


@pytest.mark.parametrize("value", [0, 101, 25.0, True, "25", None])
def test_a_whole_number_is_whole_and_within_its_bounds(value):
    assert reason(STEPS, value) == "range"


@pytest.mark.parametrize("value", [1, 100])
def test_both_bounds_are_included(value):
    assert STEPS.parse(value) == value
    assert Number(name="n", low=1, high=100).parse(value) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 20.01, 0.99, 10**400, False, "7.5"])
def test_a_number_is_finite_and_within_its_bounds(value):
    assert reason(SCALE, value) == "range"


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_a_switch_is_yes_or_no_and_nothing_like_it(value):
    assert reason(SPOILER, value) == "not_toggle"


def test_a_refusal_carries_the_figures_that_its_words_need():
    with pytest.raises(BadValue) as caught:
        PROMPT.parse("a" * 2001)
    assert caught.value.values == {"low": 1, "high": 2000, "length": 2001}
