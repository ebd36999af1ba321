"""`/usage`: what was made in a server and what it cost, for its administrators; and everything pressed in the answer.

Nothing of it is registered with discord.py, and nothing is kept: a custom_id says all that there is to know
(cogs/panels/door.py tells why), and each use is judged anew, before and after any restart.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, assert_never

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.admin.rulebook import Rulebook
from bot.admin.usage import Snapshots
from bot.catalog import Catalog
from bot.clock import Clock
from bot.errors import DeliveryError, StoreError
from bot.text import Texts
from bot.usage.span import BadSpan, Choice
from bot.usage.text import PERIODS, TOPICS, UsageText
from cogs.acknowledge import Patience
from cogs.answers import Answer, Answering, Form, Redraw, Tell
from cogs.delivery_errors import as_delivery_errors
from cogs.errors import REFERENCE_BYTES
from cogs.ids import custom_id_of
from cogs.panels.panel import Rights
from cogs.slash import CommandCog
from cogs.usage_view.command import usage_command
from cogs.usage_view.drawing import Drawn, Sheet, again, draw, form, words
from cogs.usage_view.exporting import Exporting
from cogs.usage_view.finishing import Draws, Finishing
from cogs.usage_view.gate import Gate
from cogs.usage_view.ids import PREFIX, Act, Address, Period, read_address
from cogs.usage_view.people import People
from cogs.usage_view.reading import Stale, picked, typed_dates
from cogs.usage_view.sheets import Figures, Place, Sheets
from cogs.widgets import NOBODY, attachment_ids

# A form is opened at once, if need be with nothing filled in.
FILL_IN_S = 0.5

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Shown(Redraw):
    """A message that is not finished: its chart may be missing, and names."""

    place: Place
    sheet: Sheet
    drawn: bool


class Usage(CommandCog):
    """The command, and the door that everything pressed in its answers comes through."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        figures: Figures,
        snapshots: Snapshots,
        rulebook: Rulebook,
        rights: Rights,
        charts: Draws,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, usage_command(self._open, texts))
        people = People(tree.client, clock=clock)
        self._gate = Gate(rights=rights, rulebook=rulebook, texts=texts)
        self._sheets = Sheets(figures=figures, people=people, catalog=catalog, texts=texts)
        self._finishing = Finishing(charts=charts, sheets=self._sheets)
        self._exporting = Exporting(snapshots)
        self._texts = texts
        self._answering = Answering(texts=texts, clock=clock, patience=patience or Patience())

    async def cog_unload(self) -> None:
        await super().cog_unload()
        await self._finishing.close()

    async def _open(self, interaction: discord.Interaction, choice: Choice) -> None:
        await self._serve(interaction, Address(period=Period(choice)))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if custom_id.startswith(PREFIX):
            await self._serve(interaction, read_address(custom_id))

    async def _serve(self, interaction: discord.Interaction, address: Address | None) -> None:
        if address is not None and address.act is Act.CSV:
            await self._export(interaction, address)
            return
        deciding = asyncio.ensure_future(self._guarded(interaction, lambda: self._act(interaction, address)))
        opens_form = address is not None and address.act.opens_form
        await self._answering.answer(interaction, deciding, opens_form=opens_form)
        if deciding.cancelled() or not interaction.response.is_done():
            return
        answer = deciding.result()
        if isinstance(answer, Shown):
            await self._finishing.finish(interaction, answer.place, answer.sheet, drawn=answer.drawn)

    # ------------------------------------------------------------ deciding

    async def _guarded(self, interaction: discord.Interaction, act: Callable[[], Awaitable[T]]) -> T | Tell:
        """What `act` returns for those who may see usage, or what is wrong; never raises."""
        text = UsageText(self._texts, str(interaction.locale))
        try:
            refusal = await self._gate.refusal(interaction)
            return await act() if refusal is None else _wrong(refusal)
        except BadSpan as error:
            return _wrong(text.bad_span(error))
        except Stale as stale:
            log.info("what was pressed is not known here", interaction_id=interaction.id, reason=str(stale))
            return _wrong(text("usage.stale"))
        except StoreError:
            log.exception("usage could not be read", interaction_id=interaction.id)
            return _wrong(text("usage.store"))
        except DeliveryError as error:
            log.warning("a file of usage could not be sent", interaction_id=interaction.id, reason=repr(error))
            return _wrong(text("usage.csv.not_sent"))
        except Exception:
            reference = secrets.token_hex(REFERENCE_BYTES)
            log.exception("usage failed", reference=reference, interaction_id=interaction.id)
            return _wrong(text("error.unexpected", reference=reference))

    async def _act(self, interaction: discord.Interaction, address: Address | None) -> Answer:
        if address is None or interaction.guild_id is None:
            raise Stale(custom_id_of(interaction))
        place = self._sheets.place(interaction)
        match address.act:
            case Act.SHOW:
                return await self._show(interaction, place, address)
            case Act.PERIOD:
                chosen = Period(picked(interaction, PERIODS))
                return await self._show(interaction, place, Address(period=chosen, topic=address.topic))
            case Act.TOPIC:
                topic = picked(interaction, TOPICS)
                return await self._show(interaction, place, Address(period=address.period, topic=topic))
            case Act.FORM | Act.AGAIN:
                typed = address.typed if address.act is Act.AGAIN else await self._dates_soon(place, address)
                return Form(form(place.text, address, typed))
            case Act.SAVE:
                return await self._show_custom(interaction, place, address)
            case Act.CSV:
                raise TypeError("a file is no message")
            case _:
                assert_never(address.act)

    async def _show(self, interaction: discord.Interaction, place: Place, address: Address) -> Shown:
        sheet = await self._sheets.read(place, address)
        message = interaction.message
        # Of nothing there is no chart, and one that is there already stays.
        drawn = sheet.is_empty or (message is not None and sheet.chart_file in attachment_ids(message))
        if message is not None:
            self._finishing.forget(message.id)
        return Shown(draw(sheet, Drawn.DONE if drawn else Drawn.UNDER_WAY), place, sheet, drawn)

    async def _show_custom(self, interaction: discord.Interaction, place: Place, address: Address) -> Answer:
        """What a form asks for, or what is wrong with its dates and a way to mend them."""
        typed = typed_dates(interaction)
        try:
            span = await self._sheets.span(place.guild_id, Period(Choice.CUSTOM, typed))
        except BadSpan as error:
            return Tell(again(place.text, place.text.bad_span(error), replace(address, typed=typed)))
        dates = Period(Choice.CUSTOM, (span.first.isoformat(), span.last.isoformat()))
        return await self._show(interaction, place, Address(period=dates, topic=address.topic))

    async def _dates_soon(self, place: Place, address: Address) -> tuple[str, str]:
        """The days that are shown, as the form takes them; nothing where they cannot be told at once."""
        try:
            async with asyncio.timeout(FILL_IN_S):
                span = await self._sheets.span(place.guild_id, address.period)
        except TimeoutError:
            return "", ""
        return span.first.isoformat(), span.last.isoformat()

    # ------------------------------------------------------------ the file

    async def _export(self, interaction: discord.Interaction, address: Address) -> None:
        """Say at once that the file is on its way, as a private answer of its own, and then send it."""
        if not await self._answering.defer(interaction):
            return
        told = await self._guarded(interaction, lambda: self._send_file(interaction, address))
        if told is not None:
            with contextlib.suppress(DeliveryError), as_delivery_errors():
                await interaction.edit_original_response(view=told.view, allowed_mentions=NOBODY)

    async def _send_file(self, interaction: discord.Interaction, address: Address) -> None:
        if interaction.guild_id is None:
            raise Stale(address.custom_id())
        place = self._sheets.place(interaction)
        span = await self._sheets.span(place.guild_id, address.period)
        await self._exporting.answer(interaction, place, span)


def _wrong(said: str) -> Tell:
    return Tell(words(said, accent="failed"))
