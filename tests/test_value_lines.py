"""`name: value` lines: what is printed is read back, and what is wrong is named by its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking.value_lines import Fault, Switch, Why, print_lines, read_lines
from bot.catalog import IMAGEN_4_FAST, OWN_OPTIONS
from bot.fields import Choice, Number, Text, Toggle, Whole

STEPS = Whole(name="steps", low=1, high=100)
GUIDANCE = Number(name="guidance_scale", low=1, high=20)
SCHEDULER = Choice(name="scheduler", choices=("DDIM", "PNDM"))
PRIVATE = Toggle(name="private")
STYLE = Text(name="style", high=16)
FIELDS = (STEPS, GUIDANCE, SCHEDULER, PRIVATE, STYLE)
GERMAN = Switch("ja", "nein")


def faults(text, **known):
    return [(each.line, each.why, each.typed) for each in read_lines(text, FIELDS, **known).faults]


def test_each_kind_of_value_is_read_as_what_it_is():
    read = read_lines("steps: 30\nguidance_scale: 7.5\nscheduler: PNDM\nprivate: yes\nstyle: soft ink", FIELDS)
    assert read.faults == ()
    assert read.values == {
        "steps": 30,
        "guidance_scale": 7.5,
        "scheduler": "PNDM",
        "private": True,
        "style": "soft ink",
    }
    assert type(read.values["steps"]) is int


def test_names_and_choices_may_be_typed_as_people_type():
    read = read_lines("  Guidance Scale :  7,5 \n\n# a note: 5\nSCHEDULER: ddim\nguidance-SCALE: 8", FIELDS)
    assert read.values == {"guidance_scale": 7.5, "scheduler": "DDIM"}
    assert [(each.line, each.why) for each in read.faults] == [(5, Why.TWICE)]


@pytest.mark.parametrize(("word", "means"), [("ja", True), ("NEIN", False), ("yes", True), ("Off", False)])
def test_a_switch_is_read_in_the_language_of_whoever_types_and_in_english(word, means):
    assert read_lines(f"private: {word}", FIELDS, switch=GERMAN).values == {"private": means}


def test_a_switch_of_another_language_is_not_understood():
    assert faults("private: ja") == [(1, Why.VALUE, "ja")]


def test_all_that_is_wrong_is_told_by_its_line():
    text = "steps: 101\nhello there\n\nseed: 5\ncolour: red\nsteps: 7\n: 5\nprivate: maybe\nstyle: far too long a text"
    assert faults(text, elsewhere={"seed"}) == [
        (1, Why.VALUE, "101"),
        (2, Why.SHAPE, "hello there"),
        (4, Why.NOT_TAKEN, "seed"),
        (5, Why.UNKNOWN, "colour"),
        (6, Why.TWICE, "steps"),
        (7, Why.SHAPE, ": 5"),
        (8, Why.VALUE, "maybe"),
        (9, Why.VALUE, "far too long a text"),
    ]


def test_a_wrong_value_says_which_field_it_is_for():
    assert read_lines("steps: many", FIELDS).faults == (Fault(line=1, why=Why.VALUE, typed="many", field=STEPS),)


@pytest.mark.parametrize(
    "line",
    [
        "steps:",
        "steps: 1.5",
        "steps: 1_0",
        "steps: ٣",
        "steps: 0",
        "guidance_scale: nan",
        "guidance_scale: inf",
        "guidance_scale: 1 2",
        "guidance_scale: 1.234,5",
        "scheduler:",
        "private:",
    ],
)
def test_what_is_no_value_of_the_field_is_wrong(line):
    assert [each.why for each in read_lines(line, FIELDS).faults] == [Why.VALUE]


def test_a_text_may_be_empty():
    assert read_lines("style:", FIELDS).values == {"style": ""}


def test_what_has_no_value_is_not_printed_and_the_order_is_that_of_the_fields():
    values = {"private": True, "steps": 5, "prompt": "a cat"}
    assert print_lines(values, FIELDS, switch=GERMAN) == "steps: 5\nprivate: ja"
    assert print_lines({}, FIELDS) == ""


def test_what_a_text_holds_cannot_become_another_line():
    printed = print_lines({"style": "ink\nsteps: 9"}, FIELDS)
    assert read_lines(printed, FIELDS).values == {"style": "ink steps: 9"}


def values_of(field):
    match field:
        case Whole():
            return st.integers(field.low, field.high)
        case Number():
            return st.floats(field.low, field.high)
        case Choice():
            return st.sampled_from(field.choices)
        case Toggle():
            return st.booleans()


OF_FAST = [*(field for field in IMAGEN_4_FAST.fields if not isinstance(field, Text)), *OWN_OPTIONS]


@given(st.fixed_dictionaries({}, optional={field.name: values_of(field) for field in OF_FAST}))
def test_whatever_the_catalog_takes_comes_back_as_it_was(values):
    for switch in (Switch(), GERMAN):
        read = read_lines(print_lines(values, OF_FAST, switch=switch), OF_FAST, switch=switch)
        assert (read.values, read.faults) == (values, ())


@given(st.text())
def test_nothing_that_is_typed_breaks_the_reader(text):
    read = read_lines(text, FIELDS)
    assert all(1 <= fault.line <= len(text.splitlines()) for fault in read.faults)
