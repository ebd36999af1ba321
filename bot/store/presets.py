"""Presets of servers and of members; bot/asking/presets.py knows what they may hold."""

import json

from bot.asking.presets import Kind, Preset, key_of
from bot.store.database import Reader, Row, Transaction
from bot.store.rows import storable


async def load(reader: Reader, kind: Kind, owner_id: int) -> list[Preset]:
    """All of them, by name."""
    rows = await reader.fetch(
        "SELECT * FROM presets WHERE kind = $1 AND owner_id = $2 ORDER BY key", kind.value, owner_id
    )
    return [_preset(row) for row in rows]


async def find(reader: Reader, kind: Kind, owner_id: int, name: str) -> Preset | None:
    """The one of this name, however it is capitalised."""
    rows = await reader.fetch(
        "SELECT * FROM presets WHERE kind = $1 AND owner_id = $2 AND key = $3", kind.value, owner_id, key_of(name)
    )
    return _preset(rows[0]) if rows else None


async def put(tx: Transaction, preset: Preset) -> bool:
    """Write it, in the place of one of the same name; False, and nothing written, where there are `kind.most` others."""
    touched = await tx.execute(
        """INSERT INTO presets (kind, owner_id, key, name, prompt, options, user_id, changed_ms)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8
        WHERE (SELECT COUNT(*) FROM presets WHERE kind = $1 AND owner_id = $2 AND key <> $3) < $9
        ON CONFLICT (kind, owner_id, key) DO UPDATE SET name = excluded.name, prompt = excluded.prompt,
            options = excluded.options, user_id = excluded.user_id, changed_ms = excluded.changed_ms""",
        preset.kind.value,
        preset.owner_id,
        preset.key,
        preset.name,
        storable(preset.prompt),
        json.dumps(dict(preset.values)),
        preset.user_id,
        preset.changed_ms,
        preset.kind.most,
    )
    return bool(touched)


async def drop(tx: Transaction, kind: Kind, owner_id: int, name: str) -> bool:
    """Forget the one of this name; False where there is none."""
    touched = await tx.execute(
        "DELETE FROM presets WHERE kind = $1 AND owner_id = $2 AND key = $3", kind.value, owner_id, key_of(name)
    )
    return bool(touched)


def _preset(row: Row) -> Preset:
    return Preset(
        kind=Kind(row["kind"]),
        owner_id=row["owner_id"],
        name=row["name"],
        prompt=row["prompt"],
        values=json.loads(row["options"]),
        user_id=row["user_id"],
        changed_ms=row["changed_ms"],
    )
