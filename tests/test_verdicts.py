"""What follows from the words that were found in a request."""

from dataclasses import replace

import pytest

from bot.catalog import Catalog
from bot.judgement import Judgement
from bot.text import Texts
from bot.verdicts import Finding, judged, texts_of
from bot.wording import refusal_words
from bot.words.rules import Effect
from tests.store.support import REQUEST

TEXTS = Texts()


def block(words, message=None):
    return Finding(Effect.BLOCK, words, message)


def said(found, *, public):
    refusal = judged(found).refusal
    assert refusal is not None
    return refusal_words(TEXTS, "en", refusal, public=public)


def test_whatever_a_person_wrote_is_looked_at_and_what_they_chose_is_not():
    values = {"prompt": "a cat", "aspect_ratio": "1:1", "negative_prompt": "dogs", "count": 2, "private": True}
    assert texts_of(replace(REQUEST, values=values), Catalog()) == ["a cat", "dogs"]
    imagen_3 = {"prompt": "a cat", "person_generation": "ALLOW_ADULT"}
    assert texts_of(replace(REQUEST, model="imagen-3", values=imagen_3), Catalog()) == ["a cat"]


def test_every_text_is_looked_at_where_the_model_is_not_known():
    assert texts_of(replace(REQUEST, model="gone", values={"prompt": "a", "other": "b"}), Catalog()) == ["a", "b"]


def test_of_a_prompt_with_choices_each_prompt_is_looked_at_so_that_no_word_hides_in_two_parts():
    values = {"prompt": "{dra|ca}{gon|t}", "negative_prompt": "{a|b}"}
    asked = replace(REQUEST, values=values, expand=True)
    assert texts_of(asked, Catalog()) == ["dragon", "drat", "cagon", "cat", "{a|b}"]
    assert texts_of(replace(asked, expand=False), Catalog()) == ["{dra|ca}{gon|t}", "{a|b}"]


def test_more_choices_than_are_ever_made_are_not_looked_at_one_by_one():
    asked = replace(REQUEST, values={"prompt": "{a|b}" * 400}, expand=True)
    assert texts_of(asked, Catalog()) == ["{a|b}" * 400]


def test_what_was_chosen_for_any_model_of_a_comparison_is_not_looked_at():
    values = {"prompt": "a cat", "person_generation": "ALLOW_ADULT", "negative_prompt": "dogs"}
    asked = replace(REQUEST, models=("imagen-4", "imagen-3"), values=values)
    assert texts_of(asked, Catalog()) == ["a cat", "dogs"]


def test_nothing_found_is_nothing_to_do():
    assert judged([]) == Judgement()


def test_what_is_to_be_looked_at_and_hidden_is_made():
    found = [Finding(Effect.FLAG, "Gore"), Finding(Effect.FLAG, "gore"), Finding(Effect.SPOILER, "blood")]
    assert judged(found) == Judgement(hits=("gore",), spoiler=True)


def test_one_word_that_blocks_is_enough():
    judgement = judged([Finding(Effect.FLAG, "gore"), block("slur"), Finding(Effect.SPOILER, "blood")])
    assert judgement.refusal is not None
    assert judgement.hits == ()


def test_the_member_alone_is_told_which_words_it_was():
    found = [block("Slur"), block("other slur"), block("slur")]
    private, public = said(found, public=False), said(found, public=True)
    assert "slur, other slur" in private
    assert "slur" not in public
    assert private.endswith("Nothing was charged.")
    assert public.endswith("Nothing was charged.")


def test_the_servers_own_message_is_told_and_in_private_only():
    found = [block("slur", "Be *kind*, @everyone"), block("curse")]
    assert said(found, public=False).startswith("Be \\*kind\\*, @\u200beveryone\n")
    assert "kind" not in said(found, public=True)
    assert "slur" not in said(found, public=True)


def test_what_the_server_says_to_all_refusals_is_not_said_beside_the_message_of_a_rule():
    assert judged([block("slur")]).refusal.of_server
    assert not judged([block("slur", "Be kind")]).refusal.of_server


@pytest.mark.parametrize("words", ["**loud**", "@everyone", "x" * 500])
def test_words_call_nobody_format_nothing_and_fill_no_page(words):
    told = said([block(words)], public=False)
    assert words not in told
    assert len(said([block(f"{number}{words}") for number in range(99)], public=False)) < 600


def test_five_words_are_named_at_most():
    told = said([block(f"word{number}") for number in range(9)], public=False)
    assert "word4" in told
    assert "word5" not in told
