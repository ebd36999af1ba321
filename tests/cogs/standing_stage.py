"""/me, /credits and the first card on a stage: the real discord.py, rights, rulebook and database."""

from contextlib import asynccontextmanager

from bot.admin.allowances import Allowances
from bot.admin.extra import Extra
from bot.admin.servers import Servers
from bot.catalog import Catalog
from bot.tracker.availability import Availability
from cogs.credits import Credits
from cogs.greeter import DiscordGreeter
from cogs.me import Me
from cogs.members import Members
from cogs.rights import Rights
from cogs.welcome import Welcome
from tests.admin.support import DEFAULTS
from tests.cogs.panel_stage import HeldRulebook
from tests.cogs.stage import TEXTS, stage_client, staged
from tests.databases import open_fresh


class Square:
    """Aquarium, its people, and what they see. The clock can be moved on by `clock.ahead_ms`."""

    def __init__(self, stage, db, clock):
        self.stage, self.db, self.clock = stage, db, clock
        self.availability = Availability(clock)
        self.rulebook = HeldRulebook(db=db, defaults=DEFAULTS, clock=clock)
        self.local = stage.discord
        self.guild = self.local.world.guild_named("Aquarium")

    async def furnish(self, client):
        # What discord.py waits for after a connection, before it tells of servers.
        client._connection.guild_ready_timeout = 0.05
        tree, clock, rulebook = client.tree, self.clock, self.rulebook
        rights = Rights(tree=tree, operator_ids=frozenset(), clock=clock)
        greeter = DiscordGreeter(client, rulebook=rulebook, catalog=Catalog(), texts=TEXTS)
        servers = Servers(db=self.db, greeter=greeter, clock=clock)
        allowances = Allowances(
            db=self.db, rulebook=rulebook, catalog=Catalog(), availability=self.availability, clock=clock
        )
        extra = Extra(db=self.db, rulebook=rulebook, clock=clock)
        shared = {"texts": TEXTS, "clock": clock}
        for cog in (
            rights,
            Me(
                tree=tree,
                allowances=allowances,
                members=Members(rights=rights, texts=TEXTS),
                catalog=Catalog(),
                **shared,
            ),
            Credits(tree=tree, extra=extra, rights=rights, **shared),
            Welcome(client, servers=servers, greeter=greeter, rulebook=rulebook, rights=rights, **shared),
        ):
            await client.add_cog(cog)

    async def stop(self):
        """End the process, as far as Discord can tell."""
        await self.stage.client.close()
        await self.stage.connection

    async def start(self):
        """A new process: nothing of an old one's memory is left."""
        self.stage.client = stage_client(self.local, memory=self.stage.memory, clock=self.stage.clock)
        await self.furnish(self.stage.client)
        await self.stage.connect()
        await self.stage.client.wait_until_ready()

    def id_of(self, user):
        return self.local.world.user_named(user).id

    def role(self, name):
        return next(each.id for each in self.guild.roles.values() if each.name == name)

    async def use(self, command, *, user, options=None, guild=None, channel="general", forged=False):
        """Use a command; returns its record once it was answered."""
        place = guild or self.guild
        used = await self.local.invoke(
            guild_id=place.id,
            channel_id=place.channel_named(channel).id,
            user_id=self.id_of(user),
            command=command,
            options=options,
            forged=forged,
        )
        return await used.answered()

    async def set(self, setting, value, *, guild_id=None):
        await self.rulebook.change(guild_id or self.guild.id, setting, lambda _: value, user_id=1)


class AheadClock:
    """The stage's own clock, some time ahead of it."""

    def __init__(self, clock):
        self._clock = clock
        self.ahead_ms = 0

    def now_ms(self):
        return self._clock.now_ms() + self.ahead_ms

    async def sleep(self, seconds):
        await self._clock.sleep(seconds)


@asynccontextmanager
async def at_square(tmp_path):
    """A connected bot with its cogs, and the square it stands on."""
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        async with staged() as stage:
            square = Square(stage, db, AheadClock(stage.clock))
            await square.furnish(stage.client)
            await stage.connect()
            # Before that, discord.py takes every server for one that it was in already.
            await stage.client.wait_until_ready()
            try:
                yield square
            finally:
                # A square that was started anew has another client than the stage closes.
                await stage.client.close()
    finally:
        await db.close()
