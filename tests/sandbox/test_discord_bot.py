"""An unmodified discord.py bot lives on the local Discord."""

import asyncio
import contextlib
import json

import discord
import pytest

from bot.clock import SystemClock
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.shifted_clock import ShiftedClock
from tests.sandbox import specs
from tests.sandbox.tinybot import pointed_at, running

pytestmark = pytest.mark.asyncio


class Stage:
    """A local Discord with a bot on it, and mia in #general."""

    def __init__(self, local, bot, clock):
        self.local, self.bot, self.clock = local, bot, clock
        self.guild = local.world.guild_named("Aquarium")
        self.general = self.guild.channel_named("general")
        self.mia = local.world.user_named("mia").id

    def use(self, command, **options):
        return self.local.invoke(
            guild_id=self.guild.id,
            channel_id=self.general.id,
            user_id=self.mia,
            command=command,
            options=options,
        )

    async def painted(self, **options):
        record = await self.use("paint", prompt="a cabin", **options)
        return await record.answered()


@contextlib.asynccontextmanager
async def staged():
    clock = ShiftedClock()
    local = LocalDiscord(clock)
    await local.start()
    try:
        async with asyncio.timeout(30), running(local) as bot:
            yield Stage(local, bot, clock)
    finally:
        await local.stop()


async def test_a_slash_command_is_deferred_and_edited_into_a_card_with_a_picture():
    async with staged() as stage:
        record = await stage.painted()
        assert stage.bot.errors == []
        file = record.body.attachments[0]
        assert (file.filename, file.width_px, file.height_px) == ("pic.png", 8, 6)
        gallery = record.body.components[0]["components"][1]
        assert gallery["items"][0]["media"]["attachment_id"] == str(file.id)
        assert [revision.body.is_loading for revision in record.history] == [True, False]


@specs.needs_specs
async def test_everything_said_on_the_way_keeps_to_discords_own_descriptions():
    async with staged() as stage:
        record = await stage.painted(private=True)
        await stage.painted()
        form = await (await stage.local.press(record.message, "form", user_id=stage.mia)).acknowledged()
        await (await stage.local.submit_modal(form, {"words": "hello", "style": ["a"]})).acknowledged()
        pressed = await stage.local.press(record.message, "again", user_id=stage.mia)
        await pressed.acknowledged()
        quick = await stage.use("quick", word="hi")
        await quick.until(lambda each: each.followups)
        typed = {"options": {"word": "h"}, "focused": "word"}
        where = {"guild_id": stage.guild.id, "channel_id": stage.general.id, "user_id": stage.mia}
        await (await stage.local.autocomplete(**where, command="quick", **typed)).acknowledged()
        await (await stage.local.invoke_on_message(quick.message, user_id=stage.mia, command="Look")).acknowledged()
        assert stage.bot.errors == []
        for call in stage.local.calls:
            if call.status:
                assert specs.request_errors(call) == [], call.route
                assert specs.answer_errors(call) == [], call.route
        events = [json.loads(text) for _, text in stage.local.gateway.sessions[0].sent]
        assert {"READY", "GUILD_CREATE", "INTERACTION_CREATE", "MESSAGE_CREATE"} <= {each["t"] for each in events}
        wrong = {(each["t"], error) for each in events for error in specs.event_errors(each["t"], each["d"])}
        assert wrong == set()


async def test_an_answer_after_three_seconds_finds_an_unknown_interaction():
    async with staged() as stage:
        record = await stage.use("late")
        stage.clock.advance(3_100)
        stage.bot.hold.set()
        await _until(lambda: stage.bot.errors)
        assert stage.bot.errors[0].code == 10062
        assert record.failed


async def test_a_second_answer_is_refused_because_the_first_one_counted():
    async with staged() as stage:
        record = await stage.use("twice")
        await _until(lambda: stage.bot.errors)
        assert stage.bot.errors[0].code == 40060
        assert record.acknowledged_ms is not None


async def test_an_interaction_that_comes_twice_is_answered_once():
    async with staged() as stage:
        stage.local.duplicate_next = 1
        record = await stage.painted()
        await _until(lambda: stage.bot.errors)
        assert len(record.delivered_ms) == 2
        assert stage.bot.errors[0].code == 40060


async def test_a_reply_cannot_be_edited_after_fifteen_minutes():
    async with staged() as stage:
        await stage.painted()
        stage.clock.advance(15 * 60 * 1000)
        with pytest.raises(discord.HTTPException) as refused:
            await stage.bot.seen[0].edit_original_response(content="late")
        assert (refused.value.status, refused.value.code) == (401, 50027)
        assert stage.local.invalid_requests == 1


