"""Cards on a stage: the real discord.py, rights, database, desk and docket; nothing is painted."""

import json
from contextlib import asynccontextmanager
from random import Random

import discord
from discord import ui

from bot.admin.allowances import Allowances
from bot.asking.draft_book import DraftBook
from bot.asking.forms import Forms
from bot.cards.album import Album
from bot.cards.writer import CardWriter
from bot.catalog import Catalog
from bot.finding.placing import Placing
from bot.moderation.docket import Docket
from bot.periods import Per
from bot.ports import CardAct
from bot.sandbox.discord.interactions import InteractionType
from bot.sandbox.discord.people import actor
from bot.setting_fields import Allowance
from bot.settings import MEMBER_ALLOWANCE
from bot.store import jobs as job_store
from bot.store import pauses
from bot.store.personal import ERASED
from bot.tracker.availability import Availability
from bot.tracker.desk import Desk
from cogs.acknowledge import Patience
from cogs.asking.asking import Asking
from cogs.asking.drafts import Drafts
from cogs.asking.first_note import FirstNote
from cogs.cards.ask import CardAsk
from cogs.cards.door import CardDoor
from cogs.cards.ids import CardAddress
from cogs.cards.keep import CardKeep
from cogs.cards.menu import CardMenu
from cogs.cards.send import CardSend
from cogs.cards.share import CardShare
from cogs.members import Members
from cogs.rights import Rights
from cogs.serving import Serving
from cogs.sight import Sight
from tests.admin.privacy_support import RETENTION, Home
from tests.cogs.case_stage import PIXEL
from tests.cogs.panel_stage import HeldRulebook
from tests.cogs.stage import TEXTS, AllTold, stage_client, staged
from tests.cogs.standing_stage import AheadClock
from tests.databases import open_fresh
from tests.limits.support import DEFAULTS

CEILING = "BLOCK_ONLY_HIGH"
FAST = {
    "prompt": "a blue house",
    "negative_prompt": "rain",
    "width": 512,
    "height": 512,
    "steps": 30,
    "guidance_scale": 7.5,
    "scheduler": "DDIM",
    "seed": 77,
    "aspect_ratio": "1:1",
}
ULTRA = {"prompt": "a blue house", "aspect_ratio": "1:1", "negative_prompt": "blurry"}


class DeskTracker:
    """Accepts as in earnest, and remembers the rest."""

    def __init__(self, desk, db, clock):
        self.desk, self.db, self.clock = desk, db, clock
        self.begun, self.called_off, self.reopened = [], [], []
        self.held = None

    async def accept(self, request):
        await self.desk.accept(request)

    async def begin(self, interaction_id):
        self.begun.append(interaction_id)

    async def call_off(self, interaction_id):
        self.called_off.append(interaction_id)

    async def cancel(self, interaction_id):
        async with self.db.transaction() as tx:
            return await job_store.call_off(tx, interaction_id, at_ms=self.clock.now_ms())

    async def reopen(self, interaction_id):
        self.reopened.append(interaction_id)

    async def retouch(self, interaction_ids):
        self.reopened += interaction_ids


class HeldAlbum(Album):
    """The real one; waits while `held` is set to an event that is not, and shares once all of `together` have come to that."""

    held = None
    together = None

    async def card(self, interaction_id, **known):
        if self.held is not None:
            await self.held.wait()
        return await super().card(interaction_id, **known)

    async def share(self, source, shared):
        if self.together is not None:
            await self.together.wait()
        return await super().share(source, shared)


