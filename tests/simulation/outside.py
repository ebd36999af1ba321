"""What the bot is connected to in a simulation, and what outlives it: Segmind, the disk, and time itself."""

import asyncio
import itertools
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from bot.errors import BadPicture, MediaUnavailable
from bot.media.formats import sniff
from bot.sandbox.segmind import LocalSegmind
from bot.sandbox.segmind.requests import Api, Request, State
from bot.segmind.answers import Answer, Reply, Silence
from bot.segmind.calls import Call
from bot.segmind.client import SegmindClient

START_MS = 1_790_000_000_000
KEY = "simulated"
SEGMIND = "https://segmind.test"
# One way over the network.
NETWORK_S = 0.02
TOKEN_MS = 15 * 60_000
# Within the days that the bot asks the history for.
BEFORE_MS = 2 * 3_600_000


class SimClock:
    """The wall clock: it goes on from one life of the bot to the next."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.at_s = 0.0

    def now_ms(self) -> int:
        return START_MS + round((self.at_s if self.loop is None else self.loop.time()) * 1000)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class SimPainter(SegmindClient):
    """The bot's own client, with the stand-in in the place of the network. `unreachable` prompts never get a connection."""

    def __init__(self, segmind: LocalSegmind, clock: SimClock, *, unreachable: Callable[[str], bool]) -> None:
        super().__init__(
            None,  # type: ignore[arg-type]
            base_url=SEGMIND,
            history_url=SEGMIND,
            api_key=SecretStr(KEY),
            clock=clock,
        )
        self._segmind = segmind
        self._unreachable = unreachable

    async def _exchange(self, call: Call, *, answer_s: float) -> Reply:
        if self._unreachable((call.body or b"").decode()):
            return Silence(sent=False, reason="connection refused")
        headers = {"x-api-key": KEY, "content-type": "application/json"}
        try:
            async with asyncio.timeout(answer_s):
                await asyncio.sleep(NETWORK_S)
                answer = await self._segmind.ask(call.method, call.url, headers=headers, body=call.body or b"")
                await asyncio.sleep(NETWORK_S)
        except TimeoutError:
            return Silence(sent=True, reason="TimeoutError")
        if answer is None:
            return Silence(sent=True, reason="ServerDisconnectedError")
        headers = {**answer.headers, "content-type": answer.content_type}
        return Answer(answer.status, headers, answer.body, self._clock.now_ms())


class SimSegmind(LocalSegmind):
    """The stand-in where nobody ever listens: it is only asked, and each moment of a life has one of its own."""

    def _application(self) -> Any:
        return None

    def was_used_before(self) -> None:
        """Somebody had a request for each model before the story began, so that the history goes back further than it."""
        at_ms = START_MS - BEFORE_MS
        for number, model in enumerate(self.service.models.values()):
            request_id = str(uuid.UUID(int=number, version=4))
            self.book._requests[request_id] = Request(
                id=request_id,
                model=model,
                api=Api.V2,
                body={"prompt": "before"},
                ignored=(),
                seed=0,
                created_ms=at_ms,
                started_ms=at_ms,
                ended_ms=at_ms,
                expires_ms=at_ms,
                error="it failed",
                state=State.FAILED,
            )


class SimFetcher:
    """Downloads from the stand-in."""

    def __init__(self, segmind: LocalSegmind) -> None:
        self._segmind = segmind

    async def fetch(self, url: str) -> bytes:
        await asyncio.sleep(NETWORK_S)
        answer = await self._segmind.ask("GET", url, headers={})
        if answer is None or answer.status >= 403:
            raise MediaUnavailable("it did not come")
        if answer.status != 200 or sniff(answer.body) is None:
            raise BadPicture("it is no picture")
        return answer.body


def copy_segmind(one: LocalSegmind, other: LocalSegmind) -> None:
    """Make the other know what the one knows, down to whose turn it is to be hit by a fault."""
    requests = {request.id: replace(request) for request in one.book._requests.values()}
    other.book._requests = requests
    other.book._due = [(at_ms, order, requests[each.id], state) for at_ms, order, each, state in one.book._due]
    order = next(one.book._order)
    one.book._order, other.book._order = itertools.count(order), itertools.count(order)
    other.book._balance_microcredits = one.book._balance_microcredits
    other.service.history_lag_s = one.service.history_lag_s
    other.weather._standing = [replace(standing) for standing in one.weather._standing]
    other.calls = [*one.calls]


async def inline(func: Any, /, *args: Any, **kwargs: Any) -> Any:
    """In the place of a thread."""
    return func(*args, **kwargs)
