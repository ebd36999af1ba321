"""Cases as rows, and back."""

import json
from typing import Any

from bot.moderation.cases import Appeal, Case, CaseKind, Source
from bot.store.database import Row
from bot.store.rows import storable


def case_row(case: Case) -> dict[str, Any]:
    """All of it but its number."""
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


def case_of(row: Row) -> Case:
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
