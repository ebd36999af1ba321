"""Requests, jobs and holds as the tests of the store need them."""

from dataclasses import replace
from typing import Any

from bot.jobs import Job, Request, State
from bot.limits import Usage, guild_owner
from bot.store import jobs, ledger
from bot.store.database import Database, Transaction

OWNER = guild_owner(7)
PERIOD = "m:2026-11"
PRICE = 40_000

REQUEST = Request(
    interaction_id=1,
    guild_id=7,
    channel_id=8,
    place_id=8,
    user_id=9,
    locale="de",
    guild_locale="en-US",
    command="imagen",
    model="imagen-4",
    values={"prompt": " a cabin", "count": 2, "seed": 2**40, "private": True},
    private=True,
    spoiler=False,
    created_ms=1_000,
    reply="an address",
    filesize_limit_bytes=10 * 2**20,
    role_ids=(2**60, 3),
)
JOB = Job(
    interaction_id=1,
    number=0,
    model="imagen-4",
    slug="imagen-4",
    payload={"prompt": " a cabin", "seed": 5},
    price_microcredits=PRICE,
    state=State.ACCEPTED,
    accepted_ms=1_000,
)

# The ways a job can go, with the columns that come along.
TO_SUBMITTING = ((State.SUBMITTING, {}),)
TO_RUNNING = (*TO_SUBMITTING, (State.RUNNING, {"request_id": "r"}))
TO_DONE = (*TO_RUNNING, (State.DONE, {"result_url": "https://x/1.png", "cost_microcredits": PRICE}))


async def grant(db: Database, *, credits_for: int = 10, owner: str = OWNER) -> None:
    async with db.transaction() as tx:
        await ledger.grant_to(tx, owner=owner, period=PERIOD, limit_microcredits=credits_for * PRICE, at_ms=0)


async def hold(
    tx: Transaction, interaction_id: int, *, number: int = 0, owner: str = OWNER, amount: int = PRICE
) -> None:
    await ledger.hold(
        tx,
        interaction_id=interaction_id,
        number=number,
        accounts=[(owner, PERIOD)],
        amount_microcredits=amount,
        at_ms=1,
    )


async def accept(db: Database, interaction_id: int = 1, *, count: int = 1, at_ms: int = 1_000) -> list[Job]:
    """Accept a request with so many jobs, as the tracker does."""
    wanted = [replace(JOB, interaction_id=interaction_id, number=number, accepted_ms=at_ms) for number in range(count)]
    async with db.transaction() as tx:
        await jobs.insert(tx, replace(REQUEST, interaction_id=interaction_id, created_ms=at_ms), wanted)
        for job in wanted:
            await hold(tx, interaction_id, number=job.number)
    return wanted


async def push(db: Database, job: Job, way: tuple[tuple[State, dict[str, Any]], ...]) -> Job:
    """Move a job along a way, one transaction a step."""
    for state, changes in way:
        async with db.transaction() as tx:
            unique = {"request_id": f"r{job.interaction_id}/{job.number}"} if "request_id" in changes else {}
            job = await jobs.move(tx, job, state, at_ms=2_000, **changes | unique)
    return job


async def usage(db: Database, owner: str = OWNER) -> Usage:
    return await ledger.usage(db, owner=owner, period=PERIOD)


async def operators(db: Database) -> Usage:
    """What is booked to the operator."""
    return await ledger.usage(db, owner=ledger.OPERATOR, period="ever")
