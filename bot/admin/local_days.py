"""On which of a server's own days something happened."""

from bot.periods import ZoneChange, local_day
from bot.store import settings as store
from bot.store.database import Reader


class LocalDays:
    """Asks for each server's time zones once; good for one transaction or one moment."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._zones: dict[int, tuple[ZoneChange, ...]] = {}

    async def day(self, guild_id: int, at_ms: int) -> str:
        """The day in force there and then, such as 2026-11-21."""
        if guild_id not in self._zones:
            self._zones[guild_id] = await store.zones(self._reader, guild_id)
        return local_day(at_ms, zones=self._zones[guild_id])
