"""A number and its unit never part at the end of a line: between them stands a space that does not break."""

import re

import pytest

from bot.text import FOLDER

UNITS = "s|ms|h|min|Std|kB|KiB|MB|MiB|GiB|px|%"
PARTED = re.compile(rf"(?:\}}|[0-9]) (?:{UNITS})(?![\w])")


@pytest.mark.parametrize("language", sorted(path.stem for path in FOLDER.glob("*.po")))
def test_no_number_parts_from_its_unit(language):
    words = (FOLDER / f"{language}.po").read_text(encoding="utf-8")
    assert PARTED.findall(words) == []
    assert re.search(rf"\}}\u00a0(?:{UNITS})", words), "units are written somewhere"
