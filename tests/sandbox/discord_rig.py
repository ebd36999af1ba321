"""A local Discord that is called by hand: no client library, a clock that stands still."""

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp

from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.rate_limits import RateLimits

COMMANDS = [
    {
        "name": "imagen",
        "description": "Make an image",
        "contexts": [0],
        "options": [
            {"type": 3, "name": "prompt", "description": "What to draw", "required": True, "max_length": 2000},
            {"type": 4, "name": "count", "description": "How many", "min_value": 1, "max_value": 4},
        ],
    },
    {"name": "admin", "description": "Settings", "default_member_permissions": "32"},
    {"name": "owner", "description": "Secrets", "default_member_permissions": "0"},
    {"name": "spicy", "description": "Adults only", "nsfw": True},
]


class StillClock:
    """Stands still until it is moved; sleeping moves it."""

    def __init__(self) -> None:
        self.ms = 1_760_000_000_000

    def now_ms(self) -> int:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)
        await asyncio.sleep(0)

    def advance(self, milliseconds: int) -> None:
        self.ms += milliseconds


class Rig:
    """The stand-in, a session to call it, and mia in Aquarium's #general."""

    def __init__(self, local: LocalDiscord, clock: StillClock, session: aiohttp.ClientSession) -> None:
        self.local, self.clock, self.session = local, clock, session
        self.world = local.world
        self.guild = local.world.guild_named("Aquarium")
        self.general = self.guild.channel_named("general")
        self.mia = local.world.user_named("mia").id
        self.headers: Mapping[str, str] = {}

    async def call(
        self, method: str, path: str, payload: Any = None, *, files: Mapping[str, bytes] | None = None, token: str = ""
    ) -> tuple[int, Any]:
        """Return status and JSON of a call; files go by name, as files[0] and on."""
        headers = {"Authorization": f"Bot {token or self.local.token}"}
        if files is None:
            body: Any = None if payload is None else json.dumps(payload)
            headers |= {} if body is None else {"Content-Type": "application/json"}
        else:
            body = aiohttp.FormData(quote_fields=False)
            body.add_field("payload_json", json.dumps(payload or {}), content_type="application/json")
            for number, (name, data) in enumerate(files.items()):
                body.add_field(
                    f"files[{number}]", io.BytesIO(data), filename=name, content_type="application/octet-stream"
                )
        async with self.session.request(method, self.local.api_url + path, data=body, headers=headers) as answer:
            self.headers = answer.headers
            raw = await answer.read()
            return answer.status, json.loads(raw) if raw else None

    def use(self, command: str = "imagen", *, user: str = "mia", channel: str = "general", **options):
        place = self.guild.channel_named(channel)
        who = self.world.user_named(user).id
        chosen = options or ({"prompt": "a cabin"} if command == "imagen" else {})
        return self.local.invoke(
            guild_id=self.guild.id, channel_id=place.id, user_id=who, command=command, options=chosen
        )

    async def answer(self, record: InteractionRecord, payload: Any, *, with_response: bool = True):
        query = "?with_response=true" if with_response else ""
        return await self.call("POST", f"/interactions/{record.id}/{record.token}/callback{query}", payload)

    async def deferred(self, *, flags: int = 0, **options) -> InteractionRecord:
        record = await self.use(**options)
        status, _ = await self.answer(record, {"type": 5, "data": {"flags": flags}})
        assert status == 200
        return record

    async def edit(self, record: InteractionRecord, payload: Any, *, files: Mapping[str, bytes] | None = None):
        return await self.call("PATCH", self.webhook(record) + "/messages/@original", payload, files=files)

    def webhook(self, record: InteractionRecord) -> str:
        return f"/webhooks/{self.world.application.id}/{record.token}"

    async def post(self, payload: Any, *, channel_id: int | None = None, files: Mapping[str, bytes] | None = None):
        return await self.call("POST", f"/channels/{channel_id or self.general.id}/messages", payload, files=files)


@contextlib.asynccontextmanager
async def rigged(*, limits: RateLimits | None = None) -> AsyncIterator[Rig]:
    clock = StillClock()
    local = LocalDiscord(clock, limits=limits or RateLimits(None, None, None))
    await local.start()
    async with aiohttp.ClientSession() as session:
        rig = Rig(local, clock, session)
        status, _ = await rig.call("PUT", f"/applications/{local.world.application.id}/commands", COMMANDS)
        assert status == 200
        try:
            yield rig
        finally:
            await local.stop()


def codes(body: Any) -> set[str]:
    """Return every code in the error tree of a 50035."""
    found: set[str] = set()

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            found.update(each["code"] for each in node.get("_errors", ()))
            for each in node.values():
                visit(each)

    visit(body.get("errors"))
    return found
