"""What is forgotten when its time is over, a few rows at a time. bot/store/personal.py forgets the words of requests."""

from collections.abc import Sequence

from bot.settings import TIME_ZONE
from bot.store import personal_cases, personal_choices, word_rules
from bot.store.database import Reader, Transaction


async def erase_replies(tx: Transaction, *, before_ms: int, limit: int) -> int:
    """Forget the addresses of replies of requests from before that instant; returns how many.

    Of an unfinished card the address stays for as long as the bot has not seen its message: it tells where to look.
    """
    return await tx.execute(
        """UPDATE requests SET reply = NULL WHERE interaction_id IN (
            SELECT interaction_id FROM requests
            WHERE reply IS NOT NULL AND created_ms < $1 AND (reply_ms IS NULL OR reply_ms < $1)
                AND (shown <> 'open' OR message_id IS NOT NULL) ORDER BY created_ms LIMIT $2)""",
        before_ms,
        limit,
    )


async def delete_notices(tx: Transaction, *, before_ms: int, limit: int) -> int:
    """Delete notices that were told, or given up, before that instant; returns how many."""
    return await tx.execute(
        """DELETE FROM notices WHERE notice_id IN (
            SELECT notice_id FROM notices WHERE ended_ms IS NOT NULL AND ended_ms < $1 ORDER BY ended_ms LIMIT $2)""",
        before_ms,
        limit,
    )


async def delete_changes(tx: Transaction, *, before_ms: int, limit: int) -> int:
    """Delete changes from before that instant, but for the last one of each subject; returns how many.

    Time zones stay: to which day something belongs follows from all of them.
    """
    return await tx.execute(
        """DELETE FROM changes WHERE change_id IN (
            SELECT change_id FROM changes AS old WHERE at_ms < $1 AND subject <> $3 AND EXISTS (
                SELECT 1 FROM changes AS newer
                WHERE newer.guild_id = old.guild_id AND newer.subject = old.subject
                    AND (newer.at_ms, newer.change_id) > (old.at_ms, old.change_id))
            ORDER BY at_ms LIMIT $2)""",
        before_ms,
        limit,
        TIME_ZONE.name,
    )


async def delete_cases(tx: Transaction, *, before_ms: int, limit: int) -> int:
    """Delete cases from before that instant with all that hangs on them; returns how many. Pauses that last stay."""
    rows = await tx.fetch(
        "SELECT case_id, interaction_id FROM cases WHERE at_ms < $1 ORDER BY at_ms LIMIT $2", before_ms, limit
    )
    found = [row["case_id"] for row in rows]
    if found:
        places = ", ".join(f"${position}" for position in range(1, len(found) + 1))
        for table in ("evidence", "case_actions", "cases"):
            await tx.execute(f"DELETE FROM {table} WHERE case_id IN ({places})", *found)  # noqa: S608 - words of ours
        requests = [row["interaction_id"] for row in rows if row["interaction_id"] is not None]
        await personal_cases.leave_messages(tx, requests)
    return len(found)


async def left_before(reader: Reader, *, before_ms: int, limit: int) -> list[int]:
    """Servers that the bot left before that instant, and that are not forgotten yet."""
    rows = await reader.fetch(
        "SELECT guild_id FROM guilds WHERE left_ms IS NOT NULL AND left_ms < $1 ORDER BY left_ms LIMIT $2",
        before_ms,
        limit,
    )
    return [row["guild_id"] for row in rows]


async def forget_server(tx: Transaction, guild_id: int, *, before_ms: int, kept: Sequence[str]) -> bool:
    """Forget what a server set, who set it, and its name; False where the bot is there again.

    Settings and changes with the names `kept` stay, and so do bars, balances, pauses and cases: coming anew lifts
    nothing.
    """
    gone = await tx.execute(
        "DELETE FROM guilds WHERE guild_id = $1 AND left_ms IS NOT NULL AND left_ms < $2", guild_id, before_ms
    )
    if gone:
        places = ", ".join(f"${position}" for position in range(2, len(kept) + 2))
        for table, name in (("guild_settings", "name"), ("changes", "subject")):
            sql = f"DELETE FROM {table} WHERE guild_id = $1 AND {name} NOT IN ({places})"  # noqa: S608 - words of ours
            await tx.execute(sql, guild_id, *kept)
        await tx.execute("DELETE FROM notices WHERE guild_id = $1", guild_id)
        await word_rules.bump(tx, guild_id)
        await word_rules.clear(tx, guild_id)
        await personal_choices.forget_server(tx, guild_id)
    return bool(gone)


async def unclaimed_images(reader: Reader, *, before_ms: int, limit: int) -> list[str]:
    """Images stored before that instant that are nobody's, and no evidence.

    The person was forgotten, it was removed, or it was a smaller copy.
    """
    rows = await reader.fetch(
        """SELECT sha256 FROM media WHERE stored_ms < $1
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.sha256 = media.sha256)
            AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.sha256 = media.sha256)
        ORDER BY stored_ms, sha256 LIMIT $2""",
        before_ms,
        limit,
    )
    return [row["sha256"] for row in rows]
