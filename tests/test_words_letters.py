import importlib.util
import sys
import unicodedata
from pathlib import Path

import pytest

from bot.words import lookalikes
from bot.words.letters import KANA_DOTS, NOT_ALONE, base, is_accent, is_unseen, script


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("ＡǴ𝓼ⓢꜱ🅱", "agsssb"),
        ("ёй", "ей"),
        ("ﬁßœ", "fissoe"),
        ("がガｱ", "がガア"),
        ("가", "가"),
        ("İıſ", "iis"),
        ("ﻛی", "كي"),
    ],
)
def test_a_letter_is_taken_for_what_it_is_a_form_of(written, seen):
    assert "".join(base(each) for each in written) == seen


def test_styled_letters_are_of_their_letters_script():
    assert {script(each) for each in "aＡ𝒜ⓐ🅰ᴀ"} == {"LATIN"}
    assert [script(each) for each in "жｱー字ก"] == ["CYRILLIC", "KATAKANA", "KATAKANA", "CJK", "THAI"]


def test_the_search_for_what_is_not_drawn_knows_every_such_character():
    for code in range(sys.maxunicode + 1):
        each = chr(code)
        # Newer versions of Unicode may know more of them than this Python does, never fewer.
        if is_unseen(each) or is_accent(each) or each in KANA_DOTS:
            assert NOT_ALONE.match(each), f"U+{code:04X}"
        elif NOT_ALONE.match(each):
            assert unicodedata.category(each) in {"Cn", "Mn", "Lo", "Cf"}, f"U+{code:04X}"


def test_the_table_of_look_alikes_is_what_the_generator_writes():
    if importlib.util.find_spec("confusable_homoglyphs") is None:
        pytest.skip("Unicode's table is not installed (confusable-homoglyphs)")
    from bot.words.make_table import table

    assert Path(lookalikes.__file__).read_text(encoding="utf-8") == table()
