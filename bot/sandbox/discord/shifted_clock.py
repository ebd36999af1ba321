"""The machine's clock, which can be put forward, so that fifteen minutes pass in a moment."""

import asyncio
import time


class ShiftedClock:
    """Runs like any clock; `advance` lets time jump and wakes every sleeper whose hour has come."""

    def __init__(self) -> None:
        self._shift_ms = 0
        self._jumped = asyncio.Event()

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self._shift_ms

    async def sleep(self, seconds: float) -> None:
        wakes_ms = self.now_ms() + seconds * 1000
        while (left_s := (wakes_ms - self.now_ms()) / 1000) > 0:
            try:
                await asyncio.wait_for(self._jumped.wait(), left_s)
            except TimeoutError:
                return

    def advance(self, milliseconds: int) -> None:
        self._shift_ms += milliseconds
        self._jumped.set()
        self._jumped = asyncio.Event()
