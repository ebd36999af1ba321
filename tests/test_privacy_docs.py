"""What an operator publishes says what the program does."""

import re
from pathlib import Path

from bot.config import Config

DOCS = Path(__file__).parent.parent / "docs"


def test_the_privacy_text_names_every_retention_with_its_default():
    page = (DOCS / "privacy.md").read_text(encoding="utf-8")
    said = {name.lower(): int(days) for days, name in re.findall(r"\| (\d+) days \| `([A-Z_]+)` \|", page)}
    known = {name: field.default for name, field in Config.model_fields.items() if name.endswith("_retention_days")}
    assert said == known
    assert known


def test_every_link_between_the_pages_leads_somewhere():
    pages = [DOCS / name for name in ("privacy.md", "terms.md", "operating.md")]
    for page in [*pages, DOCS.parent / "README.md"]:
        for target in re.findall(r"\]\(((?:docs/)?[a-z]+\.md)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"
