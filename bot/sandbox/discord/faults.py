"""What can go wrong on demand: one small vocabulary for tests, terminal and control API."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.sandbox.discord.errors import KNOWN


class Failure(StrEnum):
    """How a call fails."""

    SERVER_ERROR = "server_error"  # `status` 500–599 with a plain body
    API_ERROR = "api_error"  # Discord's error `code`
    RATE_LIMIT = "rate_limit"  # 429 with `retry_after_s` and `scope`
    DROP = "drop"  # the connection ends without an answer
    STALL = "stall"  # nothing happens for `stall_s`, then all goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A failure of the next `times` calls of a route, after the first `skip` ones.

    `route` is a template such as `/channels/{channel_id}/messages`, or `*`; `method` may be `*`. With `acted` the
    server does what it was asked before it fails, so that only the answer is lost.
    """

    route: str
    failure: Failure
    method: str = "*"
    times: int = 1
    skip: int = 0
    acted: bool = False
    status: int = 500
    code: int = 0
    retry_after_s: float = 1.0
    scope: str = "user"
    stall_s: float = 5.0

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Fault":
        """Read one as the control API sends it; TypeError or ValueError where it makes no sense."""
        fault = Fault(**{**data, "failure": Failure(data["failure"])})
        if fault.failure is Failure.API_ERROR and fault.code not in KNOWN:
            raise ValueError(f"unknown error code {fault.code}")
        return fault


@dataclass(slots=True)
class _Armed:
    fault: Fault
    skip: int
    times: int


class FaultPlan:
    """The faults that are still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def add(self, fault: Fault) -> None:
        self._armed.append(_Armed(fault, fault.skip, fault.times))

    def clear(self) -> None:
        self._armed.clear()

    def next_for(self, *, method: str, route: str) -> Fault | None:
        """Return the fault that this call meets, and count it."""
        for armed in self._armed:
            if armed.fault.route not in ("*", route) or armed.fault.method not in ("*", method):
                continue
            if armed.skip > 0:
                armed.skip -= 1
                continue
            armed.times -= 1
            if armed.times <= 0:
                self._armed.remove(armed)
            return armed.fault
        return None
