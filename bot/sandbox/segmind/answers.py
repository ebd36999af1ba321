"""Answers before they become HTTP, and what the faults make of them."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.segmind import drawing
from bot.sandbox.segmind.weather import Fault, FaultKind, Hint

_REFUSALS: dict[FaultKind, tuple[int, str]] = {
    FaultKind.UNAUTHORIZED: (401, "Unauthorized. API key is invalid or may have expired."),
    FaultKind.FORBIDDEN: (403, "Your account is not permitted to use this model."),
    FaultKind.EXPIRED_EARLY: (404, "Request not found"),
    FaultKind.OUT_OF_CREDITS: (406, "Insufficient credits"),
    FaultKind.RETIRED: (410, "This model has been retired."),
    FaultKind.RATE_LIMITED: (429, "Rate limit exceeded. Please try again later."),
    FaultKind.ERROR_JSON: (500, "Internal server error"),
}
_PAGES: dict[FaultKind, tuple[int, str]] = {
    FaultKind.ERROR_HTML: (500, "Internal Server Error"),
    FaultKind.BAD_GATEWAY: (502, "Bad Gateway"),
    FaultKind.UNAVAILABLE: (503, "Service Temporarily Unavailable"),
    FaultKind.GATEWAY_TIMEOUT: (504, "Gateway Time-out"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(payload: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(payload).encode())


def error(status: int, text: str) -> Answer:
    return json_answer({"error": text}, status)


def page(status: int, title: str) -> Answer:
    """A page for people, as gateways answer."""
    html = f"<html><head><title>{status} {title}</title></head><body><center><h1>{status} {title}</h1></center></body></html>"
    return Answer(status, html.encode(), "text/html")


def too_many(*, reset_ms: int, now_ms: int, hint: Hint = Hint.RESET_HEADER, text: str = "") -> Answer:
    """A 429 that resets at `reset_ms`, saying so in the way `hint` asks for."""
    status, usual = _REFUSALS[FaultKind.RATE_LIMITED]
    answer = error(status, text or usual)
    match hint:
        case Hint.RESET_HEADER:
            reset = datetime.fromtimestamp(reset_ms / 1000, UTC).isoformat(timespec="milliseconds")
            return replace(answer, headers={hint.value: reset.replace("+00:00", "Z")})
        case Hint.RETRY_AFTER:
            return replace(answer, headers={hint.value: str(max(0, -(-(reset_ms - now_ms) // 1000)))})
        case Hint.NONE:
            return answer


def instead(fault: Fault, *, now_ms: int) -> Answer | None:
    """What a fault gives in place of the right answer; None is a connection closed without a word."""
    if fault.kind is FaultKind.DROPPED:
        return None
    if fault.kind is FaultKind.RATE_LIMITED:
        reset_ms = now_ms + round(fault.seconds * 1000)
        return too_many(reset_ms=reset_ms, now_ms=now_ms, hint=fault.hint, text=fault.text)
    if fault.kind in _PAGES:
        return page(*_PAGES[fault.kind])
    status, text = _REFUSALS[fault.kind]
    return error(status, fault.text or text)


def spoil(fault: Fault, answer: Answer) -> Answer:
    """What arrives of an answer. Faults of pictures leave JSON alone, and faults of JSON leave pictures alone."""
    if fault.kind is FaultKind.HTML:
        return page(200, "Just a moment")
    if answer.content_type.startswith("image/"):
        return _spoil_picture(fault.kind, answer)
    return _spoil_json(fault.kind, answer)


def _spoil_picture(kind: FaultKind, answer: Answer) -> Answer:
    match kind:
        case FaultKind.TRUNCATED_IMAGE:
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case FaultKind.NOT_AN_IMAGE:
            return replace(answer, body=b"<html>This is no picture.</html>")
        case FaultKind.HUGE_IMAGE:
            return replace(answer, body=drawing.bomb(), content_type="image/png")
        case _:
            return answer


def _spoil_json(kind: FaultKind, answer: Answer) -> Answer:
    match kind:
        case FaultKind.TRUNCATED_JSON:
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case FaultKind.WRONG_TYPES:
            return json_answer(_wrong_types(json.loads(answer.body)), answer.status)
        case _:
            return answer


def _wrong_types(value: Any) -> Any:
    """Every value of an object turned into one of another type, a level deep."""
    if not isinstance(value, dict):
        return {"unexpected": value}
    return {name: [1, None] if isinstance(old, str) else str(old) for name, old in value.items()}
