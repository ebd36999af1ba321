"""`/words`: where moderators say which words prompts may not have, may have only hidden, or are to be looked at for."""

import asyncio
from functools import partial
from typing import Any, assert_never

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.admin.word_text import WordText, pages_of
from bot.admin.wordbook import ENTRIES_MAX, BookFull, WordBook
from bot.clock import Clock
from bot.rights import Rank
from bot.text import Texts
from bot.word_lines import FILE_BYTES_MAX, Verdict, read_file, read_lines, sort_out, write_file
from cogs.acknowledge import Patience
from cogs.answers import Answer, Enclosed, Form, Redraw, Tell
from cogs.ids import custom_id_of
from cogs.panels.panel import Rights
from cogs.serving import Do, Interaction, Serving, Wrong
from cogs.slash import CommandCog, slash, slash_group
from cogs.widgets import words_view
from cogs.words_view import (
    FILE,
    LINES,
    PREFIX,
    VERDICT,
    Act,
    add_form,
    file_view,
    list_view,
    read_form,
    read_id,
    remove_form,
)

NAME = "words"
DOWNLOAD_S = 10.0

log = structlog.get_logger()


class Words(CommandCog):
    """A group of commands, and whatever is pressed on what they put up. Each use is judged here."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        book: WordBook,
        rights: Rights,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, self._commands(texts))
        self._book = book
        self._rights = rights
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience, store_words="words.store")

    def _commands(self, texts: Texts) -> app_commands.Group:
        async def show(interaction: Interaction) -> None:
            await self._serve(interaction, partial(self._list, interaction, 0))

        async def add(interaction: Interaction) -> None:
            await self._serve(interaction, partial(self._form, interaction, Act.ADD), opens_form=True)

        async def remove(interaction: Interaction) -> None:
            await self._serve(interaction, partial(self._form, interaction, Act.REMOVE), opens_form=True)

        async def bring(interaction: Interaction, file: discord.Attachment) -> None:
            await self._serve(interaction, partial(self._import, interaction, file))

        async def export(interaction: Interaction) -> None:
            await self._serve(interaction, partial(self._export, interaction))

        return slash_group(
            NAME,
            slash("list", show, texts=texts, words="words.command.list"),
            slash("add", add, texts=texts, words="words.command.add"),
            slash("remove", remove, texts=texts, words="words.command.remove"),
            slash("import", bring, texts=texts, words="words.command.import", options={"file": "words.option.file"}),
            slash("export", export, texts=texts, words="words.command.export"),
            texts=texts,
            words="words.command",
            needs=discord.Permissions(manage_messages=True),
        )

    # ------------------------------------------------------------ answering

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if not custom_id.startswith(PREFIX):
            return
        pressed = read_id(custom_id)
        if pressed is None:
            await self._serve(interaction, self._stale)
            return
        match pressed.act:
            case Act.ADD | Act.REMOVE:
                await self._serve(interaction, partial(self._form, interaction, pressed.act), opens_form=True)
            case Act.PAGE:
                await self._serve(interaction, partial(self._list, interaction, pressed.page))
            case Act.SEND_ADD:
                await self._serve(interaction, partial(self._add, interaction))
            case Act.SEND_REMOVE:
                await self._serve(interaction, partial(self._remove, interaction))
            case _:
                assert_never(pressed.act)

    async def _serve(self, interaction: Interaction, do: Do, *, opens_form: bool = False) -> None:
        await self._serving.serve(interaction, partial(self._judged, interaction, do), opens_form=opens_form)

    async def _judged(self, interaction: Interaction, do: Do) -> Answer:
        if not await self._rights.allows(interaction, command=NAME, rank=Rank.MODERATOR):
            raise Wrong("words.refused")
        try:
            return await do()
        except BookFull:
            raise Wrong("words.full", high=ENTRIES_MAX) from None

    def _text(self, interaction: Interaction) -> WordText:
        return WordText(texts=self._texts, locale=str(interaction.locale))

    async def _stale(self) -> Answer:
        raise Wrong("words.stale")

    # ------------------------------------------------------------ what each does

    async def _form(self, interaction: Interaction, act: Act) -> Answer:
        text = self._text(interaction)
        return Form(add_form(text) if act is Act.ADD else remove_form(text))

    async def _list(self, interaction: Interaction, page: int) -> Answer:
        text, guild_id = self._text(interaction), _guild_id(interaction)
        entries, automod = await self._book.entries(guild_id), await self._book.automod(guild_id)
        pages = pages_of(entries)
        page = min(page, pages - 1)
        return Redraw(list_view(text, text.page(entries, automod, page), page=page, pages=pages))

    async def _add(self, interaction: Interaction) -> Answer:
        form, text = read_form(interaction), self._text(interaction)
        if form.get(VERDICT) not in tuple(Verdict):
            raise Wrong("words.stale")
        verdict = Verdict(form[VERDICT])
        entries, unusable = await asyncio.to_thread(sort_out, read_lines(form.get(LINES, "")), verdict)
        if not entries:
            return Tell(words_view(text.nothing_usable(unusable), accent="failed"))
        added = await self._book.add(_guild_id(interaction), entries, user_id=interaction.user.id)
        return Tell(words_view(text.added(added, verdict, unusable), accent="done"))

    async def _remove(self, interaction: Interaction) -> Answer:
        patterns = read_lines(read_form(interaction).get(LINES, ""))
        removed = await self._book.remove(_guild_id(interaction), patterns, user_id=interaction.user.id)
        if not removed:
            raise Wrong("words.not_there")
        return Tell(words_view(self._text(interaction)("words.removed", count=removed), accent="done"))

    async def _import(self, interaction: Interaction, file: discord.Attachment) -> Answer:
        text = self._text(interaction)
        content = await _download(file)
        if len(read_lines(content)) > ENTRIES_MAX:
            raise BookFull
        entries, unusable = await asyncio.to_thread(read_file, content)
        if not entries:
            return Tell(words_view(text.nothing_usable(unusable), accent="failed"))
        before = await self._book.replace(_guild_id(interaction), entries, user_id=interaction.user.id)
        return Tell(words_view(text.imported(len(entries), before=before, unusable=unusable), accent="done"))

    async def _export(self, interaction: Interaction) -> Answer:
        entries = await self._book.entries(_guild_id(interaction))
        if not entries:
            raise Wrong("words.list.none")
        view = file_view(self._text(interaction)("words.exported", count=len(entries)))
        return Tell(view, (Enclosed(FILE, write_file(entries).encode()),))


async def _download(file: discord.Attachment) -> str:
    """The text of a file that a person sent; raises Wrong where it is none."""
    if file.size > FILE_BYTES_MAX:
        raise Wrong("words.file.large", kib=FILE_BYTES_MAX // 1024)
    try:
        async with asyncio.timeout(DOWNLOAD_S):
            return (await file.read()).decode()
    except UnicodeDecodeError:
        raise Wrong("words.file.text") from None
    except (TimeoutError, discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.warning("a file of word rules did not come", reason=repr(error))
        raise Wrong("words.file.lost") from None


def _guild_id(interaction: Interaction) -> int:
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id
