"""Ids as whoever forges them writes them."""

import pytest

from cogs.ids import ID_MAX, read_id


@pytest.mark.parametrize("number", [0, 1, 1_573_769_654_701_129_729, ID_MAX])
def test_what_can_be_an_id_is_read(number):
    assert read_id(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "1 ", "1\n", "1e3", "\u0661", "\u0967", str(ID_MAX + 1), "9" * 19, "9" * 40]
)
def test_nothing_else_is_taken_for_one(text):
    assert read_id(text) is None
