"""The first card in a server: what it looks like, and in which channel it stands."""

import asyncio
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice

import discord
import structlog
from discord import ui

from bot.admin.panel_text import Phrases
from bot.admin.rulebook import Rulebook
from bot.admin.welcome_text import Lacking, paragraphs
from bot.catalog import Catalog
from bot.errors import Busy, DeliveryError
from bot.setting_fields import TargetKind
from bot.settings import ENABLED
from bot.text import Texts
from cogs.delivery_errors import as_delivery_errors
from cogs.permissions import NEEDED, WANTED, lacking, permission_names
from cogs.widgets import NOBODY, sheet

CALL_S = 60.0
# A channel that takes nothing although its permissions say so is passed over; more of them than this are no chance.
CHANNELS_MAX = 3
PREFIX = "welcome:"
_TO_WRITE = discord.Permissions(view_channel=True, send_messages=True)

log = structlog.get_logger()


class Act(StrEnum):
    """What can be pressed. The value stands in the custom_id."""

    ON = "on"
    OFF = "off"

    def custom_id(self) -> str:
        return f"{PREFIX}{self.value}"


def read_act(custom_id: str) -> Act | None:
    """What is done, or None where no version of ours made this."""
    return next((act for act in Act if act.custom_id() == custom_id), None)


class DiscordGreeter:
    """The Greeter of bot/admin/servers.py. `call_s` is how many seconds one post may take."""

    def __init__(
        self, client: discord.Client, *, rulebook: Rulebook, catalog: Catalog, texts: Texts, call_s: float = CALL_S
    ) -> None:
        self._client = client
        self._rulebook = rulebook
        self._models = tuple(model for model in catalog.models if model.enabled)
        self._texts = texts
        self._call_s = call_s

    async def greet(self, guild_id: int, *, nonce: str) -> bool:
        """Post it, or find that it was posted with this nonce; False where there is no channel for it."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return False
        view = await self.card(guild, locale=str(guild.preferred_locale))
        for channel in islice(_channels(guild), CHANNELS_MAX):
            try:
                await self._post(channel, view, nonce=nonce)
            except Busy:
                raise
            except DeliveryError as error:
                log.info("a channel takes no first card", guild_id=guild_id, channel_id=channel.id, reason=str(error))
            else:
                return True
        return False

    async def card(self, guild: discord.Guild, *, locale: str) -> ui.LayoutView:
        """The card as things stand now; raises StoreError where the settings cannot be read."""
        rules = await self._rulebook.rules(guild.id)
        changes = await self._rulebook.history(guild.id, limit=1, subject=ENABLED.name)
        phrases = Phrases(texts=self._texts, locale=locale, models=self._models, has=_is_there)
        view = sheet(paragraphs(phrases, rules, _lacking(guild, phrases), switched=changes[0] if changes else None))
        on = rules.guild[ENABLED]
        # What a press means stands in the id alone; cogs/welcome.py answers it.
        button: ui.Button[ui.LayoutView] = ui.Button(
            label=phrases("welcome.switch_off" if on else "welcome.switch_on"),
            style=discord.ButtonStyle.secondary,
            custom_id=(Act.OFF if on else Act.ON).custom_id(),
        )
        return view.add_item(ui.ActionRow(button))

    async def _post(self, channel: discord.TextChannel, view: ui.LayoutView, *, nonce: str) -> None:
        with as_delivery_errors():
            async with asyncio.timeout(self._call_s):
                # discord.py asks Discord to enforce every nonce.
                await channel.send(view=view, nonce=nonce, allowed_mentions=NOBODY)


def _channels(guild: discord.Guild) -> Iterator[discord.TextChannel]:
    """Where the bot may write: first where Discord posts its own notices, then from the top down."""
    ranked = sorted(guild.text_channels, key=lambda channel: channel != guild.system_channel)
    for channel in ranked:
        if not channel.is_news() and not lacking(_TO_WRITE, channel.permissions_for(guild.me)):
            yield channel


def _lacking(guild: discord.Guild, phrases: Phrases) -> Lacking:
    # Of a server that Discord has not shown yet, nothing is known to be missing.
    given = guild.me.guild_permissions if guild.me else NEEDED | WANTED
    return Lacking(
        needed=permission_names(lacking(NEEDED, given), phrases.texts, phrases.locale),
        helpful=permission_names(lacking(WANTED, given), phrases.texts, phrases.locale),
    )


def _is_there(_kind: TargetKind, _target_id: int) -> bool:
    """The card names no role and no channel."""
    return True
