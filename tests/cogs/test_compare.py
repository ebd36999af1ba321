"""`/imagen-compare`: the chosen models side by side, after a question that tells the price of all."""

import pytest

from bot import settings as s
from bot.levels import Level
from bot.moderation.cases import Pause
from bot.periods import Per
from bot.sandbox.discord.components import walk
from bot.setting_fields import Allowance
from bot.store import pauses
from tests.cogs.draft_stage import at_parlour, ids, labels
from tests.cogs.stage import until

pytestmark = pytest.mark.asyncio

ALL = ("imagen-4", "imagen-3", "imagen-4-ultra", "imagen-4-fast")


async def compared(parlour, **options):
    return (await parlour.use("imagen-compare", **options)).message


async def test_all_models_are_asked_about_in_private_with_the_price_of_each_and_of_all(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await compared(parlour, prompt="two foxes")
        assert question.ephemeral_to == parlour.id_of("mia")
        for words in (
            "Compare 4 models?",
            "two foxes",
            "Imagen 4 Fast: 1 image, 0.025 credits",
            "0.22 credits together",
        ):
            assert words in question.body.text
        assert labels(question) == ["Make 4 images for 0.22 credits", "Cancel"]
        assert parlour.tracker.requests == []


async def test_the_press_makes_one_request_with_an_image_of_each_model(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.press(await compared(parlour, aspect_ratio="3:4", private=True, spoiler=True), "make")
        await until(lambda: parlour.tracker.begun)
        assert parlour.request.models == ALL
        assert [job.model for job in parlour.tracker.jobs] == list(ALL)
        assert {job.payload["aspect_ratio"] for job in parlour.tracker.jobs} == {"3:4"}
        assert (parlour.request.private, parlour.request.spoiler) == (True, True)
        assert parlour.request.command == "imagen-compare"


async def test_fewer_models_can_be_chosen_and_the_price_follows(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await compared(parlour)
        await parlour.pick(question, "models", ["imagen-4-fast", "imagen-4"])
        assert labels(question)[0] == "Make 2 images for 0.085 credits"
        assert "Ultra" not in question.body.text
        await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun)
        assert parlour.request.models == ("imagen-4", "imagen-4-fast")


async def test_what_a_model_does_not_take_is_left_out_for_it_and_said(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.habits.set_default(parlour.id_of("mia"), "negative_prompt", "fog")
        question = await compared(parlour)
        assert "Imagen 3 does not take `negative_prompt`, so that is left out for it." in question.body.text
        assert question.body.text.count("left out") == 1
        await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun)
        sent = {job.model: job.payload.get("negative_prompt") for job in parlour.tracker.jobs}
        assert sent == {"imagen-4": "fog", "imagen-3": None, "imagen-4-ultra": "fog", "imagen-4-fast": "fog"}


async def test_only_models_that_can_be_used_here_are_compared(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.set(s.MODEL_COUNTS, {"imagen-4": 0})
        question = await compared(parlour)
        assert "Compare 3 models?" in question.body.text
        assert parlour.say("mia", "compare.not_here") in (
            (await forge_pick(parlour, question, ["imagen-4", "imagen-3"])).message.body.text
        )
        await parlour.set(s.MODEL_COUNTS, dict.fromkeys(ALL[1:], 0))
        assert (await compared(parlour)).body.text == parlour.say("mia", "compare.too_few")


async def forge_pick(parlour, question, values):
    """Choose models which the menu does not offer."""
    (menu,) = (each for _, each in walk(question.body.components) if each.get("type") == 3)
    offered = menu["options"]
    menu["options"] = [{"label": value, "value": value} for value in values]
    try:
        return await parlour.pick(question, "models", values)
    finally:
        menu["options"] = offered


async def test_at_a_level_that_leaves_no_two_models_there_is_nothing_to_compare(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.set(s.SAFETY_LEVEL, Level.GUARDED)
        assert (await compared(parlour)).body.text == parlour.say("mia", "compare.too_few")


async def test_where_private_images_are_off_a_private_comparison_is_refused_at_once(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.set(s.PRIVATE_ALLOWED, value=False)
        assert (await compared(parlour, private=True)).body.text == parlour.say("mia", "refusal.private_off")


async def test_choices_in_braces_multiply_with_the_models(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.set(s.WILDCARD_IMAGES, 10)
        question = await compared(parlour, prompt="a {red|blue} fox")
        assert labels(question) == ["Make 8 images for 0.44 credits", "Use it as written", "Cancel"]
        question = await compared(parlour, prompt="a {red|blue|green} fox")
        assert labels(question) == ["Use it as written", "Cancel"]
        await parlour.pick(question, "models", ["imagen-4", "imagen-3", "imagen-4-fast"])
        assert labels(question)[0] == "Make 9 images for 0.435 credits", "with fewer models they fit again"
        await parlour.press(question, "make")
        await until(lambda: len(parlour.tracker.jobs) == 9)


async def test_choosing_works_after_a_restart_and_not_once_it_was_used(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await compared(parlour)
        await parlour.restart()
        await parlour.pick(question, "models", ["imagen-4", "imagen-3"])
        assert labels(question)[0] == "Make 2 images for 0.12 credits"
        await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun and not parlour.book._presses)
        told = await parlour.pick(question, "models", ["imagen-4", "imagen-3"])
        assert told.message.body.text == parlour.say("mia", "draft.gone")


async def test_a_model_that_is_retired_meanwhile_is_refused_at_the_press(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await compared(parlour)
        async with parlour.db.transaction() as tx:
            await tx.execute("UPDATE drafts SET ask = REPLACE(ask, 'imagen-3', 'imagen-2')")
        told = (await parlour.press(question, "make")).message.body.text
        assert told == parlour.say("mia", "refusal.model_not_offered", model="imagen-2")
        assert await parlour.drafts() == 1


async def test_discord_is_told_of_the_command_with_its_options(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        command = parlour.local.core.commands.find(guild_id=parlour.guild.id, name="imagen-compare", kind=1)
    assert [each["name"] for each in command["options"]] == ["prompt", "aspect_ratio", "preset", "private", "spoiler"]
    assert command["contexts"] == [0]


async def test_a_forged_choice_of_no_models_or_for_what_is_no_comparison_changes_nothing(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await compared(parlour)
        (models,) = (each for each in ids(question) if ":models:" in each)
        assert (await parlour.forge(models, user="mia")).message.body.text == parlour.say("mia", "compare.not_here")
        question = (await parlour.use(prompt="a {red|blue} fox")).message
        (cancel,) = (each for each in ids(question) if ":cancel:" in each)
        told = await parlour.forge(cancel.replace("cancel", "models"), user="mia")
        assert told.message.body.text == parlour.say("mia", "draft.gone")
        assert labels(question)[0] == "Make 2 images for 0.12 credits"


async def test_without_a_chosen_shape_all_models_make_the_same_one_and_the_question_says_so(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        question = await compared(parlour)
        assert parlour.say("mia", "compare.shape", shape="1:1") in question.body.text
        await parlour.press(question, "make")
        await until(lambda: parlour.tracker.begun)
        assert {job.payload["aspect_ratio"] for job in parlour.tracker.jobs} == {"1:1"}
        assert "squares" not in (await compared(parlour, aspect_ratio="3:4")).body.text


async def test_what_would_be_refused_is_not_offered_but_refused_at_once(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.set(s.DENIED_CHANNELS, (parlour.place(),))
        channel = f"<#{parlour.place()}>"
        for question in (await compared(parlour), (await parlour.use(prompt="a {red|blue} fox")).message):
            assert question.body.text == parlour.say("mia", "refusal.channel_denied", channel=channel)
            assert labels(question) == []
        assert await parlour.drafts() == 0


async def test_somebody_who_is_paused_is_told_so_instead_of_a_price(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await pause(parlour)
        assert (await compared(parlour)).body.text.startswith(parlour.say("mia", "refusal.paused"))
        assert await parlour.drafts() == 0


async def pause(parlour):
    """Mia may make no images in this server for now."""
    made = Pause(guild_id=parlour.guild.id, user_id=parlour.id_of("mia"), until_ms=None, by_id=1, reason="", at_ms=1)
    async with parlour.db.transaction() as tx:
        await pauses.put(tx, made, case_id=1)


async def test_where_the_credits_do_not_reach_the_question_says_so_and_offers_only_what_they_bear(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.set(s.MEMBER_ALLOWANCE, Allowance(100_000, Per.DAY))
        question = await compared(parlour)
        assert labels(question) == ["Cancel"]
        assert parlour.say("mia", "hint.fewer", count=1) not in question.body.text
        assert "0.22" in question.body.text
        await parlour.pick(question, "models", ["imagen-4-fast", "imagen-4"])
        assert labels(question)[0] == "Make 2 images for 0.085 credits"
        await parlour.set(s.MEMBER_ALLOWANCE, Allowance(30_000, Per.DAY))
        assert labels(await compared(parlour)) == []
        assert labels((await parlour.use(prompt="a {red|blue} fox")).message) == []
