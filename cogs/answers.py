"""Answers and notices of a few words, as Components V2."""

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from cogs.widgets import ACCENTS, fitted

NOBODY = discord.AllowedMentions.none()


def words_view(text: str, *, accent: str, buttons: Sequence[ui.Item[Any]] = ()) -> ui.LayoutView:
    """Words in a container; `accent` is a name of cogs/widgets.py's palette. Up to five buttons stand below them."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*(ui.TextDisplay(each) for each in fitted([text])), accent_colour=ACCENTS[accent]))
    if buttons:
        view.add_item(ui.ActionRow(*buttons))
    # What its buttons mean stands in their ids; discord.py keeps nothing of a view that was stopped.
    view.stop()
    return view
