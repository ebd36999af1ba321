"""What was acknowledged is there after the process was killed at any moment."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.store.audit import audit
from bot.store.sqlite import open_sqlite
from tests.inline_sqlite import InlineConnector
from tests.store.support import TO_DONE, accept, grant, push

ROOT = Path(__file__).parents[2]


def write_until_killed(path: Path, after_s: float) -> set[int]:
    """Let a process write, kill it, and return the requests that it acknowledged."""
    command = [sys.executable, "-m", "tests.store.writer_process", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after_s)
        process.kill()
        return {int(line) for line in process.stdout if line.endswith("\n")}


async def check_after_kill(path: Path, after_s: float) -> int:
    """Hold what a killed process acknowledged against what is there."""
    acknowledged = write_until_killed(path, after_s)
    db = await open_sqlite(path)
    held = {row["interaction_id"] for row in await db.fetch("SELECT interaction_id FROM entries WHERE kind = 'hold'")}
    written = {row["interaction_id"] for row in await db.fetch("SELECT interaction_id FROM jobs")}
    assert acknowledged <= written
    assert held == written
    assert await audit(db) == []
    await db.close()
    return len(acknowledged)


async def kill_often(path: Path, *, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    for kill in range(kills):
        after_s = rng.uniform(0.0, 0.3)
        acknowledged = await check_after_kill(path, after_s)
        print(f"seed {seed}, kill {kill} after {after_s:.3f} s: {acknowledged} acknowledged")


@pytest.mark.asyncio
async def test_what_was_acknowledged_survives_kill_9(path: Path):
    await kill_often(path, kills=8, seed=1)


@pytest.mark.long
@pytest.mark.asyncio
async def test_what_was_acknowledged_survives_kill_9_long(path: Path):
    await kill_often(path, kills=100, seed=2)


async def tear_the_log(path: Path, *, tears: int, seed: int) -> None:
    """Write a log, then open it again and again with its tail cut off, overwritten or with one bit changed."""
    rng = random.Random(seed)
    db = await open_sqlite(path, connect=InlineConnector())
    await grant(db, credits_for=1_000)
    await db._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)", {})
    for interaction_id in range(1, 21):
        [job] = await accept(db, interaction_id)
        await push(db, job, TO_DONE)
    log = path.with_name(path.name + "-wal").read_bytes()
    survivors = set()
    for tear in range(tears):
        copy = path.with_name(f"torn-{tear}")
        shutil.copy(path, copy)
        copy.with_name(copy.name + "-wal").write_bytes(torn(log, rng))
        survivors.add(await what_survives(copy))
    assert len(survivors) > min(tears, 40) / 2, f"seed {seed}: the tears were too much alike"
    await db.close()


def torn(log: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(log))
    match rng.randrange(3):
        case 0:
            return log[:at]
        case 1:
            return log[:at] + rng.randbytes(len(log) - at)
        case _:
            return log[:at] + bytes([log[at] ^ 1 << rng.randrange(8)]) + log[at + 1 :]


async def what_survives(path: Path) -> tuple[int, int]:
    """How many jobs and entries are there; they must be the first ones, and the books must balance."""
    db = await open_sqlite(path, connect=InlineConnector())
    assert await audit(db) == []
    ids = [row["interaction_id"] for row in await db.fetch("SELECT interaction_id FROM jobs ORDER BY interaction_id")]
    assert ids == list(range(1, len(ids) + 1))
    [entries] = await db.fetch("SELECT COUNT(*) AS number FROM entries")
    await db.close()
    return len(ids), entries["number"]


@pytest.mark.asyncio
async def test_a_torn_log_opens_as_a_sound_earlier_state(path: Path):
    await tear_the_log(path, tears=60, seed=1)


@pytest.mark.long
@pytest.mark.asyncio
async def test_a_torn_log_opens_as_a_sound_earlier_state_long(path: Path):
    await tear_the_log(path, tears=1_000, seed=2)
