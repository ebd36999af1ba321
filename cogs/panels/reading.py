"""What an interaction with a panel brings, read from what Discord sent: nothing of it is kept here from before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import discord

from cogs.panels.ids import Address
from cogs.panels.panel import Given


def read_given(interaction: discord.Interaction, address: Address) -> Given:
    """What was done at the address that a custom_id named."""
    data: Mapping[str, Any] = interaction.data or {}
    message = interaction.message
    return Given(
        act=address.act,
        rest=address.rest,
        picked=tuple(data.get("values") or ()),
        shown=frozenset(_shown(message.components, address.custom_id())) if message else frozenset(),
        filled=dict(_filled(data.get("components") or ())),
    )


def _filled(components: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Sequence[str]]]:
    """Each field of a form with its values; texts and radio groups have one, menus any number."""
    for component in components:
        inner = component.get("component") or {}
        if "values" in inner:
            yield inner["custom_id"], tuple(inner["values"])
        elif inner.get("value") is not None:
            yield inner["custom_id"], (str(inner["value"]),)


def _shown(components: Iterable[discord.Component], custom_id: str) -> Iterator[int]:
    """The ids that a menu of a message showed as picked."""
    for component in components:
        if isinstance(component, discord.Container | discord.ActionRow):
            yield from _shown(component.children, custom_id)
        elif isinstance(component, discord.SelectMenu) and component.custom_id == custom_id:
            # discord.py says that they are numbers and leaves them the text that Discord sent.
            yield from (int(each.id) for each in component.default_values)
