"""What the custom_id of a card's button, or of a form that one opens, says: what it does, and about which request.

It names no server: a request of another server than the one in which it is pressed is not known there.
"""

import re
from dataclasses import dataclass

from bot.ports import CardAct
from cogs.ids import ID_DIGITS, read_id

PREFIX = "card:"
# Goes up when the meaning of any part changes.
VERSION = 1
_SHAPE = re.compile(rf"{PREFIX}{VERSION}:([a-z_]{{1,16}}):({ID_DIGITS})(?::([A-Za-z0-9_.-]{{1,48}}))?")


@dataclass(frozen=True, slots=True)
class CardAddress:
    """`interaction_id` names the request; `arg` is a word of the act's own, such as a model's key, or empty."""

    does: CardAct
    interaction_id: int
    arg: str = ""

    def custom_id(self) -> str:
        parts = [f"{PREFIX}{VERSION}", self.does.value, str(self.interaction_id), *([self.arg] if self.arg else [])]
        return ":".join(parts)


def read_card_address(custom_id: str) -> CardAddress | None:
    """What a custom_id says, or None where this version does not know it."""
    found = _SHAPE.fullmatch(custom_id)
    if found is None or found[1] not in set(CardAct) or (interaction_id := read_id(found[2])) is None:
        return None
    return CardAddress(CardAct(found[1]), interaction_id, found[3] or "")
