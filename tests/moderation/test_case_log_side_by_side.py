"""The log of moderators as it runs: a server where Discord hangs keeps nobody else waiting, and misses nothing itself."""

import asyncio

import pytest

from tests.moderation.test_case_log import acted, behind, clock, db, log_of, log_to, opened, poster, words
from tests.side_by_side import running, until

pytestmark = pytest.mark.asyncio
__all__ = ["clock", "db", "poster"]

HUNG, OTHER = 70, 80


async def test_a_case_comes_up_at_once_though_discord_hangs_over_the_card_of_another_server(db, clock, poster):
    await log_to(db, clock, HUNG)
    await log_to(db, clock, OTHER, guild_id=8)
    poster.held[HUNG] = asyncio.Event()
    case_log = log_of(db, clock, poster)
    async with running(case_log):
        await opened(db)
        case_log.poke()
        await until(lambda: poster.calls)
        await opened(db, guild_id=8)
        case_log.poke()
        await until(lambda: poster.places == [OTHER])


async def test_what_changes_while_a_card_is_being_posted_is_shown_as_soon_as_it_stands(db, clock, poster):
    await log_to(db, clock, HUNG)
    poster.held[HUNG] = asyncio.Event()
    case_log = log_of(db, clock, poster)
    async with running(case_log):
        case = await opened(db)
        case_log.poke()
        await until(lambda: poster.calls)
        await acted(db, case)
        case_log.poke()
        # It has looked again, and left the card to whoever is at it.
        clock.slept.clear()
        await clock.slept.wait()
        poster.held[HUNG].set()
        await until(lambda: poster.cards and "✔" in words(poster))
        while await behind(db):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    assert [name for name, _ in poster.calls] == ["post", "edit"]
