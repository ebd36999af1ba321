"""Editor of allowances by role or by channel: a list, a form that adds and changes, a menu that removes."""

from collections.abc import Iterable, Mapping, Sequence

import discord
from discord import ui

from bot.fields import BadValue
from bot.setting_fields import Allowance, TargetAllowances, TargetKind
from cogs.panels.editors.allowances import allowance_fields, read_allowance, typed_allowance
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
from cogs.panels.editors.channels import HOLDING_RULES
from cogs.panels.ids import AGAIN, SAVE
from cogs.panels.panel import Given, Spot, Stale

TAKE = "take"
TARGET = "target"
# So many lines and their menu stay well within the texts of a message, and within the 25 lines of a menu.
AT_ONCE = 10

Allowances = Mapping[int, Allowance]


class AllowancesByTarget(Editor[Allowances]):
    """Every change concerns one entry, so that two administrators never undo each other's."""

    def blocks(self, spot: Spot, value: Allowances) -> Sequence[Block]:
        parts = in_parts(list(value.items()), size=AT_ONCE)
        return [
            Block(spot.setting.name, tuple(_items(spot, part, before=number * AT_ONCE, of=len(value))))
            for number, part in enumerate(parts)
        ]

    def edit(self, spot: Spot, given: Given) -> Edit[Allowances]:
        if given.act == TAKE:
            return _take(given)
        if given.act != SAVE:
            raise Stale(given.act)
        target_id = read_id(given.field(TARGET))
        _check(spot, target_id)
        allowance = read_allowance(given)
        return Edit(lambda now: {**now, target_id: allowance}, about=str(target_id))

    def said(self, spot: Spot, edit: Edit[Allowances], after: Allowances) -> str:
        target_id = int(edit.about)
        allowance = after.get(target_id)
        return _line(spot, target_id, allowance)

    def form(self, spot: Spot, value: Allowances | None, given: Given) -> Sequence[Field]:  # noqa: ARG002 - it adds
        target, _, typed = given.rest.partition(":") if given.act == AGAIN else ("", "", "")
        there = target.isascii() and target.isdigit() and spot.directory.has(_kind(spot), int(target))
        label = "panel.field.role" if _kind(spot) is TargetKind.ROLE else "panel.field.channel"
        picking = ui.Label(
            text=spot.phrases(label), component=_target_menu(_kind(spot), picked=int(target) if there else None)
        )
        return [picking, *allowance_fields(spot, None, typed=typed)]

    def typed(self, given: Given) -> str:
        return f"{given.field(TARGET)}:{typed_allowance(given)}"


def _kind(spot: Spot) -> TargetKind:
    if not isinstance(spot.setting.field, TargetAllowances):
        raise TypeError(spot.setting.field)
    return spot.setting.field.targets


def _items(
    spot: Spot, part: Sequence[tuple[int, Allowance]], *, before: int, of: int
) -> Iterable[ui.Item[ui.LayoutView]]:
    lines = [f"• {_line(spot, target_id, allowance)}" for target_id, allowance in part]
    if of > len(part):
        lines.append(spot.phrases("panel.part", first=before + 1, last=before + len(part), of=of))
    yield ui.TextDisplay(heading(spot, "\n".join(lines) or spot.phrases.empty(spot.setting)))
    yield row(change_button(spot, "panel.add"))
    if part:
        options = [
            discord.SelectOption(label=_plain_line(spot, target_id, allowance)[:OPTION_MAX], value=str(target_id))
            for target_id, allowance in part
        ]
        placeholder = spot.phrases("panel.take")
        yield row(ui.Select(custom_id=spot.custom_id(TAKE), placeholder=placeholder, options=options))


def _line(spot: Spot, target_id: int, allowance: Allowance | None) -> str:
    words = spot.phrases("panel.taken") if allowance is None else spot.phrases.allowance(allowance)
    return spot.phrases("panel.entry", entry=spot.phrases.target(_kind(spot), target_id), value=words)


def _plain_line(spot: Spot, target_id: int, allowance: Allowance) -> str:
    """The same for a menu, which shows no mentions; a long name makes room for the amount."""
    name = spot.directory.plain_name(_kind(spot), target_id)
    entry = spot.phrases.target(_kind(spot), target_id) if name is None else name[:50]
    return spot.phrases("panel.entry", entry=entry, value=spot.phrases.allowance(allowance))


def _target_menu(kind: TargetKind, *, picked: int | None) -> ui.Item[ui.Modal]:
    if kind is TargetKind.ROLE:
        roles = (
            [] if picked is None else [discord.SelectDefaultValue(id=picked, type=discord.SelectDefaultValueType.role)]
        )
        return ui.RoleSelect(custom_id=TARGET, default_values=roles, required=True)
    channels = (
        [] if picked is None else [discord.SelectDefaultValue(id=picked, type=discord.SelectDefaultValueType.channel)]
    )
    return ui.ChannelSelect(custom_id=TARGET, default_values=channels, channel_types=HOLDING_RULES, required=True)


def _take(given: Given) -> Edit[Allowances]:
    if len(given.picked) != 1:
        raise Stale(given.act)
    target_id = read_id(given.picked[0])
    return Edit(lambda now: {each: kept for each, kept in now.items() if each != target_id}, about=str(target_id))


def _check(spot: Spot, target_id: int) -> None:
    """Raise BadValue for what is not of this server, and for the role that everybody has: it is never among a member's."""
    if not spot.directory.has(_kind(spot), target_id):
        raise BadValue(spot.setting.name, "id")
    guild = spot.directory.guild
    if _kind(spot) is TargetKind.ROLE and guild is not None and target_id == guild.id:
        raise BadValue(spot.setting.name, "everyone")
