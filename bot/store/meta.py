"""A few words that outlive the process."""

from bot.store.database import Database


class Memory:
    """Words by key, in the table `meta`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        """Return what was kept under this key, or None."""
        rows = await self._database.fetch("SELECT value FROM meta WHERE key = $1", key)
        return rows[0]["value"] if rows else None

    async def set(self, key: str, value: str) -> None:
        """Keep it, in place of what was there."""
        async with self._database.transaction() as tx:
            await tx.execute(
                "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                key,
                value,
            )
