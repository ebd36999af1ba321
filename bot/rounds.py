"""Telling many servers something: each server's in order, the servers side by side, and none waits for another one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import groupby
from typing import Generic, TypeVar

import structlog

from bot.clock import Clock, first_of
from bot.errors import StoreError

LOOK_S = 30.0
T = TypeVar("T")

log = structlog.get_logger()


class Rounds(Generic[T]):
    """Looks for what is to be told at once when poked and every half minute anyway, and has it told.

    `look` returns it, each server's in order, and raises StoreError; `tell` tells some of one server and says whether it
    left any; where it does, the server is looked at again. It raises nothing. `rest_s` is for how many seconds at most
    there is nothing to look for.
    """

    def __init__(
        self,
        *,
        look: Callable[[], Awaitable[Iterable[T]]],
        guild_id_of: Callable[[T], int],
        tell: Callable[[int, list[T]], Awaitable[bool]],
        clock: Clock,
        rest_s: Callable[[], float] = lambda: LOOK_S,
    ) -> None:
        self._look = look
        self._guild_id_of = guild_id_of
        self._tell = tell
        self._clock = clock
        self._rest_s = rest_s
        self._poked = asyncio.Event()
        # The servers that are being told something, and those of them where there may be more since.
        self._busy: set[int] = set()
        self._more: set[int] = set()

    def poke(self) -> None:
        """There is something new, and its transaction has ended."""
        self._poked.set()

    async def run(self) -> None:
        """Run for as long as the bot does. No server waits for what Discord does with another one's."""
        async with asyncio.TaskGroup() as telling:
            while True:
                self._poked.clear()
                try:
                    for guild_id, found in await self._found():
                        telling.create_task(self._tell_server(guild_id, found))
                except StoreError as error:
                    log.warning("what servers are to be told waits for the database", reason=str(error))
                await first_of(self._clock, self._poked, seconds=self._rest_s())

    async def once(self) -> None:
        """Tell what there is now; raises StoreError."""
        await asyncio.gather(*(self._tell_server(guild_id, found) for guild_id, found in await self._found()))

    async def _found(self) -> list[tuple[int, list[T]]]:
        """What is to be told, by server; servers that are being told something are looked at when that is done.

        What was read of those may be old already. Each server here counts as busy until _tell_server is through with it.
        """
        busy = frozenset(self._busy)
        by_server = sorted(await self._look(), key=self._guild_id_of)
        free: list[tuple[int, list[T]]] = []
        for guild_id, found in groupby(by_server, key=self._guild_id_of):
            if guild_id not in busy:
                free.append((guild_id, list(found)))
            elif guild_id in self._busy:
                self._more.add(guild_id)
            else:
                self.poke()
        self._busy.update(guild_id for guild_id, _ in free)
        return free

    async def _tell_server(self, guild_id: int, found: list[T]) -> None:
        """Tell it, and have the server looked at again where there may be more."""
        try:
            if await self._tell(guild_id, found):
                self._more.add(guild_id)
        finally:
            self._busy.remove(guild_id)
            if guild_id in self._more:
                self._more.remove(guild_id)
                self.poke()
