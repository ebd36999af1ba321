"""What the custom_id of a button about a case says: what it does, and of which case or request.

It names no server: a case or request of another server than the one in which it is pressed is not known there.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.moderation.cases import Act
from cogs.ids import ID_DIGITS, read_id

PREFIX = "case:"
# Goes up when the meaning of any part changes.
VERSION = 1
_SHAPE = re.compile(rf"{PREFIX}{VERSION}:([a-z_]{{1,16}}):([cr])({ID_DIGITS})")


class Press(StrEnum):
    """What is pressed besides an Act."""

    CONFIRM_ALL = "confirm_all"  # asks before DELETE_ALL; the question's own button is the Act
    EVIDENCE = "evidence"  # shows the kept images, in private
    HISTORY = "history"  # of the member, in private
    APPEAL = "appeal"  # opens the member's form
    SEND_APPEAL = "send_appeal"  # the form itself
    REPORT = "report"  # opens the form for a report; of a request
    SEND_REPORT = "send_report"


@dataclass(frozen=True, slots=True)
class CaseAddress:
    """`of_request` says that `id` is a request's interaction id, and not a case's."""

    does: Act | Press
    id: int
    of_request: bool = False

    def custom_id(self) -> str:
        return f"{PREFIX}{VERSION}:{self.does.value}:{'r' if self.of_request else 'c'}{self.id}"


def read_case_address(custom_id: str) -> CaseAddress | None:
    """What a custom_id says, or None where no version of ours made it."""
    found = _SHAPE.fullmatch(custom_id)
    if found is None:
        return None
    does, kind, digits = found.groups()
    number = read_id(digits)
    for known in (Act, Press):
        if number is not None and does in set(known):
            return CaseAddress(known(does), number, of_request=kind == "r")
    return None
