"""Forgetting a person: what they asked for loses its words and its owner, and the books keep their figures.

What holds a person back stays under their id: bars, pauses, strikes. bot/store/personal_cases.py has what becomes of cases.

What is forgotten here is forgotten in one transaction. Files follow later: an image that nobody's job names any more is
unclaimed, and whoever sweeps those finds it, also after a crash.
"""

from bot.store import copies, personal_cases, personal_choices, personal_places
from bot.store.database import Reader, Transaction

# What stands where texts were: it equals nothing that was ever sent to Segmind.
ERASED = '{"prompt": ""}'
NOBODY_ID = personal_cases.NOBODY_ID

# The audit wants to see that a picture came; an empty address says that and no more.
_BLANK_JOBS = f"""payload = '{ERASED}', detail = NULL,
    result_url = CASE WHEN state = 'done' AND outcome IS NULL THEN '' ELSE NULL END"""
_SUMS = ("images", "blocked", "failed", "cancelled", "spent_microcredits")


async def under_way(reader: Reader, user_id: int) -> int:
    """How many requests of a person, in all servers, have a job that goes on or a card that is not finished."""
    rows = await reader.fetch(
        """SELECT COUNT(*) AS requests FROM requests WHERE user_id = $1 AND (shown = 'open' OR EXISTS (
            SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id AND finished_ms IS NULL))""",
        user_id,
    )
    return int(rows[0]["requests"])


async def forget(tx: Transaction, user_id: int, *, now_ms: int) -> None:
    """Forget a person of whom nothing is under way; doing it again changes nothing.

    Bars, pauses and strikes stay, and where images stand that were reported: moderators may still take those away. An
    account stays theirs while a used allowance on it runs, and goes into `forgetting`.
    """
    reported = personal_cases.REPORTED
    await _fold_usage(tx, user_id)
    await _release_images(tx, user_id)
    await copies.forget(tx, user_id)
    await personal_choices.forget(tx, user_id)
    await tx.execute(
        f"""UPDATE jobs SET {_BLANK_JOBS}, sha256 = NULL, content_type = NULL, attachment_id = NULL,
            attachment_name = NULL
        WHERE interaction_id IN (SELECT interaction_id FROM requests WHERE user_id = $1)""",  # noqa: S608 - words of ours
        user_id,
    )
    await tx.execute(
        f"""UPDATE requests SET user_id = $2, role_ids = '[]', options = $3, reply = NULL, locale = guild_locale,
            channel_id = CASE WHEN {reported} THEN channel_id ELSE place_id END,
            way = CASE WHEN {reported} AND way = 'channel' THEN 'message' ELSE way END,
            message_id = CASE WHEN {reported} THEN message_id ELSE NULL END,
            message_channel_id = CASE WHEN {reported} THEN message_channel_id ELSE NULL END
        WHERE user_id = $1""",  # noqa: S608 - words of ours
        user_id,
        NOBODY_ID,
        ERASED,
    )
    await tx.execute(
        "UPDATE changes SET subject = $2, reason = NULL WHERE subject = $1", f"extra:{user_id}", f"extra:{NOBODY_ID}"
    )
    await tx.execute("DELETE FROM told WHERE user_id = $1", user_id)
    await personal_cases.forget(tx, user_id, now_ms=now_ms)
    await personal_places.forget(tx, user_id)
    await _leave_accounts(tx, user_id, now_ms=now_ms)


