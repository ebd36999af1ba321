"""The request history: every request of the account, of any age, with its cost and outcome."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.sandbox.segmind.requests import Request, State

_DAYS_MAX = 31
_DAYS_USUAL = 7
_STATUSES = ("COMPLETED", "FAILED", "PENDING")


class BadQuery(Exception):
    """A parameter of the list is out of bounds; the message names it."""


@dataclass(frozen=True, slots=True)
class Query:
    """What part of the list is wanted; days are inclusive and in UTC."""

    page: int
    per_page: int
    from_date: date
    to_date: date
    model_name: str
    status: str | None

    def wants(self, request: Request) -> bool:
        day = datetime.fromtimestamp(request.created_ms / 1000, UTC).date()
        return (
            self.from_date <= day <= self.to_date
            and self.model_name in request.slug
            and self.status in {None, _status(request)}
        )


def read_query(values: Mapping[str, str], *, today: date) -> Query:
    """Read the parameters of the list; raises BadQuery."""
    to_date = _date(values, "to_date", today)
    from_date = _date(values, "from_date", to_date - timedelta(days=_DAYS_USUAL))
    if not 0 <= (to_date - from_date).days <= _DAYS_MAX:
        raise BadQuery(f"from_date and to_date may span at most {_DAYS_MAX} days")
    status = values.get("status")
    if status not in {None, *_STATUSES}:
        raise BadQuery(f"status must be one of {', '.join(_STATUSES)}")
    return Query(
        page=_whole(values, "page", usual=1, high=10**6),
        per_page=_whole(values, "per_page", usual=20, high=100),
        from_date=from_date,
        to_date=to_date,
        model_name=values.get("model_name", ""),
        status=status,
    )


def listing(requests: Iterable[Request], query: Query, *, url: Callable[[Request, int], str]) -> dict[str, Any]:
    """One page of rows, newest first, one row for each output; `url` tells where an output is."""
    newest_first = reversed([request for request in requests if query.wants(request)])
    found = [row for request in newest_first for row in rows(request, url=url)]
    start = (query.page - 1) * query.per_page
    return {
        "data": found[start : start + query.per_page],
        "page": query.page,
        "per_page": query.per_page,
        "total": len(found),
        "total_pages": -(-len(found) // query.per_page),
    }


def rows(request: Request, *, url: Callable[[Request, int], str]) -> list[dict[str, Any]]:
    """One row for each output, each with the request's full cost; a request without outputs has one row too."""
    outputs = request.model.outputs if request.state is State.COMPLETED else 1
    return [
        _row(request, url(request, number) if request.state is State.COMPLETED else None) for number in range(outputs)
    ]


def _row(request: Request, generation_url: str | None) -> dict[str, Any]:
    return {
        "request_id": request.id,
        "model_name": request.slug,
        "model_status": _status(request),
        "credits_deduction": request.charged_microcredits / 1_000_000,
        "request_body": request.body,
        "generation_url": generation_url,
        "latency_ms": request.ended_ms - request.created_ms if request.ended else None,
        "model_created": _instant(request.created_ms),
        "model_updated": _instant(request.ended_ms if request.ended else request.created_ms),
        "error": request.error if request.state is State.FAILED else None,
    }


def _status(request: Request) -> str:
    return request.state.value if request.ended else "PENDING"


def _instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _date(values: Mapping[str, str], name: str, usual: date) -> date:
    try:
        return date.fromisoformat(values[name]) if name in values else usual
    except ValueError:
        raise BadQuery(f"{name} must be a day, YYYY-MM-DD") from None


def _whole(values: Mapping[str, str], name: str, *, usual: int, high: int) -> int:
    text = values.get(name, str(usual))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= high:
        raise BadQuery(f"{name} must be a whole number from 1 to {high}")
    return int(text)
