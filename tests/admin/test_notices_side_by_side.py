"""Notices as they are sent while the bot runs: a server where Discord hangs keeps nobody else waiting."""

import asyncio

import pytest

from bot.admin.notices import AT_ONCE_MAX
from tests.admin.support import FakeLine, FakePoster
from tests.admin.test_notices import add, log_to, notices_of, open_count
from tests.side_by_side import running, until

pytestmark = pytest.mark.asyncio

HUNG, OTHER = 70, 80


class HangingPoster(FakePoster):
    """Posts in HUNG only once it is let go."""

    def __init__(self):
        super().__init__()
        self.let_go = asyncio.Event()

    async def post(self, *, channel_id, **known):
        if channel_id == HUNG:
            self.calls += 1
            await self.let_go.wait()
        await super().post(channel_id=channel_id, **known)


@pytest.fixture
def poster():
    return HangingPoster()


@pytest.fixture
def notices(db, clock, poster):
    return notices_of(db, clock, poster, FakeLine())


async def test_a_notice_goes_out_at_once_though_discord_hangs_over_the_one_of_another_server(
    db, clock, poster, notices
):
    await log_to(db, clock, HUNG)
    await log_to(db, clock, OTHER, guild_id=8)
    async with running(notices):
        await add(db, clock)
        notices.poke()
        await until(lambda: poster.calls)
        await add(db, clock, guild_id=8)
        notices.poke()
        await until(lambda: poster.posts)
    assert [guild_id for guild_id, _, _ in poster.posts.values()] == [8]


async def test_what_is_added_while_a_server_is_told_is_told_after_it_and_nothing_twice(db, clock, poster, notices):
    await log_to(db, clock, HUNG)
    async with running(notices):
        await add(db, clock)
        notices.poke()
        await until(lambda: poster.calls)
        await add(db, clock, params={"percent": 90, "used_microcredits": 1, "amount_microcredits": 2, "resets_ms": 3})
        notices.poke()
        clock.slept.clear()
        await clock.slept.wait()
        poster.let_go.set()
        await until(lambda: len(poster.posts) == 2)
        while await open_count(db):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    assert ["80\u00a0%" in text for text in poster.texts] == [True, False]
    assert poster.calls == 4, "each twice: as it is held, and as it is posted"


async def test_more_than_is_read_at_once_is_told_without_a_rest(db, clock, poster, notices):
    await log_to(db, clock, OTHER)
    for _ in range(AT_ONCE_MAX + 1):
        await add(db, clock)
    async with running(notices):
        await until(lambda: len(poster.posts) == AT_ONCE_MAX + 1)
