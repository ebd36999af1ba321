"""`/usage` on a stage: the real discord.py, rights, store and figures; only time and the drawing of charts are ours."""

import asyncio
import io
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

from PIL import Image

from bot.admin.rulebook import Rulebook
from bot.admin.usage import UsageReader
from bot.catalog import Catalog
from bot.clock import SystemClock
from bot.jobs import State
from bot.sandbox.discord.components import walk
from bot.settings import MODERATORS_SEE_USAGE
from bot.store import jobs
from bot.store.sqlite_snapshots import open_snapshots
from cogs.rights import Rights
from cogs.usage import Usage
from tests.cogs.panel_stage import Desk
from tests.cogs.stage import TEXTS, staged
from tests.databases import open_fresh
from tests.store.support import JOB, REQUEST, grant, hold

TODAY = date(2026, 11, 21)
SECOND_MS = 1_000


def noon_ms(day):
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * 1000


def a_picture():
    out = io.BytesIO()
    Image.new("RGB", (20, 10)).save(out, "PNG")
    return out.getvalue()


class FixedClock(SystemClock):
    """Noon of TODAY, in UTC."""

    def __init__(self):
        self.at_ms = noon_ms(TODAY)

    def now_ms(self):
        return self.at_ms


class FakeCharts:
    """Remembers what it was asked to draw; waits while `open` is not set, and raises `error` where there is one."""

    def __init__(self):
        self.asked = []
        self.open = asyncio.Event()
        self.open.set()
        self.error = None

    async def draw(self, chart):
        self.asked.append(chart)
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return a_picture()


class HeldFigures(UsageReader):
    """The real ones; wait while `open` is not set, and break while `broken` is set."""

    def __init__(self, snapshots, *, clock):
        super().__init__(snapshots, clock=clock)
        self.open = asyncio.Event()
        self.open.set()
        self.broken = None

    async def today(self, guild_id):
        await self.open.wait()
        if self.broken is not None:
            raise self.broken
        return await super().today(guild_id)


class UsageDesk(Desk):
    """Aquarium with adam, who administers it, mona, who moderates, and mia, a member."""

    def __init__(self, stage, rulebook, *, db, snapshots, charts, texts, patience):
        super().__init__(stage, rulebook, texts=texts, catalog=Catalog(), patience=patience)
        self.db, self.snapshots, self.charts = db, snapshots, charts
        self.clock = FixedClock()
        self.figures = HeldFigures(snapshots, clock=self.clock)
        self._next = 1_000

    async def furnish(self, client):
        rights = Rights(tree=client.tree, operator_ids=frozenset(), clock=self.stage.clock)
        usage = Usage(
            tree=client.tree,
            figures=self.figures,
            snapshots=self.snapshots,
            rulebook=self.rulebook,
            rights=rights,
            charts=self.charts,
            catalog=self._catalog,
            texts=self._texts,
            clock=self.stage.clock,
            patience=self._patience,
        )
        for cog in (rights, usage):
            await client.add_cog(cog)

    async def made(
        self,
        count=1,
        *,
        user="mia",
        channel="general",
        day=TODAY,
        guild=None,
        state=State.DONE,
        model="imagen-4",
        roles=(),
        waits_s=2,
        takes_s=6,
        price=40_000,
        **changes,
    ):
        """So many requests of one image each that have ended, written down as the tracker does."""
        guild = guild or self.guild
        user_id = user if isinstance(user, int) else self.id_of(user)
        channel_id = channel if isinstance(channel, int) else guild.channel_named(channel).id
        for _ in range(count):
            self._next += 1
            at_ms = noon_ms(day) + self._next
            request = replace(
                REQUEST,
                interaction_id=self._next,
                guild_id=guild.id,
                channel_id=channel_id,
                place_id=channel_id,
                user_id=user_id,
                model=model,
                role_ids=tuple(roles),
                created_ms=at_ms,
            )
            job = replace(JOB, interaction_id=self._next, model=model, price_microcredits=price, accepted_ms=at_ms)
            await self._end(request, job, state, at_ms, waits_s=waits_s, takes_s=takes_s, changes=changes)

    async def _end(self, request, job, state, at_ms, *, waits_s, takes_s, changes):
        async with self.db.transaction() as tx:
            await jobs.insert(tx, request, [job])
            await hold(tx, job.interaction_id, amount=job.price_microcredits)
            ended_ms = at_ms
            if state is not State.CANCELLED:
                begun_ms = at_ms + int(waits_s * SECOND_MS)
                job = await jobs.move(tx, job, State.SUBMITTING, at_ms=begun_ms)
                job = await jobs.move(tx, job, State.RUNNING, at_ms=begun_ms, request_id=f"r{job.interaction_id}")
                ended_ms = begun_ms + int(takes_s * SECOND_MS)
            if state is State.DONE:
                changes = {"result_url": "https://x/1.png", "cost_microcredits": job.price_microcredits, **changes}
            await jobs.move(tx, job, state, at_ms=ended_ms, **changes)

    async def usage(self, period=None, *, user="adam", guild=None, forged=False):
        """Use /usage, until all is there; returns the interaction."""
        guild = guild or self.guild
        used = await self.local.invoke(
            guild_id=guild.id,
            channel_id=guild.channel_named("general").id,
            user_id=self.id_of(user),
            command="usage",
            options={} if period is None else {"period": period},
            forged=forged,
        )
        await used.answered()
        return used

    async def finished(self, message):
        """Wait until a message has its chart, or says why not."""
        async with asyncio.timeout(30):
            while TEXTS("en", "usage.chart.under_way") in message.body.text:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return message

    async def shown(self, period=None, **known):
        """The finished message of /usage."""
        return await self.finished((await self.usage(period, **known)).message)

    async def let_moderators(self, *, see=True):
        await self.set(MODERATORS_SEE_USAGE, see)


def gallery(message):
    """The pictures of a message: file name and alt text."""
    return [
        (item["media"]["url"].split("?")[0].rsplit("/", 1)[-1], item.get("description"))
        for _, each in walk(message.body.components)
        if each["type"] == 12
        for item in each["items"]
    ]


def labels(message):
    return {each["label"]: each for _, each in walk(message.body.components) if each["type"] == 2}


@asynccontextmanager
async def at_usage(tmp_path, *, charts=None, texts=TEXTS, patience=None):
    """A connected bot with /usage, and its desk."""
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        await grant(db, credits_for=10_000_000)
        snapshots = await open_snapshots(tmp_path / "imagen.sqlite3")
        async with staged() as stage:
            rulebook = Rulebook(db=db, defaults={}, clock=stage.clock)
            desk = UsageDesk(
                stage,
                rulebook,
                db=db,
                snapshots=snapshots,
                charts=charts or FakeCharts(),
                texts=texts,
                patience=patience,
            )
            await desk.furnish(stage.client)
            await stage.connect()
            try:
                yield desk
            finally:
                await stage.client.close()
    finally:
        await db.close()
