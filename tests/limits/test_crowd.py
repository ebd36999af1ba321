"""More is asked for at once than any limit bears: no limit is exceeded and no credit lost, even by a kill."""

import asyncio
import multiprocessing
import random
import time
from pathlib import Path

import pytest

from bot.jobs import Job, Outcome, State
from bot.limits import Usage
from bot.store.jobs import move
from bot.store.rows import job_of
from bot.store.sqlite import Sqlite, open_sqlite
from tests.inline_sqlite import InlineConnector
from tests.limits import crowd
from tests.limits.bench import Bench
from tests.limits.support import DAY_MS, NOON_MS, PRICE

pytestmark = pytest.mark.asyncio

KILLS, PARTS = 100, 4  # in parts, so that more than one processor can be at it
# An image that is drawn takes more steps than one that fails; by then some of both have ended.
ENDS_MAX = 15


async def open_books(path: Path) -> tuple[Sqlite, Bench]:
    db = await open_sqlite(path, connect=InlineConnector())
    return db, Bench(db)


async def every_job(db: Sqlite) -> list[Job]:
    return [job_of(row) for row in await db.fetch("SELECT * FROM jobs ORDER BY interaction_id, number")]


async def spent_by(db: Sqlite, owner: str) -> int:
    rows = await db.fetch(
        "SELECT COALESCE(SUM(spent), 0) AS spent FROM balances JOIN accounts USING (account_id) WHERE owner = $1", owner
    )
    return rows[0]["spent"]


async def test_of_fifty_at_once_as_many_are_accepted_as_every_limit_bears(tmp_path: Path):
    db = await open_sqlite(tmp_path / "db.sqlite3")
    try:
        bench = Bench(db)
        await crowd.set_limits(bench)
        rng = random.Random(1)
        accepted = []
        for day in range(20):
            bench.clock.ms = NOON_MS + day * DAY_MS
            asks = await asyncio.gather(*(crowd.ask(bench, rng) for _ in range(crowd.TASKS)))
            assert [] in asks, "there was room for everybody"
            jobs = [job for jobs in asks for job in jobs]
            accepted.append(len(jobs))
            assert await crowd.wrong(db) == []
            ends = [rng.choice(crowd.ENDS) for _ in jobs]
            await asyncio.gather(*(bench.finish(job, end) for job, end in zip(jobs, ends, strict=True)))
            assert await crowd.wrong(db) == []
        paid = sum(job.paid_microcredits for job in await every_job(db))
        assert await spent_by(db, "all:day") == await spent_by(db, "all:month") == paid > 0
        assert min(accepted) >= 20, "hardly anybody got anything"
    finally:
        await db.close()


async def test_whatever_room_one_limit_has_is_used_to_the_last_credit(tmp_path: Path):
    """Of fifty single images at once exactly so many are accepted as the tightest of the limits bears."""
    db = await open_sqlite(tmp_path / "db.sqlite3")
    try:
        bench = Bench(db)
        await crowd.set_limits(bench)
        asks = [{"user_id": 100 + number % 10, "place_id": 5 + number % 2, "guild_id": 1} for number in range(50)]
        made = await asyncio.gather(*(bench.ask(**asked) for asked in asks), return_exceptions=True)
        assert sum(isinstance(jobs, list) for jobs in made) == crowd.BUDGET[1] // PRICE
        assert (await bench.usage("guild:1", "d:2026-11-20")).held == crowd.BUDGET[1]
        assert await crowd.wrong(db) == []
    finally:
        await db.close()


@pytest.mark.parametrize("part", range(PARTS))
async def test_a_kill_at_any_moment_exceeds_no_limit_and_loses_no_credit(tmp_path: Path, part: int):
    await kill_again_and_again(tmp_path, times=KILLS // PARTS)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(20))
async def test_a_kill_at_any_moment_exceeds_no_limit_and_loses_no_credit_long(tmp_path: Path, part: int):
    await kill_again_and_again(tmp_path, times=100)


async def kill_again_and_again(folder: Path, *, times: int) -> None:
    path, acks = folder / "db.sqlite3", folder / "acks"
    db, bench = await open_books(path)
    await crowd.set_limits(bench)
    await db.close()
    # Each process starts from one that has everything imported, on a day of its own on which there is room again.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.limits.crowd"])
    for day in range(times):
        kill(context.Process(target=crowd.run, args=(path, acks, day, day)), acks)
        db, _ = await open_books(path)
        try:
            assert await crowd.wrong(db) == []
            acknowledged = {int(line) for line in acks.read_text().split()} if acks.exists() else set()
            kept = {row["interaction_id"] for row in await db.fetch("SELECT interaction_id FROM requests")}
            assert acknowledged <= kept
        finally:
            await db.close()
    await settle_the_rest(path, at_ms=NOON_MS + times * DAY_MS)
    assert len(acknowledged) > 10 * times, "the processes hardly got to anything"


def kill(process: multiprocessing.Process, acks: Path) -> None:
    """Let it get to its first acknowledgement or to the ends of some images, or to neither, then kill it."""
    (sign,) = random.choices((None, acks, crowd.ends_beside(acks)), weights=(1, 4, 5))
    enough = size_of(sign) + (1 if sign == acks else random.randint(1, ENDS_MAX))
    process.start()
    deadline = time.monotonic() + 20
    while sign is not None and size_of(sign) < enough:
        assert process.is_alive(), "it died by itself"
        assert time.monotonic() < deadline
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.05))
    assert process.is_alive(), "it died by itself"
    process.kill()
    process.join()
    process.close()


def size_of(file: Path | None) -> int:
    return file.stat().st_size if file is not None and file.exists() else 0


async def settle_the_rest(path: Path, *, at_ms: int) -> None:
    """End every job that a kill left open: then nothing is held, and what was spent is what the images cost."""
    db, bench = await open_books(path)
    try:
        for job in [job for job in await every_job(db) if not job.ended]:
            async with db.transaction() as tx:
                await move(tx, job, State.FAILED, at_ms=at_ms, outcome=Outcome.NOT_ANSWERED)
        assert await crowd.wrong(db) == []
        rows = await db.fetch("SELECT SUM(held) AS held FROM balances")
        assert rows[0]["held"] == 0
        jobs = await every_job(db)
        paid = sum(job.paid_microcredits for job in jobs)
        above = sum(max(0, (job.cost_microcredits or 0) - job.price_microcredits) for job in jobs)
        assert await spent_by(db, "all:day") == await spent_by(db, "all:month") == paid + above > 0
        assert await bench.usage("operator", "ever") == Usage(granted=above, held=0, spent=above)
    finally:
        await db.close()
