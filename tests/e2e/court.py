"""Servers with moderators around a real bot whose power can be cut: one server for each thing that somebody does."""

import asyncio
import contextlib
import itertools
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.admin.rulebook import Rulebook
from bot.clock import SystemClock
from bot.moderation.cases import Act
from bot.safety_fields import StrikeRule
from bot.sandbox.discord.interactions import InteractionRecord, InteractionType
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.people import actor
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.shifted_clock import ShiftedClock
from bot.sandbox.discord.world import Channel, ChannelType, Guild, Member, Role, User
from bot.settings import MODERATION_CHANNEL, STRIKE_RULE
from bot.store import word_rules
from bot.store.sqlite import Sqlite, open_sqlite
from bot.word_lines import Entry, Verdict
from tests.e2e.asks import quick_outside
from tests.e2e.court_gates import CourtGates
from tests.e2e.gates import Stop
from tests.e2e.halting import ARMED, HELD
from tests.e2e.rig import Outside, end, start, tell_all

WAIT_S, ANSWERS_S = 40.0, 2.0
# Discord knows a nonce for some minutes, and a token for fifteen.
OUTAGE_MS = 6 * 60_000
QUIET_S = 0.2
# Room for everybody at once, so that nothing but the gates ever holds anything.
ROOM = {
    "CONNECTIONS": "1000",
    "UPLOADS_AT_ONCE": "100",
    "JOBS_IN_FLIGHT": "10000",
    "JOBS_PER_MEMBER": "100",
    "JOBS_PER_SERVER": "100",
    "CEILING_PER_DAY_CREDITS": "100000",
    "MONTHLY_LIMIT_CREDITS": "1000",
    "LOG_LEVEL": "WARNING",
}
# What is not yet as it is to become, by server; the bot is at rest where there is nothing.
_UNDER_WAY = """
    SELECT guild_id FROM requests WHERE shown = 'open'
    UNION SELECT guild_id FROM cases WHERE shown_revision < revision
    UNION SELECT guild_id FROM notices WHERE ended_ms IS NULL"""
BLOCKED_WORD = "slur"


@dataclass(frozen=True, slots=True)
class Server:
    """A server, where one member has a mind of their own; jules reports there, and mona moderates."""

    guild: Guild
    general: Channel
    other: Channel
    log: Channel
    member_id: int


