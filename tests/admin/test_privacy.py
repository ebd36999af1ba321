"""A person's data: all of it as a file, none of it after its deletion, and nothing lifted by that."""

import io
import json
import zipfile

import pytest

from bot.admin.extra import subject
from bot.admin.privacy import UnderWay
from bot.admin.privacy_file import NamedImage, make_file
from bot.errors import StoreError, TooLarge
from bot.jobs import Shown, State
from bot.limits import Usage, extra_owner, guild_owner, member_owner
from bot.store import bars, jobs, ledger, personal, usage
from bot.store.audit import audit
from bot.store.bars import Bar, BarKind
from bot.store.settings import Change, add_change
from bot.usage.report import Counts, Topic
from bot.usage.tally import DayKey, Tally
from tests.admin.privacy_support import JULES, MIA, MIAS, SHARED, Home
from tests.admin.support import DAY_MS, NOON_MS
from tests.store.support import PRICE

pytestmark = pytest.mark.asyncio

MIB = 2**20
TODAY = "d:2026-11-20"
MIAS_ACCOUNT = member_owner(7, MIA)
ABOUT = "Alles, was dieser Bot über dich aufhebt."


@pytest.fixture
def home(db, clock, tmp_path):
    return Home(db, clock, tmp_path / "images")


async def read(home, *, user_id=MIA, image=MIAS, size_max_bytes=10 * MIB):
    """The export as a program reads it, and the names of the images in it."""
    export = await home.privacy.export(user_id, about=ABOUT, size_max_bytes=size_max_bytes)
    with export.file.file as file:
        data = file.read()
    assert len(data) <= size_max_bytes
    if export.file.filename == "my-data.json":
        return json.loads(data), [], export
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.startswith("images/")]
        assert all(archive.read(name) == image for name in names)
        return json.loads(archive.read("my-data.json")), names, export


# ---------------------------------------------------------------- the file


async def test_the_file_has_everything_of_this_person_in_all_servers_and_nothing_of_others(home):
    await home.asked(1, prompt="ein Häuschen \U0001f3e1")
    await home.asked(2, guild_id=8, state=State.FAILED)
    await home.asked(3, user_id=JULES, prompt="somebody else's")
    await home.give_extra()
    told, names, export = await read(home)
    assert told["about"] == ABOUT
    assert [each["guild_id"] for each in told["requests"]] == ["7", "8"]
    first, second = told["requests"]
    assert first["options"] == {"prompt": "ein Häuschen \U0001f3e1", "seed": 5}
    assert first["images"][0]["payload"]["prompt"] == "ein Häuschen \U0001f3e1"
    assert (first["images"][0]["file_name"], first["created_at"]) == ("1-1.png", "2026-11-19T12:00:00.000+00:00")
    assert (second["images"][0]["file_name"], second["images"][0]["outcome"]) == (None, "blocked")
    owners = {(each["owner"], each["spent"]) for each in told["balances"]}
    assert owners == {(MIAS_ACCOUNT, PRICE), (member_owner(8, MIA), 0), (extra_owner(7, MIA), 0)}
    assert {each["kind"] for each in told["ledger"]} == {"grant", "hold", "settle", "release"}
    assert "somebody else's" not in json.dumps(told)
    assert (names, export.images, export.images_left_out) == (["images/1-1.png"], 1, 0)


async def test_the_file_holds_no_address_that_others_could_write_to(home):
    await home.asked(1, state=State.RUNNING)
    assert "an address" in await home.dump()
    assert "an address" not in json.dumps((await read(home))[0])


async def test_who_is_barred_reads_why_and_what_was_given_to_them_but_not_by_whom(home):
    async with home.db.transaction() as tx:
        await bars.bar(tx, Bar(kind=BarKind.USER, id=MIA, reason="spam", user_id=123456, at_ms=5))
        given = Change(guild_id=7, subject=subject(MIA), old=0, new=5, reason="thanks", user_id=123456, at_ms=6)
        await add_change(tx, given)
        await add_change(tx, Change(guild_id=7, subject="enabled", old=True, new=False, user_id=MIA, at_ms=7))
    told = (await read(home))[0]
    assert told["bars"] == [{"reason": "spam", "at": "1970-01-01T00:00:00.005+00:00"}]
    assert [(each["subject"], each["new"], each["by_this_person"]) for each in told["changes"]] == [
        ("extra:9", 5, False),
        ("enabled", False, True),
    ]
    assert "123456" not in json.dumps(told)


