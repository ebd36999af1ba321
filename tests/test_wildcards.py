"""Choices in prompts: each combination once, in order; everything else in braces is text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking.wildcards import combinations, expand


@pytest.mark.parametrize(
    ("prompt", "meant"),
    [
        ("a {red|green|blue} bird", ["a red bird", "a green bird", "a blue bird"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("a { red | green } bird", ["a red bird", "a green bird"]),
        ("a {|big} bird", ["a  bird", "a big bird"]),
        ("{red|red|blue}", ["red", "blue"]),
        ("{a|b}", ["a", "b"]),
    ],
)
def test_each_choice_makes_a_prompt(prompt, meant):
    assert expand(prompt) == meant
    assert combinations(prompt) == len(meant)


@pytest.mark.parametrize(
    "prompt", ["", "a bird", "a {red} bird", "{}", "a | b", "a } b { c", "}{", "{a|{b|c}}", "{{a|b}}", "{a {b|c}|d}"]
)
def test_what_is_no_group_is_text(prompt):
    assert expand(prompt) == [prompt]
    assert combinations(prompt) == 1


def test_a_brace_that_is_left_over_changes_nothing_about_the_others():
    assert expand("{ a {b|c}") == ["{ a b", "{ a c"]
    assert expand("a } {b|c} }") == ["a } b }", "a } c }"]


def test_billions_of_prompts_are_counted_and_none_is_built():
    assert combinations("{a|b}" * 400) == 2**400


@given(st.lists(st.sampled_from(["{", "}", "|", "a", " ", "b|c", "{d|e}"]), max_size=9).map("".join))
def test_there_are_as_many_as_were_counted_and_whatever_is_no_choice_stands_in_each(prompt):
    found = expand(prompt)
    assert len(found) == combinations(prompt)
    if "|" not in prompt:
        assert found == [prompt]


@given(st.lists(st.lists(st.sampled_from("xyz"), min_size=2, max_size=3, unique=True), max_size=3))
def test_no_two_prompts_are_the_same(groups):
    found = expand("-".join("{" + "|".join(group) + "}" for group in groups))
    assert len(set(found)) == len(found)
