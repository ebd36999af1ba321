"""The gateway speaks its protocol: also to clients that break it."""

import contextlib
import json
import zlib

import aiohttp
import pytest

from bot.sandbox.discord.builder import WorldBuilder
from bot.sandbox.discord.gateway import Intent, Op
from bot.sandbox.discord.server import LocalDiscord
from tests.sandbox import specs
from tests.sandbox.discord_rig import StillClock, rigged

pytestmark = pytest.mark.asyncio


class Client:
    """A websocket that reads and writes payloads."""

    def __init__(self, socket, *, compressed):
        self.socket = socket
        self._inflate = zlib.decompressobj() if compressed else None

    async def read(self):
        message = await self.socket.receive(timeout=5)
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            return None
        raw = message.data if self._inflate is None else self._inflate.decompress(message.data)
        return json.loads(raw)

    async def send(self, op, data):
        await self.socket.send_str(json.dumps({"op": int(op), "d": data}))

    async def close_code(self):
        """Return the code the server closes with; what comes before is passed over."""
        while await self.read() is not None:
            continue
        return self.socket.close_code


@contextlib.asynccontextmanager
async def connected(rig, query="v=10&encoding=json"):
    async with rig.session.ws_connect(f"{rig.local.gateway_url}?{query}") as socket:
        client = Client(socket, compressed="zlib" in query)
        assert (await client.read())["op"] == Op.HELLO
        yield client


def identity(rig, **more):
    properties = {"os": "linux", "browser": "test", "device": "test"}
    return {"token": rig.local.token, "intents": 1, "properties": properties} | more


async def ready(client, rig, **more):
    await client.send(Op.IDENTIFY, identity(rig, **more))
    return await client.read()


async def test_an_identified_client_hears_of_itself_and_of_its_guilds():
    async with rigged() as rig, connected(rig) as client:
        first = await ready(client, rig)
        assert (first["t"], first["s"]) == ("READY", 1)
        assert len(first["d"]["guilds"]) == 3
        guilds = [await client.read() for _ in range(3)]
        assert {each["d"]["name"] for each in guilds} == {"Aquarium", "Atelier", "Werkstatt"}
        assert rig.local.gateway.identifies[0]["intents"] == 1


async def test_without_the_guilds_intent_interactions_still_come():
    async with rigged() as rig, connected(rig) as client:
        await ready(client, rig, intents=0)
        await rig.use()
        event = await client.read()
        assert (event["t"], event["s"]) == ("INTERACTION_CREATE", 2)


async def test_heartbeats_are_acknowledged():
    async with rigged() as rig, connected(rig) as client:
        await client.send(Op.HEARTBEAT, None)
        assert (await client.read())["op"] == Op.HEARTBEAT_ACK


async def test_a_compressed_stream_is_one_zlib_context():
    async with rigged() as rig, connected(rig, "v=10&encoding=json&compress=zlib-stream") as client:
        assert (await ready(client, rig))["t"] == "READY"
        assert (await client.read())["t"] == "GUILD_CREATE"


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (Op.IDENTIFY, {"token": "wrong"}, 4004),
        (Op.IDENTIFY, {"intents": "all"}, 4013),
        (Op.IDENTIFY, {"intents": int(Intent.MESSAGE_CONTENT)}, 4014),
        (Op.IDENTIFY, {"shard": [2, 2]}, 4010),
        (Op.PRESENCE_UPDATE, {}, 4003),
        (Op.HELLO, {}, 4001),
        (99, {}, 4002),
        (Op.IDENTIFY, {"padding": "x" * 4096}, 4002),
    ],
)
async def test_a_client_that_breaks_the_protocol_is_closed_with_the_code_for_it(op, data, code):
    async with rigged() as rig, connected(rig) as client:
        await client.send(op, identity(rig) | data if op is Op.IDENTIFY else data)
        assert await client.close_code() == code


async def test_identifying_twice_is_one_time_too_many():
    async with rigged() as rig, connected(rig) as client:
        await ready(client, rig)
        await client.send(Op.IDENTIFY, identity(rig))
        assert await client.close_code() == 4005


async def test_a_client_that_sends_more_than_120_payloads_a_minute_is_closed():
    async with rigged() as rig, connected(rig) as client:
        for _ in range(121):
            await client.send(Op.HEARTBEAT, None)
        assert await client.close_code() == 4008


async def test_a_resume_replays_exactly_what_was_missed():
    async with rigged() as rig:
        async with connected(rig) as client:
            session_id = (await ready(client, rig))["d"]["session_id"]
            for _ in range(3):
                last = await client.read()
        missed = [await rig.use(), await rig.use()]
        async with connected(rig) as client:
            resume = {"token": rig.local.token, "session_id": session_id, "seq": last["s"]}
            await client.send(Op.RESUME, resume)
            events = [await client.read() for _ in range(3)]
        assert [each["t"] for each in events] == ["INTERACTION_CREATE", "INTERACTION_CREATE", "RESUMED"]
        assert [each["d"]["id"] for each in events[:2]] == [str(record.id) for record in missed]
        assert [each["s"] for each in events] == [5, 6, 7]


