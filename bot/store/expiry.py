"""What periods that are over leave behind: nobody can spend it any more, so it is taken out of the books."""

from bot.store.database import Reader, Transaction
from bot.store.entries import Entry, Kind, book


async def over(reader: Reader, *, before_ms: int, limit: int) -> list[tuple[int, str]]:
    """Balances, by account and period, that ended before that instant, hold nothing, and have something left."""
    rows = await reader.fetch(
        """SELECT account_id, period FROM balances
        WHERE ends_ms IS NOT NULL AND ends_ms < $1 AND held = 0 AND granted > spent
        ORDER BY ends_ms, account_id, period LIMIT $2""",
        before_ms,
        limit,
    )
    return [(row["account_id"], row["period"]) for row in rows]


async def expire(tx: Transaction, *, account_id: int, period: str, at_ms: int) -> int:
    """Let what is left of a balance expire; returns how many micro-credits that were: 0 while a job holds on it."""
    rows = await tx.fetch(
        "SELECT granted - spent AS remainder FROM balances WHERE account_id = $1 AND period = $2 AND held = 0",
        account_id,
        period,
    )
    left: int = rows[0]["remainder"] if rows else 0
    if left:
        await book(tx, Entry(account_id=account_id, period=period, kind=Kind.EXPIRE, granted=-left, at_ms=at_ms))
    return left
