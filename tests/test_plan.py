"""The plan of the house (docs/architecture.md) is true: what it names is there, and what is there stands in it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Tells what the plan was before.
FORMER = {"bot/tracker.py"}


def plan():
    """The names in the drawing, below the folder that they are in."""
    drawing = re.search(r"```\n(bot/ .*?)```", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"), re.DOTALL)
    named, folder = {}, ""
    for line in drawing[1].splitlines():
        if not line.startswith(" "):
            folder = line.split("/")[0]
        else:
            names = re.split(r"\s{2,}", line.strip())[0]
            named.setdefault(folder, []).extend(name.strip(" /") for name in names.split("·"))
    return named


@pytest.mark.parametrize("folder", ["bot", "cogs"])
def test_the_plan_names_everything_and_nothing_twice_or_that_is_gone(folder):
    there = {
        each.stem
        for each in (ROOT / folder).iterdir()
        if each.suffix == ".py" or (each.is_dir() and any(each.iterdir()) and each.name != "__pycache__")
    }
    named = plan()[folder]
    assert there - {"__init__"} - set(named) == set(), "tell what it is"
    assert sorted(named) == sorted(there - {"__init__"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page):
    named = set(re.findall(r"`((?:[\w-]+/)*\w+\.py)`", page.read_text(encoding="utf-8"))) - FORMER
    files = [f"/{each.relative_to(ROOT)}" for top in ("bot", "cogs", "tests") for each in (ROOT / top).rglob("*.py")]
    assert [name for name in sorted(named) if not any(file.endswith(f"/{name}") for file in files)] == []
