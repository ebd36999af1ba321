import asyncio

import discord
import pytest
from discord.gateway import DiscordWebSocket

from bot.errors import ConfigError
from bot.sandbox.discord.faults import Failure, Fault
from cogs.client import identify_wait_s
from tests.cogs.stage import FakeMemory, HastyClock, stage_client, staged, until

pytestmark = pytest.mark.asyncio

COMMANDS = "/applications/{application_id}/commands"


async def _works(stage) -> None:
    """Somebody uses a command, and it arrives."""
    used = await stage.use()
    await until(lambda: used.id in stage.tracker.begun)


async def _again(stage, times: int = 2) -> None:
    await until(lambda: len(stage.discord.gateway.identifies) == times)


async def test_only_what_is_needed_is_asked_for_and_kept():
    async with staged() as stage:
        await stage.connect()
        client = stage.client
        (identify,) = stage.discord.gateway.identifies
        needed = discord.Intents(guilds=True, auto_moderation_configuration=True)
        assert identify["intents"] == needed.value
        assert client.http.connector.limit == 10
        assert client.allowed_mentions.to_dict() == {"parse": []}
        assert client._connection._messages is None
        assert client._connection.member_cache_flags == discord.MemberCacheFlags.none()


async def test_the_gateway_is_the_one_that_the_api_names():
    async with staged() as stage:
        await stage.connect()
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == stage.discord.gateway_url
        await _works(stage)


async def test_after_an_invalid_session_the_same_gateway_is_dialled_again():
    async with staged() as stage:
        await stage.connect()
        stage.discord.gateway.invalidate(resumable=False)
        await _again(stage)
        assert 5.0 in stage.clock.slept_s
        await _works(stage)


@pytest.mark.parametrize("trouble", ["drop", "ask_to_reconnect"])
async def test_a_connection_that_breaks_is_resumed(trouble):
    async with staged() as stage:
        await stage.connect()
        getattr(stage.discord.gateway, trouble)()
        await until(lambda: stage.discord.gateway.resumes)
        await stage.discord.gateway.connected()
        await _works(stage)
        assert len(stage.discord.gateway.identifies) == 1


async def test_an_api_that_cannot_be_reached_at_first_is_tried_again_ever_slower():
    async with staged() as stage:
        stage.discord.faults.add(Fault(route="/users/@me", failure=Failure.DROP, times=24))
        # aiohttp itself asks twice each time.
        await stage.connect()
        await _works(stage)
        slept_s = stage.clock.slept_s
    assert len(slept_s) == 12
    assert slept_s[0] <= 1.0
    assert slept_s[3] > slept_s[0]
    assert 225 <= slept_s[-1] <= 300


async def test_a_gateway_that_the_api_does_not_name_at_first_is_asked_for_again():
    async with staged() as stage:
        stage.discord.faults.add(Fault(route="/gateway/bot", failure=Failure.DROP, times=2))
        await stage.connect()
        await _works(stage)


async def test_a_first_connection_that_is_refused_is_made_later():
    # discord.py itself waits five seconds here, and has no setting for it; aiohttp asks twice each time.
    async with staged() as stage:
        stage.discord.gateway.refuse(2)
        await stage.connect()
        await _works(stage)


async def test_a_dispatch_that_cannot_be_read_costs_a_connection_and_no_more(capsys):
    async with staged() as stage:
        await stage.connect()
        stage.discord.gateway.dispatch("GUILD_CREATE", {"id": "not a number"}, guild_id=None)
        await _again(stage)
        await stage.discord.gateway.connected()
        await _works(stage)
        assert not stage.connection.done()
    assert "the connection to Discord broke" in capsys.readouterr().out


async def test_a_frame_that_is_no_json_costs_a_connection_and_no_more():
    async with staged() as stage:
        await stage.connect()
        stage.discord.gateway.connections[0].send_text("{")
        await _again(stage)
        await stage.discord.gateway.connected()
        await _works(stage)


