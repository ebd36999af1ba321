"""Charts for the rest of the bot, drawn in a process of their own: matplotlib would cost the bot 90 MB for good."""

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path

from bot.charts.chart import Chart
from bot.errors import ImagenError

# It takes less than a second; a small machine with other things to do may need ten times as much.
TIMEOUT_S = 20.0
COMMAND = (sys.executable, "-X", "utf8", "-m", "bot.charts")

_ROOT = Path(__file__).parents[2]
_REASON_CHARACTERS_MAX = 200


class ChartError(ImagenError):
    """The chart could not be drawn; whatever it would have shown has to be told without it."""


class Charts:
    """Draws charts, one at a time."""

    def __init__(self, *, command: Sequence[str] = COMMAND, timeout_s: float = TIMEOUT_S) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._drawing = asyncio.Lock()

    async def draw(self, chart: Chart) -> bytes:
        """The chart as PNG; raises ChartError.

        Whoever is cancelled while waiting leaves no process behind.
        """
        async with self._drawing:
            try:
                # matplotlib reads its settings from here, finds none, and writes down the fonts it found.
                with tempfile.TemporaryDirectory(prefix="imagen-chart-", ignore_cleanup_errors=True) as folder:
                    return await self._run(folder, chart.to_json())
            except TimeoutError:
                raise ChartError(f"not drawn within {self._timeout_s:g} s") from None
            except OSError as error:
                raise ChartError(f"cannot be started: {error}") from error

    async def _run(self, folder: str, data: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=folder, env=_environment(folder)
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                png, said = await process.communicate(data)
        finally:
            await _end(process)
        if process.returncode != 0 or not png:
            raise ChartError(f"exit status {process.returncode}: {_last_line(said)}")
        return png


def _environment(folder: str) -> dict[str, str]:
    """All that the child is told: none of the bot's keys, and one thread, as more only cost memory here."""
    return {"MPLCONFIGDIR": folder, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"}


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:_REASON_CHARACTERS_MAX]
