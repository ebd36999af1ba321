"""The operator is told by direct message, and in a channel where that is closed; nothing breaks where nothing works."""

from contextlib import asynccontextmanager

import pytest

from bot.errors import Busy, NotAllowed
from bot.sandbox.discord.faults import Failure, Fault
from cogs.operator.line import OperatorLine
from tests.cogs.stage import staged

pytestmark = pytest.mark.asyncio

OPEN_DM = "/users/@me/channels"
MESSAGES = "/channels/{channel_id}/messages"


@asynccontextmanager
async def lined(*names, channel="staff"):
    """A connected client and a line to these people."""
    async with staged() as stage:
        await stage.connect()
        world = stage.discord.world
        place = world.guild_named("Aquarium").channel_named("images")
        ids = frozenset(world.user_named(name).id for name in names)
        yield stage, OperatorLine(stage.client, operator_ids=ids, channel_id=channel and place.id)


def direct(stage, name):
    """What a person was told by direct message."""
    channel = stage.discord.world.dm_with(stage.discord.world.user_named(name).id)
    return [] if channel is None else [message.body.content for message in stage.discord.messages(channel.id)]


def in_channel(stage):
    place = stage.discord.world.guild_named("Aquarium").channel_named("images")
    return [message.body.content for message in stage.discord.messages(place.id)]


async def test_every_operator_is_told_by_direct_message_and_nobody_else():
    async with lined("mia", "jules") as (stage, line):
        await line.alert("The account is empty. " + "x" * 5000)
        assert [len(direct(stage, name)) for name in ("mia", "jules", "oona")] == [1, 1, 0]
        assert direct(stage, "mia")[0].startswith("The account is empty.")
        assert in_channel(stage) == []


async def test_where_nobody_is_named_the_owner_of_the_application_is_told():
    async with lined() as (stage, line):
        assert await line.alert("The account is empty.")
        assert direct(stage, "oona") == ["The account is empty."]


async def test_where_direct_messages_are_closed_the_channel_is_told_once():
    async with lined("mats", "mia", "mona") as (stage, line):
        stage.discord.accept_dms(stage.discord.world.user_named("mona").id, accepts=False)
        await line.alert("The account is empty.")
        assert in_channel(stage) == ["The account is empty."]
        assert direct(stage, "mia") == ["The account is empty."]


async def test_a_line_on_which_nobody_is_reached_is_in_the_log_and_breaks_nothing(capsys):
    async with lined("mats", channel=None) as (stage, line):
        assert not await line.alert("The account is empty.")
        with pytest.raises(NotAllowed):
            await line.tell("The key is gone.", nonce="n")
        assert direct(stage, "mats") == []
    out = capsys.readouterr().out
    assert out.count("the operator was not reached") == 2
    assert "The account is empty." in out


async def test_who_closed_direct_messages_is_told_once_they_are_open_again():
    async with lined("mia", channel=None) as (stage, line):
        mia = stage.discord.world.user_named("mia").id
        stage.discord.accept_dms(mia, accepts=False)
        with pytest.raises(NotAllowed):
            await line.tell("The account is empty.", nonce="n")
        stage.discord.accept_dms(mia, accepts=True)
        await line.tell("The account is empty.", nonce="n")
        assert direct(stage, "mia") == ["The account is empty."]


async def test_an_alert_that_discord_does_not_take_goes_to_the_channel():
    async with lined("mia") as (stage, line):
        stage.discord.faults.add(Fault(route=OPEN_DM, failure=Failure.DROP, times=100))
        await line.alert("The account is empty.")
        assert in_channel(stage) == ["The account is empty."]


async def test_a_notice_that_discord_does_not_take_now_is_told_later_and_to_each_once():
    async with lined("mia") as (stage, line):
        stage.discord.faults.add(Fault(route=OPEN_DM, failure=Failure.DROP))
        with pytest.raises(Busy):
            await line.tell("The balance is low.", nonce="notice-1")
        assert in_channel(stage) == []
        for _ in range(2):
            await line.tell("The balance is low.", nonce="notice-1")
        assert direct(stage, "mia") == ["The balance is low."]


async def test_each_operator_has_the_same_notice_and_the_channel_too():
    async with lined("mia", "jules", "mats") as (stage, line):
        for _ in range(2):
            await line.tell("The balance is low.", nonce="notice-1")
        assert direct(stage, "mia") == direct(stage, "jules") == in_channel(stage) == ["The balance is low."]


async def test_an_answer_that_got_lost_does_not_make_the_message_come_twice():
    async with lined("mia") as (stage, line):
        stage.discord.faults.add(Fault(route=MESSAGES, method="POST", failure=Failure.DROP, acted=True, times=1))
        await line.alert("The account is empty.")
        assert direct(stage, "mia") == ["The account is empty."]


async def test_words_for_the_operator_ping_nobody_and_each_message_has_a_nonce_of_its_own():
    async with lined("mats", "mia") as (stage, line):
        await line.alert("@everyone <@1> look")
        sent = [call.payload for call in stage.discord.calls if call.route == MESSAGES]
        assert all(body["allowed_mentions"] == {"parse": []} for body in sent)
        assert len({body["nonce"] for body in sent}) == len(sent) == 3
        assert all(body["enforce_nonce"] for body in sent)
