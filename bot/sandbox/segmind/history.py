"""The request history: every request of the account, of any age, with its cost and outcome."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.sandbox.segmind.requests import Request, State

_DAY_MS = 86_400_000
_DAYS_MAX = 31
_DAYS_USUAL = 7
_STATUSES = ("COMPLETED", "FAILED", "PENDING")


class BadQuery(Exception):
    """A parameter of the list is out of bounds; the message names it."""


@dataclass(frozen=True, slots=True)
class Query:
    """What part of the list is wanted: of the requests from `from_ms` on and before `until_ms`."""

    page: int
    per_page: int
    from_ms: int
    until_ms: int
    model_name: str
    status: str | None

    def wants(self, request: Request) -> bool:
        return (
            self.from_ms <= request.created_ms < self.until_ms
            and self.model_name in request.model.slug
            and (self.status is None or self.status == _status(request))
        )


def read_query(values: Mapping[str, str], *, today: date) -> Query:
    """Read the parameters of the list, whose days are inclusive and in UTC; raises BadQuery."""
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
        from_ms=_days(from_date) * _DAY_MS,
        until_ms=(_days(to_date) + 1) * _DAY_MS,
        model_name=values.get("model_name", ""),
        status=status,
    )


def listing(requests: Iterable[Request], query: Query, *, url: Callable[[Request, int], str]) -> dict[str, Any]:
    """One page of rows, newest first, one row for each output; `url` tells where an output is."""
    found = [request for request in requests if query.wants(request)]
    total = sum(map(_outputs, found))
    start = (query.page - 1) * query.per_page
    return {
        "data": _slice(reversed(found), start, start + query.per_page, url=url),
        "page": query.page,
        "per_page": query.per_page,
        "total": total,
        "total_pages": -(-total // query.per_page),
    }


def _slice(
    newest_first: Iterable[Request], start: int, stop: int, *, url: Callable[[Request, int], str]
) -> list[dict[str, Any]]:
    """The rows from `start` to before `stop`; only they are written out, for a list may be long and asked for often."""
    shown: list[dict[str, Any]] = []
    at = 0
    for request in newest_first:
        if at >= stop:
            break
        following = at + _outputs(request)
        if following > start:
            shown += rows(request, url=url)[max(0, start - at) : stop - at]
        at = following
    return shown


def rows(request: Request, *, url: Callable[[Request, int], str]) -> list[dict[str, Any]]:
    """One row for each output, each with the request's full cost; a request without outputs has one row too."""
    return [
        _row(request, url(request, number) if request.state is State.COMPLETED else None)
        for number in range(_outputs(request))
    ]


def _outputs(request: Request) -> int:
    return request.model.outputs if request.state is State.COMPLETED else 1


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


def _days(day: date) -> int:
    """Since 1970."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


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
