"""300 requests at once from 20 servers, against the real bot in a process of its own: `python -m benchmarks.burst`.

Both stand-ins run here, with Discord's usual rate limits and Segmind's plan limit in force; latencies are Segmind's own.
The baseline is a minimal discord.py bot that only defers, under the same burst. Both share the machine with the
stand-ins, so their figures are upper bounds, and the ratio tells more than either.
"""

import asyncio
import contextlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.clock import SystemClock
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.builder import WorldBuilder
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.world import World
from bot.sandbox.segmind import LocalSegmind
from bot.sandbox.terminal import has_ended

REQUESTS, GUILDS, PEOPLE, PER_MINUTE = 300, 20, 5, 1000
ACK_MAX_MS = 3_000
DELIVERED_WITHIN_S = 400.0
BOOT_S = 30.0
KEY = "local"
BASELINE = "baseline"


# ---------------------------------------------------------------- the baseline, in a process of its own


def defer_only() -> None:
    """A bot that does nothing but answer in time."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["GATEWAY_URL"])
    client = discord.Client(intents=discord.Intents(guilds=True), max_messages=None)
    tree = app_commands.CommandTree(client)

    @tree.command()
    async def imagen(interaction: discord.Interaction, prompt: str) -> None:
        """Only defer."""
        await interaction.response.defer(thinking=True)

    @client.event
    async def setup_hook() -> None:
        await tree.sync()

    client.run(os.environ["DISCORD_TOKEN"], log_handler=None)


# ---------------------------------------------------------------- the burst


def world() -> World:
    build = WorldBuilder()
    people = [build.user(f"person{number}") for number in range(PEOPLE)]
    for number in range(GUILDS):
        guild = build.guild(f"guild{number}", owner=build.owner)
        build.channel(guild, "general")
        for person in people:
            build.member(guild, person)
    return build.build()


@contextlib.asynccontextmanager
async def process(discord_: LocalDiscord, *arguments: str, **environment: str) -> AsyncIterator[int]:
    """A bot's process, connected; its id."""
    told = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    told |= {"DISCORD_TOKEN": discord_.token, "DISCORD_API_URL": discord_.api_url, **environment}
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", *arguments, env=told)
    try:
        async with asyncio.timeout(BOOT_S):
            await discord_.gateway.connected()
        yield child.pid
    finally:
        child.terminate()
        await child.wait()


async def burst(discord_: LocalDiscord) -> list[InteractionRecord]:
    """Everybody asks in the same moment."""
    guilds = list(discord_.world.guilds.values())
    people = [user.id for user in discord_.world.users.values() if user.username.startswith("person")]
    return [
        await discord_.invoke(
            guild_id=guilds[number % GUILDS].id,
            channel_id=guilds[number % GUILDS].channel_named("general").id,
            user_id=people[number % PEOPLE],
            command="imagen",
            options={"prompt": f"fox {number}"},
        )
        for number in range(REQUESTS)
    ]


async def acknowledgements_ms(records: list[InteractionRecord]) -> list[int]:
    """How long each took; what is not answered in time is missing."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ACK_MAX_MS / 1000 + 1):
            await asyncio.gather(*(record.acknowledged() for record in records))
    return [took for record in records if (took := record.acknowledged_after_ms) is not None]


def told_ms(name: str, took_ms: list[int]) -> float:
    median, p95 = statistics.median(took_ms), statistics.quantiles(took_ms, n=20)[-1]
    print(
        f"{name}: {len(took_ms)} of {REQUESTS} acknowledged; median {median:.0f} ms, p95 {p95:.0f} ms, "
        f"max {max(took_ms)} ms",
        flush=True,
    )
    return median


def peak_mib(pid: int) -> str:
    """The largest resident set so far, where the system tells it."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return f"{int(line.split()[1]) / 1024:.0f} MiB"
    return "unknown"


async def delivered(records: list[InteractionRecord]) -> int:
    """Wait until every card has ended; how many show an image."""

    def over(record: InteractionRecord) -> bool:
        return record.original is not None and has_ended(record.original)

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DELIVERED_WITHIN_S):
            await asyncio.gather(*(record.until(over) for record in records))
    return sum(over(record) and bool(record.original.body.attachments) for record in records if record.original)


async def baseline() -> float:
    local = LocalDiscord(SystemClock(), world=world())
    await local.start()
    async with process(local, "benchmarks.burst", BASELINE, GATEWAY_URL=local.gateway_url) as pid:
        median = told_ms("only defers", await acknowledgements_ms(await burst(local)))
        print(f"    peak memory {peak_mib(pid)}")
    await local.stop()
    return median


async def whole(folder: str) -> tuple[float, bool]:
    """The bot itself; the median acknowledgement, and whether all is as it should be."""
    clock = SystemClock()
    local = LocalDiscord(clock, world=world())
    segmind = LocalSegmind(
        clock=clock,
        rng=random.Random(1),
        api_key=KEY,
        balance_microcredits=10**9,
        requests_per_minute=PER_MINUTE,
        picture_px=640,
    )
    await local.start()
    await segmind.start()
    settings = {
        "SEGMIND_API_KEY": KEY,
        "SEGMIND_BASE_URL": segmind.base_url,
        "SEGMIND_HISTORY_URL": segmind.base_url,
        "SEGMIND_REQUESTS_PER_MINUTE": str(PER_MINUTE),
        "DATABASE_URL": f"sqlite:///{folder}/imagen.db",
        "IMAGES_DIR": f"{folder}/images",
        "LOG_LEVEL": "ERROR",
    }
    async with process(local, "bot", "run", **settings) as pid:
        began_s = time.monotonic()
        records = await burst(local)
        took_ms = await acknowledgements_ms(records)
        median = told_ms("the bot", took_ms)
        images = await delivered(records)
        print(f"    {images} of {REQUESTS} delivered, the last after {time.monotonic() - began_s:.1f} s")
        print(f"    peak memory {peak_mib(pid)}")
    edits = sum(call.method == "PATCH" for call in local.calls)
    polls = sum(call.kind.value == "status" for call in segmind.calls)
    print(f"    {edits / REQUESTS:.2f} card edits and {polls / REQUESTS:.2f} polls a request")
    refused = sum(call.status == 429 for call in local.calls), sum(call.status == 429 for call in segmind.calls)
    print(f"    429s: {refused[0]} at Discord, {refused[1]} at Segmind (plan: {PER_MINUTE} a minute)")
    await segmind.stop()
    await local.stop()
    return median, images == len(took_ms) == REQUESTS and max(took_ms) < ACK_MAX_MS


async def main() -> int:
    print(f"{REQUESTS} requests at once from {GUILDS} servers")
    alone_ms = await baseline()
    with tempfile.TemporaryDirectory() as folder:
        bot_ms, well = await whole(folder)
    print(f"median acknowledgement: {bot_ms / alone_ms:.1f} times the baseline's")
    return 0 if well else 1


if __name__ == "__main__":
    if sys.argv[1:] == [BASELINE]:
        defer_only()
    else:
        sys.exit(asyncio.run(main()))
