"""The page of `/safety` with the latest changes of settings, and with the file of all settings.

Moderators see and move their own settings; those of `/limits` only whoever may use that command.
"""

import asyncio
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import discord
import structlog
from discord import ui

from bot.admin.change_text import Told, change_line
from bot.admin.file_text import import_words, problem_words
from bot.admin.rulebook import Rulebook
from bot.admin.settings_file import FILE_BYTES_MAX, BadFile, Problem, read_file, write_file
from bot.settings import SAFETY_SETTINGS, SETTINGS, Setting
from cogs.answers import Answer, Enclosed, Tell
from cogs.limits import LIMITS
from cogs.panels.drawing import TITLE_MAX, View
from cogs.panels.editors.base import LABEL_MAX, Block
from cogs.panels.ids import FORM, SAVE, Address
from cogs.panels.panel import Rights, Stale
from cogs.panels.reading import read_given
from cogs.panels.sheets import Done
from cogs.widgets import ACCENTS, boxed, notice

EXPORT = "export"
FILE = "file"
SHOWN_MAX = 10
# Discord's own limit for an answer is 15 minutes; a file of this size takes a moment.
READ_WITHIN_S = 20.0
SERVER_CHARACTERS_MAX = 40

log = structlog.get_logger()


class Changes:
    """The sheet; see cogs/panels/sheets.py."""

    def __init__(self, *, rulebook: Rulebook, rights: Rights) -> None:
        self._rulebook = rulebook
        self._rights = rights

    async def blocks(self, interaction: discord.Interaction, view: View, address: Address) -> Sequence[Block]:
        which = {setting.name: setting for setting in await self._mine(interaction)}
        latest = await self._rulebook.latest(interaction.guild_id or 0, which.values(), limit=SHOWN_MAX)
        lines = [
            change_line(
                view.phrases,
                which[each.subject],
                Told(old=each.old, new=each.new, user_id=each.user_id, at_ms=each.at_ms),
            )
            for each in latest
        ]
        said = [view.phrases("safety.changes"), *(lines or [view.phrases("safety.changes.none")])]
        buttons = ui.ActionRow[ui.LayoutView](
            _button(view, "safety.export", address.doing(EXPORT)), _button(view, "safety.import", address.doing(FORM))
        )
        help_line: ui.TextDisplay[ui.LayoutView] = ui.TextDisplay(view.phrases("safety.file.help"))
        return [
            Block("changes", tuple(map(ui.TextDisplay, said))),
            Block("file", (help_line, buttons)),
        ]

    def form(self, view: View, address: Address) -> ui.Modal:
        if address.act != FORM:
            raise Stale(address.act)
        title = view.phrases("safety.import")[:TITLE_MAX]
        modal = ui.Modal(title=title, timeout=None, custom_id=address.doing(SAVE).custom_id())
        upload: ui.FileUpload[ui.Modal] = ui.FileUpload(custom_id=FILE, required=True, max_values=1)
        words = view.phrases("safety.import.field.help")
        modal.add_item(ui.Label(text=view.phrases("safety.import.field"), description=words, component=upload))
        # As in cogs/panels/drawing.py.
        modal.stop()
        return modal

    async def act(self, interaction: discord.Interaction, view: View, address: Address) -> Answer | Done:
        if address.act == EXPORT:
            return await self._export(interaction, view)
        if address.act == SAVE:
            return await self._import(interaction, view, address)
        raise Stale(address.act)

    async def _export(self, interaction: discord.Interaction, view: View) -> Tell:
        guild_id = interaction.guild_id or 0
        which = await self._mine(interaction)
        data = write_file((await self._rulebook.rules(guild_id)).guild, which)
        enclosed = Enclosed(f"{_stem(interaction)}.json", data)
        words = view.phrases("safety.exported" if which == SAFETY_SETTINGS else "safety.exported.all")
        items = [ui.TextDisplay[ui.LayoutView](words), ui.File[ui.LayoutView](f"attachment://{enclosed.filename}")]
        return Tell(boxed(items, accent=ACCENTS["done"]), (enclosed,))

    async def _import(self, interaction: discord.Interaction, view: View, address: Address) -> Answer | Done:
        mine = await self._mine(interaction)
        others = [setting for setting in SETTINGS if setting not in mine]
        try:
            data = await _read(interaction, address)
            asked = read_file(data, mine=mine, others=others, has=view.directory.has)
        except BadFile as bad:
            return Tell(notice(problem_words(view.phrases, bad.problems)))
        changed = await self._rulebook.replace(interaction.guild_id or 0, asked.stored, user_id=interaction.user.id)
        return Done(import_words(view.phrases, changed, asked.strangers))

    async def _mine(self, interaction: discord.Interaction) -> tuple[Setting[Any], ...]:
        """The settings that this person may see and change."""
        is_administrator = await self._rights.allows(interaction, command=LIMITS.command, rank=LIMITS.rank)
        return (*SAFETY_SETTINGS, *SETTINGS) if is_administrator else SAFETY_SETTINGS


def _button(view: View, message_id: str, address: Address) -> ui.Button[ui.LayoutView]:
    return ui.Button(label=view.phrases(message_id)[:LABEL_MAX], custom_id=address.custom_id())


async def _read(interaction: discord.Interaction, address: Address) -> bytes:
    """The file that was added to the form; raises BadFile where it is too large or cannot be had."""
    data: Mapping[str, Any] = interaction.data or {}
    sent = data.get("resolved", {}).get("attachments", {})
    try:
        (file_id,) = read_given(interaction, address).filled[FILE]
        file = sent[file_id]
    except (KeyError, ValueError):
        raise Stale(FILE) from None
    if file["size"] > FILE_BYTES_MAX:
        raise BadFile([Problem(message_id="safety.file.too_large", values={"high": FILE_BYTES_MAX // 1000})])
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            return await interaction.client.http.get_from_cdn(file["url"])
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
        log.warning("a file of settings could not be read", interaction_id=interaction.id, reason=repr(error))
        raise BadFile([Problem(message_id="safety.file.unreadable")]) from error


def _stem(interaction: discord.Interaction) -> str:
    """The name of the file without its ending: the server, in plain letters."""
    server = interaction.guild.name if interaction.guild else ""
    letters = unicodedata.normalize("NFKD", server).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "-", letters)[:SERVER_CHARACTERS_MAX].strip("-")
    return f"settings-{name or interaction.guild_id}"
