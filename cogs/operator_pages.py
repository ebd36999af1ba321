"""The buttons that turn the pages of the operator's overview; where each leads stands in its id."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord
from discord import ui

Turn = Callable[[discord.Interaction[Any], int], Awaitable[None]]
PageButton = ui.DynamicItem[ui.Button[Any]]
_ID = "operator:servers:"


def page_button(turn: Turn) -> type[PageButton]:
    """The buttons that `turn` answers, as discord.py is to know them; they work after a restart, too."""

    class Turning(PageButton, template=rf"\A{_ID}[0-9]{{1,6}}\Z"):
        @classmethod
        async def from_custom_id(
            cls,
            interaction: discord.Interaction[Any],  # noqa: ARG003 - discord.py's own
            item: ui.Item[Any],
            match: re.Match[str],  # noqa: ARG003
            /,
        ) -> Self:
            return cls(ui.Button(custom_id=item.custom_id))  # type: ignore[attr-defined]

        async def callback(self, interaction: discord.Interaction[Any]) -> None:
            await turn(interaction, int(self.custom_id.removeprefix(_ID)))

    return Turning


def button_to(kind: type[PageButton], page: int, *, label: str) -> PageButton:
    """A button that leads to a page, counted from 0."""
    return kind(ui.Button(label=label, custom_id=f"{_ID}{page}"))
