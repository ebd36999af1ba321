"""Accepts and finishes jobs until it is killed; prints the number of each request once it was acknowledged."""

import asyncio
import sys
from itertools import count
from pathlib import Path

from bot.store.sqlite import Sqlite, open_sqlite
from tests.store.support import TO_DONE, accept, grant, push


async def work(db: Sqlite, numbers: count) -> None:
    for interaction_id in numbers:
        [job] = await accept(db, interaction_id)
        print(interaction_id, flush=True)
        await push(db, job, TO_DONE)


async def main(path: Path) -> None:
    db = await open_sqlite(path)
    await grant(db, credits_for=10**9)
    [newest] = await db.fetch("SELECT COALESCE(MAX(interaction_id), 0) AS id FROM requests")
    numbers = count(newest["id"] + 1)
    print("ready", flush=True)
    await asyncio.gather(*(work(db, numbers) for _ in range(8)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
