from decimal import Decimal

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money import credits_text


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
