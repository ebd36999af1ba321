"""`/queue`: members in the real discord.py see what runs and waits."""

from dataclasses import replace

import pytest

from bot.errors import StoreError
from bot.jobs import State
from bot.tracker.queue import Queued
from bot.turns import Place
from tests.cogs.library_stage import at_library, ref
from tests.cogs.stage import TEXTS
from tests.store.support import JOB, REQUEST

pytestmark = pytest.mark.asyncio


def queued(library, number, *, user="jules", state=State.RUNNING, images=1, place=None, **changes):
    whole = {"private": False} | changes
    request = replace(REQUEST, interaction_id=number, guild_id=library.guild.id, user_id=library.id_of(user), **whole)
    job = replace(JOB, interaction_id=number, state=state, accepted_ms=60_000)
    return Queued(request=request, jobs=tuple(replace(job, number=each) for each in range(images)), place=place)


async def test_nothing_under_way_is_said(tmp_path):
    async with at_library(tmp_path) as library:
        told = (await library.use("queue")).message
        assert told.ephemeral_to == library.id_of("mia")
    assert told.body.text == TEXTS("en", "queue.none")


async def test_public_requests_have_names_and_times_and_private_ones_are_only_counted(tmp_path):
    async with at_library(tmp_path) as library:
        library.tracker.queued = [
            queued(library, 1, images=2),
            queued(library, 2, private=True),
            queued(library, 3, user="mona", state=State.ACCEPTED),
        ]
        text = (await library.use("queue")).message.body.text
    assert f"**Being made**\n- <@{library.id_of('jules')}>: 2 images with Imagen 4, since <t:60:R>" in text
    assert f"**Waiting**\n- <@{library.id_of('mona')}>: 1 image with Imagen 4" in text
    assert "1 private request of somebody else is under way, too." in text
    assert text.count("<@") == 2


async def test_ones_own_place_is_told_also_of_a_private_request(tmp_path):
    async with at_library(tmp_path) as library:
        mine = {"user": "mia", "private": True}
        library.tracker.queued = [
            queued(library, 7, **mine),
            queued(library, 8, state=State.ACCEPTED, place=Place(ahead=3, here=5), **mine),
            queued(library, 9, state=State.ACCEPTED, **mine),
            queued(library, 10, state=State.ACCEPTED, place=Place(ahead=0, here=5), **mine),
        ]
        text = (await library.use("queue")).message.body.text
    assert text.startswith("**Yours**\n")
    assert f"`{ref(7)}`: 1 image with Imagen 4, being made." in text
    assert f"`{ref(8)}`: 1 image with Imagen 4, waiting. 3 images start before it, of 5 that wait here." in text
    assert f"`{ref(9)}`: 1 image with Imagen 4, waiting for a turn." in text
    assert f"`{ref(10)}`: 1 image with Imagen 4, waiting, and next of 5 that wait here." in text
    assert "<@" not in text


async def test_of_many_the_first_are_listed_and_the_rest_counted(tmp_path):
    async with at_library(tmp_path) as library:
        library.tracker.queued = [queued(library, number) for number in range(1, 31)]
        text = (await library.use("queue")).message.body.text
    assert text.count("<@") == 10
    assert text.endswith("… and 20 more")


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    async with at_library(tmp_path) as library:

        async def broken(_):
            raise StoreError("x")

        library.tracker.queue = broken
        assert (await library.use("queue")).message.body.text == TEXTS("en", "draft.store")
