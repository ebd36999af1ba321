"""The local Discord runs in a process of its own and is driven from another."""

import asyncio
import contextlib
import re
import sys

import aiohttp
import pytest

from tests.sandbox.discord_rig import COMMANDS

pytestmark = pytest.mark.asyncio


class Remote:
    """Another process's local Discord."""

    def __init__(self, session, url):
        self.session, self.url = session, url
        self.api_url = f"{url}/api/v10"

    async def post(self, name, /, expected=200, **body):
        async with self.session.post(f"{self.url}/control/{name}", json=body) as answer:
            assert answer.status == expected, await answer.text()
            return await answer.json()

    async def get(self, name, expected=200, **query):
        async with self.session.get(f"{self.url}/control/{name}", params=query) as answer:
            assert answer.status == expected, await answer.text()
            return await answer.json()


@contextlib.asynccontextmanager
async def process():
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox.discord", "--port", "0", "--no-limits", stdout=asyncio.subprocess.PIPE
    )
    try:
        line = (await asyncio.wait_for(child.stdout.readline(), 30)).decode()
        url = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)/api/v10\n", line)[1]
        async with aiohttp.ClientSession() as session:
            yield Remote(session, url)
    finally:
        child.terminate()
        assert await asyncio.wait_for(child.wait(), 30) == 0


async def test_everything_can_be_driven_over_http():
    async with process() as remote:
        world = await remote.get("world")
        guild, user_id = world["guilds"]["Aquarium"], world["users"]["mia"]
        headers = {"Authorization": f"Bot {world['token']}"}
        commands = f"{remote.api_url}/applications/{world['application_id']}/commands"
        async with remote.session.put(commands, json=COMMANDS, headers=headers) as answer:
            assert answer.status == 200
        where = {"guild_id": guild["id"], "channel_id": guild["channels"]["general"], "user_id": user_id}

        refused = await remote.post("invoke", 422, **where, command="imagen", options={})
        assert "required" in refused["rejected"]
        record = await remote.post("invoke", **where, command="imagen", options={"prompt": "x"})
        row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
        callback = f"{remote.api_url}/interactions/{record['id']}/{record['token']}/callback"
        data = {"content": f"hello <@{user_id}>", "components": [row]}
        async with remote.session.post(callback, json={"type": 4, "data": data}) as answer:
            assert answer.status == 204

        record = await remote.get("interaction", interaction_id=record["id"], wait="answered", timeout_s="5")
        assert record["callback_type"] == 4
        assert record["message"]["pinged"]["users"] == [user_id]
        assert record["message"]["text"].splitlines()[1].startswith("┃ hello")
        message_id = record["message"]["payload"]["id"]
        pressed = await remote.post("press", message_id=message_id, custom_id="go", user_id=user_id)
        late = await remote.get("interaction", interaction_id=pressed["id"], wait="answered", timeout_s="0")
        assert late["acknowledged_ms"] is None
        await remote.post("advance", ms=3_100)
        assert (await remote.get("interaction", interaction_id=pressed["id"]))["failed"]

        await remote.post("faults", route="*", failure="server_error", status=503)
        async with remote.session.get(f"{remote.api_url}/users/@me", headers=headers) as answer:
            assert answer.status == 503
        await remote.post("faults/clear")
        await remote.post("delete", message_id=message_id)
        assert await remote.get("messages", channel_id=where["channel_id"]) == []
        calls = await remote.get("calls", since="1")
        assert [(call["method"], call["status"]) for call in calls] == [("POST", 204), ("GET", 503)]
        assert (await remote.get("state"))["interactions"] == 2


async def test_what_makes_no_sense_is_refused_in_words():
    async with process() as remote:
        assert "error" in await remote.post("press", 400, message_id="1", custom_id="x", user_id="1")
        assert "error" in await remote.post("faults", 400, route="*", failure="sulk")
        assert "cannot 'dance'" in (await remote.post("gateway", 400, do="dance"))["error"]
        assert "error" in await remote.get("interaction", 400, interaction_id="1")
        for act in ({"do": "drop"}, {"do": "reconnect"}, {"do": "invalidate"}, {"do": "close", "code": 4000}):
            assert await remote.post("gateway", **act) == {}
        for act in ("refuse", "duplicate"):
            assert await remote.post("gateway", do=act, times=1) == {}
