"""Editor of the strike rule: after how many blocks, within how long, a member is paused for how long."""

from collections.abc import Mapping, Sequence

import discord
from discord import ui

from bot.admin.strike_text import strike_words
from bot.fields import BadValue
from bot.moderation.cases import Act
from bot.safety_fields import STRIKE_BLOCKS_MAX, STRIKE_BLOCKS_MIN, StrikeRule
from cogs.panels.editors.base import Block, Edit, Editor, Field, button, change_button, heading, row
from cogs.panels.ids import AGAIN, SAVE
from cogs.panels.panel import Given, Spot, Stale

DROP = "drop"
BLOCKS, WITHIN, PAUSE = "blocks", "within", "pause"
# What somebody sees who has set no rule yet.
PROPOSED = StrikeRule(blocks=3, within_hours=24, pause=Act.PAUSE_DAY)
HOURS: Mapping[str, str] = {
    "1": "setting.strike_rule.within.hour",
    "6": "setting.strike_rule.within.six_hours",
    "24": "setting.strike_rule.within.day",
    "168": "setting.strike_rule.within.week",
}
PAUSES: Mapping[str, str] = {
    Act.PAUSE_HOUR.value: "setting.strike_rule.pause.hour",
    Act.PAUSE_DAY.value: "setting.strike_rule.pause.day",
    Act.PAUSE_WEEK.value: "setting.strike_rule.pause.week",
    Act.PAUSE.value: "setting.strike_rule.pause.lifted",
}


class StrikesAndPause(Editor[StrikeRule | None]):
    """Three fields in a form; a button of its own switches the rule off."""

    def blocks(self, spot: Spot, value: StrikeRule | None) -> Sequence[Block]:
        words = heading(spot, _words(spot, value))
        buttons = [change_button(spot)]
        if value is not None:
            buttons.append(button(spot, "setting.strike_rule.drop", DROP))
        return [Block(spot.setting.name, (ui.TextDisplay(words), row(*buttons)))]

    def edit(self, spot: Spot, given: Given) -> Edit[StrikeRule | None]:
        if given.act == DROP:
            return Edit(lambda _: None)
        if given.act != SAVE:
            raise Stale(given.act)
        within, pause = given.field(WITHIN), given.field(PAUSE)
        if within not in HOURS or pause not in PAUSES:
            raise Stale(given.act)
        typed = given.field(BLOCKS).strip()
        if not (typed.isascii() and typed.isdigit()):
            raise BadValue(spot.setting.name, "range", low=STRIKE_BLOCKS_MIN, high=STRIKE_BLOCKS_MAX)
        filled = StrikeRule(blocks=int(typed), within_hours=int(within), pause=Act(pause))
        return Edit(lambda _: filled)

    def said(self, spot: Spot, edit: Edit[StrikeRule | None], after: StrikeRule | None) -> str:  # noqa: ARG002 - one entry
        return _words(spot, after)

    def form(self, spot: Spot, value: StrikeRule | None, given: Given) -> Sequence[Field]:
        rule = value or PROPOSED
        within, pause, blocks = str(rule.within_hours), rule.pause.value, str(rule.blocks)
        if given.act == AGAIN and given.rest.count(":") >= 2:  # noqa: PLR2004 - between three parts
            within, pause, blocks = given.rest.split(":", 2)
        typing: ui.TextInput[ui.Modal] = ui.TextInput(custom_id=BLOCKS, default=blocks or None, max_length=2)
        low, high = STRIKE_BLOCKS_MIN, STRIKE_BLOCKS_MAX
        return [
            ui.Label(
                text=spot.phrases("setting.strike_rule.blocks"),
                description=spot.phrases("setting.strike_rule.blocks.help", low=low, high=high),
                component=typing,
            ),
            ui.Label(text=spot.phrases("setting.strike_rule.within"), component=_choice(spot, WITHIN, HOURS, within)),
            ui.Label(text=spot.phrases("setting.strike_rule.pause"), component=_choice(spot, PAUSE, PAUSES, pause)),
        ]

    def typed(self, given: Given) -> str:
        return f"{given.field(WITHIN)}:{given.field(PAUSE)}:{given.field(BLOCKS)}"


def _words(spot: Spot, value: StrikeRule | None) -> str:
    return spot.phrases.empty(spot.setting) if value is None else strike_words(spot.phrases, value)


def _choice(spot: Spot, custom_id: str, options: Mapping[str, str], chosen: str) -> ui.RadioGroup[ui.Modal]:
    return ui.RadioGroup(
        custom_id=custom_id,
        options=[
            discord.RadioGroupOption(label=spot.phrases(words), value=value, default=value == chosen)
            for value, words in options.items()
        ],
    )
