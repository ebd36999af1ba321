"""What came in over HTTP, for tests to look at, and the steps at which a test may hold a call."""

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.sandbox.segmind.weather import POSTS, CallKind, Fault

KEY_HEADER = "x-api-key"


class Step(StrEnum):
    """How far a call has come."""

    RECEIVED = "received"
    """Nothing was decided or taken yet."""
    TAKEN = "taken"
    """Let in: a submit is booked, and nothing was answered yet. Refused calls never get here."""
    ANSWERED = "answered"
    """The answer is written, or the connection was closed without one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked, before it is understood. `origin` is where the client believes to be talking to."""

    kind: CallKind
    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    origin: str

    @property
    def key(self) -> str | None:
        return self.headers.get(KEY_HEADER)

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Call:
    """One call in the log. `headers` hold no key; `status` is None until it is answered, and stays so if it is dropped."""

    kind: CallKind
    method: str
    path: str
    headers: dict[str, str]
    key_sent: bool
    body: Any
    at_ms: int
    slug: str = ""
    prompt: str = ""
    request_id: str | None = None
    fault: Fault | None = None
    status: int | None = None
    answered_ms: int | None = None


def log_entry(asked: Asked, *, at_ms: int) -> Call:
    """What is noted of a call when it comes in."""
    body = _read_body(asked.body)
    prompt = body.get("prompt") if asked.kind in POSTS and isinstance(body, dict) else None
    return Call(
        kind=asked.kind,
        method=asked.method,
        path=asked.path,
        headers={name: value for name, value in asked.headers.items() if name.lower() != KEY_HEADER},
        key_sent=asked.key is not None,
        body=body,
        at_ms=at_ms,
        slug=asked.params.get("slug", ""),
        prompt=prompt if isinstance(prompt, str) else "",
        request_id=asked.params.get("request_id"),
    )


def _read_body(raw: bytes) -> Any:
    """JSON if it is, else text; None if empty."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode("utf-8", "replace")


Observer = Callable[[Step, Call], Awaitable[None] | None]


class Observers:
    """Whoever wants to know how far each call has come."""

    def __init__(self) -> None:
        self._observers: list[Observer] = []

    def add(self, observer: Observer) -> None:
        self._observers.append(observer)

    async def tell(self, step: Step, call: Call) -> None:
        """Tell every observer in turn; one that blocks holds the call."""
        for observer in self._observers:
            waiting = observer(step, call)
            if inspect.isawaitable(waiting):
                await waiting
