"""The door of cards: who may press what, on which card, after what; and that every press has its own kind answer."""

import asyncio

import pytest

from bot.errors import StoreError
from bot.jobs import State
from bot.ports import CardAct
from bot.sandbox.discord.interactions import CallbackType
from bot.store import personal
from tests.cogs.card_stage import at_table
from tests.cogs.stage import TEXTS

pytestmark = pytest.mark.asyncio

ASKS = (CardAct.AGAIN, CardAct.REDO)
NEEDS_WORDS = (*ASKS, CardAct.EDIT, CardAct.DETAILS, CardAct.SHARE)
PRESSED = tuple(act for act in CardAct if act is not CardAct.SEND_EDIT)


async def answer(press):
    """What a press was answered, and whether only to whoever pressed."""
    pressed = await (await press).answered()
    return pressed.body.text, pressed.ephemeral


@pytest.mark.parametrize("number", [4_711, 2**63 - 1])
async def test_what_was_deleted_altogether_is_said_to_be_gone(tmp_path, number):
    async with at_table(tmp_path) as table:
        answers = {does: await answer(table.forge(does, number)) for does in CardAct}
    assert answers == dict.fromkeys(CardAct, (table.say("mia", "button.gone"), True))


@pytest.mark.parametrize("number", [2**63, 10**19 - 1])
async def test_what_can_be_no_id_is_not_known(tmp_path, number):
    async with at_table(tmp_path) as table:
        pressed = await (await table.forge(CardAct.AGAIN, number)).answered()
    assert (pressed.body.text, pressed.ephemeral) == (table.say("mia", "button.stale"), True)


async def test_a_card_of_another_server_does_nothing_here(tmp_path):
    answers = {}
    async with at_table(tmp_path) as table:
        for cards, does in enumerate(CardAct, start=1):
            number, _ = await table.card()
            answers[does] = await answer(table.forge(does, number, guild=table.other()))
            assert await table.requests() == cards, does
    assert answers == dict.fromkeys(CardAct, (table.say("mia", "button.elsewhere"), True))


@pytest.mark.parametrize("user", ["jules", "mona", "adam"])
async def test_a_private_card_is_its_owners_whoever_else_presses(tmp_path, user):
    answers = {}
    async with at_table(tmp_path) as table:
        for cards, does in enumerate(CardAct, start=1):
            number, message = await table.card(private=True)
            answers[does] = await answer(table.press(message, number, does, user=user))
            assert await table.requests() == cards, does
            assert (await table.request(number)).removed is None, does
    assert answers == dict.fromkeys(CardAct, (table.say(user, "button.private"), True))


@pytest.mark.parametrize("does", [each for each in PRESSED if each is not CardAct.CANCEL])
async def test_a_removed_card_says_so(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=does is CardAct.SHARE)
        await table.told(message, number, CardAct.DELETE_YES)
        told = await table.told(message, number, does)
        assert await table.requests() == 1
    assert told == table.say("mia", "button.removed")


@pytest.mark.parametrize("does", NEEDS_WORDS)
async def test_a_card_whose_words_were_forgotten_says_so(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=does is CardAct.SHARE)
        await table.purge(number)
        told = await table.told(message, number, does)
        assert await table.requests() == 1
    assert told == table.say("mia", "button.forgotten")


@pytest.mark.parametrize("custom_id", ["card:", "card:0:again:1", "card:1:explode:1", "card:1:again:x", "card:1:again"])
async def test_what_no_version_of_ours_made_is_said_to_be_old(tmp_path, custom_id):
    async with at_table(tmp_path) as table:
        pressed = await (await table.forge(None, 0, custom_id=custom_id)).answered()
    assert (pressed.body.text, pressed.ephemeral) == (table.say("mia", "button.stale"), True)


async def test_a_press_that_cannot_be_looked_up_in_time_has_an_answer_and_comes_to_nothing(tmp_path):
    acts = [each for each in CardAct if each is not CardAct.EDIT]
    async with at_table(tmp_path) as table:
        cards = [await table.card(private=does is CardAct.SHARE) for does in acts]
        table.album.held = asyncio.Event()
        presses = (table.press(message, number, does) for does, (number, message) in zip(acts, cards, strict=True))
        pressed = dict(zip(acts, await asyncio.gather(*presses), strict=True))
        assert max(each.acknowledged_after_ms for each in pressed.values()) < 2_900
        table.album.held.set()
        for each in pressed.values():
            await each.answered()
        slow = {does for does, each in pressed.items() if each.body.text == table.say("mia", "button.slow")}
        assert slow == {*ASKS, CardAct.SEND_EDIT, CardAct.SHARE}
        assert await table.requests() == len(acts)


