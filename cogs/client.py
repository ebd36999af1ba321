"""The connection to Discord: made, kept and made anew, whatever happens on the way."""

import asyncio
import random
from collections.abc import Iterator

import aiohttp
import discord
import structlog
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.clock import Clock
from bot.errors import ConfigError
from bot.text import Texts
from cogs.commands import Words
from cogs.delivery_errors import will_pass
from cogs.sync import Memory, sync_if_changed

log = structlog.get_logger()

RETRY_FIRST_S = 1.0
# Ever slower, so that no trouble however long uses up the 1,000 sessions that Discord allows in a day.
RETRY_MAX_S = 300.0
IDENTIFY_GAP_S = 5.0
BAD_TOKEN = "DISCORD_TOKEN: Discord does not accept it. Make a new one in the Developer Portal."  # noqa: S105
FINAL_CLOSES = {
    4004: BAD_TOKEN,
    4012: "Discord no longer speaks this version of its API. Update the bot.",
    4013: "Discord does not know the intents that the bot asks for. Update the bot.",
    4014: "Discord does not allow this application the intents that the bot asks for.",
}


def _dial(*, api_url: str, gateway_url: str | None = None) -> None:
    """Point discord.py at an API and, once known, at that API's gateway.

    discord.py has no setting for either, only these two class attributes. It reads the first whenever it makes a
    request, the second whenever it connects without a session to resume: also after Discord has called one invalid.
    """
    Route.BASE = api_url
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def _retry_gaps_s() -> Iterator[float]:
    """How long to wait before each further try: twice as long each time, with jitter, five minutes at most."""
    gap_s = RETRY_FIRST_S
    while True:
        yield gap_s * random.uniform(0.75, 1.0)
        gap_s = min(gap_s * 2, RETRY_MAX_S)


def identify_wait_s(shards: int, *, remaining: int, reset_after: int, **_: int) -> float:
    """How long to wait before so many sessions may be started; Discord takes the token away where it is not heeded."""
    return reset_after / 1000 if remaining < shards else 0.0


# It would warn at each start that it lacks what only voice needs.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


class ImagenClient(commands.AutoShardedBot):
    """discord.py's client, with slash commands only and nothing in its caches that is not needed.

    `connections` bounds the sockets to Discord; `memory` remembers which commands Discord was told.
    """

    def __init__(self, *, api_url: str, connections: int, texts: Texts, memory: Memory, clock: Clock) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            intents=discord.Intents(guilds=True, auto_moderation_configuration=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self._api_url = api_url
        self._connections = connections
        self._words = Words(texts)
        self._memory = memory
        self._clock = clock
        self._supervisor: asyncio.Task[object] | None = None
        self._opened = False
        _dial(api_url=api_url)

    async def setup_hook(self) -> None:
        await self.tree.set_translator(self._words)
        await sync_if_changed(self.tree, self._memory)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002
        if not initial:
            await self._clock.sleep(IDENTIFY_GAP_S)

    async def log_in(self, token: str) -> None:
        """Say who we are and sync the commands, as often as it takes; raises ConfigError where it can never work."""
        self._opened = True
        gaps_s = _retry_gaps_s()
        while (trouble := await self._log_in_once(token)) is not None:
            gap_s = next(gaps_s)
            log.warning("Discord cannot be reached", api_url=self._api_url, next_try_s=gap_s, reason=repr(trouble))
            await self._clock.sleep(gap_s)

    async def _log_in_once(self, token: str) -> Exception | None:
        """Return None once logged in, else what was in the way and may pass; raises ConfigError where it cannot."""
        # A session that is closed takes its connector with it, so each try has its own.
        self.http.connector = aiohttp.TCPConnector(limit=self._connections)
        try:
            await self.login(token)
        except discord.LoginFailure:
            raise ConfigError([BAD_TOKEN]) from None
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.HTTPException) and not will_pass(error):
                told = f"DISCORD_API_URL: {self._api_url} does not answer as Discord does ({error.status})."
                raise ConfigError([told]) from None
            await self.http.close()
            return error
        return None

    async def stay_connected(self) -> None:
        """Receive what happens on Discord until close(); raises ConfigError where it can never work.

        Whatever else ends a connection, a dispatch that discord.py cannot read included, is logged, and a new one made.
        """
        self._supervisor = asyncio.current_task()
        gaps_s = _retry_gaps_s()
        try:
            while not self.is_closed():
                began_ms = self._clock.now_ms()
                await self._connect_once()
                if self.is_closed():
                    return
                if self._clock.now_ms() - began_ms > RETRY_MAX_S * 1000:
                    gaps_s = _retry_gaps_s()
                await self._clock.sleep(next(gaps_s))
                await self._begin_anew()
        finally:
            self._supervisor = None

    async def _connect_once(self) -> None:
        try:
            await self._find_gateway()
            await self.connect()
        except discord.PrivilegedIntentsRequired:
            raise ConfigError([FINAL_CLOSES[4014]]) from None
        except discord.ConnectionClosed as error:
            if error.code in FINAL_CLOSES:
                raise ConfigError([FINAL_CLOSES[error.code]]) from None
            log.warning("Discord closed the connection", code=error.code)
        except Exception:
            log.exception("the connection to Discord broke; making a new one")

    async def _find_gateway(self) -> None:
        """Ask the API where its gateway is and how many shards it wants, and wait while it allows no new session."""
        shards, url, limits = await self.http.get_bot_gateway()
        wait_s = identify_wait_s(shards, **limits)
        if wait_s > 0:
            log.warning("Discord allows no new session yet", wait_s=wait_s)
            await self._clock.sleep(wait_s)
        _dial(api_url=self._api_url, gateway_url=url)
        # With a number of shards given, discord.py dials DEFAULT_GATEWAY and does not ask again.
        self.shard_count = shards

    async def _begin_anew(self) -> None:
        """Hang up what is left of the last connection, and give the next one a queue of its own."""
        for shard in self.shards.values():
            await shard.disconnect()
        # What old shards still put into their queue must not move the new ones.
        await self._async_setup_hook()

    async def close(self) -> None:
        """Hang up for good. Before log_in() there is nothing to close, and discord.py would fail at it."""
        # discord.py calls this when one shard fails for good; while we are connecting anew, that is our decision.
        ours = self._supervisor is None or asyncio.current_task() is not self._supervisor
        if self._opened and ours:
            await super().close()
