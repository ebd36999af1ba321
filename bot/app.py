"""The composition root: the only file that knows everybody, and decides nothing."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog

from bot.admin.assembly import Office, furnish
from bot.admin.notices import Notices
from bot.admin.rulebook import Rulebook
from bot.admin.wordbook import WordBook
from bot.alive import SignOfLife
from bot.bell import Bell
from bot.cards.writer import CardWriter
from bot.catalog import Catalog
from bot.catalog_file import load_catalog
from bot.clock import Clock, SystemClock
from bot.command_names import own_names
from bot.config import Config
from bot.judgement import Judge
from bot.media.fetch import Fetcher, fetch_session
from bot.media.gallery import Gallery
from bot.media.origins import Origins
from bot.media.vault import Vault
from bot.moderation.assembly import open_docket, open_log
from bot.moderation.case_log import CaseLog
from bot.segmind.client import SegmindClient
from bot.store.database import Database
from bot.store.lock import claim
from bot.store.meta import Memory
from bot.store.sqlite import open_sqlite
from bot.store.sqlite_snapshots import open_snapshots
from bot.text import Texts
from bot.tracker.assembly import Machine, Outside, assemble
from bot.tracker.copied_cards import CopyWriter
from bot.tracker.copying import Copyist
from cogs.assembly import add_cogs
from cogs.automod import ServerAutoMod
from cogs.client import ImagenClient
from cogs.moderation.case_poster import DiscordCasePoster
from cogs.operator.line import OperatorLine
from cogs.poster import DiscordPoster
from cogs.presenter import DiscordPresenter

# Where Segmind keeps its pictures; the host of its API may serve some, too.
IMAGE_ORIGIN = "https://images.segmind.com"
# Docker and systemd wait ten seconds after SIGTERM; the rest of them is for closing.
GRACE_S = 6.0

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def opened_store(config: Config) -> AsyncIterator[Database]:
    """The database, claimed for this process alone; raises StoreError."""
    lock = claim(config.database_path)
    try:
        db = await open_sqlite(config.database_path)
        try:
            yield db
        finally:
            await db.close()
    finally:
        lock.release()


@contextlib.asynccontextmanager
async def segmind(config: Config, clock: Clock) -> AsyncIterator[SegmindClient]:
    """The client for Segmind, with connections of its own."""
    connector = aiohttp.TCPConnector(limit=config.connections)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield SegmindClient(
            session,
            base_url=config.segmind_base_url,
            history_url=config.segmind_history_url,
            api_key=config.segmind_api_key,
            clock=clock,
        )


@contextlib.asynccontextmanager
async def gallery(config: Config) -> AsyncIterator[Gallery]:
    """The pictures' way from Segmind's hosts to the disk."""
    origins = Origins.of([IMAGE_ORIGIN, config.segmind_base_url])
    async with fetch_session(origins, connections=config.connections) as session:
        opened = Gallery(fetcher=Fetcher(session, origins=origins), vault=Vault(config.images_dir))
        await opened.open()
        yield opened


def discord_client(config: Config, *, db: Database, texts: Texts, clock: Clock) -> ImagenClient:
    """The client for Discord, not logged in yet."""
    return ImagenClient(
        api_url=config.discord_api_url,
        connections=config.connections,
        texts=texts,
        memory=Memory(db),
        clock=clock,
    )


async def run(
    config: Config, *, stop: asyncio.Event, started: Callable[[], None] = lambda: None, clock: Clock | None = None
) -> None:
    """Run the bot until `stop` is set; `started` is called once it is logged in and works.

    `clock` is the machine's own unless another is handed over. Raises ConfigError or StoreError where it cannot run.
    """
    clock, texts = clock or SystemClock(), Texts()
    catalog = load_catalog(config.models_file, Catalog(), names=own_names(texts))
    async with contextlib.AsyncExitStack() as stack:
        db = await stack.enter_async_context(opened_store(config))
        client = discord_client(config, db=db, texts=texts, clock=clock)
        automod = ServerAutoMod(client, clock=clock)
        await client.add_cog(automod)
        bell = Bell()
        book = WordBook(db=db, catalog=catalog, server_rules=automod, clock=clock, noticed=bell.ring)
        outside, tellers = await _connected(
            stack, config, db=db, judge=book, client=client, catalog=catalog, clock=clock, texts=texts, bell=bell
        )
        machine = assemble(outside, config=config, catalog=catalog, texts=texts)
        office = furnish(outside, machine.tools, tellers.notices, config=config, catalog=catalog, texts=texts)
        await add_cogs(
            client,
            outside,
            tracker=machine.tracker,
            office=office,
            book=book,
            docket=open_docket(outside, machine.tracker),
            snapshots=await open_snapshots(config.database_path),
            config=config,
            catalog=catalog,
            texts=texts,
        )
        stack.push_async_callback(client.close)
        alive = SignOfLife(path=config.database_path.with_name("alive"), memory=Memory(db), clock=clock)
        token = config.discord_token.get_secret_value()
        living = asyncio.create_task(_live(machine, office, tellers, client, alive, token=token, started=started))
        await _until(stop, living)
        log.info("stopping")
        # Discord is still connected, so that whoever asks meanwhile is told.
        await machine.tracker.stop(grace_s=GRACE_S)
        await _ended(living)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tellers:
    """What tells people of what was written down for them."""

    notices: Notices
    case_log: CaseLog
    copyist: Copyist

    def poke(self) -> None:
        """Something was written down."""
        self.notices.poke()
        self.case_log.poke()
        self.copyist.poke()


async def _connected(
    stack: contextlib.AsyncExitStack,
    config: Config,
    *,
    db: Database,
    judge: Judge,
    client: ImagenClient,
    catalog: Catalog,
    clock: Clock,
    texts: Texts,
    bell: Bell,
) -> tuple[Outside, Tellers]:
    """What the machine works with, open for as long as the stack is, and what tells servers and the operator."""
    rulebook = Rulebook(
        db=db,
        defaults=config.setting_defaults,
        clock=clock,
        noticed=bell.ring,
        outside_microcredits=config.outside_microcredits,
    )
    shared: dict[str, Any] = {"db": db, "rulebook": rulebook, "catalog": catalog, "texts": texts, "clock": clock}
    line = OperatorLine(client, operator_ids=config.operators, channel_id=config.operator_channel_id)
    notices = Notices(poster=DiscordPoster(client), line=line, **shared)
    presenter = DiscordPresenter(client, uploads_at_once=config.uploads_at_once)
    writer = CopyWriter(writer=CardWriter(texts=texts, catalog=catalog), texts=texts, clock=clock)
    tellers = Tellers(
        notices=notices,
        case_log=open_log(poster=DiscordCasePoster(client), **shared),
        copyist=Copyist(db=db, presenter=presenter, writer=writer, clock=clock),
    )
    bell.heard_by(tellers.poke)
    outside = Outside(
        db=db,
        rulebook=rulebook,
        painter=await stack.enter_async_context(segmind(config, clock)),
        presenter=presenter,
        line=notices,
        judge=judge,
        noticed=bell.ring,
        gallery=await stack.enter_async_context(gallery(config)),
        clock=clock,
        rng=random.Random(),
    )
    return outside, tellers


async def _live(
    machine: Machine,
    office: Office,
    tellers: Tellers,
    client: ImagenClient,
    alive: SignOfLife,
    *,
    token: str,
    started: Callable[[], None],
) -> None:
    """From the first word to Discord on; ends only with an error, or when it is cancelled."""
    await client.log_in(token)
    await machine.tracker.start()
    log.info("started")
    started()
    # The first that fails ends them all; what it raised is what the operator has to know.
    works = [
        client.stay_connected(),
        alive.run(),
        machine.recovery.run(),
        machine.housekeeper.run(),
        tellers.case_log.run(),
        tellers.copyist.run(),
        *office.works(),
    ]
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(stop: asyncio.Event, living: asyncio.Task[None]) -> None:
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, living}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()


async def _ended(living: asyncio.Task[None]) -> None:
    """End it; raises what it ended with, unless that is only our cancelling it."""
    living.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await living
