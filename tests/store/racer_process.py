"""One of several processes that want the same credits; prints how often it got some.

Called with: the database, `ledger` or `naive`, the number of this process, how many tries, and the room there is.
"""

import asyncio
import sys
from pathlib import Path

from bot.errors import StoreLocked
from bot.store.ledger import InsufficientCredits
from bot.store.sqlite import Sqlite, open_sqlite
from tests.store.support import hold


async def try_ledger(db: Sqlite, number: int) -> bool:
    while True:
        try:
            async with db.transaction() as tx:
                await hold(tx, number)
        except InsufficientCredits:
            return False
        except StoreLocked:  # SQLite's queue for the lock is not fair
            continue
        return True


async def try_naive(db: Sqlite, number: int, room: int) -> bool:
    [row] = await db.fetch("SELECT COUNT(*) AS sold FROM sold")
    if row["sold"] >= room:
        return False
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO sold VALUES ($1)", number)
    return True


async def main(path: Path, how: str, process: int, tries: int, room: int) -> None:
    db = await open_sqlite(path)
    print("ready", flush=True)
    sys.stdin.readline()
    numbers = range(process * tries, (process + 1) * tries)
    got = 0
    for start in range(0, tries, 10):
        some = numbers[start : start + 10]
        results = [try_ledger(db, number) if how == "ledger" else try_naive(db, number, room) for number in some]
        got += sum(await asyncio.gather(*results))
    print(got)
    await db.close()


if __name__ == "__main__":
    _, path, how, process, tries, room = sys.argv
    asyncio.run(main(Path(path), how, int(process), int(tries), int(room)))
