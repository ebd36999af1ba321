"""The book of requests and its clockwork.

What will happen to a request, and when, is drawn once at its submission and kept as a queue of instants. Whoever
looks at the book first lets everything happen that is due, so no task runs beside the requests.
"""

import heapq
import itertools
import uuid
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from bot.clock import Clock
from bot.sandbox.segmind.models import SEED_MAX, Model
from bot.sandbox.segmind.weather import Fault, FaultKind

KEPT_MS = 3_600_000
_NEVER_MS = 2**62


class Api(StrEnum):
    V1 = "v1"
    V2 = "v2"


class State(StrEnum):
    """As Segmind says it."""

    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(slots=True)
class Request:
    """One request that was taken. `ended_ms` and the states behind it were fixed when it was taken."""

    id: str
    model: Model
    api: Api
    body: dict[str, Any]
    ignored: tuple[str, ...]
    seed: int
    created_ms: int
    started_ms: int
    ended_ms: int
    expires_ms: int
    error: str | None
    state: State = State.QUEUED
    charged_microcredits: int = 0
    remaining_microcredits: int = 0

    @property
    def slug(self) -> str:
        return self.model.slug

    @property
    def prompt(self) -> str:
        return str(self.body["prompt"])

    @property
    def ended(self) -> bool:
        return self.state in {State.COMPLETED, State.FAILED}


class Book:
    """Every request that was taken, and the account that pays for those that complete."""

    def __init__(self, *, clock: Clock, rng: Random, balance_microcredits: int) -> None:
        self._clock = clock
        self._rng = rng
        self._balance_microcredits = balance_microcredits
        self._requests: dict[str, Request] = {}
        self._due: list[tuple[int, int, Request, State]] = []
        self._order = itertools.count()

    @property
    def requests(self) -> list[Request]:
        """In the order in which they were taken."""
        self._advance()
        return list(self._requests.values())

    @property
    def balance_microcredits(self) -> int:
        """May fall below zero: a request is only checked against the balance when it is taken."""
        self._advance()
        return self._balance_microcredits

    @balance_microcredits.setter
    def balance_microcredits(self, amount: int) -> None:
        self._advance()
        self._balance_microcredits = amount

    def find(self, request_id: str) -> Request | None:
        self._advance()
        return self._requests.get(request_id)

    def take(self, model: Model, body: dict[str, Any], *, api: Api, fate: Fault | None) -> Request:
        """Book a request and draw what will become of it."""
        request = self._draw(model, body, api=api, fate=fate)
        self._requests[request.id] = request
        for at_ms, state in _course(request, fate):
            heapq.heappush(self._due, (at_ms, next(self._order), request, state))
        return request

    def _draw(self, model: Model, body: dict[str, Any], *, api: Api, fate: Fault | None) -> Request:
        now_ms = self._clock.now_ms()
        latency_ms = _latency_ms(model, fate, self._rng)
        ended_ms = _NEVER_MS if fate and fate.kind is FaultKind.ENDLESS else now_ms + latency_ms
        expired_early = fate is not None and fate.kind is FaultKind.EXPIRED_EARLY
        drawn_seed = self._rng.randint(0, SEED_MAX)
        asked_seed = _seed(model, body)
        return Request(
            id=str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            model=model,
            api=api,
            body=body,
            ignored=model.ignored(body),
            seed=drawn_seed if asked_seed is None else asked_seed,
            created_ms=now_ms,
            started_ms=now_ms + round(latency_ms * self._rng.uniform(0.01, 0.06)),
            ended_ms=ended_ms,
            expires_ms=ended_ms if expired_early else now_ms + KEPT_MS,
            error=_error(fate),
        )

    def _advance(self) -> None:
        now_ms = self._clock.now_ms()
        while self._due and self._due[0][0] <= now_ms:
            _, _, request, state = heapq.heappop(self._due)
            request.state = state
            if state is State.COMPLETED:
                self._charge(request)

    def _charge(self, request: Request) -> None:
        self._balance_microcredits -= request.model.price_microcredits
        request.charged_microcredits = request.model.price_microcredits
        request.remaining_microcredits = self._balance_microcredits


def _seed(model: Model, body: dict[str, Any]) -> int | None:
    """The seed that was asked for; None where the model takes none or a random one was asked for."""
    asked = body.get("seed") if "seed" in model.parameters else None
    return None if asked == -1 else asked


def _latency_ms(model: Model, fate: Fault | None, rng: Random) -> int:
    usual_ms = model.draw_latency_ms(rng)
    match fate.kind if fate else None:
        case FaultKind.BLOCKED_WORDS:
            # Words are looked at before anything is drawn.
            return min(usual_ms, round(rng.uniform(1_000, 3_000)))
        case FaultKind.SLOW if fate:
            return usual_ms + round(fate.seconds * 1000)
        case _:
            return usual_ms


def _error(fate: Fault | None) -> str | None:
    match fate.kind if fate else None:
        case FaultKind.BLOCKED_WORDS | FaultKind.BLOCKED_PICTURE | FaultKind.FAILED if fate:
            return fate.text or "Inference failed: the worker stopped before it could finish."
        case _:
            return None


def _course(request: Request, fate: Fault | None) -> list[tuple[int, State]]:
    """Every change of state that lies ahead of a request that was just taken."""
    match fate.kind if fate else None:
        case FaultKind.ENDLESS:
            return []
        case FaultKind.BACKWARDS:
            third_ms = (request.ended_ms - request.started_ms) // 3
            detour = [
                (request.started_ms + third_ms, State.QUEUED),
                (request.started_ms + 2 * third_ms, State.PROCESSING),
            ]
        case _:
            detour = []
    end = State.FAILED if request.error else State.COMPLETED
    return [(request.started_ms, State.PROCESSING), *detour, (request.ended_ms, end)]
