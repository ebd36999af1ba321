from dataclasses import replace

import pytest

from bot.catalog import IMAGEN_3, IMAGEN_4, IMAGEN_4_FAST, PROMPT, Catalog
from bot.errors import ConfigError
from bot.fields import Choice, Number, Text, Toggle, Whole
from bot.offers import offer, offers


def two(*fields, first=()):
    """A command of two models, of which the second has these fields as well."""
    one = replace(IMAGEN_4, fields=(PROMPT, *first))
    other = replace(IMAGEN_3, fields=(PROMPT, *fields))
    return offer(Catalog((one, other)), "imagen")


def option(made, name):
    return next(option for option in made.options if option.name == name)


def names(command):
    return [option.name for option in offer(Catalog(), command).options]


def test_there_is_a_command_for_each_of_the_catalog():
    assert [made.command for made in offers(Catalog())] == ["imagen", "imagen-ultra", "imagen-fast"]


def test_every_parameter_of_the_pages_is_an_option_under_its_own_name():
    own = ["preset", "count", "private", "spoiler"]
    assert names("imagen") == [
        "prompt",
        "model",
        "aspect_ratio",
        "negative_prompt",
        "person_generation",
        "safety_filter_level",
        *own,
    ]
    assert names("imagen-ultra") == ["prompt", "aspect_ratio", "negative_prompt", *own]
    assert names("imagen-fast") == [
        "prompt",
        "aspect_ratio",
        "negative_prompt",
        "width",
        "height",
        "steps",
        "guidance_scale",
        "scheduler",
        "seed",
        *own,
    ]


def test_imagen_4_is_the_default_of_its_command():
    assert option(offer(Catalog(), "imagen"), "model").field == Choice(
        name="model", choices=("imagen-4", "imagen-3"), default="imagen-4"
    )


def test_a_command_of_one_model_asks_for_no_model():
    assert "model" not in names("imagen-ultra")


def test_bounds_are_those_of_the_page():
    made = offer(Catalog(), "imagen-fast")
    fields = {field.name: field for field in IMAGEN_4_FAST.fields}
    assert {name: option(made, name).field for name in fields} == fields


def test_count_is_one_to_four():
    assert option(offer(Catalog(), "imagen"), "count").field == Whole(name="count", low=1, high=4, default=1)


def test_an_option_knows_which_models_take_it_and_their_defaults():
    made = offer(Catalog(), "imagen")
    assert [(model.key, field.default) for model, field in option(made, "aspect_ratio").takers] == [
        ("imagen-4", "4:3"),
        ("imagen-3", "16:9"),
    ]
    assert option(made, "aspect_ratio").for_all
    assert not option(made, "negative_prompt").for_all
    assert option(made, "count").takers == ()


def test_required_options_come_first_as_discord_wants_them():
    style = Text(name="style", low=1, required=True)
    made = two(Toggle(name="hd"), style, first=(style,))
    assert [option.name for option in made.options][:3] == ["prompt", "style", "model"]


def test_what_only_one_of_two_models_requires_the_other_can_do_without():
    made = two(Text(name="style", low=1, required=True))
    assert not option(made, "style").field.required
    made = two(Text(name="style", low=1, required=True), first=(Text(name="style"),))
    assert not option(made, "style").field.required


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (Whole(name="x", low=5, high=9), Whole(name="x", low=1, high=6)),
        (Number(name="x", low=5, high=9), Number(name="x", low=1, high=6)),
        (Text(name="x", low=5, high=9), Text(name="x", low=1, high=6)),
    ],
    ids=lambda field: type(field).__name__,
)
def test_the_bounds_of_a_command_take_in_those_of_each_model(narrow, wide):
    merged = option(two(narrow, first=(wide,)), "x").field
    assert (merged.low, merged.high) == (1, 9)


def test_the_choices_of_a_command_are_those_of_all_its_models_each_once():
    made = two(Choice(name="x", choices=("b", "c")), first=(Choice(name="x", choices=("a", "b")),))
    assert option(made, "x").field.choices == ("a", "b", "c")


def test_one_name_cannot_be_two_kinds_of_things():
    with pytest.raises(ConfigError, match="different types"):
        two(Whole(name="x", low=0, high=1), first=(Toggle(name="x"),))


def test_more_choices_than_discord_shows_are_refused():
    many = [Choice(name="x", choices=tuple(f"{side}{n}" for n in range(13))) for side in "ab"]
    with pytest.raises(ConfigError, match="26 choices"):
        two(many[0], first=(many[1],))


def test_more_options_than_discord_takes_are_refused():
    with pytest.raises(ConfigError, match="26 options"):
        two(*(Toggle(name=f"x{n}") for n in range(20)))


def test_two_models_of_one_name_are_refused_where_people_must_choose():
    with pytest.raises(ConfigError, match="same label"):
        offer(Catalog((IMAGEN_4, replace(IMAGEN_3, label="Imagen 4"))), "imagen")
