"""What is still to be told to a server, to one of its members or to the operator: written with what causes it, told afterwards.

`guild_id` is the server, or INSTALLATION of bot/settings.py for the operator. `user_id` is the one member whom it is for, by
direct message; None where it is for the log channel. `message_id` names words of the catalogue; bot/admin/notices.py
says how `params` are shown in them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.store.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message that nobody has got yet."""

    notice_id: int
    guild_id: int
    user_id: int | None
    message_id: str
    params: Mapping[str, Any]
    created_ms: int


async def add(
    tx: Transaction,
    *,
    guild_id: int,
    message_id: str,
    params: Mapping[str, Any],
    once: str | None,
    at_ms: int,
    user_id: int | None = None,
) -> bool:
    """Have something told; False, and nothing written, where `once` was told or is to be told already."""
    touched = await tx.execute(
        """INSERT INTO notices (notice_id, once, guild_id, user_id, message_id, params, created_ms)
        SELECT COALESCE(MAX(notice_id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM notices WHERE TRUE
        ON CONFLICT (once) DO NOTHING""",
        once,
        guild_id,
        user_id,
        message_id,
        json.dumps(dict(params)),
        at_ms,
    )
    return touched == 1


async def told(reader: Reader, once: str) -> bool:
    """Whether this was told, or is to be told already."""
    return bool(await reader.fetch("SELECT 1 AS found FROM notices WHERE once = $1", once))


async def open_ones(reader: Reader, *, limit: int) -> list[Notice]:
    """What nobody has got yet, oldest first: of each server up to `limit`, so that none keeps another one waiting."""
    rows = await reader.fetch(
        """SELECT notice_id, guild_id, user_id, message_id, params, created_ms FROM (
            SELECT notice_id, guild_id, user_id, message_id, params, created_ms,
                ROW_NUMBER() OVER (PARTITION BY guild_id ORDER BY created_ms, notice_id) AS place
            FROM notices WHERE ended_ms IS NULL) AS waiting
        WHERE place <= $1 ORDER BY created_ms, notice_id""",
        limit,
    )
    return [
        Notice(
            notice_id=row["notice_id"],
            guild_id=row["guild_id"],
            user_id=row["user_id"],
            message_id=row["message_id"],
            params=json.loads(row["params"]),
            created_ms=row["created_ms"],
        )
        for row in rows
    ]


async def end(tx: Transaction, notice_id: int, *, at_ms: int) -> None:
    """It was told, or never can be. What it said is forgotten; that it was told is not."""
    await tx.execute("UPDATE notices SET ended_ms = $2, params = '{}' WHERE notice_id = $1", notice_id, at_ms)
