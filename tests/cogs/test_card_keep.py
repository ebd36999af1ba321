"""What is done with a card itself: details, favourites, a copy by direct message, calling off, deleting."""

import pytest

from bot.jobs import State
from bot.moderation.cases import CaseKind
from bot.ports import CardAct
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.interactions import CallbackType
from bot.store import cases, favourites
from bot.store import jobs as job_store
from cogs.cards.ids import CardAddress
from tests.cogs.card_stage import FAST, at_table
from tests.cogs.stage import until

pytestmark = pytest.mark.asyncio

MESSAGES = "/channels/{channel_id}/messages"


async def liked(table, number, *, user="mia"):
    """The numbers of somebody's favourites on a card."""
    return (await favourites.of(table.db, table.id_of(user), [number])).get(number, frozenset())


def posts(table):
    """The calls that posted, or would have posted, a message."""
    return [call for call in table.local.calls if (call.method, call.route) == ("POST", MESSAGES)]


async def add_image(table, number, *, sent=None):
    """One more image on a card, like its first one, or made with something else."""
    async with table.db.transaction() as tx:
        columns = [row["name"] for row in await tx.fetch("SELECT name FROM pragma_table_info('jobs')")]
        copied = ", ".join({"number": "1", "request_id": "'second'"}.get(name, name) for name in columns)
        await tx.execute(f"INSERT INTO jobs SELECT {copied} FROM jobs WHERE interaction_id = $1", number)
        if sent is not None:
            await tx.execute("UPDATE jobs SET payload = $2 WHERE interaction_id = $1 AND number = 1", number, sent)


# ---------------------------------------------------------------- details


@pytest.mark.parametrize("user", ["mia", "jules"])
async def test_everybody_who_sees_a_card_sees_what_it_was_made_with(tmp_path, user):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        pressed = await (await table.press(message, number, CardAct.DETAILS, user=user)).answered()
    assert pressed.ephemeral
    text = pressed.body.text
    assert "model: Imagen 4 Fast\n" in text
    assert all(f"\n{name}: {value}\n" in text for name, value in FAST.items())
    assert text.count("```") == 2


