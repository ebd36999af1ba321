"""What was done about cases, the oldest first."""

from collections.abc import Sequence

from bot.moderation.cases import Act, Action
from bot.store import case_groups
from bot.store.database import Reader, Transaction


async def add(tx: Transaction, case_id: int, action: Action, *, press_id: int | None) -> None:
    """Write down what was done; `press_id` is the press or command that did it, None for the strike rule."""
    rows = await tx.fetch("SELECT COALESCE(MAX(action_id), 0) + 1 AS next FROM case_actions")
    await tx.execute(
        """INSERT INTO case_actions (action_id, case_id, act, user_id, at_ms, images, press_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        rows[0]["next"],
        case_id,
        action.act.value,
        action.user_id,
        action.at_ms,
        action.images,
        press_id,
    )
    await case_groups.close(tx, case_id)


async def pressed(reader: Reader, press_id: int) -> int | None:
    """The case about which this press did something already, or None."""
    rows = await reader.fetch("SELECT case_id FROM case_actions WHERE press_id = $1", press_id)
    return rows[0]["case_id"] if rows else None


async def of_cases(reader: Reader, case_ids: Sequence[int]) -> dict[int, list[Action]]:
    """The actions of each of these cases; of one without any there is nothing."""
    found: dict[int, list[Action]] = {}
    if not case_ids:
        return found
    places = ", ".join(f"${position}" for position in range(1, len(case_ids) + 1))
    sql = f"SELECT * FROM case_actions WHERE case_id IN ({places}) ORDER BY action_id"  # noqa: S608 - places only
    for row in await reader.fetch(sql, *case_ids):
        action = Action(act=Act(row["act"]), user_id=row["user_id"], at_ms=row["at_ms"], images=row["images"])
        found.setdefault(row["case_id"], []).append(action)
    return found
