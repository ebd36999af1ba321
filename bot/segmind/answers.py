"""What comes back over HTTP, and how its parts are read: JSON, error texts, amounts, instants.

Everything here comes from outside and may have any shape, so nothing here raises: what cannot be read is None or "".
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

TEXT_MAX_CHARS = 500
_TAIL_CHARS = 150
# Segmind's windows are a minute long; a reset further off than this is a wrong clock or a wrong reading.
RESET_MAX_MS = 10 * 60 * 1000

_MICROCREDITS_PER_USD = 1_000_000
_TEXT_KEYS = ("error", "detail", "message", "error_description", "msg")
_NUMBER_END = 10**18
_NESTING_MAX = 4
_ITEMS_MAX = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_2000_S, _YEAR_2100_S = 946_684_800, 4_102_444_800


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer that arrived whole. `data` is its JSON, with every fraction a Decimal; None if it is not JSON."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_ms: int = 0
    data: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", parse(self.body))

    @property
    def ok(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def page(self) -> bool:
        """A page for people: some gateway speaks, not the API."""
        return self.data is None and ("html" in self.header("content-type").lower() or self.body.lstrip()[:1] == b"<")

    def header(self, name: str) -> str:
        """The header of this lower-case name, or ""."""
        return next((value for key, value in self.headers.items() if key.lower() == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No answer came, or not a whole one. `sent` is False only on proof that the request never left."""

    sent: bool
    reason: str


Reply = Answer | Silence


def parse(body: bytes | str) -> Any:
    """The JSON value, or None. NaN and the infinities are Decimals too, so that one bad figure spoils no answer."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, InvalidOperation, RecursionError):
        return None


def reason(answer: Answer) -> str:
    """What the answer says went wrong, cleaned and clipped; its HTTP status where it says nothing."""
    said = told(answer.data)
    if not said and answer.data is None and not answer.page:
        said = clean(answer.body[: 4 * TEXT_MAX_CHARS].decode(errors="replace"))
    return said or f"HTTP {answer.status}"


def told(value: Any) -> str:
    """The error text in a JSON value, however it is wrapped, cleaned and clipped; "" if there is none."""
    return clean(_told(value, _NESTING_MAX))


def _told(value: Any, nesting_left: int) -> str:
    if isinstance(value, str):
        return value
    if nesting_left and isinstance(value, dict):
        parts = [_place(value.get("loc")), *(_told(value.get(key), nesting_left - 1) for key in _TEXT_KEYS)]
        return ": ".join(dict.fromkeys(filter(None, parts)))
    if nesting_left and isinstance(value, list):
        return "; ".join(filter(None, (_told(item, nesting_left - 1) for item in value[:_ITEMS_MAX])))
    return ""


def _place(loc: Any) -> str:
    """Which parameter a validator's complaint is about."""
    return ".".join(str(part) for part in loc if isinstance(part, str | int)) if isinstance(loc, list) else ""


def clean(text: str) -> str:
    """The text on one line, without control, format and surrogate characters; what is too long loses its middle.

    Google's support codes stand at the end.
    """
    # What is far from both ends is never looked at.
    ends = text if len(text) <= 4 * TEXT_MAX_CHARS else text[: 2 * TEXT_MAX_CHARS] + text[-2 * TEXT_MAX_CHARS :]
    if not ends.isprintable():
        ends = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in ends)
    line = " ".join(ends.split())
    if len(line) <= TEXT_MAX_CHARS:
        return line
    return f"{line[: TEXT_MAX_CHARS - _TAIL_CHARS - 1]}…{line[-_TAIL_CHARS:]}"


def number(value: Any) -> Decimal | None:
    """A number of any sane size, also one that came as text."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        read = Decimal(value)
    except InvalidOperation:
        return None
    # Sums and products of what is past this would raise.
    return read if read.is_finite() and abs(read) < _NUMBER_END else None


def microcredits(usd: Any, *, low_usd: int = 0, high_usd: int = 1000) -> int | None:
    """US dollars as whole micro-credits, rounded to the nearest; None where they are absurd."""
    amount = number(usd)
    if amount is None or not low_usd <= amount <= high_usd:
        return None
    return int((amount * _MICROCREDITS_PER_USD).to_integral_value())


def instant_ms(value: Any) -> int | None:
    """A moment between 2000 and 2100, told as ISO 8601, an HTTP date, or seconds, milli- or microseconds since 1970.

    A time without a zone is UTC.
    """
    count = number(value)
    if count is not None:
        return _epoch_ms(count)
    moment = _moment(value) if isinstance(value, str) else None
    if moment is None:
        return None
    at_ms = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)
    return at_ms if _YEAR_2000_S * 1000 <= at_ms <= _YEAR_2100_S * 1000 else None


def _epoch_ms(count: Decimal) -> int | None:
    for units_per_s in (1, 1000, 1_000_000):
        if _YEAR_2000_S * units_per_s <= count <= _YEAR_2100_S * units_per_s:
            return int(count * 1000 / units_per_s)
    return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"\s*(UTC|GMT)$", "", text.strip()).replace(" +", "+"))
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None


def reset_ms(answer: Answer) -> int | None:
    """When a 429 ends: the later of what its headers say, from now to RESET_MAX_MS ahead; None if they say nothing."""
    wait_s = number(answer.header("retry-after"))
    said = (
        instant_ms(answer.header("x-rate-limit-reset-at-utc")),
        instant_ms(answer.header("retry-after")),
        None if wait_s is None else answer.received_ms + int(wait_s * 1000),
    )
    latest_ms = max((at_ms for at_ms in said if at_ms is not None), default=None)
    if latest_ms is None:
        return None
    return min(max(latest_ms, answer.received_ms), answer.received_ms + RESET_MAX_MS)
