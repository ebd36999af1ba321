"""What moderators look up besides cases: the request of a message, what was blocked or failed lately, a member's images."""

import json

from bot.jobs import Outcome, Remover
from bot.moderation.cases import Source
from bot.moderation.reading import Incident
from bot.store.database import Reader, Row

# Of blocks there are cases.
_BLOCKED = ", ".join(f"'{each.value}'" for each in (Outcome.BLOCKED_WORDS, Outcome.BLOCKED_PICTURE, Outcome.BLOCKED))
_FAILED = f"state IN ('failed', 'lost') AND outcome NOT IN ({_BLOCKED})"


async def request_at(reader: Reader, *, guild_id: int, channel_id: int, message_id: int) -> int | None:
    """The request whose card, or a copy of it, is this message; or None."""
    rows = await reader.fetch(
        """SELECT interaction_id FROM requests
        WHERE message_id = $1 AND COALESCE(message_channel_id, channel_id) = $2 AND guild_id = $3
        UNION
        SELECT interaction_id FROM request_copies WHERE message_id = $1 AND channel_id = $2 AND guild_id = $3""",
        message_id,
        channel_id,
        guild_id,
    )
    return rows[0]["interaction_id"] if rows else None


async def images_made(reader: Reader, *, guild_id: int, user_id: int) -> int:
    """How many images were made for a member in a server, those that were removed since among them."""
    rows = await reader.fetch(
        """SELECT COUNT(*) AS images FROM requests JOIN jobs USING (interaction_id)
        WHERE guild_id = $1 AND user_id = $2 AND state = 'done' AND (outcome IS NULL OR outcome = 'removed')""",
        guild_id,
        user_id,
    )
    return int(rows[0]["images"])


async def images_removed(reader: Reader, *, guild_id: int, user_id: int) -> int:
    """How many of a member's images in a server moderators removed: each once, however often they had to try."""
    rows = await reader.fetch(
        """SELECT COUNT(*) AS images FROM requests JOIN jobs USING (interaction_id)
        WHERE guild_id = $1 AND user_id = $2 AND removed = $3
            AND state = 'done' AND (outcome IS NULL OR outcome = 'removed')""",
        guild_id,
        user_id,
        Remover.MODERATOR.value,
    )
    return int(rows[0]["images"])


async def incidents(reader: Reader, guild_id: int, *, since_ms: int, limit: int, offset: int) -> list[Incident]:
    """Blocks, and requests of which images failed, from that instant on; the newest first."""
    blocks = await reader.fetch(
        """SELECT * FROM cases WHERE guild_id = $1 AND kind = 'block' AND at_ms >= $2
        ORDER BY at_ms DESC, case_id DESC LIMIT $3""",
        guild_id,
        since_ms,
        limit + offset,
    )
    # So many requests hold as many failures at the least; the inner ones are read from the end of an index.
    failures = await reader.fetch(
        f"""SELECT created_ms, interaction_id, user_id, channel_id, private, options, jobs.model, outcome,
            MIN(detail) AS detail
        FROM (SELECT * FROM requests WHERE guild_id = $1 AND created_ms >= $2 AND EXISTS (
                SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id AND {_FAILED})
            ORDER BY created_ms DESC, interaction_id DESC LIMIT $3) AS latest
        JOIN jobs USING (interaction_id) WHERE {_FAILED}
        GROUP BY created_ms, interaction_id, user_id, channel_id, private, options, jobs.model, outcome
        ORDER BY created_ms DESC, interaction_id DESC, outcome""",  # noqa: S608 - words of ours
        guild_id,
        since_ms,
        limit + offset,
    )
    found = [*map(_block, blocks), *map(_failure, failures)]
    return sorted(found, key=lambda each: each.at_ms, reverse=True)[offset : offset + limit]


def _block(row: Row) -> Incident:
    details = json.loads(row["details"])
    outcome = details.get("outcome")
    return Incident(
        at_ms=row["at_ms"],
        user_id=row["user_id"],
        channel_id=row["channel_id"],
        case_id=row["case_id"],
        source=Source(row["source"]),
        words=details.get("words") or "",
        outcome=None if outcome is None else Outcome(outcome),
        category=details.get("category"),
        detail=details.get("detail") or "",
        model=details.get("model"),
        prompt=row["prompt"],
        private=bool(row["private"]),
    )


def _failure(row: Row) -> Incident:
    private = bool(row["private"])
    return Incident(
        at_ms=row["created_ms"],
        user_id=row["user_id"],
        channel_id=row["channel_id"],
        case_id=None,
        source=None,
        words="",
        outcome=Outcome(row["outcome"]),
        category=None,
        detail=row["detail"] or "",
        model=row["model"],
        # A prompt that is forgotten is an empty one.
        prompt=None if private else json.loads(row["options"])["prompt"] or None,
        private=private,
    )
