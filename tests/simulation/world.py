"""A world with one bot in it, which can die at any step and live again on the same disk."""

import dataclasses
import os
import random
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.admin.rulebook import Rulebook
from bot.cards.writer import ref_of
from bot.catalog import Catalog
from bot.config import Config
from bot.intake import Refusal
from bot.jobs import Job, Request
from bot.media.gallery import Gallery
from bot.media.vault import Vault
from bot.sandbox.segmind import MODELS, Model
from bot.store import jobs as job_store
from bot.store.sqlite import Sqlite, open_sqlite
from bot.text import Texts
from bot.tracker.assembly import Machine, Outside, assemble
from tests.simulation.det_loop import DetLoop, PowerCut
from tests.simulation.discord import SimDiscord, SimPresenter
from tests.simulation.disk import Connector
from tests.simulation.outside import (
    KEY,
    NETWORK_S,
    START_MS,
    SimClock,
    SimFetcher,
    SimPainter,
    SimSegmind,
    copy_segmind,
    inline,
)

TEXTS = Texts()
IDLE_S = 60.0
# Segmind's hour, and what comes after it.
IDLE_MAX_S = 2 * 3600.0
SETTINGS = {
    "discord_token": "t",
    "segmind_api_key": KEY,
    "monthly_limit_credits": 1000,
    "ceiling_per_day_credits": 1_000_000,
    "ceiling_per_month_credits": 1_000_000,
    "segmind_requests_per_minute": 1000,
    "jobs_in_flight": 200,
}


@dataclass(kw_only=True)
class Bot:
    """One life of the bot."""

    machine: Machine
    db: Sqlite
    world: "World"

    async def ask(self, request: Request) -> Refusal | None:
        """What the cog does with a command: decide, defer, begin."""
        try:
            await self.machine.tracker.accept(request)
        except Refusal as refusal:
            return refusal
        self.world.accepted.add(request.interaction_id)
        await self.world.clock.sleep(NETWORK_S)
        self.world.defer(request)
        await self.machine.tracker.begin(request.interaction_id)
        return None

    async def idle(self, idle_max_s: float = IDLE_MAX_S) -> None:
        """Return once every job has ended and every card has been delivered or is kept, or ought to be long since."""
        since_ms = self.world.clock.now_ms()
        while await job_store.open_requests(self.db) or await self.db.fetch(UNFETCHED):
            if self.world.clock.now_ms() - since_ms > idle_max_s * 1000:
                return
            await self.world.clock.sleep(IDLE_S)


UNFETCHED = "SELECT 1 FROM jobs WHERE state = 'done' AND sha256 IS NULL AND outcome IS NULL LIMIT 1"


