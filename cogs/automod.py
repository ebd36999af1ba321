"""Reading servers' AutoMod rules from Discord, and following their changes.

A server's rules are read when the first prompt comes from it, not when the bot starts: most servers would be asked for
nothing. Whatever Discord then tells of a change has them read anew; until that is done, a prompt waits a little for it.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import discord
import structlog
from discord.ext import commands

from bot.automod import AutoMod, Standing, read
from bot.clock import Clock
from bot.kept import Kept

# Words and patterns of all servers together, those used last, at about 2 kB each; what is dropped is read again when it
# is needed.
WORDS_KEPT_MAX = 50_000
# A prompt waits so long at most; its answer has been deferred by then.
PATIENCE_S = 5.0
# For how long to do without after a failure, so that what cannot be read is not asked for at every prompt.
RETRY_AFTER_MS = 30_000

NOT_PERMITTED = AutoMod(standing=Standing.NOT_PERMITTED)
NOT_ANSWERED = AutoMod(standing=Standing.NOT_ANSWERED)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read; it is not `fresh` where something was changed since. The instant is in milliseconds since 1970."""

    automod: AutoMod
    fresh: bool
    at_ms: int


class ServerAutoMod(commands.Cog):
    """What is known of every server's AutoMod. Discord tells it, and its changes, to those with Manage Server."""

    def __init__(
        self,
        client: discord.Client,
        *,
        clock: Clock,
        words_max: int = WORDS_KEPT_MAX,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._client = client
        self._clock = clock
        self._patience_s = patience_s
        self._known: Kept[int, _Known] = Kept(weight_max=words_max, weigh=lambda known: known.automod.size)
        self._reading: dict[int, asyncio.Task[AutoMod]] = {}
        # Servers in which something was changed while they were read.
        self._again: set[int] = set()

    async def cog_unload(self) -> None:
        for task in self._reading.values():
            task.cancel()

    async def rules(self, guild_id: int) -> AutoMod:
        """As bot/admin/wordbook.py asks for it."""
        if not self._may_read(guild_id):
            # Nobody would tell of a change.
            self._known.drop(guild_id)
            return NOT_PERMITTED
        known = self._known.get(guild_id)
        if known is not None and self._is_to_be_used(known):
            return known.automod
        try:
            async with asyncio.timeout(self._patience_s):
                return await asyncio.shield(self._read_soon(guild_id))
        except TimeoutError:
            log.warning("Discord takes long to tell a server's AutoMod rules", guild_id=guild_id)
            return NOT_ANSWERED if known is None else replace(known.automod, standing=Standing.NOT_ANSWERED)

    def _may_read(self, guild_id: int) -> bool:
        guild = self._client.get_guild(guild_id)
        me = None if guild is None else guild.me
        # What is not known yet is for Discord to say.
        return me is None or me.guild_permissions.manage_guild

    def _is_to_be_used(self, known: _Known) -> bool:
        if known.automod.standing is Standing.READ:
            return known.fresh
        return self._clock.now_ms() - known.at_ms < RETRY_AFTER_MS

    # ------------------------------------------------------------ reading

    def _read_soon(self, guild_id: int) -> asyncio.Task[AutoMod]:
        """The reading that is under way, or else a new one."""
        task = self._reading.get(guild_id)
        if task is None:
            task = self._reading[guild_id] = asyncio.create_task(self._read(guild_id))
            task.add_done_callback(lambda _: self._reading.pop(guild_id))
        return task

    async def _read(self, guild_id: int) -> AutoMod:
        """Read until nothing was changed meanwhile, and keep what was read."""
        while True:
            self._again.discard(guild_id)
            found = await self._ask(guild_id)
            if guild_id not in self._again:
                self._known.put(guild_id, _Known(found, fresh=True, at_ms=self._clock.now_ms()))
                return found

    async def _ask(self, guild_id: int) -> AutoMod:
        try:
            shown: list[Any] = await self._client.http.get_auto_moderation_rules(guild_id)
            return await asyncio.to_thread(read, shown)
        except discord.Forbidden:
            return NOT_PERMITTED
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("Discord does not tell a server's AutoMod rules", guild_id=guild_id, reason=repr(error))
        except Exception:
            # Of a form that Discord may yet invent, nothing can be applied; the bot goes on without.
            log.exception("a server's AutoMod rules cannot be read", guild_id=guild_id)
        known = self._known.get(guild_id)
        return NOT_ANSWERED if known is None else replace(known.automod, standing=Standing.NOT_ANSWERED)

    # ------------------------------------------------------------ following

    @commands.Cog.listener()
    async def on_automod_rule_create(self, rule: discord.AutoModRule) -> None:
        self._changed(rule.guild.id)

    @commands.Cog.listener()
    async def on_automod_rule_update(self, rule: discord.AutoModRule) -> None:
        self._changed(rule.guild.id)

    @commands.Cog.listener()
    async def on_automod_rule_delete(self, rule: discord.AutoModRule) -> None:
        self._changed(rule.guild.id)

    def _changed(self, guild_id: int) -> None:
        """Read it anew, where it was read at all."""
        known = self._known.get(guild_id)
        if guild_id in self._reading:
            self._again.add(guild_id)
        elif known is not None:
            self._known.put(guild_id, replace(known, fresh=False))
            self._read_soon(guild_id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._known.drop(guild.id)

    @commands.Cog.listener()
    async def on_shard_ready(self, _shard_id: int) -> None:
        """Take all for old: of what changed before a new session, nobody tells."""
        self._again.update(self._reading)
        self._known.change_all(lambda known: replace(known, fresh=False))
