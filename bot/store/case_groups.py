"""Blocks of one member that share a card in the log, so that a flood of them is a few cards and not hundreds.

A member's blocks have a card each, up to OWN_CARDS_MAX of one kind within an hour. Any further one in that time joins the
newest of those cards that nobody has acted on, its lead; where there is none, it has a card of its own again. Each is a
case of its own in everything but its card: strikes, appeals, lists and retention know nothing of this.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.moderation.cases import HOUR_MS, Case
from bot.store.case_rows import case_of
from bot.store.database import Reader, Transaction

JOINS_MS = HOUR_MS
OWN_CARDS_MAX = 5
# As many of a group as its card shows.
NEWEST_MAX = 5
# What a card tells is different now, and the log waits for nothing to show it.
CHANGED = "revision = revision + 1, pressing_revision = revision + 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """How many cases joined one, and the newest of them, the newest first."""

    count: int
    newest: tuple[Case, ...]


async def join(tx: Transaction, case: Case) -> None:
    """Say which card tells of a new block: one of its own, which others may join, or in a flood the newest open one."""
    rows = await tx.fetch(
        """SELECT COUNT(*) AS cards, MAX(CASE WHEN grows THEN case_id END) AS open_id FROM cases
        WHERE guild_id = $1 AND user_id = $2 AND at_ms > $3 AND source = $4 AND private = $5
            AND lead_id IS NULL AND case_id < $6""",
        case.guild_id,
        case.user_id,
        case.at_ms - JOINS_MS,
        case.source,
        case.private,
        case.case_id,
    )
    lead_id = rows[0]["open_id"]
    if lead_id is None or rows[0]["cards"] < OWN_CARDS_MAX:
        await tx.execute("UPDATE cases SET grows = TRUE WHERE case_id = $1", case.case_id)
        return
    await tx.execute(
        "UPDATE cases SET lead_id = $2, shown_revision = revision WHERE case_id = $1", case.case_id, lead_id
    )
    await tx.execute("UPDATE cases SET revision = revision + 1 WHERE case_id = $1", lead_id)


async def changed(tx: Transaction, case_id: int) -> None:
    """What the card that tells of this case tells is different now."""
    await tx.execute(
        f"""UPDATE cases SET {CHANGED}
        WHERE case_id = (SELECT COALESCE(lead_id, case_id) FROM cases WHERE case_id = $1)""",  # noqa: S608 - words of ours
        case_id,
    )


async def leave(tx: Transaction, case_id: int) -> None:
    """Have this case told by a card of its own, which is to be shown anew and which nothing joins (any more)."""
    rows = await tx.fetch("SELECT lead_id FROM cases WHERE case_id = $1", case_id)
    for changed_id in {case_id, *(row["lead_id"] for row in rows)} - {None}:
        await tx.execute(f"UPDATE cases SET {CHANGED} WHERE case_id = $1", changed_id)  # noqa: S608 - words of ours
    await tx.execute("UPDATE cases SET lead_id = NULL, grows = FALSE WHERE case_id = $1", case_id)


async def stand_alone(tx: Transaction, case_id: int) -> None:
    """Have this case told by a card on which no other one stands: those that joined it share another."""
    await leave(tx, case_id)
    await _part_after(tx, case_id, after_id=case_id)


async def close(tx: Transaction, case_id: int) -> None:
    """Nothing joins this case any more: somebody has acted on it."""
    await tx.execute("UPDATE cases SET grows = FALSE WHERE case_id = $1", case_id)


async def part(tx: Transaction, case_id: int, *, refused: bool) -> None:
    """The card of this case cannot be changed: those that joined since it last was have a card of their own.

    Where it was `refused` for what it says, that may be what one of those said: without them it is tried again.
    """
    await close(tx, case_id)
    rows = await tx.fetch("SELECT COALESCE(told_id, case_id) AS told_id FROM cases WHERE case_id = $1", case_id)
    for row in rows:
        if await _part_after(tx, case_id, after_id=row["told_id"]) and refused:
            await changed(tx, case_id)


async def _part_after(tx: Transaction, lead_id: int, *, after_id: int) -> bool:
    """Have what joined this one after that one share a card of its own; False where there is nothing."""
    rows = await tx.fetch(
        "SELECT case_id FROM cases WHERE lead_id = $1 AND case_id > $2 ORDER BY case_id LIMIT 1", lead_id, after_id
    )
    for row in rows:
        first_id = row["case_id"]
        await tx.execute("UPDATE cases SET lead_id = $2 WHERE lead_id = $1 AND case_id > $2", lead_id, first_id)
        await tx.execute(f"UPDATE cases SET lead_id = NULL, grows = TRUE, {CHANGED} WHERE case_id = $1", first_id)  # noqa: S608
    return bool(rows)


async def joined(reader: Reader, case_ids: Sequence[int]) -> dict[int, Joined]:
    """What joined each of these cases; of one that nothing joined there is nothing."""
    if not case_ids:
        return {}
    places = ", ".join(f"${position}" for position in range(2, len(case_ids) + 2))
    rows = await reader.fetch(
        f"""SELECT * FROM (
            SELECT cases.*, COUNT(*) OVER (PARTITION BY lead_id) AS joined,
                ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY case_id DESC) AS place
            FROM cases WHERE lead_id IN ({places})) AS followers
        WHERE place <= $1 ORDER BY case_id DESC""",  # noqa: S608 - places only
        NEWEST_MAX,
        *case_ids,
    )
    newest: dict[int, list[Case]] = {}
    counts: dict[int, int] = {}
    for row in rows:
        newest.setdefault(row["lead_id"], []).append(case_of(row))
        counts[row["lead_id"]] = row["joined"]
    return {lead_id: Joined(count=counts[lead_id], newest=tuple(found)) for lead_id, found in newest.items()}


async def requests_with_images(reader: Reader, case_id: int) -> list[int]:
    """The public requests of a case and of those that joined it that have images, or may still get some; the oldest first."""
    rows = await reader.fetch(
        """SELECT interaction_id FROM requests
        WHERE private = FALSE AND interaction_id IN (SELECT interaction_id FROM cases WHERE case_id = $1 OR lead_id = $1)
            AND EXISTS (SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id
                AND (finished_ms IS NULL OR (state = 'done' AND (outcome IS NULL OR outcome = 'removed'))))
        ORDER BY interaction_id""",
        case_id,
    )
    return [row["interaction_id"] for row in rows]
