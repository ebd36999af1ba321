"""What a message of /usage shows, read from the figures; people, roles and channels by names that mean something."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import discord

from bot.catalog import Catalog
from bot.setting_fields import TargetKind
from bot.text import Texts
from bot.usage.chart import alt_of, chart_of
from bot.usage.report import FORGOTTEN, Report, Top, Topic, TopRow
from bot.usage.span import Span, span_of
from bot.usage.text import UsageText
from cogs.panels.panel import Directory
from cogs.usage_view.drawing import PAGE_ROWS, Sheet, pages_of
from cogs.usage_view.ids import Address, Period
from cogs.usage_view.people import Left, People

DIGEST_CHARACTERS = 16


class Figures(Protocol):
    """Where figures come from; each method raises StoreError."""

    async def today(self, guild_id: int | None) -> date: ...

    async def report(self, guild_id: int | None, span: Span) -> Report: ...

    async def top(self, guild_id: int | None, span: Span, topic: Topic, *, offset: int, limit: int) -> Top: ...


@dataclass(frozen=True, slots=True)
class Place:
    """The server, and the language, that something is shown in."""

    guild_id: int
    directory: Directory
    text: UsageText


class Sheets:
    """Reads sheets."""

    def __init__(self, *, figures: Figures, people: People, catalog: Catalog, texts: Texts) -> None:
        self._figures = figures
        self._people = people
        self._catalog = catalog
        self._texts = texts

    def place(self, interaction: discord.Interaction) -> Place:
        text = UsageText(self._texts, str(interaction.locale))
        return Place(interaction.guild_id or 0, Directory.of(interaction), text)

    async def span(self, guild_id: int, period: Period) -> Span:
        """The days of a period, as of now; raises BadSpan where they are none."""
        return span_of(period.choice, today=await self._figures.today(guild_id), custom=period.dates)

    async def read(self, place: Place, address: Address) -> Sheet:
        """The sheet at an address, or the last one where the ranking has no such page; raises BadSpan, StoreError."""
        span = await self.span(place.guild_id, address.period)
        report = await self._figures.report(place.guild_id, span)
        top = await self._top(place, span, address)
        if address.page >= pages_of(top):
            address = replace(address, page=pages_of(top) - 1)
            top = await self._top(place, span, address)
        chart = chart_of(report, place.text)
        # The same picture is the same file, so that what is shown already need not be drawn again.
        digest = hashlib.sha256(chart.to_json()).hexdigest()[:DIGEST_CHARACTERS]
        return Sheet(
            text=place.text,
            address=address,
            report=report,
            top=top,
            ranking=self._ranking(place, address, top),
            chart=chart,
            chart_file=f"usage-{digest}.png",
            alt=alt_of(report, place.text),
        )

    async def with_people(self, place: Place, sheet: Sheet) -> Sheet:
        """The sheet, told who of those on it has left; it takes as long as `People` lets it."""
        if sheet.address.topic is not Topic.MEMBER:
            return sheet
        await self._people.find_out(place.guild_id, (int(row.key) for row in sheet.top.rows))
        return replace(sheet, ranking=self._ranking(place, sheet.address, sheet.top))

    async def _top(self, place: Place, span: Span, address: Address) -> Top:
        offset = address.page * PAGE_ROWS
        return await self._figures.top(place.guild_id, span, address.topic, offset=offset, limit=PAGE_ROWS)

    def _ranking(self, place: Place, address: Address, top: Top) -> str:
        left = self._left(place, address, top)
        offset = address.page * PAGE_ROWS
        return place.text.ranking(
            address.topic, top, offset=offset, name=lambda row: self._name(place, address.topic, row, left)
        )

    def _left(self, place: Place, address: Address, top: Top) -> Mapping[int, Left]:
        if address.topic is not Topic.MEMBER:
            return {}
        return self._people.left(place.guild_id, (int(row.key) for row in top.rows if row.key != FORGOTTEN))

    def _name(self, place: Place, topic: Topic, row: TopRow, left: Mapping[int, Left]) -> str:
        """A mention, which Discord shows by name and which calls nobody here; else what is known."""
        match topic:
            case Topic.MEMBER:
                if row.key == FORGOTTEN:
                    return place.text("usage.forgotten")
                gone = left.get(int(row.key))
                return f"<@{row.key}>" if gone is None else place.text.gone(topic, row.key, name=gone.name)
            case Topic.ROLE:
                there = place.directory.has(TargetKind.ROLE, int(row.key))
                return f"<@&{row.key}>" if there else place.text.gone(topic, row.key)
            case Topic.CHANNEL:
                there = place.directory.has(TargetKind.CHANNEL, int(row.key))
                return f"<#{row.key}>" if there else place.text.gone(topic, row.key)
            case _:
                model = self._catalog.get(row.key)
                return place.text.safe(row.key if model is None else model.label)
