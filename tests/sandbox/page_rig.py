"""The page without a browser: both stand-ins, and windows that speak its websocket."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from bot.sandbox.discord import LocalDiscord
from bot.sandbox.page import Page
from bot.sandbox.segmind import LocalSegmind
from tests.sandbox.discord_rig import COMMANDS, StillClock

KEY = "a-key-nobody-may-see"


class Window:
    """One websocket; news that came while an answer was awaited is kept in `news`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._last = 0
        self.news: list[dict[str, Any]] = []

    async def hear(self, kind: str) -> dict[str, Any]:
        """Return the next news of a kind."""
        while True:
            for at, frame in enumerate(self.news):
                if frame["type"] == kind:
                    return self.news.pop(at)
            self.news.append(await self._socket.receive_json(timeout=5))

    async def ask(self, act: str, **asked: Any) -> dict[str, Any]:
        """Return the answer's frame, {"ok": …} or {"error": …}."""
        self._last += 1
        await self._socket.send_json({"n": self._last, "do": act, **asked})
        while True:
            frame = await self._socket.receive_json(timeout=5)
            if frame.get("n") == self._last:
                return frame
            self.news.append(frame)

    async def send(self, text: str) -> dict[str, Any]:
        """Send whatever, and return the next frame."""
        await self._socket.send_str(text)
        return await self._socket.receive_json(timeout=5)


class PageRig:
    def __init__(self, local: LocalDiscord, segmind: LocalSegmind, session: aiohttp.ClientSession) -> None:
        self.local, self.segmind, self.session = local, segmind, session
        self.guild = local.world.guild_named("Aquarium")
        self.general = self.guild.channel_named("general")

    def user_id(self, name: str) -> int:
        return self.local.world.user_named(name).id

    def place(self, *, as_: str = "mia", channel: str = "general") -> dict[str, str]:
        """Return who looks where, as a window says it."""
        ids = {
            "user_id": self.user_id(as_),
            "guild_id": self.guild.id,
            "channel_id": self.guild.channel_named(channel).id,
        }
        return {name: str(value) for name, value in ids.items()}

    @contextlib.asynccontextmanager
    async def window(self, *, as_: str = "mia", channel: str = "general") -> AsyncIterator[Window]:
        """Open a window that looks at a channel."""
        origin = {"Origin": self.local.url}
        async with self.session.ws_connect(f"{self.local.url}/page/live", headers=origin) as socket:
            window = Window(socket)
            await window.hear("hello")
            assert "ok" in await window.ask("look", **self.place(as_=as_, channel=channel))
            yield window

    async def rest(self, method: str, path: str, payload: Any) -> Any:
        """Call the local Discord as the bot does."""
        headers = {"Authorization": f"Bot {self.local.token}"}
        async with self.session.request(method, self.local.api_url + path, json=payload, headers=headers) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json(content_type=None)

    async def answer(self, number: int, payload: Any) -> None:
        """Answer the interaction of that number, as soon as it is there."""
        happened = asyncio.Event()
        forget = self.local.subscribe(lambda _event: happened.set())
        while len(self.local.interactions) <= number:
            happened.clear()
            await happened.wait()
        forget()
        record = self.local.interactions[number]
        await self.rest("POST", f"/interactions/{record.id}/{record.token}/callback?with_response=true", payload)


@contextlib.asynccontextmanager
async def paged() -> AsyncIterator[PageRig]:
    clock = StillClock()
    local = LocalDiscord(clock)
    segmind = LocalSegmind(clock=clock, rng=random.Random(1), api_key=KEY)
    await local.start(routes=Page(local, segmind).routes())
    await segmind.start()
    async with aiohttp.ClientSession() as session:
        rig = PageRig(local, segmind, session)
        await rig.rest("PUT", f"/applications/{local.world.application.id}/commands", COMMANDS)
        try:
            yield rig
        finally:
            await segmind.stop()
            await local.stop()
