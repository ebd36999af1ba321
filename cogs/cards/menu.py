"""The entry "Edit with Imagen" of a message's own menu: the form that begins with the card in it."""

from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.cards.album import Album
from bot.moderation.docket import Docket
from bot.text import Texts
from cogs.answers import Answer
from cogs.cards.ask import CardAsk
from cogs.cards.troubles import told
from cogs.members import Members
from cogs.message_menus import message_menu
from cogs.places import home_id
from cogs.serving import Interaction, Serving, Wrong
from cogs.slash import CommandCog


class CardMenu(CommandCog):
    """One entry; it says so where a message is none of the bot's cards."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        docket: Docket,
        album: Album,
        asker: CardAsk,
        members: Members,
        serving: Serving,
        texts: Texts,
    ) -> None:
        super().__init__(tree, message_menu(texts, "edit.menu", self._edit))
        self._docket = docket
        self._album = album
        self._asker = asker
        self._members = members
        self._serving = serving

    async def _edit(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await self._serving.serve(interaction, partial(self._open, interaction, message.id), opens_form=True)

    async def _open(self, interaction: Interaction, message_id: int) -> Answer:
        await self._members.check_menu(interaction, "edit.menu")
        guild_id = home_id(interaction)
        found = await self._docket.of_message(guild_id, channel_id=interaction.channel_id or 0, message_id=message_id)
        if found is None:
            raise Wrong("edit.no_card")
        with told():
            source = await self._album.card(
                found.request.interaction_id, guild_id=guild_id, user_id=interaction.user.id
            )
            return await self._asker.open(interaction, source)
