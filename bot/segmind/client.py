"""The client: sends what calls.py asks, hands what came back to protocol.py, and decides nothing itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from pydantic import SecretStr
from yarl import URL

from bot.clock import Clock
from bot.errors import Unavailable
from bot.ports import Completed, Failed, HistoryRow, Painted, Pending, Turn
from bot.segmind import calls, history, protocol
from bot.segmind.answers import Answer, Reply, Silence, clean

_CHUNK_BYTES = 64 * 1024

# aiohttp raises these while it waits for a connection or makes one, and nowhere else: not a byte of the request left.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class SegmindClient:
    """A Painter over HTTP.

    The key is sent to `base_url` and `history_url` only, redirects are not followed, and no POST is ever repeated.
    `connect_s` bounds the wait for a connection; after it, `submit_s`, `paint_s` (v1 answers with the picture) and
    `ask_s` (every GET) bound the wait for the whole answer. Raises ValueError for a key no header can carry.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str,
        history_url: str,
        api_key: SecretStr,
        clock: Clock,
        connect_s: float = 10.0,
        submit_s: float = 60.0,
        paint_s: float = 300.0,
        ask_s: float = 30.0,
    ) -> None:
        key = api_key.get_secret_value()
        if not key or not key.isascii() or not key.isprintable() or key != key.strip():
            raise ValueError("the API key is empty or holds characters that no header can carry")
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._history_url = history_url.rstrip("/")
        self._api_key = api_key
        self._clock = clock
        self._connect_s = connect_s
        self._submit_s = submit_s
        self._paint_s = paint_s
        self._ask_s = ask_s

    def __repr__(self) -> str:
        return f"<SegmindClient {self._base_url}>"

    async def submit(self, slug: str, payload: Mapping[str, Any]) -> str:
        call = calls.submit(self._base_url, slug, payload)
        return protocol.read_submit(await self._exchange(call, answer_s=self._submit_s))

    async def paint(self, slug: str, payload: Mapping[str, Any]) -> Painted | Failed:
        call = calls.paint(self._base_url, slug, payload)
        return protocol.read_paint(await self._exchange(call, answer_s=self._paint_s))

    async def status(self, request_id: str) -> Pending | Completed | Failed:
        return protocol.read_status(await self._ask(calls.status(self._base_url, request_id)))

    async def result(self, request_id: str) -> Painted | Failed | Pending:
        return protocol.read_result(await self._ask(calls.result(self._base_url, request_id)))

    async def history(self, *, slug: str, since_ms: int, turn: Turn) -> Sequence[HistoryRow]:
        rows: list[HistoryRow] = []
        for number in range(1, history.PAGES_MAX + 1):
            await turn()
            now_ms = self._clock.now_ms()
            call = calls.history(self._history_url, slug=slug, since_ms=since_ms, now_ms=now_ms, page=number)
            page = history.read_page(await self._ask(call))
            if history.is_last(page, seen=rows, since_ms=since_ms):
                return history.wanted([*rows, *page], slug=slug, since_ms=since_ms)
            rows += page
        # Half a list could pass for the whole one, and a request for lost.
        raise Unavailable(f"the history is longer than {history.PAGES_MAX} pages")

    async def look_up(self, request_id: str) -> HistoryRow | None:
        return history.read_row(await self._ask(calls.look_up(self._history_url, request_id)), request_id)

    async def balance_microcredits(self) -> int:
        return protocol.read_balance(await self._ask(calls.balance(self._base_url)))

    async def _ask(self, call: calls.Call) -> Reply:
        return await self._exchange(call, answer_s=self._ask_s)

    async def _exchange(self, call: calls.Call, *, answer_s: float) -> Reply:
        """What came back. aiohttp's errors hold the request's headers, so they end here and become plain words."""
        # The whole takes longer than the connecting, so a time-out while connecting always shows as one.
        timeout = aiohttp.ClientTimeout(total=self._connect_s + answer_s, connect=self._connect_s)
        try:
            async with self._session.request(
                call.method,
                URL(call.url, encoded=True),
                data=call.body,
                headers={"x-api-key": self._api_key.get_secret_value(), "content-type": "application/json"},
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                body = await _read(response, call.answer_max_bytes)
                return self._answer(response, body)
        except _NOT_SENT as error:
            return Silence(sent=False, reason=clean(str(error)))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Silence(sent=True, reason=type(error).__name__)

    def _answer(self, response: aiohttp.ClientResponse, body: bytes) -> Answer:
        # An error text may repeat the key that it complains about.
        key = self._api_key.get_secret_value().encode()
        return Answer(response.status, dict(response.headers), body.replace(key, b"[key]"), self._clock.now_ms())


class _TooLong(ValueError):
    pass


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The body, unpacked, without ever holding much more than `max_bytes` of it; raises _TooLong."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise _TooLong
    return bytes(body)
