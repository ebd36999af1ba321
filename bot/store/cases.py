"""Cases, and how far their cards in the log are.

Whoever changes what a card tells bumps the case's `revision` in the same transaction; the log brings the card after it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.moderation.cases import Appeal, Case, CaseKind, Docketed
from bot.store import case_groups, dockets
from bot.store.case_groups import CHANGED
from bot.store.case_rows import case_of, case_row
from bot.store.database import Reader, Transaction
from bot.store.rows import insert_into, storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A case whose card is behind it.

    The ids are None while there is no card; `posting_ms` is when one may have been posted in `log_channel_id` of which
    nobody knows. The card was last brought up at `shown_ms`, None where it never was. `grown` says that blocks joined the
    case since; where it is not `pressing`, nothing else is new but what became of those.
    """

    docketed: Docketed
    log_channel_id: int | None
    log_message_id: int | None
    posting_ms: int | None
    revision: int
    shown_ms: int | None
    grown: bool
    pressing: bool


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
        return case_of(known[0]), False
    newest = (await tx.fetch("SELECT COALESCE(MAX(case_id), 0) AS newest FROM cases"))[0]["newest"]
    row = case_row(draft) | {
        "case_id": max(newest + 1, draft.at_ms),
        "once": once,
        "press_id": press_id,
        "strike": strike,
        "texts_sha256": texts_sha256,
        "revision": 1,
        "pressing_revision": 1,
        "shown_revision": 0,
    }
    return case_of((await tx.fetch(insert_into("cases", row) + " RETURNING *", *row.values()))[0]), True


async def find(reader: Reader, case_id: int, *, guild_id: int) -> Case | None:
    """A case of this server; one of another is none."""
    rows = await reader.fetch("SELECT * FROM cases WHERE case_id = $1 AND guild_id = $2", case_id, guild_id)
    return case_of(rows[0]) if rows else None


async def pressed(reader: Reader, press_id: int) -> Case | None:
    """The case that this use of a command or button made, or None."""
    rows = await reader.fetch("SELECT * FROM cases WHERE press_id = $1", press_id)
    return case_of(rows[0]) if rows else None


async def of_request(reader: Reader, interaction_id: int) -> list[Case]:
    """Every case about a request, the oldest first."""
    rows = await reader.fetch("SELECT * FROM cases WHERE interaction_id = $1 ORDER BY case_id", interaction_id)
    return [case_of(row) for row in rows]


async def latest_of(reader: Reader, *, guild_id: int, user_id: int, limit: int) -> list[Case]:
    """The last cases about a member in a server, the newest first."""
    rows = await reader.fetch(
        "SELECT * FROM cases WHERE guild_id = $1 AND user_id = $2 ORDER BY at_ms DESC, case_id DESC LIMIT $3",
        guild_id,
        user_id,
        limit,
    )
    return [case_of(row) for row in rows]


async def counts_of(reader: Reader, *, guild_id: int, user_id: int) -> dict[CaseKind, int]:
    """How many cases of each kind there are about a member in a server."""
    rows = await reader.fetch(
        "SELECT kind, COUNT(*) AS cases FROM cases WHERE guild_id = $1 AND user_id = $2 GROUP BY kind",
        guild_id,
        user_id,
    )
    return {CaseKind(row["kind"]): row["cases"] for row in rows}


# ---------------------------------------------------------------- changing


async def request_changed(tx: Transaction, interaction_id: int) -> None:
    """What the cards that tell of cases about this request tell is different now.

    Where it is one of many on a card, that is as little pressing as that it joined them.
    """
    await tx.execute(
        f"UPDATE cases SET {CHANGED} WHERE interaction_id = $1 AND lead_id IS NULL",  # noqa: S608 - words of ours
        interaction_id,
    )
    await tx.execute(
        """UPDATE cases SET revision = revision + 1
        WHERE case_id IN (SELECT lead_id FROM cases WHERE interaction_id = $1)""",
        interaction_id,
    )


async def replace_details(tx: Transaction, case_id: int, details: Mapping[str, Any], *, strike: bool) -> None:
    """A graver reason came to the same case; a strike that was counted stays."""
    await tx.execute(
        "UPDATE cases SET details = $2, strike = (strike OR $3) WHERE case_id = $1",
        case_id,
        storable(json.dumps(dict(details))),
        strike,
    )
    await case_groups.changed(tx, case_id)


async def put_appeal(tx: Transaction, case_id: int, appeal: Appeal) -> None:
    """Write an appeal and what became of it; a strike whose appeal was approved counts no more.

    Somebody has to decide about it: it has a card of its own from now on.
    """
    await tx.execute(
        """UPDATE cases SET appeal_reason = $2, appealed_ms = $3, appeal_approved = $4, strike = (strike AND NOT $5)
        WHERE case_id = $1""",
        case_id,
        storable(appeal.reason),
        appeal.at_ms,
        appeal.approved,
        appeal.approved is True,
    )
    await case_groups.leave(tx, case_id)


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
    found = await dockets.docketed(reader, [case_of(row) for row in rows])
    return [
        Logged(
            docketed=docketed,
            log_channel_id=row["log_channel_id"],
            log_message_id=row["log_message_id"],
            posting_ms=row["posting_ms"],
            revision=row["revision"],
            shown_ms=row["shown_ms"],
            grown=any(each.case_id > (row["told_id"] or 0) for each in docketed.joined),
            pressing=row["shown_revision"] < row["pressing_revision"],
        )
        for row, docketed in zip(rows, found, strict=True)
    ]


async def posting(tx: Transaction, case_id: int, *, channel_id: int, at_ms: int) -> None:
    """A card is about to be posted there."""
    await tx.execute(
        "UPDATE cases SET log_channel_id = $2, posting_ms = $3 WHERE case_id = $1", case_id, channel_id, at_ms
    )


async def logged(tx: Transaction, logged: Logged, *, channel_id: int, message_id: int, at_ms: int) -> None:
    """The card stands there, and shows this."""
    docketed = logged.docketed
    await tx.execute(
        """UPDATE cases SET shown_revision = $2, log_channel_id = $3, log_message_id = $4, posting_ms = NULL,
            told_id = $5, shown_ms = $6
        WHERE case_id = $1""",
        docketed.case.case_id,
        logged.revision,
        channel_id,
        message_id,
        max(each.case_id for each in (docketed.case, *docketed.joined)),
        at_ms,
    )


async def give_up(tx: Transaction, logged: Logged, *, refused: bool = False) -> None:
    """No card will show this; what changes later is tried again.

    What joined a card that is lost, or that Discord `refused` for what it says, has another one.
    """
    case_id = logged.docketed.case.case_id
    await tx.execute("UPDATE cases SET shown_revision = $2 WHERE case_id = $1", case_id, logged.revision)
    if refused or logged.log_message_id is not None:
        await case_groups.part(tx, case_id, refused=refused)
