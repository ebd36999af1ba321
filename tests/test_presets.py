"""Presets: what they are called, what they hold, and what comes of one beside what a member types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking.presets import DEFAULTS, Kind, Preset, combine, joined, key_of, name_of, part_of, suggested, values_of
from bot.catalog import IMAGEN_3, IMAGEN_4, IMAGEN_4_FAST, Catalog
from bot.fields import BadValue


def preset(name="noir", prompt="", **values):
    return Preset(kind=Kind.GUILD, owner_id=7, name=name, prompt=prompt, values=values, user_id=9, changed_ms=0)


def combined(typed=None, *, model=IMAGEN_4, preset=None, **defaults):
    return combine({"prompt": "a fox"} | (typed or {}), model=model, preset=preset, defaults=defaults)


# ---------------------------------------------------------------- names and parts


def test_a_name_has_single_spaces_and_stays_as_it_is_spelled():
    assert name_of("  Film   Noir ") == "Film Noir"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 33, "a\u200bb", "a\u202eb", "\x07", "\ud800", "\u2028"])
def test_a_name_that_is_too_long_or_has_something_invisible_is_refused(typed):
    with pytest.raises(BadValue):
        name_of(typed)


def test_names_that_look_alike_are_one_name():
    assert key_of("Straße") == key_of("STRASSE")
    assert key_of("café") == key_of("CAFE\u0301")
    assert key_of("ＮＯＩＲ") == key_of("noir")


@given(st.text())
def test_what_a_name_is_compared_by_does_not_change_when_it_is_read_again(typed):
    assert key_of(key_of(typed)) == key_of(typed)


def test_a_part_has_one_place_at_most_for_what_is_typed():
    assert part_of(" old {prompt}, film grain ") == "old {prompt}, film grain"
    with pytest.raises(BadValue) as caught:
        part_of("{prompt} and {prompt}")
    assert caught.value.reason == "preset.two_places"
    with pytest.raises(BadValue):
        part_of("x" * 1001)


def test_an_option_that_some_model_takes_can_be_kept_and_no_other():
    kept = {"steps": 50, "aspect_ratio": "16:9", "person_generation": "DONT_ALLOW"}
    assert values_of(kept, Catalog()) == kept
    for name, value, reason in (
        ("steps", 101, "range"),
        ("aspect_ratio", "2:1", "choice"),
        ("prompt", "x", "preset.no_option"),
        ("private", True, "preset.no_option"),
    ):
        with pytest.raises(BadValue) as caught:
            values_of({name: value}, Catalog())
        assert caught.value.reason == reason


# ---------------------------------------------------------------- together


@pytest.mark.parametrize(
    ("typed", "part", "prompt"),
    [
        ("a fox", "", "a fox"),
        (" a fox", "film grain", " a fox, film grain"),
        ("a fox, ", "film grain", "a fox, film grain"),
        ("a fox", "portrait of {prompt}, oil", "portrait of a fox, oil"),
        ("{prompt} {x}", "oil {prompt} {y}", "oil {prompt} {x} {y}"),
    ],
)
def test_what_is_typed_stands_where_the_preset_says_or_before_it(typed, part, prompt):
    assert joined(typed, part) == prompt
    assert combined({"prompt": typed}, preset=preset(prompt=part)).values == {"prompt": prompt}


def test_without_a_preset_what_is_typed_stays_as_it_is():
    assert combined({"prompt": " a {prompt}, "}).values == {"prompt": " a {prompt}, "}


def test_what_is_typed_wins_over_the_preset_and_the_preset_over_the_members_default():
    found = combined({"negative_prompt": "typed"}, preset=preset(negative_prompt="preset"), negative_prompt="own")
    assert found.values["negative_prompt"] == "typed"
    assert (
        combined(preset=preset(negative_prompt="preset"), negative_prompt="own").values["negative_prompt"] == "preset"
    )
    assert combined(negative_prompt="own").values["negative_prompt"] == "own"


@pytest.mark.parametrize("typed", [{"width": 512}, {"height": 512}, {"aspect_ratio": "1:1"}])
def test_a_shape_that_is_typed_leaves_nothing_of_another_shape(typed):
    wide = preset(aspect_ratio="16:9", width=1024, steps=50)
    found = combined(typed, model=IMAGEN_4_FAST, preset=wide, aspect_ratio="3:4")
    assert found.values == {"prompt": "a fox", "steps": 50, **typed}
    assert found.left_out == ()


def test_a_presets_shape_stands_whole_over_the_members_default():
    found = combined(model=IMAGEN_4_FAST, preset=preset(width=512, height=1024), aspect_ratio="16:9")
    assert found.values == {"prompt": "a fox", "width": 512, "height": 1024}


def test_what_the_model_does_not_take_of_a_preset_is_named():
    found = combined(model=IMAGEN_3, preset=preset(steps=50, negative_prompt="x", aspect_ratio="1:1"))
    assert found.values == {"prompt": "a fox", "aspect_ratio": "1:1"}
    assert found.left_out == ("steps", "negative_prompt")


def test_a_members_default_that_the_model_does_not_take_says_nothing():
    assert combined(model=IMAGEN_3, negative_prompt="own", aspect_ratio="5:4").values == {"prompt": "a fox"}


def test_what_is_typed_and_not_taken_is_left_to_be_refused():
    assert combined({"steps": 5}, preset=preset(steps=6)).values == {"prompt": "a fox", "steps": 5}
    assert combined({"steps": 5}, preset=preset(steps=6)).left_out == ()


def test_defaults_are_options_of_models():
    assert all(any(model.field(name) for model in Catalog().models) for name in DEFAULTS)


def test_names_that_begin_as_typed_are_suggested_first():
    presets = [preset("Old noir"), preset("noir"), preset("Noir blue"), preset("pop")]
    assert [each.name for each in suggested(presets, "NOI")] == ["noir", "Noir blue", "Old noir"]
    assert len(suggested([preset(str(number)) for number in range(75)], "")) == 25
