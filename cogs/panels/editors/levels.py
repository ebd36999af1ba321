"""Editors of safety levels: the server's own, with all that each level does, and those of single channels."""

from collections.abc import Sequence

import discord
from discord import ui

from bot.admin.level_text import channel_words, chosen_words, level_name, level_paragraphs
from bot.fields import BadValue
from bot.levels import Level, levels_within
from bot.setting_fields import TargetKind
from bot.settings import SAFETY_LEVEL
from cogs.panels.editors.base import OPTION_MAX, Block, Edit, Editor, Field, heading, row
from cogs.panels.editors.channels import PICK
from cogs.panels.editors.targets import ByTarget
from cogs.panels.panel import Given, Spot, Stale

LEVEL = "level"


class OneLevel(Editor[Level]):
    """A menu of the levels that the operator's ceiling leaves, below the words for all of them."""

    def blocks(self, spot: Spot, value: Level) -> Sequence[Block]:
        words = chosen_words(spot.phrases, value, ceiling=spot.ceiling)
        told = level_paragraphs(spot.phrases, value, ceiling=spot.ceiling)
        options = [
            discord.SelectOption(
                label=level_name(spot.phrases, level)[:OPTION_MAX], value=level.value, default=level is value
            )
            for level in levels_within(spot.ceiling)
        ]
        menu: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=spot.custom_id(PICK), placeholder=spot.phrases("level.pick"), options=options
        )
        return [Block(spot.setting.name, (ui.TextDisplay(heading(spot, words)), *map(ui.TextDisplay, told), row(menu)))]

    def edit(self, spot: Spot, given: Given) -> Edit[Level]:
        if given.act != PICK or len(given.picked) != 1:
            raise Stale(given.act)
        level = _level(spot, given.picked[0])
        return Edit(lambda _: level)

    def said(self, spot: Spot, edit: Edit[Level], after: Level) -> str:  # noqa: ARG002 - it has one entry
        return chosen_words(spot.phrases, after, ceiling=spot.ceiling)


class LevelsByChannel(ByTarget[Level]):
    """A level for each of these channels, told with what it comes to there."""

    def kind(self, spot: Spot) -> TargetKind:  # noqa: ARG002 - levels are never by role
        return TargetKind.CHANNEL

    def words(self, spot: Spot, target_id: int, value: Level) -> str:
        return channel_words(
            spot.phrases,
            value,
            server=None if spot.settings is None else spot.settings[SAFETY_LEVEL],
            age_restricted=spot.directory.is_age_restricted(target_id),
            ceiling=spot.ceiling,
        )

    def short_words(self, spot: Spot, value: Level) -> str:
        return level_name(spot.phrases, value)

    def value_fields(self, spot: Spot, typed: str) -> Sequence[Field]:
        offered = levels_within(spot.ceiling)
        chosen = typed if typed in offered else offered[0].value
        levels: ui.RadioGroup[ui.Modal] = ui.RadioGroup(
            custom_id=LEVEL,
            options=[
                discord.RadioGroupOption(
                    label=level_name(spot.phrases, each), value=each.value, default=each.value == chosen
                )
                for each in offered
            ],
        )
        return [ui.Label(text=spot.phrases("panel.field.level"), component=levels)]

    def typed_value(self, given: Given) -> str:
        return given.field(LEVEL)

    def read_value(self, spot: Spot, given: Given) -> Level:
        return _level(spot, given.field(LEVEL))


def _level(spot: Spot, picked: str) -> Level:
    """The level that was picked; raises BadValue where the operator's ceiling forbids it, Stale where there is none."""
    if picked not in tuple(Level):
        raise Stale(picked)
    level = Level(picked)
    if level not in levels_within(spot.ceiling):
        raise BadValue(spot.setting.name, "level_ceiling", ceiling=spot.ceiling)
    return level
