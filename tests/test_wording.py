"""Refusals in words: all of it to whoever asked, and no figures in public."""

from bot.intake import Refusal
from bot.text import Texts
from bot.wording import refusal_words, with_amounts

TEXTS = Texts()
SHORT = Refusal(
    "limit.member",
    public_id="limit.public",
    more=(("hint.fewer", {"count": 2}), ("hint.cheaper", {"model": "Imagen 4 Fast", "price_microcredits": 25_000})),
    price_microcredits=240_000,
    left_microcredits=1_500_000_000,
    resets_s=1_800_000_000,
    role="",
)


def test_an_amount_is_there_once_more_as_people_read_it():
    values = {"price_microcredits": 1_060_000, "count": 2, "left_microcredits": 0}
    assert with_amounts(TEXTS, "en", values) == {**values, "price": "1.06", "left": "0"}


def test_in_private_a_refusal_says_why_and_what_would_still_work_line_by_line():
    first, fewer, cheaper = refusal_words(TEXTS, "en-US", SHORT, public=False).splitlines()
    assert first == TEXTS("en", "refusal.limit.member", price="0.24", left="1,500", resets_s=1_800_000_000)
    assert fewer == TEXTS("en", "hint.fewer", count=2)
    assert cheaper == TEXTS("en", "hint.cheaper", model="Imagen 4 Fast", price="0.025")


def test_in_public_it_says_no_figures_and_nothing_more():
    assert refusal_words(TEXTS, "en", SHORT, public=True) == TEXTS("en", "refusal.limit.public")


def test_a_refusal_that_is_nobody_elses_secret_is_the_same_in_public():
    error = Refusal("count_over", model="Imagen 4", high=2)
    assert refusal_words(TEXTS, "en", error, public=True) == refusal_words(TEXTS, "en", error, public=False)


def test_a_reason_that_was_given_to_one_member_is_not_said_in_public():
    error = Refusal("barred", public_id="barred_public", reason="{price} too many dragons")
    assert "{price} too many dragons" in refusal_words(TEXTS, "en", error, public=False)
    assert "dragons" not in refusal_words(TEXTS, "en", error, public=True)


def test_amounts_are_written_as_the_language_of_the_words_writes_them():
    assert "1.500" in refusal_words(TEXTS, "de", SHORT, public=False)
