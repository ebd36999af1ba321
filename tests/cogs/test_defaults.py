"""`/defaults`: a member's own negative prompt and shape, used where a command leaves them out."""

import pytest

from cogs.asking.defaults import Press
from tests.cogs.draft_stage import at_parlour
from tests.cogs.stage import until

pytestmark = pytest.mark.asyncio


async def panel(parlour, *, user="mia"):
    return (await parlour.use("defaults", user=user)).message


async def set_negative(parlour, shown, words, *, user="mia"):
    opened = await parlour.press(shown, "negative", user=user)
    return await parlour.fill_in(opened, negative_prompt=words)


async def made(parlour, command="imagen", **options):
    before = len(parlour.tracker.begun)
    await parlour.use(command, **options)
    await until(lambda: len(parlour.tracker.begun) > before)
    return {name: value for name, value in parlour.request.values.items() if name != "prompt"}


async def test_a_member_sets_and_clears_them_in_a_private_panel(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        shown = await panel(parlour)
        assert shown.ephemeral_to == parlour.id_of("mia")
        assert shown.body.text.count(parlour.say("mia", "defaults.unset")) == 2
        await set_negative(parlour, shown, " fog, *rain* ")
        await parlour.pick(shown, "shape", ["3:4"])
        assert r"fog, \*rain\*" in shown.body.text
        assert await parlour.habits.defaults(parlour.id_of("mia")) == {
            "negative_prompt": "fog, *rain*",
            "aspect_ratio": "3:4",
        }
        await parlour.press(shown, "clear")
        assert await parlour.habits.defaults(parlour.id_of("mia")) == {}
        assert shown.body.text.count(parlour.say("mia", "defaults.unset")) == 2


async def test_each_can_be_cleared_alone(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        shown = await panel(parlour)
        await set_negative(parlour, shown, "fog")
        await parlour.pick(shown, "shape", ["3:4"])
        assert "fog" in str((await parlour.press(shown, "negative")).modal)
        await set_negative(parlour, shown, "  ")
        assert await parlour.habits.defaults(parlour.id_of("mia")) == {"aspect_ratio": "3:4"}
        await parlour.pick(shown, "shape", ["unset"])
        assert await parlour.habits.defaults(parlour.id_of("mia")) == {}


async def test_they_are_used_where_the_command_leaves_them_out_and_the_model_takes_them(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        shown = await panel(parlour)
        await set_negative(parlour, shown, "fog")
        await parlour.pick(shown, "shape", ["3:4"])
        assert await made(parlour) == {"negative_prompt": "fog", "aspect_ratio": "3:4"}
        assert await made(parlour, aspect_ratio="1:1") == {"negative_prompt": "fog", "aspect_ratio": "1:1"}
        assert await made(parlour, model="imagen-3") == {"aspect_ratio": "3:4"}
        assert await made(parlour, "imagen-fast", width=512) == {"negative_prompt": "fog", "width": 512}
        assert await made(parlour, user="jules") == {}


async def test_the_panel_says_which_models_take_them(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        text = (await panel(parlour)).body.text
        takers = parlour.say("mia", "defaults.takers", models="Imagen 4, Imagen 4 Ultra, Imagen 4 Fast")
        assert takers in text


async def test_the_panel_works_after_a_restart(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        shown = await panel(parlour)
        opened = await parlour.press(shown, "negative")
        await parlour.restart()
        await parlour.pick(shown, "shape", ["16:9"])
        await parlour.fill_in(opened, negative_prompt="fog")
        assert len(await parlour.habits.defaults(parlour.id_of("mia"))) == 2


async def test_what_is_pressed_counts_for_whoever_presses(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await parlour.habits.set_default(parlour.id_of("mia"), "negative_prompt", "fog")
        await parlour.forge(Press.CLEAR.custom_id(), user="jules")
        assert await parlour.habits.defaults(parlour.id_of("mia")) == {"negative_prompt": "fog"}


@pytest.mark.parametrize("custom_id", ["defaults:2:clear", "defaults:1:burn", "defaults:"])
async def test_what_is_not_known_is_said_kindly(tmp_path, custom_id):
    async with at_parlour(tmp_path) as parlour:
        assert (await parlour.forge(custom_id, user="mia")).message.body.text == parlour.say("mia", "defaults.stale")


async def test_a_shape_that_no_model_has_is_refused(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        shown = await panel(parlour)
        for row in shown.body.components[0]["components"]:
            for each in row.get("components", ()):
                if each["type"] == 3:
                    each["options"].append({"label": "7:1", "value": "7:1"})
        refused = await parlour.pick(shown, "shape", ["7:1"])
        assert "**aspect_ratio**" in refused.message.body.text
        assert await parlour.habits.defaults(parlour.id_of("mia")) == {}


async def test_while_they_cannot_be_read_it_is_said(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        parlour.db.broken = True
        assert (await panel(parlour)).body.text == parlour.say("mia", "draft.store")
