"""What cases forget when a person is forgotten: their words. That something happened, and what follows from it, stays.

A report of their images stays whole, with the images that are its evidence, until the case is purged: deleting one's data
takes nothing away from moderators who are to look at it.
"""

import json
from collections.abc import Sequence

from bot.moderation.cases import CaseKind
from bot.store import case_groups
from bot.store.database import Transaction

NOBODY_ID = 0
# Whose images a report asks moderators to look at; where they stand is known for as long as the case is.
REPORTED = "requests.interaction_id IN (SELECT interaction_id FROM cases WHERE kind = 'report')"
# What of a case's details repeats the prompt.
_OF_PROMPT = ("words", "detail")


async def forget(tx: Transaction, user_id: int, *, now_ms: int) -> None:
    """Forget the words of a person in every case, and that it was them who reported; doing it again changes nothing.

    Appeals of theirs that nobody has decided are closed: no approval could let texts pass that nobody knows any more.
    """
    rows = await tx.fetch(
        "SELECT case_id, details FROM cases WHERE user_id = $1 AND kind <> $2", user_id, CaseKind.REPORT.value
    )
    for row in rows:
        details = {name: "" if name in _OF_PROMPT else value for name, value in json.loads(row["details"]).items()}
        forgotten = await tx.execute(
            """UPDATE cases SET prompt = NULL, details = $2, texts_sha256 = NULL,
                appeal_reason = CASE WHEN appeal_reason IS NULL THEN NULL ELSE '' END,
                appeal_approved = CASE WHEN appealed_ms IS NULL THEN NULL ELSE COALESCE(appeal_approved, FALSE) END
            WHERE case_id = $1 AND (prompt IS NOT NULL OR texts_sha256 IS NOT NULL OR details <> $2 OR appeal_reason <> ''
                OR (appealed_ms IS NOT NULL AND appeal_approved IS NULL))""",
            row["case_id"],
            json.dumps(details),
        )
        if forgotten:
            await case_groups.changed(tx, row["case_id"])
    await tx.execute(
        """UPDATE notices SET params = '{"words": ""}', ended_ms = COALESCE(ended_ms, $2)
        WHERE user_id = $1 AND message_id LIKE 'notice.appeal.%'""",
        user_id,
        now_ms,
    )
    # By its key the same member cannot report the same images twice; it names them.
    await tx.execute(
        f"""UPDATE cases SET by_id = NULL, details = '{{"reason": ""}}', once = 'forgotten:' || case_id,
            {case_groups.CHANGED} WHERE by_id = $1 AND kind = $2""",  # noqa: S608 - words of ours
        user_id,
        CaseKind.REPORT.value,
    )


async def leave_messages(tx: Transaction, interaction_ids: Sequence[int]) -> None:
    """Forget where the messages of these requests stand, of those whose owner is forgotten and that no report is about."""
    if interaction_ids:
        places = ", ".join(f"${position}" for position in range(2, len(interaction_ids) + 2))
        await tx.execute(
            f"""UPDATE requests SET channel_id = place_id, message_id = NULL, message_channel_id = NULL
            WHERE user_id = $1 AND interaction_id IN ({places}) AND NOT {REPORTED}""",  # noqa: S608 - words of ours
            NOBODY_ID,
            *interaction_ids,
        )
        await tx.execute(
            f"""DELETE FROM request_copies WHERE interaction_id IN (
                SELECT interaction_id FROM requests
                WHERE user_id = $1 AND interaction_id IN ({places}) AND NOT {REPORTED})""",  # noqa: S608 - words of ours
            NOBODY_ID,
            *interaction_ids,
        )
