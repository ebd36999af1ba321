"""What a text can be read as: where each letter stood, whatever is added to it, and words in pieces, each once."""

import unicodedata
from random import Random

import pytest

from bot.words.letters import KANA_DOTS, NOT_ALONE
from bot.words.sources import drawn, sources
from bot.words.spelling import pieces

# Letters and what is added to letters: accents, strokes, tones, vowels, parts of syllables, dots, nothing at all.
LETTERS = "abeoKéкиاש가かｶกक"
ADDED = "\u0300\u0301\u0307\u0323\u0336\u0345\u05b8\u0e32\u093f\u1161\u11a8\uff9e\u200b\u00ad\U0001e94a\u0306"


def one_by_one(text):
    """What is drawn, told without any short cut."""
    characters, origin = [], []
    for index, each in enumerate(text):
        form = "NFKC" if each in KANA_DOTS else "NFC"
        combines = unicodedata.combining(each) or each in KANA_DOTS or "\u1161" <= each <= "\u11ff"
        joined = unicodedata.normalize(form, characters[-1] + each) if characters and combines else ""
        if len(joined) == 1:
            characters[-1] = joined
        elif each in KANA_DOTS or not NOT_ALONE.match(each):
            characters.append(each)
            origin.append(index)
    return "".join(characters), origin


def test_whatever_is_added_to_letters_each_is_drawn_once_where_it_stood():
    rng = Random(7)
    for _ in range(500):
        text = "".join(rng.choices(LETTERS + ADDED + " ", k=rng.randint(1, 30)))
        source = drawn(text)
        assert (source.text, list(source.origin)) == one_by_one(text), ascii(text)


def test_what_is_put_together_is_known_by_the_places_of_its_letters():
    text = "a s-k-u-l-l and sk ul\u0336l"
    found = [source for source in sources(text) if source.text != drawn(text).text]
    assert found
    for source in found:
        assert len(source.text) == len(source.origin)
        stood = [text[place] for place in source.origin]
        letters = [(seen, was) for seen, was in zip(source.text, stood, strict=True) if seen != " "]
        assert all(seen == was for seen, was in letters)
        assert "skull" in source.text.split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lght hs", ["lghths"]),
        ("fu ck", ["fuck"]),
        ("sk ul l", ["skul", "skull"]),
        ("Plan B is here", []),
        ("let s go", []),
        ("a b, cat", []),
    ],
)
def test_words_in_pieces_are_put_together_once_each(text, words):
    found = ["".join(text[place] for place in piece) for piece in pieces(text)]
    assert sorted(found) == sorted(set(found))
    assert set(words) <= set(found)
    assert bool(words) == bool(found)
