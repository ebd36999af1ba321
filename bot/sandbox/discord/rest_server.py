"""REST over HTTP: reads a call, counts it, lets it act, answers; faults and observers come in between."""

import json
from collections.abc import Mapping
from typing import Any, assert_never

from aiohttp import web

from bot.sandbox.discord import (
    rest_application,
    rest_callbacks,
    rest_channels,
    rest_command_rights,
    rest_guilds,
    rest_webhooks,
)
from bot.sandbox.discord.calls import Call, Step, Upload
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.errors import ApiError, error, unauthorized
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.multipart import REQUEST_LIMIT_BYTES, read_form, read_json
from bot.sandbox.discord.rate_limits import too_many
from bot.sandbox.discord.routing import Access, Answer, Exchange, Route, Router

_ROUTER = Router(
    [
        *rest_application.ROUTES,
        *rest_command_rights.ROUTES,
        *rest_callbacks.ROUTES,
        *rest_webhooks.ROUTES,
        *rest_guilds.ROUTES,
        *rest_channels.ROUTES,
    ]
)


class _DroppedError(Exception):
    """The connection ends here."""


class RestServer:
    """Serves every path under /api/v10."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["tail"]
        call = Call(
            method=request.method,
            route=path,
            path=path,
            params={},
            query=request.query,
            authorized=request.headers.get("Authorization") == f"Bot {self._core.world.application.token}",
            received_ms=self._core.clock.now_ms(),
        )
        self._core.calls.append(call)
        headers: dict[str, str] = {}
        try:
            answer = await self._answer(call, request, headers)
        except ApiError as refused:
            headers |= refused.headers
            answer = Answer(refused.status, refused.body)
        except (_DroppedError, ConnectionError, web.RequestPayloadError):
            # On demand, or because the client went away while it spoke.
            return self._drop(request)
        return await self._write(request, call, answer, headers)

    async def _answer(self, call: Call, request: web.Request, headers: dict[str, str]) -> Answer:
        body = await _read(request)
        route, params = _ROUTER.find(request.method, call.path)
        call.route, call.params = route.template, params
        call.payload, call.files = _parse(request, body)
        await self._tell(call, Step.RECEIVED)
        self._check_access(route, call)
        headers |= self._count(route, params)
        fault = self._core.faults.next_for(method=call.method, route=route.template)
        if fault is None:
            answer = self._act(route, call)
            await self._tell(call, Step.ACTED)
            return answer
        return await self._fail(route, call, fault)

    def _act(self, route: Route, call: Call) -> Answer:
        exchange = Exchange(params=call.params, query=call.query, payload=call.payload, uploads=call.files)
        answer = route.handler(self._core, exchange)
        call.acted_ms = self._core.clock.now_ms()
        return answer

    def _check_access(self, route: Route, call: Call) -> None:
        if route.access is Access.BOT and not call.authorized:
            raise unauthorized()

    def _count(self, route: Route, params: Mapping[str, str]) -> dict[str, str]:
        limiter = self._core.limiter
        if route.access is Access.BOT:
            limiter.take_global()
        if route.access is Access.INTERACTION:
            if "interaction_id" in params:
                return limiter.take(f"callback#{params['interaction_token']}", limiter.limits.callback)
            return limiter.take(f"webhook#{params['webhook_token']}", limiter.limits.webhook)
        if route.template.startswith("/channels/") and route.method == "POST":
            return limiter.take(f"POST {route.template}#{params['channel_id']}", limiter.limits.channel_messages)
        return {}

    async def _fail(self, route: Route, call: Call, fault: Fault) -> Answer:
        """Let a fault happen, before or after the call did what it is for."""
        call.fault = fault.failure.value
        answer: Answer | None = None
        if fault.acted:
            answer = self._act(route, call)
            await self._tell(call, Step.ACTED)
        match fault.failure:
            case Failure.SERVER_ERROR:
                raise ApiError(fault.status, 0, f"{fault.status}: server error on demand")
            case Failure.API_ERROR:
                raise error(fault.code)
            case Failure.RATE_LIMIT:
                raise too_many(fault.retry_after_s, scope=fault.scope, headers={})
            case Failure.DROP:
                raise _DroppedError
            case Failure.STALL:
                await self._core.clock.sleep(fault.stall_s)
                return answer or self._act(route, call)
            case _:
                assert_never(fault.failure)

    async def _write(
        self, request: web.Request, call: Call, answer: Answer, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        call.status, call.answer = answer.status, answer.body
        self._core.limiter.count_answer(answer.status, scope=headers.get("X-RateLimit-Scope"))
        response = json_response(answer.status, answer.body, headers)
        try:
            await response.prepare(request)
            await response.write_eof()
        except ConnectionError:
            # The client left before it heard the answer.
            return response
        call.answered_ms = self._core.clock.now_ms()
        await self._tell(call, Step.ANSWERED)
        return response

    def _drop(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _tell(self, call: Call, step: Step) -> None:
        for observer in tuple(self._core.observers):
            await observer(call, step)


def json_response(status: int, body: Any, headers: Mapping[str, str]) -> web.Response:
    """Return JSON whose type is exactly application/json; a charset would make discord.py read it as text."""
    if body is None:
        return web.Response(status=status, headers=headers)
    raw = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(status=status, body=raw, headers={**headers, "Content-Type": "application/json"})


async def _read(request: web.Request) -> bytes:
    if (request.content_length or 0) > REQUEST_LIMIT_BYTES:
        async for _ in request.content.iter_any():
            # What is too large is heard out, so that the client can hear the answer.
            continue
        raise error(40005)
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise error(40005) from None


def _parse(request: web.Request, body: bytes) -> tuple[Any, tuple[Upload, ...]]:
    if request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        return read_form(request.headers["Content-Type"], body)
    return read_json(body), ()
