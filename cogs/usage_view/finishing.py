"""What comes after the figures: the chart, and who has left. Both are put into the message that is there already."""

import asyncio
from io import BytesIO
from typing import Protocol

import discord
import structlog

from bot.charts.chart import Chart
from bot.charts.process import ChartError
from bot.errors import DeliveryError
from cogs.delivery_errors import as_delivery_errors
from cogs.usage_view.drawing import Drawn, Sheet, draw
from cogs.usage_view.sheets import Place, Sheets
from cogs.widgets import NOBODY

log = structlog.get_logger()


class Draws(Protocol):
    """Draws charts."""

    async def draw(self, chart: Chart) -> bytes:
        """The chart as PNG; raises ChartError."""
        ...


class Finishing:
    """Finishes messages. Whatever a message is to show next, it is not finished for what it showed before."""

    def __init__(self, *, charts: Draws, sheets: Sheets) -> None:
        self._charts = charts
        self._sheets = sheets
        self._under_way: dict[int, asyncio.Task[None]] = {}
        # With those that are forgotten, and still have a child of theirs to end.
        self._tasks: set[asyncio.Task[None]] = set()

    def forget(self, message_id: int) -> None:
        """Leave this message to whoever writes it next."""
        task = self._under_way.pop(message_id, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Give up whatever is under way, and wait until nothing of it is left."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def finish(self, interaction: discord.Interaction, place: Place, sheet: Sheet, *, drawn: bool) -> None:
        """Draw the chart, where it is not `drawn` already, find out who left, and edit the message; never raises."""
        try:
            with as_delivery_errors():
                message_id = (interaction.message or await interaction.original_response()).id
        except DeliveryError as error:
            log.warning("usage could not be finished", interaction_id=interaction.id, reason=str(error))
            return
        self.forget(message_id)
        task = asyncio.create_task(self._finish(interaction, place, sheet, drawn=drawn))
        self._under_way[message_id] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task})
        if self._under_way.get(message_id) is task:
            del self._under_way[message_id]
        trouble = None if task.cancelled() else task.exception()
        if trouble is not None:
            log.error("usage could not be finished", interaction_id=interaction.id, exc_info=trouble)

    async def _finish(self, interaction: discord.Interaction, place: Place, sheet: Sheet, *, drawn: bool) -> None:
        if drawn:
            named = await self._sheets.with_people(place, sheet)
            if named.ranking != sheet.ranking:
                await _edit(interaction, draw(named, Drawn.DONE))
            return
        # Other than gather(), a group waits for both also where it is cancelled: a chart has a process to end.
        async with asyncio.TaskGroup() as group:
            naming = group.create_task(self._sheets.with_people(place, sheet))
            drawing = group.create_task(self._picture(sheet))
        named, picture = naming.result(), drawing.result()
        if picture is not None:
            file = discord.File(BytesIO(picture), filename=sheet.chart_file, description=sheet.alt)
            if await _edit(interaction, draw(named, Drawn.DONE), file):
                return
        await _edit(interaction, draw(named, Drawn.FAILED))

    async def _picture(self, sheet: Sheet) -> bytes | None:
        try:
            return await self._charts.draw(sheet.chart)
        except ChartError as error:
            log.warning("a chart could not be drawn", reason=str(error))
            return None


async def _edit(interaction: discord.Interaction, view: discord.ui.LayoutView, *files: discord.File) -> bool:
    """Put this in the place of the message; whether Discord took it. Without new files, it keeps those it has."""
    try:
        with as_delivery_errors():
            if files:
                await interaction.edit_original_response(view=view, attachments=files, allowed_mentions=NOBODY)
            else:
                await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
    except DeliveryError as error:
        log.warning("usage could not be shown in full", interaction_id=interaction.id, reason=repr(error))
        return False
    return True
