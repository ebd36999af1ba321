"""Answering with the CSV file of a period."""

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import discord
from discord import ui

from bot.admin.usage import Snapshots
from bot.admin.usage_csv import csv_chunks
from bot.errors import TooLarge
from bot.usage.span import Span
from cogs.delivery_errors import as_delivery_errors
from cogs.usage_view.drawing import words
from cogs.usage_view.export import Export, ExportTooLarge, stem_of, written
from cogs.usage_view.sheets import Place
from cogs.widgets import NOBODY

MIB = 2**20
# Each holds a moment of the database open, and files as large as Discord takes them.
EXPORTS_AT_ONCE = 2
# Discord takes no answer after 15 minutes; the rest is for sending the file.
WITHIN_S = 600.0


class Exporting:
    """Writes files and sends them. The interaction was deferred, as a private answer of its own."""

    def __init__(self, snapshots: Snapshots, *, within_s: float = WITHIN_S) -> None:
        self._snapshots = snapshots
        self._within_s = within_s
        self._turns = asyncio.Semaphore(EXPORTS_AT_ONCE)

    async def answer(self, interaction: discord.Interaction, place: Place, span: Span) -> None:
        """Send the file, or say why there is none; raises StoreError, and DeliveryError where nothing can be sent."""
        async with AsyncExitStack() as files:
            try:
                async with asyncio.timeout(self._within_s), self._turns:
                    export = await files.enter_async_context(self._written(interaction, place, span))
                await self._send(interaction, place, span, export)
            except (ExportTooLarge, TooLarge):
                limit = place.text.number(interaction.filesize_limit // MIB)
                await _say(interaction, place.text("usage.csv.too_large", mib=limit))
            except TimeoutError:
                await _say(interaction, place.text("usage.csv.too_slow"))

    def _written(
        self, interaction: discord.Interaction, place: Place, span: Span
    ) -> AbstractAsyncContextManager[Export]:
        chunks = csv_chunks(self._snapshots, place.guild_id, span)
        server = interaction.guild.name if interaction.guild else ""
        return written(
            chunks,
            stem=stem_of(server, place.guild_id, span),
            size_max_bytes=interaction.filesize_limit,
        )

    async def _send(self, interaction: discord.Interaction, place: Place, span: Span, export: Export) -> None:
        said = [place.text("usage.csv.ready", days=place.text.days(span))]
        if export.zipped:
            said.append(place.text("usage.csv.zipped"))
        shown: ui.File[ui.LayoutView] = ui.File(f"attachment://{export.filename}")
        view = words(" ".join(said), accent="done", items=[shown])
        with as_delivery_errors():
            await interaction.edit_original_response(
                view=view, attachments=[discord.File(export.file, export.filename)], allowed_mentions=NOBODY
            )


async def _say(interaction: discord.Interaction, said: str) -> None:
    with as_delivery_errors():
        await interaction.edit_original_response(view=words(said, accent="failed"), allowed_mentions=NOBODY)
