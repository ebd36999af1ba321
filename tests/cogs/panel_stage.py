"""Panels on a stage: the real discord.py, rights, database and rulebook, and people who press what they see."""

import asyncio
from contextlib import asynccontextmanager

from bot.admin.rulebook import Rulebook
from bot.catalog import SAFETY_LEVELS, Catalog
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.interactions import InteractionType
from bot.sandbox.discord.people import actor
from cogs.limits import Limits
from cogs.panels.door import Panels
from cogs.rights import Rights
from cogs.safety import Safety
from tests.cogs.stage import TEXTS, stage_client, staged
from tests.databases import open_fresh

LOOSEST = SAFETY_LEVELS[-1]


class HeldRulebook(Rulebook):
    """The real one; waits while `open` is not set, and breaks while `broken` is set."""

    def __init__(self, **known):
        super().__init__(**known)
        self.open = asyncio.Event()
        self.open.set()
        self.broken = None

    async def rules(self, guild_id, reader=None):
        await self._gate()
        return await super().rules(guild_id, reader)

    async def change(self, guild_id, setting, update, **known):
        await self._gate()
        return await super().change(guild_id, setting, update, **known)

    async def _gate(self):
        await self.open.wait()
        if self.broken is not None:
            raise self.broken


class Desk:
    """Aquarium, its administrators adam and olga, and what they see."""

    def __init__(self, stage, rulebook, *, texts, catalog, patience, ceiling=LOOSEST):
        self.stage, self.rulebook = stage, rulebook
        self.local = stage.discord
        self.guild = self.local.world.guild_named("Aquarium")
        self._texts, self._catalog, self._patience, self._ceiling = texts, catalog, patience, ceiling

    async def furnish(self, client):
        rights = Rights(tree=client.tree, operator_ids=frozenset(), clock=self.stage.clock)
        panels = Panels(
            rulebook=self.rulebook,
            rights=rights,
            catalog=self._catalog,
            ceiling=self._ceiling,
            texts=self._texts,
            clock=self.stage.clock,
            patience=self._patience,
        )
        safety = Safety(tree=client.tree, panels=panels, rulebook=self.rulebook, rights=rights, texts=self._texts)
        for cog in (rights, panels, Limits(tree=client.tree, panels=panels, texts=self._texts), safety):
            await client.add_cog(cog)

    async def restart(self):
        """A new process: nothing of the old one's memory is left."""
        await self.stage.client.close()
        await self.stage.connection
        self.stage.client = stage_client(self.local, memory=self.stage.memory, clock=self.stage.clock)
        await self.furnish(self.stage.client)
        await self.stage.connect()

    def id_of(self, user):
        return self.local.world.user_named(user).id

    def channel(self, name):
        return self.guild.channel_named(name).id

    def role(self, name, *, guild=None):
        return next(each.id for each in (guild or self.guild).roles.values() if each.name == name)

    async def open(self, page=None, *, user="adam", guild=None, forged=False, command="limits"):
        """Use /limits or another command, and turn to a page; returns the panel, or the record where there is none."""
        guild = guild or self.guild
        used = await self.local.invoke(
            guild_id=guild.id,
            channel_id=guild.channel_named("general").id,
            user_id=self.id_of(user),
            command=command,
            forged=forged,
        )
        await used.answered()
        if page is not None:
            await self.pick(used.message, "page", [page], user=user)
        return used.message

    async def press(self, panel, *parts, user="adam"):
        """Press the button whose custom_id has these parts; returns the interaction once it was answered."""
        record = await self.local.press(panel, id_like(panel, *parts), user_id=self.id_of(user))
        return await record.acknowledged()

    async def pick(self, panel, *parts_and_values, user="adam"):
        *parts, values = parts_and_values
        chosen = [str(each) for each in values]
        record = await self.local.select(panel, id_like(panel, *parts), chosen, user_id=self.id_of(user))
        return await record.acknowledged()

    async def fill_in(self, panel, *parts, user="adam", **values):
        """Press the button that opens a form, fill it in and send it."""
        opened = await self.press(panel, *parts, user=user)
        return await self.send(opened, **values)

    async def send(self, opened, **values):
        sent = await self.local.submit_modal(opened, values)
        return await sent.acknowledged()

    async def forge(self, custom_id, *, user, guild=None, panel=None, kind=2, **more):
        """What no client of Discord's would send: any custom_id, from anybody, with any values."""
        guild = guild or self.guild
        place = guild.channel_named("general").id
        who = actor(self.local.core, guild_id=guild.id, channel_id=place, user_id=self.id_of(user))
        data = {"custom_id": custom_id, "component_type": kind, "id": 1, **more}
        record = self.local._send(who, InteractionType.MESSAGE_COMPONENT, data, source=panel)
        return await record.acknowledged()

    async def forge_form(self, custom_id, *, user, panel, guild=None, resolved=None, **values):
        guild = guild or self.guild
        place = guild.channel_named("general").id
        who = actor(self.local.core, guild_id=guild.id, channel_id=place, user_id=self.id_of(user))
        fields = [
            {"type": 18, "id": 2 * number, "component": {"type": 4, "id": 2 * number + 1, "custom_id": name, **each}}
            for number, (name, each) in enumerate(values.items(), start=1)
        ]
        data = {"custom_id": custom_id, "components": fields, "resolved": resolved or {}}
        record = self.local._send(who, InteractionType.MODAL_SUBMIT, data, source=panel)
        return await record.acknowledged()

    async def now(self, setting, *, guild=None):
        """What counts, as the database has it."""
        return (await Rulebook.rules(self.rulebook, (guild or self.guild).id)).guild[setting]

    async def set(self, setting, value):
        await self.rulebook.change(self.guild.id, setting, lambda _: value, user_id=1)

    def promote(self, user):
        """Make somebody an administrator of Aquarium."""
        self.local.set_roles(self.guild.id, self.id_of(user), [self.role("Administrator")])


def ids(message):
    return [each["custom_id"] for _, each in walk(message.body.components) if "custom_id" in each]


def id_like(message, *parts):
    """The only custom_id in which these parts stand one after the other."""
    wanted = ":" + ":".join(map(str, parts)) + ":"
    (found,) = (each for each in ids(message) if wanted in f":{each}:")
    return found


def component(message, *parts):
    return message.body.component(id_like(message, *parts))


def fields(opened):
    """The fields of a form by custom_id, as it was opened."""
    return {each["component"]["custom_id"]: each["component"] for each in opened.modal["components"]}


def chosen(field):
    """What a radio group, or a menu, shows as chosen."""
    options = [each["value"] for each in field.get("options", ()) if each.get("default")]
    return options + [int(each["id"]) for each in field.get("default_values", ())]


@asynccontextmanager
async def at_desk(
    tmp_path, *, texts=TEXTS, catalog=None, patience=None, defaults=None, connected=True, ceiling=LOOSEST
):
    """A connected bot with /limits and /safety, and its desk."""
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        async with staged() as stage:
            rulebook = HeldRulebook(db=db, defaults=defaults or {}, clock=stage.clock)
            desk = Desk(stage, rulebook, texts=texts, catalog=catalog or Catalog(), patience=patience, ceiling=ceiling)
            await desk.furnish(stage.client)
            if connected:
                await stage.connect()
            try:
                yield desk
            finally:
                # A desk that was restarted has another client than the stage closes.
                await stage.client.close()
    finally:
        await db.close()
