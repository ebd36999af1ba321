"""Editors of safety levels: the server's own, with all that each level does, and those of single channels."""

from collections.abc import Iterable, Mapping, Sequence

import discord
from discord import ui

from bot.admin.level_text import channel_words, chosen_words, level_name, level_paragraphs
from bot.fields import BadValue
from bot.levels import Level, levels_within
from bot.setting_fields import TargetKind
from bot.settings import SAFETY_LEVEL
from cogs.panels.editors.base import (
    OPTION_MAX,
    Block,
    Edit,
    Editor,
    Field,
    change_button,
    heading,
    in_parts,
    read_id,
    row,
)
from cogs.panels.editors.channels import HOLDING_RULES, PICK
from cogs.panels.editors.targets import AT_ONCE, TAKE, TARGET
from cogs.panels.ids import AGAIN, SAVE
from cogs.panels.panel import Given, Spot, Stale

LEVEL = "level"
ChannelLevels = Mapping[int, Level]


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


class LevelsByChannel(Editor[ChannelLevels]):
    """Every change concerns one channel, so that two moderators never undo each other's."""

    def blocks(self, spot: Spot, value: ChannelLevels) -> Sequence[Block]:
        parts = in_parts(list(value.items()), size=AT_ONCE)
        return [
            Block(spot.setting.name, tuple(_items(spot, part, before=number * AT_ONCE, of=len(value))))
            for number, part in enumerate(parts)
        ]

    def edit(self, spot: Spot, given: Given) -> Edit[ChannelLevels]:
        if given.act == TAKE:
            return _take(given)
        if given.act != SAVE:
            raise Stale(given.act)
        channel_id, level = read_id(given.field(TARGET)), _level(spot, given.field(LEVEL))
        if not spot.directory.has(TargetKind.CHANNEL, channel_id):
            raise BadValue(spot.setting.name, "id")
        return Edit(lambda now: {**now, channel_id: level}, about=str(channel_id))

    def said(self, spot: Spot, edit: Edit[ChannelLevels], after: ChannelLevels) -> str:
        channel_id = int(edit.about)
        return _line(spot, channel_id, after.get(channel_id))

    def form(self, spot: Spot, value: ChannelLevels | None, given: Given) -> Sequence[Field]:  # noqa: ARG002 - it adds
        target, _, level = given.rest.partition(":") if given.act == AGAIN else ("", "", "")
        channels: ui.ChannelSelect[ui.Modal] = ui.ChannelSelect(
            custom_id=TARGET, channel_types=HOLDING_RULES, default_values=_picked(spot, target), required=True
        )
        offered = levels_within(spot.ceiling)
        chosen = level if level in offered else offered[0].value
        levels: ui.RadioGroup[ui.Modal] = ui.RadioGroup(
            custom_id=LEVEL,
            options=[
                discord.RadioGroupOption(
                    label=level_name(spot.phrases, each), value=each.value, default=each.value == chosen
                )
                for each in offered
            ],
        )
        return [
            ui.Label(text=spot.phrases("panel.field.channel"), component=channels),
            ui.Label(text=spot.phrases("panel.field.level"), component=levels),
        ]

    def typed(self, given: Given) -> str:
        return f"{given.field(TARGET)}:{given.field(LEVEL)}"


def _level(spot: Spot, picked: str) -> Level:
    """The level that was picked; raises BadValue where the operator's ceiling forbids it, Stale where there is none."""
    if picked not in tuple(Level):
        raise Stale(picked)
    level = Level(picked)
    if level not in levels_within(spot.ceiling):
        raise BadValue(spot.setting.name, "level_ceiling", ceiling=spot.ceiling)
    return level


def _items(spot: Spot, part: Sequence[tuple[int, Level]], *, before: int, of: int) -> Iterable[ui.Item[ui.LayoutView]]:
    lines = [f"• {_line(spot, channel_id, level)}" for channel_id, level in part]
    if of > len(part):
        lines.append(spot.phrases("panel.part", first=before + 1, last=before + len(part), of=of))
    yield ui.TextDisplay(heading(spot, "\n".join(lines) or spot.phrases.empty(spot.setting)))
    yield row(change_button(spot, "panel.add"))
    if part:
        options = [
            discord.SelectOption(label=_plain_line(spot, channel_id, level)[:OPTION_MAX], value=str(channel_id))
            for channel_id, level in part
        ]
        placeholder = spot.phrases("panel.take")
        yield row(ui.Select(custom_id=spot.custom_id(TAKE), placeholder=placeholder, options=options))


def _line(spot: Spot, channel_id: int, level: Level | None) -> str:
    words = spot.phrases("panel.taken") if level is None else _words(spot, channel_id, level)
    return spot.phrases("panel.entry", entry=spot.phrases.target(TargetKind.CHANNEL, channel_id), value=words)


def _words(spot: Spot, channel_id: int, level: Level) -> str:
    return channel_words(
        spot.phrases,
        level,
        server=None if spot.settings is None else spot.settings[SAFETY_LEVEL],
        age_restricted=spot.directory.is_age_restricted(channel_id),
        ceiling=spot.ceiling,
    )


def _plain_line(spot: Spot, channel_id: int, level: Level) -> str:
    """The same for a menu, which shows no mentions."""
    name = spot.directory.plain_name(TargetKind.CHANNEL, channel_id)
    entry = spot.phrases.target(TargetKind.CHANNEL, channel_id) if name is None else name[:50]
    return spot.phrases("panel.entry", entry=entry, value=level_name(spot.phrases, level))


def _picked(spot: Spot, target: str) -> list[discord.SelectDefaultValue]:
    """What is shown as picked: the channel that was, while there is one."""
    if not (target.isascii() and target.isdigit() and spot.directory.has(TargetKind.CHANNEL, int(target))):
        return []
    return [discord.SelectDefaultValue(id=int(target), type=discord.SelectDefaultValueType.channel)]


def _take(given: Given) -> Edit[ChannelLevels]:
    if len(given.picked) != 1:
        raise Stale(given.act)
    channel_id = read_id(given.picked[0])
    return Edit(lambda now: {each: kept for each, kept in now.items() if each != channel_id}, about=str(channel_id))
