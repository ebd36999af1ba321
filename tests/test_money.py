from decimal import Decimal

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fields import BadValue
from bot.money import credits_text, read_credits, typed_credits


@pytest.mark.parametrize(
    ("microcredits", "words"),
    [
        (60_000, "0.06"),
        (10_000_000, "10"),
        (25, "0.000025"),
        (1, "0.000001"),
        (0, "0"),
        (1_234_567_890_000, "1,234,567.89"),
        (-75_000, "-0.075"),
    ],
)
def test_an_amount_is_exact_and_shows_no_digit_too_many(microcredits, words):
    assert credits_text(microcredits, "en-US") == words


def test_the_signs_between_the_digits_are_those_of_the_language():
    assert credits_text(1_234_500_000, "de") == "1.234,5"


@pytest.mark.parametrize("locale", [str(locale) for locale in discord.Locale])
def test_every_language_of_discord_can_show_an_amount(locale):
    assert credits_text(0, locale).strip()


def test_an_unknown_language_gets_english_digits():
    assert credits_text(1_500_000, "x-nobody") == "1.5"


@given(st.integers(-(10**13), 10**13))
def test_no_amount_is_ever_rounded(microcredits):
    words = credits_text(microcredits, "en-US").replace(",", "")
    assert Decimal(words) * 1_000_000 == microcredits
    assert "." not in words or not words.endswith("0")


# ---------------------------------------------------------------- what people type

ALL_CREDITS = 10_000_000_000_000


@pytest.mark.parametrize(
    ("typed", "microcredits"),
    [
        ("2.5", 2_500_000),
        ("2,5", 2_500_000),
        (" 1000 ", 1_000_000_000),
        ("0", 0),
        ("007", 7_000_000),
        (".5", 500_000),
        (",25", 250_000),
        ("0.125", 125_000),
        ("0,125", 125_000),
        ("1.1250", 1_125_000),
        ("1,0000", 1_000_000),
        ("1000.125", 1_000_125_000),
        ("0.000001", 1),
        ("2.50000000", 2_500_000),
        ("10000000", ALL_CREDITS),
        ("000000000000010", 10_000_000),
    ],
)
def test_an_amount_is_read_as_it_was_meant(typed, microcredits):
    assert read_credits(typed) == microcredits


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1,000", "amount_either"),
        ("1.000", "amount_either"),
        ("12,500", "amount_either"),
        ("999.999", "amount_either"),
        ("-5", "amount"),
        ("\u22125", "amount"),
        ("- 0.5", "amount"),
        ("10000000.000001", "amount"),
        ("10000001", "amount"),
        ("9" * 5000, "amount"),
        ("1.0000001", "amount_decimals"),
        ("1." + "1" * 5000, "amount_decimals"),
        *((typed, "amount_text") for typed in ("", "  ", "NaN", "inf", "1e5", "0x10", "5.", ".", "five", "$5", "+5")),
        *((typed, "amount_text") for typed in ("1 000", "1\u00a0000", "1'000", "1_000", "1,000.5", "1.000,5", "1.2.3")),
        *(
            (typed, "amount_text")
            for typed in ("\u0662\u066b\u0665", "\uff12", "\u00b2", "\u00bd", "2.5 credits", "1\n2")
        ),
    ],
)
def test_what_may_mean_something_else_is_refused_and_never_guessed(typed, reason):
    with pytest.raises(BadValue) as caught:
        read_credits(typed)
    assert caught.value.reason == reason


@pytest.mark.parametrize(("typed", "whole", "decimal"), [("1,000", "1000", "1"), ("2.500", "2500", "2.5")])
def test_where_two_readings_are_possible_both_are_offered_and_both_can_be_typed(typed, whole, decimal):
    with pytest.raises(BadValue) as caught:
        read_credits(typed)
    assert caught.value.values == {"whole": whole, "decimal": decimal}
    assert read_credits(whole) == 1_000 * read_credits(decimal)


@given(st.integers(0, ALL_CREDITS))
def test_what_a_form_is_filled_in_with_is_read_back_the_same(microcredits):
    assert read_credits(typed_credits(microcredits)) == microcredits


@pytest.mark.parametrize(("microcredits", "typed"), [(1_125_000, "1.1250"), (2_500_000, "2.5"), (1_000_000, "1")])
def test_a_form_is_filled_in_with_what_nobody_can_misread(microcredits, typed):
    assert typed_credits(microcredits) == typed


@given(st.text())
def test_whatever_is_typed_is_an_amount_within_bounds_or_a_refusal(typed):
    try:
        assert 0 <= read_credits(typed) <= ALL_CREDITS
    except BadValue as error:
        assert error.reason in {"amount", "amount_text", "amount_either", "amount_decimals"}
