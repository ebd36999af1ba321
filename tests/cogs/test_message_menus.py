"""The menu of a message: members report images, moderators look at them; nobody else's, nobody's private ones."""

import asyncio

import pytest
from discord import AppCommandType

from bot.errors import StoreError
from bot.moderation.cases import Act
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.interactions import CallbackType
from cogs.moderation.case_ids import CaseAddress, Press
from cogs.sync import sync_if_changed
from tests.cogs.case_stage import MODERATE, REPORT, at_court, ids, view_of_words
from tests.cogs.stage import TEXTS, until

pytestmark = pytest.mark.asyncio


async def test_discord_shows_the_entries_in_servers_only_and_one_of_them_to_moderators_only(tmp_path):
    async with at_court(tmp_path) as court:
        found = {each["name"]: each for each in court.local.core.commands.all(None) if each["type"] == 3}
        _, message = await court.image()
        with pytest.raises(CommandRejected):
            await court.menu(message, MODERATE, user="mia")
    assert set(found) == {REPORT, MODERATE}
    assert found[MODERATE]["default_member_permissions"] == str(1 << 13)
    assert found[REPORT]["default_member_permissions"] is None
    assert [each["contexts"] for each in found.values()] == [[0], [0]]


async def test_discord_is_told_again_when_an_entry_is_new(tmp_path):
    async with at_court(tmp_path) as court:
        tree, memory = court.stage.client.tree, court.stage.memory
        assert not await sync_if_changed(tree, memory)
        tree.remove_command(REPORT, type=AppCommandType.message)
        assert await sync_if_changed(tree, memory)


# ---------------------------------------------------------------- reports


