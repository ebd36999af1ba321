"""The servers that the bot comes into and leaves: their names, and which is still to be welcomed."""

from collections.abc import Iterable
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.errors import Busy, DeliveryError
from bot.store import guilds
from bot.store.database import Database

# For how long Discord surely knows a nonce. Past that, nobody can tell whether a first card got through before a crash,
# and a server is rather not welcomed than welcomed twice.
WELCOME_WITHIN_MS = 120_000
# Who has had the bot for so long needs no first card, whatever the database has forgotten.
NEWS_MS = 7 * 86_400_000
_MS_PER_S = 1000

log = structlog.get_logger()


class Greeter(Protocol):
    """Posts the first card in a server."""

    async def greet(self, guild_id: int, *, nonce: str) -> bool:
        """Post it, or find that it was posted with this nonce; False where there is no channel for it.

        Raises DeliveryError.
        """
        ...


class Servers:
    """Keeps the book of servers, and has each welcomed once for each time that the bot comes into it."""

    def __init__(self, *, db: Database, greeter: Greeter, clock: Clock) -> None:
        self._db = db
        self._greeter = greeter
        self._clock = clock
        # Servers that are being welcomed: Discord may tell of an arrival twice at once.
        self._welcoming: set[int] = set()

    async def arrived(self, guild_id: int, name: str, *, joined_ms: int | None) -> None:
        """The bot is in this server; `joined_ms` is since when, as Discord has it, None where it does not say.

        Raises StoreError where the database takes nothing.
        """
        await self.renamed(guild_id, name)
        if guild_id in self._welcoming:
            return
        self._welcoming.add(guild_id)
        try:
            await self._welcome(guild_id, joined_ms=joined_ms)
        finally:
            self._welcoming.discard(guild_id)

    async def renamed(self, guild_id: int, name: str) -> None:
        """The bot is in this server, which has this name now."""
        known = await guilds.known(self._db, guild_id)
        if known is None or known.left_ms is not None or known.name != name:
            async with self._db.transaction() as tx:
                await guilds.seen(tx, guild_id=guild_id, name=name, at_ms=self._clock.now_ms())

    async def left(self, guild_id: int) -> None:
        """The bot is no longer in this server."""
        async with self._db.transaction() as tx:
            await guilds.left(tx, guild_id=guild_id, at_ms=self._clock.now_ms())

    async def only_in(self, guild_ids: Iterable[int]) -> None:
        """These are all servers that the bot is in: it was removed from the others while nobody could tell it."""
        for guild_id in await guilds.present(self._db) - set(guild_ids):
            await self.left(guild_id)

    async def _welcome(self, guild_id: int, *, joined_ms: int | None) -> None:
        known = await guilds.known(self._db, guild_id)
        now_ms = self._clock.now_ms()
        if known is None or known.welcomed_ms is not None or now_ms - known.joined_ms > WELCOME_WITHIN_MS:
            return
        if joined_ms is not None and now_ms - joined_ms > NEWS_MS:
            return
        # Discord takes 25 characters; in these, both names are there whole.
        nonce = f"{guild_id:x}-{known.joined_ms // _MS_PER_S:x}"
        try:
            posted = await self._greeter.greet(guild_id, nonce=nonce)
        except Busy as error:
            log.warning("a server could not be welcomed yet", guild_id=guild_id, reason=str(error))
            return
        except DeliveryError as error:
            log.warning("a server could not be welcomed", guild_id=guild_id, reason=str(error))
            return
        if not posted:
            log.info("there is no channel in which to welcome a server", guild_id=guild_id)
            return
        async with self._db.transaction() as tx:
            await guilds.welcomed(tx, guild_id=guild_id, at_ms=self._clock.now_ms())
