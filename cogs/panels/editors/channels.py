"""Editors of settings that are channels: one or none, and several."""

from collections.abc import Iterable, Sequence

import discord
from discord import ChannelType, ui

from bot.fields import BadValue
from bot.setting_fields import TargetKind
from bot.settings import MODERATION_CHANNEL
from cogs.panels.editors.base import Block, Edit, Editor, heading, read_id, row
from cogs.panels.panel import Given, Spot, Stale

PICK = "pick"
# More than this no menu can pick, and none can show as picked.
PICKED_MAX = 25
# Threads have the rules of the channel that they are in. Media channels are not among the types that Discord's own
# description lets a menu name.
HOLDING_RULES = [
    ChannelType.text,
    ChannelType.news,
    ChannelType.voice,
    ChannelType.stage_voice,
    ChannelType.forum,
]
TAKING_POSTS = [ChannelType.text, ChannelType.news]


class OneChannel(Editor[int | None]):
    """A menu in which nothing picked means none."""

    def blocks(self, spot: Spot, value: int | None) -> Sequence[Block]:
        picked = () if value is None else (value,)
        words = spot.phrases.channels(picked) or spot.phrases.empty(spot.setting)
        told = "\n".join((words, *_in_the_way(spot, value)))
        return [_menu(spot, told, picked, most=1, types=TAKING_POSTS)]

    def edit(self, spot: Spot, given: Given) -> Edit[int | None]:
        picked = _picked(spot, given)
        if len(picked) > 1:
            raise Stale(given.act)
        return Edit(lambda _: picked[0] if picked else None)

    def said(self, spot: Spot, edit: Edit[int | None], after: int | None) -> str:  # noqa: ARG002 - it has one entry
        return spot.phrases.channels(() if after is None else (after,)) or spot.phrases.empty(spot.setting)


class SomeChannels(Editor[tuple[int, ...]]):
    """A menu with what is picked already.

    What a person did to it, not what is left in it, is what changes: whatever others did meanwhile stays, and so do
    channels that the menu could not show.
    """

    def blocks(self, spot: Spot, value: tuple[int, ...]) -> Sequence[Block]:
        words = spot.phrases.channels(value) or spot.phrases.empty(spot.setting)
        return [_menu(spot, words, value, most=PICKED_MAX, types=HOLDING_RULES)]

    def edit(self, spot: Spot, given: Given) -> Edit[tuple[int, ...]]:
        picked = _picked(spot, given)
        # A channel that is gone is in no menu, so that everything picked there clears it out.
        dropped = given.shown - set(picked)

        def update(now: tuple[int, ...]) -> tuple[int, ...]:
            kept = [each for each in now if each not in dropped and spot.directory.has(TargetKind.CHANNEL, each)]
            return tuple(dict.fromkeys([*kept, *(each for each in picked if each not in given.shown)]))

        return Edit(update)

    def said(self, spot: Spot, edit: Edit[tuple[int, ...]], after: tuple[int, ...]) -> str:  # noqa: ARG002 - as above
        return spot.phrases.channels(after) or spot.phrases.empty(spot.setting)


def _in_the_way(spot: Spot, value: int | None) -> Iterable[str]:
    """Why nothing that the setting is for will be posted, where that is so."""
    if value is None:
        if spot.setting is MODERATION_CHANNEL:
            yield spot.phrases("panel.nowhere")
    elif not spot.directory.may_post(value):
        yield spot.phrases("panel.closed", channel=spot.phrases.target(TargetKind.CHANNEL, value))


def _menu(spot: Spot, words: str, picked: Iterable[int], *, most: int, types: list[ChannelType]) -> Block:
    there = [each for each in picked if spot.directory.has(TargetKind.CHANNEL, each)]
    menu: ui.ChannelSelect[ui.LayoutView] = ui.ChannelSelect(
        custom_id=spot.custom_id(PICK),
        placeholder=spot.phrases("panel.pick_channels" if most > 1 else "panel.pick_channel"),
        channel_types=types,
        min_values=0,
        max_values=most,
        default_values=[
            discord.SelectDefaultValue(id=each, type=discord.SelectDefaultValueType.channel) for each in there[:most]
        ],
    )
    return Block(spot.setting.name, (ui.TextDisplay(heading(spot, words)), row(menu)))


def _picked(spot: Spot, given: Given) -> tuple[int, ...]:
    """The channels that were picked; raises BadValue where one of them is not of this server."""
    if given.act != PICK:
        raise Stale(given.act)
    picked = tuple(read_id(each) for each in given.picked)
    if not all(spot.directory.has(TargetKind.CHANNEL, each) for each in picked):
        raise BadValue(spot.setting.name, "id")
    return picked
