"""The servers that the bot comes into, with a first card that says what it is; and the switch on that card."""

from collections.abc import Awaitable
from functools import partial

import discord
import structlog
from discord.ext import commands

from bot.admin.rulebook import Rulebook
from bot.admin.servers import Servers
from bot.clock import Clock
from bot.errors import StoreError
from bot.rights import Rank
from bot.settings import ENABLED
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Redraw
from cogs.greeter import PREFIX, Act, DiscordGreeter, read_act
from cogs.ids import custom_id_of
from cogs.panels.panel import Rights
from cogs.serving import Interaction, Serving, Wrong

# The switch is the one of /limits, and for whoever may use that.
COMMAND = "limits"

log = structlog.get_logger()


class Welcome(commands.Cog):
    """Keeps the book of servers as Discord tells it, and answers the switch of the first card."""

    def __init__(
        self,
        client: commands.AutoShardedBot,
        *,
        servers: Servers,
        greeter: DiscordGreeter,
        rulebook: Rulebook,
        rights: Rights,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._servers = servers
        self._greeter = greeter
        self._rulebook = rulebook
        self._rights = rights
        self._serving = Serving(texts=texts, clock=clock, patience=patience, store_words="welcome.store")

    # ------------------------------------------------------------ coming and going

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._arrived(guild)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server that was known at the start, or that Discord had lost for a while; it may be a new one to us."""
        await self._arrived(guild)

    @commands.Cog.listener()
    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        if before.name != after.name:
            await _written(self._servers.renamed(after.id, after.name), guild_id=after.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await _written(self._servers.left(guild.id), guild_id=guild.id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Discord has named all servers, those included that it cannot show at the moment."""
        await _written(self._servers.only_in(guild.id for guild in self._client.guilds))

    async def _arrived(self, guild: discord.Guild) -> None:
        joined_at = None if guild.me is None else guild.me.joined_at
        joined_ms = None if joined_at is None else round(joined_at.timestamp() * 1000)
        await _written(self._servers.arrived(guild.id, guild.name, joined_ms=joined_ms), guild_id=guild.id)

    # ------------------------------------------------------------ the switch

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if custom_id.startswith(PREFIX):
            await self._serving.serve(interaction, partial(self._switch, interaction, read_act(custom_id)))

    async def _switch(self, interaction: Interaction, act: Act | None) -> Answer:
        if act is None:
            raise Wrong("button.stale")
        guild, on = interaction.guild, act is Act.ON
        if guild is None or not await self._rights.allows(interaction, command=COMMAND, rank=Rank.ADMINISTRATOR):
            raise Wrong("welcome.refused")
        await self._rulebook.change(guild.id, ENABLED, lambda _: on, user_id=interaction.user.id)
        return Redraw(await self._greeter.card(guild, locale=str(guild.preferred_locale)))


async def _written(writing: Awaitable[None], *, guild_id: int | None = None) -> None:
    """What cannot be written now is found again at the next start."""
    try:
        await writing
    except StoreError as error:
        log.warning("the book of servers is behind", guild_id=guild_id, reason=str(error))
