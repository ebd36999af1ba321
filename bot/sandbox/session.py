"""The whole bot with no account: both stand-ins on 127.0.0.1, and the real bot between them, in one process."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web

from bot.clock import Clock
from bot.config import Config, load_config
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.command_names import CommandType
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.world import Guild
from bot.sandbox.segmind import LocalSegmind
from bot.sandbox.segmind.models import MODELS

KEY = "sandbox"
# The bot's own way to run; handed over, so that the sandbox does not know the composition root.
Run = Callable[[Config, asyncio.Event, Callable[[], None]], Awaitable[None]]

# More routes for the local Discord's port, such as a page's.
Routes = Callable[[LocalDiscord, LocalSegmind], Iterable[web.AbstractRouteDef]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Both stand-ins, and the bot connected to them; `bot` is done when it ended by itself."""

    discord: LocalDiscord
    segmind: LocalSegmind
    bot: asyncio.Future[None]

    @property
    def commands(self) -> dict[str, dict[str, object]]:
        """The slash commands that the bot registered, by name."""
        return {
            command["name"]: command
            for command in self.discord.core.commands.all(None)
            if command["type"] == CommandType.CHAT_INPUT
        }


def sandbox_config(discord: LocalDiscord, segmind: LocalSegmind, folder: Path) -> Config:
    """The bot's configuration for these stand-ins; its data stands under `folder`.

    The application's owner is the operator, in the servers where they are an administrator.
    """
    owner_id = discord.world.application.owner_id
    operated = [str(guild.id) for guild in discord.world.guilds.values() if _runs(owner_id, guild)]
    return load_config(
        discord_token=discord.token,
        segmind_api_key=KEY,
        discord_api_url=discord.api_url,
        segmind_base_url=segmind.base_url,
        segmind_history_url=segmind.base_url,
        database_url=f"sqlite:///{folder}/imagen.db",
        images_dir=folder / "images",
        operator_ids=str(owner_id),
        operator_guild_ids=",".join(operated),
    )


def _runs(user_id: int, guild: Guild) -> bool:
    member = guild.members.get(user_id)
    return member is not None and any(
        guild.roles[role].permissions & Permission.ADMINISTRATOR for role in member.role_ids
    )


@contextlib.asynccontextmanager
async def sandbox(
    run: Run, *, folder: Path, clock: Clock, speed: float, port: int = 0, routes: Routes = lambda *_: ()
) -> AsyncIterator[Sandbox]:
    """Start everything, and stop it at the end; raises what `run` raises.

    `speed` 10 draws pictures in a tenth of the time that Segmind takes. The local Discord is at `port`; 0 takes a free one.
    """
    models = {slug: replace(model, latency_s=model.latency_s / speed) for slug, model in MODELS.items()}
    discord = LocalDiscord(clock)
    segmind = LocalSegmind(clock=clock, rng=random.Random(), api_key=KEY, models=models, markers=True)
    stop, started = asyncio.Event(), asyncio.Event()
    await discord.start(port=port, routes=routes(discord, segmind))
    await segmind.start()
    running = asyncio.ensure_future(run(sandbox_config(discord, segmind, folder), stop, started.set))
    try:
        ready = asyncio.ensure_future(_ready(discord, started))
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            ready.cancel()
            running.result()
        yield Sandbox(discord=discord, segmind=segmind, bot=running)
    finally:
        stop.set()
        await running
        await segmind.stop()
        await discord.stop()


async def _ready(discord: LocalDiscord, started: asyncio.Event) -> None:
    await started.wait()
    await discord.gateway.connected()
