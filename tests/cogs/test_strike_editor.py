"""The page of `/safety` for the moderators' log and the strike rule."""

import json

import pytest

from bot.fields import BadValue
from bot.moderation.cases import Act
from bot.safety_fields import StrikeRule
from bot.settings import MODERATION_CHANNEL, STRIKE_RULE
from tests.cogs.panel_stage import at_desk, chosen, fields, id_like, ids
from tests.cogs.stage import TEXTS

pytestmark = pytest.mark.asyncio

MODERATOR = "mona"
RULE = StrikeRule(blocks=4, within_hours=6, pause=Act.PAUSE_WEEK)


async def opened(desk):
    panel = await desk.open(user=MODERATOR, command="safety")
    await desk.pick(panel, "page", ["log"], user=MODERATOR)
    return panel


async def filled(desk, panel, **values):
    form = await desk.press(panel, "form", "strike_rule", user=MODERATOR)
    return await desk.send(form, **{"blocks": "4", "within": "6", "pause": "pause_week"} | values)


async def test_moderators_choose_a_channel_for_their_log_and_take_it_back(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        assert TEXTS("en", "setting.moderation_channel.empty") in panel.body.text
        channel = desk.channel("images")
        await desk.pick(panel, "pick", "moderation_channel", [channel], user=MODERATOR)
        assert await desk.now(MODERATION_CHANNEL) == channel
        await desk.pick(panel, "pick", "moderation_channel", [], user=MODERATOR)
        assert await desk.now(MODERATION_CHANNEL) is None


async def test_a_strike_rule_is_off_until_it_is_filled_in_and_is_switched_off_again(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        assert await desk.now(STRIKE_RULE) is None
        assert "off: nobody is paused by itself" in panel.body.text
        assert not any(":drop:" in each for each in ids(panel))
        await filled(desk, panel)
        assert await desk.now(STRIKE_RULE) == RULE
        assert "4 blocked prompts within 6 hours: paused for 1 week" in panel.body.text
        await desk.press(panel, "drop", "strike_rule", user=MODERATOR)
        assert await desk.now(STRIKE_RULE) is None


async def test_the_form_proposes_a_rule_and_later_shows_the_one_that_counts(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        form = fields(await desk.press(panel, "form", "strike_rule", user=MODERATOR))
        assert (form["blocks"]["value"], chosen(form["within"]), chosen(form["pause"])) == ("3", ["24"], ["pause_day"])
        await desk.set(STRIKE_RULE, RULE)
        form = fields(await desk.press(panel, "form", "strike_rule", user=MODERATOR))
        assert (form["blocks"]["value"], chosen(form["within"]), chosen(form["pause"])) == ("4", ["6"], ["pause_week"])


@pytest.mark.parametrize("typed", ["1", "21", "x", "²", "-3", "0"])
async def test_a_number_that_is_none_changes_nothing_and_can_be_mended_with_all_that_was_typed(tmp_path, typed):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        told = await filled(desk, panel, blocks=typed)
        assert "2" in told.body.text
        assert "20" in told.body.text
        assert await desk.now(STRIKE_RULE) is None
        again = await desk.press(told.message, "again", "strike_rule", user=MODERATOR)
        form = fields(again)
        assert (form["blocks"]["value"], chosen(form["within"]), chosen(form["pause"])) == (
            typed,
            ["6"],
            ["pause_week"],
        )
        await desk.send(again, blocks="4", within="6", pause="pause_week")
        assert await desk.now(STRIKE_RULE) == RULE


async def test_a_forged_choice_changes_nothing(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        custom_id = id_like(panel, "form", "strike_rule").replace(":form:", ":save:")
        for forged in ({"within": "2"}, {"pause": "delete"}, {"pause": "pause_year"}):
            typed = {"blocks": "4", "within": "6", "pause": "pause_week"} | forged
            values = {name: {"value": value} for name, value in typed.items()}
            told = await desk.forge_form(custom_id, user=MODERATOR, panel=panel, **values)
            assert told.body.text == TEXTS("en", "panel.stale")
        assert await desk.now(STRIKE_RULE) is None


async def test_members_change_none_of_it(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        for part in ("drop", "form", "pick"):
            setting = "moderation_channel" if part == "pick" else "strike_rule"
            custom_id = id_like(panel, "form", "strike_rule").replace(":form:strike_rule", f":{part}:{setting}")
            told = await desk.forge(custom_id, user="mia", panel=panel, values=[str(desk.channel("images"))])
            assert told.body.text == TEXTS("en", "safety.refused")


@pytest.mark.parametrize(
    "value",
    [
        {"blocks": 1, "within_hours": 24, "pause": "pause_day"},
        {"blocks": True, "within_hours": 24, "pause": "pause_day"},
        {"blocks": 3, "within_hours": 2, "pause": "pause_day"},
        {"blocks": 3, "within_hours": [24], "pause": "pause_day"},
        {"blocks": 3, "within_hours": 24, "pause": "delete"},
        {"blocks": 3, "within_hours": 24.0, "pause": "pause_day"},
        {"blocks": 3, "within_hours": True, "pause": "pause_day"},
        {"blocks": 3.5, "within_hours": 24, "pause": "pause_day"},
        {"blocks": 3},
        "often",
        3,
    ],
)
async def test_a_file_with_a_rule_that_is_none_imports_nothing(value):
    with pytest.raises(BadValue, match="strike_rule"):
        STRIKE_RULE.field.parse(value)


async def test_a_rule_survives_being_stored():
    for rule in (None, RULE, StrikeRule(blocks=20, within_hours=168, pause=Act.PAUSE)):
        stored = json.loads(json.dumps(STRIKE_RULE.field.stored(rule)))
        assert STRIKE_RULE.field.parse(stored) == rule
