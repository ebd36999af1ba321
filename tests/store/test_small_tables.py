"""Settings of servers, images, latencies, words that outlive the process, and the lock."""

import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError, StoreLocked
from bot.jobs import Delivery, Shown
from bot.latency import Sums
from bot.store import jobs, latencies, media, settings
from bot.store.lock import claim
from bot.store.media import Medium
from bot.store.meta import Memory
from bot.store.sqlite import Sqlite
from tests.store.support import TO_DONE, accept, grant, push


@dataclass
class Image:
    content_type: str = "image/png"
    width_px: int = 1024
    height_px: int = 768
    size_bytes: int = 2**33


@pytest.mark.asyncio
@pytest.mark.parametrize("value", [5, 2**53, 0.5, True, None, "text", [1, "a"], {"a": {"b": None}}])
async def test_a_setting_comes_back_as_it_went_in(db: Sqlite, value: Any):
    async with db.transaction() as tx:
        await settings.store(tx, 7, "daily_limit", 1, at_ms=1)
        await settings.store(tx, 7, "daily_limit", value, at_ms=2)
        await settings.store(tx, 8, "daily_limit", "another server", at_ms=2)
    assert await settings.load(db, 7) == {7: {"daily_limit": value}}


@pytest.mark.asyncio
async def test_a_setting_that_was_reset_is_not_set(db: Sqlite):
    async with db.transaction() as tx:
        for name in ("one", "two"):
            await settings.store(tx, 7, name, 1, at_ms=1)
        await settings.reset(tx, 7, "one")
        await settings.reset(tx, 7, "never set")
    assert await settings.load(db, 7, 9) == {7: {"two": 1}, 9: {}}


@pytest.mark.asyncio
async def test_latencies_come_back_as_they_were_saved_last(db: Sqlite):
    assert await latencies.load_all(db) == {}
    async with db.transaction() as tx:
        await latencies.save(tx, "imagen-4", Sums(1, 2.3, 5.29))
        await latencies.save(tx, "imagen-4", Sums(2, 4.6000000000000005, 10.58, 0.5))
        await latencies.save(tx, "imagen-3", Sums())
    assert await latencies.load_all(db) == {"imagen-4": Sums(2, 4.6000000000000005, 10.58, 0.5), "imagen-3": Sums()}


@pytest.mark.asyncio
async def test_images_are_listed_by_when_somebody_last_wanted_them(db: Sqlite):
    async with db.transaction() as tx:
        for sha256, at_ms in (("a", 10), ("b", 20), ("c", 30), ("a", 25)):
            await media.insert(tx, Image(), sha256=sha256, at_ms=at_ms)
        await media.delete(tx, "c")
    listed = await media.all_media(db)
    assert [medium.sha256 for medium in listed] == ["b", "a"]
    assert listed[1] == Medium(
        sha256="a",
        size_bytes=2**33,
        content_type="image/png",
        width_px=1024,
        height_px=768,
        stored_ms=25,
        used_ms=25,
    )


@pytest.mark.asyncio
async def test_an_image_is_needed_as_long_as_its_card_is_not_delivered(db: Sqlite):
    await grant(db)
    for interaction_id, shown in enumerate((Shown.OPEN, Shown.DELIVERED, Shown.KEPT), start=1):
        done = await push(db, (await accept(db, interaction_id))[0], TO_DONE)
        async with db.transaction() as tx:
            await jobs.record(tx, done, sha256=f"image {interaction_id}")
            await jobs.save_delivery(tx, interaction_id, Delivery(shown=shown))
    await accept(db, 4)
    assert await media.needed(db, Shown.OPEN) == {"image 1"}
    assert await media.needed(db, Shown.KEPT) == {"image 3"}


@pytest.mark.asyncio
async def test_words_outlive_the_process(db: Sqlite):
    memory = Memory(db)
    assert await memory.get("commands") is None
    for words in ("old", "new"):
        await memory.set("commands", words)
    assert await Memory(db).get("commands") == "new"


CLAIM = "import sys, pathlib; from bot.store.lock import claim; claim(pathlib.Path(sys.argv[1])); print('mine')"


def try_to_claim(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CLAIM, path]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


def test_a_second_process_is_told_who_is_in_the_way(path: Path):
    lock = claim(path)
    refused = try_to_claim(path)
    assert "StoreLocked: another process is using" in refused.stderr
    assert str(path) in refused.stderr
    assert refused.stdout == ""
    lock.release()
    assert try_to_claim(path).stdout == "mine\n"


def test_within_a_process_a_database_is_claimed_once(path: Path):
    lock = claim(path)
    with pytest.raises(StoreLocked):
        claim(path)
    lock.release()
    claim(path).release()


def test_a_process_that_died_leaves_no_lock(path: Path):
    code = CLAIM + "; import os; os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, path], check=False, cwd=Path(__file__).parents[2], capture_output=True)
    claim(path).release()


def test_the_lock_is_for_its_owner_only(path: Path):
    lock = claim(path)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    lock.release()


def test_a_place_that_cannot_hold_a_lock_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot lock"):
        claim(tmp_path / "file" / "imagen.sqlite3")
