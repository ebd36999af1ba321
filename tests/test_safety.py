import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety import CODES, Block, Category, Side, explain
from bot.text import Texts

WORDS_TEXT = (
    "The prompt could not be submitted. This prompt contains sensitive words that violate Google's Responsible AI "
    "practices. Try rephrasing the prompt. Support codes: {}"
)
PICTURE_TEXT = (
    "Unable to show generated images. All images were filtered out because they violated the usage guidelines. "
    "Support codes: {}"
)

TABLE = [
    (Category.CHILD, ["58061214"], ["17301594"]),
    (Category.CELEBRITY, ["29310472"], ["15236754"]),
    (Category.PEOPLE, [], ["39322892"]),
    (Category.DANGEROUS, ["62263041"], []),
    (Category.HATE, ["57734940"], ["22137204"]),
    (Category.SEXUAL, ["90789179"], ["63429089", "43188360"]),
    (Category.VIOLENCE, ["61493863"], ["56562880"]),
    (Category.TOXIC, ["78610348"], []),
    (Category.VULGAR, ["32635315"], []),
    (Category.PERSONAL_INFORMATION, ["92201652"], []),
    (Category.PROHIBITED, ["89371032"], ["49114662", "72817394"]),
    (Category.OTHER, ["42876398"], ["29578790", "74803281"]),
]
BOTH_SIDES = [
    (Category.CELEBRITY_OR_CHILD, "64151117"),
    (Category.THIRD_PARTY, "35561574"),
    (Category.THIRD_PARTY, "35561575"),
]


@pytest.mark.parametrize(("category", "words", "picture"), TABLE)
def test_a_code_tells_the_category_and_what_tripped_the_filter(category, words, picture):
    for side, codes in ((Side.WORDS, words), (Side.PICTURE, picture)):
        for code in codes:
            assert explain(f"Support codes: {code}") == Block(side=side, category=category, codes=(code,))


@pytest.mark.parametrize(("category", "code"), BOTH_SIDES)
def test_where_a_code_stands_for_both_the_wording_tells_the_side(category, code):
    assert explain(code) == Block(side=Side.UNKNOWN, category=category, codes=(code,))
    assert explain(WORDS_TEXT.format(code)).side is Side.WORDS
    assert explain(PICTURE_TEXT.format(code)).side is Side.PICTURE


def test_every_code_of_the_table_is_known_and_no_other():
    listed = {code for _, words, picture in TABLE for code in words + picture} | {code for _, code in BOTH_SIDES}
    assert set(CODES) == listed


def test_a_code_is_found_anywhere_in_the_text():
    assert explain('{"error":{"msg":"vertex[58061214]: no"}}').category is Category.CHILD
    assert explain("code=58061214;retry=no").category is Category.CHILD


def test_a_code_outweighs_the_wording():
    assert explain(PICTURE_TEXT.format("61493863")).side is Side.WORDS


def test_several_codes_name_the_first_real_category_and_all_codes():
    block = explain("Support codes: 42876398, 90789179, 61493863, 90789179")
    assert block == Block(side=Side.WORDS, category=Category.SEXUAL, codes=("42876398", "90789179", "61493863"))


def test_codes_of_both_sides_leave_the_side_open():
    assert explain("58061214 17301594").side is Side.UNKNOWN


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Blocked by Google's RESPONSIBLE AI practices.", Side.UNKNOWN),
        ("This goes against our usage guidelines", Side.UNKNOWN),
        ("Tripped the safety\n filter", Side.UNKNOWN),
        ("See the Generative AI Prohibited Use Policy", Side.UNKNOWN),
        ("The prompt could not be submitted.", Side.WORDS),
        ("violates the content policy", Side.UNKNOWN),
        ("All images were filtered out because of the usage guidelines", Side.PICTURE),
    ],
)
def test_without_a_code_a_phrase_is_enough(text, side):
    assert explain(text) == Block(side=side, category=Category.OTHER, codes=())


def test_an_unknown_code_counts_only_beside_a_phrase():
    assert explain("request 20260801 failed") is None
    assert explain("Responsible AI: 12345678") == Block(side=Side.UNKNOWN, category=Category.OTHER, codes=("12345678",))


def test_unknown_numbers_are_not_taken_for_codes_where_a_known_code_stands_alone():
    assert explain("20260801: 58061214").codes == ("58061214",)


@pytest.mark.parametrize(
    "text", ["", "Internal server error", "158061214", "580612140", "5806121", "CUDA out of memory"]
)
def test_other_failures_are_no_blocks(text):
    assert explain(text) is None


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_it(text):
    block = explain(text)
    assert block is None or isinstance(block, Block)


def test_every_category_has_words_in_the_catalogue():
    texts = Texts()
    assert [category for category in Category if not texts.has(f"category.{category}")] == []
