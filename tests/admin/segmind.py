"""A local Segmind over a real socket, and the real client for it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from random import Random

import aiohttp
from pydantic import SecretStr

from bot.limiter import RequestBudget
from bot.sandbox.segmind import MODELS, LocalSegmind
from bot.segmind.client import SegmindClient
from tests.admin.support import HandClock
from tests.store.support import PRICE

KEY = "SG_0123456789abcdef"


@dataclass
class Outside:
    segmind: LocalSegmind
    painter: SegmindClient
    budget: RequestBudget


@contextlib.asynccontextmanager
async def outside(clock: HandClock, *, api_key: str = KEY) -> AsyncIterator[Outside]:
    models = MODELS | {"imagen-4": replace(MODELS["imagen-4"], price_microcredits=PRICE)}
    local = LocalSegmind(clock=clock, rng=Random(1), api_key=KEY, picture_px=16, models=models)
    await local.start()
    try:
        async with aiohttp.ClientSession() as session:
            painter = SegmindClient(
                session,
                base_url=local.base_url,
                history_url=local.base_url,
                api_key=SecretStr(api_key),
                clock=clock,
            )
            yield Outside(local, painter, RequestBudget(100_000, clock, Random(1)))
    finally:
        await local.stop()