async def test_a_person_of_whom_nothing_is_known_has_a_file_that_says_so(home):
    told, names, _ = await read(home, user_id=404)
    assert (told["requests"], told["balances"], told["bars"], names) == ([], [], [], [])


async def test_images_that_do_not_fit_are_only_named(home):
    await home.asked(1, image=b"x" * 5_000)
    told, names, export = await read(home, size_max_bytes=5_000)
    assert (names, export.images, export.images_left_out) == ([], 0, 1)
    assert told["requests"][0]["images"][0]["file_name"] == "1-1.png"


async def test_texts_that_do_not_fit_are_zipped_and_what_not_even_then_fits_is_refused(home):
    for number in range(1, 31):
        await home.asked(number, state=State.FAILED)
    told, _, export = await read(home, size_max_bytes=12_000)
    assert (export.file.filename, len(told["requests"])) == ("my-data.zip", 30)
    with pytest.raises(TooLarge):
        await home.privacy.export(MIA, about=ABOUT, size_max_bytes=500)


async def test_an_image_that_is_deleted_meanwhile_is_left_out(tmp_path):
    made = make_file({"a": 1}, [NamedImage("1.png", tmp_path / "gone.png", 5)], size_max_bytes=MIB)
    with made.file, zipfile.ZipFile(made.file) as archive:
        assert archive.namelist() == ["my-data.json"]


# ---------------------------------------------------------------- the deletion


async def test_after_the_deletion_nothing_leads_to_the_person_and_the_books_balance(home, db, clock):
    await home.asked(1, at_ms=NOON_MS - 3 * DAY_MS, period="d:2026-11-17", ends_ms=NOON_MS - 2 * DAY_MS)
    await home.asked(
        2, at_ms=NOON_MS - 3 * DAY_MS, period="d:2026-11-17", ends_ms=NOON_MS - 2 * DAY_MS, state=State.FAILED
    )
    await home.give_extra()
    async with db.transaction() as tx:
        await add_change(
            tx, Change(guild_id=7, subject=subject(MIA), old=0, new=5, reason="for mia", user_id=1, at_ms=6)
        )
        await personal.tell(tx, MIA, at_ms=1)
    await home.privacy.forget(MIA)
    everything = await home.dump()
    for trace in (
        "secret garden",
        f":{MIA}'",
        "'user_id': 9,",
        "https://x/",
        "imagen-1.png",
        "for mia",
        "'message_id': 1001",
    ):
        assert trace not in everything, trace
    assert not home.has(MIAS)
    assert await audit(db) == []
    assert (await home.used(guild_owner(7), "m:2026-11")) == PRICE
    assert (await read(home))[0]["requests"] == []


async def test_deleting_twice_changes_nothing(home, db):
    await home.asked(1)
    await home.privacy.forget(MIA)
    once = await home.dump()
    await home.privacy.forget(MIA)
    assert await home.dump() == once


async def test_an_image_of_this_very_minute_goes_at_once(home):
    await home.asked(1, at_ms=NOON_MS)
    await home.privacy.forget(MIA)
    assert not home.has(MIAS)


async def test_others_keep_everything_and_the_images_that_are_also_theirs(home, db):
    await home.asked(1, image=SHARED)
    await home.asked(2, user_id=JULES, image=SHARED, prompt="jules's own")
    await home.asked(3, user_id=19, prompt="of 19", ends_ms=1)
    await home.privacy.forget(MIA)
    assert home.has(SHARED)
    (shared,) = await db.fetch("SELECT stored_ms FROM media WHERE size_bytes = $1", len(SHARED))
    assert shared["stored_ms"] == NOON_MS - DAY_MS, "it is as old as it was"
    told, _, _ = await read(home, user_id=JULES, image=SHARED)
    assert told["requests"][0]["options"]["prompt"] == "jules's own"
    assert await home.used(member_owner(7, 19), TODAY) == PRICE
    await home.privacy.forget(JULES)
    assert not home.has(SHARED)


async def test_a_used_allowance_stays_used_until_its_period_is_over_and_then_is_nobodys(home, db, clock):
    await home.asked(1)
    await home.privacy.forget(MIA)
    assert await home.used(MIAS_ACCOUNT, TODAY) == PRICE
    clock.ms = NOON_MS + DAY_MS // 2 - 1
    await home.purge.sweep()
    assert await home.used(MIAS_ACCOUNT, TODAY) == PRICE
    clock.ms += 1
    assert (await home.purge.sweep())["accounts"] == 1
    assert await home.used(MIAS_ACCOUNT, TODAY) == 0
    assert f":{MIA}'" not in await home.dump()
    assert await db.fetch("SELECT * FROM forgetting") == []
    assert await audit(db) == []


