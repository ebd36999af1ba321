"""Who of a server's members has left, found out for the few people that a page shows.

The bot is not told who joins and leaves (that takes the members intent), so it asks, and remembers for some minutes.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import aiohttp
import discord
import structlog

from bot.clock import Clock

KEPT_MS = 600_000
KEPT_MAX = 5_000
# Longer than this, nobody waits for a name.
WITHIN_S = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who is not in the server any more; without a name where Discord does not know the person either."""

    name: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    left: Left | None
    at_ms: int


class People:
    """Remembers who was found to be there, and who was not."""

    def __init__(self, client: discord.Client, *, clock: Clock, within_s: float = WITHIN_S) -> None:
        self._client = client
        self._clock = clock
        self._within_s = within_s
        self._known: OrderedDict[tuple[int, int], _Known] = OrderedDict()

    def left(self, guild_id: int, user_ids: Iterable[int]) -> Mapping[int, Left]:
        """Those of them who are known to have left; nothing is asked."""
        found = {user_id: self._fresh(guild_id, user_id) for user_id in user_ids}
        return {user_id: known.left for user_id, known in found.items() if known is not None and known.left is not None}

    async def find_out(self, guild_id: int, user_ids: Iterable[int]) -> None:
        """Ask about those of whom nothing is known, as far as that goes in the time; never raises."""
        asked = [user_id for user_id in user_ids if self._fresh(guild_id, user_id) is None]
        try:
            async with asyncio.timeout(self._within_s):
                await asyncio.gather(*(self._ask(guild_id, user_id) for user_id in asked))
        except TimeoutError:
            log.info("not all members could be looked up in time", guild_id=guild_id, asked=len(asked))

    def _fresh(self, guild_id: int, user_id: int) -> _Known | None:
        known = self._known.get((guild_id, user_id))
        return None if known is None or self._clock.now_ms() - known.at_ms >= KEPT_MS else known

    async def _ask(self, guild_id: int, user_id: int) -> None:
        try:
            left = await self._look_up(guild_id, user_id)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("a member could not be looked up", guild_id=guild_id, reason=repr(error))
            return
        self._known[guild_id, user_id] = _Known(left, self._clock.now_ms())
        self._known.move_to_end((guild_id, user_id))
        while len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)

    async def _look_up(self, guild_id: int, user_id: int) -> Left | None:
        try:
            await self._client.http.get_member(guild_id, user_id)
        except discord.NotFound:
            return Left(await self._name(user_id))
        return None

    async def _name(self, user_id: int) -> str | None:
        try:
            user = await self._client.fetch_user(user_id)
        except discord.NotFound:
            return None
        return user.display_name
