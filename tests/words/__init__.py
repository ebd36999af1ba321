"""The tables of evasions and of innocents, and the rules that both are read against."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.words.rules import Effect, WordRule

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Evasion:
    """`text` hides the rule's word; what is `held_out` was not looked at while the matcher was made."""

    how: str
    rule: str
    text: str
    held_out: bool


def _table(name: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


RULES = [WordRule(rule["pattern"], Effect(rule["effect"]), tuple(rule.get("allow", ()))) for rule in _table("rules")]
EVASIONS = [Evasion(**row) for row in _table("evasions")]
INNOCENTS = [row["text"] for row in _table("innocents")]
