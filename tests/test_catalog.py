from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import (
    IMAGEN_3,
    IMAGEN_4,
    IMAGEN_4_FAST,
    IMAGEN_4_ULTRA,
    MODELS,
    SAFETY_LEVELS,
    SEED_MAX,
    Catalog,
    NotTakenByModel,
    seed_of_image,
)
from bot.fields import BadValue, Choice, Number, Text, Toggle, Whole

CABIN = "A cozy cabin in the snowy mountains at sunrise, soft warm light, ultra-detailed, cinematic atmosphere"
# What the five API pages send in their own examples.
SAMPLES = {
    "imagen-4, page 000": (
        IMAGEN_4,
        {"prompt": CABIN, "negative_prompt": "blurry, pixelated", "aspect_ratio": "4:3"},
    ),
    "imagen-4-ultra, page 001": (
        IMAGEN_4_ULTRA,
        {
            "prompt": "A hyperrealistic portrait of a young woman with freckles in warm golden hour sunlight, cinematic "
            "shallow depth of field, ultra-detailed skin texture, professional photography, 8K",
            "negative_prompt": "blurry, pixelated, ugly, deformed, cartoon, painting",
            "aspect_ratio": "1:1",
        },
    ),
    "imagen-4, page 002": (
        IMAGEN_4,
        {"prompt": CABIN, "negative_prompt": "blurry, pixelated", "aspect_ratio": "4:3"},
    ),
    "imagen, page 003": (
        IMAGEN_3,
        {
            "prompt": " White fluffy bear toy is sleeping in a children's room, on the floor of a baby bedroom with toy "
            "boxes and toys around, in the style of photorealistic 3D rendering",
            "aspect_ratio": "1:1",
            "safety_filter_level": "BLOCK_LOW_AND_ABOVE",
            "person_generation": "ALLOW_ADULT",
        },
    ),
    "imagen-4-fast, page 004": (
        IMAGEN_4_FAST,
        {
            "prompt": "A golden retriever puppy playing in a sunlit meadow full of wildflowers, vibrant colors, shallow "
            "depth of field, photorealistic, ultra-detailed",
            "negative_prompt": "blurry, pixelated, ugly, distorted, low quality",
            "aspect_ratio": "16:9",
        },
    ),
}


def values_of(field):
    match field:
        case Text():
            return st.text(min_size=max(1, field.low), max_size=40).filter(str.strip)
        case Choice():
            return st.sampled_from(field.choices)
        case Whole():
            return st.integers(field.low, field.high)
        case Number():
            return st.floats(field.low, field.high)
        case Toggle():
            return st.booleans()


@st.composite
def uses(draw):
    """A model with some of its options."""
    model = draw(st.sampled_from(MODELS))
    chosen = {f.name: draw(values_of(f)) for f in model.fields if f.name == "prompt" or draw(st.booleans())}
    return model, chosen


@pytest.mark.parametrize(("model", "sample"), SAMPLES.values(), ids=SAMPLES)
def test_the_example_of_every_page_is_sent_with_the_same_values(model, sample):
    payload = model.payload(sample)
    assert payload == payload | sample


def test_the_space_before_the_prompt_of_page_003_is_sent():
    model, sample = SAMPLES["imagen, page 003"]
    assert model.payload(sample)["prompt"].startswith(" White fluffy")


@pytest.mark.parametrize(
    ("model", "defaults"),
    [
        (IMAGEN_4, {"aspect_ratio": "4:3", "negative_prompt": "blurry, pixelated"}),
        (
            IMAGEN_4_ULTRA,
            {"aspect_ratio": "1:1", "negative_prompt": "blurry, pixelated, ugly, deformed, cartoon, painting"},
        ),
        (
            IMAGEN_3,
            {
                "aspect_ratio": "16:9",
                "person_generation": "ALLOW_ADULT",
                "safety_filter_level": "BLOCK_LOW_AND_ABOVE",
            },
        ),
        (
            IMAGEN_4_FAST,
            {
                "aspect_ratio": "1:1",
                "negative_prompt": "",
                "width": 512,
                "height": 512,
                "steps": 25,
                "guidance_scale": 7.5,
                "scheduler": "DDIM",
                "seed": -1,
            },
        ),
    ],
    ids=lambda value: getattr(value, "key", None),
)
def test_a_prompt_alone_is_sent_with_the_models_own_defaults_for_all_the_rest(model, defaults):
    assert model.payload({"prompt": "a cat"}) == {"prompt": "a cat", **defaults}


