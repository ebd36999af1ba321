"""The entries of a message's own menu: "Report image" for members, "Moderate image" for moderators."""

from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.moderation.docket import Docket
from bot.moderation.reading import Reviewed
from bot.rights import Rank
from bot.text import Texts
from cogs.answers import Answer
from cogs.members import Members
from cogs.moderation.bench import Bench, guild_id_of
from cogs.moderation.case_review import Review
from cogs.moderation.case_voices import REPORT_MENU, Voices
from cogs.places import SERVERS_ONLY
from cogs.serving import Interaction, Wrong
from cogs.slash import CommandCog, localised

MODERATION_MENU = "moderation.menu"


class MessageMenus(CommandCog):
    """Two entries. Both say so where a message is none of the bot's cards."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        docket: Docket,
        review: Review,
        voices: Voices,
        bench: Bench,
        members: Members,
        texts: Texts,
    ) -> None:
        report = message_menu(texts, REPORT_MENU, self._report)
        moderate = message_menu(texts, MODERATION_MENU, self._moderate)
        # What Discord shows; each use is judged nevertheless.
        moderate.default_permissions = discord.Permissions(manage_messages=True)
        super().__init__(tree, report, moderate)
        self._docket = docket
        self._review = review
        self._voices = voices
        self._bench = bench
        self._members = members

    async def _report(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await self._bench.serve(
            interaction, partial(self._open_report, interaction, message.id), rank=Rank.MEMBER, opens_form=True
        )

    async def _moderate(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await self._bench.serve(interaction, partial(self._open_panel, interaction, message.id), rank=Rank.MEMBER)

    async def _open_report(self, interaction: Interaction, message_id: int) -> Answer:
        await self._members.check_menu(interaction, REPORT_MENU)
        return self._voices.report_form(interaction, await self._card(interaction, message_id))

    async def _open_panel(self, interaction: Interaction, message_id: int) -> Answer:
        # What a server set for /moderation is another matter: it counts for the buttons of the panel.
        await self._members.check_menu(interaction, MODERATION_MENU, rank=Rank.MODERATOR, refused="moderation.refused")
        return self._review.panel(interaction, await self._card(interaction, message_id))

    async def _card(self, interaction: Interaction, message_id: int) -> Reviewed:
        """The request whose card this message is; raises Wrong where it is none, or none of this server."""
        found = await self._docket.of_message(
            guild_id_of(interaction), channel_id=interaction.channel_id or 0, message_id=message_id
        )
        if found is None:
            raise Wrong("moderation.no_card")
        return found


def message_menu(texts: Texts, message_id: str, callback: Any) -> app_commands.ContextMenu:
    """An entry of the menu of every message in servers; `message_id` is its name's, in every language."""
    return app_commands.ContextMenu(
        name=localised(texts, message_id),
        callback=callback,
        **SERVERS_ONLY,
    )
