"""A sign of life for whoever watches the process: a file that is touched while the bot can still write things down."""

from pathlib import Path

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.store.meta import Memory

# The watcher allows several of these; see HEALTHCHECK in the Dockerfile.
BEAT_S = 15.0

log = structlog.get_logger()


class SignOfLife:
    """Touches `path` every BEAT_S seconds, each time behind a write that the database confirmed."""

    def __init__(self, *, path: Path, memory: Memory, clock: Clock) -> None:
        self._path = path
        self._memory = memory
        self._clock = clock

    async def run(self) -> None:
        """Run for as long as the bot does; while the database takes nothing, there is no sign."""
        while True:
            try:
                await self._memory.set("alive_ms", str(self._clock.now_ms()))
                self._path.touch()
            except (StoreError, OSError) as error:
                log.warning("no sign of life", reason=str(error))
            await self._clock.sleep(BEAT_S)
