"""Cases, and how far their cards in the log are.

Whoever changes what a card tells bumps the case's `revision` in the same transaction; the log brings the card after it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.moderation.cases import Appeal, Case, CaseKind, Docketed, Source
from bot.store import dockets
from bot.store.database import Reader, Row, Transaction
from bot.store.rows import insert_into, storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A case whose card is behind it.

    The ids are None while there is no card; `posting_ms` is when one may have been posted in `log_channel_id` of which
    nobody knows.
    """

    docketed: Docketed
    log_channel_id: int | None
    log_message_id: int | None
    posting_ms: int | None
    revision: int


async def insert(
    tx: Transaction,
    draft: Case,
    *,
    once: str,
    press_id: int | None = None,
    strike: bool = False,
    texts_sha256: str | None = None,
) -> tuple[Case, bool]:
    """Write a case under a number of its own, which the draft has not; returns it, and whether it is new.

    Where `once` is a case already, that one is returned as it is. No number is given twice, even after a purge.
    """
    if known := await tx.fetch("SELECT * FROM cases WHERE once = $1", once):
        return _case(known[0]), False
    newest = (await tx.fetch("SELECT COALESCE(MAX(case_id), 0) AS newest FROM cases"))[0]["newest"]
    row = _row(draft) | {
        "case_id": max(newest + 1, draft.at_ms),
        "once": once,
        "press_id": press_id,
        "strike": strike,
        "texts_sha256": texts_sha256,
        "revision": 1,
        "shown_revision": 0,
    }
    return _case((await tx.fetch(insert_into("cases", row) + " RETURNING *", *row.values()))[0]), True


async def find(reader: Reader, case_id: int, *, guild_id: int) -> Case | None:
    """A case of this server; one of another is none."""
    rows = await reader.fetch("SELECT * FROM cases WHERE case_id = $1 AND guild_id = $2", case_id, guild_id)
    return _case(rows[0]) if rows else None


async def pressed(reader: Reader, press_id: int) -> Case | None:
    """The case that this use of a command or button made, or None."""
    rows = await reader.fetch("SELECT * FROM cases WHERE press_id = $1", press_id)
    return _case(rows[0]) if rows else None


async def of_request(reader: Reader, interaction_id: int) -> list[Case]:
    """Every case about a request, the oldest first."""
    rows = await reader.fetch("SELECT * FROM cases WHERE interaction_id = $1 ORDER BY case_id", interaction_id)
    return [_case(row) for row in rows]


async def latest_of(reader: Reader, *, guild_id: int, user_id: int, limit: int) -> list[Case]:
    """The last cases about a member in a server, the newest first."""
    rows = await reader.fetch(
        "SELECT * FROM cases WHERE guild_id = $1 AND user_id = $2 ORDER BY at_ms DESC, case_id DESC LIMIT $3",
        guild_id,
        user_id,
        limit,
    )
    return [_case(row) for row in rows]


async def counts_of(reader: Reader, *, guild_id: int, user_id: int) -> dict[CaseKind, int]:
    """How many cases of each kind there are about a member in a server."""
    rows = await reader.fetch(
        "SELECT kind, COUNT(*) AS cases FROM cases WHERE guild_id = $1 AND user_id = $2 GROUP BY kind",
        guild_id,
        user_id,
    )
    return {CaseKind(row["kind"]): row["cases"] for row in rows}


# ---------------------------------------------------------------- changing


async def changed(tx: Transaction, case_id: int) -> None:
    """What the card of this case tells is different now."""
    await tx.execute("UPDATE cases SET revision = revision + 1 WHERE case_id = $1", case_id)


async def request_changed(tx: Transaction, interaction_id: int) -> None:
    """What the cards of all cases about this request tell is different now."""
    await tx.execute("UPDATE cases SET revision = revision + 1 WHERE interaction_id = $1", interaction_id)


async def replace_details(tx: Transaction, case_id: int, details: Mapping[str, Any], *, strike: bool) -> None:
    """A graver reason came to the same case; a strike that was counted stays."""
    await tx.execute(
        """UPDATE cases SET details = $2, strike = (strike OR $3), revision = revision + 1 WHERE case_id = $1""",
        case_id,
        storable(json.dumps(dict(details))),
        strike,
    )


async def put_appeal(tx: Transaction, case_id: int, appeal: Appeal) -> None:
    """Write an appeal and what became of it; a strike whose appeal was approved counts no more."""
    await tx.execute(
        """UPDATE cases SET appeal_reason = $2, appealed_ms = $3, appeal_approved = $4,
            strike = (strike AND NOT $5), revision = revision + 1 WHERE case_id = $1""",
        case_id,
        storable(appeal.reason),
        appeal.at_ms,
        appeal.approved,
        appeal.approved is True,
    )