@given(uses())
def test_whatever_is_given_is_sent_as_it_is_and_nothing_is_missing(use):
    model, chosen = use
    try:
        payload = model.payload(chosen)
    except BadValue as error:
        assert error.reason in {"shape", "shape_range"}
        assert model is IMAGEN_4_FAST
    else:
        assert payload == payload | chosen
        names = {field.name for field in model.fields}
        # A size of none of the five ratios goes without one.
        assert names - {"aspect_ratio"} <= set(payload) <= names
        assert "aspect_ratio" in payload or model is IMAGEN_4_FAST
        for field in model.fields:
            assert field.name not in payload or field.parse(payload[field.name]) == payload[field.name]


def test_the_models_are_listed_with_their_prices_and_slugs():
    assert {(model.slug, model.price_microcredits) for model in MODELS} == {
        ("imagen-4", 60_000),
        ("imagen", 60_000),
        ("imagen-4-ultra", 75_000),
        ("imagen-4-fast", 25_000),
    }


def test_an_option_of_another_model_is_refused_by_name():
    with pytest.raises(NotTakenByModel) as caught:
        IMAGEN_3.payload({"prompt": "a cat", "negative_prompt": "dogs"})
    assert (caught.value.name, caught.value.model) == ("negative_prompt", IMAGEN_3)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
def test_no_model_works_without_a_prompt(model):
    with pytest.raises(BadValue) as caught:
        model.payload({})
    assert caught.value.name == "prompt"


def test_a_second_required_text_is_asked_for_like_the_prompt():
    model = replace(IMAGEN_4, fields=(*IMAGEN_4.fields, Text(name="style", low=1, required=True)))
    with pytest.raises(BadValue) as caught:
        model.payload({"prompt": "a cat"})
    assert caught.value.name == "style"


def test_a_model_with_a_size_and_no_ratio_is_never_sent_a_ratio():
    sized = replace(IMAGEN_4_FAST, fields=tuple(f for f in IMAGEN_4_FAST.fields if f.name != "aspect_ratio"))
    assert "aspect_ratio" not in sized.payload({"prompt": "a cat"})


def test_a_default_ratio_decides_the_size_until_a_size_is_given():
    ratio = Choice(name="aspect_ratio", choices=("1:1", "16:9"), default="16:9")
    wide = replace(IMAGEN_4_FAST, fields=(IMAGEN_4_FAST.fields[0], ratio, *IMAGEN_4_FAST.fields[3:5]))
    assert wide.payload({"prompt": "a"}) == {"prompt": "a", "aspect_ratio": "16:9", "width": 1024, "height": 576}
    assert wide.payload({"prompt": "a", "width": 512})["aspect_ratio"] == "1:1"


def test_the_levels_of_safety_begin_with_the_strictest_and_it_is_the_default():
    assert SAFETY_LEVELS == ("BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH")
    assert IMAGEN_3.field("safety_filter_level").default == SAFETY_LEVELS[0]


@given(first=st.integers(0, SEED_MAX), number=st.integers(0, 3))
def test_the_seeds_of_one_request_follow_each_other_and_stay_seeds(first, number):
    seed = seed_of_image(first, number)
    assert IMAGEN_4_FAST.field("seed").parse(seed) == seed
    assert seed == first + number or (first + number > SEED_MAX and seed == first + number - SEED_MAX - 1)


def test_past_its_own_largest_seed_a_model_begins_again_at_its_own_smallest():
    assert [seed_of_image(9, number, range(5, 11)) for number in range(4)] == [9, 10, 5, 6]


def test_only_a_model_with_a_whole_number_called_seed_has_seeds():
    assert IMAGEN_4_FAST.seeds == range(SEED_MAX + 1)
    assert IMAGEN_4.seeds is None


def test_a_model_that_is_switched_off_is_not_offered_but_still_known():
    catalog = Catalog((replace(IMAGEN_4, enabled=False), IMAGEN_3, replace(IMAGEN_4_ULTRA, enabled=False)))
    assert catalog.offered("imagen") == (IMAGEN_3,)
    assert catalog.commands == ("imagen",)
    assert catalog["imagen-4"].label == "Imagen 4"


def test_an_unknown_key_is_an_error_for_one_way_of_asking_and_none_for_the_other():
    with pytest.raises(KeyError):
        Catalog()["dall-e"]
    assert Catalog().get("dall-e") is None
