"""The real bot as a process of its own, between stand-ins that run here; it knows them by its environment only."""

import asyncio
import contextlib
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from random import Random

from bot.clock import Clock, SystemClock
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.rate_limits import RateLimits
from bot.sandbox.segmind import MODELS, LocalSegmind, Model
from bot.store import personal
from bot.store.sqlite import open_sqlite
from bot.text import FALLBACK, Texts

ROOT = Path(__file__).parents[2]
KEY = "a-key-of-segmind"
BOOT_S = 60.0
# So long after its start whoever asked waits for a decision before the card is for everybody to see.
DECIDED_BY_MS = 1_000
# What is said, privately too, where the machine could not even read in time what somebody asks for.
NOT_READ = Texts()(FALLBACK, "draft.store")


def clean_environment() -> dict[str, str]:
    """What any process gets, without anything that would configure a bot."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT") if name in os.environ}
    # Nothing here is encrypted, and reading whom to trust for that would be a twentieth of every start.
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "SSL_CERT_FILE": os.devnull}


async def start(
    *arguments: str, cwd: Path, environment: Mapping[str, str], log: Path | None = None, module: str = "bot"
) -> asyncio.subprocess.Process:
    """Start `python -m bot` with these arguments; both its outputs go to the log, or can be read where there is none."""
    with contextlib.ExitStack() as stack:
        out = asyncio.subprocess.PIPE if log is None else stack.enter_context(log.open("ab"))
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, cwd=cwd, env=dict(environment), stdout=out, stderr=out
        )


async def finished(*arguments: str, cwd: Path, environment: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run `python -m bot` to its end: exit code, standard output, standard error."""
    process = await start(*arguments, cwd=cwd, environment=clean_environment() | dict(environment or {}))
    async with asyncio.timeout(120):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def end(process: asyncio.subprocess.Process) -> None:
    """See that it is gone."""
    if process.returncode is None:
        process.kill()
        await process.wait()


class Outside:
    """Both stand-ins, and a folder for the bot's data."""

    def __init__(self, *, folder: Path, discord: LocalDiscord, segmind: LocalSegmind) -> None:
        self.folder, self.discord, self.segmind = folder, discord, segmind
        self.guild = discord.world.guild_named("Aquarium")
        self.general = self.guild.channel_named("general")
        self.mia = discord.world.user_named("mia").id
        self.log = folder / "log"
        # What the bot is told besides.
        self.told: dict[str, str] = {}

    @property
    def database(self) -> Path:
        return self.folder / "imagen.db"

    def environment(self, **more: str) -> dict[str, str]:
        """All that the bot is told."""
        told = {
            "DISCORD_TOKEN": self.discord.token,
            "SEGMIND_API_KEY": KEY,
            "DISCORD_API_URL": self.discord.api_url,
            "SEGMIND_BASE_URL": self.segmind.base_url,
            "SEGMIND_HISTORY_URL": self.segmind.base_url,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "IMAGES_DIR": str(self.folder / "images"),
            "SEGMIND_REQUESTS_PER_MINUTE": "100000",
        }
        return clean_environment() | told | self.told | more

    async def boot(self, *, speed: float | None = None, **environment: str) -> asyncio.subprocess.Process:
        """Start the bot, by a clock that is so much faster than the machine's, and wait until it is connected to Discord."""
        await self.nobody_connected()
        told = self.environment(**environment)
        module, argument = ("bot", "run") if speed is None else ("tests.e2e.hasty", str(speed))
        process = await start(argument, module=module, cwd=self.folder, environment=told, log=self.log)
        connected = asyncio.ensure_future(self.discord.gateway.connected())
        ended = asyncio.ensure_future(process.wait())
        await asyncio.wait({connected, ended}, timeout=BOOT_S, return_when=asyncio.FIRST_COMPLETED)
        works = connected.done()
        for waiting in (connected, ended):
            waiting.cancel()
        if not works:
            await end(process)
            raise AssertionError(f"the bot did not connect:\n{self.log.read_text()[-4000:]}")
        return process

    async def nobody_connected(self) -> None:
        async with asyncio.timeout(BOOT_S):
            while self.discord.gateway.connections:  # noqa: ASYNC110 - the stand-in tells nobody of a hang-up
                await asyncio.sleep(0.01)

    async def use(self, command: str = "imagen", *, user_id: int | None = None, **options: object) -> InteractionRecord:
        """Mia uses a command in Aquarium's #general."""
        return await self.discord.invoke(
            guild_id=self.guild.id,
            channel_id=self.general.id,
            user_id=user_id or self.mia,
            command=command,
            options=options,
        )

    def messages(self) -> list[Message]:
        """Everything that mia sees, in the channel and in her direct messages."""
        direct = self.discord.world.dm_with(self.mia)
        places = [self.general.id] if direct is None else [self.general.id, direct.id]
        return [message for place in places for message in self.discord.messages(place, as_user=self.mia)]


async def tell_all(there: Outside) -> None:
    """Everybody was told what becomes of prompts: their first image brings no note. The bot does not run yet."""
    db = await open_sqlite(there.database)
    try:
        async with db.transaction() as tx:
            for user_id in there.discord.world.users:
                await personal.tell(tx, user_id, at_ms=1)
    finally:
        await db.close()


def is_private_or_late(record: InteractionRecord) -> bool:
    """Whether somebody was told privately, if the machine let them be decided upon in time."""
    return record.ephemeral or (record.acknowledged_after_ms or 0) >= DECIDED_BY_MS


async def told_in_time(ask: Callable[[], Awaitable[InteractionRecord]]) -> InteractionRecord:
    """Ask for what is refused until the machine lets that be said in time, and so privately and in all its words."""
    async with asyncio.timeout(BOOT_S):
        while True:
            record = await (await ask()).answered()
            assert is_private_or_late(record)
            if record.ephemeral and record.body is not None and record.body.text != NOT_READ:
                return record


async def written_down(there: Outside) -> None:
    """Wait until the running bot has written down that the end of its only card was seen."""
    with contextlib.closing(sqlite3.connect(there.database)) as db:
        async with asyncio.timeout(BOOT_S):
            while db.execute("SELECT shown FROM requests").fetchall() != [("delivered",)]:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def outside(
    folder: Path,
    *,
    clock: Clock | None = None,
    models: Mapping[str, Model] = MODELS,
    limits: RateLimits | None = None,
    seed: int = 0,
) -> AsyncIterator[Outside]:
    """Both stand-ins, listening; without rate limits at Discord unless they are given."""
    clock = clock or SystemClock()
    discord = LocalDiscord(clock, limits=limits or RateLimits(None, None, None))
    segmind = LocalSegmind(
        clock=clock,
        rng=Random(seed),
        api_key=KEY,
        models=models,
        markers=True,
        picture_px=96,
        balance_microcredits=1_000_000_000,
    )
    await discord.start()
    await segmind.start()
    try:
        yield Outside(folder=folder, discord=discord, segmind=segmind)
    finally:
        await segmind.stop()
        await discord.stop()


@contextlib.asynccontextmanager
async def booted(
    there: Outside, *, speed: float | None = None, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot, connected; gone at the end, however it comes."""
    process = await there.boot(speed=speed, **environment)
    try:
        yield process
    finally:
        await end(process)
