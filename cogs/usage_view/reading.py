"""What a menu or the form of /usage was sent with, read from what Discord sent; nothing of it is trusted."""

from collections.abc import Mapping
from typing import Any, TypeVar

import discord

from bot.errors import ImagenError
from cogs.usage_view.drawing import FIRST, LAST

T = TypeVar("T", bound=str)


class Stale(ImagenError):
    """What was pressed is not known here: of another version, or forged."""


def picked(interaction: discord.Interaction, offered: Mapping[T, str]) -> T:
    """The one line of a menu that was picked; raises Stale where it is none of those on offer."""
    data: Mapping[str, Any] = interaction.data or {}
    for each in offered:
        if list(data.get("values") or ()) == [each]:
            return each
    raise Stale(str(data.get("values")))


def typed_dates(interaction: discord.Interaction) -> tuple[str, str]:
    """The first and the last day as they were typed; raises Stale where the form has no such fields."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = [label.get("component") or {} for label in data.get("components") or ()]
    typed = {field.get("custom_id"): str(field.get("value") or "") for field in fields}
    try:
        return typed[FIRST], typed[LAST]
    except KeyError as missing:
        raise Stale(str(missing)) from None
