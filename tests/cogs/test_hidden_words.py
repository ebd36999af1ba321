"""Words that AutoMod hides are for their owner alone: in Details, in `/show`, and where others begin with a card."""

import pytest

from bot.cards.writer import ref_of
from bot.jobs import Remover
from bot.moderation.cases import Act
from bot.ports import CardAct
from bot.store import favourites, jobs
from tests.cogs.card_stage import at_table
from tests.cogs.case_stage import MODERATE, at_court
from tests.cogs.draft_stage import at_parlour
from tests.cogs.library_stage import at_library, ref, shown
from tests.cogs.test_presets_commands import made, say
from tests.cogs.test_show import act, posted

pytestmark = pytest.mark.asyncio

WORDS_OF_CARDS = (CardAct.AGAIN, CardAct.REDO, CardAct.EDIT, CardAct.SEND_EDIT, CardAct.DETAILS, CardAct.SEND)


async def hide(db, number):
    async with db.transaction() as tx:
        await jobs.hide_words(tx, number)


@pytest.mark.parametrize("does", WORDS_OF_CARDS)
async def test_others_neither_read_hidden_words_nor_begin_with_them(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await hide(table.db, number)
        pressed = await (await table.press(message, number, does, user="jules")).answered()
        assert (pressed.body.text, pressed.ephemeral) == (table.say("jules", "button.hidden"), True)
        assert await table.requests() == 1


async def test_moderators_delete_a_card_of_hidden_words_by_its_own_button(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await hide(table.db, number)
        refused = await table.told(message, number, CardAct.DELETE_YES, user="jules")
        assert refused == table.say("jules", "delete.not_yours")
        asked = await table.told(message, number, CardAct.DELETE, user="mona")
        assert "blue house" not in asked
        assert await table.told(message, number, CardAct.DELETE_YES, user="mona") == table.say(
            "mona", "delete.done", count=1
        )
        assert (await table.request(number)).removed is Remover.MODERATOR


async def test_what_was_liked_before_its_words_were_hidden_can_be_a_favourite_no_more(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await table.told(message, number, CardAct.FAVOURITE, user="jules")
        await hide(table.db, number)
        told = [await table.told(message, number, CardAct.FAVOURITE, user="jules") for _ in range(2)]
        assert told == [table.say("jules", "button.favourite.off", count=1), table.say("jules", "button.hidden")]


async def test_the_owner_reads_their_own_words_in_details(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await hide(table.db, number)
        pressed = await (await table.press(message, number, CardAct.DETAILS)).answered()
        assert "a blue house" in pressed.body.text


async def test_an_image_that_is_shown_again_to_all_shows_no_hidden_words(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a naughty fox")
        await hide(library.db, number)
        message = await posted(library, number)
        assert shown(message)
        assert "naughty" not in str(message.body)


async def test_of_others_hidden_words_are_not_shown_privately_either(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a naughty fox")
        await hide(library.db, number)
        message = (await library.use("show", image=ref(number), private=True, user="jules")).message
        assert shown(message)
        assert "naughty" not in str(message.body)
        own = (await library.use("show", image=ref(number), private=True)).message
        assert "naughty" in str(own.body)


async def test_a_copy_that_is_blurred_later_shows_no_hidden_words(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a naughty fox")
        await hide(library.db, number)
        message = await posted(library, number)
        await act(library, Act.BLUR, message)
        await library.copyist.mend()
        assert [hidden for _, hidden in shown(message)] == [True]
        assert "naughty" not in str(message.body)


async def test_a_copy_whose_words_automod_has_come_to_block_is_blurred_at_once_without_them(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a naughty fox")
        message = await posted(library, number)
        assert "naughty" in str(message.body)
        library.guild.blocked_words = ["naughty"]
        await act(library, Act.BLUR, message)
        await library.copyist.mend()
        assert [hidden for _, hidden in shown(message)] == [True]
        assert "naughty" not in str(message.body)
        ((copy,), (request, _)) = await library.copies(number), await jobs.request(library.db, number)
        assert (copy.due_ms, request.hide_words) == (None, True)


async def test_favourites_of_others_are_not_listed_once_their_words_are_hidden(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a naughty fox")
        async with library.db.transaction() as tx:
            await favourites.add(tx, library.id_of("jules"), number, 0, at_ms=1)
        await hide(library.db, number)
        listed = (await library.use("history", favourites=True, user="jules")).message
        assert "naughty" not in str(listed.body)
        assert ref(number) not in str(listed.body)
        own = (await library.use("history")).message
        assert "naughty" in str(own.body)


async def test_a_preset_begins_with_hidden_words_for_their_owner_alone(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await made(parlour, prompt="a naughty owl")
        await hide(parlour.db, parlour.request.interaction_id)
        card = {"name": "owl", "card": ref_of(parlour.request.interaction_id)}
        assert await say(parlour, "save", user="jules", **card) == parlour.say("jules", "preset.no_card")
        opened = await parlour.use("preset", save=card)
        assert "a naughty owl" in str(opened.modal)


async def test_moderators_see_hidden_words_on_what_only_they_see(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image(prompt="a naughty fox")
        await hide(court.db, number)
        panel = await court.menu(message, MODERATE, user="mona")
        assert "a naughty fox" in panel.body.text
