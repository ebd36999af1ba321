"""The bot comes and goes, roles and channels change, direct messages close: as discord.py hears of it."""

import asyncio
import contextlib
import json

import discord
import pytest

from bot.sandbox.discord.permissions import MEMBER, Permission
from tests.sandbox import specs
from tests.sandbox.discord_rig import rigged
from tests.sandbox.tinybot import TinyBot, pointed_at

pytestmark = pytest.mark.asyncio


class Listener(TinyBot):
    """Keeps what it is told of servers."""

    def __init__(self):
        super().__init__()
        self.told = asyncio.Queue()

    def dispatch(self, event, /, *args, **kwargs):
        super().dispatch(event, *args, **kwargs)
        if event.startswith(("guild_", "member_", "raw_thread_")):
            self.told.put_nowait((event, args))

    async def hear(self):
        return await asyncio.wait_for(self.told.get(), 30)


@contextlib.asynccontextmanager
async def listening():
    async with rigged() as rig, pointed_at(rig.local), Listener() as bot:
        task = asyncio.create_task(bot.start(rig.local.token))
        await rig.local.gateway.connected()
        await bot.wait_until_ready()
        while not bot.told.empty():
            bot.told.get_nowait()
        try:
            yield rig, bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)


def events(rig):
    return [json.loads(text)["t"] for _, text in rig.local.gateway.sessions[0].sent]


def specs_wrong(rig):
    """Tell what Discord's descriptions say against the events; nothing where they are absent."""
    if specs.needs_specs.args[0]:
        return set()
    told = [json.loads(text) for _, text in rig.local.gateway.sessions[0].sent]
    return {(each["t"], error) for each in told for error in specs.event_errors(each["t"], each["d"])}


async def test_the_bot_hears_that_it_joined_a_new_server_and_can_work_there():
    async with listening() as (rig, bot):
        guild = rig.local.found_server("Newcomers", owner_id=rig.mia)
        assert bot.get_guild(guild.id) is None
        rig.local.join(guild.id)
        event, (joined,) = await bot.hear()
        assert (event, joined.id, joined.name) == ("guild_join", guild.id, "Newcomers")
        assert joined.system_channel.name == "general"
        assert joined.me.guild_permissions.value == MEMBER
        await joined.system_channel.send("hello")
        record = await rig.local.invoke(
            guild_id=guild.id,
            channel_id=guild.system_channel_id,
            user_id=rig.mia,
            command="quick",
            options={"word": "x"},
        )
        await asyncio.wait_for(record.answered(), 30)
        assert not specs_wrong(rig)


async def test_a_bot_that_is_removed_hears_so_and_is_told_nothing_more_of_that_server():
    async with listening() as (rig, bot):
        rig.local.remove(rig.guild.id)
        event, (left,) = await bot.hear()
        assert (event, left.id) == ("guild_remove", rig.guild.id)
        rig.local.set_role_permissions(rig.guild.id, rig.guild.id, 0)
        assert events(rig)[-1] == "GUILD_DELETE"
        rig.local.join(rig.guild.id, bot_permissions=8)
        event, (joined,) = await bot.hear()
        assert (event, joined.id) == ("guild_join", rig.guild.id)
        assert joined.me.guild_permissions.administrator


async def test_a_bot_that_leaves_by_itself_hears_so_too():
    async with listening() as (rig, bot):
        await bot.get_guild(rig.guild.id).leave()
        assert (await bot.hear())[0] == "guild_remove"
        status, body = await rig.call("GET", f"/guilds/{rig.guild.id}")
        assert (status, body["code"]) == (403, 50001)


async def test_a_server_that_the_bot_is_not_in_is_not_in_its_ready():
    async with rigged() as rig, pointed_at(rig.local), Listener() as bot:
        rig.local.remove(rig.guild.id)
        task = asyncio.create_task(bot.start(rig.local.token))
        await rig.local.gateway.connected()
        await bot.wait_until_ready()
        assert {guild.name for guild in bot.guilds} == {"Atelier", "Werkstatt"}
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_bot_joins_once():
    async with rigged() as rig:
        with pytest.raises(ValueError, match="already"):
            rig.local.join(rig.guild.id)


