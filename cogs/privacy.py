"""`/privacy`: what is kept of a person and for how long; their data as a file, and its deletion.

A custom_id says what was pressed, and the interaction says who did: a button does nothing about anybody else.
"""

import asyncio
import contextlib
from enum import StrEnum
from functools import partial
from typing import Any, assert_never

import discord
import structlog
from discord import app_commands, ui
from discord.ext import commands

from bot.admin.privacy import Export, Privacy, UnderWay
from bot.admin.privacy_text import PrivacyText
from bot.admin.purging import Retention
from bot.clock import Clock
from bot.errors import DeliveryError, StoreError, TooLarge
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Redraw, Tell
from cogs.delivery_errors import as_delivery_errors
from cogs.ids import custom_id_of
from cogs.serving import Interaction, Serving, Wrong
from cogs.slash import CommandCog, slash
from cogs.widgets import NOBODY, sheet, words_view

NAME = "privacy"
PREFIX = "privacy:"
# Each reads images of a person into a file as large as Discord takes it.
FILES_AT_ONCE = 2

log = structlog.get_logger()


class Act(StrEnum):
    """What can be pressed. The value stands in the custom_id."""

    FILE = "file"
    DELETE = "delete"
    SURE = "sure"


class PrivacyRights(CommandCog):
    """One command, for everybody, about nobody else.

    Its uses alone are judged by nothing: whatever a server set for its commands, what is kept of people is theirs to see
    and to delete.
    """

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        privacy: Privacy,
        retention: Retention,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, slash(NAME, self._use, texts=texts, words="privacy.command"))
        self._privacy = privacy
        self._retention = retention
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience, store_words="privacy.store")
        self._files = asyncio.Semaphore(FILES_AT_ONCE)

    async def _use(self, interaction: Interaction) -> None:
        await self._serving.serve(interaction, partial(self._card, interaction))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if not custom_id.startswith(PREFIX):
            return
        try:
            act = Act(custom_id.removeprefix(PREFIX))
        except ValueError:
            await self._serving.serve(interaction, self._stale)
            return
        match act:
            case Act.FILE:
                await self._send_file(interaction)
            case Act.DELETE:
                await self._serving.serve(interaction, partial(self._ask, interaction))
            case Act.SURE:
                await self._serving.serve(interaction, partial(self._delete, interaction))
            case _:
                assert_never(act)

    async def _card(self, interaction: Interaction) -> Answer:
        text = self._text(interaction)
        view = sheet(text.card())
        primary, danger = discord.ButtonStyle.primary, discord.ButtonStyle.danger
        view.add_item(
            ui.ActionRow(
                _button(text("privacy.file"), Act.FILE, primary), _button(text("privacy.delete"), Act.DELETE, danger)
            )
        )
        return Tell(view)

    async def _stale(self) -> Answer:
        raise Wrong("button.stale")

    async def _ask(self, interaction: Interaction) -> Answer:
        text = self._text(interaction)
        if requests := await self._privacy.under_way(interaction.user.id):
            return Tell(words_view(text.under_way(requests), accent="failed"))
        button = _button(text("privacy.sure.button"), Act.SURE, discord.ButtonStyle.danger)
        return Tell(words_view(text.sure(), accent="failed", buttons=[button]))

    async def _delete(self, interaction: Interaction) -> Answer:
        text = self._text(interaction)
        try:
            await self._privacy.forget(interaction.user.id)
        except UnderWay as error:
            return Tell(words_view(text.under_way(error.requests), accent="failed"))
        return Redraw(words_view(text("privacy.deleted"), accent="done"))

    # ------------------------------------------------------------ the file

    async def _send_file(self, interaction: discord.Interaction) -> None:
        """Say at once that the file is on its way, as a private answer of its own, and then send it."""
        if not await self._serving.answering.defer(interaction):
            return
        text = self._text(interaction)
        try:
            async with self._files:
                export = await self._privacy.export(
                    interaction.user.id, about=text.about(), size_max_bytes=interaction.filesize_limit
                )
                with contextlib.closing(export.file.file):
                    await _attach(interaction, export, text)
        except TooLarge:
            await _say(interaction, text("privacy.file.too_large"))
        except StoreError:
            log.exception("a person's data could not be read", interaction_id=interaction.id)
            await _say(interaction, text("privacy.store"))
        except DeliveryError as error:
            log.warning("a person's data could not be sent", interaction_id=interaction.id, reason=repr(error))
            await _say(interaction, text("privacy.file.not_sent"))

    def _text(self, interaction: discord.Interaction) -> PrivacyText:
        return PrivacyText(texts=self._texts, locale=str(interaction.locale), retention=self._retention)


async def _attach(interaction: discord.Interaction, export: Export, text: PrivacyText) -> None:
    made = export.file
    view = words_view(text.ready(export), accent="done")
    view.add_item(ui.File(f"attachment://{made.filename}"))
    with as_delivery_errors():
        await interaction.edit_original_response(
            view=view, attachments=[discord.File(made.file, made.filename)], allowed_mentions=NOBODY
        )


async def _say(interaction: discord.Interaction, said: str) -> None:
    with contextlib.suppress(DeliveryError), as_delivery_errors():
        await interaction.edit_original_response(view=words_view(said, accent="failed"), allowed_mentions=NOBODY)


def _button(label: str, act: Act, style: discord.ButtonStyle) -> ui.Button[ui.LayoutView]:
    return ui.Button(label=label, custom_id=f"{PREFIX}{act}", style=style)
