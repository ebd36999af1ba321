"""`python -m bot sandbox`: the bot between its stand-ins, in a terminal or as a page; what it stores is gone afterwards."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from aiohttp import web

from bot.clock import SystemClock
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.page import Page
from bot.sandbox.page.show import PORT, free_port, show_page
from bot.sandbox.segmind import LocalSegmind
from bot.sandbox.session import Routes, Run, Sandbox, sandbox
from bot.sandbox.terminal import Terminal, converse, run_script


@contextlib.asynccontextmanager
async def _box(run: Run, *, speed: float, port: int = 0, routes: Routes = lambda *_: ()) -> AsyncIterator[Sandbox]:
    with tempfile.TemporaryDirectory(prefix="imagen-sandbox-") as folder:
        clock = SystemClock()
        async with sandbox(run, folder=Path(folder), clock=clock, speed=speed, port=port, routes=routes) as box:
            yield box


async def in_terminal(run: Run, lines: Sequence[str] | None, *, speed: float, images: Path) -> int:
    """Run the lines, or ask for them where there are none; returns the exit code. Images are saved in the folder."""
    async with _box(run, speed=speed) as box:
        terminal = Terminal(box, images, SystemClock())
        box.discord.subscribe(terminal.watch)
        return await (converse(terminal) if lines is None else run_script(terminal, lines))


async def in_page(run: Run, *, speed: float, browser: bool, stop: asyncio.Event) -> int:
    """Show the page until `stop` is set or the bot ends; returns the exit code."""

    def routes(discord: LocalDiscord, segmind: LocalSegmind) -> Iterable[web.AbstractRouteDef]:
        return Page(discord, segmind, speed=speed).routes()

    async with _box(run, speed=speed, port=free_port(PORT), routes=routes) as box:
        return await show_page(box, browser=browser, stop=stop)