async def test_the_bot_hears_that_its_permissions_changed():
    async with listening() as (rig, bot):
        bits = MEMBER & ~int(Permission.ATTACH_FILES)
        rig.local.set_bot_permissions(rig.guild.id, bits)
        rig.local.set_role_permissions(rig.guild.id, rig.guild.id, bits)
        for _ in range(2):
            event, (_, role) = await bot.hear()
            assert (event, role.permissions.value) == ("guild_role_update", bits)
        status, body = await rig.post({"content": "x"}, files={"a.txt": b"x"})
        assert (status, body["code"]) == (403, 50013)
        helper = next(each for each in rig.guild.roles.values() if each.name == "Administrator")
        own = rig.guild.members[bot.user.id]
        rig.local.set_roles(rig.guild.id, bot.user.id, [*own.role_ids, helper.id])
        event, (_, me) = await bot.hear()
        assert event == "member_update"
        assert me.guild_permissions.administrator
        assert not specs_wrong(rig)


async def test_of_other_members_the_bot_is_told_nothing_without_the_intent():
    async with listening() as (rig, bot):
        rig.local.set_roles(rig.guild.id, rig.mia, [])
        rig.local.set_role_permissions(rig.guild.id, rig.guild.id, 0)
        assert (await bot.hear())[0] == "guild_role_update"
        assert "GUILD_MEMBER_UPDATE" not in events(rig)


async def test_a_role_that_is_deleted_is_gone_from_everybody():
    async with listening() as (rig, bot):
        role = next(each for each in rig.guild.roles.values() if each.name == "Moderator")
        mona = rig.world.user_named("mona").id
        rig.local.delete_role(rig.guild.id, role.id)
        event, (gone,) = await bot.hear()
        assert (event, gone.id) == ("guild_role_delete", role.id)
        assert rig.guild.members[mona].role_ids == []
        with pytest.raises(ValueError, match="cannot be deleted"):
            rig.local.delete_role(rig.guild.id, rig.guild.id)


async def test_a_channel_that_is_deleted_takes_its_threads_along():
    async with listening() as (rig, bot):
        thread = rig.guild.channel_named("old-ideas")
        rig.local.delete_channel(rig.general.id)
        event, (gone,) = await bot.hear()
        assert (event, gone.id) == ("guild_channel_delete", rig.general.id)
        event, (_, now) = await bot.hear()
        assert (event, now.system_channel) == ("guild_update", None)
        for channel_id in (rig.general.id, thread.id):
            status, body = await rig.post({"content": "x"}, channel_id=channel_id)
            assert (status, body["code"]) == (404, 10003)
        assert not specs_wrong(rig)
        with pytest.raises(KeyError):
            rig.local.delete_channel(rig.general.id)


async def test_a_thread_can_be_deleted_alone():
    async with listening() as (rig, bot):
        thread = rig.guild.channel_named("old-ideas")
        thread.thread.archived = False
        rig.local.delete_channel(thread.id)
        event, (gone,) = await bot.hear()
        assert (event, gone.thread_id, gone.parent_id) == ("raw_thread_delete", thread.id, rig.general.id)
        assert rig.general.id in rig.guild.channels
        assert thread.id not in rig.guild.channels


async def test_direct_messages_close_and_open_again():
    async with listening() as (rig, bot):
        mia = await bot.fetch_user(rig.mia)
        await mia.send("hello")
        rig.local.accept_dms(rig.mia, accepts=False)
        with pytest.raises(discord.Forbidden) as refused:
            await mia.send("are you there?")
        assert refused.value.code == 50007
        rig.local.accept_dms(rig.mia, accepts=True)
        await mia.send("hello again")


async def test_a_person_with_whom_the_bot_shares_no_server_cannot_be_written_to():
    async with listening() as (rig, bot):
        mia = await bot.fetch_user(rig.mia)
        for guild in list(rig.world.guilds.values()):
            rig.local.remove(guild.id)
        with pytest.raises(discord.Forbidden) as refused:
            await mia.send("hello")
        assert refused.value.code == 50278
