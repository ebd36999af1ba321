"""What editors of settings by role or by channel share: a list, a form that adds and changes, a menu that removes."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import discord
from discord import SelectDefaultValueType, ui

from bot.fields import BadValue
from bot.setting_fields import TargetKind
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

T = TypeVar("T")


class ByTarget(Editor[Mapping[int, T]]):
    """Every change concerns one entry, so that two administrators never undo each other's."""

    @abstractmethod
    def kind(self, spot: Spot) -> TargetKind:
        """Whether the entries are by role or by channel."""

    @abstractmethod
    def words(self, spot: Spot, target_id: int, value: T) -> str:
        """What counts for one of them, in a line of the list."""

    @abstractmethod
    def short_words(self, spot: Spot, value: T) -> str:
        """The same in a line of a menu."""

    @abstractmethod
    def value_fields(self, spot: Spot, typed: str) -> Sequence[Field]:
        """The fields of the form beside the role or channel, with what `typed_value` said was filled in before."""

    @abstractmethod
    def typed_value(self, given: Given) -> str:
        """What was filled into these fields."""

    @abstractmethod
    def read_value(self, spot: Spot, given: Given) -> T:
        """The same as a value; raises BadValue, and Stale for what the form cannot bring."""

    def blocks(self, spot: Spot, value: Mapping[int, T]) -> Sequence[Block]:
        parts = in_parts(list(value.items()), size=AT_ONCE)
        return [
            Block(spot.setting.name, tuple(self._items(spot, part, before=number * AT_ONCE, of=len(value))))
            for number, part in enumerate(parts)
        ]

    def edit(self, spot: Spot, given: Given) -> Edit[Mapping[int, T]]:
        if given.act == TAKE:
            taken_id = _taken(given)
            return Edit(lambda now: {each: now[each] for each in now if each != taken_id}, about=str(taken_id))
        if given.act != SAVE:
            raise Stale(given.act)
        target_id = read_id(given.field(TARGET))
        self._check(spot, target_id)
        value = self.read_value(spot, given)
        return Edit(lambda now: {**now, target_id: value}, about=str(target_id))

    def said(self, spot: Spot, edit: Edit[Mapping[int, T]], after: Mapping[int, T]) -> str:
        target_id = int(edit.about)
        if target_id in after:
            return self._line(spot, target_id, after[target_id])
        entry = spot.phrases.target(self.kind(spot), target_id)
        return spot.phrases("panel.entry", entry=entry, value=spot.phrases("panel.taken"))

    def form(self, spot: Spot, value: Mapping[int, T] | None, given: Given) -> Sequence[Field]:  # noqa: ARG002 - it adds
        kind = self.kind(spot)
        target, _, typed = given.rest.partition(":") if given.act == AGAIN else ("", "", "")
        there = target.isascii() and target.isdigit() and spot.directory.has(kind, int(target))
        label = "panel.field.role" if kind is TargetKind.ROLE else "panel.field.channel"
        picking = ui.Label(text=spot.phrases(label), component=_menu(kind, picked=int(target) if there else None))
        return [picking, *self.value_fields(spot, typed)]

    def typed(self, given: Given) -> str:
        return f"{given.field(TARGET)}:{self.typed_value(given)}"

    def _items(
        self, spot: Spot, part: Sequence[tuple[int, T]], *, before: int, of: int
    ) -> Iterable[ui.Item[ui.LayoutView]]:
        lines = [f"• {self._line(spot, target_id, value)}" for target_id, value in part]
        if of > len(part):
            lines.append(spot.phrases("panel.part", first=before + 1, last=before + len(part), of=of))
        yield ui.TextDisplay(heading(spot, "\n".join(lines) or spot.phrases.empty(spot.setting)))
        yield row(change_button(spot, "panel.add"))
        if part:
            options = [
                discord.SelectOption(label=self._plain_line(spot, target_id, value)[:OPTION_MAX], value=str(target_id))
                for target_id, value in part
            ]
            placeholder = spot.phrases("panel.take")
            yield row(ui.Select(custom_id=spot.custom_id(TAKE), placeholder=placeholder, options=options))

    def _line(self, spot: Spot, target_id: int, value: T) -> str:
        entry = spot.phrases.target(self.kind(spot), target_id)
        return spot.phrases("panel.entry", entry=entry, value=self.words(spot, target_id, value))

    def _plain_line(self, spot: Spot, target_id: int, value: T) -> str:
        """The same for a menu, which shows no mentions; a long name makes room for the value."""
        name = spot.directory.plain_name(self.kind(spot), target_id)
        entry = spot.phrases.target(self.kind(spot), target_id) if name is None else name[:50]
        return spot.phrases("panel.entry", entry=entry, value=self.short_words(spot, value))

    def _check(self, spot: Spot, target_id: int) -> None:
        """Raise BadValue for what is not of this server, and for the role that all have: it is never among a member's."""
        if not spot.directory.has(self.kind(spot), target_id):
            raise BadValue(spot.setting.name, "id")
        guild = spot.directory.guild
        if self.kind(spot) is TargetKind.ROLE and guild is not None and target_id == guild.id:
            raise BadValue(spot.setting.name, "everyone")


def _menu(kind: TargetKind, *, picked: int | None) -> ui.Item[ui.Modal]:
    is_role = kind is TargetKind.ROLE
    shown_as = SelectDefaultValueType.role if is_role else SelectDefaultValueType.channel
    shown = [] if picked is None else [discord.SelectDefaultValue(id=picked, type=shown_as)]
    if is_role:
        return ui.RoleSelect(custom_id=TARGET, default_values=shown, required=True)
    return ui.ChannelSelect(custom_id=TARGET, default_values=shown, channel_types=HOLDING_RULES, required=True)


def _taken(given: Given) -> int:
    if len(given.picked) != 1:
        raise Stale(given.act)
    return read_id(given.picked[0])