class World:
    """Everything outside of the bot's process."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 0,
        catalog: Catalog | None = None,
        models: Mapping[str, Model] = MODELS,
        plant: Callable[[Machine], None] = lambda machine: None,
        config: Config | None = None,
        **settings: Any,
    ) -> None:
        self.folder = folder
        self.seed = seed
        self.catalog = catalog or Catalog()
        self.plant = plant
        self.clock = SimClock()
        self.rng = random.Random(f"segmind {seed}")
        self.segmind = SimSegmind(
            clock=self.clock, rng=self.rng, api_key=KEY, models=models, picture_px=16, balance_microcredits=10**10
        )
        self.discord = SimDiscord(self.clock)
        self.unreachable: Callable[[str], bool] = lambda body: False
        self.accepted: set[int] = set()
        self.found: dict[int, list[Job]] = {}
        self.lives = 0
        self.steps = 0
        self.synced = 0
        self.unhandled: list[str] = []
        self.config = config or Config(_env_file=None, **SETTINGS | settings)

    @property
    def database(self) -> Path:
        return self.folder / "imagen.db"

    def defer(self, request: Request) -> None:
        self.discord.defer(
            request.reply or "",
            ref=ref_of(request.interaction_id),
            user_id=request.user_id,
            channel_id=request.channel_id,
            private=request.private,
            created_ms=request.created_ms,
        )

    def live(
        self,
        script: Callable[[Bot], Awaitable[Any]],
        *,
        crash_at: int | None = None,
        steps_max: int = 500_000,
        watch: Callable[[int, tuple[int, ...]], None] | None = None,
    ) -> bool:
        """One life of the bot; False if the power was cut. `watch` is told after each step how much has happened."""
        self.lives += 1
        connector = Connector()
        after_step = None if watch is None else lambda step: watch(step, self._marks(connector))
        loop = DetLoop(
            seed=(self.seed, self.lives),
            start_s=self.clock.at_s,
            crash_at=crash_at,
            steps_max=steps_max,
            after_step=after_step,
            on_end=lambda: [connection.raw.close() for connection in connector.connections],
        )
        self.clock.loop = loop
        try:
            loop.run(self._life(script, connector))
        except PowerCut:
            return False
        finally:
            self.clock.at_s, self.clock.loop = loop.time(), None
            self.steps += loop.steps
            self.unhandled += loop.unhandled
        return True

    def fork(self, folder: Path) -> "World":
        """This world as a power cut at this moment would leave it, beside the one that goes on."""
        folder.mkdir()
        for name in ("imagen.db", "imagen.db-wal"):
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, folder / name)
        if (self.folder / "images").exists():
            # A file that has its name is never written again.
            _link_tree(str(self.folder / "images"), str(folder / "images"))
        forked = World(
            folder,
            seed=self.seed,
            catalog=self.catalog,
            models=self.segmind.service.models,
            plant=self.plant,
            config=self.config,
        )
        forked.clock.at_s = self.clock.at_s if self.clock.loop is None else self.clock.loop.time()
        forked.unreachable = self.unreachable
        forked.accepted, forked.lives = set(self.accepted), self.lives
        forked.rng.setstate(self.rng.getstate())
        copy_segmind(self.segmind, forked.segmind)
        self.discord.copy_to(forked.discord)
        return forked

    def pause(self, seconds: float) -> None:
        """Nobody restarts the bot for so long."""
        self.clock.at_s += seconds

    def _marks(self, connector: Connector) -> tuple[int, ...]:
        """What would outlive a power cut now: two moments with the same marks are the same to the next life."""
        return (
            connector.commits,
            len(self.segmind.book._requests),
            len(self.discord.acts) + len(self.discord.refused) + len(self.discord.replies),
            len(self.accepted),
            sum(standing.hits for standing in self.segmind.weather._standing),
            self.synced,
        )

    def _sync(self, descriptor: int) -> None:
        """A file is whole, or its folder knows of it: nothing need reach the platter for that."""
        self.synced += 1

    async def _life(self, script: Callable[[Bot], Awaitable[Any]], connector: Connector) -> None:
        db = await open_sqlite(self.database, connect=connector)
        gallery = Gallery(
            fetcher=SimFetcher(self.segmind),  # type: ignore[arg-type]
            vault=Vault(self.folder / "images", fsync=self._sync),
            run=inline,
        )
        await gallery.open()
        presenter = SimPresenter(self.discord)
        outside = Outside(
            db=db,
            rulebook=Rulebook(db=db, defaults=self.config.setting_defaults, clock=self.clock),
            painter=SimPainter(self.segmind, self.clock, unreachable=self.unreachable),
            presenter=presenter,
            line=presenter,
            noticed=lambda: None,
            gallery=gallery,
            clock=self.clock,
            rng=random.Random(f"bot {self.seed} {self.lives}"),
        )
        machine = assemble(outside, config=self.config, catalog=self.catalog, texts=TEXTS)
        self.plant(machine)
        await machine.tracker.start()
        await script(Bot(machine=machine, db=db, world=self))
        await machine.tracker.stop(grace_s=5.0)


def _link_tree(there: str, here: str) -> None:
    """The same folders here, with the same files in them."""
    os.mkdir(here)  # noqa: PTH102 - this runs for every moment of every life, and a Path takes longer than the folder
    with os.scandir(there) as entries:
        for entry in entries:
            if entry.is_dir():
                _link_tree(entry.path, f"{here}/{entry.name}")
            else:
                os.link(entry.path, f"{here}/{entry.name}")


def request(number: int, prompt: str = "a cabin", **changes: Any) -> Request:
    """One use of `/imagen`; `changes` may hold fields of Request, and options of the command."""
    names = {field.name for field in dataclasses.fields(Request)}
    values = {"prompt": prompt} | {name: value for name, value in changes.items() if name not in names}
    made = Request(
        interaction_id=10**18 + number,
        guild_id=7,
        channel_id=8,
        place_id=8,
        user_id=100 + number,
        locale="en-US",
        guild_locale="en-US",
        command="imagen",
        model="imagen-4",
        values=values,
        private=False,
        spoiler=False,
        created_ms=START_MS,
        reply=f"reply {number}",
        filesize_limit_bytes=10 * 2**20,
    )
    return replace(made, **{name: value for name, value in changes.items() if name in names})
