"""Editor of a few words of the server's own."""

from collections.abc import Sequence

import discord
from discord import ui

from bot.markdown import clipped
from bot.safety_fields import ShortText
from cogs.panels.editors.base import Block, Edit, Editor, Field, change_button, section
from cogs.panels.ids import AGAIN, SAVE
from cogs.panels.panel import Given, Spot, Stale

WORDS = "words"
# Made harmless, and shown with the rest of the page.
SHOWN_MAX = 1_000


class OwnWords(Editor[str]):
    """A text that is typed; nothing typed means none."""

    def blocks(self, spot: Spot, value: str) -> Sequence[Block]:
        return [section(spot, _shown(spot, value), change_button(spot))]

    def edit(self, spot: Spot, given: Given) -> Edit[str]:  # noqa: ARG002 - any spot will do
        if given.act != SAVE:
            raise Stale(given.act)
        typed = given.field(WORDS)
        return Edit(lambda _: typed)

    def said(self, spot: Spot, edit: Edit[str], after: str) -> str:  # noqa: ARG002 - as above
        return _shown(spot, after)

    def form(self, spot: Spot, value: str | None, given: Given) -> Sequence[Field]:
        if not isinstance(spot.setting.field, ShortText):
            raise TypeError(spot.setting.field)
        default = given.rest if given.act == AGAIN else value
        typing: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id=WORDS,
            style=discord.TextStyle.paragraph,
            default=default or None,
            max_length=spot.setting.field.high,
            required=False,
        )
        label, words = spot.phrases("panel.field.words"), spot.phrases("panel.field.words.help")
        return [ui.Label(text=label, description=words, component=typing)]

    def typed(self, given: Given) -> str:
        return given.field(WORDS)


def _shown(spot: Spot, words: str) -> str:
    return clipped(words, characters_max=SHOWN_MAX, bytes_max=3 * SHOWN_MAX) or spot.phrases.empty(spot.setting)
