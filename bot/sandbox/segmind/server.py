"""Segmind's HTTP API on this machine: routes, and how answers go out."""

import contextlib
import functools
from collections.abc import Mapping
from random import Random

from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from bot.clock import Clock
from bot.sandbox.segmind import routes
from bot.sandbox.segmind.answers import Answer
from bot.sandbox.segmind.calls import Asked, Call, Observer, Observers, Step, log_entry
from bot.sandbox.segmind.gateway import Gateway
from bot.sandbox.segmind.limiter import Limiter
from bot.sandbox.segmind.markers import Markers
from bot.sandbox.segmind.models import MODELS, Model
from bot.sandbox.segmind.outputs import Style
from bot.sandbox.segmind.requests import Book, Request
from bot.sandbox.segmind.service import Service
from bot.sandbox.segmind.weather import CallKind, FaultKind, Weather


class LocalSegmind:
    """The stand-in; deterministic under `rng` as far as the order of the calls is.

    What it knows and how it behaves may be changed while it runs: `book` (requests, balance), `service` (models, style
    of the answers, size of the pictures, lag of the history), `weather` (faults), `limiter` (the plan's requests per
    minute). `markers` True lets prompts bring trouble upon themselves (markers.py).
    """

    def __init__(
        self,
        *,
        clock: Clock,
        rng: Random,
        api_key: str,
        models: Mapping[str, Model] = MODELS,
        balance_microcredits: int = 25_000_000,
        markers: bool = False,
        requests_per_minute: int | None = None,
        picture_px: int | None = None,
        history_lag_s: float = 0.0,
    ) -> None:
        self.book = Book(clock=clock, rng=rng, balance_microcredits=balance_microcredits)
        self.service = Service(
            clock=clock,
            book=self.book,
            models=dict(models),
            style=Style(),
            picture_px=picture_px,
            history_lag_s=history_lag_s,
        )
        self.weather = Weather(rng)
        self.limiter = Limiter(requests_per_minute)
        self.calls: list[Call] = []
        self.base_url = ""
        self._clock = clock
        self._observers = Observers()
        self._gateway = Gateway(
            clock=clock,
            api_key=api_key,
            service=self.service,
            weather=self.weather,
            markers=Markers() if markers else None,
            limiter=self.limiter,
            observers=self._observers,
        )
        self._runner: web.AppRunner | None = None
        self.app = self._application()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. After `stop` it may start again, and still knows everything."""
        self.app = self._application()
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound_host, bound_port = self._runner.addresses[0][:2]
        self.base_url = f"http://{bound_host}:{bound_port}"

    async def stop(self) -> None:
        """Refuse connections from now on, and end the calls that are still open."""
        if self._runner:
            await self._runner.cleanup()

    def observe(self, callback: Observer) -> None:
        """Have `callback` told of every step of every call; while it blocks, that call stands still."""
        self._observers.add(callback)

    @property
    def requests(self) -> list[Request]:
        """Every request that was taken, oldest first, as it stands now."""
        return self.book.requests

    @property
    def submits_taken(self) -> int:
        return len(self.book.requests)

    async def ask(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer | None:
        """Answer a call without a network, for simulated loops; None is a connection that broke.

        Raises LookupError for an address that Segmind does not have.
        """
        target = URL(url)
        route = routes.find(method, target.path)
        if route is None:
            raise LookupError(f"{method} {target.path}")
        kind, params = route
        asked = Asked(
            kind=kind,
            method=method,
            path=target.raw_path_qs,
            params=params,
            query=target.query,
            headers=CIMultiDict(headers),
            body=body,
            origin=str(target.origin()),
        )
        call, answer = await self._handle(asked)
        if answer and call.fault and call.fault.kind is FaultKind.SLOW_BODY:
            await self._clock.sleep(len(answer.body))
        await self._answered(call)
        return None if call.fault and call.fault.kind is FaultKind.CUT_SHORT else answer

    def _application(self) -> web.Application:
        app = web.Application()
        for method, path, kind in routes.ROUTES:
            app.router.add_route(method, path, functools.partial(self._serve, kind))
        return app

    async def _serve(self, kind: CallKind, http: web.Request) -> web.StreamResponse:
        asked = Asked(
            kind=kind,
            method=http.method,
            path=http.path_qs,
            params=http.match_info,
            query=http.query,
            headers=http.headers,
            body=await http.read(),
            origin=str(http.url.origin()),
        )
        call, answer = await self._handle(asked)
        response: web.StreamResponse = web.Response()
        if answer is None:
            _hang_up(http)
        else:
            response = await self._send(answer, call, http)
        await self._answered(call)
        return response

    async def _handle(self, asked: Asked) -> tuple[Call, Answer | None]:
        call = log_entry(asked, at_ms=self._clock.now_ms())
        request = self.book.find(call.request_id) if call.request_id else None
        if request:
            call.slug, call.prompt = request.slug, request.prompt
        self.calls.append(call)
        await self._observers.tell(Step.RECEIVED, call)
        answer = await self._gateway.answer(call, asked)
        call.status = answer.status if answer else None
        return call, answer

    async def _answered(self, call: Call) -> None:
        call.answered_ms = self._clock.now_ms()
        await self._observers.tell(Step.ANSWERED, call)

    async def _send(self, answer: Answer, call: Call, http: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_type = answer.content_type
        response.content_length = len(answer.body)
        # A client that has gone away is its own business.
        with contextlib.suppress(ConnectionError):
            await response.prepare(http)
            match call.fault.kind if call.fault else None:
                case FaultKind.CUT_SHORT:
                    await response.write(answer.body[: len(answer.body) // 2])
                    _hang_up(http)
                case FaultKind.SLOW_BODY:
                    await self._trickle(answer.body, response)
                case _:
                    await response.write(answer.body)
                    await response.write_eof()
        return response

    async def _trickle(self, body: bytes, response: web.StreamResponse) -> None:
        for byte in body:
            await response.write(bytes((byte,)))
            await self._clock.sleep(1)
        await response.write_eof()


def _hang_up(http: web.Request) -> None:
    if http.transport:
        http.transport.close()
