"""What finds things again on a stage: the real discord.py, database, disk and docket; images are requests with their cards."""

import io
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace

from PIL import Image

from bot.admin.allowances import Allowances
from bot.cards.writer import CardWriter, ref_of
from bot.catalog import Catalog
from bot.finding.placing import Placing
from bot.jobs import Delivery, Shown, State, Way
from bot.moderation.docket import Docket
from bot.sandbox.discord.components import walk
from bot.store import copies, jobs, media
from bot.tracker.availability import Availability
from bot.tracker.copied_cards import CopyWriter
from bot.tracker.copying import Copyist
from cogs.finding.assembly import finding_cogs
from cogs.rights import Rights
from tests.admin.privacy_support import RETENTION, Home
from tests.admin.support import DEFAULTS
from tests.cogs.panel_stage import HeldRulebook
from tests.cogs.stage import TEXTS, stage_client, staged
from tests.cogs.standing_stage import AheadClock
from tests.databases import open_fresh
from tests.store.support import JOB, REQUEST

CEILING = "BLOCK_ONLY_HIGH"
STRICT = {"safety_filter_level": "BLOCK_LOW_AND_ABOVE", "person_generation": "DONT_ALLOW"}
DISCORD_EPOCH_MS = 1_420_070_400_000


def picture(shade, *, side=600):
    """A PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), (shade % 256, 90, 160)).save(out, "PNG")
    return out.getvalue()


class FakeTracker:
    def __init__(self):
        self.queued = []

    async def queue(self, guild_id):
        return [each for each in self.queued if each.request.guild_id == guild_id]


class Library:
    """Aquarium, its people and their images. The clock can be moved on by `clock.ahead_ms`."""

    def __init__(self, stage, db, folder):
        self.stage, self.db = stage, db
        self.clock = AheadClock(stage.clock)
        self.rulebook = HeldRulebook(db=db, defaults=DEFAULTS, clock=self.clock)
        self.home = Home(db, self.clock, folder)
        self.local = stage.discord
        self.guild = self.local.world.guild_named("Aquarium")
        self.tracker, self.judge = FakeTracker(), None
        self.noticed = 0
        self.docket = Docket(
            db=db, rulebook=self.rulebook, retouch=self._retouch, noticed=self._notice, clock=self.clock
        )
        self._made = 0

    async def furnish(self, client):
        client._connection.guild_ready_timeout = 0.05
        writer = CardWriter(texts=TEXTS, catalog=Catalog())
        outside = SimpleNamespace(
            db=self.db, rulebook=self.rulebook, gallery=self.home.gallery, clock=self.clock, noticed=self._notice
        )
        allowances = Allowances(
            db=self.db,
            rulebook=self.rulebook,
            catalog=Catalog(),
            availability=Availability(self.clock),
            clock=self.clock,
        )
        rights = Rights(tree=client.tree, operator_ids=frozenset(), clock=self.clock)
        placing = Placing(
            db=self.db, rulebook=self.rulebook, judge=self.judge, catalog=Catalog(), ceiling=CEILING, clock=self.clock
        )
        found = finding_cogs(
            client.tree,
            outside,
            tracker=self.tracker,
            office=SimpleNamespace(retention=RETENTION, allowances=allowances),
            rights=rights,
            placing=placing,
            ceiling=CEILING,
            catalog=Catalog(),
            texts=TEXTS,
        )
        for cog in (rights, *found):
            await client.add_cog(cog)
        copier = CopyWriter(writer=writer, texts=TEXTS, clock=self.clock)
        self.copyist = Copyist(db=self.db, presenter=self.stage.presenter, writer=copier, clock=self.clock)

    async def _retouch(self, interaction_ids):
        pass

    def _notice(self):
        self.noticed += 1

    async def restart(self):
        """A new process: nothing of the old one's memory is left."""
        await self.stage.client.close()
        await self.stage.connection
        self.stage.client = stage_client(self.local, memory=self.stage.memory, clock=self.stage.clock)
        await self.furnish(self.stage.client)
        await self.stage.connect()

    # ------------------------------------------------------------ who, where, what

    def id_of(self, user):
        return self.local.world.user_named(user).id

    def place(self, channel="general", guild=None):
        return (guild or self.guild).channel_named(channel).id

    def other(self):
        return self.local.world.guild_named("Atelier")

    async def image(self, prompt="a red fox", *, user="mia", channel="general", guild=None, images=1, **changes):
        """A finished request of somebody's with its pictures on the disk; returns its id."""
        self._made += 1
        place = self.place(channel, guild)
        job_changes = changes.pop("job", {})
        number = (self.clock.now_ms() - DISCORD_EPOCH_MS << 22) + self._made
        whole = {"private": False, "guild_locale": "en-US", "locale": "en-US", "age_restricted": False}
        request = replace(
            REQUEST,
            interaction_id=number,
            guild_id=(guild or self.guild).id,
            channel_id=place,
            place_id=place,
            user_id=self.id_of(user),
            values={"prompt": prompt},
            created_ms=self.clock.now_ms(),
            **whole | changes,
        )
        async with self.db.transaction() as tx:
            ended = [await self._job(tx, number, each, prompt, job_changes) for each in range(images)]
            await jobs.insert(tx, request, ended)
            posted = Delivery(shown=Shown.DELIVERED, way=Way.REPLY, message_id=number + 1, message_channel_id=place)
            await jobs.save_delivery(tx, number, posted)
        return number

    async def _job(self, tx, number, at, prompt, changes):
        data = picture(self._made * 40 + at)
        kept = self.home.vault.put(data, "png")
        size = SimpleNamespace(content_type="image/png", width_px=600, height_px=600, size_bytes=len(data))
        await media.insert(tx, size, sha256=kept.sha256, at_ms=self.clock.now_ms())
        ended = {"state": State.DONE, "submitting_ms": 1, "finished_ms": 2, "result_url": "https://x/1.png"}
        whole = {"payload": {"prompt": prompt, **STRICT}, "sha256": kept.sha256, "content_type": "image/png"} | changes
        return replace(JOB, interaction_id=number, number=at, **ended | whole)

    async def set(self, setting, value):
        await self.rulebook.change(self.guild.id, setting, lambda _: value, user_id=1)

    async def execute(self, sql, *args):
        async with self.db.transaction() as tx:
            await tx.execute(sql, *args)

    async def copies(self, number):
        return await copies.of_request(self.db, number)

    # ------------------------------------------------------------ what people do

    async def use(self, command, *, user="mia", channel="general", guild=None, **options):
        """Use a command; returns its record once it was answered for good."""
        used = await self.local.invoke(
            guild_id=(guild or self.guild).id,
            channel_id=self.place(channel, guild),
            user_id=self.id_of(user),
            command=command,
            options=options,
        )
        return await used.answered()

    async def suggested(self, command, focused, typed, *, user="mia"):
        """The names and values that are suggested while somebody types."""
        used = await self.local.autocomplete(
            guild_id=self.guild.id,
            channel_id=self.place(),
            user_id=self.id_of(user),
            command=command,
            options={focused: typed},
            focused=focused,
        )
        answered = await used.acknowledged()
        return [(each["name"], each["value"]) for each in answered.choices]

    async def press(self, message, act, *, user="mia"):
        (custom_id,) = (each for each in ids(message) if f":{act}:" in each)
        return await (await self.local.press(message, custom_id, user_id=self.id_of(user))).acknowledged()

    async def open(self, message, number, *, user="mia"):
        """Pick one image of a page."""
        (custom_id,) = (each for each in ids(message) if ":open:" in each)
        picked = await self.local.select(message, custom_id, [str(number)], user_id=self.id_of(user))
        return await picked.answered()

    def seen(self, *, user="mia", channel="general", guild=None):
        """The messages that somebody sees in a channel."""
        return self.local.messages(self.place(channel, guild), as_user=self.id_of(user))


def ids(message):
    """The custom_ids of a message's controls."""
    return [each["custom_id"] for _, each in walk(message.body.components) if "custom_id" in each]


def shown(message):
    """The images of a message's gallery: their names and whether they are hidden."""
    items = [item for _, each in walk(message.body.components) for item in each.get("items") or ()]
    return [(item["media"]["url"].rsplit("/")[-1].split("?")[0], item.get("spoiler", False)) for item in items]


def ref(number):
    return ref_of(number)


@asynccontextmanager
async def at_library(tmp_path, *, judge=None):
    """A connected bot with its cogs."""
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        async with staged() as stage:
            library = Library(stage, db, tmp_path / "images")
            library.judge = judge
            await library.furnish(stage.client)
            await stage.connect()
            await stage.client.wait_until_ready()
            try:
                yield library
            finally:
                await library.stage.client.close()
    finally:
        await db.close()
