"""`python -m bot.sandbox.segmind`: the local Segmind in a process of its own, until it is told to stop."""

import argparse
import asyncio
import signal
import sys
from random import Random

from bot.clock import SystemClock
from bot.sandbox.segmind.server import LocalSegmind
from bot.sandbox.segmind.weather import Preset


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.segmind", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", default="local", help="the key that clients have to send")
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same latencies")
    parser.add_argument("--weather", type=Preset, choices=list(Preset), default=Preset.CALM)
    parser.add_argument("--picture-px", type=int, default=None, help="the longest side of a picture")
    asyncio.run(_run(parser.parse_args()))


async def _run(arguments: argparse.Namespace) -> None:
    segmind = LocalSegmind(
        clock=SystemClock(),
        rng=Random(arguments.seed),
        api_key=arguments.key,
        markers=True,
        picture_px=arguments.picture_px,
    )
    segmind.weather.change(arguments.weather)
    stop = asyncio.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wish, stop.set)
    await segmind.start(port=arguments.port)
    sys.stdout.write(f"listening on {segmind.base_url}\n")
    sys.stdout.flush()
    await stop.wait()
    await segmind.stop()


if __name__ == "__main__":
    main()
