"""Numbers, shares, times and dates as people read them, in the languages of Discord."""

from datetime import date

import discord
import pytest

from bot.figures import (
    babel_locale,
    day_text,
    days_text,
    number_text,
    percent_text,
    points,
    seconds_text,
)

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("locale", "number", "share", "seconds"),
    [
        ("en-US", "12,345", "94.6%", "2.3"),
        ("de", "12.345", "94,6\N{NO-BREAK SPACE}%", "2,3"),
        ("fr", "12\N{NARROW NO-BREAK SPACE}345", "94,6\N{NO-BREAK SPACE}%", "2,3"),
    ],
)
def test_the_signs_between_digits_are_those_of_the_language(locale, number, share, seconds):
    assert number_text(12_345, locale) == number
    assert percent_text(0.9456, locale) == share
    assert seconds_text(2_345, locale) == seconds


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0%"), (1, "100%"), (1 / 3, "33.3%"), (0.0005, "0.1%"), (0.9996, "100%"), (0.9994, "99.9%")],
)
def test_a_share_is_told_to_the_tenth_of_a_per_cent(share, shown):
    assert percent_text(share, "en") == shown
    assert f"{points(share).normalize():f}%" == shown


@pytest.mark.parametrize(("took_ms", "shown"), [(0, "0"), (49, "0"), (50, "0.1"), (99_949, "99.9"), (123_456, "123")])
def test_seconds_have_a_tenth_as_long_as_it_tells_something(took_ms, shown):
    assert seconds_text(took_ms, "en") == shown


@pytest.mark.parametrize(
    ("locale", "month", "one"),
    [
        ("en-US", "Nov 1\N{THIN SPACE}–\N{THIN SPACE}30, 2026", "Nov 1, 2026"),
        ("en-GB", "1–30 Nov 2026", "1 Nov 2026"),
        ("de", "1.–30. Nov. 2026", "1. Nov. 2026"),
    ],
)
def test_days_are_written_as_the_language_writes_them(locale, month, one):
    assert days_text(FIRST, LAST, locale) == month
    assert days_text(FIRST, FIRST, locale) == one


def test_a_day_without_its_year_is_short():
    assert (day_text(LAST, "en-US"), day_text(LAST, "de")) == ("Nov 30", "30. Nov.")


@pytest.mark.parametrize("locale", [str(each) for each in discord.Locale])
def test_every_language_of_discord_has_numbers_and_dates_of_its_own(locale):
    assert babel_locale(locale).language == locale.split("-")[0]
    assert "2026" in days_text(FIRST, LAST, locale)
    assert "1" in day_text(FIRST, locale)


def test_a_language_that_nobody_knows_reads_as_english():
    assert days_text(FIRST, LAST, "xx-YY") == "Nov 1\N{THIN SPACE}–\N{THIN SPACE}30, 2026"
