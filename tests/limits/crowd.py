"""Fifty tasks at once that ask for more than five limits bear, and what must be true of the books whenever one looks."""

import asyncio
import os
from pathlib import Path
from random import Random

from bot.intake import Refusal
from bot.jobs import Job, State
from bot.periods import Per
from bot.store.audit import audit
from bot.store.database import Database
from bot.store.sqlite import open_sqlite
from tests.admin.support import HandClock
from tests.limits.bench import Bench
from tests.limits.support import DAY_MS, NOON_MS, PRICE, allowed, budget

TASKS = 50
USERS, PLACES, GUILDS, ROLE = range(100, 110), (5, 6), (1, 2), 50
MEMBER, BY_ROLE, CHANNEL, CEILING = 4 * PRICE, 6 * PRICE, 12 * PRICE, 30 * PRICE
BUDGET = {1: 20 * PRICE, 2: 15 * PRICE}
# Two tasks in three give up what they got, so that there is room again.
ENDS = (State.DONE, State.FAILED, State.CANCELLED)


def roles_of(user: int) -> tuple[int, ...]:
    return (ROLE,) if user % 2 else ()


def bearable(owner: str) -> int | None:
    """How much may ever be held and spent of an account in a day; None where nothing limits it."""
    kind, *ids = owner.split(":")
    match kind:
        case "member":
            return BY_ROLE if int(ids[1]) % 2 else MEMBER
        case "channel":
            return CHANNEL
        case "guild":
            return BUDGET[int(ids[0])]
        case _:
            return CEILING if owner == "all:day" else None


async def set_limits(bench: Bench) -> None:
    for guild in GUILDS:
        await bench.set(
            guild,
            member_allowance=allowed(MEMBER),
            role_allowances={ROLE: allowed(BY_ROLE)},
            channel_allowances={place: allowed(CHANNEL) for place in PLACES},
            budget=budget(BUDGET[guild], Per.DAY),
        )
    await bench.set_for_all(ceiling_per_day=CEILING)


async def ask(bench: Bench, rng: Random) -> list[Job]:
    """Whatever somebody may ask for; the jobs, none where it was refused."""
    user = rng.choice(USERS)
    try:
        return await bench.ask(
            guild_id=rng.choice(GUILDS),
            place_id=rng.choice(PLACES),
            user_id=user,
            role_ids=roles_of(user),
            model=rng.choice(("imagen-4", "imagen-4-fast")),
            models=rng.choice(((), (), ("imagen-4", "imagen-4-fast"))),
            count=rng.randint(1, 4),
        )
    except Refusal as refusal:
        assert refusal.message_id.startswith("limit.")
        return []


async def wrong(db: Database) -> list[str]:
    """What is wrong with the books: limits that are exceeded, requests that hold on some limits only."""
    found = [f"{finding.rule}: {finding.subject}" for finding in await audit(db)]
    # What Segmind took above a price could not be known when it was held, so it is no fault of the ceiling it is booked on.
    for row in await db.fetch(
        """SELECT owner, period, held + spent - (
            SELECT COALESCE(SUM(entries.spent), 0) FROM entries WHERE kind IN ('overrun', 'provision')
            AND entries.account_id = balances.account_id AND entries.period = balances.period) AS used
        FROM balances JOIN accounts USING (account_id)"""
    ):
        most = bearable(row["owner"])
        if most is not None and row["used"] > most:
            found.append(f"{row['owner']} has used {row['used']} of {most} in {row['period']}")
    # A member's, a channel's, a server's, the day's and the month's.
    rows = await db.fetch(
        """SELECT jobs.interaction_id, jobs.number, COUNT(DISTINCT account_id) AS limits FROM jobs
        LEFT JOIN entries ON entries.interaction_id = jobs.interaction_id AND entries.number = jobs.number
            AND kind = 'hold'
        GROUP BY jobs.interaction_id, jobs.number HAVING COUNT(DISTINCT account_id) <> 5"""
    )
    found += [f"{row['interaction_id']}/{row['number']} holds on {row['limits']} limits" for row in rows]
    rows = await db.fetch(
        """SELECT interaction_id FROM requests JOIN jobs USING (interaction_id) GROUP BY interaction_id, options, models
        HAVING COUNT(*) <> json_extract(options, '$.count') * MAX(1, json_array_length(models))"""
    )
    return found + [f"{row['interaction_id']} has not all of its images" for row in rows]


def ends_beside(acks: Path) -> Path:
    return acks.with_suffix(".ends")


async def crowd(path: Path, acks: Path, day: int, seed: int) -> None:
    """Ask and finish until killed; the number of each request is written to `acks` once it was acknowledged.

    Beside it, a file says of each job that it has ended.
    """
    db = await open_sqlite(path)
    newest = (await db.fetch("SELECT COALESCE(MAX(interaction_id), 0) AS id FROM requests"))[0]["id"]
    bench = Bench(db, clock=HandClock(NOON_MS + day * DAY_MS), first_id=newest + 1)
    rng = Random(seed)
    told, ends = (os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for file in (acks, ends_beside(acks)))

    async def somebody() -> None:
        while True:
            jobs = await ask(bench, rng)
            for job in jobs[:1]:
                os.write(told, f"{job.interaction_id}\n".encode())
            for job in jobs:
                if rng.random() < 0.9:
                    await bench.finish(job, rng.choice(ENDS), cost_microcredits=rng.choice((None, 1, PRICE * 2)))
                    os.write(ends, b".")
            await asyncio.sleep(0)

    await asyncio.gather(*(somebody() for _ in range(TASKS)))


def run(path: Path, acks: Path, day: int, seed: int) -> None:
    asyncio.run(crowd(path, acks, day, seed))
