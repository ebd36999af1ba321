"""Cards to which only a token leads, deleted when it is too old: the bot says what stays, and one press on the card mends it."""

import asyncio
import contextlib
import sqlite3

import pytest

from tests.e2e.notes import note
from tests.e2e.rig import written_down
from tests.e2e.test_limits import answered
from tests.e2e.test_places import OPEN, alone, calls_to, foreign, group, id_of
from tests.e2e.test_whole_way import END_S, TOKEN_LIFE_MS, audited, ended, running

pytestmark = pytest.mark.asyncio


async def grown_old(there):
    """Sixteen minutes go by, for Discord and for the bot."""
    await written_down(there)
    there.discord.core.clock.advance(TOKEN_LIFE_MS)
    with contextlib.closing(sqlite3.connect(there.database, timeout=10)) as db, db:
        db.execute("UPDATE requests SET created_ms = created_ms - 960000, reply_ms = reply_ms - 960000")


async def delete(there, message):
    """Press Delete and say yes; returns what was asked, and what was answered."""
    question = await note(await there.discord.press(message, id_of(message, "delete"), user_id=there.mia))
    asked = question.body.text
    await there.discord.press(question, id_of(question, "delete_yes"), user_id=there.mia)
    async with asyncio.timeout(END_S):
        while question.body.text == asked:  # noqa: ASYNC110 - what is waited for lies in the stand-in
            await asyncio.sleep(0.02)
    return asked, question.body.text


async def gone_from(card):
    async with asyncio.timeout(END_S):
        while card.body.attachments:  # noqa: ASYNC110 - what is waited for lies in the stand-in
            await asyncio.sleep(0.02)


def standing(there):
    """How the database has the only card: shown, retouched, removed."""
    with contextlib.closing(sqlite3.connect(there.database)) as db:
        return db.execute("SELECT shown, retouched, removed FROM requests").fetchone()


async def became(there, expected):
    async with asyncio.timeout(END_S):
        while standing(there) != expected:  # noqa: ASYNC110 - what is waited for lies in a database
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("where", [group, foreign])
async def test_what_is_deleted_late_on_the_card_itself_is_gone_from_the_card(tmp_path, where):
    async with running(tmp_path, **OPEN) as there:
        place = where(there)
        card = await ended(await place.use(prompt="a fox"))
        await grown_old(there)
        asked, told = await delete(there, card)
        await gone_from(card)
        assert "](https://" not in asked + told
        assert calls_to(there, place.channel_id) == []
    assert await audited(there) == []


async def test_what_is_deleted_late_from_elsewhere_is_said_to_stay_until_the_cards_own_button_is_pressed(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        place = group(there)
        card = await ended(await place.use(prompt="a fox"))
        await grown_old(there)
        found = await answered(await place.use("show", image="fox", private=True))
        asked, told = await delete(there, found)
        link = f"](https://discord.com/channels/@me/{card.channel_id}/{card.id})"
        assert link in asked
        assert f"**[The card{link} still shows it**" in told
        await became(there, ("kept", 1, "owner"))
        assert card.body.attachments
        told = await note(await there.discord.press(card, id_of(card, "delete"), user_id=there.mia))
        assert "deleted already" in told.body.text
        await gone_from(card)
        await became(there, ("delivered", 1, "owner"))
        assert calls_to(there, place.channel_id) == []
    assert await audited(there) == []


async def test_what_is_deleted_in_time_leaves_nothing(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        place = group(there)
        card = await ended(await place.use(prompt="a fox"))
        await written_down(there)
        found = await answered(await place.use("show", image="fox", private=True))
        asked, told = await delete(there, found)
        assert "](https://" not in asked + told
        await gone_from(card)


async def test_a_card_goes_by_what_the_bot_can_do_where_it_was_shared(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        place, direct = group(there), alone(there)
        await ended(await direct.use(prompt="a fox", private=True))
        await written_down(there)
        found = await answered(await place.use("show", image="fox"))
        shared = await ended(await there.discord.press(found, id_of(found, "share"), user_id=there.mia))
        assert shared.channel_id == place.channel_id
        await grown_old(there)
        found = await answered(await direct.use("show", image="fox", private=True))
        _, told = await delete(there, found)
        assert "still shows it" in told
        assert calls_to(there, place.channel_id) == []
