"""The sandbox as a page: says where it is, opens a browser where there is one, and stays until it is stopped."""

import asyncio
import socket
import webbrowser
from typing import Any

from bot.sandbox.session import Sandbox

# Always the same if it is free, so that a window left open finds the page again.
PORT = 8420


def free_port(wanted: int) -> int:
    """The port if nobody listens there, else 0: any free one."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


async def show_page(box: Sandbox, *, browser: bool, stop: asyncio.Event) -> int:
    """Keep the page open until `stop` is set or the bot ends."""
    url = f"{box.discord.url}/"
    print(f"The sandbox is at {url} — Ctrl-C ends it.", flush=True)
    if browser:
        # Some browsers are only told of the address, others are waited for: not in this thread.
        opening = asyncio.create_task(asyncio.to_thread(webbrowser.open, url))
        opening.add_done_callback(lambda task: task.cancelled() or task.exception())
    stopped = asyncio.create_task(stop.wait())
    ends: set[asyncio.Future[Any]] = {stopped, box.bot}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    return 0
