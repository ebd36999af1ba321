"""Segmind's own books, read row by row: the way back for a request whose fate or result is unknown.

Nobody outside knows the list's envelope for sure, so the rows are looked for, and a row names its fields in more than
one way. What a row does not tell is None; only its `request_id` must be there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.errors import Expired, Unavailable
from bot.ports import HistoryRow
from bot.segmind import outputs
from bot.segmind.answers import Reply, clean, instant_ms, microcredits, parse, told
from bot.segmind.protocol import heard, request_id_in

PAGES_MAX = 20

_ROWS_KEYS = ("data", "requests", "results", "rows", "items", "history")
_CREATED_KEYS = ("model_created", "created_at", "createdAt", "created")
_NESTING_MAX = 3


def read_page(reply: Reply) -> list[HistoryRow]:
    """One page of the list as it came: with other models, and with a row for each output of a request.

    Raises Unavailable, RateLimited or KeyRejected.
    """
    found = _rows(heard(reply, gone=Unavailable).data, _NESTING_MAX)
    rows = [row for row in map(_row, found or []) if row is not None]
    if found is None or (found and not rows):
        raise Unavailable("the history answered without readable rows")
    return rows


def read_row(reply: Reply, request_id: str) -> HistoryRow | None:
    """The row of this request, or None if the books do not have it; raises like `read_page`."""
    try:
        data = heard(reply).data
    except Expired:
        return None
    found = _rows(data, _NESTING_MAX)
    if found is None:
        raise Unavailable("the history answered without a readable row")
    rows = map(_row, found)
    return next((row for row in rows if row is not None and row.request_id == request_id), None)


def is_last(page: Sequence[HistoryRow], *, seen: Iterable[HistoryRow], since_ms: int) -> bool:
    """Whether no later page can hold anything new: they go back in time.

    How full a page is tells nothing, since Segmind may cap what we ask for.
    """
    known = {row.request_id for row in seen}
    oldest_ms = min((row.created_ms for row in page if row.created_ms is not None), default=since_ms)
    return oldest_ms < since_ms or all(row.request_id in known for row in page)


def wanted(rows: Iterable[HistoryRow], *, slug: str, since_ms: int) -> list[HistoryRow]:
    """One row each of the requests for exactly this model since then; rows that tell neither may be among them."""
    one_each: dict[str, HistoryRow] = {}
    for row in rows:
        one_each.setdefault(row.request_id, row)
    return [
        row
        for row in one_each.values()
        if row.slug in {slug, None} and (row.created_ms is None or row.created_ms >= since_ms)
    ]


def _rows(data: Any, nesting_left: int) -> list[Any] | None:
    """The rows in an answer, which may be one row itself; None if the answer has no place for rows."""
    if isinstance(data, list):
        return data
    if not isinstance(data, dict) or not nesting_left:
        return None
    if request_id_in(data):
        return [data]
    inner = ([] if data[key] is None else _rows(data[key], nesting_left - 1) for key in _ROWS_KEYS if key in data)
    return next((rows for rows in inner if rows is not None), None)


def _row(value: Any) -> HistoryRow | None:
    request_id = request_id_in(value)
    if request_id is None:
        return None
    created = (instant_ms(value.get(key)) for key in _CREATED_KEYS)
    picture = outputs.find(value.get("generation_url"))
    return HistoryRow(
        request_id=request_id,
        slug=_word(value.get("model_name")),
        status=_word(value.get("model_status")),
        created_ms=next((at_ms for at_ms in created if at_ms is not None), None),
        cost_microcredits=microcredits(value.get("credits_deduction")),
        payload=_payload(value.get("request_body")),
        url=picture if isinstance(picture, str) else None,
        detail=told(value.get("error")) or None,
    )


def _word(value: Any) -> str | None:
    return clean(value) or None if isinstance(value, str) else None


def _payload(body: Any) -> Mapping[str, Any] | None:
    """What was sent, with fractions as floats again, so that it can be compared to what we sent."""
    payload = parse(body) if isinstance(body, str) else body
    return json.loads(json.dumps(payload, default=float)) if isinstance(payload, dict) else None
