"""Eight processes want what suffices for a hundred: exactly a hundred get it."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.ledger import Usage
from bot.store.sqlite import open_sqlite
from tests.store.support import PRICE, grant, usage

pytestmark = pytest.mark.asyncio

ROOT = Path(__file__).parents[2]
PROCESSES = 8
TRIES = 500
ROOM = 100


def race(path: Path, how: str) -> int:
    """Let the processes start, say go to all of them, and count what they got."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.racer_process", path, how, str(number), str(TRIES), str(ROOM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(PROCESSES)
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return sum(int(racer.communicate(timeout=120)[0]) for racer in racers)


async def race_on_the_ledger(path: Path) -> None:
    db = await open_sqlite(path)
    await grant(db, credits_for=ROOM)
    assert race(path, "ledger") == ROOM
    assert await usage(db) == Usage(granted=ROOM * PRICE, held=ROOM * PRICE, spent=0)
    [holds] = await db.fetch("SELECT COUNT(*) AS holds FROM entries WHERE kind = 'hold'")
    assert holds["holds"] == ROOM
    await db.close()


@pytest.mark.parametrize("repeat", range(2))
async def test_exactly_as_many_holds_as_there_is_room_for(path: Path, repeat: int):
    await race_on_the_ledger(path)


@pytest.mark.long
@pytest.mark.parametrize("repeat", range(20))
async def test_exactly_as_many_holds_as_there_is_room_for_long(path: Path, repeat: int):
    await race_on_the_ledger(path)


async def test_whoever_reads_checks_and_then_writes_oversells(path: Path):
    """The control: without it, the tests above would pass on a machine where the processes never meet."""
    db = await open_sqlite(path)
    async with db.transaction() as tx:
        await tx.execute("CREATE TABLE sold (number BIGINT)")
    assert race(path, "naive") > ROOM
    await db.close()
