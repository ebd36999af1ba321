"""Who may see usage: administrators, and moderators where the server's administrators let them."""

import discord

from bot.admin.rulebook import Rulebook
from bot.rights import Rank
from bot.settings import MODERATORS_SEE_USAGE
from bot.text import Texts
from cogs.panels.panel import Rights

COMMAND = "usage"


class Gate:
    """Judges every use anew: the command's, and that of each control."""

    def __init__(self, *, rights: Rights, rulebook: Rulebook, texts: Texts) -> None:
        self._rights = rights
        self._rulebook = rulebook
        self._texts = texts

    async def refusal(self, interaction: discord.Interaction) -> str | None:
        """Why this person may not see the figures of this server, and who can change that; None for who may."""
        locale = str(interaction.locale)
        # Whoever runs the server, or was let in by it in Discord's own command permissions.
        if await self._rights.allows(interaction, command=COMMAND, rank=Rank.ADMINISTRATOR):
            return None
        if not await self._rights.allows(interaction, command=COMMAND, rank=Rank.MODERATOR):
            return self._texts(locale, "usage.refused")
        settings = (await self._rulebook.rules(interaction.guild_id or 0)).guild
        if settings[MODERATORS_SEE_USAGE]:
            return None
        setting = self._texts(locale, f"setting.{MODERATORS_SEE_USAGE.name}")
        page = self._texts(locale, f"page.{MODERATORS_SEE_USAGE.page.value}")
        return self._texts(locale, "usage.refused.moderator", setting=setting, page=page)