class Court:
    """All servers, what people do there, and the bot's power.

    `late_s` is how long the bot goes on behind the answers that it gets at the last moment.
    """

    def __init__(self, there: Outside, *, clock: ShiftedClock, late_s: float) -> None:
        self.there = there
        self.clock = clock
        self.late_s = late_s
        self.local = there.discord
        self.gates = CourtGates(there)
        self.mona, self.jules = (self.local.world.user_named(name).id for name in ("mona", "jules"))
        self._numbers = itertools.count(1)
        self._looking: sqlite3.Connection | None = None

    # ------------------------------------------------------------ servers

    def found(self, name: str) -> Server:
        """Open a server; the bot does not run yet."""
        core, world = self.local.core, self.local.world
        name = f"{name} #{next(self._numbers)}"
        member = User(id=core.snowflakes.next(), username=name, global_name=name)
        world.users[member.id] = member
        guild = self.local.found_server(name, owner_id=world.user_named("olga").id)
        self.local.join(guild.id)
        bits = int(Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
        moderator = Role(id=core.snowflakes.next(), name="Moderator", permissions=bits, position=2)
        guild.roles[moderator.id] = moderator
        for user_id, roles in ((member.id, []), (self.jules, []), (self.mona, [moderator.id])):
            guild.members[user_id] = Member(user_id=user_id, joined_ms=guild.joined_ms, role_ids=roles)
        for channel in ("other", "mod-log"):
            made = Channel(id=core.snowflakes.next(), type=ChannelType.GUILD_TEXT, name=channel, guild_id=guild.id)
            guild.channels[made.id] = made
        channels = (guild.channel_named(each) for each in ("general", "other", "mod-log"))
        return Server(guild, *channels, member_id=member.id)

    async def set_up(self, servers: Sequence[Server]) -> None:
        """Give each its log, a word that is blocked, and a rule for strikes; the bot does not run yet."""
        await tell_all(self.there)
        async with self.database() as db:
            book = Rulebook(db=db, defaults={}, clock=SystemClock())
            rule = StrikeRule(blocks=2, within_hours=24, pause=Act.PAUSE_DAY)
            for server in servers:
                settings = [(MODERATION_CHANNEL, server.log.id), (STRIKE_RULE, STRIKE_RULE.field.stored(rule))]
                await book.replace(server.guild.id, settings, user_id=1)
                async with db.transaction() as tx:
                    await word_rules.bump(tx, server.guild.id)
                    await word_rules.put(tx, server.guild.id, [Entry(BLOCKED_WORD, Verdict.BLOCK)])

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[Sqlite]:
        """The bot's own, also while it runs."""
        db = await open_sqlite(self.there.database)
        try:
            yield db
        finally:
            await db.close()

    def under_way(self) -> set[int]:
        """The servers in which the bot still has something to do."""
        return {guild_id for (guild_id,) in self._look(_UNDER_WAY)}

    def _look(self, sql: str) -> list[tuple[int]]:
        if self._looking is None:
            self._looking = sqlite3.connect(f"file:{self.there.database}?mode=ro", uri=True, isolation_level=None)
        return self._looking.execute(sql).fetchall()

    def close(self) -> None:
        if self._looking is not None:
            self._looking.close()

    # ------------------------------------------------------------ what people do

    async def imagine(self, server: Server, prompt: str, channel: Channel) -> InteractionRecord:
        """The member asks for an image."""
        return await self.local.invoke(
            guild_id=server.guild.id,
            channel_id=channel.id,
            user_id=server.member_id,
            command="imagen",
            options={"prompt": prompt},
        )

    async def menu(self, message: Message, command: str, user_id: int) -> InteractionRecord:
        """Use an entry of a message's menu; returns once it was answered, or a form was opened."""
        used = await self.local.invoke_on_message(message, user_id=user_id, command=command)
        return await used.until(lambda record: record.body is not None or record.modal is not None)

    def press(self, message: Message, custom_id: str, user_id: int) -> InteractionRecord:
        """Press a button that was there when this person last looked."""
        who = actor(self.local.core, guild_id=message.guild_id, channel_id=message.channel_id, user_id=user_id)
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return self.local._send(who, InteractionType.MESSAGE_COMPONENT, data, source=message)

    async def send(self, opened: InteractionRecord) -> InteractionRecord:
        """Send a form; it stays on the screen where that fails."""
        return await self.local.submit_modal(opened, {"reason": "because it is mine"})

    # ------------------------------------------------------------ power

    @contextlib.asynccontextmanager
    async def bot(self, *, halt: tuple[str, int] = ("before", 1)) -> AsyncIterator[asyncio.subprocess.Process]:
        """The bot, connected; gone at the end. Once it is armed it stands still `before` or `after` a COMMIT, the nth."""
        there = self.there
        for told in (ARMED, HELD):
            (there.folder / told).unlink(missing_ok=True)
        await there.nobody_connected()
        process = await start(
            halt[0],
            str(halt[1]),
            module="tests.e2e.halting",
            cwd=there.folder,
            environment=there.environment(**ROOM),
            log=there.log,
        )
        try:
            await self.until(
                lambda: bool(self.local.gateway.connections) or process.returncode is not None,
                what=lambda: "the bot does not connect",
            )
            assert process.returncode is None, there.log.read_text()[-3000:]
            yield process
        finally:
            await end(process)

    async def until(self, true: Callable[[], bool], *, what: Callable[[], object]) -> None:
        """Wait for something that the bot does in its own time."""
        try:
            async with asyncio.timeout(WAIT_S):
                while not true():  # noqa: ASYNC110 - what is waited for lies with other processes
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{what()}\n{self.there.log.read_text()[-3000:]}") from None

    async def rest(self, servers: Iterable[Server]) -> None:
        """Wait until the bot has nothing more to do in these servers."""
        names = {server.guild.id: server.guild.name for server in servers}
        await self.until(
            lambda: not (names.keys() & self.under_way()),
            what=lambda: [names[each] for each in names.keys() & self.under_way()],
        )

    async def hold(self, stops: Mapping[str, Stop], do: Callable[[], Awaitable[object]]) -> None:
        """Have all this done, and wait until it stands at the stop of its server."""
        for name, stop in stops.items():
            self.gates.set(name, stop)
        await do()
        await self.until(lambda: stops.keys() <= self.gates.held, what=lambda: stops.keys() - self.gates.held)

    async def cut(self, process: asyncio.subprocess.Process, *, unread: Callable[[], Awaitable[object]]) -> None:
        """Cut the power while some stand at their stops; what is `unread` comes when nobody listens any more."""
        process.send_signal(signal.SIGSTOP)
        await unread()
        await self._kill(process)

    async def cut_at_commit(self, process: asyncio.subprocess.Process, do: Callable[[], Awaitable[object]]) -> None:
        """Have all this done at once, and cut the power when the bot stands still at its COMMIT."""
        await self._quiet()
        process.send_signal(signal.SIGUSR1)
        await self.until((self.there.folder / ARMED).exists, what=lambda: "it was not armed")
        await do()
        await self.until((self.there.folder / HELD).exists, what=lambda: "it came to no COMMIT")
        process.send_signal(signal.SIGSTOP)
        await self._kill(process)

    async def _quiet(self) -> None:
        """Wait until nothing has been written for a moment, so that the next COMMIT is of what comes now."""
        version = None
        while version != (version := self._look("PRAGMA data_version")):  # noqa: ASYNC110 - files tell nobody
            await asyncio.sleep(QUIET_S)

    def stay_dark(self) -> None:
        """Let so much time pass that Discord takes a message with an old nonce for a new one."""
        self.clock.advance(OUTAGE_MS)

    async def _kill(self, process: asyncio.subprocess.Process) -> None:
        """Cut the power of a bot that was stopped, behind the answers that it was to get."""
        self.gates.answer()
        # On a slow machine the bot may have hung up on an answer by now; the others are not to wait for that one.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWERS_S):
                while self.gates.unanswered > 0:  # noqa: ASYNC110 - the gates tell nobody
                    await asyncio.sleep(0.01)
        if self.late_s:
            process.send_signal(signal.SIGCONT)
            await asyncio.sleep(self.late_s)
        process.kill()
        await process.wait()
        self.gates.open()
        self.gates = CourtGates(self.there)


@contextlib.asynccontextmanager
async def in_court(folder: Path, *, late_s: float = 0.0) -> AsyncIterator[Court]:
    clock = ShiftedClock()
    async with quick_outside(folder, clock=clock) as there:
        court = Court(there, clock=clock, late_s=late_s)
        try:
            yield court
        finally:
            court.close()
