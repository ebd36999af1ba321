"""One open window: a websocket that asks for acts, and is told of everything that its person would see."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import WSMsgType, web

from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.page.viewpoint import Viewpoint

Json = dict[str, Any]
Act = Callable[[Viewpoint, Json], Awaitable[Json]]

# A window that does not read is closed; it comes back and looks anew.
_FRAMES_MAX = 2_000
_FRAME_BYTES_MAX = 32 * 1024 * 1024


class Window:
    """Reads `{"n", "do", …}` and answers `{"n", "ok"}` or `{"n", "error"}`; frames with a `type` are news."""

    def __init__(self, viewpoint: Viewpoint, acts: dict[str, Act]) -> None:
        self.viewpoint = viewpoint
        self._acts = acts
        self._frames: asyncio.Queue[Json] = asyncio.Queue(_FRAMES_MAX)
        self._socket = web.WebSocketResponse(heartbeat=30, max_msg_size=_FRAME_BYTES_MAX)

    def tell(self, frame: Json) -> None:
        """Send a frame when it is its turn."""
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self._socket.force_close()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Stay open until the window is closed."""
        await self._socket.prepare(request)
        async with contextlib.AsyncExitStack() as stack:
            tasks = await stack.enter_async_context(_Tasks())
            tasks.start(self._write())
            async for frame in self._socket:
                if frame.type is WSMsgType.TEXT:
                    # Not one after the other: an act may wait three seconds for the bot's answer.
                    tasks.start(self._act(frame.data))
        return self._socket

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                frame = await self._frames.get()
                await self._socket.send_str(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    async def _act(self, text: str) -> None:
        number = None
        try:
            asked = json.loads(text)
            number = asked.get("n")
            done = await self._acts[asked["do"]](self.viewpoint, asked)
        except CommandRejected as refused:
            self.tell({"n": number, "error": str(refused)})
        except (AttributeError, KeyError, LookupError, TypeError, ValueError) as wrong:
            self.tell({"n": number, "error": f"That makes no sense here: {wrong}"})
        else:
            self.tell({"n": number, "ok": done})


class _Tasks:
    """Tasks that end with their window."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_raised: object) -> None:
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
