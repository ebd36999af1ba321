"""Who may make no images in a server for now. A member has one pause there at a time; a new one takes its place."""

from dataclasses import dataclass

from bot.moderation.cases import Pause
from bot.store.database import Reader, Row, Transaction
from bot.store.rows import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A member's last pause; `case_id` is the case whose card tells of it, `lifted_ms` when it was lifted."""

    pause: Pause
    case_id: int
    lifted_ms: int | None

    def runs(self, now_ms: int) -> bool:
        until_ms = self.pause.until_ms
        return self.lifted_ms is None and (until_ms is None or until_ms > now_ms)


async def put(tx: Transaction, new: Pause, *, case_id: int) -> None:
    """Pause somebody; `case_id` is the case whose card tells of it."""
    await tx.execute(
        """INSERT INTO pauses (guild_id, user_id, until_ms, by_id, reason, at_ms, case_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (guild_id, user_id) DO UPDATE
        SET until_ms = excluded.until_ms, by_id = excluded.by_id, reason = excluded.reason, at_ms = excluded.at_ms,
            case_id = excluded.case_id, lifted_ms = NULL""",
        new.guild_id,
        new.user_id,
        new.until_ms,
        new.by_id,
        storable(new.reason),
        new.at_ms,
        case_id,
    )


async def last(reader: Reader, *, guild_id: int, user_id: int) -> Kept | None:
    """The member's last pause, whether it lasts or not; None where there was none, or it is forgotten."""
    rows = await reader.fetch("SELECT * FROM pauses WHERE guild_id = $1 AND user_id = $2", guild_id, user_id)
    if not rows:
        return None
    return Kept(pause=_pause(rows[0]), case_id=rows[0]["case_id"], lifted_ms=rows[0]["lifted_ms"])


async def running(reader: Reader, *, guild_id: int, user_id: int, now_ms: int) -> Kept | None:
    """The member's pause while it lasts."""
    found = await last(reader, guild_id=guild_id, user_id=user_id)
    return found if found is not None and found.runs(now_ms) else None


async def all_running(reader: Reader, guild_id: int, *, now_ms: int) -> list[Pause]:
    """Everybody who is paused in a server, the latest first."""
    rows = await reader.fetch(
        """SELECT * FROM pauses WHERE guild_id = $1 AND lifted_ms IS NULL AND (until_ms IS NULL OR until_ms > $2)
        ORDER BY at_ms DESC, user_id""",
        guild_id,
        now_ms,
    )
    return [_pause(row) for row in rows]


async def lift(tx: Transaction, *, guild_id: int, user_id: int, at_ms: int) -> None:
    """End the member's pause now."""
    await tx.execute("UPDATE pauses SET lifted_ms = $3 WHERE guild_id = $1 AND user_id = $2", guild_id, user_id, at_ms)


async def delete_ended(tx: Transaction, *, before_ms: int, limit: int) -> int:
    """Delete pauses that ended before that instant; returns how many. One that lasts is never deleted."""
    return await tx.execute(
        """DELETE FROM pauses WHERE (guild_id, user_id) IN (
            SELECT guild_id, user_id FROM pauses WHERE COALESCE(lifted_ms, until_ms) < $1 LIMIT $2)""",
        before_ms,
        limit,
    )


def _pause(row: Row) -> Pause:
    names = ("guild_id", "user_id", "until_ms", "by_id", "reason", "at_ms")
    return Pause(**{name: row[name] for name in names})
