"""Time as the bot sees it: handed over, so that a test can run an hour in a moment."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the time is, and how to wait."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; zero or less only lets others run."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


async def first_of(clock: Clock, event: asyncio.Event, *, seconds: float | None) -> None:
    """Wait until the event is set, or for so many seconds (None: however long it takes)."""
    if seconds is None:
        await event.wait()
        return
    waits = {asyncio.create_task(event.wait()), asyncio.create_task(clock.sleep(seconds))}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