async def test_a_member_reports_an_image_and_the_moderators_have_a_case(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image(user="mia")
        opened = await court.menu(message, REPORT, user="jules")
        assert opened.modal["title"] == court.say("jules", "report.form")
        assert await court.fill_in(opened, "  that is me  ") == court.say("jules", "report.sent")
        (case,) = (await court.docket.of_request(court.guild.id, number)).cases
    assert (case.by_id, case.user_id) == (court.id_of("jules"), court.id_of("mia"))
    assert case.details["reason"] == "that is me"
    assert court.noticed


async def test_who_reports_twice_is_told_so_and_another_member_may_report_too(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image()
        for user, said in (("jules", "report.sent"), ("jules", "report.twice"), ("mats", "report.sent")):
            assert await court.fill_in(await court.menu(message, REPORT, user=user)) == court.say(user, said)
        assert len((await court.docket.of_request(court.guild.id, number)).cases) == 2


async def test_a_report_that_discord_tells_of_twice_is_one(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image()
        opened = await court.menu(message, REPORT, user="jules")
        court.local.duplicate_next = 1
        await court.fill_in(opened)
        assert len((await court.docket.of_request(court.guild.id, number)).cases) == 1


async def test_a_report_of_blanks_is_not_sent(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image()
        opened = await court.menu(message, REPORT, user="jules")
        assert await court.fill_in(opened, "   ") == court.say("jules", "moderation.reason.empty")
        assert (await court.docket.of_request(court.guild.id, number)).cases == ()


async def test_a_paused_member_may_report(tmp_path):
    async with at_court(tmp_path) as court:
        _, message = await court.image()
        await court.use("pause", member=court.id_of("jules"), duration="pause_hour")
        assert await court.fill_in(await court.menu(message, REPORT, user="jules")) == court.say("jules", "report.sent")


@pytest.mark.parametrize("command", [REPORT, MODERATE])
async def test_a_message_that_is_no_card_of_ours_is_said_to_be_none(tmp_path, command):
    async with at_court(tmp_path) as court:
        message = await court.post(view_of_words("the bot says something else"))
        used = await court.menu(message, command, user="mona")
    assert used.body.text == TEXTS("en", "moderation.no_card")
    assert used.ephemeral


async def test_a_removed_image_cannot_be_reported(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image()
        opened = await court.menu(message, REPORT, user="jules")
        await court.forge(CaseAddress(Act.DELETE, number, of_request=True), user="mona")
        assert (await court.menu(message, REPORT, user="mats")).body.text == court.say("mats", "report.removed")
        assert await court.fill_in(opened) == court.say("jules", "moderation.idle.removed")


# ---------------------------------------------------------------- looking at an image


async def test_a_moderator_sees_the_prompt_the_member_and_what_can_be_done(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image(user="mia", prompt="a very odd garden")
        used = await court.menu(message, MODERATE, user="mona")
    assert used.ephemeral
    assert "a very odd garden" in used.body.text
    assert f"<@{court.id_of('mia')}>" in used.body.text
    assert CaseAddress(Act.DELETE, number, of_request=True).custom_id() in ids(used.message)


async def test_an_administrator_may_look_too(tmp_path):
    async with at_court(tmp_path) as court:
        _, message = await court.image(prompt="a very odd garden")
        assert "a very odd garden" in (await court.menu(message, MODERATE, user="adam")).body.text


async def test_a_member_who_forges_the_use_sees_nothing(tmp_path):
    async with at_court(tmp_path) as court:
        _, message = await court.image(prompt="a very odd garden")
        used = await court.menu(message, MODERATE, user="jules", forged=True)
        assert used.body.text == court.say("jules", "moderation.refused")
        assert used.ephemeral


async def test_a_private_image_is_refused_and_it_is_said_why(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image(private=True, prompt="a very odd garden")
        for command in (REPORT, MODERATE):
            used = await court.menu(message, command, user="mona")
            assert used.body.text == TEXTS("en", "moderation.private")
        told = await court.forge(CaseAddress(Act.DELETE, number, of_request=True), user="mona")
        assert told.body.text == TEXTS("en", "moderation.private")
        sent = await court.forge_form(CaseAddress(Press.SEND_REPORT, number, of_request=True), user="jules")
        assert (await sent.answered()).body.text == court.say("jules", "moderation.private")
        assert await court.removed(number) is None


async def test_what_is_done_on_the_panel_shows_on_it_at_once(tmp_path):
    async with at_court(tmp_path) as court:
        number, message = await court.image()
        panel = (await court.menu(message, MODERATE, user="mona")).message
        pressed = await court.press(panel, "delete")
        assert pressed.callback_type is CallbackType.UPDATE_MESSAGE
        assert await court.removed(number) == "moderator"
        assert court.retouched == [number]
        assert not [each for each in ids(panel) if ":delete:" in each]
        await court.press(panel, "pause_hour")
        assert list(await court.pauses()) == [court.id_of("mia")]
        assert [each for each in ids(panel) if ":lift:" in each]


# ---------------------------------------------------------------- slow and broken


async def test_a_form_that_cannot_be_opened_in_time_is_to_be_asked_for_again(tmp_path):
    async with at_court(tmp_path) as court:
        _, message = await court.image()
        court.docket.held = asyncio.Event()
        used = await court.menu(message, REPORT, user="jules")
        assert used.body.text == court.say("jules", "panel.slow")
        assert "button" not in used.body.text, "it was asked for in a menu"


async def test_a_slow_panel_is_promised_in_private_and_then_shown(tmp_path):
    async with at_court(tmp_path) as court:
        _, message = await court.image(prompt="a very odd garden")
        court.docket.held = asyncio.Event()
        looking = asyncio.create_task(court.menu(message, MODERATE, user="mona"))
        await until(lambda: court.local.interactions and court.local.interactions[-1].acknowledged_ms is not None)
        assert court.local.interactions[-1].ephemeral
        court.docket.held.set()
        assert "a very odd garden" in (await looking).body.text


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    async with at_court(tmp_path) as court:
        _, message = await court.image()
        court.docket.broken = StoreError("disk")
        assert (await court.menu(message, MODERATE, user="mona")).body.text == TEXTS("en", "moderation.store")
