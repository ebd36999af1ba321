import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fields import BadValue, Whole
from bot.shapes import RATIOS, both_ways, is_ratio

WIDTH = Whole(name="width", low=256, high=1024, default=512)
HEIGHT = Whole(name="height", low=256, high=1024, default=512)
SIDES = st.integers(256, 1024)


def shape(**given):
    return both_ways(given, width=WIDTH, height=HEIGHT)


def sides_of(ratio):
    across, down = map(int, ratio.split(":"))
    return across, down


@pytest.mark.parametrize(
    ("ratio", "size"),
    [
        ("1:1", (1024, 1024)),
        ("4:3", (1024, 768)),
        ("3:4", (768, 1024)),
        ("16:9", (1024, 576)),
        ("9:16", (576, 1024)),
    ],
)
def test_a_ratio_alone_is_sent_with_the_largest_size_that_has_it(ratio, size):
    assert shape(aspect_ratio=ratio) == {"aspect_ratio": ratio, "width": size[0], "height": size[1]}


def test_nothing_given_is_the_default_size_and_its_ratio():
    assert shape() == {"aspect_ratio": "1:1", "width": 512, "height": 512}


def test_a_size_that_has_one_of_the_ratios_is_sent_with_it():
    assert shape(width=1024, height=768)["aspect_ratio"] == "4:3"
    assert shape(width=1000, height=563)["aspect_ratio"] == "16:9"


@given(ratio=st.sampled_from(RATIOS), side=SIDES, across=st.booleans())
def test_one_side_beside_a_ratio_stays_and_the_other_follows(ratio, side, across):
    given_side = {"width": side} if across else {"height": side}
    try:
        sent = shape(aspect_ratio=ratio, **given_side)
    except BadValue as error:
        assert error.reason == "shape_range"
        assert error.name == ("height" if across else "width")
    else:
        assert sent["aspect_ratio"] == ratio
        assert given_side.items() <= sent.items()
        wide, high = sides_of(ratio)
        other = side * high / wide if across else side * wide / high
        assert abs(sent["height" if across else "width"] - other) <= 0.5


@given(width=SIDES, height=SIDES)
def test_width_and_height_are_always_sent_as_they_were_given(width, height):
    sent = shape(width=width, height=height)
    assert (sent["width"], sent["height"]) == (width, height)
    ratio = sent.get("aspect_ratio")
    for each in RATIOS:
        wide, high = sides_of(each)
        off_px = min(abs(width - height * wide / high), abs(height - width * high / wide))
        assert (ratio == each) is (off_px < 0.999)


@given(width=SIDES, height=SIDES)
def test_whatever_ratio_a_size_is_sent_with_may_also_be_chosen_with_it(width, height):
    sent = shape(width=width, height=height)
    assert shape(**sent) == sent


@given(ratio=st.sampled_from(RATIOS), width=SIDES, height=SIDES)
def test_a_size_beside_a_ratio_agrees_with_it_or_is_refused(ratio, width, height):
    try:
        assert shape(aspect_ratio=ratio, width=width, height=height)["aspect_ratio"] == ratio
    except BadValue as error:
        assert error.reason == "shape"
        wide, high = sides_of(ratio)
        assert width * high != height * wide


def test_a_contradiction_is_refused_with_the_figures():
    with pytest.raises(BadValue) as caught:
        shape(aspect_ratio="16:9", width=512, height=512)
    assert caught.value.name == "aspect_ratio"
    assert caught.value.values == {"ratio": "16:9", "width": 512, "height": 512}


def test_a_side_that_the_ratio_pushes_out_of_bounds_is_refused_by_its_name():
    with pytest.raises(BadValue) as caught:
        shape(aspect_ratio="16:9", width=300)
    assert (caught.value.name, caught.value.values["side"]) == ("height", 169)


def test_only_ratios_of_the_model_itself_are_added_to_a_size():
    assert both_ways({"width": 800, "height": 600}, width=WIDTH, height=HEIGHT, ratios=("1:1",)) == {
        "width": 800,
        "height": 600,
    }


def test_sides_without_a_default_are_left_out_where_nobody_gives_them():
    width, height = Whole(name="width", low=256, high=1024), Whole(name="height", low=256, high=1024)
    assert both_ways({}, width=width, height=height) == {}
    assert both_ways({"width": 300}, width=width, height=height) == {"width": 300}


@pytest.mark.parametrize("words", ["16:9", "1:1", "21:9"])
def test_a_ratio_is_two_numbers_with_a_colon(words):
    assert is_ratio(words)


@pytest.mark.parametrize("words", ["square", "0:1", "1:0", "16:9:1", "1.5:1", "", ":", "16 : 9", "16:9\n"])
def test_nothing_else_is_a_ratio(words):
    assert not is_ratio(words)
