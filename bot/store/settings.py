"""What each server set, as it was stored, and who changed it when; bot/settings.py knows what it means.

Settings of the whole installation stand under the id INSTALLATION of bot/settings.py.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.periods import ZoneChange
from bot.settings import TIME_ZONE
from bot.store.database import Reader, Row, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `old` and `new` are what JSON held before and after; None where nothing was set.

    `interaction_id` is the use that made it, where that must not be able to make another one.
    """

    guild_id: int
    subject: str
    old: Any
    new: Any
    reason: str | None = None
    user_id: int
    at_ms: int
    interaction_id: int | None = None


async def load(reader: Reader, *guild_ids: int) -> dict[int, dict[str, Any]]:
    """What these servers set, by name; empty for those that set nothing."""
    places = ", ".join(f"${position}" for position in range(1, len(guild_ids) + 1))
    sql = f"SELECT guild_id, name, value FROM guild_settings WHERE guild_id IN ({places})"  # noqa: S608 - places only
    found: dict[int, dict[str, Any]] = {guild_id: {} for guild_id in guild_ids}
    for row in await reader.fetch(sql, *guild_ids):
        found[row["guild_id"]][row["name"]] = json.loads(row["value"])
    return found


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


async def add_change(tx: Transaction, change: Change) -> None:
    """Write down who changed what; raises StoreError where this interaction made a change before."""
    await tx.execute(
        """INSERT INTO changes (change_id, guild_id, subject, old, new, reason, user_id, at_ms, interaction_id)
        SELECT COALESCE(MAX(change_id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 FROM changes""",
        change.guild_id,
        change.subject,
        None if change.old is None else json.dumps(change.old),
        None if change.new is None else json.dumps(change.new),
        change.reason,
        change.user_id,
        change.at_ms,
        change.interaction_id,
    )


async def change_by(reader: Reader, interaction_id: int) -> Change | None:
    """What this interaction changed; None where it changed nothing (yet)."""
    rows = await reader.fetch("SELECT * FROM changes WHERE interaction_id = $1", interaction_id)
    return _change(rows[0]) if rows else None


async def changes(reader: Reader, guild_id: int, *, limit: int, subject: str | None = None) -> list[Change]:
    """The latest changes of a server, newest first; only those of one subject where it is given."""
    rows = await reader.fetch(
        """SELECT * FROM changes WHERE guild_id = $1 AND ($2 IS NULL OR subject = $2)
        ORDER BY at_ms DESC, change_id DESC LIMIT $3""",
        guild_id,
        subject,
        limit,
    )
    return [_change(row) for row in rows]


async def changes_of(reader: Reader, guild_id: int, subjects: Sequence[str], *, limit: int) -> list[Change]:
    """The latest changes of these subjects in a server, newest first; `subjects` are at least one."""
    places = ", ".join(f"${position}" for position in range(3, len(subjects) + 3))
    rows = await reader.fetch(
        f"""SELECT * FROM changes WHERE guild_id = $1 AND subject IN ({places})
        ORDER BY at_ms DESC, change_id DESC LIMIT $2""",  # noqa: S608 - places only
        guild_id,
        limit,
        *subjects,
    )
    return [_change(row) for row in rows]


def _change(row: Row) -> Change:
    return Change(
        guild_id=row["guild_id"],
        subject=row["subject"],
        old=None if row["old"] is None else json.loads(row["old"]),
        new=None if row["new"] is None else json.loads(row["new"]),
        reason=row["reason"],
        user_id=row["user_id"],
        at_ms=row["at_ms"],
        interaction_id=row["interaction_id"],
    )


async def zones(reader: Reader, guild_id: int) -> tuple[ZoneChange, ...]:
    """Every time zone that a server chose, oldest first: a change counts only from the next period on."""
    rows = await reader.fetch(
        "SELECT new, at_ms FROM changes WHERE guild_id = $1 AND subject = $2 ORDER BY at_ms, change_id",
        guild_id,
        TIME_ZONE.name,
    )
    return tuple(
        ZoneChange(row["at_ms"], TIME_ZONE.default if row["new"] is None else json.loads(row["new"])) for row in rows
    )