async def blank_texts(tx: Transaction, *, before_ms: int, limit: int) -> int:
    """Forget the words and roles of requests that were made before that instant and are over; returns how many."""
    rows = await tx.fetch(
        f"""SELECT interaction_id FROM requests
        WHERE options <> '{ERASED}' AND created_ms < $1 AND shown <> 'open' AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id
                AND (finished_ms IS NULL OR counted = FALSE))
        ORDER BY created_ms LIMIT $2""",  # noqa: S608 - words of ours
        before_ms,
        limit,
    )
    found = [row["interaction_id"] for row in rows]
    if found:
        places = ", ".join(f"${position}" for position in range(1, len(found) + 1))
        for sql in (
            f"UPDATE jobs SET {_BLANK_JOBS} WHERE interaction_id IN ({places})",  # noqa: S608 - words of ours
            f"UPDATE requests SET options = '{ERASED}', role_ids = '[]' WHERE interaction_id IN ({places})",  # noqa: S608
        ):
            await tx.execute(sql, *found)
    return len(found)


async def leave_due_accounts(tx: Transaction, *, now_ms: int) -> int:
    """Take the owner off the accounts whose last used allowance is over; returns how many there were."""
    freed = await tx.execute(
        f"""UPDATE accounts SET owner = NULL
        WHERE account_id IN (SELECT account_id FROM forgetting) AND NOT {_RUNNING}""",  # noqa: S608 - words of ours
        now_ms,
    )
    await tx.execute("DELETE FROM forgetting WHERE account_id IN (SELECT account_id FROM accounts WHERE owner IS NULL)")
    return freed


async def was_told(reader: Reader, user_id: int) -> bool:
    """Whether this person was told what becomes of prompts."""
    return bool(await reader.fetch("SELECT 1 AS found FROM told WHERE user_id = $1", user_id))


async def tell(tx: Transaction, user_id: int, *, at_ms: int) -> None:
    """Write down that they were told; the first time counts."""
    await tx.execute(
        "INSERT INTO told (user_id, at_ms) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING", user_id, at_ms
    )


# A period that goes on, of which something is used. `$1` is now.
_RUNNING = """EXISTS (SELECT 1 FROM balances WHERE balances.account_id = accounts.account_id
    AND ((ends_ms > $1 AND spent > 0) OR held > 0))"""


async def _leave_accounts(tx: Transaction, user_id: int, *, now_ms: int) -> None:
    await tx.execute(
        """INSERT INTO forgetting (account_id, asked_ms)
        SELECT account_id, $3 FROM accounts WHERE owner LIKE $1 OR owner LIKE $2
        ON CONFLICT (account_id) DO NOTHING""",
        f"member:%:{user_id}",
        f"extra:%:{user_id}",
        now_ms,
    )
    await leave_due_accounts(tx, now_ms=now_ms)


async def _fold_usage(tx: Transaction, user_id: int) -> None:
    """Add the person's own figures to those of nobody in particular."""
    sums = ", ".join(f"SUM({name})" for name in _SUMS)
    added = ", ".join(f"{name} = usage_days.{name} + excluded.{name}" for name in _SUMS)
    theirs = """topic = 'member' AND key = $1
        AND guild_id IN (SELECT guild_id FROM requests WHERE user_id = $2)"""
    await tx.execute(
        f"""INSERT INTO usage_days (guild_id, day, topic, key, {", ".join(_SUMS)})
        SELECT guild_id, day, topic, '{NOBODY_ID}', {sums} FROM usage_days WHERE {theirs}
        GROUP BY guild_id, day, topic
        ON CONFLICT (guild_id, topic, day, key) DO UPDATE SET {added}""",  # noqa: S608 - words of ours
        str(user_id),
        user_id,
    )
    await tx.execute(f"DELETE FROM usage_days WHERE {theirs}", str(user_id), user_id)  # noqa: S608 - words of ours


async def _release_images(tx: Transaction, user_id: int) -> None:
    """Say of their images, but for those that are also somebody else's, that they were stored long ago."""
    await tx.execute(
        """UPDATE media SET stored_ms = 0
        WHERE sha256 IN (SELECT sha256 FROM jobs JOIN requests USING (interaction_id)
            WHERE user_id = $1 AND sha256 IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM jobs JOIN requests USING (interaction_id)
            WHERE jobs.sha256 = media.sha256 AND user_id <> $1)""",
        user_id,
    )
