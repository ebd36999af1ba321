"""Choices in braces ask first: the price of all in private, used once, judged anew, for nobody else."""

import asyncio

import pytest

from bot.asking.asks import Ask
from bot.intake import Refusal
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.settings import WILDCARD_IMAGES
from cogs.asking.draft_view import DraftAct, DraftAddress
from tests.cogs.draft_stage import at_parlour, ids, labels
from tests.cogs.stage import until

pytestmark = pytest.mark.asyncio

CHOICES = "a {red|green|blue} bird"


async def asked(parlour, prompt=CHOICES, **options):
    """The question that a prompt brings up."""
    return (await parlour.use(prompt=prompt, **options)).message


async def test_choices_in_braces_are_asked_about_in_private_with_the_price_of_all(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        assert question.ephemeral_to == parlour.id_of("mia")
        for words in ("a red bird", "a green bird", "a blue bird", "3 images for 0.18 credits together", "0.06"):
            assert words in question.body.text
        assert labels(question) == ["Make 3 images for 0.18 credits", "Use it as written", "Cancel"]
        assert parlour.tracker.requests == []


async def test_a_prompt_without_choices_is_made_at_once(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        for prompt in ("a bird", "a {red} bird", "a {red bird", "a|b"):
            await parlour.use(prompt=prompt)
            await until(lambda prompt=prompt: parlour.tracker.requests and parlour.request.prompt == prompt)
            assert not parlour.request.expand
        assert await parlour.drafts() == 0


async def test_the_press_makes_an_image_for_each_choice_in_a_new_reply(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour, count=2, spoiler=True)
        assert "Make 6" not in str(labels(question)), "six are more than this server allows"
        await parlour.set(WILDCARD_IMAGES, 6)
        question = await asked(parlour, count=2, spoiler=True)
        pressed = await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun == [pressed.id])
        assert (pressed.callback_type, parlour.request.interaction_id) == (5, pressed.id)
        prompts = [job.payload["prompt"] for job in parlour.tracker.jobs]
        assert prompts == [f"a {colour} bird" for colour in ("red", "green", "blue") for _ in range(2)]
        assert (parlour.request.private, parlour.request.spoiler) == (False, True)


async def test_a_prompt_can_be_used_as_it_is_written(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.press(await asked(parlour), "plain")
        await until(lambda: parlour.tracker.begun)
        assert [job.payload["prompt"] for job in parlour.tracker.jobs] == [CHOICES]
        await until_none(parlour)


async def test_a_question_is_used_once_however_often_it_is_pressed(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        (make,) = (each for each in ids(question) if ":make:" in each)
        parlour.tracker.may_decide.clear()
        pressed = [await parlour.local.press(question, make, user_id=parlour.id_of("mia")) for _ in range(5)]
        await until(lambda: sum(record.message is not None for record in pressed) >= 4)
        parlour.tracker.may_decide.set()
        await until(lambda: parlour.tracker.begun)
        told = [record.message.body.text for record in pressed if record.callback_type == 4]
        assert told == [parlour.say("mia", "draft.gone")] * 4
        assert len(parlour.tracker.requests) == 1


async def test_a_press_that_discord_tells_of_twice_is_one(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        parlour.local.duplicate_next = 1
        await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun)
        await until_none(parlour)
        assert {request.interaction_id for request in parlour.tracker.requests} == set(parlour.tracker.begun)


async def until_none(parlour):
    """Wait until no draft is left."""
    async with asyncio.timeout(30):
        while await parlour.drafts():
            pass


async def test_a_question_that_was_used_says_so_when_it_is_pressed_again(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        await parlour.press(question, "make")
        await until_none(parlour)
        for does in ("make", "plain", "cancel"):
            assert (await parlour.press(question, does)).message.body.text == parlour.say("mia", "draft.gone")
        assert len(parlour.tracker.requests) == 1


async def test_what_is_refused_at_the_press_can_be_pressed_again(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        parlour.tracker.verdict = Refusal("bot_off")
        refused = await parlour.press(question, "make")
        assert refused.message.body.text == parlour.say("mia", "refusal.bot_off")
        assert refused.message.ephemeral_to == parlour.id_of("mia")
        parlour.tracker.verdict = None
        await until(lambda: not parlour.book._presses)
        await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun)


async def test_the_press_is_judged_by_what_counts_then(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        await parlour.set(WILDCARD_IMAGES, 2)
        refused = await parlour.press(question, "make")
        assert refused.message.body.text == parlour.say("mia", "refusal.choices_over", high=2)


async def test_buttons_work_after_a_restart(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        await parlour.restart()
        await parlour.press(question, "make")
        await until(lambda: len(parlour.tracker.jobs) == 3)


async def test_nobody_else_can_press(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        for custom_id in ids(question):
            forged = await parlour.forge(custom_id, user="jules")
            assert forged.message.body.text == parlour.say("jules", "draft.others")
        assert parlour.tracker.requests == []
        assert await parlour.drafts() == 1


async def test_a_cancelled_question_is_forgotten(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        (make,) = (each for each in ids(question) if ":make:" in each)
        await parlour.press(question, "cancel")
        assert question.body.text == parlour.say("mia", "draft.cancelled")
        assert await parlour.drafts() == 0
        assert (await parlour.forge(make, user="mia")).message.body.text == parlour.say("mia", "draft.gone")


@pytest.mark.parametrize("custom_id", ["draft:1:make:7", "draft:2:make:7", "draft:1:burn:7", "draft:"])
async def test_what_is_not_known_is_said_kindly(tmp_path, custom_id):
    async with at_parlour(tmp_path) as parlour:
        assert (await parlour.forge(custom_id, user="mia")).message.body.text == parlour.say("mia", "draft.gone")


async def test_a_draft_of_another_server_is_not_there(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        ask = Ask(command="imagen", models=("imagen-4",), values={"prompt": "x"}, private=False, spoiler=False)
        await parlour.book.put(5, ask, guild_id=1, user_id=parlour.id_of("mia"))
        pressed = await parlour.forge(DraftAddress(DraftAct.MAKE, 5).custom_id(), user="mia")
        assert pressed.message.body.text == parlour.say("mia", "draft.gone")


@pytest.mark.parametrize(
    ("prompt", "options", "said"),
    [
        ("{a|b|c|d|e}", {}, "make 5 images; at most 4"),
        ("{a|b|c|d|e}", {}, "up to 4 choices would fit"),
        ("{a|b}", {"count": 3}, "With count 2 they would fit"),
        ("{a|b}" * 40, {}, "up to 4 choices would fit"),
    ],
)
async def test_too_many_choices_say_what_is_allowed_and_what_would_fit(tmp_path, prompt, options, said):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour, prompt, **options)
        assert said in question.body.text
        assert labels(question) == ["Use it as written", "Cancel"]
        await parlour.press(question, "plain")
        await until(lambda: parlour.tracker.begun)
        assert parlour.request.prompt == prompt


async def test_where_choices_are_switched_off_it_is_said(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.set(WILDCARD_IMAGES, 1)
        assert parlour.say("mia", "draft.off") in (await asked(parlour)).body.text


async def test_while_nothing_can_be_written_down_it_is_said_and_nothing_is_made(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        parlour.db.broken = True
        for does in ("make", "cancel"):
            assert (await parlour.press(question, does)).message.body.text == parlour.say("mia", "draft.store")
        assert (await parlour.use(prompt=CHOICES)).message.body.text == parlour.say("mia", "draft.store")
        parlour.db.broken = False
        await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun)


async def test_while_the_database_is_slow_it_is_said_and_the_question_can_be_pressed_again(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        parlour.db.held.clear()
        pressed = await parlour.press(question, "make")
        assert pressed.message.body.text == parlour.say("mia", "draft.store")
        assert parlour.tracker.requests == []
        parlour.db.held.set()
        # Once the press that came to nothing has given it back.
        while not parlour.tracker.requests:
            await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun)
        assert len(parlour.tracker.requests) == 1


async def test_who_may_not_use_the_command_any_more_is_told(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await asked(parlour)
        command = parlour.local.core.commands.find(guild_id=parlour.guild.id, name="imagen", kind=1)
        override = Override(parlour.id_of("mia"), TargetType.USER, False)
        parlour.local.set_command_rights(parlour.guild.id, int(command["id"]), [override])
        pressed = await parlour.press(question, "make")
        assert pressed.message.body.text == parlour.say("mia", "button.not_allowed", command="imagen")
        assert parlour.tracker.requests == []
