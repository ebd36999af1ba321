"""Commands that ask first, presets and defaults on a stage: the real discord.py, rights and database; images are only booked."""

import asyncio
from contextlib import asynccontextmanager
from random import Random

from bot import admission
from bot.admin.allowances import Allowances
from bot.admin.rulebook import Rulebook
from bot.asking.draft_book import DraftBook
from bot.asking.forms import Forms
from bot.asking.habits import Habits
from bot.catalog import Catalog
from bot.errors import StoreError
from bot.intake import decide
from bot.levels import Level
from bot.offers import offers
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.interactions import InteractionType
from bot.sandbox.discord.people import actor
from bot.store import jobs as job_store
from bot.tracker.availability import Availability
from cogs.asking.asking import Asking
from cogs.asking.compare import Compare
from cogs.asking.defaults import Defaults
from cogs.asking.drafts import Drafts
from cogs.asking.first_note import FirstNote
from cogs.asking.imagen import Imagen
from cogs.asking.preset_names import PresetNames
from cogs.asking.preset_sources import PresetSources
from cogs.asking.presets import Presets
from cogs.asking.starting import Starter
from cogs.members import Members
from cogs.rights import Rights
from tests.admin.privacy_support import RETENTION
from tests.cogs.stage import TEXTS, AllTold, FakeTracker, stage_client, staged
from tests.cogs.standing_stage import AheadClock
from tests.databases import open_fresh
from tests.limits.support import DEFAULTS

CEILING = "BLOCK_ONLY_HIGH"


class BookingTracker(FakeTracker):
    """Decides as the real one does but for money, and writes down what is accepted."""

    def __init__(self, db, rulebook, clock):
        super().__init__()
        self.db, self.rulebook, self.clock = db, rulebook, clock
        self.jobs = []

    async def accept(self, request):
        await super().accept(request)
        rules = await self.rulebook.rules(request.guild_id)
        admission.check_choices(request, rules=rules)
        known = {"catalog": Catalog(), "ceiling": CEILING, "level": Level.STANDARD, "out": {}}
        self.jobs = decide(request, rng=Random(0), now_ms=self.clock.now_ms(), **known)
        async with self.db.transaction() as tx:
            await job_store.insert(tx, request, self.jobs)


class BreakingDb:
    """The real one; waits while `held` is not set, and fails while `broken` is."""

    def __init__(self, db):
        self._db, self.broken = db, False
        self.held = asyncio.Event()
        self.held.set()

    async def fetch(self, sql, *args):
        await self._gate()
        return await self._db.fetch(sql, *args)

    @asynccontextmanager
    async def transaction(self):
        await self._gate()
        async with self._db.transaction() as tx:
            yield tx

    async def _gate(self):
        await self.held.wait()
        if self.broken:
            raise StoreError("broken")