class Table:
    """Aquarium, its people, and cards of theirs. The clock can be moved on by `clock.ahead_ms`."""

    def __init__(self, stage, db, folder, catalog):
        self.stage, self.db, self.catalog = stage, db, catalog
        self.clock = AheadClock(stage.clock)
        self.rulebook = HeldRulebook(db=db, defaults=DEFAULTS, clock=self.clock)
        self.home = Home(db, self.clock, folder)
        self.local = stage.discord
        self.guild = self.local.world.guild_named("Aquarium")
        desk = Desk(
            db=db,
            catalog=catalog,
            availability=Availability(self.clock),
            rulebook=self.rulebook,
            ceiling=CEILING,
            noticed=lambda: None,
            clock=self.clock,
            rng=Random(0),
        )
        self.tracker = DeskTracker(desk, db, self.clock)
        self._made = 0

    async def furnish(self, client):
        tree, db, clock, catalog = client.tree, self.db, self.clock, self.catalog
        rights = Rights(tree=tree, operator_ids=frozenset(), clock=clock)
        note = FirstNote(told=AllTold(), retention=RETENTION, texts=TEXTS)
        asking = Asking(tracker=self.tracker, first_note=note, texts=TEXTS, clock=clock)
        book = DraftBook(db=db, clock=clock)
        drafts = Drafts(
            asking=asking,
            rights=rights,
            book=book,
            rulebook=self.rulebook,
            allowances=Allowances(
                db=db, rulebook=self.rulebook, catalog=catalog, availability=Availability(clock), clock=clock
            ),
            catalog=catalog,
            ceiling=CEILING,
            texts=TEXTS,
            clock=clock,
        )
        self.album = HeldAlbum(db=db, clock=clock)
        self.docket = Docket(
            db=db, rulebook=self.rulebook, retouch=self.tracker.retouch, noticed=lambda: None, clock=clock
        )
        serving = Serving(texts=TEXTS, clock=clock)
        spoken = {"serving": serving, "texts": TEXTS}
        shared = {"album": self.album, **spoken}
        asker = CardAsk(
            forms=Forms(drafts=book), asking=asking, questions=drafts, rights=rights, catalog=catalog, **spoken
        )
        sender = CardSend(gallery=self.home.gallery, writer=CardWriter(texts=TEXTS, catalog=catalog), clock=clock)
        keeper = CardKeep(tracker=self.tracker, docket=self.docket, sender=sender, rights=rights, **shared)
        placing = Placing(db=db, rulebook=self.rulebook, judge=None, catalog=catalog, ceiling=CEILING, clock=clock)
        sharer = CardShare(placing=placing, tracker=self.tracker, rights=rights, clock=clock, **shared)
        for cog in (
            rights,
            drafts,
            CardDoor(
                asker=asker,
                keeper=keeper,
                sharer=sharer,
                sight=Sight(db=db),
                holding=Serving(texts=TEXTS, clock=clock, patience=Patience(decide_s=0.0)),
                catalog=catalog,
                **shared,
            ),
            CardMenu(
                tree=tree,
                docket=self.docket,
                asker=asker,
                members=Members(rights=rights, texts=TEXTS),
                **shared,
            ),
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

    def place(self, channel="general", guild=None):
        return (guild or self.guild).channel_named(channel).id

    def other(self):
        """Another server."""
        return self.local.world.guild_named("Atelier")

    # ------------------------------------------------------------ cards

    async def card(
        self, *, user="mia", model="imagen-4-fast", values=None, sent=None, private=False, image=PIXEL, **asked
    ):
        """A card of somebody's with one image; returns the id of its request, and its message."""
        self._made += 1
        number = 9_000 + self._made
        chosen = self.catalog[model]
        sent = FAST | {"prompt": asked.get("prompt", FAST["prompt"])} if sent is None else sent
        values = {"prompt": sent["prompt"], "steps": 30, "negative_prompt": "rain"} if values is None else values
        message = await self.post(number)
        await self.home.asked(
            number, user_id=self.id_of(user), guild_id=self.guild.id, image=image, at_ms=self.clock.now_ms(), **asked
        )
        async with self.db.transaction() as tx:
            await tx.execute(
                """UPDATE requests SET channel_id = $2, place_id = $2, message_channel_id = $2, message_id = $3,
                    private = $4, options = $5, model = $6, command = $7 WHERE interaction_id = $1""",
                number,
                message.channel_id,
                message.id,
                private,
                json.dumps(values),
                model,
                chosen.command,
            )
            await tx.execute(
                "UPDATE jobs SET model = $2, slug = $3, payload = $4 WHERE interaction_id = $1",
                number,
                model,
                chosen.slug,
                json.dumps(sent),
            )
        return number, message

    async def post(self, number, *, channel="general"):
        """A message of the bot's with every button there is."""
        view = ui.LayoutView(timeout=None)
        buttons = [
            ui.Button(label=act.value, custom_id=CardAddress(act, number, _arg(act)).custom_id()) for act in CardAct
        ]
        rows = (ui.ActionRow(*buttons[start : start + 5]) for start in range(0, len(buttons), 5))
        view.add_item(ui.Container(ui.TextDisplay("a card"), *rows))
        place = self.stage.client.get_partial_messageable(self.place(channel), guild_id=self.guild.id)
        sent = await place.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        (message,) = (each for each in self.local.messages(self.place(channel)) if each.id == sent.id)
        return message

    async def purge(self, number):
        """Forget the words of a request, as time does."""
        async with self.db.transaction() as tx:
            await tx.execute(f"UPDATE jobs SET payload = '{ERASED}' WHERE interaction_id = $1", number)
            await tx.execute(f"UPDATE requests SET options = '{ERASED}' WHERE interaction_id = $1", number)

    async def pause(self, user):
        """A moderator pauses somebody."""
        await self.docket.pause(
            guild_id=self.guild.id,
            user_id=self.id_of(user),
            until_ms=None,
            reason="",
            by_id=self.id_of("mona"),
            interaction_id=4_711,
        )
        running = await pauses.running(
            self.db, guild_id=self.guild.id, user_id=self.id_of(user), now_ms=self.clock.now_ms()
        )
        assert running is not None

    async def allow(self, microcredits):
        """Let every member of Aquarium spend this much a day."""
        allowance = Allowance(microcredits, Per.DAY)
        await self.rulebook.change(self.guild.id, MEMBER_ALLOWANCE, lambda _: allowance, user_id=self.id_of("adam"))

    async def request(self, interaction_id):
        """What was asked for with an interaction; None where it was not accepted."""
        found = await job_store.request(self.db, interaction_id)
        return None if found is None else found[0]

    async def requests(self):
        """How many requests there are."""
        return len(await self.db.fetch("SELECT 1 FROM requests"))

    # ------------------------------------------------------------ what people do

    async def press(self, message, number, does, *, user="mia", arg=None):
        """Press a button; returns its record once it was acknowledged."""
        custom_id = CardAddress(does, number, _arg(does) if arg is None else arg).custom_id()
        return await (await self.local.press(message, custom_id, user_id=self.id_of(user))).acknowledged()

    async def told(self, message, number, does, **known):
        """Press a button; returns what was answered."""
        return (await (await self.press(message, number, does, **known)).answered()).body.text

    async def forge(self, does, number, *, user="mia", guild=None, arg="", custom_id=None):
        """Press what no client of Discord's would show: any button, anywhere."""
        guild = guild or self.guild
        who = actor(self.local.core, guild_id=guild.id, channel_id=self.place(guild=guild), user_id=self.id_of(user))
        address = custom_id or CardAddress(does, number, arg).custom_id()
        data = {"custom_id": address, "component_type": 2, "id": 1}
        return await self.local._send(who, InteractionType.MESSAGE_COMPONENT, data).acknowledged()

    async def send(self, opened, **typed):
        """Send the form that a record opened, with these inputs changed; returns its record once it was acknowledged."""
        filled = {name: [value] if name in {"model", "aspect_ratio"} else value for name, value in typed.items()}
        return await (await self.local.submit_modal(opened, filled)).acknowledged()


def _arg(does):
    return "imagen-4-ultra" if does is CardAct.REDO else ""


def form(opened):
    """What the form of a record holds, by input."""
    fields = [each["component"] for each in opened.modal["components"]]
    return {field["custom_id"]: _held(field) for field in fields}


def _held(field):
    if "options" not in field:
        return field.get("value", "")
    return next((option["value"] for option in field["options"] if option.get("default")), None)


@asynccontextmanager
async def at_table(tmp_path, *, catalog=None):
    """A connected bot with its cogs."""
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        async with staged() as stage:
            table = Table(stage, db, tmp_path / "images", catalog or Catalog())
            await table.furnish(stage.client)
            await stage.connect()
            try:
                yield table
            finally:
                # A table that was restarted has another client than the stage closes.
                await stage.client.close()
                await table.stage.client.close()
    finally:
        await db.close()
