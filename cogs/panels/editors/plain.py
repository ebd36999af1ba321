"""Editors of settings that are one word: on or off, and the time zone."""

from collections.abc import Sequence

from discord import ui

from bot.fields import BadValue
from bot.periods import known_zone, suggestions
from cogs.panels.editors.base import Block, Edit, Editor, Field, button, change_button, section
from cogs.panels.ids import AGAIN, SAVE
from cogs.panels.panel import Given, Spot, Stale

SET = "set"
ON, OFF = "on", "off"
ZONE = "zone"
# The longest name in the zone data has 32.
ZONE_MAX = 40


class OnOff(Editor[bool]):
    """A button that says what it does: whoever presses an outdated one never turns back what another turned."""

    def blocks(self, spot: Spot, value: bool) -> Sequence[Block]:  # noqa: FBT001 - the value is what is shown
        flip = button(spot, "panel.turn_off", SET, OFF) if value else button(spot, "panel.turn_on", SET, ON, lead=True)
        return [section(spot, spot.phrases.switch(on=value), flip)]

    def edit(self, spot: Spot, given: Given) -> Edit[bool]:  # noqa: ARG002 - not every editor looks at everything
        if given.act != SET or given.rest not in {ON, OFF}:
            raise Stale(given.act)
        return Edit(lambda _: given.rest == ON)

    def said(self, spot: Spot, edit: Edit[bool], after: bool) -> str:  # noqa: ARG002, FBT001 - as above
        return spot.phrases.switch(on=after)


class TimeZone(Editor[str]):
    """A name that is typed; there are too many for a menu."""

    def blocks(self, spot: Spot, value: str) -> Sequence[Block]:
        return [section(spot, value, change_button(spot))]

    def edit(self, spot: Spot, given: Given) -> Edit[str]:
        if given.act != SAVE:
            raise Stale(given.act)
        typed = given.field(ZONE)
        near = () if known_zone(typed) else suggestions(typed)
        if near:
            raise BadValue(spot.setting.name, "zone_near", near=", ".join(near))
        return Edit(lambda _: typed)

    def said(self, spot: Spot, edit: Edit[str], after: str) -> str:  # noqa: ARG002 - as above
        return after

    def form(self, spot: Spot, value: str | None, given: Given) -> Sequence[Field]:
        default = given.rest if given.act == AGAIN else value
        typing: ui.TextInput[ui.Modal] = ui.TextInput(custom_id=ZONE, default=default or None, max_length=ZONE_MAX)
        words = spot.phrases("panel.field.zone.help")
        return [ui.Label(text=spot.phrases("panel.field.zone"), description=words, component=typing)]

    def typed(self, given: Given) -> str:
        return given.field(ZONE)