class Parlour:
    """Aquarium, its people, and what they are asked and keep."""

    def __init__(self, stage, db, catalog):
        self.stage, self.db, self.catalog = stage, BreakingDb(db), catalog
        self.clock = AheadClock(stage.clock)
        self.rulebook = Rulebook(db=self.db, defaults=DEFAULTS, clock=self.clock)
        self.tracker = BookingTracker(db, Rulebook(db=db, defaults=DEFAULTS, clock=self.clock), self.clock)
        self.local = stage.discord
        self.guild = self.local.world.guild_named("Aquarium")

    async def furnish(self, client):
        client._connection.guild_ready_timeout = 0.05
        tree, catalog = client.tree, self.catalog
        shared = {"catalog": catalog, "texts": TEXTS, "clock": self.clock}
        rights = Rights(tree=tree, operator_ids=frozenset(), clock=self.clock)
        note = FirstNote(told=AllTold(), retention=RETENTION, texts=TEXTS)
        asking = Asking(tracker=self.tracker, first_note=note, texts=TEXTS, clock=self.clock)
        self.habits = Habits(db=self.db, catalog=catalog, clock=self.clock)
        self.book = DraftBook(db=self.db, clock=self.clock)
        drafts = Drafts(
            asking=asking,
            book=self.book,
            rulebook=self.rulebook,
            allowances=Allowances(
                db=self.db,
                rulebook=self.rulebook,
                catalog=catalog,
                availability=Availability(self.clock),
                clock=self.clock,
            ),
            rights=rights,
            ceiling=CEILING,
            **shared,
        )
        members = Members(rights=rights, texts=TEXTS)
        names = PresetNames(habits=self.habits, texts=TEXTS)
        sources = PresetSources(db=self.db, catalog=catalog)
        starter = Starter(habits=self.habits, asking=asking, drafts=drafts, members=members, **shared)
        for cog in (
            rights,
            Imagen(tree=tree, offers=offers(catalog), run=starter.start, suggest=names.suggest, texts=TEXTS),
            drafts,
            Compare(tree=tree, habits=self.habits, drafts=drafts, names=names, members=members, **shared),
            Presets(
                tree=tree,
                habits=self.habits,
                sources=sources,
                names=names,
                forms=Forms(drafts=self.book),
                rights=rights,
                members=members,
                **shared,
            ),
            Defaults(tree=tree, habits=self.habits, members=members, **shared),
        ):
            await client.add_cog(cog)

    async def restart(self):
        """A new process: nothing of the old one's memory is left."""
        await self.stage.client.close()
        await self.stage.connection
        self.stage.client = stage_client(self.local, memory=self.stage.memory, clock=self.stage.clock)
        await self.furnish(self.stage.client)
        await self.stage.connect()

    # ------------------------------------------------------------ who and where

    def id_of(self, user):
        return self.local.world.user_named(user).id

    def say(self, user, message_id, **values):
        """These words in the language of this person."""
        return TEXTS(self.local.world.user_named(user).locale, message_id, **values)

    def place(self, channel="general"):
        return self.guild.channel_named(channel).id

    async def set(self, setting, value):
        await self.rulebook.change(self.guild.id, setting, lambda _: value, user_id=1)

    async def drafts(self):
        return len(await self.db.fetch("SELECT 1 FROM drafts"))

    # ------------------------------------------------------------ what people do

    async def use(self, command="imagen", *, user="mia", channel="general", **options):
        """Use a command; returns its record once it was answered, deferred, or a form was opened."""
        given = options if command in {"preset", "defaults"} else {"prompt": "a cozy cabin", **options}
        used = await self.local.invoke(
            guild_id=self.guild.id,
            channel_id=self.place(channel),
            user_id=self.id_of(user),
            command=command,
            options=given,
        )
        return await used.acknowledged()

    async def press(self, message, does, *, user="mia"):
        """Press the button of a message that does this; returns its record once it was acknowledged."""
        (custom_id,) = (each for each in ids(message) if f":{does}" in each)
        return await (await self.local.press(message, custom_id, user_id=self.id_of(user))).acknowledged()

    async def pick(self, message, does, values, *, user="mia"):
        """Choose in the menu of a message."""
        (custom_id,) = (each for each in ids(message) if f":{does}" in each)
        chosen = await self.local.select(message, custom_id, values, user_id=self.id_of(user))
        return await chosen.acknowledged()

    async def forge(self, custom_id, *, user, channel="general"):
        """Press what no client of Discord's would show."""
        who = actor(self.local.core, guild_id=self.guild.id, channel_id=self.place(channel), user_id=self.id_of(user))
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return await self.local._send(who, InteractionType.MESSAGE_COMPONENT, data).acknowledged()

    async def fill_in(self, record, **values):
        """Send the form that a record opened; returns its record once it was answered."""
        if "aspect_ratio" in values:
            values["aspect_ratio"] = [values["aspect_ratio"]]
        sent = await self.local.submit_modal(record, values)
        return await sent.acknowledged()

    async def type(self, command, options, *, focused, user="mia"):
        """Type into an option; returns the values that are suggested, by what people see."""
        typed = await self.local.autocomplete(
            guild_id=self.guild.id,
            channel_id=self.place(),
            user_id=self.id_of(user),
            command=command,
            options=options,
            focused=focused,
        )
        typed = await typed.acknowledged()
        return {each["name"]: each["value"] for each in typed.choices}

    @property
    def request(self):
        """What was asked for last."""
        return self.tracker.requests[-1]


def ids(message):
    """The custom_ids of a message's buttons and menus."""
    return [each["custom_id"] for _, each in walk(message.body.components) if "custom_id" in each]


def labels(message):
    """The labels of a message's buttons."""
    return [each["label"] for _, each in walk(message.body.components) if each.get("type") == 2]


@asynccontextmanager
async def at_parlour(tmp_path, *, catalog=None):
    """A connected bot with its cogs."""
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        async with staged() as stage:
            await stage.client.remove_cog("Imagen")
            parlour = Parlour(stage, db, catalog or Catalog())
            await parlour.furnish(stage.client)
            await stage.connect()
            try:
                yield parlour
            finally:
                # A parlour that was restarted has another client than the stage closes.
                await stage.client.close()
                await parlour.stage.client.close()
    finally:
        await db.close()