async def test_a_form_that_cannot_be_opened_in_time_is_to_be_asked_for_again(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        table.album.held = asyncio.Event()
        assert await table.told(message, number, CardAct.EDIT) == table.say("mia", "panel.slow")


@pytest.mark.parametrize("does", CardAct)
async def test_a_database_that_does_not_answer_is_said(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card()

        async def broken(*_, **__):
            raise StoreError("disk")

        table.album.card = broken
        pressed = await (await table.press(message, number, does)).answered()
    assert (pressed.body.text, pressed.ephemeral) == (table.say("mia", "draft.store"), True)


@pytest.mark.parametrize("does", [CardAct.DETAILS, CardAct.FAVOURITE, CardAct.DELETE, CardAct.CANCEL, CardAct.SEND])
async def test_what_is_told_is_told_to_whoever_pressed_alone_and_the_card_stays(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        before = message.body.text
        pressed = await (await table.press(message, number, does)).answered()
        assert pressed.ephemeral
        assert pressed.callback_type is CallbackType.CHANNEL_MESSAGE_WITH_SOURCE
        assert message.body.text == before


async def test_cards_of_before_a_restart_work_after_it(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await table.restart()
        assert "a blue house" in await table.told(message, number, CardAct.DETAILS)
        assert await table.told(message, number, CardAct.FAVOURITE) == table.say("mia", "button.favourite.on", count=1)
        opened = await table.press(message, number, CardAct.EDIT)
        await table.restart()
        sent = await table.send(opened, prompt="a green house")
        again = await table.press(message, number, CardAct.AGAIN)
        for asked, prompt in ((sent, "a green house"), (again, "a blue house")):
            assert (await table.request(asked.id)).prompt == prompt
        assert TEXTS("en", "delete.done", count=1) == await table.told(message, number, CardAct.DELETE_YES)


BLOCKED_FOR = (CardAct.AGAIN, CardAct.REDO, CardAct.EDIT, CardAct.SEND_EDIT, CardAct.DETAILS)


async def blocked_card(table, outcome="blocked_words", **known):
    number, message = await table.card(state=State.FAILED, **known)
    async with table.db.transaction() as tx:
        await tx.execute(
            "UPDATE jobs SET outcome = $2, category = 'violence' WHERE interaction_id = $1", number, outcome
        )
    return number, message


@pytest.mark.parametrize("user", ["jules", "mona", "adam"])
@pytest.mark.parametrize("does", BLOCKED_FOR)
async def test_a_blocked_prompt_is_its_owners_whoever_else_presses(tmp_path, does, user):
    async with at_table(tmp_path) as table:
        number, message = await blocked_card(table)
        pressed = await (await table.press(message, number, does, user=user)).answered()
        assert await table.requests() == 1
    assert (pressed.body.text, pressed.ephemeral) == (table.say(user, "button.blocked"), True)


async def test_the_owner_of_a_blocked_prompt_sees_it_and_why_in_details(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await blocked_card(table)
        pressed = await (await table.press(message, number, CardAct.DETAILS)).answered()
        told = pressed.body.text
        assert pressed.ephemeral
        assert "a blue house" in told
        why = table.say("mia", "outcome.blocked_words", category=table.say("mia", "category.violence"))
        assert why in told
        opened = await table.press(message, number, CardAct.EDIT)
        assert "a blue house" in str(opened.modal)


async def test_where_only_the_picture_was_blocked_everybody_may_begin_with_the_card(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await blocked_card(table, outcome="blocked_picture")
        assert "a blue house" in await table.told(message, number, CardAct.DETAILS, user="jules")


@pytest.mark.parametrize("does", [CardAct.AGAIN, CardAct.DETAILS, CardAct.SHARE])
async def test_a_private_card_of_who_had_everything_erased_was_forgotten(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        async with table.db.transaction() as tx:
            await personal.forget(tx, table.id_of("mia"), now_ms=table.clock.now_ms())
        assert await table.told(message, number, does) == table.say("mia", "button.forgotten")
