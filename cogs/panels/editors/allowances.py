"""Editors of allowances, one and by role or channel, and the fields in which an amount and its period are filled in."""

from collections.abc import Sequence

import discord
from discord import ui

from bot.money import read_credits, typed_credits
from bot.periods import Per
from bot.setting_fields import Allowance, TargetAllowances, TargetKind
from cogs.panels.editors.base import Block, Edit, Editor, Field, button, change_button, heading, row
from cogs.panels.editors.targets import ByTarget
from cogs.panels.ids import AGAIN, SAVE
from cogs.panels.panel import Given, Spot, Stale

DROP = "drop"
AMOUNT, PER = "amount", "per"
# 10,000,000.000000 has 15.
AMOUNT_MAX = 20
PERIODS = {Per.DAY: "panel.field.per.day", Per.WEEK: "panel.field.per.week", Per.MONTH: "panel.field.per.month"}


class OneAllowance(Editor[Allowance | None]):
    """An amount and its period in a form; a button of its own takes the limit away."""

    def blocks(self, spot: Spot, value: Allowance | None) -> Sequence[Block]:
        words = heading(spot, self._words(spot, value))
        buttons = [change_button(spot)]
        if value is not None:
            buttons.append(button(spot, "panel.no_limit", DROP))
        return [Block(spot.setting.name, (ui.TextDisplay(words), row(*buttons)))]

    def edit(self, spot: Spot, given: Given) -> Edit[Allowance | None]:  # noqa: ARG002 - any spot will do
        if given.act == DROP:
            return Edit(lambda _: None)
        if given.act != SAVE:
            raise Stale(given.act)
        filled = _read(given)
        return Edit(lambda _: filled)

    def said(self, spot: Spot, edit: Edit[Allowance | None], after: Allowance | None) -> str:  # noqa: ARG002 - as above
        return self._words(spot, after)

    def form(self, spot: Spot, value: Allowance | None, given: Given) -> Sequence[Field]:
        return _fields(spot, value, typed=given.rest if given.act == AGAIN else "")

    def typed(self, given: Given) -> str:
        return _typed(given)

    @staticmethod
    def _words(spot: Spot, value: Allowance | None) -> str:
        return spot.phrases.empty(spot.setting) if value is None else spot.phrases.allowance(value)


class AllowancesByTarget(ByTarget[Allowance]):
    """An amount and its period for each of these roles, or channels."""

    def kind(self, spot: Spot) -> TargetKind:
        if not isinstance(spot.setting.field, TargetAllowances):
            raise TypeError(spot.setting.field)
        return spot.setting.field.targets

    def words(self, spot: Spot, target_id: int, value: Allowance) -> str:  # noqa: ARG002 - it is the same everywhere
        return spot.phrases.allowance(value)

    def short_words(self, spot: Spot, value: Allowance) -> str:
        return spot.phrases.allowance(value)

    def value_fields(self, spot: Spot, typed: str) -> Sequence[Field]:
        return _fields(spot, None, typed=typed)

    def typed_value(self, given: Given) -> str:
        return _typed(given)

    def read_value(self, spot: Spot, given: Given) -> Allowance:  # noqa: ARG002 - as above
        return _read(given)


def _read(given: Given) -> Allowance:
    """What was filled in; raises BadValue where the amount is none."""
    per = given.field(PER)
    if per not in PERIODS:
        raise Stale(per)
    return Allowance(read_credits(given.field(AMOUNT)), Per(per))


def _typed(given: Given) -> str:
    """What was filled in, as text that `_fields` takes again."""
    return f"{given.field(PER)}:{given.field(AMOUNT)}"


def _fields(spot: Spot, value: Allowance | None, *, typed: str) -> list[Field]:
    """The amount and its period, with what was typed before, or else with what counts now."""
    per, _, amount = typed.partition(":")
    if not typed and value is not None:
        per, amount = value.per.value, typed_credits(value.amount_microcredits)
    typing: ui.TextInput[ui.Modal] = ui.TextInput(custom_id=AMOUNT, default=amount or None, max_length=AMOUNT_MAX)
    chosen = per if per in PERIODS else Per.DAY.value
    periods: ui.RadioGroup[ui.Modal] = ui.RadioGroup(
        custom_id=PER,
        options=[
            discord.RadioGroupOption(label=spot.phrases(words), value=each.value, default=each.value == chosen)
            for each, words in PERIODS.items()
        ],
    )
    return [
        ui.Label(
            text=spot.phrases("panel.field.amount"),
            description=spot.phrases("panel.field.amount.help"),
            component=typing,
        ),
        ui.Label(text=spot.phrases("panel.field.per"), component=periods),
    ]
