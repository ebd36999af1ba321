"""Moderation on a stage: the real discord.py, rights, database and docket; images are requests whose cards were posted."""

from contextlib import asynccontextmanager

import discord
from discord import ui

from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.intake import Refusal
from bot.judgement import Judgement
from bot.moderation import recording
from bot.moderation.case_text import CaseWriter
from bot.moderation.docket import Docket
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.interactions import InteractionType
from bot.sandbox.discord.people import actor
from bot.store import jobs as job_store
from cogs.members import Members
from cogs.message_menus import MessageMenus
from cogs.moderation.bench import Bench
from cogs.moderation.case_evidence import Evidence
from cogs.moderation.case_ids import CaseAddress
from cogs.moderation.case_poster import view_of
from cogs.moderation.case_review import Review
from cogs.moderation.case_voices import Voices
from cogs.moderation.cases import Cases
from cogs.moderation.command import Moderation
from cogs.rights import Rights
from cogs.sight import Sight
from tests.admin.privacy_support import Home
from tests.cogs.stage import TEXTS, stage_client, staged
from tests.cogs.standing_stage import AheadClock
from tests.databases import open_fresh

REPORT, MODERATE = "Report image", "Moderate image"
# A PNG of one pixel, for evidence that is shown.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


class HeldDocket(Docket):
    """The real one; waits while `held` is set to an event that is not, and breaks while `broken` is set."""

    held = None
    broken = None

    async def of_message(self, guild_id, **known):
        await self._gate()
        return await super().of_message(guild_id, **known)

    async def of_request(self, guild_id, interaction_id):
        await self._gate()
        return await super().of_request(guild_id, interaction_id)

    async def case(self, guild_id, case_id):
        await self._gate()
        return await super().case(guild_id, case_id)

    async def act(self, act, **known):
        await self._gate()
        return await super().act(act, **known)

    async def recent(self, guild_id, **known):
        await self._gate()
        return await super().recent(guild_id, **known)

    async def _gate(self):
        if self.held is not None:
            await self.held.wait()
        if self.broken is not None:
            raise self.broken


