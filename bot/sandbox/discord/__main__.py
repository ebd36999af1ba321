"""Runs the local Discord in a process of its own: `python -m bot.sandbox.discord --port 0`."""

import argparse
import asyncio
import contextlib
import signal
import sys

from bot.sandbox.discord.control import ControlApi
from bot.sandbox.discord.rate_limits import RateLimits
from bot.sandbox.discord.server import LocalDiscord
from bot.sandbox.discord.shifted_clock import ShiftedClock


async def serve(*, host: str, port: int, limits: RateLimits) -> None:
    """Serve until SIGINT or SIGTERM."""
    clock = ShiftedClock()
    local = LocalDiscord(clock, limits=limits)
    await local.start(host, port, routes=ControlApi(local, clock).routes())
    sys.stdout.write(f"listening on {local.api_url}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C ends the program by itself.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ended.set)
    await ended.wait()
    await local.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.discord", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--no-limits", action="store_true", help="enforce no rate limit")
    chosen = parser.parse_args()
    limits = RateLimits(None, None, None) if chosen.no_limits else RateLimits()
    asyncio.run(serve(host=chosen.host, port=chosen.port, limits=limits))


if __name__ == "__main__":
    main()
