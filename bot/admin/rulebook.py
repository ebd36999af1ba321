"""Settings as they count, and changing them: every change is written down with who made it, and told in the server's log."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from bot.admin.change_text import CHANGED, changed_params
from bot.clock import Clock
from bot.limits import Rules
from bot.outside import is_outside, rules_outside
from bot.settings import INSTALLATION, SAFETY_SETTINGS, SETTINGS, Setting, Settings
from bot.store import notices
from bot.store import settings as store
from bot.store.database import Database, Reader, Transaction
from bot.store.settings import Change

T = TypeVar("T")
# What a server sets for itself, and what its log is told of; the operator's own settings are the operator's matter.
_TOLD = frozenset(setting.name for setting in (*SETTINGS, *SAFETY_SETTINGS))


class Rulebook:
    """The settings of every server and of the installation. `defaults` are the operator's configuration, by name.

    `noticed` is called when a change may have been written down for a server to be told. `outside_microcredits` is what
    each person may spend outside of servers in a month; None where nobody may use the bot there.
    """

    def __init__(
        self,
        *,
        db: Database,
        defaults: Mapping[str, Any],
        clock: Clock,
        noticed: Callable[[], None] = lambda: None,
        outside_microcredits: int | None = None,
    ) -> None:
        self._db = db
        self._defaults = defaults
        self._outside_microcredits = outside_microcredits
        self._clock = clock
        self._noticed = noticed

    async def rules(self, guild_id: int, reader: Reader | None = None) -> Rules:
        """What counts in this server now; within a transaction, as that transaction sees it."""
        reader = reader or self._db
        if is_outside(guild_id):
            return await self._outside(reader)
        stored = await store.load(reader, guild_id, INSTALLATION)
        return Rules(
            guild=Settings(stored[guild_id], self._defaults),
            installation=Settings(stored[INSTALLATION], self._defaults),
            zones=await store.zones(reader, guild_id),
        )

    async def _outside(self, reader: Reader) -> Rules:
        """What counts outside of servers, where nobody sets anything."""
        stored = await store.load(reader, INSTALLATION)
        return Rules(
            guild=Settings(rules_outside(self._outside_microcredits or 0), self._defaults),
            installation=Settings(stored[INSTALLATION], self._defaults),
            zones=(),
            closed=self._outside_microcredits is None,
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
                new = {setting.name: setting.field.stored(after)}
                await self._write(tx, guild_id, new, user_id=user_id, reason=reason)
        self._noticed()
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
            new = {setting.name: value for setting, value in changed}
            await self._write(tx, guild_id, new, user_id=user_id, reason=None)
        self._noticed()
        return [setting for setting, _ in changed]

    async def reset(self, guild_id: int, setting: Setting[Any], *, user_id: int, reason: str | None = None) -> None:
        """Let the default count again."""
        async with self._db.transaction() as tx:
            await self._write(tx, guild_id, {setting.name: None}, user_id=user_id, reason=reason)
        self._noticed()

    async def history(self, guild_id: int, *, limit: int, subject: str | None = None) -> list[Change]:
        """The latest changes, newest first."""
        return await store.changes(self._db, guild_id, limit=limit, subject=subject)

    async def latest(self, guild_id: int, settings: Iterable[Setting[Any]], *, limit: int) -> list[Change]:
        """The latest changes of these settings, newest first."""
        return await store.changes_of(self._db, guild_id, [setting.name for setting in settings], limit=limit)

    async def _write(
        self, tx: Transaction, guild_id: int, new: Mapping[str, Any], *, user_id: int, reason: str | None
    ) -> None:
        """Set these by name to what JSON holds of them, None for the default; what is different is told and kept."""
        now_ms = self._clock.now_ms()
        before = (await store.load(tx, guild_id))[guild_id]
        changes = [(name, before.get(name), value) for name, value in new.items() if before.get(name) != value]
        for name, old, value in changes:
            if value is None:
                await store.reset(tx, guild_id, name)
            else:
                await store.store(tx, guild_id, name, value, at_ms=now_ms)
            change = Change(
                guild_id=guild_id, subject=name, old=old, new=value, reason=reason, user_id=user_id, at_ms=now_ms
            )
            await store.add_change(tx, change)
        if told := [change for change in changes if change[0] in _TOLD]:
            params = changed_params(user_id, told)
            await notices.add(tx, guild_id=guild_id, message_id=CHANGED, params=params, once=None, at_ms=now_ms)
