"""The command line: `python -m bot run`, `check`, `usage`, `audit` and `sandbox`; also installed as `imagen-bot`.

What a verb needs is imported when it is its turn, so that a wrong word or a wrong configuration is told at once, and
none pays for the others.
"""

import argparse
import asyncio
import contextlib
import io
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigError, ImagenError, StoreError
from bot.sandbox import PAGE_SPEED
from bot.usage.span import Choice

if TYPE_CHECKING:
    from bot.config import Config

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
    _add_usage(verbs.add_parser("usage", help="print how much was used, of all servers or of one"))
    verbs.add_parser("audit", help="say whether the books balance; the exit code is 1 where they do not")
    _add_sandbox(verbs.add_parser("sandbox", help="try the whole bot on this machine, with no account and no key"))
    return parser


def _add_usage(usage: argparse.ArgumentParser) -> None:
    ways = usage.add_mutually_exclusive_group()
    periods = [choice.value for choice in Choice if choice is not Choice.CUSTOM]
    ways.add_argument("--period", choices=periods, default=Choice.DAYS_30.value, help="which days (default: 30)")
    ways.add_argument("--from", dest="first", metavar="DATE", help="the first day, such as 2026-11-21")
    usage.add_argument("--to", dest="last", metavar="DATE", help="the last day, with --from (default: today)")
    usage.add_argument("--guild", type=int, metavar="ID", help="one server only")
    usage.add_argument("--csv", type=Path, metavar="FILE", help="also write a row for each ended job to FILE")
    usage.set_defaults(refuse=usage.error)


def _add_sandbox(sand: argparse.ArgumentParser) -> None:
    ways = sand.add_mutually_exclusive_group()
    ways.add_argument("--script", type=Path, metavar="FILE", help="run the commands in FILE, one a line, and end")
    ways.add_argument("--terminal", action="store_true", help="type commands here; without it, a page opens")
    sand.add_argument("--no-browser", action="store_true", help="only say where the page is")
    speed = f"draw X times as fast as Segmind does (default: 1, the page {PAGE_SPEED:g})"
    sand.add_argument("--speed", type=_speed, metavar="X", help=speed)
    sand.add_argument("--images", type=Path, default=Path("data/sandbox"), metavar="DIR", help="where images are saved")


def _set_up_logs(config: "Config", *, level: str | None = None) -> None:
    from bot import logs

    secrets = (config.discord_token.get_secret_value(), config.segmind_api_key.get_secret_value())
    logs.set_up(level=level or config.log_level, style=config.log_format, secrets=secrets)


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        # Windows knows no such handlers; there, Ctrl-C ends the process, and the next start carries on.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)


async def _run() -> int:
    from bot.config import load_config

    config = load_config()
    stop = asyncio.Event()
    _on_signals(stop)
    _set_up_logs(config)
    from bot import app

    await app.run(config, stop=stop)
    return EXIT_OK


async def _check() -> int:
    from bot.config import load_config

    config = load_config()
    _set_up_logs(config, level="ERROR")
    from bot.catalog import Catalog
    from bot.catalog_file import load_catalog
    from bot.command_names import own_names
    from bot.text import Texts

    texts = Texts()
    load_catalog(config.models_file, Catalog(), names=own_names(texts))
    from bot import app, checks
    from bot.clock import SystemClock
    from cogs.checks import check_discord

    clock = SystemClock()
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
    from bot.usage.command import run_usage

    await run_usage(options, sys.stdout)
    return EXIT_OK


async def _audit() -> int:
    from bot.usage.command import run_audit

    return EXIT_OK if await run_audit(sys.stdout) else EXIT_TROUBLE


def _lines(script: Path) -> list[str]:
    """The lines of a script; raises OSError, and ImagenError where it is no text."""
    try:
        # Windows' editor writes a mark in front, which is no part of the first line.
        return script.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ImagenError(f"{script}: {error}") from None


async def _sandbox(options: argparse.Namespace) -> int:
    lines = None if options.script is None else _lines(options.script)
    from bot import app
    from bot.sandbox.command import in_page, in_terminal

    async def run(config: "Config", stop: asyncio.Event, started: Callable[[], None]) -> None:
        _set_up_logs(config, level="CRITICAL")
        await app.run(config, stop=stop, started=started)

    if lines is None and not options.terminal:
        stop = asyncio.Event()
        _on_signals(stop)
        return await in_page(run, speed=options.speed or PAGE_SPEED, browser=not options.no_browser, stop=stop)
    options.images.mkdir(parents=True, exist_ok=True)
    return await in_terminal(run, lines, speed=options.speed or 1.0, images=options.images)


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
        case _:
            return _sandbox(options)


def main() -> None:
    """Run the verb; every failure that an operator can mend is a sentence and an exit code, never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of servers have signs that not every terminal has; those are told as question marks.
        sys.stdout.reconfigure(errors="replace")
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
