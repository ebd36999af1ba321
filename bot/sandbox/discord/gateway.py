"""The gateway's sessions: who identified, what each has missed, and what it is sent."""

import asyncio
import json
import secrets
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

from aiohttp import web

from bot.sandbox.discord import payloads
from bot.sandbox.discord.snowflakes import shard_of
from bot.sandbox.discord.world import World

_REPLAY_MAX = 4_000
_SYNC_FLUSH = zlib.Z_SYNC_FLUSH


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Intent(IntFlag):
    """An event without an intent, such as INTERACTION_CREATE, always comes."""

    NONE = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15
    AUTO_MODERATION_CONFIGURATION = 1 << 20


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT


class Connection:
    """One websocket; whatever is sent leaves in order, compressed where the client asked for it."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, *, compress: bool) -> None:
        self.socket = socket
        self._request = request
        self._deflate = zlib.compressobj(level=1) if compress else None
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    def send(self, op: Op, data: Any = None, *, seq: int | None = None, event: str | None = None) -> None:
        self.send_text(encode(op, data, seq=seq, event=event))

    def send_text(self, text: str) -> None:
        self._queue.put_nowait(text)

    async def write(self) -> None:
        """Send what is queued until the connection ends."""
        while (text := await self._queue.get()) is not None and not self.socket.closed:
            if self._deflate is None:
                await self.socket.send_str(text)
            else:
                await self.socket.send_bytes(self._deflate.compress(text.encode()) + self._deflate.flush(_SYNC_FLUSH))

    async def close(self, code: int) -> None:
        """Close as Discord would; what was queued before is not sent any more."""
        await self.socket.close(code=code)

    def abort(self) -> None:
        """End the TCP connection without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()


def encode(op: Op, data: Any, *, seq: int | None = None, event: str | None = None) -> str:
    return json.dumps({"op": int(op), "d": data, "s": seq, "t": event}, separators=(",", ":"))


@dataclass(slots=True, eq=False)
class Session:
    """One identified client of one shard; it outlives its connections."""

    shard_id: int
    shard_count: int
    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    seq: int = 0
    connection: Connection | None = None
    # (sequence number, encoded event), so that a resume can replay what was missed.
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_REPLAY_MAX))

    def dispatch(self, event: str, data: Any) -> None:
        self.seq += 1
        text = encode(Op.DISPATCH, data, seq=self.seq, event=event)
        self.sent.append((self.seq, text))
        if self.connection is not None:
            self.connection.send_text(text)

    def can_resume_from(self, seq: int) -> bool:
        oldest = self.sent[0][0] if self.sent else self.seq + 1
        return oldest <= seq + 1 <= self.seq + 1


class Gateway:
    """All sessions, and what can be made to go wrong with them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sessions: list[Session] = []
        self.identifies: list[Mapping[str, Any]] = []
        self.resumes: list[Mapping[str, Any]] = []
        self.shards_recommended = 1
        self.refuse_next = 0
        self.privileged_granted = Intent.NONE
        self.url = ""
        self._came: list[asyncio.Future[None]] = []

    def identify(self, connection: Connection, data: Mapping[str, Any]) -> Session:
        """Start a session; an older one of the same shard that lost its connection is forgotten."""
        shard_id, shard_count = data.get("shard") or (0, 1)
        session = Session(shard_id, shard_count, data["intents"], connection=connection)
        self.identifies.append(data)
        self.sessions = [each for each in self.sessions if each.connection or each.shard_id != shard_id]
        self.sessions.append(session)
        guilds = [each for each in self._world.guilds.values() if self._world.application.bot_id in each.members]
        mine = [guild for guild in guilds if shard_of(guild.id, shard_count) == shard_id]
        session.dispatch("READY", self._ready(session, [guild.id for guild in mine]))
        if session.intents & Intent.GUILDS:
            for guild in mine:
                session.dispatch("GUILD_CREATE", payloads.guild_create(guild, self._world))
        self._tell()
        return session

    def _ready(self, session: Session, guild_ids: list[int]) -> dict[str, Any]:
        application = self._world.application
        return {
            "v": 10,
            "user": payloads.own_user(self._world.bot),
            "guilds": [{"id": str(each), "unavailable": True} for each in guild_ids],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [session.shard_id, session.shard_count],
            "application": {"id": str(application.id), "flags": 0, "flags_new": "0"},
        }

    def resume(self, connection: Connection, data: Mapping[str, Any]) -> Session | None:
        """Take a session up again and replay what it missed; None where it is not known any more."""
        self.resumes.append(data)
        session = next((each for each in self.sessions if each.id == data.get("session_id")), None)
        if session is None or not session.can_resume_from(data.get("seq") or 0):
            return None
        session.connection = connection
        for seq, text in session.sent:
            if seq > data["seq"]:
                connection.send_text(text)
        session.dispatch("RESUMED", {})
        self._tell()
        return session

    def dispatch(self, event: str, data: Any, *, guild_id: int | None, intent: Intent = Intent.NONE) -> None:
        """Send an event to every session that it concerns; of a guild that the bot is not in, it hears nothing."""
        guild = self._world.guilds.get(guild_id or 0)
        if guild is not None and self._world.application.bot_id not in guild.members:
            return
        for session in self._concerned(guild_id):
            if not intent or session.intents & intent:
                session.dispatch(event, data)

    def dispatch_interaction(self, data: Any, *, guild_id: int | None) -> bool:
        """Send an interaction to one session, the newest; tell whether anybody was there to hear of it."""
        sessions = self._concerned(guild_id)
        best = next((each for each in reversed(sessions) if each.connection), sessions[-1] if sessions else None)
        if best is not None:
            best.dispatch("INTERACTION_CREATE", data)
        return best is not None

    def _concerned(self, guild_id: int | None) -> list[Session]:
        return [each for each in self.sessions if shard_of(guild_id, each.shard_count) == each.shard_id]

    @property
    def connections(self) -> list[Connection]:
        return [each.connection for each in self.sessions if each.connection is not None]

    async def connected(self, *, sessions: int = 1) -> None:
        """Wait until so many sessions have a connection."""
        while len(self.connections) < sessions:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._came.append(future)
            await future

    def _tell(self) -> None:
        came, self._came = self._came, []
        for future in came:
            if not future.done():
                future.set_result(None)

    # ------------------------------------------------------------ what goes wrong on demand

    def drop(self) -> None:
        """Cut every connection without a close frame; sessions can be resumed."""
        for connection in self.connections:
            connection.abort()

    async def close(self, code: int) -> None:
        """Close every connection with a code, such as 4000 or 4014."""
        for connection in self.connections:
            await connection.close(code)

    def ask_to_reconnect(self) -> None:
        """Send op 7."""
        for connection in self.connections:
            connection.send(Op.RECONNECT)

    def invalidate(self, *, resumable: bool) -> None:
        """Send op 9; unless resumable, the sessions are forgotten."""
        for connection in self.connections:
            connection.send(Op.INVALID_SESSION, resumable)
        if not resumable:
            self.sessions = []

    def refuse(self, times: int) -> None:
        """Answer the next handshakes with 503 instead of opening a websocket."""
        self.refuse_next = times