class Court:
    """Aquarium, its people, their images and the cases about them. The clock can be moved on by `clock.ahead_ms`."""

    def __init__(self, stage, db, folder):
        self.stage, self.db = stage, db
        self.clock = AheadClock(stage.clock)
        self.rulebook = Rulebook(db=db, defaults={}, clock=self.clock)
        self.home = Home(db, self.clock, folder)
        self.local = stage.discord
        self.guild = self.local.world.guild_named("Aquarium")
        self.retouched, self.noticed = [], 0
        self._made = 0

    async def furnish(self, client):
        tree, shared = client.tree, {"texts": TEXTS, "clock": self.clock}
        rights = Rights(tree=tree, operator_ids=frozenset(), clock=self.clock)
        self.docket = HeldDocket(
            db=self.db, rulebook=self.rulebook, retouch=self._retouch, noticed=self._notice, clock=self.clock
        )
        self.writer = CaseWriter(texts=TEXTS, catalog=Catalog())
        bench = Bench(rights=rights, **shared)
        review = Review(docket=self.docket, writer=self.writer, bench=bench, catalog=Catalog(), **shared)
        members = Members(rights=rights, texts=TEXTS)
        voices = Voices(docket=self.docket, bench=bench, members=members, sight=Sight(db=self.db), texts=TEXTS)
        evidence = Evidence(docket=self.docket, gallery=self.home.gallery, texts=TEXTS)
        for cog in (
            rights,
            Cases(review=review, voices=voices, evidence=evidence, bench=bench),
            MessageMenus(
                tree=tree,
                docket=self.docket,
                review=review,
                voices=voices,
                bench=bench,
                members=members,
                texts=TEXTS,
            ),
            Moderation(tree=tree, docket=self.docket, review=review, bench=bench, **shared),
        ):
            await client.add_cog(cog)

    async def _retouch(self, interaction_ids):
        self.retouched += interaction_ids

    def _notice(self):
        self.noticed += 1

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

    def place(self, channel="general", guild=None):
        return (guild or self.guild).channel_named(channel).id

    def other(self):
        """Another server, in which everybody is what they are in Aquarium."""
        return self.local.world.guild_named("Atelier")

    # ------------------------------------------------------------ images and cases

    async def image(self, *, user="mia", channel="general", private=False, prompt="my secret garden", guild=None):
        """An image of somebody's with its card; returns the id of its request, and the message."""
        self._made += 1
        number, guild = 9_000 + self._made, guild or self.guild
        message = await self.post(view_of_words("the card of an image"), channel=channel, guild=guild)
        await self.home.asked(
            number, user_id=self.id_of(user), guild_id=guild.id, prompt=prompt, image=PIXEL, at_ms=self.clock.now_ms()
        )
        async with self.db.transaction() as tx:
            await tx.execute(
                """UPDATE requests SET channel_id = $2, message_channel_id = $2, message_id = $3, private = $4
                WHERE interaction_id = $1""",
                number,
                message.channel_id,
                message.id,
                private,
            )
        return number, message

    async def blocked(self, *, user="mia", prompt="a bad word", guild=None):
        """A prompt of somebody's that their server's word rules blocked; returns the id of its case."""
        number, _ = await self.image(user=user, prompt=prompt, guild=guild)
        request, _ = await job_store.request(self.db, number)
        rules = await self.rulebook.rules(request.guild_id)
        judgement = Judgement(refusal=Refusal("words.blocked", words="bad"), blocked=("bad",))
        async with self.db.transaction() as tx:
            return await recording.blocked_by_server(
                tx, request, judgement, texts=[prompt], rules=rules, at_ms=self.clock.now_ms()
            )

    async def reported(self, *, by="jules", **image):
        """An image of somebody's that somebody reported; returns the id of its request and of the case."""
        number, _ = await self.image(**image)
        guild = image.get("guild") or self.guild
        found = await self.docket.report(
            guild_id=guild.id,
            interaction_id_of_request=number,
            by_id=self.id_of(by),
            reason="it is me",
            interaction_id=number + 100_000,
        )
        return number, found.case.case_id

    async def log_card(self, case_id, *, guild=None):
        """The card of a case, as the log puts it up, in a channel that everybody sees."""
        found = await self.docket.case((guild or self.guild).id, case_id)
        card = self.writer.card(found, locale="en", now_ms=self.clock.now_ms())
        return await self.post(view_of(card, id=case_id, of_request=False), guild=guild)

    async def post(self, view, *, channel="general", guild=None):
        """A message of the bot's."""
        client = self.stage.client
        place = client.get_partial_messageable(self.place(channel, guild), guild_id=(guild or self.guild).id)
        sent = await place.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        (message,) = (each for each in self.local.messages(self.place(channel, guild)) if each.id == sent.id)
        return message

    async def actions(self, case_id, *, guild=None):
        """What was done about a case, as the database has it."""
        found = await Docket.case(self.docket, (guild or self.guild).id, case_id)
        return [(each.act.value, each.user_id) for each in found.actions]

    async def removed(self, number):
        """Who had the images of a request removed, as the database has it."""
        return (await self.db.fetch("SELECT removed FROM requests WHERE interaction_id = $1", number))[0]["removed"]

    async def pauses(self):
        """Whoever is paused in Aquarium."""
        return {each.user_id: each.until_ms for each in await self.docket.paused(self.guild.id)}

    # ------------------------------------------------------------ what people do

    async def use(self, act, *, user="mona", forged=False, guild=None, **options):
        """Use a sub-command of /moderation; returns its record once it was answered."""
        guild = guild or self.guild
        used = await self.local.invoke(
            guild_id=guild.id,
            channel_id=self.place(guild=guild),
            user_id=self.id_of(user),
            command="moderation",
            options={act: options},
            forged=forged,
        )
        return await used.answered()

    async def menu(self, message, command, *, user, forged=False):
        """Use an entry of a message's menu; returns its record once it was answered, or a form was opened."""
        used = await self.local.invoke_on_message(message, user_id=self.id_of(user), command=command, forged=forged)
        return await used.until(lambda record: record.body is not None or record.modal is not None)

    async def press(self, message, does, *, user="mona"):
        """Press the only button of a message that does this; returns its record once it was acknowledged."""
        (custom_id,) = (each for each in ids(message) if f":{does}:" in each)
        return await (await self.local.press(message, custom_id, user_id=self.id_of(user))).acknowledged()

    async def press_page(self, message, page, *, user="mona"):
        pressed = await self.local.press(message, page.custom_id(), user_id=self.id_of(user))
        return await pressed.acknowledged()

    async def forge(self, address, *, user, guild=None, source=None):
        """Press what no client of Discord's would show: any button, anywhere."""
        who = self._actor(user, guild)
        custom_id = address.custom_id() if isinstance(address, CaseAddress) else address
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return await self.local._send(who, InteractionType.MESSAGE_COMPONENT, data, source=source).acknowledged()

    async def forge_form(self, address, *, user, reason="because", guild=None):
        """Send a form that was never opened."""
        who = self._actor(user, guild)
        typed = {"type": 4, "id": 3, "custom_id": "reason", "value": reason}
        data = {"custom_id": address.custom_id(), "components": [{"type": 18, "id": 2, "component": typed}]}
        return await self.local._send(who, InteractionType.MODAL_SUBMIT, data).acknowledged()

    def _actor(self, user, guild):
        guild = guild or self.guild
        return actor(self.local.core, guild_id=guild.id, channel_id=self.place(guild=guild), user_id=self.id_of(user))

    async def fill_in(self, record, reason="because"):
        """Send the form that a record opened; returns what was answered."""
        sent = await self.local.submit_modal(record, {"reason": reason})
        return (await sent.answered()).body.text


def view_of_words(words):
    view = ui.LayoutView(timeout=None)
    return view.add_item(ui.Container(ui.TextDisplay(words)))


def ids(message):
    """The custom_ids of a message's buttons."""
    return [each["custom_id"] for _, each in walk(message.body.components) if "custom_id" in each]


@asynccontextmanager
async def at_court(tmp_path):
    """A connected bot with its cogs."""
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        async with staged() as stage:
            court = Court(stage, db, tmp_path / "images")
            await court.furnish(stage.client)
            await stage.connect()
            try:
                yield court
            finally:
                # A court that was restarted has another client than the stage closes.
                await stage.client.close()
                await court.stage.client.close()
    finally:
        await db.close()
