"""Who may make no images anywhere: members and servers that the operator barred."""

from dataclasses import dataclass
from enum import StrEnum

from bot.store.database import Reader, Row, Transaction


class BarKind(StrEnum):
    """Who is barred. The value is what the database holds."""

    USER = "user"
    GUILD = "guild"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One who is barred. `user_id` is the operator who did it."""

    kind: BarKind
    id: int
    reason: str
    user_id: int
    at_ms: int


async def barred(reader: Reader, *, user_id: int, guild_id: int) -> Bar | None:
    """The bar of this member or this server, or None; where both are barred, the member's."""
    rows = await reader.fetch(
        """SELECT * FROM bars WHERE (kind = 'user' AND id = $1) OR (kind = 'guild' AND id = $2)
        ORDER BY kind DESC LIMIT 1""",
        user_id,
        guild_id,
    )
    return _bar(rows[0]) if rows else None


async def bar(tx: Transaction, new: Bar) -> None:
    """Bar somebody; who is barred already has the new reason."""
    await tx.execute(
        """INSERT INTO bars (kind, id, reason, user_id, at_ms) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (kind, id) DO UPDATE
        SET reason = excluded.reason, user_id = excluded.user_id, at_ms = excluded.at_ms""",
        new.kind.value,
        new.id,
        new.reason,
        new.user_id,
        new.at_ms,
    )


async def unbar(tx: Transaction, kind: BarKind, barred_id: int) -> Bar | None:
    """Lift a bar; returns what it was, or None where there was none."""
    rows = await tx.fetch("DELETE FROM bars WHERE kind = $1 AND id = $2 RETURNING *", kind.value, barred_id)
    return _bar(rows[0]) if rows else None


async def all_bars(reader: Reader) -> list[Bar]:
    """Everybody who is barred, the latest first."""
    return [_bar(row) for row in await reader.fetch("SELECT * FROM bars ORDER BY at_ms DESC, kind, id")]


def _bar(row: Row) -> Bar:
    return Bar(
        kind=BarKind(row["kind"]), id=row["id"], reason=row["reason"], user_id=row["user_id"], at_ms=row["at_ms"]
    )
