"""What is asked of Segmind: every call as the request that carries it, without I/O and without the key.

Addresses are built from ids and never taken from an answer, so that the key goes to no host that an answer names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

JSON_MAX_BYTES = 1024 * 1024
# A hundred rows, each with a whole prompt in it, its characters escaped.
HISTORY_MAX_BYTES = 8 * 1024 * 1024
# A picture as base64, or raw from v1.
PICTURE_MAX_BYTES = 64 * 1024 * 1024

ROWS_PER_PAGE = 100
_HISTORY = "/inference-request/request-history"
# Segmind lists at most 31 days; its day need not be ours.
_DAYS_MAX = 29


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request. `body` is JSON; an answer over `answer_max_bytes` (unpacked) is not read."""

    method: str
    url: str
    body: bytes | None = None
    answer_max_bytes: int = JSON_MAX_BYTES


def submit(base_url: str, slug: str, payload: Mapping[str, Any]) -> Call:
    return Call(method="POST", url=f"{base_url}/v2/{_quoted(slug)}", body=_json(payload))


def paint(base_url: str, slug: str, payload: Mapping[str, Any]) -> Call:
    url = f"{base_url}/v1/{_quoted(slug)}"
    return Call(method="POST", url=url, body=_json(payload), answer_max_bytes=PICTURE_MAX_BYTES)


def status(base_url: str, request_id: str) -> Call:
    return Call(method="GET", url=f"{base_url}/v2/requests/{_quoted(request_id)}/status")


def result(base_url: str, request_id: str) -> Call:
    url = f"{base_url}/v2/requests/{_quoted(request_id)}"
    return Call(method="GET", url=url, answer_max_bytes=PICTURE_MAX_BYTES)


def balance(base_url: str) -> Call:
    return Call(method="GET", url=f"{base_url}/v1/get-user-credits")


def history(history_url: str, *, slug: str, since_ms: int, now_ms: int, page: int) -> Call:
    """One page of the list, newest first. Segmind takes `slug` as a part of the name and knows days only."""
    now = datetime.fromtimestamp(now_ms // 1000, UTC)
    # A day early, since its day need not be ours; the last day is left to Segmind, which means its own today.
    first = max(datetime.fromtimestamp(since_ms // 1000, UTC) - timedelta(days=1), now - timedelta(days=_DAYS_MAX))
    query = {"page": page, "per_page": ROWS_PER_PAGE, "from_date": first.date().isoformat(), "model_name": slug}
    return Call(method="GET", url=f"{history_url}{_HISTORY}?{urlencode(query)}", answer_max_bytes=HISTORY_MAX_BYTES)


def look_up(history_url: str, request_id: str) -> Call:
    return Call(method="GET", url=f"{history_url}{_HISTORY}/{_quoted(request_id)}")


def _json(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(payload)).encode()


def _quoted(name: str) -> str:
    return quote(name, safe="")
