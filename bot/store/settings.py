"""What each server set, as it was stored; bot/settings.py knows what it means."""

import json
from typing import Any

from bot.store.database import Reader, Transaction


async def load(reader: Reader, guild_id: int) -> dict[str, Any]:
    rows = await reader.fetch("SELECT name, value FROM guild_settings WHERE guild_id = $1", guild_id)
    return {row["name"]: json.loads(row["value"]) for row in rows}


async def store(tx: Transaction, guild_id: int, name: str, value: Any, *, at_ms: int) -> None:
    """Set one setting to a value that JSON can hold."""
    await tx.execute(
        """INSERT INTO guild_settings (guild_id, name, value, changed_ms) VALUES ($1, $2, $3, $4)
        ON CONFLICT (guild_id, name) DO UPDATE SET value = excluded.value, changed_ms = excluded.changed_ms""",
        guild_id,
        name,
        json.dumps(value),
        at_ms,
    )


async def reset(tx: Transaction, guild_id: int, name: str) -> None:
    """Forget what was set, so that the default counts again."""
    await tx.execute("DELETE FROM guild_settings WHERE guild_id = $1 AND name = $2", guild_id, name)
