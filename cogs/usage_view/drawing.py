"""A report of usage as one message: figures, chart, a ranking, and controls that say all they need in their ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, assert_never

import discord
from discord import ui

from bot.charts.chart import Chart
from bot.usage.report import Report, Top
from bot.usage.text import PERIODS, TOPICS, UsageText
from cogs.usage_view.ids import TYPED_MAX, Act, Address
from cogs.widgets import ACCENTS, boxed

PAGE_ROWS = 10
FIRST, LAST = "first", "last"

Item = ui.Item[ui.LayoutView]


class Drawn(Enum):
    """How far the chart is."""

    UNDER_WAY = auto()
    DONE = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that the message shows; `ranking` is in words already. `chart_file` is what the chart's picture is called."""

    text: UsageText
    address: Address
    report: Report
    top: Top
    ranking: str
    chart: Chart
    chart_file: str
    alt: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened on these days."""
        return not self.report.totals.counts.jobs


def draw(sheet: Sheet, drawn: Drawn) -> ui.LayoutView:
    """The message."""
    text, report, address = sheet.text, sheet.report, sheet.address
    items: list[Item] = [ui.TextDisplay(text.title(report.span)), ui.TextDisplay(text.totals(report))]
    if not sheet.is_empty:
        topics = _menu(address.doing(Act.TOPIC), [(topic, text(name)) for topic, name in TOPICS.items()], address.topic)
        items += [_chart(sheet, drawn), ui.Separator(), ui.ActionRow(topics), ui.TextDisplay(sheet.ranking)]
        if sheet.top.total > PAGE_ROWS:
            items.append(ui.ActionRow(*_turning(sheet)))
    return boxed([*items, ui.Separator(), ui.ActionRow(_periods(sheet)), ui.ActionRow(*_acts(sheet))])


def words(text: str, *, accent: str, items: Iterable[Item] = ()) -> ui.LayoutView:
    """A few words to one person, with whatever belongs to them."""
    return boxed([ui.TextDisplay(text), *items], accent=ACCENTS[accent])


def again(text: UsageText, said: str, address: Address) -> ui.LayoutView:
    """What was wrong with two dates, and a button that opens the form again with both of them."""
    style = discord.ButtonStyle.primary
    retry = _button(text("usage.form.again"), address.doing(Act.AGAIN), style=style)
    return words(said, accent="failed", items=[ui.ActionRow(retry)])


def form(text: UsageText, address: Address, typed: tuple[str, str]) -> ui.Modal:
    """The form for the first and the last day, filled in with what is `typed` already."""
    modal = ui.Modal(title=text("usage.form.title"), timeout=None, custom_id=address.doing(Act.SAVE).custom_id())
    for name, label, value in ((FIRST, "usage.form.first", typed[0]), (LAST, "usage.form.last", typed[1])):
        field: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id=name, default=value or None, placeholder="2026-11-21", max_length=TYPED_MAX
        )
        modal.add_item(ui.Label(text=text(label), description=text("usage.form.hint"), component=field))
    # What is sent comes to the cog as everything does; discord.py keeps nothing of a form that was stopped.
    modal.stop()
    return modal


def pages_of(top: Top) -> int:
    """How many pages a ranking has, one at least."""
    return max(1, -(-top.total // PAGE_ROWS))


def _chart(sheet: Sheet, drawn: Drawn) -> Item:
    match drawn:
        case Drawn.UNDER_WAY:
            return ui.TextDisplay(sheet.text("usage.chart.under_way"))
        case Drawn.FAILED:
            return ui.TextDisplay(sheet.text("usage.chart.not_drawn"))
        case Drawn.DONE:
            picture = discord.MediaGalleryItem(f"attachment://{sheet.chart_file}", description=sheet.alt)
            return ui.MediaGallery(picture)
        case _:
            assert_never(drawn)


def _periods(sheet: Sheet) -> Item:
    options = [(choice, sheet.text(name)) for choice, name in PERIODS.items()]
    chosen = sheet.address.period.choice
    return _menu(sheet.address.doing(Act.PERIOD), options, chosen, hint=sheet.text("usage.choose_period"))


def _menu(address: Address, options: Sequence[tuple[Any, str]], chosen: Any, *, hint: str = "") -> Item:
    lines = [discord.SelectOption(label=label, value=value, default=value is chosen) for value, label in options]
    return ui.Select(custom_id=address.custom_id(), options=lines, placeholder=hint or None)


def _turning(sheet: Sheet) -> list[Item]:
    """Buttons to the pages beside this one."""
    address, text = sheet.address, sheet.text
    back, on = (Address(period=address.period, topic=address.topic, page=address.page + step) for step in (-1, 1))
    first, last = address.page == 0, address.page + 1 >= pages_of(sheet.top)
    if first:
        # Ids are digits only, and each is there once.
        back = Address(period=address.period, topic=address.topic)
    return [
        _button(text("usage.previous"), back, disabled=first),
        _button(text("usage.next"), on, disabled=last),
    ]


def _acts(sheet: Sheet) -> list[Item]:
    """Other days, and the file."""
    return [
        _button(sheet.text("usage.custom"), sheet.address.doing(Act.FORM)),
        _button(sheet.text("usage.csv"), sheet.address.doing(Act.CSV), disabled=sheet.is_empty),
    ]


def _button(
    label: str, address: Address, *, disabled: bool = False, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> Item:
    return ui.Button(label=label, custom_id=address.custom_id(), disabled=disabled, style=style)