async def test_trouble_that_comes_again_and_again_is_met_ever_slower():
    async with staged() as stage:
        await stage.connect()
        for times in range(2, 6):
            stage.discord.gateway.dispatch("GUILD_CREATE", {"id": "not a number"}, guild_id=None)
            await _again(stage, times)
            await stage.discord.gateway.connected()
        gaps_s = stage.clock.slept_s
        assert len(gaps_s) == 4
        assert gaps_s[-1] > 4 * gaps_s[0]
        await _works(stage)


async def test_several_shards_are_connected_and_come_back():
    async with staged() as stage:
        stage.discord.gateway.shards_recommended = 2
        await stage.connect()
        await stage.discord.gateway.connected(sessions=2)
        stage.discord.gateway.dispatch("GUILD_CREATE", {"id": "not a number"}, guild_id=None)
        await _again(stage, 4)
        await stage.discord.gateway.connected(sessions=2)
        await _works(stage)


async def test_shards_that_break_together_come_back_once():
    async with staged() as stage:
        stage.discord.gateway.shards_recommended = 2
        await stage.connect()
        await stage.discord.gateway.connected(sessions=2)
        for session in stage.discord.gateway.sessions:
            session.dispatch("GUILD_CREATE", {"id": "not a number"})
        await _again(stage, 4)
        await stage.discord.gateway.connected(sessions=2)
        await _works(stage)
        await asyncio.sleep(0.1)
        assert len(stage.discord.gateway.identifies) == 4


async def test_each_new_connection_has_as_many_shards_as_the_api_wants_then():
    async with staged() as stage:
        await stage.connect()
        stage.discord.gateway.shards_recommended = 2
        stage.discord.gateway.dispatch("GUILD_CREATE", {"id": "not a number"}, guild_id=None)
        await _again(stage, 3)
        assert [each["shard"] for each in stage.discord.gateway.identifies] == [[0, 1], [0, 2], [1, 2]]
        assert sum(call.path == "/gateway/bot" for call in stage.discord.calls) == 2


async def test_a_token_that_is_not_accepted_is_final():
    async with staged() as stage:
        with pytest.raises(ConfigError, match="DISCORD_TOKEN"):
            await stage.client.log_in("wrong")


@pytest.mark.parametrize(("code", "told"), [(4004, "DISCORD_TOKEN"), (4013, "intents"), (4014, "intents")])
async def test_a_close_that_no_new_connection_can_mend_is_final(code, told):
    async with staged() as stage:
        await stage.connect()
        await stage.discord.gateway.close(code)
        with pytest.raises(ConfigError, match=told):
            await asyncio.wait_for(stage.connection, 30)


async def test_closing_ends_the_connection_in_peace():
    async with staged() as stage:
        await stage.connect()
        await stage.client.close()
        await asyncio.wait_for(stage.connection, 30)
        assert stage.client.is_closed()


async def test_a_client_that_never_logged_in_can_be_closed():
    async with staged() as stage:
        client = stage_client(stage.discord, memory=FakeMemory(), clock=HastyClock())
        await client.close()


@pytest.mark.parametrize("code", [50035, 50001])
async def test_commands_that_discord_refuses_are_a_clear_error_for_the_operator(code):
    async with staged() as stage:
        stage.discord.faults.add(Fault(route=COMMANDS, method="PUT", failure=Failure.API_ERROR, code=code))
        with pytest.raises(ConfigError, match="commands"):
            await stage.client.log_in(stage.discord.token)
        assert stage.memory.kept == {}


async def test_an_address_that_is_not_discords_is_a_clear_error_for_the_operator():
    async with staged() as stage:
        stage.discord.faults.add(Fault(route="/users/@me", failure=Failure.API_ERROR, code=10003))
        with pytest.raises(ConfigError, match="DISCORD_API_URL"):
            await stage.client.log_in(stage.discord.token)


@pytest.mark.parametrize(("remaining", "wait_s"), [(1000, 0.0), (2, 0.0), (1, 3600.0), (0, 3600.0)])
async def test_no_more_sessions_are_started_than_discord_allows(remaining, wait_s):
    limits = {"total": 1000, "remaining": remaining, "reset_after": 3_600_000, "max_concurrency": 1}
    assert identify_wait_s(2, **limits) == wait_s
