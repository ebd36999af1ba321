"""Editors of how many images one request may ask for: of each model, and with choices in its prompt."""

from collections.abc import Mapping, Sequence

import discord
from discord import ui

from bot.catalog import Model
from bot.setting_fields import Images, ModelCounts
from cogs.panels.editors.base import OPTION_MAX, Block, Edit, Editor, heading, in_parts, read_id, row
from cogs.panels.panel import Given, Spot, Stale

PICK = "pick"
AT_ONCE = 6


class CountsOfModels(Editor[Mapping[str, int]]):
    """A menu for each model on offer. What is stored of others stays: they may be offered again."""

    def blocks(self, spot: Spot, value: Mapping[str, int]) -> Sequence[Block]:
        blocks = []
        for part in in_parts(spot.phrases.models, size=AT_ONCE):
            lines = [f"• {_line(spot, value, model)}" for model in part]
            menus = [row(_menu(spot, value, model)) for model in part]
            blocks.append(
                Block(
                    spot.setting.name,
                    (ui.TextDisplay(heading(spot, "\n".join(lines) or spot.phrases.empty(spot.setting))), *menus),
                )
            )
        return blocks

    def edit(self, spot: Spot, given: Given) -> Edit[Mapping[str, int]]:
        field, model = _field(spot), _model(spot, given.rest)
        if given.act != PICK or model is None or len(given.picked) != 1 or not _is_count(given.picked[0]):
            raise Stale(given.act)
        count = int(given.picked[0])

        def update(now: Mapping[str, int]) -> Mapping[str, int]:
            others = {key: each for key, each in now.items() if key != model.key}
            return others if count == field.high else {**others, model.key: count}

        return Edit(update, about=model.key)

    def said(self, spot: Spot, edit: Edit[Mapping[str, int]], after: Mapping[str, int]) -> str:
        model = _model(spot, edit.about)
        return "" if model is None else _line(spot, after, model)


class CountOfImages(Editor[int]):
    """A menu of all numbers that may be chosen."""

    def blocks(self, spot: Spot, value: int) -> Sequence[Block]:
        field = spot.setting.field
        if not isinstance(field, Images):
            raise TypeError(field)
        options = [
            discord.SelectOption(label=spot.phrases.count(count), value=str(count), default=count == value)
            for count in range(field.low, field.high + 1)
        ]
        menu: ui.Select[ui.LayoutView] = ui.Select(custom_id=spot.custom_id(PICK), options=options)
        return [Block(spot.setting.name, (ui.TextDisplay(heading(spot, spot.phrases.count(value))), row(menu)))]

    def edit(self, spot: Spot, given: Given) -> Edit[int]:  # noqa: ARG002 - the value itself is judged when it is set
        if given.act != PICK or len(given.picked) != 1:
            raise Stale(given.act)
        count = read_id(given.picked[0])
        return Edit(lambda _: count)

    def said(self, spot: Spot, edit: Edit[int], after: int) -> str:  # noqa: ARG002 - it has one entry
        return spot.phrases.count(after)


def _field(spot: Spot) -> ModelCounts:
    if not isinstance(spot.setting.field, ModelCounts):
        raise TypeError(spot.setting.field)
    return spot.setting.field


def _model(spot: Spot, key: str) -> Model | None:
    return next((model for model in spot.phrases.models if model.key == key), None)


def _is_count(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isdigit()


def _line(spot: Spot, counts: Mapping[str, int], model: Model) -> str:
    words = spot.phrases.count_of(_field(spot), counts, model)
    return spot.phrases("panel.entry", entry=model.label, value=words)


def _menu(spot: Spot, counts: Mapping[str, int], model: Model) -> ui.Select[ui.LayoutView]:
    now = counts.get(model.key, _field(spot).high)
    options = [
        discord.SelectOption(
            label=spot.phrases("panel.entry", entry=model.label[:60], value=spot.phrases.count(count))[:OPTION_MAX],
            value=str(count),
            default=count == now,
        )
        for count in range(_field(spot).high + 1)
    ]
    return ui.Select(custom_id=spot.custom_id(PICK, model.key), options=options)
