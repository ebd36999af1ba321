"""The real bot in a process of its own, by a clock that runs faster than the machine's: `python -m tests.e2e.hasty 40`.

What waits for minutes, such as the search for a lost submit, is over in seconds; nothing else about the bot is other
than it is. Its calls keep the machine's time, so that none of them is cut short.
"""

import asyncio
import signal
import sys

from bot import app, logs
from bot.clock import SystemClock
from bot.config import load_config


class HastyClock(SystemClock):
    """So many seconds in one of the machine's."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began_ms = super().now_ms()

    def now_ms(self) -> int:
        return self._began_ms + round((super().now_ms() - self._began_ms) * self._speed)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / self._speed)


async def _run(speed: float) -> None:
    config, stop = load_config(), asyncio.Event()
    logs.set_up(level=config.log_level, style=config.log_format, secrets=())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await app.run(config, stop=stop, clock=HastyClock(speed))


if __name__ == "__main__":
    asyncio.run(_run(float(sys.argv[1])))
