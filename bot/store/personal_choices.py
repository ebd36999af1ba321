"""What a person keeps to make images with: presets, their own defaults, drafts, favourites. Read for them, and forgotten."""

import json
from typing import Any

from bot.asking.presets import Kind
from bot.store.database import Reader, Transaction

# Who set a preset that stays.
_NOBODY_ID = 0


async def choices_of(reader: Reader, user_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything of it, by kind; among the presets are those that they set for a server."""
    presets = await reader.fetch(
        """SELECT kind, owner_id, name, prompt, options, changed_ms FROM presets
        WHERE (kind = $1 AND owner_id = $2) OR (kind = $3 AND user_id = $2) ORDER BY kind DESC, owner_id, key""",
        Kind.USER.value,
        user_id,
        Kind.GUILD.value,
    )
    defaults = await reader.fetch("SELECT name, value FROM member_defaults WHERE user_id = $1 ORDER BY name", user_id)
    drafts = await reader.fetch(
        "SELECT guild_id, ask, created_ms FROM drafts WHERE user_id = $1 ORDER BY draft_id", user_id
    )
    favourites = await reader.fetch(
        "SELECT interaction_id, number, at_ms FROM favourites WHERE user_id = $1 ORDER BY at_ms, interaction_id, number",
        user_id,
    )
    return {
        "presets": [
            {
                "for": "this person" if row["kind"] == Kind.USER.value else "a server",
                "guild_id": row["owner_id"] if row["kind"] == Kind.GUILD.value else None,
                "name": row["name"],
                "prompt": row["prompt"],
                "options": json.loads(row["options"]),
                "changed_ms": row["changed_ms"],
            }
            for row in presets
        ],
        "defaults": [{"name": row["name"], "value": json.loads(row["value"])} for row in defaults],
        "drafts": [
            {"guild_id": row["guild_id"], "ask": json.loads(row["ask"]), "created_ms": row["created_ms"]}
            for row in drafts
        ],
        "favourites": [{name: row[name] for name in ("interaction_id", "number", "at_ms")} for row in favourites],
    }


async def forget(tx: Transaction, user_id: int) -> None:
    """Forget all of it, and that others like images of theirs; to be done while those are still known as theirs.

    What they set for a server stays the server's, and says no more who set it.
    """
    await tx.execute("DELETE FROM presets WHERE kind = $1 AND owner_id = $2", Kind.USER.value, user_id)
    await tx.execute(
        "UPDATE presets SET user_id = $3 WHERE kind = $1 AND user_id = $2", Kind.GUILD.value, user_id, _NOBODY_ID
    )
    for table in ("member_defaults", "drafts", "favourites"):
        await tx.execute(f"DELETE FROM {table} WHERE user_id = $1", user_id)  # noqa: S608 - words of ours
    await tx.execute(
        "DELETE FROM favourites WHERE interaction_id IN (SELECT interaction_id FROM requests WHERE user_id = $1)",
        user_id,
    )


async def forget_server(tx: Transaction, guild_id: int) -> None:
    """Forget the presets of a server, and what its members were asked about there."""
    await tx.execute("DELETE FROM presets WHERE kind = $1 AND owner_id = $2", Kind.GUILD.value, guild_id)
    await tx.execute("DELETE FROM drafts WHERE guild_id = $1", guild_id)
