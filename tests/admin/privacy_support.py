"""People whose data is kept: requests with their images on a real disk, holds on real accounts."""

from dataclasses import dataclass, replace

from bot.admin.privacy import Privacy
from bot.admin.purging import Purge, Retention
from bot.jobs import Delivery, Shown, State
from bot.limits import extra_owner, guild_owner, member_owner
from bot.media.gallery import Gallery
from bot.media.vault import Vault
from bot.store import jobs, ledger, media, sqlite_prompts
from tests.admin.support import DAY_MS, NOON_MS
from tests.store.support import JOB, PRICE, REQUEST

MIA, JULES = 9, 11
RETENTION = Retention(
    prompts_days=30, images_days=30, notices_days=60, changes_days=365, cases_days=90, left_servers_days=30
)
# What a test picture is made of does not matter to the vault.
MIAS, SHARED = b"mia's picture", b"a picture of two"


@dataclass(frozen=True)
class Image:
    content_type: str = "image/png"
    width_px: int = 4
    height_px: int = 3
    size_bytes: int = 13


class Home:
    """A database and a disk, and those who may forget what is in them."""

    def __init__(self, db, clock, folder):
        self.db, self.clock = db, clock
        self.vault = Vault(folder)
        self.vault.open()
        self.gallery = Gallery(fetcher=None, vault=self.vault)
        self.purge = Purge(
            db=db, gallery=self.gallery, retention=RETENTION, forget_words=sqlite_prompts.forget_words, clock=clock
        )
        self.privacy = Privacy(db=db, gallery=self.gallery, purge=self.purge, clock=clock)

    async def grant(self, owner, period, *, ends_ms=None, amount=100 * PRICE):
        async with self.db.transaction() as tx:
            await ledger.grant_to(tx, owner=owner, period=period, limit_microcredits=amount, at_ms=1, ends_ms=ends_ms)

    async def asked(
        self,
        number,
        *,
        user_id=MIA,
        guild_id=7,
        at_ms=NOON_MS - DAY_MS,
        prompt="my secret garden",
        image=MIAS,
        state=State.DONE,
        shown=Shown.DELIVERED,
        period="d:2026-11-20",
        ends_ms=NOON_MS + DAY_MS // 2,
        counted=True,
    ):
        """A request of one image, which was delivered at once; or is under way, where its state has not ended."""
        request = replace(
            REQUEST,
            interaction_id=number,
            guild_id=guild_id,
            user_id=user_id,
            values={"prompt": prompt, "seed": 5},
            created_ms=at_ms,
        )
        job = replace(JOB, interaction_id=number, payload={"prompt": prompt, "seed": 5}, accepted_ms=at_ms)
        owners = [(guild_owner(guild_id), "m:2026-11", None), (member_owner(guild_id, user_id), period, ends_ms)]
        for owner, label, end in owners:
            await self.grant(owner, label, ends_ms=end)
        kept = self.vault.put(image, "png")
        async with self.db.transaction() as tx:
            await jobs.insert(tx, request, [job])
            await ledger.hold(
                tx,
                interaction_id=number,
                number=0,
                accounts=[(owner, label) for owner, label, _ in owners],
                amount_microcredits=PRICE,
                at_ms=at_ms,
            )
            job = await jobs.move(tx, job, State.SUBMITTING, at_ms=at_ms)
            job = await jobs.move(tx, job, State.RUNNING, at_ms=at_ms, request_id=f"r{number}")
            if state is State.RUNNING:
                return
            if state is State.FAILED:
                job = await jobs.move(tx, job, state, at_ms=at_ms, outcome="blocked", detail=f"not: {prompt}")
            else:
                job = await jobs.move(tx, job, state, at_ms=at_ms, result_url=f"https://x/{number}.png")
                await media.insert(tx, Image(size_bytes=len(image)), sha256=kept.sha256, at_ms=at_ms)
                await jobs.record(
                    tx, job, sha256=kept.sha256, content_type="image/png", attachment_name=f"imagen-{number}.png"
                )
            await jobs.save_delivery(tx, number, Delivery(shown=shown, message_id=1_000 + number))
            await tx.execute("UPDATE jobs SET counted = $1", counted)

    async def used(self, owner, period):
        return (await ledger.usage(self.db, owner=owner, period=period)).spent

    async def give_extra(self, *, user_id=MIA, guild_id=7, amount=500):
        async with self.db.transaction() as tx:
            await ledger.give(
                tx, owner=extra_owner(guild_id, user_id), period="ever", amount_microcredits=amount, at_ms=1
            )

    def has(self, image):
        """Whether a picture is on the disk."""
        return any(path.read_bytes() == image for path in self.vault._root.glob("*/*"))

    async def dump(self):
        """Everything that is in the database, as one text."""
        tables = await self.db.fetch("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        rows = [
            f"{table['name']}: {dict(row)}"
            for table in tables
            for row in await self.db.fetch(f"SELECT * FROM {table['name']}")
        ]
        return "\n".join(rows)
