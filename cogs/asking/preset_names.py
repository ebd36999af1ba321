"""Completing the names of presets, wherever one is asked for."""

from collections.abc import Iterable
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.asking.habits import Habits, chosen
from bot.asking.presets import Kind, Preset, suggested
from bot.errors import StoreError
from bot.text import Texts
from cogs.places import home_id

log = structlog.get_logger()
# What stands behind a name.
WHOSE = {Kind.USER: "preset.of_member", Kind.GUILD: "preset.of_server"}


class PresetNames:
    """What Discord shows below an option while somebody types."""

    def __init__(self, *, habits: Habits, texts: Texts) -> None:
        self._habits = habits
        self._texts = texts

    async def suggest(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Presets that this person can use here; none where they cannot be read."""
        try:
            found = await self._habits.presets(guild_id=home_id(interaction), user_id=interaction.user.id)
        except StoreError:
            log.exception("presets could not be read", interaction_id=interaction.id)
            return []
        return list(self._choices(suggested(found, typed), str(interaction.locale)))

    def _choices(self, presets: Iterable[Preset], locale: str) -> Iterable[app_commands.Choice[str]]:
        for preset in presets:
            label = self._texts(locale, WHOSE[preset.kind], name=preset.name)
            yield app_commands.Choice(name=label[:100], value=chosen(preset))
