"""The buttons that turn the pages of the operator's overview; where each leads stands in its id."""

import re
from enum import StrEnum
from typing import Any

from discord import ui

PREFIX = "operator:"


class Act(StrEnum):
    """What can be pressed. The value stands in the custom_id."""

    SERVERS = "servers"


_SHAPE = re.compile(rf"{PREFIX}{Act.SERVERS.value}:([0-9]{{1,6}})")


def read_page(custom_id: str) -> int | None:
    """The page that a button leads to, counted from 0; None where no version of ours made it."""
    found = _SHAPE.fullmatch(custom_id)
    return None if found is None else int(found[1])


def button_to(page: int, *, label: str) -> ui.Button[Any]:
    """A button that leads to a page, counted from 0."""
    return ui.Button(label=label, custom_id=f"{PREFIX}{Act.SERVERS.value}:{page}")
