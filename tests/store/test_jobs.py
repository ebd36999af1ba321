"""Requests and jobs: written once, moved only along NEXT, and money moves with them."""

import asyncio
from dataclasses import fields, replace
from typing import Any

import pytest

from bot.errors import StoreError
from bot.jobs import NEXT, TERMINAL, Api, Delivery, Job, Outcome, Request, Shown, State, Way
from bot.limits import Usage
from bot.store import jobs
from bot.store.audit import audit
from bot.store.jobs import StaleJob
from bot.store.sqlite import Sqlite
from tests.store.support import (
    JOB,
    PRICE,
    REQUEST,
    TO_DONE,
    TO_RUNNING,
    TO_SUBMITTING,
    accept,
    grant,
    operators,
    push,
    usage,
)

pytestmark = pytest.mark.asyncio

FULL = 10 * PRICE
# For every way to an end: the steps, and what the account and the operator have then.
ENDS = {
    "done": (TO_DONE, Usage(FULL, 0, PRICE), 0),
    "done for less": (
        (*TO_RUNNING, (State.DONE, {"result_url": "u", "cost_microcredits": 5})),
        Usage(FULL, 0, 5),
        0,
    ),
    "done for more": (
        (*TO_RUNNING, (State.DONE, {"result_url": "u", "cost_microcredits": PRICE + 9})),
        Usage(FULL, 0, PRICE),
        9,
    ),
    "done at an unknown cost": ((*TO_RUNNING, (State.DONE, {"result_url": "u"})), Usage(FULL, 0, PRICE), 0),
    "done over v1": (
        ((State.SUBMITTING, {"api": Api.V1}), (State.DONE, {"sha256": "ab"})),
        Usage(FULL, 0, PRICE),
        0,
    ),
    "failed while running": (
        (*TO_RUNNING, (State.FAILED, {"outcome": Outcome.PROVIDER_FAILED})),
        Usage(FULL, 0, 0),
        0,
    ),
    "refused": ((*TO_SUBMITTING, (State.FAILED, {"outcome": Outcome.BAD_PARAMETERS})), Usage(FULL, 0, 0), 0),
    "failed before": (((State.FAILED, {"outcome": Outcome.OUT_OF_CREDITS}),), Usage(FULL, 0, 0), 0),
    "cancelled": (((State.CANCELLED, {}),), Usage(FULL, 0, 0), 0),
    "lost": ((*TO_SUBMITTING, (State.LOST, {"outcome": Outcome.FATE_UNKNOWN})), Usage(FULL, 0, 0), PRICE),
    "lost while running": (
        (*TO_RUNNING, (State.LOST, {"outcome": Outcome.RESULT_EXPIRED})),
        Usage(FULL, 0, 0),
        PRICE,
    ),
    "not taken, then done": ((*TO_SUBMITTING, (State.ACCEPTED, {}), *TO_DONE), Usage(FULL, 0, PRICE), 0),
}


async def move(db: Sqlite, job: Job, state: State, **changes: Any) -> Job:
    async with db.transaction() as tx:
        return await jobs.move(tx, job, state, at_ms=5, **changes)


async def record(db: Sqlite, job: Job, **changes: Any) -> Job:
    async with db.transaction() as tx:
        return await jobs.record(tx, job, **changes)


async def deliver(db: Sqlite, interaction_id: int, delivery: Delivery) -> None:
    async with db.transaction() as tx:
        await jobs.save_delivery(tx, interaction_id, delivery)


async def test_a_request_and_its_jobs_come_back_as_they_went_in(db: Sqlite):
    await grant(db)
    accepted = await accept(db, count=3)
    assert await jobs.request(db, 1) == (REQUEST, Delivery())
    assert await jobs.jobs_of(db, 1) == accepted
    assert await jobs.job(db, 1, 2) == accepted[2]


async def test_a_comparison_comes_back_with_its_models_its_choices_and_what_it_was_made_from(db: Sqlite):
    compared = replace(REQUEST, models=("imagen-4", "imagen-3"), parent_id=2**62, expand=True, reply_ms=5)
    async with db.transaction() as tx:
        await jobs.insert(tx, compared, [])
    found = await jobs.request(db, REQUEST.interaction_id)
    assert found is not None
    assert found[0] == compared
    assert found[0].token_ms == 5
    assert REQUEST.token_ms == REQUEST.created_ms


async def test_what_is_not_there_is_not_found(db: Sqlite):
    assert await jobs.request(db, 1) is None
    assert await jobs.jobs_of(db, 1) == []
    assert await jobs.job(db, 1, 0) is None


async def test_the_same_interaction_twice_is_written_once(db: Sqlite):
    await grant(db)
    await accept(db, count=2)
    async with db.transaction() as tx:
        assert not await jobs.insert(tx, replace(REQUEST, user_id=99), [replace(JOB, number=7)])
    assert (await jobs.request(db, 1))[0] == REQUEST
    assert [job.number for job in await jobs.jobs_of(db, 1)] == [0, 1]


