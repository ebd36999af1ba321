"""One gateway websocket from HELLO to its end: the protocol's own rules."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMsgType, web

from bot.clock import Clock
from bot.sandbox.discord.gateway import PRIVILEGED, Connection, Gateway, Op, Session
from bot.sandbox.discord.world import World

_HEARTBEAT_INTERVAL_MS = 41_250
_PAYLOAD_MAX_BYTES = 4_096
_SENDS_A_MINUTE = 120


class _CloseError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class GatewayServer:
    """Serves websockets."""

    def __init__(self, gateway: Gateway, world: World, clock: Clock) -> None:
        self._gateway = gateway
        self._world = world
        self._clock = clock

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self._gateway.refuse_next > 0:
            self._gateway.refuse_next -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False, max_msg_size=_PAYLOAD_MAX_BYTES * 4)
        await socket.prepare(request)
        # zstd-stream is answered without compression, which clients accept.
        connection = Connection(socket, request, compress=request.query.get("compress") == "zlib-stream")
        connection.send(Op.HELLO, {"heartbeat_interval": _HEARTBEAT_INTERVAL_MS})
        writer = asyncio.create_task(connection.write())
        talk = _Talk(self._gateway, self._world, self._clock, connection)
        try:
            await self._read(socket, talk)
        except _CloseError as closing:
            await connection.close(closing.code)
        finally:
            talk.ended()
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer
        return socket

    async def _read(self, socket: web.WebSocketResponse, talk: "_Talk") -> None:
        async for message in socket:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            talk.receive(message.data)


class _Talk:
    """What one client says, and what follows from it."""

    def __init__(self, gateway: Gateway, world: World, clock: Clock, connection: Connection) -> None:
        self._gateway = gateway
        self._world = world
        self._clock = clock
        self._connection = connection
        self._session: Session | None = None
        self._received: deque[int] = deque()

    def receive(self, raw: str | bytes) -> None:
        self._count(len(raw))
        try:
            payload = json.loads(raw)
            op = Op(payload["op"])
        except (ValueError, KeyError, TypeError):
            raise _CloseError(4002) from None
        match op:
            case Op.HEARTBEAT:
                self._connection.send(Op.HEARTBEAT_ACK)
            case Op.IDENTIFY:
                self._identify(payload.get("d") or {})
            case Op.RESUME:
                self._resume(payload.get("d") or {})
            case Op.PRESENCE_UPDATE | Op.VOICE_STATE_UPDATE | Op.REQUEST_GUILD_MEMBERS:
                if self._session is None:
                    raise _CloseError(4003)
            case _:
                raise _CloseError(4001)

    def _count(self, size_bytes: int) -> None:
        if size_bytes > _PAYLOAD_MAX_BYTES:
            raise _CloseError(4002)
        now_ms = self._clock.now_ms()
        while self._received and self._received[0] <= now_ms - 60_000:
            self._received.popleft()
        self._received.append(now_ms)
        if len(self._received) > _SENDS_A_MINUTE:
            raise _CloseError(4008)

    def _identify(self, data: Mapping[str, Any]) -> None:
        if self._session is not None:
            raise _CloseError(4005)
        self._check_token(data)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents < 0 or intents >= 1 << 32:
            raise _CloseError(4013)
        if intents & PRIVILEGED & ~self._gateway.privileged_granted:
            raise _CloseError(4014)
        shard_id, shard_count = data.get("shard") or (0, 1)
        if not 0 <= shard_id < shard_count:
            raise _CloseError(4010)
        if not isinstance(data.get("properties"), dict):
            raise _CloseError(4002)
        self._session = self._gateway.identify(self._connection, data)

    def _resume(self, data: Mapping[str, Any]) -> None:
        self._check_token(data)
        self._session = self._gateway.resume(self._connection, data)
        if self._session is None:
            self._connection.send(Op.INVALID_SESSION, False)

    def _check_token(self, data: Mapping[str, Any]) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self._world.application.token:
            raise _CloseError(4004)

    def ended(self) -> None:
        """Keep the session for a resume, without this connection."""
        if self._session is not None and self._session.connection is self._connection:
            self._session.connection = None
