"""A clock that only moves by hand, and a client that speaks to the local Segmind, for the tests of the stand-in."""

import asyncio
import contextlib
import heapq
import itertools
from dataclasses import dataclass
from random import Random
from typing import Any

import aiohttp

from bot.sandbox.segmind import LocalSegmind

KEY = "SG_0123456789abcdef"
START_MS = 1_790_000_000_000


class HandClock:
    def __init__(self):
        self._now_ms = START_MS
        self._sleepers = []
        self._order = itertools.count()
        self._slept = asyncio.Event()

    def now_ms(self):
        return self._now_ms

    async def sleep(self, seconds):
        waker = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now_ms + seconds * 1000, next(self._order), waker))
        self._slept.set()
        await waker

    async def until_somebody_sleeps(self):
        self._slept.clear()
        if not self._sleepers:
            await self._slept.wait()

    def advance(self, seconds):
        self._now_ms += round(seconds * 1000)
        while self._sleepers and self._sleepers[0][0] <= self._now_ms:
            waker = heapq.heappop(self._sleepers)[2]
            if not waker.done():
                waker.set_result(None)


@dataclass
class Reply:
    status: int
    headers: Any
    body: bytes
    json: Any


class Driver:
    """A running stand-in with a client; `clock` moves by hand."""

    def __init__(self, segmind, clock, session):
        self.segmind = segmind
        self.clock = clock
        self._session = session
        self._step = asyncio.Event()
        segmind.observe(lambda step, call: self._step.set())

    async def call(self, method, path, *, key=KEY, json=None, **options):
        headers = {"x-api-key": key} if key else {}
        url = path if path.startswith("http") else self.segmind.base_url + path
        async with self._session.request(method, url, json=json, headers=headers, **options) as response:
            body = await response.read()
            told = await response.json() if response.content_type == "application/json" and body else None
            return Reply(response.status, response.headers, body, told)

    async def get(self, path, **options):
        return await self.call("GET", path, **options)

    async def submit(self, prompt="a red fox", slug="imagen-4", **values):
        return await self.call("POST", f"/v2/{slug}", json={"prompt": prompt, **values})

    async def finished(self, prompt="a red fox", slug="imagen-4", **values):
        """Submit, let two minutes pass, and give back the request id."""
        request_id = (await self.submit(prompt, slug, **values)).json["request_id"]
        self.clock.advance(120)
        return request_id

    async def status(self, request_id):
        return await self.get(f"/v2/requests/{request_id}/status")

    async def result(self, request_id):
        return await self.get(f"/v2/requests/{request_id}")

    async def until_taken(self, count):
        """Wait until so many requests are booked."""
        while self.segmind.submits_taken < count:
            self._step.clear()
            await self._step.wait()


@contextlib.asynccontextmanager
async def driving(*, seed=1, **options):
    clock = HandClock()
    options.setdefault("picture_px", 64)
    segmind = LocalSegmind(clock=clock, rng=Random(seed), api_key=KEY, **options)
    await segmind.start()
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
            yield Driver(segmind, clock, session)
    finally:
        await segmind.stop()