async def test_who_goes_on_after_the_deletion_keeps_the_next_periods_use_as_well(home, db, clock):
    await home.asked(1)
    await home.privacy.forget(MIA)
    clock.ms = NOON_MS + DAY_MS
    await home.asked(2, at_ms=clock.ms, period="d:2026-11-21", ends_ms=NOON_MS + DAY_MS * 3 // 2)
    await home.purge.sweep()
    assert await home.used(MIAS_ACCOUNT, "d:2026-11-21") == PRICE


async def test_extra_credits_go_and_are_nobodys(home, db):
    await home.give_extra(amount=700)
    await home.privacy.forget(MIA)
    assert await ledger.usage(db, owner=extra_owner(7, MIA), period="ever") == Usage(0, 0, 0)
    assert await audit(db) == []


async def test_a_bar_stays(home, db):
    async with db.transaction() as tx:
        await bars.bar(tx, Bar(kind=BarKind.USER, id=MIA, reason="spam", user_id=1, at_ms=5))
    await home.privacy.forget(MIA)
    assert (await bars.barred(db, user_id=MIA, guild_id=7)).reason == "spam"


@pytest.mark.parametrize("known", [{"state": State.RUNNING}, {"shown": Shown.OPEN}])
async def test_nothing_is_deleted_while_something_is_under_way_anywhere(home, known):
    await home.asked(1)
    await home.asked(2, guild_id=8, **known)
    before = await home.dump()
    with pytest.raises(UnderWay) as caught:
        await home.privacy.forget(MIA)
    assert caught.value.requests == 1
    assert await home.dump() == before
    assert home.has(MIAS)


async def test_the_figures_of_a_forgotten_member_are_added_to_those_of_nobody_in_particular(home, db):
    await home.asked(1)
    async with db.transaction() as tx:
        tally = Tally()
        for guild_id, key, images in ((7, str(MIA), 3), (7, "0", 2), (7, str(JULES), 5)):
            tally.days[DayKey(guild_id, Topic.MEMBER, "2026-11-19", key)] = Counts(images=images)
        await usage.add(tx, tally)
    await home.privacy.forget(MIA)
    rows = await db.fetch("SELECT key, images FROM usage_days ORDER BY key")
    assert [tuple(row) for row in rows] == [("0", 5), (str(JULES), 5)]


async def test_a_job_that_is_not_counted_yet_counts_for_nobody_in_particular(home, db):
    await home.asked(1, counted=False)
    await home.privacy.forget(MIA)
    assert [job.user_id for _, job in await usage.uncounted(db, limit=5)] == [0]


class BrokenGallery:
    """Deletes nothing."""

    async def delete(self, hashes):
        raise OSError(5, "the disk is tired")


async def test_an_image_that_the_disk_holds_on_to_is_deleted_by_the_next_sweep(home, db):
    await home.asked(1)
    home.purge._gallery, gallery = BrokenGallery(), home.gallery
    await home.privacy.forget(MIA)
    assert home.has(MIAS)
    home.purge._gallery = gallery
    assert (await home.purge.sweep())["images"] == 1
    assert not home.has(MIAS)
    assert await db.fetch("SELECT * FROM media") == []


async def forget_and_break(db):
    async with db.transaction() as tx:
        await personal.forget(tx, MIA, now_ms=NOON_MS)
        raise StoreError("the power is gone")


async def test_a_deletion_that_breaks_off_leaves_everything_as_it_was(home, db):
    await home.asked(1)
    before = await home.dump()
    with pytest.raises(StoreError):
        await forget_and_break(db)
    assert await home.dump() == before


async def test_a_forgotten_request_matches_nothing_in_segminds_books(home, db):
    await home.asked(1)
    await home.privacy.forget(MIA)
    (job,) = await jobs.jobs_of(db, 1)
    assert dict(job.payload) == {"prompt": ""}


async def test_a_person_is_told_once(home, clock):
    assert not await home.privacy.was_told(MIA)
    await home.privacy.told(MIA)
    clock.ms += 5
    await home.privacy.told(MIA)
    assert await home.privacy.was_told(MIA)
    assert (await read(home))[0]["told_about_privacy_at"] == "2026-11-20T12:00:00.000+00:00"
    await home.privacy.forget(MIA)
    assert not await home.privacy.was_told(MIA)
