"""Notices in the channels of servers: a card in the server's language, once, that pings nobody."""

import pytest

from bot.errors import Busy, NotAllowed
from bot.sandbox.discord.faults import Failure, Fault
from bot.setting_fields import TargetKind
from cogs.poster import DiscordPoster
from tests.cogs.stage import staged, until

pytestmark = pytest.mark.asyncio

MESSAGES = "/channels/{channel_id}/messages"


def place(stage, channel="images"):
    guild = stage.discord.world.guild_named("Werkstatt")
    return {"guild_id": guild.id, "channel_id": guild.channel_named(channel).id}


def posted(stage):
    return stage.discord.messages(place(stage)["channel_id"])


async def test_a_notice_is_posted_as_a_card_once_for_each_nonce_and_pings_nobody():
    async with staged() as stage:
        await stage.connect()
        poster = DiscordPoster(stage.client)
        for nonce in ("notice-1", "notice-1", "notice-2"):
            await poster.post(**place(stage), text="**80 %** are used. @everyone", nonce=nonce)
        assert [message.body.text for message in posted(stage)] == ["**80 %** are used. @everyone"] * 2
        assert all(message.body.is_v2 for message in posted(stage))
        assert not any(message.pinged.everyone for message in posted(stage))


async def test_a_notice_of_any_length_fits():
    async with staged() as stage:
        await stage.connect()
        await DiscordPoster(stage.client).post(**place(stage), text="long " * 2_000, nonce="notice-1")
        assert len(posted(stage)) == 1


async def test_the_language_is_the_servers_as_far_as_discord_told_it():
    async with staged() as stage:
        poster = DiscordPoster(stage.client)
        guild_id = place(stage)["guild_id"]
        assert poster.locale(guild_id) is None
        await stage.connect()
        await until(lambda: poster.locale(guild_id) == "de")


async def test_a_member_is_told_once_for_each_nonce_and_a_closed_door_is_found():
    async with staged() as stage:
        await stage.connect()
        poster = DiscordPoster(stage.client)
        world = stage.discord.world
        mia, mats = (world.user_named(name).id for name in ("mia", "mats"))
        for _ in range(2):
            await poster.tell(user_id=mia, text="Your appeal was approved.", nonce="notice-1")
        (message,) = stage.discord.messages(world.dm_with(mia).id)
        assert message.body.text == "Your appeal was approved."
        with pytest.raises(NotAllowed):
            await poster.tell(user_id=mats, text="x", nonce="notice-2")


async def test_a_server_its_channels_and_its_roles_are_known_as_far_as_discord_told_them():
    async with staged() as stage:
        poster = DiscordPoster(stage.client)
        where = place(stage)
        assert poster.name(where["guild_id"]) == ""
        assert poster.has(where["guild_id"], TargetKind.CHANNEL, 404)
        await stage.connect()
        await until(lambda: poster.name(where["guild_id"]) == "Werkstatt")
        assert poster.has(where["guild_id"], TargetKind.CHANNEL, where["channel_id"])
        assert poster.has(where["guild_id"], TargetKind.ROLE, where["guild_id"])
        assert not poster.has(where["guild_id"], TargetKind.CHANNEL, 404)
        assert not poster.has(where["guild_id"], TargetKind.ROLE, 404)


async def test_a_channel_that_is_gone_or_closed_is_told_apart_from_a_discord_that_is_busy():
    async with staged() as stage:
        await stage.connect()
        poster = DiscordPoster(stage.client)
        with pytest.raises(NotAllowed):
            await poster.post(guild_id=place(stage)["guild_id"], channel_id=1, text="x", nonce="n")
        with pytest.raises(NotAllowed):
            await poster.post(**place(stage, "staff"), text="x", nonce="n")
        stage.discord.faults.add(Fault(route=MESSAGES, method="POST", failure=Failure.DROP, times=10))
        with pytest.raises(Busy):
            await poster.post(**place(stage), text="x", nonce="n")