@pytest.mark.parametrize("change", [{"session_id": "other"}, {"seq": 999}])
async def test_a_session_that_cannot_be_resumed_is_invalid(change):
    async with rigged() as rig:
        async with connected(rig) as client:
            session_id = (await ready(client, rig))["d"]["session_id"]
        async with connected(rig) as client:
            resume = {"token": rig.local.token, "session_id": session_id, "seq": 1}
            await client.send(Op.RESUME, resume | change)
            assert await client.read() == {"op": 9, "d": False, "s": None, "t": None}


async def test_an_interaction_without_any_session_is_not_delivered_and_fails():
    async with rigged() as rig:
        record = await rig.use()
        assert record.delivered_ms == []
        rig.clock.advance(3_001)
        assert record.failed


async def test_a_connection_can_be_refused_a_number_of_times():
    async with rigged() as rig:
        rig.local.gateway.refuse(1)
        with pytest.raises(aiohttp.ClientError):
            await rig.session.ws_connect(rig.local.gateway_url)
        async with connected(rig):
            pass


async def test_the_gateway_can_ask_to_reconnect_and_end_sessions():
    async with rigged() as rig, connected(rig) as client:
        await ready(client, rig, intents=0)
        rig.local.gateway.ask_to_reconnect()
        assert (await client.read())["op"] == Op.RECONNECT
        rig.local.gateway.invalidate(resumable=True)
        assert await client.read() == {"op": 9, "d": True, "s": None, "t": None}
        await rig.local.gateway.close(4014)
        assert await client.close_code() == 4014


async def test_each_guild_belongs_to_one_shard_and_direct_messages_to_the_first():
    async with rigged() as rig, connected(rig) as zero, connected(rig) as one:
        first = await ready(zero, rig, intents=0, shard=[0, 2])
        second = await ready(one, rig, intents=0, shard=[1, 2])
        guilds = [{int(each["id"]) for each in event["d"]["guilds"]} for event in (first, second)]
        assert guilds[0] | guilds[1] == set(rig.world.guilds)
        assert all((each >> 22) % 2 == shard for shard in (0, 1) for each in guilds[shard])
        await rig.local.invoke(user_id=rig.mia, command="admin")
        assert (await zero.read())["d"]["context"] == 1


async def test_messages_come_to_those_who_asked_for_them_and_ephemeral_ones_to_nobody():
    async with rigged() as rig, connected(rig) as client:
        await ready(client, rig, intents=int(Intent.GUILD_MESSAGES))
        record = await rig.use()
        await client.read()
        await rig.answer(record, {"type": 4, "data": {"content": "secret", "flags": 64}})
        _, message = await rig.post({"content": "hello"})
        await rig.call("DELETE", f"/channels/{rig.general.id}/messages/{message['id']}")
        events = [await client.read() for _ in range(2)]
        assert [(each["t"], each["d"]["id"]) for each in events] == [
            ("MESSAGE_CREATE", message["id"]),
            ("MESSAGE_DELETE", message["id"]),
        ]


@specs.needs_specs
async def test_events_of_every_kind_of_interaction_keep_to_the_schemas():
    async with rigged() as rig:
        async with connected(rig) as client:
            await ready(client, rig, intents=int(Intent.GUILD_MESSAGES | Intent.GUILDS | Intent.DIRECT_MESSAGES))
        record = await rig.use()
        select = {"type": 3, "custom_id": "s", "options": [{"label": "A", "value": "a"}]}
        rows = [
            {"type": 1, "components": [select]},
            {"type": 1, "components": [{"type": 5, "custom_id": "u"}]},
            {"type": 1, "components": [{"type": 8, "custom_id": "c"}]},
        ]
        await rig.answer(record, {"type": 4, "data": {"content": "x", "components": rows}})
        await rig.local.select(record.message, "s", ["a"], user_id=rig.mia)
        await rig.local.select(record.message, "u", [str(rig.mia)], user_id=rig.mia)
        chosen = await rig.local.select(record.message, "c", [str(rig.general.id)], user_id=rig.mia)
        modal = {"custom_id": "m", "title": "T", "components": modal_components()}
        status, _ = await rig.answer(chosen, {"type": 9, "data": modal})
        assert status == 200
        await rig.local.submit_modal(chosen, {"i": "words", "r": "a", "g": ["a"], "c": True})
        await rig.local.invoke(user_id=rig.mia, command="admin")
        await rig.use(channel="old-ideas")
        events = [json.loads(text) for _, text in rig.local.gateway.sessions[0].sent]
        assert len(events) >= 12
        wrong = {(each["t"], error) for each in events for error in specs.event_errors(each["t"], each["d"])}
        assert wrong == set()


def modal_components():
    options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
    fields = [
        {"type": 4, "custom_id": "i", "style": 1},
        {"type": 21, "custom_id": "r", "options": options},
        {"type": 22, "custom_id": "g", "options": options},
        {"type": 23, "custom_id": "c"},
    ]
    return [{"type": 18, "label": "L", "component": field} for field in fields]


async def test_many_guilds_spread_over_shards():
    build = WorldBuilder()
    owner = build.user("someone")
    for number in range(40):
        build.guild(f"Guild {number}", owner=owner)
    local = LocalDiscord(StillClock(), world=build.build())
    counts = [sum((each >> 22) % 4 == shard for each in local.world.guilds) for shard in range(4)]
    assert sum(counts) == 40
    assert min(counts) >= 5