async def test_what_differs_between_images_stands_below_the_image(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(sent={"prompt": "a house", "seed": 7})
        await add_image(table, number, sent='{"prompt": "a house", "seed": 8}')
        text = await table.told(message, number, CardAct.DETAILS)
    assert text.index("prompt: a house") < text.index("Image 1\nseed: 7") < text.index("Image 2\nseed: 8")


@pytest.mark.parametrize("prompt", ["雪" * 2000, "a ``` in it"])
async def test_what_does_not_fit_a_block_comes_as_a_file(tmp_path, prompt):
    async with at_table(tmp_path) as table:
        number, message = await table.card(sent={"prompt": prompt, "negative_prompt": "雨" * 2000})
        pressed = await (await table.press(message, number, CardAct.DETAILS)).answered()
        (file,) = pressed.body.attachments
    assert file.filename.endswith(".txt")
    assert f"prompt: {prompt}\n" in file.data.decode()


async def test_what_was_left_empty_is_no_detail(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(sent={"prompt": "a house", "negative_prompt": "", "seed": 0})
        text = await table.told(message, number, CardAct.DETAILS)
    assert "negative_prompt" not in text
    assert "seed: 0" in text


# ---------------------------------------------------------------- favourites


async def test_a_favourite_is_one_until_it_is_pressed_again(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        assert await table.told(message, number, CardAct.FAVOURITE) == table.say("mia", "button.favourite.on", count=1)
        assert await liked(table, number) == {0}
        assert await table.told(message, number, CardAct.FAVOURITE) == table.say("mia", "button.favourite.off", count=1)
        assert await liked(table, number) == set()


async def test_all_images_of_a_card_become_favourites_where_not_all_are(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await table.told(message, number, CardAct.FAVOURITE)
        await add_image(table, number)
        assert await table.told(message, number, CardAct.FAVOURITE) == table.say("mia", "button.favourite.on", count=2)
        assert await liked(table, number) == {0, 1}
        assert await table.told(message, number, CardAct.FAVOURITE) == table.say("mia", "button.favourite.off", count=2)
        assert await liked(table, number) == set()


async def test_what_others_made_for_all_to_see_can_be_a_favourite_of_ones_own(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia")
        told = await table.told(message, number, CardAct.FAVOURITE, user="jules")
        assert told == table.say("jules", "button.favourite.on", count=1)
        assert await liked(table, number, user="jules") == {0}
        assert await liked(table, number, user="mia") == set()


async def test_what_others_made_in_private_or_is_hidden_cannot_be_a_favourite(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia", private=True)
        told = await table.told(message, number, CardAct.FAVOURITE, user="jules")
        assert told == table.say("jules", "button.private")
        hidden, message = await table.card(user="mia")
        async with table.db.transaction() as tx:
            await tx.execute("UPDATE requests SET spoiler = TRUE WHERE interaction_id = $1", hidden)
        told = await table.told(message, hidden, CardAct.FAVOURITE, user="jules")
        assert told == table.say("jules", "button.favourite.hidden")
        assert await liked(table, number, user="jules") == await liked(table, hidden, user="jules") == set()
        assert await table.told(message, hidden, CardAct.FAVOURITE) == table.say("mia", "button.favourite.on", count=1)


async def test_a_favourite_that_was_hidden_since_can_be_taken_off_the_list(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia")
        await table.told(message, number, CardAct.FAVOURITE, user="jules")
        async with table.db.transaction() as tx:
            await tx.execute("UPDATE requests SET spoiler = TRUE WHERE interaction_id = $1", number)
        told = [await table.told(message, number, CardAct.FAVOURITE, user="jules") for _ in range(2)]
        off = table.say("jules", "button.favourite.off", count=1)
        assert told == [off, table.say("jules", "button.favourite.hidden")]
        assert await liked(table, number, user="jules") == set()


async def test_a_card_without_its_words_can_still_be_a_favourite(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await table.purge(number)
        await table.told(message, number, CardAct.FAVOURITE)
        assert await liked(table, number) == {0}


async def test_who_is_paused_may_still_look_at_and_like_and_delete(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await table.pause("mia")
        assert await table.told(message, number, CardAct.FAVOURITE) == table.say("mia", "button.favourite.on", count=1)
        assert "a blue house" in await table.told(message, number, CardAct.DETAILS)
        assert await table.told(message, number, CardAct.DELETE_YES) == table.say("mia", "delete.done", count=1)


# ---------------------------------------------------------------- by direct message


@pytest.mark.parametrize("user", ["mia", "jules"])
async def test_whoever_wants_a_card_gets_it_with_all_of_its_images_and_without_buttons(tmp_path, user):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await add_image(table, number)
        told = await table.told(message, number, CardAct.SEND, user=user)
        (sent,) = table.local.messages(table.local.world.dm_with(table.id_of(user)).id)
    assert told == table.say(user, "button.send.done", count=2)
    assert "a blue house" in sent.body.text
    assert len(sent.body.attachments) == 2
    assert [each for _, each in walk(sent.body.components) if "custom_id" in each] == []


async def test_closed_direct_messages_are_told_kindly(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        table.local.accept_dms(table.id_of("mia"), accepts=False)
        assert await table.told(message, number, CardAct.SEND) == table.say("mia", "button.send.closed")


async def test_a_trouble_of_discords_is_said_to_pass(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        table.local.faults.add(Fault(route=MESSAGES, method="POST", failure=Failure.DROP))
        assert await table.told(message, number, CardAct.SEND) == table.say("mia", "button.send.later")


async def test_images_that_are_not_kept_any_more_cannot_be_sent(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        (job,) = await job_store.jobs_of(table.db, number)
        await table.home.gallery.delete([job.sha256])
        assert await table.told(message, number, CardAct.SEND) == table.say("mia", "button.no_images")
        assert table.local.world.dm_with(table.id_of("mia")) is None


async def test_images_that_were_erased_cannot_be_sent_either(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        async with table.db.transaction() as tx:
            await tx.execute("UPDATE jobs SET sha256 = NULL WHERE interaction_id = $1", number)
        assert await table.told(message, number, CardAct.SEND) == table.say("mia", "button.no_images")


async def test_a_press_that_discord_tells_of_twice_sends_one_message(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        table.local.duplicate_next = 1
        await table.told(message, number, CardAct.SEND)
        await until(lambda: len(posts(table)) == 3)  # the card on the stage is one of them
        assert len(table.local.messages(table.local.world.dm_with(table.id_of("mia")).id)) == 1


# ---------------------------------------------------------------- calling off


async def started(table, **card):
    """A card whose image is at Segmind."""
    number, message = await table.card(**card)
    async with table.db.transaction() as tx:
        await tx.execute(
            """UPDATE jobs SET state = 'running', finished_ms = NULL, result_url = NULL, sha256 = NULL,
                content_type = NULL, attachment_name = NULL WHERE interaction_id = $1""",
            number,
        )
        await tx.execute("UPDATE requests SET shown = 'open' WHERE interaction_id = $1", number)
    return number, message


@pytest.mark.parametrize("user", ["mia", "mona"])
async def test_what_has_started_is_said_to_go_on(tmp_path, user):
    async with at_table(tmp_path) as table:
        number, message = await started(table, user="mia")
        told = await table.told(message, number, CardAct.CANCEL, user=user)
        (job,) = await job_store.jobs_of(table.db, number)
    assert told == table.say(user, "cancel.late", count=1)
    assert job.state is State.RUNNING


@pytest.mark.parametrize("user", ["mia", "mona"])
async def test_what_has_not_started_is_cancelled_and_its_credits_are_back(tmp_path, user):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia")
        asked = await table.press(message, number, CardAct.AGAIN)
        pressed = await (await table.forge(CardAct.CANCEL, asked.id, user=user)).answered()
        (job,) = await job_store.jobs_of(table.db, asked.id)
        (held,) = await table.db.fetch("SELECT SUM(held) AS held FROM entries WHERE interaction_id = $1", asked.id)
    assert pressed.body.text == table.say(user, "cancel.all", count=1)
    assert (job.state, held["held"]) == (State.CANCELLED, 0)


async def test_a_stranger_cancels_nothing(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia")
        asked = await table.press(message, number, CardAct.AGAIN)
        pressed = await (await table.forge(CardAct.CANCEL, asked.id, user="jules")).answered()
        (job,) = await job_store.jobs_of(table.db, asked.id)
    assert pressed.body.text == table.say("jules", "cancel.not_yours")
    assert job.state is State.ACCEPTED


async def test_what_is_over_cannot_be_cancelled(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        assert await table.told(message, number, CardAct.CANCEL) == table.say("mia", "cancel.over")


# ---------------------------------------------------------------- deleting


async def ask_and_say_yes(table, message, number, *, user):
    """Press Delete, and the button of the question; returns the question and what came of it."""
    asked = await (await table.press(message, number, CardAct.DELETE, user=user)).answered()
    custom_id = CardAddress(CardAct.DELETE_YES, number).custom_id()
    said = await table.local.press(asked.message, custom_id, user_id=table.id_of(user))
    return asked, await said.acknowledged()


@pytest.mark.parametrize("private", [False, True])
async def test_a_member_deletes_images_of_their_own_after_a_question(tmp_path, private):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=private)
        asked = await (await table.press(message, number, CardAct.DELETE)).answered()
        assert (await table.request(number)).removed is None
        asked, said = await ask_and_say_yes(table, message, number, user="mia")
        (job,) = await job_store.jobs_of(table.db, number)
        found = await cases.of_request(table.db, number)
    assert asked.body.text == table.say("mia", "delete.done", count=1)
    assert said.callback_type is CallbackType.UPDATE_MESSAGE
    assert (job.sha256, job.outcome) == (None, "removed")
    assert table.tracker.reopened == [number]
    assert [each.kind for each in found] == ([] if private else [CaseKind.DELETION])
    assert [each.prompt for each in found] == ([] if private else [None])


@pytest.mark.parametrize("user", ["mona", "adam"])
async def test_a_moderator_deletes_anybodys_public_images_and_the_log_has_a_case(tmp_path, user):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia")
        question = await table.told(message, number, CardAct.DELETE, user=user)
        assert f"<@{table.id_of('mia')}>" in question
        asked, _ = await ask_and_say_yes(table, message, number, user=user)
        found = await cases.of_request(table.db, number)
        assert (await table.request(number)).removed == "moderator"
    assert asked.body.text == table.say(user, "delete.done", count=1)
    assert [(each.kind, each.by_id) for each in found] == [(CaseKind.REVIEW, table.id_of(user))]


@pytest.mark.parametrize("does", [CardAct.DELETE, CardAct.DELETE_YES])
async def test_a_stranger_deletes_nothing(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia")
        assert await table.told(message, number, does, user="jules") == table.say("jules", "delete.not_yours")
        assert (await table.request(number)).removed is None


async def test_who_says_yes_twice_deletes_once_and_is_told(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        await ask_and_say_yes(table, message, number, user="mia")
        pressed = await (await table.forge(CardAct.DELETE_YES, number)).answered()
        assert len(await cases.of_request(table.db, number)) == 1
    assert pressed.body.text == table.say("mia", "button.removed")


async def test_who_thinks_better_of_it_deletes_nothing_and_the_question_is_gone(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        asked = await (await table.press(message, number, CardAct.DELETE)).answered()
        (box,) = asked.body.components
        inside = [each["custom_id"] for _, each in walk(box["components"]) if "custom_id" in each]
        no = CardAddress(CardAct.DELETE_NO, number).custom_id()
        said = await (await table.local.press(asked.message, no, user_id=table.id_of("mia"))).acknowledged()
        assert (await table.request(number)).removed is None
    assert inside == [CardAddress(CardAct.DELETE_YES, number).custom_id(), no]
    assert said.callback_type is CallbackType.UPDATE_MESSAGE
    assert asked.body.text == table.say("mia", "delete.kept")
