"""The control API: drives the local Discord from another process, over HTTP on the same port."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.control_servers import ServerControl
from bot.sandbox.discord.control_views import call_view, message_view, record_view
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.server import LocalDiscord
from bot.sandbox.discord.shifted_clock import ShiftedClock

Json = dict[str, Any]
_Act = Callable[[Json], Awaitable[Any]]

_ID_FIELDS = ("guild_id", "channel_id", "user_id", "message_id", "interaction_id", "target_id", "role_id")


class ControlApi:
    """Routes under /control: POST bodies and answers are JSON, ids are strings.

    What Discord's client would not send is answered with 422 and `rejected`, what makes no sense with 400 and `error`.
    """

    def __init__(self, local: LocalDiscord, clock: ShiftedClock) -> None:
        self._local = local
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        acts: dict[str, _Act] = {
            "invoke": self._invoke,
            "invoke_on_message": self._invoke_on_message,
            "invoke_on_user": self._invoke_on_user,
            "autocomplete": self._autocomplete,
            "press": self._press,
            "select": self._select,
            "modal": self._modal,
            "delete": self._delete,
            "faults": self._fault,
            "faults/clear": self._clear_faults,
            "gateway": self._gateway,
            "advance": self._advance,
            "block": self._block,
            **ServerControl(self._local).acts,
        }
        looks: dict[str, _Act] = {
            "state": self._state,
            "world": self._world,
            "messages": self._messages,
            "calls": self._calls,
            "interaction": self._interaction,
        }
        return [
            *(web.post(f"/control/{name}", _posted(act)) for name, act in acts.items()),
            *(web.get(f"/control/{name}", _asked(look)) for name, look in looks.items()),
        ]

    # ------------------------------------------------------------ acting

    async def _invoke(self, asked: Json) -> Json:
        return record_view(self._local, await self._local.invoke(**asked))

    async def _invoke_on_message(self, asked: Json) -> Json:
        message = self._find_message(asked.pop("message_id"))
        return record_view(self._local, await self._local.invoke_on_message(message, **asked))

    async def _invoke_on_user(self, asked: Json) -> Json:
        return record_view(self._local, await self._local.invoke_on_user(**asked))

    async def _autocomplete(self, asked: Json) -> Json:
        return record_view(self._local, await self._local.autocomplete(**asked))

    async def _press(self, asked: Json) -> Json:
        message = self._find_message(asked.pop("message_id"))
        return record_view(self._local, await self._local.press(message, **asked))

    async def _select(self, asked: Json) -> Json:
        message = self._find_message(asked.pop("message_id"))
        return record_view(self._local, await self._local.select(message, **asked))

    async def _modal(self, asked: Json) -> Json:
        record = self._find_record(asked["interaction_id"])
        return record_view(self._local, await self._local.submit_modal(record, asked.get("values") or {}))

    async def _delete(self, asked: Json) -> Json:
        self._local.delete(self._find_message(asked["message_id"]))
        return {}

    async def _fault(self, asked: Json) -> Json:
        self._local.faults.add(Fault.from_json(asked))
        return {}

    async def _clear_faults(self, _asked: Json) -> Json:
        self._local.faults.clear()
        return {}

    async def _gateway(self, asked: Json) -> Json:
        """`do` is drop, reconnect, invalidate (`resumable`), close (`code`), refuse or duplicate (`times`)."""
        gateway = self._local.gateway
        match asked.get("do"):
            case "drop":
                gateway.drop()
            case "reconnect":
                gateway.ask_to_reconnect()
            case "invalidate":
                gateway.invalidate(resumable=bool(asked.get("resumable")))
            case "close":
                await gateway.close(int(asked["code"]))
            case "refuse":
                gateway.refuse(int(asked["times"]))
            case "duplicate":
                self._local.duplicate_next = int(asked["times"])
            case other:
                raise ValueError(f"the gateway cannot {other!r}")
        return {}

    async def _advance(self, asked: Json) -> Json:
        self._clock.advance(int(asked["ms"]))
        return {"now_ms": self._clock.now_ms()}

    async def _block(self, asked: Json) -> Json:
        """Set the words that AutoMod blocks in a guild."""
        self._local.world.guilds[asked["guild_id"]].blocked_words = list(asked["words"])
        return {}

    # ------------------------------------------------------------ looking

    async def _state(self, _asked: Json) -> Json:
        return {
            "now_ms": self._clock.now_ms(),
            "sessions": len(self._local.gateway.sessions),
            "connections": len(self._local.gateway.connections),
            "interactions": len(self._local.interactions),
            "calls": len(self._local.calls),
            "invalid_requests": self._local.invalid_requests,
        }

    async def _world(self, _asked: Json) -> Json:
        world = self._local.world
        return {
            "token": self._local.token,
            "application_id": str(world.application.id),
            "users": {each.username: str(each.id) for each in world.users.values()},
            "guilds": {
                guild.name: {
                    "id": str(guild.id),
                    "channels": {str(each.name): str(each.id) for each in guild.channels.values()},
                    "roles": {each.name: str(each.id) for each in guild.roles.values()},
                }
                for guild in world.guilds.values()
            },
        }

    async def _messages(self, asked: Json) -> list[Json]:
        as_user = asked.get("user_id")
        return [message_view(self._local, each) for each in self._local.messages(asked["channel_id"], as_user=as_user)]

    async def _calls(self, asked: Json) -> list[Json]:
        return [call_view(each) for each in self._local.calls[int(asked.get("since", 0)) :]]

    async def _interaction(self, asked: Json) -> Json:
        """`wait` is acknowledged or answered; after `timeout_s` the interaction is shown as it stands."""
        record = self._find_record(asked["interaction_id"])
        waits = {"acknowledged": record.acknowledged, "answered": record.answered}
        if wait := asked.get("wait"):
            try:
                await asyncio.wait_for(waits[wait](), float(asked.get("timeout_s", 10)))
            except TimeoutError:
                return record_view(self._local, record)
        return record_view(self._local, record)

    def _find_message(self, message_id: int) -> Message:
        message = self._local.core.messages.get(message_id)
        if message is None:
            raise ValueError(f"no message {message_id}")
        return message

    def _find_record(self, interaction_id: int) -> InteractionRecord:
        record = self._local.core.interactions.get(interaction_id)
        if record is None:
            raise ValueError(f"no interaction {interaction_id}")
        return record


def _posted(act: _Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return await _run(act, await request.read() or b"{}")

    return handle


def _asked(look: _Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return await _run(look, json.dumps(dict(request.query)).encode())

    return handle


async def _run(act: _Act, raw: bytes) -> web.Response:
    try:
        asked = json.loads(raw)
        ids = {name: int(asked[name]) for name in _ID_FIELDS if asked.get(name) is not None}
        return web.json_response(await act({**asked, **ids}))
    except CommandRejected as refused:
        return web.json_response({"rejected": str(refused)}, status=422)
    except (KeyError, TypeError, ValueError) as wrong:
        return web.json_response({"error": f"{type(wrong).__name__}: {wrong}"}, status=400)
