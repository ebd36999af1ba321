"""Asking Discord who may use which command in a server, and remembering it until it changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import aiohttp
import discord
import structlog
from discord import AppCommandType as Kind
from discord import app_commands
from discord.ext import commands

from bot.clock import Clock
from bot.rights import Caller, Command, Override, Overrides, Rank, Target, depends_on_overrides, may_use
from cogs.places import server_id

# What a server set is some hundred bytes mostly, 10 kB for a command with all of its 100 overrides, so that these stay
# within some megabytes. A server that is forgotten costs one request when somebody there next uses a rank's command.
SERVERS_MAX = 1_000
# An interaction must be answered within three seconds; what comes later is there for the next one.
PATIENCE_S = 1.0
# For how long to do without after a failure, so that what cannot be read is not asked for at every press.
RETRY_AFTER_MS = 30_000

_KINDS = frozenset(Target)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Key:
    """What a command is known by among those of the bot."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class _Reading(Generic[V]):
    """What was read, or None where it could not be; the instant is in milliseconds since 1970."""

    value: V | None
    at_ms: int


class _Memory(Generic[K, V]):
    """What was read once, at most so many of the last used; those who ask at the same time share one reading."""

    def __init__(self, read: Callable[[K], Awaitable[V]], *, most: int, patience_s: float, clock: Clock) -> None:
        self._read = read
        self._most = most
        self._patience_s = patience_s
        self._clock = clock
        self._tasks: OrderedDict[K, asyncio.Task[_Reading[V]]] = OrderedDict()
        # Also those that were forgotten on the way, which nobody else holds.
        self._running: set[asyncio.Task[_Reading[V]]] = set()

    async def get(self, key: K) -> V | None:
        """Return it, or None where Discord does not tell it, or not in time."""
        task = self._tasks.get(key)
        if task is None or self._is_to_be_tried_again(task):
            task = asyncio.create_task(self._try(key))
            self._tasks[key] = task
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        self._tasks.move_to_end(key)
        while len(self._tasks) > self._most:
            self._tasks.popitem(last=False)
        try:
            async with asyncio.timeout(self._patience_s):
                return (await asyncio.shield(task)).value
        except TimeoutError:
            log.warning("Discord takes long to tell who may use which command", of=key)
            return None

    def forget(self, key: K) -> None:
        """Read it anew when it is next asked for; what is on its way counts as old already."""
        self._tasks.pop(key, None)

    def clear(self) -> None:
        self._tasks.clear()

    def close(self) -> None:
        for task in self._running:
            task.cancel()

    def _is_to_be_tried_again(self, task: asyncio.Task[_Reading[V]]) -> bool:
        if not task.done():
            return False
        reading = task.result()
        return reading.value is None and self._clock.now_ms() - reading.at_ms >= RETRY_AFTER_MS

    async def _try(self, key: K) -> _Reading[V]:
        try:
            value = await self._read(key)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("Discord does not tell who may use which command", of=key, reason=repr(error))
            return _Reading(None, self._clock.now_ms())
        return _Reading(value, self._clock.now_ms())


class Rights(commands.Cog):
    """Whether somebody may use a command, and with it the buttons, menus and forms that belong to it.

    Reading what a server set takes the bot's token and no permission; changing it is for people only.
    """

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        operator_ids: frozenset[int],
        clock: Clock,
        servers_max: int = SERVERS_MAX,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._tree = tree
        self._operator_ids = operator_ids
        self._overrides = _Memory(self._read_overrides, most=servers_max, patience_s=patience_s, clock=clock)
        self._ids = _Memory(self._read_ids, most=1, patience_s=patience_s, clock=clock)

    async def cog_unload(self) -> None:
        self._overrides.close()
        self._ids.close()

    async def allows(
        self, interaction: discord.Interaction, *, command: str, rank: Rank, kind: Kind = Kind.chat_input
    ) -> bool:
        """Tell whether whoever used the command, or something that belongs to it, may do so.

        A command and an entry of a message's menu may be called the same: `kind` tells which of them it is.

        Where Discord does not tell what the server set, the rank's permissions decide alone.
        """
        caller = read_caller(interaction)
        overrides: Overrides = {}
        command_id: int | None = None
        if depends_on_overrides(rank, caller):
            # Both at once, because an answer has to be quick.
            found, command_id = await asyncio.gather(
                self._overrides.get(interaction.guild_id or 0), self._id_of(interaction, _Key(kind, command))
            )
            overrides = found or {}
        used = Command(rank=rank, application_id=interaction.application_id, id=command_id)
        return may_use(used, caller, overrides=overrides, operator_ids=self._operator_ids)

    @commands.Cog.listener()
    async def on_raw_app_command_permissions_update(self, event: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        self._overrides.forget(event.guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._overrides.forget(guild.id)

    @commands.Cog.listener()
    async def on_shard_ready(self, _shard_id: int) -> None:
        """Forget everything: of what changed before a new session, nobody tells."""
        self._overrides.clear()

    async def _id_of(self, interaction: discord.Interaction, key: _Key) -> int | None:
        data: Mapping[str, Any] = interaction.data or {}
        used = interaction.type is discord.InteractionType.application_command
        if used and (data.get("type"), data.get("name")) == (key.kind.value, key.name):
            return int(data["id"])
        return (await self._ids.get("global") or {}).get(key)

    async def _read_ids(self, _scope: str) -> Mapping[_Key, int]:
        return {_Key(each.type, each.name): each.id for each in await self._tree.fetch_commands()}

    async def _read_overrides(self, guild_id: int) -> Overrides:
        client = self._tree.client
        found = await client.http.get_guild_application_command_permissions(client.application_id, guild_id)
        return {int(each["id"]): tuple(_read_list(each["permissions"])) for each in found}


def _read_list(shown: Iterable[Mapping[str, Any]]) -> Iterator[Override]:
    """The overrides of one command; of a kind that Discord may yet invent, none."""
    for each in shown:
        if each["type"] in _KINDS:
            yield Override(target_id=int(each["id"]), target=Target(each["type"]), allowed=each["permission"])


def read_caller(interaction: discord.Interaction) -> Caller:
    """Return who used something and where, as the interaction itself tells it; no cache is asked.

    In a server without the bot nobody has a rank: there it is the person's own place.
    """
    channel, user = interaction.channel, interaction.user
    place_id = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
    return Caller(
        user_id=user.id,
        guild_id=server_id(interaction),
        channel_id=place_id or 0,
        # `Member.roles` would leave out those that the cache does not know.
        role_ids=frozenset(user._roles) if isinstance(user, discord.Member) else frozenset(),  # noqa: SLF001
        permissions=interaction.permissions.value,
    )
