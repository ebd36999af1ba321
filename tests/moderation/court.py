"""A server with word rules and moderators: the real desk, word book, endings, docket, privacy and purge, on a real database and disk."""

from bot.admin.wordbook import WordBook
from bot.intake import Refusal
from bot.jobs import Delivery, Shown, State
from bot.media.gallery import Gallery
from bot.moderation.cases import CaseKind
from bot.moderation.docket import Docket
from bot.safety import CODES, Side
from bot.store import cases, dockets, jobs, media, pauses
from bot.text import Texts
from bot.tracker.alerts import Alerts
from bot.tracker.books import Books
from bot.tracker.collecting import Collector
from bot.tracker.endings import Endings
from bot.word_lines import Entry, Verdict
from tests.admin.privacy_support import Home, Image
from tests.admin.support import FakeLine, HandClock
from tests.admin.test_wordbook import FakeAutoMod
from tests.limits.bench import ADMIN, Bench
from tests.limits.support import GUILD, MODELS, NOON_MS, PLACE, USER, request

MONA, REPORTER, OTHER_GUILD = 55, 66, 9
MINUTE_MS = 60_000
CHILD, SEXUAL, PICTURE = "58061214", "90789179", "63429089"
assert (CODES[CHILD][1], CODES[SEXUAL][1], CODES[PICTURE][1]) == (Side.WORDS, Side.WORDS, Side.PICTURE)


class Court(Bench):
    """What a test does there. Presses take numbers of their own."""

    def __init__(self, db, folder):
        super().__init__(db, clock=HandClock(NOON_MS))
        self.home = Home(db, self.clock, folder)
        self.automod = FakeAutoMod()
        self.book = WordBook(db=db, catalog=MODELS, server_rules=self.automod, clock=self.clock)
        self.desk._judge = self.book
        self.retouched = []
        self.docket = Docket(db=db, rulebook=self.rulebook, retouch=self._retouch, noticed=self._hear, clock=self.clock)
        alerts = Alerts(line=FakeLine(), texts=Texts(), clock=self.clock)
        books = Books(db=db, alerts=alerts, noticed=self._hear, clock=self.clock)
        gallery = Gallery(fetcher=None, vault=self.home.vault)
        self.endings = Endings(
            books=books,
            rulebook=self.rulebook,
            collector=Collector(books=books, gallery=gallery, clock=self.clock),
            alerts=alerts,
            noticed=self._hear,
            clock=self.clock,
        )
        self._press = 5_000_000

    async def _retouch(self, requests):
        self.retouched += requests

    def press(self):
        self._press += 1
        return self._press

    async def rule(self, verdict, *words):
        await self.book.add(GUILD, [Entry(each, verdict) for each in words], user_id=ADMIN)

    async def block(self, prompt="a gory cat", **asked):
        """Have a prompt blocked by the word "gory"; the case."""
        await self.rule(Verdict.BLOCK, "gory")
        refusal = await self.refused(prompt=prompt, **asked)
        assert refusal.message_id == "words.blocked"
        return await cases.find(self.db, refusal.case_id, guild_id=GUILD)

    async def refuse_twice(self, interaction_id, **asked):
        """Tell of one use of a command twice; both refusals."""
        refusals = []
        for _ in range(2):
            try:
                await self.desk.accept(request(interaction_id, created_ms=self.clock.ms, **asked))
            except Refusal as refusal:
                refusals.append(refusal)
        return refusals

    async def run(self, job):
        for to, changes in (
            (State.SUBMITTING, {}),
            (State.RUNNING, {"request_id": f"r{job.interaction_id}/{job.number}"}),
        ):
            async with self.db.transaction() as tx:
                job = await jobs.move(tx, job, to, at_ms=self.clock.ms, **changes)
        return job

    async def fail(self, *codes, **asked):
        """Ask for as many images as there are codes, each of which the provider blocks with its code; the request's id."""
        made = await self.ask(count=len(codes), **asked)
        for job, code in zip(made, codes, strict=True):
            await self.endings.failed(await self.run(job), f"Support codes: {code}")
        async with self.db.transaction() as tx:
            await jobs.save_delivery(tx, made[0].interaction_id, Delivery(shown=Shown.DELIVERED))
        return made[0].interaction_id

    async def draw(self, image=b"a picture", *, message_id=900, **asked):
        """Ask for an image, which is made and shown; the request's id."""
        (job,) = await self.ask(**asked)
        kept = self.home.vault.put(image, "png")
        job = await self.run(job)
        async with self.db.transaction() as tx:
            job = await jobs.move(tx, job, State.DONE, at_ms=self.clock.ms, result_url="https://x/1.png")
            await media.insert(tx, Image(size_bytes=len(image)), sha256=kept.sha256, at_ms=self.clock.ms)
            await jobs.record(tx, job, sha256=kept.sha256, content_type="image/png")
            shown = Delivery(shown=Shown.DELIVERED, message_id=message_id, message_channel_id=PLACE)
            await jobs.save_delivery(tx, job.interaction_id, shown)
            await tx.execute("UPDATE jobs SET counted = TRUE")
        return job.interaction_id

    async def act(self, act, address_id, *, of_request=False, guild_id=GUILD, press=None):
        return await self.docket.act(
            act,
            guild_id=guild_id,
            address_id=address_id,
            of_request=of_request,
            user_id=MONA,
            interaction_id=press or self.press(),
        )

    async def report(self, interaction_id, *, by_id=REPORTER, reason="rude", guild_id=GUILD, press=None):
        return await self.docket.report(
            guild_id=guild_id,
            interaction_id_of_request=interaction_id,
            by_id=by_id,
            reason=reason,
            interaction_id=press or self.press(),
        )

    async def appeal(self, case_id, *, user_id=USER, reason="it is a film", guild_id=GUILD):
        return await self.docket.appeal(guild_id=guild_id, case_id=case_id, user_id=user_id, reason=reason)

    async def pause(self, *, until_ms=None, reason="spam", press=None):
        return await self.docket.pause(
            guild_id=GUILD,
            user_id=USER,
            until_ms=until_ms,
            reason=reason,
            by_id=MONA,
            interaction_id=press or self.press(),
        )

    async def unpause(self, press=None):
        return await self.docket.unpause(guild_id=GUILD, user_id=USER, by_id=MONA, interaction_id=press or self.press())

    async def is_paused(self):
        found = await pauses.running(self.db, guild_id=GUILD, user_id=USER, now_ms=self.clock.ms)
        return found is not None

    async def all_cases(self, kind=None):
        rows = await self.db.fetch("SELECT case_id FROM cases ORDER BY case_id")
        found = [await cases.find(self.db, row["case_id"], guild_id=GUILD) for row in rows]
        return [case for case in found if case is not None and kind in {None, case.kind}]

    async def docketed(self):
        return await dockets.docketed(self.db, await self.all_cases())

    async def pause_cases(self):
        return await self.all_cases(CaseKind.PAUSE)

    async def revisions(self):
        return [row["revision"] for row in await self.db.fetch("SELECT revision FROM cases ORDER BY case_id")]

    def wait(self, ms):
        self.clock.ms += ms
