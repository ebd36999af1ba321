"""Images that are removed or blurred: what is written down, from every state in which that may happen."""

from dataclasses import replace
from typing import Any

import pytest

from bot.jobs import Delivery, Outcome, Reach, Remover, Shown, State, Way
from bot.limits import Usage
from bot.store import jobs, retouching
from bot.store.audit import audit
from bot.store.retouching import Looks
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
    hold,
    push,
    usage,
)

pytestmark = pytest.mark.asyncio

PICTURE = {"sha256": "ab", "content_type": "image/png", "attachment_id": 5, "attachment_name": "a.png"}
FAILED = (*TO_RUNNING, (State.FAILED, {"outcome": Outcome.PROVIDER_FAILED}))
SEEN = Delivery(shown=Shown.DELIVERED, message_id=70, message_channel_id=REQUEST.channel_id)
UNREACHED = replace(SEEN, shown=Shown.KEPT, way=Way.KEPT)


async def ask(db: Sqlite, interaction_id: int = 1, *ways: Any, delivery: Delivery = SEEN, **changes: Any) -> None:
    """A request, public unless told otherwise, whose jobs have gone these ways, and whose card is so far."""
    await grant(db)
    request = replace(REQUEST, interaction_id=interaction_id, **{"private": False, **changes})
    wanted = [replace(JOB, interaction_id=interaction_id, number=number) for number in range(len(ways))]
    async with db.transaction() as tx:
        await jobs.insert(tx, request, wanted)
        for job in wanted:
            await hold(tx, interaction_id, number=job.number)
    for job, way in zip(wanted, ways, strict=True):
        unique = [(state, {**more, "request_id": "r"} if "request_id" in more else more) for state, more in way]
        moved = await push_numbered(db, job, unique)
        if moved.state is State.DONE:
            async with db.transaction() as tx:
                await jobs.record(tx, moved, **PICTURE)
    async with db.transaction() as tx:
        await jobs.save_delivery(tx, interaction_id, delivery)


async def push_numbered(db: Sqlite, job: Any, way: Any) -> Any:
    for state, changes in way:
        async with db.transaction() as tx:
            name = {"request_id": f"{job.interaction_id}/{job.number}"} if "request_id" in changes else {}
            job = await jobs.move(tx, job, state, at_ms=2_000, **{**changes, **name})
    return job


async def remove(db: Sqlite, interaction_id: int = 1, by: Remover = Remover.MODERATOR) -> bool:
    async with db.transaction() as tx:
        return await retouching.remove(tx, interaction_id, by=by, at_ms=9_000)


async def blur(db: Sqlite, interaction_id: int = 1) -> bool:
    async with db.transaction() as tx:
        return await retouching.blur(tx, interaction_id)


async def told(db: Sqlite, interaction_id: int = 1) -> tuple[Any, Delivery]:
    request, delivery = await jobs.request(db, interaction_id) or (None, Delivery())
    return (request and request.removed), delivery


async def test_a_removed_request_has_no_picture_any_more_and_its_card_is_open_again(db: Sqlite):
    await ask(db, 1, TO_DONE, TO_DONE, delivery=replace(SEEN, way=Way.CHANNEL))
    assert await remove(db)
    assert await told(db) == (
        Remover.MODERATOR,
        replace(SEEN, way=Way.CHANNEL, shown=Shown.OPEN, retouched=True),
    )
    for job in await jobs.jobs_of(db, 1):
        assert (job.state, job.outcome) == (State.DONE, Outcome.REMOVED)
        assert (job.sha256, job.content_type, job.result_url, job.attachment_id, job.attachment_name) == (None,) * 5
        assert job.cost_microcredits == PRICE
    assert await audit(db) == []


async def test_what_has_not_started_is_cancelled_with_its_credits_and_what_segmind_has_goes_on(db: Sqlite):
    await ask(db, 1, (), TO_SUBMITTING, TO_RUNNING, FAILED, delivery=Delivery())
    assert (await usage(db)).held == 3 * PRICE
    assert await remove(db)
    ends = [(job.state, job.outcome) for job in await jobs.jobs_of(db, 1)]
    assert ends == [
        (State.CANCELLED, Outcome.REMOVED),
        (State.SUBMITTING, None),
        (State.RUNNING, None),
        (State.FAILED, Outcome.PROVIDER_FAILED),
    ]
    assert await usage(db) == Usage(10 * PRICE, 2 * PRICE, 0)
    assert await told(db) == (Remover.MODERATOR, Delivery(retouched=True))
    assert await audit(db) == []


@pytest.mark.parametrize("picture", [{}, PICTURE])
async def test_a_picture_that_comes_later_is_let_go_and_stays_paid(db: Sqlite, picture: dict[str, Any]):
    await ask(db, 1, TO_RUNNING, delivery=Delivery())
    await remove(db)
    [job] = await jobs.jobs_of(db, 1)
    async with db.transaction() as tx:
        job = await jobs.move(tx, job, State.DONE, at_ms=10_000, result_url="u", cost_microcredits=PRICE, **picture)
    assert (job.outcome, job.result_url, job.sha256, job.attachment_id) == (Outcome.REMOVED, None, None, None)
    assert await usage(db) == Usage(10 * PRICE, 0, PRICE)
    assert await audit(db) == []


