"""The command line: `python -m bot run`, `check`, `usage`, `audit` and `sandbox`; also installed as `imagen-bot`."""

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot import app, checks, logs
from bot.catalog import Catalog
from bot.catalog_file import load_catalog
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import ConfigError, ImagenError, StoreError
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.page import Page
from bot.sandbox.page.show import PORT, SPEED, free_port, show_page
from bot.sandbox.segmind import LocalSegmind
from bot.sandbox.session import Routes, Sandbox, sandbox
from bot.sandbox.terminal import Terminal, converse, run_script
from bot.text import Texts
from bot.usage import command as usage
from cogs.checks import check_discord

SPEED_MAX = 1000.0
EXIT_OK, EXIT_TROUBLE, EXIT_USAGE = 0, 1, 2


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= SPEED_MAX:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {SPEED_MAX:g}")
    return speed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="imagen-bot", description="Images by Imagen, in Discord.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("run", help="run the bot")
    verbs.add_parser("check", help="look at the configuration, both keys, the database, the disk and the permissions")
    usage.add_verbs(verbs)
    sand = verbs.add_parser("sandbox", help="try the whole bot on this machine, with no account and no key")
    ways = sand.add_mutually_exclusive_group()
    ways.add_argument("--script", type=Path, metavar="FILE", help="run the commands in FILE, one a line, and end")
    ways.add_argument("--terminal", action="store_true", help="type commands here; without it, a page opens")
    sand.add_argument("--no-browser", action="store_true", help="only say where the page is")
    speed = f"draw X times as fast as Segmind does (default: 1, the page {SPEED:g})"
    sand.add_argument("--speed", type=_speed, metavar="X", help=speed)
    sand.add_argument("--images", type=Path, default=Path("data/sandbox"), metavar="DIR", help="where images are saved")
    return parser


def _set_up_logs(config: Config, *, level: str | None = None) -> None:
    secrets = (config.discord_token.get_secret_value(), config.segmind_api_key.get_secret_value())
    logs.set_up(level=level or config.log_level, style=config.log_format, secrets=secrets)


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        # Windows knows no such handlers; there, Ctrl-C ends the process, and the next start carries on.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)


async def _run() -> int:
    config = load_config()
    _set_up_logs(config)
    stop = asyncio.Event()
    _on_signals(stop)
    await app.run(config, stop=stop)
    return EXIT_OK


async def _check() -> int:
    config = load_config()
    _set_up_logs(config, level="ERROR")
    load_catalog(config.models_file, Catalog())
    clock, texts = SystemClock(), Texts()
    print(checks.Line(what="configuration", well=True, told="complete."))
    lines = []
    async with app.segmind(config, clock) as painter:
        lines.append(await checks.check_segmind(painter))
    try:
        async with app.opened_store(config) as db:
            lines.append(await checks.check_database(db))
            client = app.discord_client(config, db=db, texts=texts, clock=clock)
            lines += await check_discord(client, config.discord_token.get_secret_value(), texts)
    except StoreError as error:
        lines.append(checks.Line(what="database", well=False, told=f"{error}."))
    lines += checks.check_disks(config)
    print(*lines, sep="\n")
    return EXIT_OK if all(line.well for line in lines) else EXIT_TROUBLE


async def _usage(options: argparse.Namespace) -> int:
    await usage.run_usage(options, sys.stdout)
    return EXIT_OK


async def _audit() -> int:
    return EXIT_OK if await usage.run_audit(sys.stdout) else EXIT_TROUBLE


@contextlib.asynccontextmanager
async def _box(*, speed: float, port: int = 0, routes: Routes = lambda *_: ()) -> AsyncIterator[Sandbox]:
    """The bot between its stand-ins; what it stores is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="imagen-sandbox-") as folder:

        async def run(config: Config, stop: asyncio.Event, started: Callable[[], None]) -> None:
            _set_up_logs(config, level="CRITICAL")
            await app.run(config, stop=stop, started=started)

        clock = SystemClock()
        async with sandbox(run, folder=Path(folder), clock=clock, speed=speed, port=port, routes=routes) as box:
            yield box


async def _sandbox(lines: list[str] | None, *, speed: float, images: Path) -> int:
    async with _box(speed=speed) as box:
        terminal = Terminal(box, images, SystemClock())
        box.discord.subscribe(terminal.watch)
        return await (converse(terminal) if lines is None else run_script(terminal, lines))


async def _page(*, speed: float, browser: bool) -> int:
    stop = asyncio.Event()
    _on_signals(stop)

    def routes(discord: LocalDiscord, segmind: LocalSegmind) -> Iterable[web.AbstractRouteDef]:
        return Page(discord, segmind, speed=speed).routes()

    async with _box(speed=speed, port=free_port(PORT), routes=routes) as box:
        return await show_page(box, browser=browser, stop=stop)


def _work(options: argparse.Namespace) -> Coroutine[Any, Any, int]:
    match options.verb:
        case "run":
            return _run()
        case "check":
            return _check()
        case "usage":
            return _usage(options)
        case "audit":
            return _audit()
        case _ if options.script is None and not options.terminal:
            return _page(speed=options.speed or SPEED, browser=not options.no_browser)
        case _:
            lines = None if options.script is None else options.script.read_text(encoding="utf-8").splitlines()
            options.images.mkdir(parents=True, exist_ok=True)
            return _sandbox(lines, speed=options.speed or 1.0, images=options.images)


def main() -> None:
    """Run the verb; every failure that an operator can mend is a sentence and an exit code, never a traceback."""
    options = _parser().parse_args()
    try:
        code = asyncio.run(_work(options))
    except ConfigError as error:
        print("The bot cannot start:", *(f"  - {problem}" for problem in error.problems), sep="\n", file=sys.stderr)
        code = EXIT_USAGE
    except (ImagenError, OSError) as error:
        print(f"The bot cannot go on: {error}", file=sys.stderr)
        code = EXIT_TROUBLE
    except KeyboardInterrupt:
        code = EXIT_TROUBLE
    sys.exit(code)


if __name__ == "__main__":
    main()
