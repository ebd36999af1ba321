import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.markdown import BREAK, ELLIPSIS, clipped, harmless, plain, quoted
from tests.yardstick import yardsticks

# Words made of the very things that mean something to Discord, with anything at all between them.
LOADED = st.sampled_from(
    [
        "@everyone",
        "@here",
        "<@1>",
        "<@!1>",
        "<@&1>",
        "<#1>",
        "<:a:1>",
        "</imagen:1>",
        "<t:1:R>",
        "<id:guide>",
        "https://evil.example",
        "_https://evil.example",
        "discord.gg/x",
        "mailto:a@b.c",
        "```py\n",
        "`",
        "**",
        "__",
        "~~",
        "||",
        "> ",
        ">>> ",
        "\n# ",
        "\n-# ",
        "\n- ",
        "\n* ",
        "\n1. ",
        "\n  12. ",
        "[a](https://b)",
        "\\",
        "\r\n",
        "\u202e",
        "👩\u200d🚀",
        "שלום",
        "\n",
    ]
)
WORDS = st.lists(st.one_of(LOADED, st.text(max_size=8)), max_size=12).map("".join)
SIGNS = "\\*_~`|>#[]()<:-"


def unescaped(words):
    """The words without the signs that a backslash makes harmless, as Discord reads them."""
    return re.sub(r"\\[^0-9A-Za-z\s]", "", words)


def shown(words):
    """What people read."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", words).replace(BREAK, "")


@given(WORDS)
def test_nobody_is_ever_pinged(words):
    # Discord looks for mentions before it looks for backslashes, so only the break helps.
    assert not re.search(f"@(?!{BREAK})", harmless(words))
    assert not re.search(r"<[@#]", harmless(words))


@given(WORDS)
def test_no_sign_keeps_its_meaning(words):
    assert not set(unescaped(harmless(words))) & set(SIGNS)


@given(WORDS)
def test_no_line_becomes_an_item_of_a_list(words):
    # A plus begins none on Discord.
    assert not re.search(r"(?m)^ *([*-]|[0-9]+\.)", harmless(words))


@given(WORDS)
def test_no_address_becomes_a_link(words):
    assert not re.search(r"(?i)\w+:\S|discord(app)?\.(com|gg)", unescaped(harmless(words)))
    assert not re.search(r"(?i)(https?|mailto)(?=:|\\:)", harmless(words).replace("\\", ""))


@given(st.text())
def test_people_read_the_very_words_without_controls(words):
    controls = "".join(map(chr, [*range(10), *range(11, 32), 127, 0x61C, 0x200B, 0x200E, 0x200F]))
    controls += "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
    table = {ord(sign): " " for sign in controls}
    expected = words.replace("\r\n", "\n").translate(table)
    assert shown(harmless(words)).replace(" ", "") == expected.replace(" ", "")


def test_ordinary_words_stay_as_they_are():
    words = "A cozy cabin in the snow, 8K; it's 1.5 m high!\n\nWith a family 👩‍👩‍👧 and “light” ¿qué?"
    assert harmless(words) == words


def test_half_a_character_which_only_a_broken_answer_can_hold_does_no_harm():
    assert clipped("a\ud83cb", characters_max=9, bytes_max=9) == "a b"
    assert plain("a\ud83cb", characters_max=9) == "a b"


def test_text_that_runs_backwards_does_not_turn_the_rest_of_the_card():
    assert harmless("a\u202eb\u2066c") == "a b c"


@pytest.mark.parametrize(
    "words", ["a" * 2000, "@" * 2000, "🏔" * 2000, "\n" * 2000, "1.\n" * 600, "`" * 2000, "雪" * 2000]
)
def test_the_longest_prompts_are_done_with_at_once(words):
    assert yardsticks(lambda: clipped(words, characters_max=1000, bytes_max=3000)) < 25


@given(words=WORDS, characters_max=st.integers(1, 80), bytes_max=st.integers(3, 200))
@example(words="🏔" * 40, characters_max=30, bytes_max=30)
@example(words="\\" * 40, characters_max=9, bytes_max=200)
def test_a_cut_stays_within_both_bounds_and_harmless(words, characters_max, bytes_max):
    cut = clipped(words, characters_max=characters_max, bytes_max=bytes_max)
    assert len(cut) <= characters_max
    assert len(cut.encode()) <= bytes_max
    assert cut == harmless(words) or cut.endswith(ELLIPSIS)
    assert not set(unescaped(cut)) & set(SIGNS)


@given(words=WORDS, characters_max=st.integers(1, 80))
def test_a_cut_leaves_out_no_more_than_it_must(words, characters_max):
    cut = clipped(words, characters_max=characters_max, bytes_max=10_000)
    if cut == harmless(words):
        return
    kept = next(n for n in range(len(words), -1, -1) if harmless(words[:n].rstrip()) + ELLIPSIS == cut)
    # The end of the words itself is no cut.
    assert kept >= len(words) - 1 or len(harmless(words[: kept + 1].rstrip()) + ELLIPSIS) > characters_max


@given(WORDS)
def test_a_quotation_takes_in_every_line_at_the_same_price(words):
    quotation = quoted(harmless(words))
    assert quotation.startswith(">>> ")
    assert len(quotation) == len(harmless(words)) + 4


@given(words=WORDS, characters_max=st.integers(1, 60))
def test_plain_text_is_one_line_and_no_longer_than_it_may_be(words, characters_max):
    line = plain(words, characters_max=characters_max)
    assert len(line) <= characters_max
    assert "\n" not in line
    assert line == " ".join(line.split())


def test_plain_text_keeps_the_signs():
    assert plain(" a **b**\n@c ", characters_max=50) == "a **b** @c"
