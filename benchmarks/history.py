"""How long `/history` takes over 100,000 jobs of one member, and what its index of words costs.

    python -m benchmarks.history [--jobs N] [--folder PATH]

Prompts have 20 to 60 words, as often as in a language, and one in ten is Japanese. Half of them have one common word, ten
have one rare word. The baseline is the same page by `LIKE '%…%'` over the prompts, in the same run and on the same file.
"""

import argparse
import asyncio
import contextlib
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from bot.finding.history import DISCORD_EPOCH_MS, HistoryQuery, words_of
from bot.store import history
from bot.store.database import Reader
from bot.store.history import Cursor
from bot.store.history_tables import HISTORY_SQLITE
from bot.store.sqlite import open_sqlite
from bot.store.sqlite_prompts import SqlitePrompts, forget_words

JOBS, ROUNDS, OTHERS, RARE_EVERY = 100_000, 9, 20_000, 10_000
MEMBER, OTHER, GUILD, ROWS = 2 * 10**17, 3 * 10**17, 10**17, 9
DAY_MS = 86_400_000
FIRST_MS = DISCORD_EPOCH_MS + 4_000 * DAY_MS
APART_MS = 60_000
LIMIT_MS = 100.0
LETTERS = "しいのんかたるとにはをてがな猫犬海山空花夜明光影古新大小赤青白黒城森雨雪町屋根窓"
INDEX = SqlitePrompts()


def vocabulary(random: Random) -> list[str]:
    """5,000 words of syllables; the first ones are the most usual."""
    syllables = [first + second for first in "bcdfglmnprstvw" for second in ("a", "e", "i", "o", "u", "ar", "in", "es")]
    return ["".join(random.choices(syllables, k=random.randint(1, 4))) for _ in range(5_000)]


def prompts(jobs: int) -> Iterator[str]:
    random = Random(1)
    words = vocabulary(random)
    weights = [1 / (rank + 3) for rank in range(len(words))]
    for number in range(jobs):
        if number % 10 == 7:
            yield "".join(random.choices(LETTERS, k=random.randint(20, 120)))
            continue
        said = random.choices(words, weights, k=random.randint(20, 60))
        if random.random() < 5 / 9:
            said.insert(random.randrange(len(said)), "lighthouse")
        if number % RARE_EVERY == 5:
            said.insert(0, "xylophone")
        yield " ".join(said)


