"""Ids as custom_ids and menus bring them; whoever forges one may write any digits."""

import re
from collections.abc import Mapping
from typing import Any

import discord

# A pattern of what is read here; read_id() knows which of those can be an id.
ID_DIGITS = "[0-9]{1,19}"
# No id of Discord's is larger, and no database of ours knows a larger one.
ID_MAX = 2**63 - 1


def read_id(text: str) -> int | None:
    """The id, or None where no id is written like this."""
    if re.fullmatch(ID_DIGITS, text) is None:
        return None
    number = int(text)
    return number if number <= ID_MAX else None


def custom_id_of(interaction: discord.Interaction) -> str:
    """The custom_id of what was pressed, picked or sent; empty where nothing of the kind was done."""
    pressed = (discord.InteractionType.component, discord.InteractionType.modal_submit)
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("custom_id", "")) if interaction.type in pressed else ""
