"""What somebody is asked about before it is made. A draft is used once: from then on there is a request of the press."""

from dataclasses import dataclass

from bot.asking.asks import Ask, ask_json, ask_of
from bot.store.database import Reader, Row, Transaction
from bot.store.rows import storable

# One that nobody took, or one whose press came to nothing: refused, or cut short by a crash.
_FREE = """(press_id IS NULL
    OR NOT EXISTS (SELECT 1 FROM requests WHERE requests.interaction_id = drafts.press_id))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`draft_id` is the interaction that asked; `guild_id` is 0 outside of servers."""

    draft_id: int
    user_id: int
    guild_id: int
    ask: Ask
    created_ms: int


async def add(tx: Transaction, draft: Draft) -> None:
    """Write it down; one that is there already stays as it is."""
    await tx.execute(
        """INSERT INTO drafts (draft_id, user_id, guild_id, ask, created_ms) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (draft_id) DO NOTHING""",
        draft.draft_id,
        draft.user_id,
        draft.guild_id,
        storable(ask_json(draft.ask)),
        draft.created_ms,
    )


async def find(reader: Reader, draft_id: int) -> Draft | None:
    """A draft that was not used yet."""
    rows = await reader.fetch(f"SELECT * FROM drafts WHERE draft_id = $1 AND {_FREE}", draft_id)  # noqa: S608 - ours
    return _draft(rows[0]) if rows else None


async def change(tx: Transaction, draft_id: int, ask: Ask) -> bool:
    """Have it ask for this; False, and nothing written, where it was used or is gone."""
    touched = await tx.execute(
        f"UPDATE drafts SET ask = $2 WHERE draft_id = $1 AND {_FREE}",  # noqa: S608 - words of ours
        draft_id,
        storable(ask_json(ask)),
    )
    return bool(touched)


async def take(tx: Transaction, draft_id: int, *, press_id: int) -> Draft | None:
    """Take it for a press; None where it was used or is gone.

    That no other press of this process is at it, is for the caller to know.
    """
    rows = await tx.fetch(
        f"UPDATE drafts SET press_id = $2 WHERE draft_id = $1 AND {_FREE} RETURNING *",  # noqa: S608 - words of ours
        draft_id,
        press_id,
    )
    return _draft(rows[0]) if rows else None


async def drop_used(tx: Transaction, draft_id: int) -> None:
    """Forget it where it was used."""
    await tx.execute(f"DELETE FROM drafts WHERE draft_id = $1 AND NOT {_FREE}", draft_id)  # noqa: S608 - words of ours


async def drop(tx: Transaction, draft_id: int) -> bool:
    """Forget one that was not used; False where it was, or is gone."""
    return bool(await tx.execute(f"DELETE FROM drafts WHERE draft_id = $1 AND {_FREE}", draft_id))  # noqa: S608 - ours


async def delete_old(tx: Transaction, *, before_ms: int, limit: int) -> int:
    """Delete drafts from before that instant; returns how many."""
    return await tx.execute(
        """DELETE FROM drafts WHERE draft_id IN (
            SELECT draft_id FROM drafts WHERE created_ms < $1 ORDER BY created_ms LIMIT $2)""",
        before_ms,
        limit,
    )


def _draft(row: Row) -> Draft:
    return Draft(
        draft_id=row["draft_id"],
        user_id=row["user_id"],
        guild_id=row["guild_id"],
        ask=ask_of(row["ask"]),
        created_ms=row["created_ms"],
    )
