"""The door that everything about panels comes through: what is pressed, picked and sent, each judged anew.

discord.py would keep its own views in memory for every message, and its DynamicItems know no forms and pass over what
their message does not show without a word. So nothing of ours is registered with it: a custom_id says all that there is
to know, and whatever begins like one of ours is answered here, before and after any restart.
"""

import asyncio
from collections.abc import Mapping
from functools import partial

import discord
import structlog
from discord.ext import commands

from bot.admin.panel_text import Phrases
from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.clock import Clock
from bot.command_names import shown_command
from bot.fields import BadValue
from bot.settings import Page, Settings
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Form, Redraw, Tell
from cogs.ids import custom_id_of
from cogs.panels.drawing import View, again, draw, draw_blocks, form, notice_with_retry
from cogs.panels.editors import editor_of
from cogs.panels.ids import PREFIX, SHOW, TURN, Address, read_address
from cogs.panels.panel import Directory, Panel, Rights, Stale
from cogs.panels.reading import read_given
from cogs.panels.sheets import Done, Sheet
from cogs.places import server_id
from cogs.serving import Serving, Wrong
from cogs.widgets import notice

# A form is opened at once, if need be with nothing filled in.
FILL_IN_S = 0.5

log = structlog.get_logger()


class Panels(commands.Cog):
    """Every panel of settings, opened by its command and answered here ever after."""

    def __init__(
        self,
        *,
        rulebook: Rulebook,
        rights: Rights,
        catalog: Catalog,
        ceiling: str,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._rulebook = rulebook
        self._rights = rights
        self._models = tuple(model for model in catalog.models if model.enabled)
        self._ceiling = ceiling
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience, store_words="panel.store")
        self._panels: dict[str, Panel] = {}
        self._sheets: dict[tuple[str, Page], Sheet] = {}

    def add(self, panel: Panel, sheets: Mapping[Page, Sheet] | None = None) -> None:
        """Answer for this panel from now on; raises KeyError where a setting has no editor, or a page no sheet."""
        for setting in panel.settings:
            editor_of(setting)
        for page in panel.sheets:
            self._sheets[panel.command, page] = (sheets or {})[page]
        self._panels[panel.command] = panel

    async def open(self, interaction: discord.Interaction, panel: Panel) -> None:
        """Answer a panel's command with its first page."""
        await self._serve(interaction, Address(panel=panel.command, page=panel.pages[0]))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if custom_id.startswith(PREFIX):
            await self._serve(interaction, read_address(custom_id))

    async def _serve(self, interaction: discord.Interaction, address: Address | None) -> None:
        opens_form = address is not None and address.opens_form
        await self._serving.serve(interaction, partial(self._answer, interaction, address), opens_form=opens_form)

    async def _answer(self, interaction: discord.Interaction, address: Address | None) -> Answer:
        try:
            return await self._act(interaction, address)
        except Stale as stale:
            log.info("what was pressed is not known here", interaction_id=interaction.id, reason=str(stale))
            raise Wrong("panel.stale") from None

    async def _act(self, interaction: discord.Interaction, address: Address | None) -> Answer:
        panel = None if address is None else self._panels.get(address.panel)
        if address is None or panel is None or address.page not in panel.pages:
            raise Stale(custom_id_of(interaction))
        guild_id = server_id(interaction)
        if guild_id is None:
            command = shown_command(self._texts, str(interaction.locale), panel.command)
            raise Wrong("panel.outside", command=command)
        if not await self._rights.allows(interaction, command=panel.command, rank=panel.rank):
            raise Wrong(panel.refused)
        view = self._view(interaction, panel)
        if address.act == SHOW:
            return await self._redraw(interaction, view, address)
        if address.act == TURN:
            return await self._redraw(interaction, view, address.at(page=_page(interaction, panel)))
        sheet = self._sheets.get((panel.command, address.page))
        if sheet is not None:
            return await self._at_sheet(interaction, view, sheet, address)
        if address.opens_form:
            return Form(form(view, address, await self._settings_soon(guild_id)))
        return await self._change(interaction, view, guild_id, address)

    async def _at_sheet(self, interaction: discord.Interaction, view: View, sheet: Sheet, address: Address) -> Answer:
        if address.opens_form:
            return Form(sheet.form(view, address))
        done = await sheet.act(interaction, view, address)
        if isinstance(done, Done):
            return await self._redraw(interaction, view, address.at(leaf=address.leaf), note=done.note)
        return done

    async def _change(self, interaction: discord.Interaction, view: View, guild_id: int, address: Address) -> Answer:
        given = read_given(interaction, address)
        spot = view.spot(address)
        editor = editor_of(spot.setting)
        try:
            edit = editor.edit(spot, given)
            after = await self._rulebook.change(guild_id, spot.setting, edit.update, user_id=interaction.user.id)
        except BadValue as error:
            words = view.phrases.refused(error, spot.setting)
            if not given.filled:
                return Tell(notice(words))
            return Tell(notice_with_retry(view.phrases, words, again=again(spot, given)))
        changed = editor.said(spot, edit, after)
        note = view.phrases("panel.changed", name=view.phrases.name(spot.setting), value=changed)
        return await self._redraw(interaction, view, address.at(leaf=address.leaf), note=note)

    async def _redraw(
        self, interaction: discord.Interaction, view: View, address: Address, *, note: str = ""
    ) -> Redraw:
        sheet = self._sheets.get((view.panel.command, address.page))
        if sheet is not None:
            return Redraw(draw_blocks(view, await sheet.blocks(interaction, view, address), address, note=note))
        settings = (await self._rulebook.rules(interaction.guild_id or 0)).guild
        return Redraw(draw(view, settings, address, note=note))

    async def _settings_soon(self, guild_id: int) -> Settings | None:
        try:
            async with asyncio.timeout(FILL_IN_S):
                return (await self._rulebook.rules(guild_id)).guild
        except TimeoutError:
            return None

    def _view(self, interaction: discord.Interaction, panel: Panel) -> View:
        directory = Directory.of(interaction)
        locale = str(interaction.locale)
        phrases = Phrases(texts=self._texts, locale=locale, models=self._models, has=directory.has)
        return View(panel=panel, phrases=phrases, directory=directory, ceiling=self._ceiling)


def _page(interaction: discord.Interaction, panel: Panel) -> Page:
    """The page that was picked; raises Stale where the panel has no such page."""
    picked = read_given(interaction, Address(panel=panel.command, page=panel.pages[0])).picked
    for page in panel.pages:
        if (page.value,) == tuple(picked):
            return page
    raise Stale(str(picked))
