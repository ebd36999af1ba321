from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from bot.errors import StoreFull
from bot.tracker.books import Books

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
    books = Books(db=FullDisk(100), alerts=told, clock=clock)
    with capture_logs() as lines:
        assert await books.write(step) == "written"
        assert await books.write(step) == "written"
    assert clock.slept == 100
    assert [alert for alert, _ in told.alerts] == ["store"]
    assert [line["event"] for line in lines] == ["the database works again"]


async def test_a_disk_that_is_full_again_is_told_again():
    told = Told()
    books = Books(db=FullDisk(1), alerts=told, clock=Clock())
    await books.write(step)
    books.db.tries = 1
    await books.write(step)
    assert len(told.alerts) == 2
