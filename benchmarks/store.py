"""How many hold+settle pairs a second the store takes from 50 tasks: group commit against one COMMIT for each block.

    python -m benchmarks.store [--seconds N] [--folder PATH]

Every COMMIT waits for the disk, so put the folder on the disk that counts. Both ways run in turns in the same process.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bot.store import ledger
from bot.store.sqlite import BATCH_MAX, Sqlite, open_sqlite
from bot.store.sqlite_connection import connect_in_thread, set_up_reader, set_up_writer

TASKS = 50
ROUNDS = 3
PERIOD = "m:2026-11"


async def pairs_per_second(path: Path, *, batch_max: int, seconds: float) -> float:
    await (await open_sqlite(path)).close()
    writer, reader = await connect_in_thread(path), await connect_in_thread(path)
    await set_up_writer(writer)
    await set_up_reader(reader)
    db = Sqlite(writer=writer, reader=reader, batch_max=batch_max)
    owners = [f"guild:{number}" for number in range(20)]
    async with db.transaction() as tx:
        for owner in owners:
            await ledger.grant_to(tx, owner=owner, period=PERIOD, limit_microcredits=10**15, at_ms=0)
    begin, numbers = time.perf_counter(), count(1)
    done = await asyncio.gather(
        *(work(db, owners[task % len(owners)], numbers, begin + seconds) for task in range(TASKS))
    )
    rate = sum(done) / (time.perf_counter() - begin)
    await db.close()
    return rate


async def work(db: Sqlite, owner: str, numbers: Iterator[int], until: float) -> int:
    pairs = 0
    while time.perf_counter() < until:
        ref = {"interaction_id": next(numbers), "number": 0}
        async with db.transaction() as tx:
            await ledger.hold(tx, **ref, accounts=[(owner, PERIOD)], amount_microcredits=40_000, at_ms=1)
        async with db.transaction() as tx:
            await ledger.settle(tx, **ref, cost_microcredits=38_000, at_ms=2)
        pairs += 1
    return pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each of the measurements")
    parser.add_argument("--folder", type=Path, default=None, help="where the databases are made")
    arguments = parser.parse_args()
    rates: dict[int, list[float]] = {1: [], BATCH_MAX: []}
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for turn in range(ROUNDS):
            for batch_max, measured in rates.items():
                path = Path(folder) / f"{turn}-{batch_max}.sqlite3"
                measured.append(asyncio.run(pairs_per_second(path, batch_max=batch_max, seconds=arguments.seconds)))
    baseline, grouped = (sorted(measured)[ROUNDS // 2] for measured in rates.values())
    print(f"one COMMIT a block:            {baseline:8,.0f} hold+settle pairs/s (median of {ROUNDS}, {TASKS} tasks)")
    print(f"one COMMIT for up to {BATCH_MAX} blocks: {grouped:8,.0f} hold+settle pairs/s")
    print(f"ratio:                         {grouped / baseline:8.1f}")


if __name__ == "__main__":
    main()
