"""What is forged, pressed and used up: images, cases, drafts and presets of mia's in Aquarium, each made for one use."""

from contextlib import asynccontextmanager
from dataclasses import replace

from bot.admin.rulebook import Rulebook
from bot.asking.asks import Ask
from bot.asking.presets import Kind, Preset
from bot.cards.writer import ref_of
from bot.clock import SystemClock
from bot.intake import Refusal
from bot.jobs import Delivery, Shown
from bot.judgement import Judgement
from bot.limits import guild_owner
from bot.media.vault import Vault
from bot.moderation import recording
from bot.moderation.cases import HOUR_MS
from bot.moderation.docket import Docket
from bot.sandbox.discord.people import actor
from bot.store import copies, drafts, ledger, media, personal, presets
from bot.store import jobs as job_store
from bot.store.copies import Copy
from bot.store.drafts import Draft
from tests.admin.privacy_support import Image
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector
from tests.permissions.uses import Who
from tests.store.support import JOB, PRICE, REQUEST, TO_DONE

# A PNG of one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)
PROMPT = "mia's secret garden"
FIRST_ID = 9_001


class Things:
    """Makes them, in a database that no bot has open. Each method returns the id of what it made."""

    def __init__(self, house, db):
        self.house, self.db, self.clock = house, db, SystemClock()
        self.rulebook = Rulebook(db=db, defaults={}, clock=self.clock)
        self.docket = Docket(db=db, rulebook=self.rulebook, retouch=_nothing, noticed=lambda: None, clock=self.clock)
        self.owner = house.id_of(Who.OWNER)
        self._made = FIRST_ID
        # Of a month long ago, so that it concerns nobody's budget.
        self._account = (guild_owner(house.home.id), "m:2020-01")
        vault = Vault(house.images)
        vault.open()
        self._sha256 = vault.put(PIXEL, "png").sha256

    async def begin(self):
        """Everybody knows what becomes of prompts, and there is the file of the image that all have."""
        owner, period = self._account
        async with self.db.transaction() as tx:
            await ledger.grant_to(tx, owner=owner, period=period, limit_microcredits=10**12, at_ms=0)
            await media.insert(tx, Image(size_bytes=len(PIXEL)), sha256=self._sha256, at_ms=self.clock.now_ms())
            for user_id in self.house.local.world.users:
                await personal.tell(tx, user_id, at_ms=1)

    async def set(self, setting, value, *, guild=None):
        await self.rulebook.change((guild or self.house.home).id, setting, lambda _: value, user_id=1)

    async def make(self, kind):
        return await getattr(self, kind)() if kind else self._next()

    def _next(self):
        self._made += 1
        return self._made

    async def image(self, *, private=False, channel="general"):
        number, house = self._next(), self.house
        place = house.place(channel)
        me = actor(house.local.core, guild_id=house.home.id, channel_id=place, user_id=house.id_of(Who.ADMINISTRATOR))
        message = house.message("a card", me)
        request = replace(
            REQUEST,
            interaction_id=number,
            guild_id=house.home.id,
            channel_id=place,
            place_id=place,
            user_id=self.owner,
            values={"prompt": PROMPT},
            private=private,
            created_ms=self.clock.now_ms() - HOUR_MS,
        )
        job = replace(JOB, interaction_id=number, payload={"prompt": PROMPT, "seed": 5}, accepted_ms=request.created_ms)
        async with self.db.transaction() as tx:
            await job_store.insert(tx, request, [job])
            await ledger.hold(
                tx, interaction_id=number, number=0, accounts=[self._account], amount_microcredits=PRICE, at_ms=1
            )
            for state, more in TO_DONE:
                own = {name: f"r{number}" if name == "request_id" else value for name, value in more.items()}
                job = await job_store.move(tx, job, state, at_ms=request.created_ms, **own)
            await job_store.record(
                tx, job, sha256=self._sha256, content_type="image/png", attachment_name=f"imagen-{number}.png"
            )
            delivered = Delivery(shown=Shown.DELIVERED, message_id=message.id, message_channel_id=message.channel_id)
            await job_store.save_delivery(tx, number, delivered)
            # Figures are another matter: nothing of it is counted.
            await tx.execute("UPDATE jobs SET counted = TRUE WHERE interaction_id = $1", number)
        return number

    async def private(self):
        return await self.image(private=True)

    async def hidden(self):
        """One in a channel that only moderators see."""
        return await self.image(channel="mod-log")

    async def copied(self):
        """One of such a channel that was shown once more in #general, where all see it."""
        number = await self.hidden()
        place = self.house.place()
        copy = Copy(message_id=number, channel_id=place, guild_id=self.house.home.id, interaction_id=number)
        async with self.db.transaction() as tx:
            await copies.add(tx, copy)
        return number

    async def block(self):
        request, _ = await job_store.request(self.db, await self.image())
        rules = await self.rulebook.rules(request.guild_id)
        judgement = Judgement(refusal=Refusal("words.blocked", words="bad"), blocked=("bad",))
        async with self.db.transaction() as tx:
            return await recording.blocked_by_server(
                tx,
                request,
                judgement,
                texts=[f"{PROMPT} {request.interaction_id}"],
                rules=rules,
                at_ms=self.clock.now_ms(),
            )

    async def appealed(self):
        case_id = await self.block()
        await self.docket.appeal(
            guild_id=self.house.home.id, case_id=case_id, user_id=self.owner, reason="it is a song"
        )
        return case_id

    async def report(self):
        number = await self.image()
        found = await self.docket.report(
            guild_id=self.house.home.id,
            interaction_id_of_request=number,
            by_id=self.house.id_of("olga"),
            reason="it is me",
            interaction_id=number + 100_000,
        )
        return found.case.case_id

    async def draft(self):
        ask = Ask(command="imagen", models=("imagen-4",), values={"prompt": PROMPT}, private=True, spoiler=False)
        return await self._draft(ask)

    async def comparison(self):
        ask = Ask(
            command="imagen-compare",
            models=("imagen-4", "imagen-4-fast"),
            values={"prompt": PROMPT},
            private=True,
            spoiler=False,
        )
        return await self._draft(ask)

    async def _draft(self, ask):
        draft = Draft(
            draft_id=self._next(),
            user_id=self.owner,
            guild_id=self.house.home.id,
            ask=ask,
            created_ms=self.clock.now_ms(),
        )
        async with self.db.transaction() as tx:
            await drafts.add(tx, draft)
        return draft.draft_id

    async def preset(self):
        """One of the server's; its name is the word for its number."""
        return await self._preset(Kind.GUILD, self.house.home.id)

    async def own_preset(self):
        return await self._preset(Kind.USER, self.owner)

    async def _preset(self, kind, owner_id):
        number = self._next()
        preset = Preset(
            kind=kind,
            owner_id=owner_id,
            name=named(number),
            prompt="in oil",
            values={},
            user_id=self.owner,
            changed_ms=self.clock.now_ms(),
        )
        async with self.db.transaction() as tx:
            # More than a server may keep: each use takes its own.
            await presets.put(tx, replace(preset))
        return number


@asynccontextmanager
async def furnishing(house):
    """The database of a bot that does not run yet, and who puts things into it."""
    connect = InlineConnector()
    db = await open_fresh(house.database, connect=connect)
    connect.writer.raw.execute("PRAGMA synchronous = OFF")  # nothing of it is to outlive the machine
    try:
        things = Things(house, db)
        await things.begin()
        yield things
        async with db.transaction() as tx:
            # Their cards have been in the log for long.
            await tx.execute("UPDATE cases SET shown_revision = revision")
    finally:
        await db.close()


def named(number):
    """The name of a preset."""
    return f"p{number}"


def reference(number):
    """The short name of a request."""
    return ref_of(number)


async def _nothing(_):
    return None
