"""What is kept of a person, in a form that people and programs can read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from bot.store import guilds, personal_choices, personal_records
from bot.store.database import Reader
from bot.store.personal_records import Record

_INSTANT = "_ms"
# Lengths of time, and no instants.
_SPANS = frozenset({"render_ms"})


async def record(reader: Reader, user_id: int, *, about: str, now_ms: int) -> dict[str, Any]:
    """Everything about a person; `about` says so in their language."""
    jobs = await personal_records.jobs_of(reader, user_id)
    requests = _with_jobs(await personal_records.requests_of(reader, user_id), jobs)
    changes = await personal_records.changes_of(reader, user_id)
    usage = await personal_records.usage_of(reader, user_id)
    told = await personal_records.told_of(reader, user_id)
    moderation = {
        "cases": await personal_records.cases_of(reader, user_id),
        "reports": await personal_records.reports_by(reader, user_id),
        "acts_as_moderator": await personal_records.acts_by(reader, user_id),
        "pauses": await personal_records.pauses_of(reader, user_id),
    }
    choices = await personal_choices.choices_of(reader, user_id)
    servers = {each["guild_id"] for each in (*requests, *changes, *usage, *chain(*moderation.values()))}
    names = await guilds.names(reader, servers) if servers else {}
    return {
        "about": about,
        "made_at": _instant(now_ms),
        # JavaScript and its kin read ids of this length as another number.
        "user_id": str(user_id),
        "told_about_privacy_at": _instant(told[0]["at_ms"]) if told else None,
        "servers": {str(guild_id): name for guild_id, name in names.items()},
        "requests": [_readable(each) for each in requests],
        "shown_again": _readable_all(await personal_records.copies_of(reader, user_id)),
        "balances": _readable_all(await personal_records.balances_of(reader, user_id)),
        "ledger": _readable_all(await personal_records.entries_of(reader, user_id)),
        "usage_by_day": _readable_all(usage),
        "changes": _readable_all(each | {"by_this_person": bool(each["by_this_person"])} for each in changes),
        "bars": _readable_all(await personal_records.bars_of(reader, user_id)),
        "kept_by_this_person": {part: _readable_all(rows) for part, rows in choices.items()},
        "moderation": {part: _readable_all(rows) for part, rows in moderation.items()},
    }


def image_names(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The name and the SHA-256 of every image of a record, each once."""
    return list(
        {
            job["file_name"]: job["sha256"]
            for request in told["requests"]
            for job in request["images"]
            if job["file_name"] is not None
        }.items()
    )


def _with_jobs(requests: list[Record], jobs: Iterable[Record]) -> list[Record]:
    by_request: defaultdict[int, list[Record]] = defaultdict(list)
    for job in jobs:
        interaction_id = job.pop("interaction_id")
        job["file_name"] = _file_name(interaction_id, job)
        by_request[interaction_id].append(_readable(job))
    return [each | {"images": by_request[each["interaction_id"]]} for each in requests]


def _file_name(interaction_id: int, job: Record) -> str | None:
    """Its name in the export; None where the image is not kept."""
    if job["size_bytes"] is None:
        return None
    extension = str(job["content_type"]).removeprefix("image/").replace("jpeg", "jpg")
    return f"{interaction_id}-{job['number'] + 1}.{extension}"


def _readable_all(rows: Iterable[Record]) -> list[Record]:
    return [_readable(row) for row in rows]


def _readable(row: Record) -> Record:
    """Instants as ISO 8601, ids as text."""
    return dict(_cell(name, value) for name, value in row.items())


def _cell(name: str, value: Any) -> tuple[str, Any]:
    if name.endswith(_INSTANT) and name not in _SPANS:
        when = name.removesuffix(_INSTANT)
        return "at" if when == "at" else f"{when}_at", None if value is None else _instant(value)
    if name.endswith("_id") and isinstance(value, int):
        return name, str(value)
    if name == "role_ids":
        return name, [str(each) for each in value]
    return name, value


def _instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