async def test_an_ephemeral_reply_is_seen_by_one_person_and_by_no_channel_route():
    async with staged() as stage:
        record = await stage.painted(private=True)
        mona = stage.local.world.user_named("mona").id
        assert stage.local.messages(stage.general.id, as_user=stage.mia) == [record.message]
        assert stage.local.messages(stage.general.id, as_user=mona) == []
        with pytest.raises(discord.NotFound) as missing:
            await stage.bot.http.get_message(stage.general.id, record.message.id)
        assert missing.value.code == 10008


async def test_a_rate_limit_is_waited_out_by_the_library():
    async with staged() as stage:
        fault = Fault(
            route="/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            failure=Failure.RATE_LIMIT,
            retry_after_s=0.01,
        )
        stage.local.faults.add(fault)
        await stage.painted()
        assert [call.status for call in stage.local.calls if "@original" in call.route] == [429, 200]


async def test_a_button_edits_its_message_and_a_modal_answers_privately():
    async with staged() as stage:
        record = await stage.painted()
        pressed = await stage.local.press(record.message, "again", user_id=stage.mia)
        await pressed.acknowledged()
        assert "pressed" in record.message.body.text
        assert record.message.body.attachments == ()
        form = await (await stage.local.press(record.message, "form", user_id=stage.mia)).acknowledged()
        assert form.modal["title"] == "More"
        sent = await stage.local.submit_modal(form, {"words": "hello", "style": ["a"]})
        await sent.answered()
        assert (sent.body.content, sent.ephemeral) == ("hello ['a']", True)


async def test_suggestions_reach_the_person_who_types():
    async with staged() as stage:
        where = {"guild_id": stage.guild.id, "channel_id": stage.general.id, "user_id": stage.mia}
        record = await stage.local.autocomplete(**where, command="quick", options={"word": "ca"}, focused="word")
        await record.acknowledged()
        assert record.choices == [{"name": "ca!", "value": "ca!"}]


async def test_what_discords_client_would_not_send_does_not_reach_the_bot():
    async with staged() as stage:
        for wrong in ({}, {"prompt": "x" * 101}, {"prompt": "x", "count": 5}, {"prompt": "x", "shape": "2:1"}):
            with pytest.raises(CommandRejected):
                await stage.use("paint", **wrong)
        with pytest.raises(CommandRejected, match="no option 'size'"):
            await stage.use("paint", prompt="x", size=1)
        with pytest.raises(CommandRejected, match="no command /draw"):
            await stage.use("draw")
        assert stage.local.interactions == []


async def test_a_dropped_gateway_is_resumed_and_nothing_is_missed():
    async with staged() as stage:
        stage.local.gateway.drop()
        record = await stage.painted()
        assert record.body is not None
        assert stage.bot.resumed == 1
        assert len(stage.local.gateway.identifies) == 1


async def test_a_request_to_reconnect_is_followed_by_a_resume():
    async with staged() as stage:
        stage.local.gateway.ask_to_reconnect()
        await _until(lambda: stage.bot.resumed)
        await stage.painted()


@pytest.mark.parametrize("code", [4000, 4009, 1001])
async def test_a_close_that_allows_it_is_followed_by_a_resume(code):
    async with staged() as stage:
        await stage.local.gateway.close(code)
        await _until(lambda: stage.bot.resumed)
        await stage.painted()


async def test_an_invalid_session_that_is_over_is_followed_by_a_new_identify():
    async with staged() as stage:
        stage.local.gateway.invalidate(resumable=False)
        await _until(lambda: len(stage.local.gateway.identifies) == 2)
        await stage.painted()
        assert stage.bot.resumed == 0


async def test_a_sharded_client_learns_from_the_gateway_how_many_shards_to_start():
    local = LocalDiscord(ShiftedClock())
    await local.start()
    local.gateway.shards_recommended = 2
    async with asyncio.timeout(30), pointed_at(local), Sharded(intents=discord.Intents.none()) as client:
        task = asyncio.create_task(client.start(local.token))
        await local.gateway.connected(sessions=2)
        assert [data["shard"] for data in local.gateway.identifies] == [[0, 2], [1, 2]]
        await client.close()
        await asyncio.gather(task, return_exceptions=True)
    await local.stop()


class Sharded(discord.AutoShardedClient):
    async def before_identify_hook(self, shard_id, *, initial=False):
        """Identify without waiting."""


async def test_a_wrong_token_is_refused_at_login():
    local = LocalDiscord(SystemClock())
    await local.start()
    local.world.application.token = "another"
    with pytest.raises(discord.LoginFailure):
        async with running_with(local, token="wrong"):
            pass
    await local.stop()


@contextlib.asynccontextmanager
async def running_with(local, *, token):
    async with pointed_at(local), discord.Client(intents=discord.Intents.none()) as client:
        await client.login(token)
        yield client


async def _until(true):
    while not true():  # noqa: ASYNC110  what is waited for lies inside the library
        await asyncio.sleep(0.002)
