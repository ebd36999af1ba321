"""What the bot asked, call by call, and where it can be held."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Step(StrEnum):
    """The three instants of a call at which an observer may hold it."""

    RECEIVED = "received"
    ACTED = "acted"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call: `field` is its form field, such as `files[0]`."""

    field: str
    filename: str
    content_type: str
    data: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.data)


@dataclass(slots=True, kw_only=True)
class Call:
    """One REST call; instants are milliseconds since 1970 and None until reached."""

    method: str
    route: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    authorized: bool
    received_ms: int
    payload: Any = None
    files: tuple[Upload, ...] = ()
    acted_ms: int | None = None
    answered_ms: int | None = None
    status: int | None = None
    answer: Any = None
    fault: str | None = None

    @property
    def error_code(self) -> int | None:
        """Discord's error code where the answer is an error."""
        if self.status is None or self.status < 400 or not isinstance(self.answer, dict):
            return None
        code = self.answer.get("code")
        return code if isinstance(code, int) else None


Observer = Callable[[Call, Step], Awaitable[None]]
