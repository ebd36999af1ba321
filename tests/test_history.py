"""What members look for in their own history, as they type it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.writer import ref_of
from bot.fields import BadValue
from bot.finding.history import ID_MAX, BadDate, dates_of, first_id, id_of_ref, words_of

BERLIN = ZoneInfo("Europe/Berlin")


def ms(*parts, zone=UTC):
    return int(datetime(*parts, tzinfo=zone).timestamp()) * 1000


def test_words_are_what_stands_between_spaces():
    assert words_of("  red   fox ") == ("red", "fox")
    assert words_of("") == words_of(" \n") == ()


def test_a_letter_typed_as_two_signs_is_the_letter_that_is_one():
    assert words_of("cafe\u0301") == ("café",)


def test_what_is_too_long_or_no_text_at_all_is_refused():
    for typed in ("x" * 101, "\ud800"):
        with pytest.raises(BadValue):
            words_of(typed)


@pytest.mark.parametrize(
    ("typed", "since", "before"),
    [
        ("2026-11-21", (2026, 11, 21), (2026, 11, 22)),
        ("2026-12-31", (2026, 12, 31), (2027, 1, 1)),
        ("2024-02", (2024, 2, 1), (2024, 3, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        (" 2026 ", (2026, 1, 1), (2027, 1, 1)),
    ],
)
def test_a_day_a_month_or_a_year_is_all_of_it_in_the_members_zone(typed, since, before):
    for zone in (UTC, BERLIN):
        assert dates_of(typed, zone=zone) == {"since_ms": ms(*since, zone=zone), "before_ms": ms(*before, zone=zone)}


def test_a_day_on_which_the_clocks_go_back_has_25_hours():
    found = dates_of("2026-10-25", zone=BERLIN)
    assert found["before_ms"] - found["since_ms"] == 25 * 3_600_000


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "today",
        "21.11.2026",
        "2026-13",
        "2026-02-30",
        "26-1-1",
        "2026-1-1",
        "２０２６",
        "0000",
        "9999",
        "9999-12-31",
    ],
)
def test_what_is_no_date_is_refused_with_what_was_typed(typed):
    with pytest.raises(BadDate) as caught:
        dates_of(typed, zone=UTC)
    assert caught.value.reason == "history.no_date"
    assert caught.value.values == {"typed": typed}


def test_an_instants_first_id_is_above_all_ids_from_before_it():
    at_ms = ms(2026, 11, 21)
    assert (first_id(at_ms) - 1) >> 22 < first_id(at_ms) >> 22
    assert (first_id(at_ms) >> 22) + 1_420_070_400_000 == at_ms
    assert first_id(0) == 0
    assert first_id(ms(9998, 1, 1)) == ID_MAX


@given(st.integers(1, ID_MAX))
def test_a_short_name_leads_back_to_its_request_however_it_is_copied(interaction_id):
    ref = ref_of(interaction_id)
    assert id_of_ref(ref) == id_of_ref(f" #{ref.upper()} ") == interaction_id


@pytest.mark.parametrize("typed", ["", "0", "-1", "a b", "é", "٣", "1_0", "z" * 13, "1y2p0ij32e8e8", "0" * 14])
def test_what_names_no_request_is_no_short_name(typed):
    assert id_of_ref(typed) is None


@given(st.text())
def test_nothing_that_can_be_typed_breaks_the_reading_of_it(typed):
    id_of_ref(typed)
    for read in (words_of, lambda text: dates_of(text, zone=BERLIN)):
        try:
            read(typed)
        except BadValue:
            continue
