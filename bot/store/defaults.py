"""What members set for all their own images; bot/asking/presets.py knows what may be set."""

import json
from typing import Any

from bot.store.database import Reader, Transaction


async def load(reader: Reader, user_id: int) -> dict[str, Any]:
    """What this member set, by name of the option."""
    rows = await reader.fetch("SELECT name, value FROM member_defaults WHERE user_id = $1 ORDER BY name", user_id)
    return {row["name"]: json.loads(row["value"]) for row in rows}


async def put(tx: Transaction, user_id: int, name: str, value: Any) -> None:
    """Set one, to a value that JSON can hold."""
    await tx.execute(
        """INSERT INTO member_defaults (user_id, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value""",
        user_id,
        name,
        json.dumps(value),
    )


async def drop(tx: Transaction, user_id: int, name: str) -> bool:
    """Let the model's own default count again; False where nothing was set."""
    touched = await tx.execute("DELETE FROM member_defaults WHERE user_id = $1 AND name = $2", user_id, name)
    return bool(touched)
