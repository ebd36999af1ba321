"""Which images members like best: their own, and public ones that others made."""

from collections.abc import Sequence

from bot.store.database import Reader, Transaction


async def add(tx: Transaction, user_id: int, interaction_id: int, number: int, *, at_ms: int) -> bool:
    """Make an image a member's favourite; False, and nothing written, where it is not there, or is not for them to see.

    The first time counts. Whether they see where it stands is for the caller to know.
    """
    rows = await tx.fetch(
        """SELECT 1 FROM requests JOIN jobs USING (interaction_id)
        WHERE interaction_id = $2 AND number = $3 AND state = 'done' AND outcome IS NULL
            AND (user_id = $1 OR (private = FALSE AND removed IS NULL))""",
        user_id,
        interaction_id,
        number,
    )
    if rows:
        await tx.execute(
            """INSERT INTO favourites (user_id, interaction_id, number, at_ms) VALUES ($1, $2, $3, $4)
            ON CONFLICT (user_id, interaction_id, number) DO NOTHING""",
            user_id,
            interaction_id,
            number,
            at_ms,
        )
    return bool(rows)


async def remove(tx: Transaction, user_id: int, interaction_id: int, number: int) -> bool:
    """Make it a favourite no more; False where it was none."""
    touched = await tx.execute(
        "DELETE FROM favourites WHERE user_id = $1 AND interaction_id = $2 AND number = $3",
        user_id,
        interaction_id,
        number,
    )
    return bool(touched)


async def of(reader: Reader, user_id: int, interaction_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """The numbers of a member's favourites among the images of these requests, one or more; of those that have any."""
    places = ", ".join(f"${position}" for position in range(2, len(interaction_ids) + 2))
    sql = f"SELECT interaction_id, number FROM favourites WHERE user_id = $1 AND interaction_id IN ({places})"  # noqa: S608
    found: dict[int, frozenset[int]] = {}
    for row in await reader.fetch(sql, user_id, *interaction_ids):
        found[row["interaction_id"]] = found.get(row["interaction_id"], frozenset()) | {row["number"]}
    return found
