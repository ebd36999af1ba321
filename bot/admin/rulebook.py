"""Settings as they count, and changing them: every change is written down with who made it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from bot.clock import Clock
from bot.limits import Rules
from bot.settings import INSTALLATION, Setting, Settings
from bot.store import settings as store
from bot.store.database import Database, Reader, Transaction
from bot.store.settings import Change

T = TypeVar("T")


class Rulebook:
    """The settings of every server and of the installation. `defaults` are the operator's configuration, by name."""

    def __init__(self, *, db: Database, defaults: Mapping[str, Any], clock: Clock) -> None:
        self._db = db
        self._defaults = defaults
        self._clock = clock

    async def rules(self, guild_id: int, reader: Reader | None = None) -> Rules:
        """What counts in this server now; within a transaction, as that transaction sees it."""
        reader = reader or self._db
        stored = await store.load(reader, guild_id, INSTALLATION)
        return Rules(
            guild=Settings(stored[guild_id], self._defaults),
            installation=Settings(stored[INSTALLATION], self._defaults),
            zones=await store.zones(reader, guild_id),
        )

    async def change(
        self,
        guild_id: int,
        setting: Setting[T],
        update: Callable[[T], T],
        *,
        user_id: int,
        reason: str | None = None,
    ) -> T:
        """Replace a setting by what `update` makes of it as it counts now; returns what counts then.

        `guild_id` is INSTALLATION for the operator's own. Raises BadValue, with nothing changed, where the field does
        not take the new value, and StoreError where the database takes nothing. No change, no entry.
        """
        async with self._db.transaction() as tx:
            stored = (await store.load(tx, guild_id))[guild_id]
            before = Settings(stored, self._defaults)[setting]
            after = setting.field.parse(update(before))
            # What the configuration has by default may change; what was chosen stays, even where it is the same today.
            unset = None if setting.name in self._defaults else setting.field.stored(before)
            if setting.field.stored(after) != stored.get(setting.name, unset):
                await self._write(tx, guild_id, setting, setting.field.stored(after), user_id=user_id, reason=reason)
        return after

    async def replace(
        self, guild_id: int, stored: Iterable[tuple[Setting[Any], Any]], *, user_id: int
    ) -> list[Setting[Any]]:
        """Set all of these at once to what JSON holds of them, None for the default; returns those that are different now.

        The values must have been parsed by their fields before.
        """
        async with self._db.transaction() as tx:
            before = (await store.load(tx, guild_id))[guild_id]
            changed = [(setting, value) for setting, value in stored if before.get(setting.name) != value]
            for setting, value in changed:
                await self._write(tx, guild_id, setting, value, user_id=user_id, reason=None)
        return [setting for setting, _ in changed]

    async def reset(self, guild_id: int, setting: Setting[Any], *, user_id: int, reason: str | None = None) -> None:
        """Let the default count again."""
        async with self._db.transaction() as tx:
            await self._write(tx, guild_id, setting, None, user_id=user_id, reason=reason)

    async def history(self, guild_id: int, *, limit: int, subject: str | None = None) -> list[Change]:
        """The latest changes, newest first."""
        return await store.changes(self._db, guild_id, limit=limit, subject=subject)

    async def latest(self, guild_id: int, settings: Iterable[Setting[Any]], *, limit: int) -> list[Change]:
        """The latest changes of these settings, newest first."""
        return await store.changes_of(self._db, guild_id, [setting.name for setting in settings], limit=limit)

    async def _write(
        self, tx: Transaction, guild_id: int, setting: Setting[Any], value: Any, *, user_id: int, reason: str | None
    ) -> None:
        now_ms = self._clock.now_ms()
        old = (await store.load(tx, guild_id))[guild_id].get(setting.name)
        if value is None:
            await store.reset(tx, guild_id, setting.name)
        else:
            await store.store(tx, guild_id, setting.name, value, at_ms=now_ms)
        if old != value:
            change = Change(
                guild_id=guild_id,
                subject=setting.name,
                old=old,
                new=value,
                reason=reason,
                user_id=user_id,
                at_ms=now_ms,
            )
            await store.add_change(tx, change)