# ---------------------------------------------------------------- strikes and approvals


async def strikes_of(reader: Reader, *, guild_id: int, user_id: int, after_ms: int) -> list[int]:
    """When this member's blocks after that instant were that count for the strike rule, the oldest first."""
    rows = await reader.fetch(
        "SELECT at_ms FROM cases WHERE guild_id = $1 AND user_id = $2 AND at_ms > $3 AND strike ORDER BY at_ms, case_id",
        guild_id,
        user_id,
        after_ms,
    )
    return [row["at_ms"] for row in rows]


async def approved(reader: Reader, *, guild_id: int, user_id: int, texts_sha256: str) -> bool:
    """Whether moderators of this server let this member use exactly these texts."""
    rows = await reader.fetch(
        """SELECT 1 AS found FROM cases
        WHERE guild_id = $1 AND user_id = $2 AND texts_sha256 = $3 AND appeal_approved""",
        guild_id,
        user_id,
        texts_sha256,
    )
    return bool(rows)


# ---------------------------------------------------------------- the cards in the log

# A report, or an appeal that nobody has decided about.
_URGENT = "(kind = 'report' OR (appealed_ms IS NOT NULL AND appeal_approved IS NULL))"


async def behind(reader: Reader, *, limit: int) -> list[Logged]:
    """The cases whose cards are not what they should be: of each server up to `limit`, so none keeps another one waiting.

    Those that wait for somebody come first, then the oldest.
    """
    rows = await reader.fetch(
        f"""SELECT * FROM (
            SELECT cases.*, ROW_NUMBER() OVER (PARTITION BY guild_id ORDER BY {_URGENT} DESC, case_id) AS place
            FROM cases WHERE shown_revision < revision) AS waiting
        WHERE place <= $1 ORDER BY {_URGENT} DESC, case_id""",  # noqa: S608 - words of ours
        limit,
    )
    found = await dockets.docketed(reader, [_case(row) for row in rows])
    return [
        Logged(
            docketed=docketed,
            log_channel_id=row["log_channel_id"],
            log_message_id=row["log_message_id"],
            posting_ms=row["posting_ms"],
            revision=row["revision"],
        )
        for row, docketed in zip(rows, found, strict=True)
    ]


async def posting(tx: Transaction, case_id: int, *, channel_id: int, at_ms: int) -> None:
    """A card is about to be posted there."""
    await tx.execute(
        "UPDATE cases SET log_channel_id = $2, posting_ms = $3 WHERE case_id = $1", case_id, channel_id, at_ms
    )


async def logged(tx: Transaction, case_id: int, *, revision: int, channel_id: int, message_id: int) -> None:
    """The card stands there, and shows this revision."""
    await tx.execute(
        """UPDATE cases SET shown_revision = $2, log_channel_id = $3, log_message_id = $4, posting_ms = NULL
        WHERE case_id = $1""",
        case_id,
        revision,
        channel_id,
        message_id,
    )


async def give_up(tx: Transaction, case_id: int, *, revision: int) -> None:
    """No card will show this revision; a later one is tried again."""
    await tx.execute("UPDATE cases SET shown_revision = $2 WHERE case_id = $1", case_id, revision)


# ---------------------------------------------------------------- rows


def _row(case: Case) -> dict[str, Any]:
    return {
        "guild_id": case.guild_id,
        "kind": case.kind.value,
        "user_id": case.user_id,
        "by_id": case.by_id,
        "channel_id": case.channel_id,
        "interaction_id": case.interaction_id,
        "private": case.private,
        "prompt": storable(case.prompt),
        "details": storable(json.dumps(dict(case.details))),
        "at_ms": case.at_ms,
        "source": None if case.source is None else case.source.value,
    }


def _case(row: Row) -> Case:
    appeal = None
    if row["appealed_ms"] is not None:
        approval = row["appeal_approved"]
        appeal = Appeal(
            reason=row["appeal_reason"] or "",
            at_ms=row["appealed_ms"],
            approved=None if approval is None else bool(approval),
        )
    names = ("case_id", "guild_id", "user_id", "by_id", "channel_id", "interaction_id", "prompt", "at_ms")
    return Case(
        **{name: row[name] for name in names},
        kind=CaseKind(row["kind"]),
        private=bool(row["private"]),
        details=json.loads(row["details"]),
        source=None if row["source"] is None else Source(row["source"]),
        appeal=appeal,
    )
