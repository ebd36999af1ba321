"""The rim on a stage: the real discord.py, connected to a local Discord, with a tracker that only remembers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.catalog import Catalog
from bot.clock import SystemClock
from bot.jobs import Request
from bot.offers import offers
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.rate_limits import RateLimits
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.asking.asking import Asking
from cogs.asking.first_note import FirstNote
from cogs.asking.imagen import Imagen
from cogs.asking.starting import ask_for
from cogs.client import ImagenClient
from cogs.errors import Errors
from cogs.presenter import DiscordPresenter
from tests.admin.privacy_support import RETENTION

TEXTS = Texts()


class FakeTracker:
    """Remembers what it was asked. `verdict` is raised by `accept`, which waits while `may_decide` is not set."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.accepted: set[int] = set()
        self.begun: list[int] = []
        self.called_off: list[int] = []
        self.verdict: Exception | None = None
        self.may_decide = asyncio.Event()
        self.may_decide.set()

    async def accept(self, request: Request) -> None:
        self.requests.append(request)
        await self.may_decide.wait()
        if self.verdict is not None:
            raise self.verdict
        self.accepted.add(request.interaction_id)

    async def begin(self, interaction_id: int) -> None:
        self.begun.append(interaction_id)

    async def call_off(self, interaction_id: int) -> None:
        self.called_off.append(interaction_id)


class AllTold:
    """Everybody was told what becomes of prompts."""

    async def was_told(self, user_id: int) -> bool:
        return True

    async def told(self, user_id: int) -> None:
        raise AssertionError("nobody is told twice")


class FakeMemory:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self.kept.get(key)

    async def set(self, key: str, value: str) -> None:
        self.kept[key] = value


class HastyClock(SystemClock):
    """The time is the machine's, but nobody waits."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Stage:
    discord: LocalDiscord
    client: ImagenClient
    tracker: FakeTracker
    memory: FakeMemory
    clock: HastyClock
    presenter: DiscordPresenter
    connection: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Log in and connect, and wait until the local Discord sees it."""
        await self.client.log_in(self.discord.token)
        self.connection = asyncio.create_task(self.client.stay_connected())
        await self.discord.gateway.connected()

    async def use(self, command: str = "imagen", *, user: str = "mia", channel: str = "general", **options):
        """Somebody in the server Aquarium uses a command."""
        guild = self.discord.world.guild_named("Aquarium")
        return await self.discord.invoke(
            guild_id=guild.id,
            channel_id=guild.channel_named(channel).id,
            user_id=self.discord.world.user_named(user).id,
            command=command,
            options={"prompt": "a cozy cabin", **options},
        )


def stage_client(
    discord: LocalDiscord, *, memory: FakeMemory, clock: SystemClock, connections: int = 10
) -> ImagenClient:
    return ImagenClient(api_url=discord.api_url, connections=connections, texts=TEXTS, memory=memory, clock=clock)


@asynccontextmanager
async def staged(*, patience: Patience | None = None, catalog: Catalog | None = None) -> AsyncIterator[Stage]:
    """A local Discord and a client with its cogs; not connected yet."""
    clock = HastyClock()
    discord = LocalDiscord(SystemClock(), limits=RateLimits(None, None, None))
    await discord.start()
    memory, tracker = FakeMemory(), FakeTracker()
    client = stage_client(discord, memory=memory, clock=clock)
    chosen = offers(catalog or Catalog())
    await client.add_cog(Errors(tree=client.tree, texts=TEXTS))
    note = FirstNote(told=AllTold(), retention=RETENTION, texts=TEXTS)
    asking = Asking(tracker=tracker, first_note=note, texts=TEXTS, clock=clock, patience=patience)

    async def run(interaction, offer, options):
        await asking.ask(interaction, ask_for(offer, options))

    await client.add_cog(Imagen(tree=client.tree, offers=chosen, run=run, texts=TEXTS))
    stage = Stage(discord, client, tracker, memory, clock, DiscordPresenter(client, uploads_at_once=2))
    try:
        async with client:
            yield stage
    finally:
        if stage.connection is not None:
            await asyncio.gather(stage.connection, return_exceptions=True)
        await discord.stop()


async def until(true, *, within_s: float = 30.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 - what is waited for lies in other people's objects
            await asyncio.sleep(0.005)
