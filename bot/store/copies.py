"""Copies of cards: messages beside a request's own card that show its images to everybody in a channel.

Whatever takes images away, or hides them, marks the copies in the same transaction; whoever edits them finds them here,
also after a crash. A copy is written down before anything stands in its message.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.database import Reader, Row, Transaction

_TABLE = """
CREATE TABLE request_copies (
    message_id BIGINT PRIMARY KEY,
    channel_id BIGINT NOT NULL,
    guild_id BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL REFERENCES requests (interaction_id) ON DELETE CASCADE,
    revision BIGINT NOT NULL DEFAULT 0,
    tries BIGINT NOT NULL DEFAULT 0,
    due_ms BIGINT
)"""
COPIES: Sequence[str] = (
    _TABLE,
    "CREATE INDEX request_copies_by_request ON request_copies (interaction_id)",
    "CREATE INDEX request_copies_behind ON request_copies (due_ms) WHERE due_ms IS NOT NULL",
)
_AT_ONCE_MS = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One message. `due_ms` is when it is next tried to show what is true now, None where it does; `tries` counts failures.

    `revision` counts how often it fell behind.
    """

    message_id: int
    channel_id: int
    guild_id: int
    interaction_id: int
    revision: int = 0
    tries: int = 0
    due_ms: int | None = None


async def add(tx: Transaction, copy: Copy) -> None:
    """Remember a copy; the same message twice is one."""
    await tx.execute(
        """INSERT INTO request_copies (message_id, channel_id, guild_id, interaction_id, due_ms)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (message_id) DO NOTHING""",
        copy.message_id,
        copy.channel_id,
        copy.guild_id,
        copy.interaction_id,
        copy.due_ms,
    )


async def of_request(reader: Reader, interaction_id: int) -> list[Copy]:
    """The copies of a request's card, the oldest first."""
    rows = await reader.fetch(
        "SELECT * FROM request_copies WHERE interaction_id = $1 ORDER BY message_id", interaction_id
    )
    return [_copy(row) for row in rows]


async def fall_behind(tx: Transaction, interaction_id: int) -> None:
    """Have the copies of a request's card show what is true now."""
    await tx.execute(
        "UPDATE request_copies SET due_ms = $2, tries = 0, revision = revision + 1 WHERE interaction_id = $1",
        interaction_id,
        _AT_ONCE_MS,
    )


async def due(reader: Reader, *, now_ms: int, limit: int) -> list[Copy]:
    """The copies to be tried now, the longest due first."""
    rows = await reader.fetch(
        """SELECT * FROM request_copies WHERE due_ms IS NOT NULL AND due_ms <= $1
        ORDER BY due_ms, message_id LIMIT $2""",
        now_ms,
        limit,
    )
    return [_copy(row) for row in rows]


async def put_off(tx: Transaction, copy: Copy, *, tries: int, due_ms: int | None) -> None:
    """When it is tried again, None where it is not; nothing where it fell behind anew since it was read."""
    await tx.execute(
        "UPDATE request_copies SET tries = $2, due_ms = $3 WHERE message_id = $1 AND revision = $4",
        copy.message_id,
        tries,
        due_ms,
        copy.revision,
    )


async def delete(tx: Transaction, message_id: int) -> None:
    """Forget a copy: its message is gone."""
    await tx.execute("DELETE FROM request_copies WHERE message_id = $1", message_id)


async def forget(tx: Transaction, user_id: int) -> None:
    """Forget the copies of a person's cards; the messages stay on Discord, as the cards do.

    Those of a reported image are needed for as long as the report is.
    """
    await tx.execute(
        """DELETE FROM request_copies
        WHERE interaction_id IN (SELECT interaction_id FROM requests WHERE user_id = $1)
            AND interaction_id NOT IN (
                SELECT interaction_id FROM cases WHERE kind = 'report' AND interaction_id IS NOT NULL)""",
        user_id,
    )


def _copy(row: Row) -> Copy:
    return Copy(
        message_id=row["message_id"],
        channel_id=row["channel_id"],
        guild_id=row["guild_id"],
        interaction_id=row["interaction_id"],
        revision=row["revision"],
        tries=row["tries"],
        due_ms=row["due_ms"],
    )