def rows(jobs: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Requests with one job each, the oldest first; those of another member stand among them."""
    random = Random(2)
    for number, prompt in enumerate(prompts(jobs)):
        at_ms = FIRST_MS + number * APART_MS
        interaction_id = ((at_ms - DISCORD_EPOCH_MS) << 22) + number
        options, model = json.dumps({"prompt": prompt}), "imagen-3" if number % 1_000 == 3 else "imagen-4"
        request = {
            "interaction_id": interaction_id,
            "guild_id": GUILD + number % 2,
            "channel_id": GUILD,
            "place_id": GUILD,
            "user_id": OTHER if number % (jobs // OTHERS + 1) == 1 else MEMBER,
            "role_ids": "[]",
            "locale": "en-US",
            "guild_locale": "en-US",
            "command": "imagen",
            "model": model,
            "options": options,
            "private": False,
            "spoiler": False,
            "created_ms": at_ms,
            "filesize_limit_bytes": 10_485_760,
            "shown": "delivered",
            "way": "reply",
        }
        done = random.random() < 0.94
        yield (
            request,
            {
                "interaction_id": interaction_id,
                "number": 0,
                "model": model,
                "slug": model,
                "payload": options,
                "price_microcredits": 40_000,
                "state": "done" if done else "failed",
                "accepted_ms": at_ms,
                "api": "v2",
                "request_id": f"r{number}",
                "submitting_ms": at_ms,
                "running_ms": at_ms,
                "finished_ms": at_ms + 9_000,
                "outcome": None if done else "provider_failed",
                "result_url": "https://images.segmind.com/x.png" if done else None,
                "sha256": f"{number:064}" if done else None,
            },
        )


def fill(path: Path, jobs: int) -> None:
    """Write them in bulk, past the store, as if they had run; the triggers do their part."""
    with contextlib.closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA synchronous = OFF")
        for request, job in rows(jobs):
            for table, row in (("requests", request), ("jobs", job)):
                insert(raw, table, row)


def insert(raw: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    raw.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))


async def took_ms(ask: Callable[[], Awaitable[object]], *, rounds: int = ROUNDS) -> float:
    """The median of the milliseconds that an answer takes."""
    taken = []
    for _ in range(rounds):
        began_s = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - began_s) * 1000)
    return statistics.median(taken)


async def like(reader: Reader, words: tuple[str, ...], before: int | None) -> None:
    """The same page without an index of words."""
    wanted = "".join(f" AND json_extract(options, '$.prompt') LIKE ${place}" for place in range(4, 4 + len(words)))
    await reader.fetch(
        f"""SELECT * FROM requests WHERE user_id = $1 AND interaction_id < $2 {wanted} AND EXISTS (
            SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id AND state = 'done')
        ORDER BY interaction_id DESC LIMIT $3""",
        MEMBER,
        2**63 - 1 if before is None else before,
        ROWS,
        *(f"%{word}%" for word in words),
    )


async def searches(reader: Reader, jobs: int) -> float:
    """Ask for first pages and deep ones, count, and say how long each took; the longest of them."""
    deep = ((4_000 * DAY_MS + jobs * APART_MS // 20) << 22) + 1  # nineteen pages of twenty have been turned
    asked = {
        "no words": "",
        "a rare word": "xylophone",
        "a word in half": "lighthouse",
        "two words": "lighthouse bar",
        "rare and common": "xylophone lighthouse",
        "a word's beginning": "lighth",
        "one letter": "b",
        "two letters": "ba",
        "Japanese, 2 letters": "猫犬",
        "not there": "zzyzx",
    }
    longest = 0.0
    for name, typed in asked.items():
        query = HistoryQuery(words=words_of(typed))
        for place, at in (("first page", None), ("deep page", Cursor(deep))):
            ours = await took_ms(
                lambda q=query, at=at: history.page(reader, INDEX, user_id=MEMBER, query=q, at=at, limit=ROWS)
            )
            plain = await took_ms(lambda q=query, b=at and at.interaction_id: like(reader, q.words, b), rounds=1)
            longest = max(longest, ours)
            print(f"{name:20} {place:10} {ours:7.2f} ms; LIKE {plain:7.1f} ms, {plain / ours:7.1f} times", flush=True)
        counted = await took_ms(lambda q=query: history.count(reader, INDEX, user_id=MEMBER, query=q))
        longest = max(longest, counted)
        found = await history.count(reader, INDEX, user_id=MEMBER, query=query)
        print(
            f"{name:20} counting   {counted:7.2f} ms; found {found:,}{'+' * (found == history.COUNT_MAX)}", flush=True
        )
    return max(longest, await filters(reader))


async def filters(reader: Reader) -> float:
    """The same for pages by model, server and favourites; what is found is old or scarce."""
    longest = 0.0
    begin = FIRST_MS + DAY_MS
    for name, query in {
        "a scarce model": HistoryQuery(model="imagen-3"),
        "a model never used": HistoryQuery(model="imagen-9"),
        "that model and a word": HistoryQuery(model="imagen-9", words=("lighthouse",)),
        "one server and a word": HistoryQuery(guild_id=GUILD, words=("lighthouse",)),
        "no such server": HistoryQuery(guild_id=1, words=("lighthouse",)),
        "favourites": HistoryQuery(favourites=True),
        "favourites, a word": HistoryQuery(favourites=True, words=("lighthouse",)),
        "an early day, a word": HistoryQuery(since_ms=begin, before_ms=begin + DAY_MS, words=("lighthouse",)),
    }.items():
        ours = await took_ms(lambda q=query: history.page(reader, INDEX, user_id=MEMBER, query=q, limit=ROWS))
        counted = await took_ms(lambda q=query: history.count(reader, INDEX, user_id=MEMBER, query=q))
        longest = max(longest, ours, counted)
        print(f"{name:22} {ours:7.2f} ms, counting {counted:7.2f} ms", flush=True)
    return longest


def like_some(path: Path) -> None:
    """A hundred favourites, over the whole time."""
    with contextlib.closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(
            """INSERT INTO favourites SELECT user_id, interaction_id, 0, created_ms FROM requests
            WHERE user_id = ? AND created_ms / 60000 % 1000 = 0 LIMIT 100""",
            (MEMBER,),
        )


def sizes(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        try:
            parts = dict(raw.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name"))
        except sqlite3.OperationalError:  # this SQLite does not count its pages
            return
    whole, words = sum(parts.values()), sum(size for name, size in parts.items() if name.startswith("prompts"))
    owner = parts["requests_by_owner"]
    print(f"the file {whole / 1e6:.0f} MB; of it words {words / 1e6:.1f} MB, requests_by_owner {owner / 1e6:.1f} MB")


async def accepting(folder: Path, jobs: int) -> None:
    """What the index adds to writing a request: microseconds each, with and without its triggers."""
    taken = {}
    for name in ("with", "without"):
        path = folder / f"{name}.db"
        await (await open_sqlite(path)).close()
        with contextlib.closing(sqlite3.connect(path)) as raw:
            raw.execute("PRAGMA synchronous = OFF")
            if name == "without":
                for trigger in ("prompts_enter", "prompts_leave", "prompts_change"):
                    raw.execute(f"DROP TRIGGER {trigger}")
            began_s = time.perf_counter()
            for request, _ in rows(jobs):
                with raw:
                    insert(raw, "requests", request)
            taken[name] = (time.perf_counter() - began_s) / jobs * 1e6
    added = taken["with"] - taken["without"]
    print(f"writing a request: {taken['with']:.0f} µs, {added:.0f} of them for its words ({len(HISTORY_SQLITE)} parts)")


async def forgetting(path: Path) -> None:
    """How long the words of what was forgotten stay in the file, and how long a step of clearing them takes."""
    db = await open_sqlite(path)
    async with db.transaction() as tx:
        began_s = time.perf_counter()
        await tx.execute("UPDATE requests SET options = $2 WHERE user_id = $1", OTHER, '{"prompt": ""}')
        forgot_ms = (time.perf_counter() - began_s) * 1000
    steps, more = [], True
    while more:
        began_s = time.perf_counter()
        async with db.transaction() as tx:
            more = await forget_words(tx)
        steps.append((time.perf_counter() - began_s) * 1000)
    print(
        f"{OTHERS:,} prompts blanked in {forgot_ms:,.0f} ms; their words cleared in {len(steps):,} steps, "
        f"median {statistics.median(steps):.1f} ms, longest {max(steps):.1f} ms, {sum(steps):,.0f} ms in all"
    )
    await db.close()


async def measure(folder: Path, jobs: int) -> float:
    path = folder / "history.db"
    await (await open_sqlite(path)).close()
    fill(path, jobs + OTHERS)
    like_some(path)
    sizes(path)
    db = await open_sqlite(path)
    longest = await searches(db, jobs + OTHERS)
    await db.close()
    await accepting(folder, 5_000)
    await forgetting(path)
    return longest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=JOBS, help="of the member; others made some as well")
    parser.add_argument("--folder", type=Path, default=None, help="where the databases are made")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        longest = asyncio.run(measure(Path(folder), arguments.jobs))
    verdict = "within" if longest < LIMIT_MS else "NOT within"
    print(f"the longest answer: {longest:.1f} ms, {verdict} {LIMIT_MS:g} ms")


if __name__ == "__main__":
    main()
