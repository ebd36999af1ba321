"""Running what tells servers something, beside the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

PATIENCE_S = 30.0


class Teller(Protocol):
    """Runs until it is cancelled."""

    async def run(self) -> None: ...


@asynccontextmanager
async def running(teller: Teller) -> AsyncIterator[None]:
    task = asyncio.create_task(teller.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], object]) -> None:
    while not true():  # noqa: ASYNC110 - a fake poster tells nobody
        await asyncio.sleep(0)
