"""When a command goes wrong in a way that nobody foresaw: it is said, and nothing is left "thinking"."""

import secrets
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.text import Texts
from cogs.delivery_errors import ALREADY_ACKNOWLEDGED
from cogs.widgets import NOBODY, notice

REFERENCE_BYTES = 4

log = structlog.get_logger()


class Errors(commands.Cog):
    """The last to hear of an error in any command."""

    def __init__(self, *, tree: app_commands.CommandTree[Any], texts: Texts) -> None:
        self._tree = tree
        self._texts = texts

    async def cog_load(self) -> None:
        self._tree.error(self.on_error)

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Tell who used the command, privately where that is still possible."""
        if _answered_before(error):
            # Discord told of the use twice, or took an answer that we held for lost: what stands there is true.
            log.warning("a use was answered before", interaction_id=interaction.id, exc_info=error)
            return
        words = self._words(interaction, error)
        try:
            await _tell(interaction, words)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as failure:
            log.warning("an error could not be told", interaction_id=interaction.id, reason=repr(failure))

    def _words(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> str:
        locale = str(interaction.locale)
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            log.info("a command was used that has changed since", interaction_id=interaction.id, error=str(error))
            return self._texts(locale, "error.command_changed")
        reference = secrets.token_hex(REFERENCE_BYTES)
        log.error("a command failed", reference=reference, interaction_id=interaction.id, exc_info=error)
        return self._texts(locale, "error.unexpected", reference=reference)


def _answered_before(error: app_commands.AppCommandError) -> bool:
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    return isinstance(cause, discord.HTTPException) and cause.code == ALREADY_ACKNOWLEDGED


async def _tell(interaction: discord.Interaction, words: str) -> None:
    if not interaction.response.is_done():
        try:
            await interaction.response.send_message(view=notice(words), ephemeral=True, allowed_mentions=NOBODY)
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:
                raise
        else:
            return
    await interaction.edit_original_response(view=notice(words), allowed_mentions=NOBODY)