async def test_two_tasks_with_the_same_interaction_write_one_request(either: Sqlite):
    async def insert() -> bool:
        async with either.transaction() as tx:
            return await jobs.insert(tx, REQUEST, [JOB])

    assert sorted(await asyncio.gather(*(insert() for _ in range(10)))) == [False] * 9 + [True]


async def test_every_field_has_a_column(db: Sqlite):
    for table, kinds, aliases in (("requests", (Request, Delivery), {"values": "options"}), ("jobs", (Job,), {})):
        columns = {row["name"] for row in await db.fetch(f"PRAGMA table_info({table})")} - {"counted"}
        assert columns == {aliases.get(field.name, field.name) for kind in kinds for field in fields(kind)}


@pytest.mark.parametrize("state", State)
async def test_every_state_can_be_stored(db: Sqlite, state: State):
    finished_ms = 1 if state in TERMINAL else None
    async with db.transaction() as tx:
        assert await jobs.insert(tx, REQUEST, [replace(JOB, state=state, finished_ms=finished_ms)])


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("shown", Shown)
async def test_every_delivery_can_be_stored(db: Sqlite, shown: Shown, way: Way):
    await grant(db)
    await accept(db)
    delivery = Delivery(shown=shown, way=way, posting_ms=2**41, message_id=2**60, message_channel_id=2**61)
    await deliver(db, 1, delivery)
    assert await jobs.request(db, 1) == (REQUEST, delivery)


async def test_that_a_card_was_retouched_is_not_written_by_who_shows_it(db: Sqlite):
    await grant(db)
    await accept(db)
    await deliver(db, 1, Delivery(message_id=5, retouched=True))
    assert (await jobs.request(db, 1))[1] == Delivery(message_id=5)


async def test_what_discord_had_of_a_request_can_be_forgotten(db: Sqlite):
    await grant(db)
    for interaction_id in (1, 2):
        for job in await accept(db, interaction_id, count=2):
            await record(db, job, attachment_id=9, attachment_name="a.png", detail="stays")
    async with db.transaction() as tx:
        await jobs.forget_attachments(tx, 1)
    told = [(job.attachment_id, job.attachment_name, job.detail) for job in await jobs.jobs_of(db, 1)]
    assert told == [(None, None, "stays")] * 2
    assert [job.attachment_id for job in await jobs.jobs_of(db, 2)] == [9, 9]


async def test_the_reply_can_be_forgotten(db: Sqlite):
    await grant(db)
    await accept(db)
    async with db.transaction() as tx:
        await jobs.erase_reply(tx, 1)
    assert await jobs.request(db, 1) == (replace(REQUEST, reply=None), Delivery())


@pytest.mark.parametrize(("way", "account", "operator"), ENDS.values(), ids=ENDS.keys())
async def test_money_moves_with_the_job(db: Sqlite, way: Any, account: Usage, operator: int):
    await grant(db)
    [job] = await accept(db)
    ended = await push(db, job, way)
    assert ended.ended
    assert await jobs.job(db, 1, 0) == ended
    assert await usage(db) == account
    assert await operators(db) == Usage(operator, 0, operator)
    assert await audit(db) == []


async def test_on_its_way_a_job_keeps_its_hold_and_the_books_balance_at_every_step(db: Sqlite):
    await grant(db)
    [job] = await accept(db)
    for step in TO_RUNNING:
        job = await push(db, job, (step,))
        assert await usage(db) == Usage(FULL, PRICE, 0)
        assert await audit(db) == []


@pytest.mark.parametrize("state", State)
async def test_a_job_moves_only_where_next_says(db: Sqlite, state: State):
    for target in set(State) - NEXT[state]:
        with pytest.raises(ValueError, match="cannot move"):
            await move(db, replace(JOB, state=state), target)


async def test_each_move_is_stamped(db: Sqlite):
    await grant(db)
    [job] = await accept(db)
    job = await move(db, job, State.SUBMITTING)
    assert job.submitting_ms == 5
    job = await move(db, job, State.ACCEPTED)
    assert job.submitting_ms is None
    job = await move(db, await move(db, job, State.SUBMITTING), State.RUNNING, request_id="r")
    assert (job.running_ms, job.finished_ms) == (5, None)
    job = await move(db, job, State.FAILED, outcome=Outcome.BLOCKED_WORDS, category="violence", detail="no")
    assert (job.finished_ms, job.outcome, job.category, job.detail) == (5, Outcome.BLOCKED_WORDS, "violence", "no")


async def test_of_two_hands_one_moves_the_job_and_the_other_is_told(either: Sqlite):
    await grant(either)
    [job] = await accept(either)
    moves = [move(either, job, State.SUBMITTING) for _ in range(5)] + [move(either, job, State.CANCELLED)]
    results = await asyncio.gather(*moves, return_exceptions=True)
    assert [type(result) for result in results] == [Job] + [StaleJob] * 5
    with pytest.raises(StaleJob):
        await record(either, job, detail="late")


