"""Everything that is stored about one person, as rows; nothing of anybody else's."""

import json
from collections.abc import Mapping
from typing import Any

from bot.store.database import Reader

Record = dict[str, Any]
_JSON = frozenset({"models", "options", "role_ids", "payload", "old", "new", "details"})


async def requests_of(reader: Reader, user_id: int) -> list[Record]:
    """What they asked for, oldest first, without the reply's address: whoever has that can write in our name."""
    return await _records(
        reader,
        """SELECT interaction_id, guild_id, channel_id, role_ids, locale, command, model, models, options, expand,
            parent_id, private, spoiler, hide_words, removed, created_ms, shown, message_id FROM requests
        WHERE user_id = $1 ORDER BY created_ms, interaction_id""",
        user_id,
    )


async def jobs_of(reader: Reader, user_id: int) -> list[Record]:
    """Each of their images, with its file's size where it is kept; in the order of `requests_of`."""
    return await _records(
        reader,
        """SELECT jobs.*, size_bytes, width_px, height_px FROM requests JOIN jobs USING (interaction_id)
        LEFT JOIN media ON media.sha256 = jobs.sha256
        WHERE user_id = $1 ORDER BY created_ms, jobs.interaction_id, number""",
        user_id,
    )


async def balances_of(reader: Reader, user_id: int) -> list[Record]:
    """Their allowances and extra credits in every server, period by period."""
    return await _records(
        reader,
        """SELECT owner, period, granted, held, spent, ends_ms FROM accounts JOIN balances USING (account_id)
        WHERE owner LIKE $1 OR owner LIKE $2 ORDER BY owner, period""",
        f"member:%:{user_id}",
        f"extra:%:{user_id}",
    )


async def entries_of(reader: Reader, user_id: int) -> list[Record]:
    """The entries behind these balances."""
    return await _records(
        reader,
        """SELECT owner, period, kind, interaction_id, number, granted, held, spent, at_ms
        FROM accounts JOIN entries USING (account_id) WHERE owner LIKE $1 OR owner LIKE $2
        ORDER BY at_ms, owner, period""",
        f"member:%:{user_id}",
        f"extra:%:{user_id}",
    )


async def changes_of(reader: Reader, user_id: int) -> list[Record]:
    """What they changed, and what was changed about them; who did the latter is not theirs to know from here."""
    return await _records(
        reader,
        """SELECT guild_id, subject, old, new, reason, at_ms, user_id = $1 AS by_this_person FROM changes
        WHERE user_id = $1 OR subject = $2 ORDER BY at_ms, change_id""",
        user_id,
        f"extra:{user_id}",
    )


async def usage_of(reader: Reader, user_id: int) -> list[Record]:
    """Their figures by server and day."""
    return await _records(
        reader,
        """SELECT guild_id, day, images, blocked, failed, cancelled, spent_microcredits FROM usage_days
        WHERE topic = 'member' AND key = $1 ORDER BY day, guild_id""",
        str(user_id),
    )


async def bars_of(reader: Reader, user_id: int) -> list[Record]:
    """Why they may make no images, and since when."""
    return await _records(reader, "SELECT reason, at_ms FROM bars WHERE kind = 'user' AND id = $1", user_id)


async def cases_of(reader: Reader, user_id: int) -> list[Record]:
    """What moderators were told of them; who reported them, and with which words, is not theirs to know from here."""
    return await _records(
        reader,
        """SELECT guild_id, kind, channel_id, prompt, CASE WHEN kind = 'report' THEN NULL ELSE details END AS details,
            at_ms, source, strike, appeal_reason, appealed_ms, appeal_approved,
            (SELECT COUNT(*) FROM evidence WHERE evidence.case_id = cases.case_id) AS images_kept
        FROM cases WHERE user_id = $1 ORDER BY at_ms, case_id""",
        user_id,
    )


async def reports_by(reader: Reader, user_id: int) -> list[Record]:
    """What they reported, and why."""
    return await _records(
        reader,
        """SELECT guild_id, channel_id, details, at_ms FROM cases WHERE by_id = $1 AND kind = 'report'
        ORDER BY at_ms, case_id""",
        user_id,
    )


async def acts_by(reader: Reader, user_id: int) -> list[Record]:
    """What they did as moderators."""
    return await _records(
        reader,
        """SELECT guild_id, kind, act, images, case_actions.at_ms AS at_ms FROM case_actions JOIN cases USING (case_id)
        WHERE case_actions.user_id = $1 ORDER BY action_id""",
        user_id,
    )


async def pauses_of(reader: Reader, user_id: int) -> list[Record]:
    """In which servers they may, or might, make no images, until when and why."""
    return await _records(
        reader,
        "SELECT guild_id, at_ms, until_ms, lifted_ms, reason FROM pauses WHERE user_id = $1 ORDER BY at_ms, guild_id",
        user_id,
    )


async def copies_of(reader: Reader, user_id: int) -> list[Record]:
    """The messages beside their own in which their public images were shown again."""
    return await _records(
        reader,
        """SELECT request_copies.interaction_id AS interaction_id, request_copies.guild_id AS guild_id,
            request_copies.channel_id AS channel_id, request_copies.message_id AS message_id
        FROM request_copies JOIN requests USING (interaction_id) WHERE user_id = $1
        ORDER BY request_copies.message_id""",
        user_id,
    )


async def told_of(reader: Reader, user_id: int) -> list[Record]:
    """When they were told what becomes of prompts."""
    return await _records(reader, "SELECT at_ms FROM told WHERE user_id = $1", user_id)


async def _records(reader: Reader, sql: str, *args: Any) -> list[Record]:
    return [_record({name: row[name] for name in row.keys()}) for row in await reader.fetch(sql, *args)]  # noqa: SIM118


def _record(row: Mapping[str, Any]) -> Record:
    """With what JSON columns hold in place of their text."""
    return {name: json.loads(value) if name in _JSON and value is not None else value for name, value in row.items()}
