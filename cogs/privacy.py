"""`/privacy`: what is kept of a person and for how long; their data as a file, and its deletion.

A custom_id says what was pressed, and the interaction says who did: a button does nothing about anybody else.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from enum import StrEnum
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
from cogs.acknowledge import Patience, acknowledge
from cogs.answers import NOBODY, words_view
from cogs.delivery_errors import as_delivery_errors
from cogs.operator.options import localised
from cogs.panels.answers import Answer, Answering, Redraw, Tell
from cogs.panels.reading import custom_id_of
from cogs.places import SERVERS_ONLY
from cogs.widgets import sheet

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


class PrivacyRights(commands.Cog):
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
        self._tree = tree
        self._privacy = privacy
        self._retention = retention
        self._texts = texts
        self._clock = clock
        self._patience = patience or Patience()
        self._answering = Answering(texts=texts, clock=clock, patience=self._patience)
        self._files = asyncio.Semaphore(FILES_AT_ONCE)
        self._command = self._build()

    async def cog_load(self) -> None:
        self._tree.add_command(self._command)

    async def cog_unload(self) -> None:
        self._tree.remove_command(NAME)

    def _build(self) -> app_commands.Command[Any, ..., None]:
        async def callback(interaction: discord.Interaction) -> None:
            await self._answer(interaction, self._card)

        return app_commands.Command(
            name=NAME,
            description=localised(self._texts, "privacy.command"),
            callback=callback,
            **SERVERS_ONLY,
        )

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if not custom_id.startswith(PREFIX):
            return
        try:
            act = Act(custom_id.removeprefix(PREFIX))
        except ValueError:
            await self._answer(interaction, self._stale)
            return
        match act:
            case Act.FILE:
                await self._send_file(interaction)
            case Act.DELETE:
                await self._answer(interaction, self._ask)
            case Act.SURE:
                await self._answer(interaction, self._delete)
            case _:
                assert_never(act)

    async def _answer(
        self, interaction: discord.Interaction, act: Callable[[int, PrivacyText], Awaitable[Answer]]
    ) -> None:
        deciding = asyncio.ensure_future(self._guarded(interaction, act))
        await self._answering.answer(interaction, deciding, opens_form=False)

    async def _guarded(
        self, interaction: discord.Interaction, act: Callable[[int, PrivacyText], Awaitable[Answer]]
    ) -> Answer:
        """What `act` returns, or what is wrong."""
        text = self._text(interaction)
        try:
            return await act(interaction.user.id, text)
        except UnderWay as error:
            return Tell(words_view(text.under_way(error.requests), accent="failed"))
        except StoreError:
            log.exception("a person's data could not be read or deleted", interaction_id=interaction.id)
            return Tell(words_view(text("privacy.store"), accent="failed"))

    async def _card(self, _: int, text: PrivacyText) -> Answer:
        view = sheet(text.card())
        primary, danger = discord.ButtonStyle.primary, discord.ButtonStyle.danger
        view.add_item(
            ui.ActionRow(
                _button(text("privacy.file"), Act.FILE, primary), _button(text("privacy.delete"), Act.DELETE, danger)
            )
        )
        return Tell(view)

    async def _stale(self, _: int, text: PrivacyText) -> Answer:
        return Tell(words_view(text("button.stale"), accent="failed"))

    async def _ask(self, user_id: int, text: PrivacyText) -> Answer:
        if requests := await self._privacy.under_way(user_id):
            raise UnderWay(requests)
        button = _button(text("privacy.sure.button"), Act.SURE, discord.ButtonStyle.danger)
        return Tell(words_view(text.sure(), accent="failed", buttons=[button]))

    async def _delete(self, user_id: int, text: PrivacyText) -> Answer:
        await self._privacy.forget(user_id)
        return Redraw(words_view(text("privacy.deleted"), accent="done"))

    # ------------------------------------------------------------ the file

    async def _send_file(self, interaction: discord.Interaction) -> None:
        """Say at once that the file is on its way, as a private answer of its own, and then send it."""
        age_s = (self._clock.now_ms() - interaction.created_at.timestamp() * 1000) / 1000
        deferred = await acknowledge(
            interaction,
            lambda: interaction.response.defer(ephemeral=True, thinking=True),
            deadline=self._patience.deadline(age_s=age_s),
            patience=self._patience,
        )
        if not deferred:
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