async def test_a_picture_that_was_being_fetched_is_let_go(db: Sqlite):
    await ask(db)
    await grant(db)
    [before] = await accept(db, 2)
    done = await push(db, before, TO_DONE)
    await remove(db, 2, Remover.OWNER)
    async with db.transaction() as tx:
        job = await jobs.record(tx, done, **PICTURE)
    assert (job.outcome, job.sha256, job.attachment_id) == (Outcome.REMOVED, None, None)


async def test_a_request_is_removed_once(db: Sqlite):
    await ask(db, 1, TO_DONE)
    assert await remove(db)
    before = await told(db)
    assert not await remove(db)
    assert not await remove(db, by=Remover.OWNER)
    assert await told(db) == before
    assert not await remove(db, 99)


async def test_a_private_request_is_its_owners_alone_to_remove_and_nobodys_to_blur(db: Sqlite):
    await ask(db, 1, TO_DONE, private=True)
    assert not await remove(db)
    assert not await blur(db)
    assert (await told(db)) == (None, SEEN)
    assert await remove(db, by=Remover.OWNER)
    # The bot cannot edit a private message, so its way stays the reply.
    assert (await told(db)) == (Remover.OWNER, replace(SEEN, shown=Shown.OPEN, retouched=True))


async def test_what_was_never_shown_is_removed_and_no_card_is_opened(db: Sqlite):
    kept = Delivery(shown=Shown.KEPT, way=Way.KEPT)
    await ask(db, 1, TO_DONE, delivery=kept)
    assert not await blur(db)
    assert await remove(db)
    assert await told(db) == (Remover.MODERATOR, kept)
    assert (await retouching.looks(db, 1)) == Looks(
        message=None, images=1, removed=True, blurred=False, unreached=False
    )


async def test_blurring_hides_and_opens_the_card_again_as_the_bots_own_message(db: Sqlite):
    await ask(db, 1, TO_DONE)
    assert await blur(db)
    assert (await told(db))[1] == replace(SEEN, way=Way.MESSAGE, shown=Shown.OPEN, retouched=True)
    request, _ = await jobs.request(db, 1) or (None, None)
    assert request is not None
    assert request.spoiler
    [job] = await jobs.jobs_of(db, 1)
    assert (job.sha256, job.attachment_id, job.outcome) == ("ab", 5, None)
    assert not await blur(db)


async def test_what_is_removed_is_not_blurred_and_what_is_blurred_can_be_removed(db: Sqlite):
    await ask(db, 1, TO_DONE)
    assert await blur(db)
    assert await remove(db)
    assert not await blur(db)


async def test_a_card_under_way_is_blurred_where_it_is(db: Sqlite):
    await ask(db, 1, TO_RUNNING, delivery=Delivery())
    assert await blur(db)
    assert (await told(db))[1] == Delivery(retouched=True)


async def test_a_card_that_could_not_be_changed_is_tried_again_and_stays_removed_by_who_it_was(db: Sqlite):
    await ask(db, 1, TO_DONE)
    await remove(db)
    async with db.transaction() as tx:
        await jobs.save_delivery(tx, 1, UNREACHED)
    found = await retouching.looks(db, 1)
    assert found is not None
    assert found.unreached
    assert await remove(db, by=Remover.OWNER)
    assert await told(db) == (
        Remover.MODERATOR,
        replace(UNREACHED, shown=Shown.OPEN, way=Way.MESSAGE, retouched=True),
    )


async def test_a_blur_that_could_not_be_shown_is_tried_again(db: Sqlite):
    await ask(db, 1, TO_DONE)
    await blur(db)
    async with db.transaction() as tx:
        await jobs.save_delivery(tx, 1, UNREACHED)
    assert await blur(db)


async def test_the_visible_requests_of_a_member_are_public_and_have_images_or_may_get_some(db: Sqlite):
    await ask(db, 1, TO_DONE)
    await ask(db, 2, FAILED, TO_RUNNING, delivery=Delivery())
    await ask(db, 3, FAILED)
    await ask(db, 4, TO_DONE, private=True)
    await ask(db, 5, TO_DONE, user_id=10)
    await ask(db, 6, TO_DONE, guild_id=70)
    await ask(db, 7, TO_DONE)
    await remove(db, 7)
    assert await retouching.visible_of(db, guild_id=7, user_id=9) == [1, 2]


@pytest.mark.parametrize(
    ("delivery", "private", "message"),
    [
        (SEEN, False, (8, 70)),
        (SEEN, True, None),
        (Delivery(), False, None),
        # By direct message.
        (replace(SEEN, way=Way.DIRECT, message_channel_id=4), False, None),
    ],
)
async def test_a_message_is_told_where_others_see_it(db: Sqlite, delivery: Delivery, private: bool, message: Any):
    await ask(db, 1, TO_DONE, FAILED, delivery=delivery, private=private)
    assert await retouching.looks(db, 1) == Looks(
        message=message, images=1, removed=False, blurred=False, unreached=False
    )


async def test_what_is_not_there_looks_like_nothing(db: Sqlite):
    assert await retouching.looks(db, 1) is None


async def test_where_there_is_only_the_reply_the_card_is_changed_by_it_after_its_end_too(db: Sqlite):
    await ask(db, 1, TO_DONE, delivery=SEEN, reach=Reach.REPLY)
    assert await remove(db)
    assert await told(db) == (Remover.MODERATOR, replace(SEEN, shown=Shown.OPEN, retouched=True))
