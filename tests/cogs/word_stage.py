"""/words and AutoMod on a stage: the real discord.py, rights, database and book."""

from contextlib import asynccontextmanager

from bot.admin.wordbook import WordBook
from bot.catalog import Catalog
from bot.sandbox.discord.permissions import MEMBER, Permission
from cogs.automod import ServerAutoMod
from cogs.rights import Rights
from cogs.words import Words
from tests.cogs.stage import TEXTS, stage_client, staged, until
from tests.cogs.standing_stage import AheadClock
from tests.databases import open_fresh

MANAGING = MEMBER | int(Permission.MANAGE_GUILD)


class HeldBook(WordBook):
    """The real one; waits while `held` is not set, and breaks while `broken` is set."""

    held = None
    broken = None

    async def add(self, guild_id, entries, *, user_id):
        await self._gate()
        return await super().add(guild_id, entries, user_id=user_id)

    async def entries(self, guild_id):
        await self._gate()
        return await super().entries(guild_id)

    async def _gate(self):
        if self.held is not None:
            await self.held.wait()
        if self.broken is not None:
            raise self.broken


class Lodge:
    """Aquarium, its moderator mona, and what she sees."""

    def __init__(self, stage, db):
        self.stage, self.db = stage, db
        self.clock = AheadClock(stage.clock)
        self.local = stage.discord
        self.guild = self.local.world.guild_named("Aquarium")

    async def furnish(self, client):
        client._connection.guild_ready_timeout = 0.05
        self.automod = ServerAutoMod(client, clock=self.clock)
        self.book = HeldBook(db=self.db, catalog=Catalog(), server_rules=self.automod, clock=self.clock)
        rights = Rights(tree=client.tree, operator_ids=frozenset(), clock=self.clock)
        words = Words(tree=client.tree, book=self.book, rights=rights, texts=TEXTS, clock=self.clock)
        for cog in (rights, self.automod, words):
            await client.add_cog(cog)

    async def restart(self):
        """A new process: nothing of the old one's memory is left."""
        await self.stage.client.close()
        await self.stage.connection
        self.stage.client = stage_client(self.local, memory=self.stage.memory, clock=self.stage.clock)
        await self.furnish(self.stage.client)
        await self.stage.connect()
        await self.stage.client.wait_until_ready()

    async def permit(self, bits=MANAGING, *, guild=None):
        """Give the bot's role these permissions, and wait until it has heard of them."""
        guild = guild or self.guild
        self.local.set_bot_permissions(guild.id, bits)
        heard = self.stage.client.get_guild(guild.id)
        await until(lambda: heard.me.guild_permissions.value == bits)

    def id_of(self, user):
        return self.local.world.user_named(user).id

    def role(self, name):
        return next(each.id for each in self.guild.roles.values() if each.name == name)

    async def use(self, act, *, user="mona", forged=False, **options):
        """Use a sub-command; returns its record once it was answered, or a form was opened."""
        used = await self.local.invoke(
            guild_id=self.guild.id,
            channel_id=self.guild.channel_named("general").id,
            user_id=self.id_of(user),
            command="words",
            options={act: options},
            forged=forged,
        )
        return await used.until(lambda record: record.body is not None or record.modal is not None)

    async def press(self, message, custom_id, *, user="mona"):
        return await (await self.local.press(message, custom_id, user_id=self.id_of(user))).acknowledged()

    async def fill_in(self, record, **values):
        """Send the form that a record opened; returns what was answered."""
        sent = await self.local.submit_modal(record, values)
        return (await sent.answered()).message.body.text

    async def add(self, lines, verdict="block"):
        return await self.fill_in(await self.use("add"), lines=lines, verdict=verdict)

    async def list(self):
        return (await self.use("list")).message.body.text

    def reads(self):
        """How often Discord was asked for AutoMod's rules."""
        return sum(call.route.endswith("/auto-moderation/rules") for call in self.local.calls)


@asynccontextmanager
async def at_lodge(tmp_path):
    """A connected bot with its cogs."""
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        async with staged() as stage:
            lodge = Lodge(stage, db)
            await lodge.furnish(stage.client)
            await stage.connect()
            await stage.client.wait_until_ready()
            try:
                yield lodge
            finally:
                # A lodge that was started anew has another client than the stage closes.
                await lodge.stage.client.close()
    finally:
        await db.close()