async def test_a_move_does_not_undo_what_was_recorded_meanwhile(db: Sqlite):
    await grant(db)
    [job] = await accept(db)
    running = await push(db, job, TO_RUNNING)
    await record(db, running, render_ms=123)
    done = await move(db, running, State.DONE, result_url="u")
    assert (done.render_ms, done.result_url) == (123, "u")


async def test_what_a_job_is_cannot_be_changed(db: Sqlite):
    await grant(db)
    [job] = await accept(db)
    for name in ("number", "payload", "price_microcredits", "state", "finished_ms", "nonsense"):
        with pytest.raises(ValueError, match=name):
            await record(db, job, **{name: 1})


async def test_what_becomes_of_an_image_is_recorded(db: Sqlite):
    await grant(db)
    [job] = await accept(db)
    done = await push(db, job, TO_DONE)
    changes = {"sha256": "ab", "content_type": "image/png", "attachment_id": 2**60, "attachment_name": "a.png"}
    assert await record(db, done, **changes) == replace(done, **changes)


async def test_texts_that_are_not_unicode_do_not_keep_a_job_from_ending(db: Sqlite):
    await grant(db)
    [job] = await accept(db)
    failed = await move(db, job, State.FAILED, outcome=Outcome.PROVIDER_FAILED, detail="half \ud83d\0 pair")
    assert failed.detail == "half ?\ufffd pair"


async def test_a_prompt_comes_back_exactly(db: Sqlite):
    prompt = "  \0 \ud83d \u202e \U0001f3d4\ufe0f ' \" $1 \\ \n"
    async with db.transaction() as tx:
        await jobs.insert(tx, replace(REQUEST, values={"prompt": prompt}), [replace(JOB, payload={"prompt": prompt})])
    assert (await jobs.request(db, 1))[0].prompt == prompt
    assert (await jobs.job(db, 1, 0)).payload == {"prompt": prompt}


async def test_a_request_id_belongs_to_one_job(db: Sqlite):
    await grant(db)
    one, two = await accept(db, count=2)
    await move(db, await move(db, one, State.SUBMITTING), State.RUNNING, request_id="same")
    two = await move(db, two, State.SUBMITTING)
    with pytest.raises(StoreError, match="UNIQUE"):
        await move(db, two, State.RUNNING, request_id="same")
    assert await jobs.job(db, 1, 1) == two


async def test_open_is_what_has_not_ended_or_was_not_seen_to_its_end_oldest_first(db: Sqlite):
    await grant(db)
    for interaction_id, at_ms in ((1, 30), (2, 10), (3, 20), (4, 40)):
        [job] = await accept(db, interaction_id, at_ms=at_ms)
        if interaction_id != 1:
            await push(db, job, TO_DONE)
    assert await jobs.open_requests(db) == [2, 3, 1, 4]
    await deliver(db, 2, Delivery(shown=Shown.DELIVERED))
    await deliver(db, 4, Delivery(shown=Shown.KEPT, way=Way.KEPT))
    assert await jobs.open_requests(db) == [3, 1]
    await deliver(db, 1, Delivery(shown=Shown.DELIVERED))
    assert await jobs.open_requests(db) == [3, 1]


async def test_known_are_the_request_ids_that_could_still_stand_in_the_history(db: Sqlite):
    await grant(db)
    for interaction_id in (1, 2, 3):
        [job] = await accept(db, interaction_id)
        await push(db, job, TO_DONE if interaction_id == 1 else TO_RUNNING if interaction_id == 2 else TO_SUBMITTING)
    assert await jobs.known_request_ids(db, slug="imagen-4", since_ms=2_000) == {"r1/0", "r2/0"}
    assert await jobs.known_request_ids(db, slug="imagen-4", since_ms=2_001) == {"r2/0"}
    assert await jobs.known_request_ids(db, slug="imagen-3", since_ms=0) == set()


@pytest.mark.parametrize(
    ("call", "index"),
    [
        (jobs.open_requests, "jobs_open"),
        (lambda db: jobs.known_request_ids(db, slug="s", since_ms=1), "jobs_by_slug"),
    ],
)
async def test_what_is_asked_often_is_answered_from_an_index(db: Sqlite, call: Any, index: str):
    class Explaining:
        async def fetch(self, sql: str, *args: Any) -> list[Any]:
            self.plan = [row["detail"] for row in await db.fetch(f"EXPLAIN QUERY PLAN {sql}", *args)]
            return []

    explaining = Explaining()
    await call(explaining)
    assert any(index in line for line in explaining.plan)
    assert not any(line.startswith("SCAN jobs") and "INDEX" not in line for line in explaining.plan)
