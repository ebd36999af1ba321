from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.errors import StoreFull
from bot.jobs import Delivery, Remover
from bot.store import jobs as job_store
from bot.tracker.books import Books
from tests.databases import open_fresh
from tests.store.support import REQUEST

pytestmark = pytest.mark.asyncio


class FullDisk:
    """A database whose disk is full for so many tries."""

    def __init__(self, tries):
        self.tries = tries

    @asynccontextmanager
    async def transaction(self):
        self.tries -= 1
        if self.tries >= 0:
            raise StoreFull("the disk is full")
        yield self


class Clock:
    slept = 0

    def now_ms(self):
        return 0

    async def sleep(self, seconds):
        self.slept += 1


async def step(tx):
    return "written"


class Told:
    def __init__(self):
        self.alerts = []

    async def tell(self, alert, **values):
        self.alerts.append((alert, values))


async def test_a_full_disk_is_waited_for_and_told_once_with_its_end():
    clock, told = Clock(), Told()
    books = Books(db=FullDisk(100), alerts=told, noticed=lambda: None, clock=clock)
    with capture_logs() as lines:
        assert await books.write(step) == "written"
        assert await books.write(step) == "written"
    assert clock.slept == 100
    assert [alert for alert, _ in told.alerts] == ["store"]
    assert [line["event"] for line in lines] == ["the database works again"]


async def test_a_disk_that_is_full_again_is_told_again():
    told = Told()
    books = Books(db=FullDisk(1), alerts=told, noticed=lambda: None, clock=Clock())
    await books.write(step)
    books.db.tries = 1
    await books.write(step)
    assert len(told.alerts) == 2


PARENT = replace(REQUEST, private=False)
CHILD = replace(PARENT, interaction_id=2, parent_id=1)
MESSAGE_ID = 55


@pytest.mark.parametrize(
    ("parent", "child", "message_id", "link"),
    [
        (PARENT, CHILD, MESSAGE_ID, "https://discord.com/channels/7/8/55"),
        (PARENT, replace(CHILD, parent_id=None), MESSAGE_ID, None),
        (PARENT, replace(CHILD, parent_id=3), MESSAGE_ID, None),
        (PARENT, CHILD, None, None),
        (replace(PARENT, private=True), CHILD, MESSAGE_ID, None),
        (replace(PARENT, removed=Remover.MODERATOR), CHILD, MESSAGE_ID, None),
        (PARENT, replace(CHILD, guild_id=6), MESSAGE_ID, None),
    ],
    ids=["there", "no parent", "unknown", "not on Discord", "private", "removed", "in another server"],
)
async def test_a_card_links_to_the_one_that_it_was_made_from_where_others_see_that(
    tmp_path, parent, child, message_id, link
):
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    async with db.transaction() as tx:
        for request in (parent, child):
            await job_store.insert(tx, request, [])
        await job_store.save_delivery(tx, 1, Delivery(message_id=message_id, message_channel_id=8))
    books = Books(db=db, alerts=Told(), noticed=lambda: None, clock=Clock())
    assert await books.parent_link(child) == link
    await db.close()
