"""/operator on a local Discord, with the real store behind it: who may, what it changes, what it answers."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.admin.operator import SERVERS_PER_PAGE, Operations
from bot.jobs import State
from bot.limits import Usage, top_up_owner
from bot.periods import Per
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.world import Member, Role
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.settings import (
    BALANCE_WARNING,
    BUDGET,
    CEILING_PER_DAY,
    CEILING_PER_MONTH,
    DEFAULT_BUDGET,
    INSTALLATION,
    STOPPED,
)
from bot.store import bars, guilds, ledger
from bot.store.audit import audit
from bot.store.sqlite import Sqlite
from cogs.operator.command import Operator
from tests.admin.support import HandClock, booked, rulebook
from tests.cogs.stage import TEXTS, Stage, staged, until
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector

pytestmark = pytest.mark.asyncio

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


class FakeAsker:
    """Knows the balance at Segmind, or None."""

    def __init__(self, balance: int | None = 12_500_000) -> None:
        self.balance = balance

    async def microcredits(self) -> int | None:
        return self.balance


@dataclass
class Room:
    """The operator's own server, and everything behind /operator."""

    stage: Stage
    db: Sqlite
    clock: HandClock
    asker: FakeAsker
    guild_id: int

    @property
    def operator_id(self) -> int:
        return self.stage.discord.world.user_named("oona").id

    @property
    def aquarium(self) -> int:
        return self.stage.discord.world.guild_named("Aquarium").id

    async def use(self, command: str, *, user: str = "oona", forged: bool = False, **options):
        """Use a command below /operator, and wait for its answer."""
        guild = self.stage.discord.world.guilds[self.guild_id]
        used = await self.stage.discord.invoke(
            guild_id=guild.id,
            channel_id=guild.channel_named("general").id,
            user_id=self.stage.discord.world.user_named(user).id,
            command="operator",
            options={command: options},
            forged=forged,
        )
        await used.answered()
        return used

    async def says(self, command: str, **options) -> str:
        used = await self.use(command, **options)
        assert used.ephemeral
        return used.body.text

    async def rules(self, guild_id: int):
        return await rulebook(self.db, self.clock).rules(guild_id)

    async def top_ups(self) -> Usage:
        return await ledger.usage(self.db, owner=top_up_owner(self.aquarium), period="ever")

    async def changes(self, guild_id: int):
        return await rulebook(self.db, self.clock).history(guild_id, limit=10)


def operator_cog(stage: Stage, db: Sqlite, clock: HandClock, asker: FakeAsker, **own) -> Operator:
    operations = Operations(db=db, rulebook=rulebook(db, clock), asker=asker, clock=clock)
    return Operator(tree=stage.client.tree, operations=operations, memory=stage.memory, texts=TEXTS, clock=clock, **own)


@asynccontextmanager
async def room(tmp_path: Path, *, servers: int = 0, operator_ids: frozenset[int] | None = None):
    """A connected bot whose commands stand in the operator's server, where adam is, too."""
    db = await open_fresh(tmp_path / "imagen.sqlite3", connect=InlineConnector())
    clock, asker = HandClock(), FakeAsker()
    async with staged() as stage:
        world = stage.discord.world
        oona, adam = world.user_named("oona").id, world.user_named("adam")
        own = stage.discord.found_server("Control room", owner_id=oona)
        stage.discord.join(own.id)
        own.roles[1] = Role(id=1, name="Administrator", permissions=int(Permission.ADMINISTRATOR))
        own.members[adam.id] = Member(user_id=adam.id, joined_ms=0, role_ids=[1])
        ids = frozenset({oona}) if operator_ids is None else operator_ids
        await stage.client.add_cog(operator_cog(stage, db, clock, asker, operator_ids=ids, guild_ids=(own.id,)))
        async with db.transaction() as tx:
            for guild in (each for each in world.guilds.values() if not servers):
                await guilds.seen(tx, guild_id=guild.id, name=guild.name, at_ms=0)
            for number in range(servers):
                await guilds.seen(tx, guild_id=1_000 + number, name=f"Server {number:02}", at_ms=0)
        await stage.connect()
        await until(lambda: f"command_guilds:{stage.client.application_id}" in stage.memory.kept)
        yield Room(stage, db, clock, asker, own.id)
    await db.close()


# ---------------------------------------------------------------- where it is, and who may


async def test_the_commands_stand_in_the_operators_server_only_and_for_nobody_by_default(tmp_path):
    async with room(tmp_path) as here:
        puts = [call for call in here.stage.discord.calls if call.route == GUILD_COMMANDS]
        assert [call.path.split("/")[-2] for call in puts] == [str(here.guild_id)]
        (command,) = puts[0].payload
        assert (command["name"], str(command["default_member_permissions"])) == ("operator", "0")
        with pytest.raises(CommandRejected, match="no command"):
            await here.stage.discord.invoke(
                guild_id=here.aquarium,
                channel_id=here.stage.discord.world.guild_named("Aquarium").channel_named("general").id,
                user_id=here.operator_id,
                command="operator",
                options={"bars": {}},
            )


async def test_the_commands_are_sent_again_only_when_they_changed_and_taken_from_a_server_that_is_ours_no_more(
    tmp_path,
):
    async with room(tmp_path) as here:
        discord, client, memory = here.stage.discord, here.stage.client, here.stage.memory

        def sent():
            return [len(call.payload) for call in discord.calls if call.route == GUILD_COMMANDS]

        assert sent() == [1]
        discord.gateway.drop()
        own = discord.world.guilds[here.guild_id]
        cog = client.get_cog("Operator")
        await cog.on_guild_available(own)
        assert sent() == [1]
        await client.remove_cog("Operator")
        later = operator_cog(here.stage, here.db, here.clock, here.asker, operator_ids=frozenset({1}), guild_ids=())
        await later.on_guild_available(discord.world.guild_named("Aquarium"))
        assert sent() == [1]
        await later.on_guild_available(own)
        assert sent() == [1, 0]
        assert json.loads(memory.kept[f"command_guilds:{client.application_id}"]) == []


async def test_a_server_that_does_not_take_the_commands_is_tried_again_and_stops_nothing(tmp_path, capsys):
    async with room(tmp_path) as here:
        await here.stage.client.remove_cog("Operator")
        ids = {"operator_ids": frozenset({here.operator_id}), "guild_ids": (here.aquarium,)}
        cog = operator_cog(here.stage, here.db, here.clock, here.asker, **ids)
        await here.stage.client.add_cog(cog)
        fault = Fault(route=GUILD_COMMANDS, method="PUT", failure=Failure.API_ERROR, code=50001)
        here.stage.discord.faults.add(fault)
        guild = here.stage.discord.world.guild_named("Aquarium")
        await cog.on_guild_available(guild)
        assert "could not be told its commands" in capsys.readouterr().out
        await cog.on_guild_available(guild)
        puts = [call for call in here.stage.discord.calls if call.route == GUILD_COMMANDS]
        assert len(puts) == 3


@pytest.mark.parametrize("user", ["adam", "mia"])
async def test_whoever_is_no_operator_is_refused_even_where_discord_lets_them_through(tmp_path, user):
    async with room(tmp_path) as here:
        world = here.stage.discord.world
        mia = world.user_named("mia").id
        world.guilds[here.guild_id].members[mia] = Member(user_id=mia, joined_ms=0)
        used = await here.use("stop", user=user, forged=True)
        assert used.ephemeral
        assert "for the person who runs this bot" in used.body.text
        assert not (await here.rules(INSTALLATION)).installation[STOPPED]
        assert await here.changes(INSTALLATION) == []


async def test_without_configured_ids_the_operator_is_the_owner_of_the_application(tmp_path):
    async with room(tmp_path, operator_ids=frozenset()) as here:
        assert "Nobody is barred" in await here.says("bars")
        used = await here.use("bars", user="adam", forged=True)
        assert "for the person who runs this bot" in used.body.text


# ---------------------------------------------------------------- budgets and credits


async def test_a_server_gets_a_budget_and_the_change_is_kept_with_who_and_when(tmp_path):
    async with room(tmp_path) as here:
        said = await here.says("budget", server="aquarium", kind="limited", amount="2,5", per="week")
        assert "Aquarium" in said
        assert "2.5 credits a week" in said
        budget = Budget(BudgetKind.LIMITED, Allowance(2_500_000, Per.WEEK))
        assert (await here.rules(here.aquarium)).budget == budget
        (change,) = await here.changes(here.aquarium)
        assert (change.subject, change.user_id, change.at_ms) == (BUDGET.name, here.operator_id, here.clock.ms)


@pytest.mark.parametrize("kind", ["unlimited", "blocked"])
async def test_a_server_may_have_no_limit_or_nothing_at_all_and_the_default_comes_back(tmp_path, kind):
    async with room(tmp_path) as here:
        assert kind in await here.says("budget", server=str(here.aquarium), kind=kind)
        assert (await here.rules(here.aquarium)).budget == Budget(BudgetKind(kind))
        await here.says("budget", server=str(here.aquarium), kind="default")
        assert not (await here.rules(here.aquarium)).guild.is_set(BUDGET)


async def test_the_default_budget_is_that_of_every_server_for_which_nothing_else_was_set(tmp_path):
    async with room(tmp_path) as here:
        assert "1 credits a day" in await here.says("default-budget", kind="limited", amount="1", per="day")
        budget = Budget(BudgetKind.LIMITED, Allowance(1_000_000, Per.DAY))
        assert (await here.rules(here.aquarium)).budget == budget
        assert (await here.changes(INSTALLATION))[0].subject == DEFAULT_BUDGET.name


async def test_what_was_wrong_is_told_with_the_names_that_the_operators_language_shows(tmp_path):
    async with room(tmp_path) as here:
        here.stage.discord.world.users[here.operator_id].locale = "de"
        said = await here.says("budget", server="Aquarium", kind="unlimited", amount="3")
        assert said == TEXTS("de", "operator.error.no_amount", kind="unbegrenzt")
        assert said.startswith("**betrag** gehört nur zu begrenzt")


async def test_a_top_up_is_there_for_good_and_what_is_left_of_it_can_be_taken_back(tmp_path):
    async with room(tmp_path) as here:
        said = await here.says("top-up", server="Aquarium", amount="5", reason="a gift")
        assert ": 5. On top of its budget it has 5 now" in said
        said = await here.says("top-up", server="Aquarium", amount="-1.5", reason="too much")
        assert ": 1.5. Of its top-ups it has 3.5 left" in said
        assert await here.top_ups() == Usage(3_500_000, 0, 0)
        later, first = await here.changes(here.aquarium)
        assert (first.subject, first.old, first.new, first.reason) == ("top_up", 0, 5_000_000, "a gift")
        assert (later.old, later.new, later.reason) == (5_000_000, 3_500_000, "too much")
        assert [row["kind"] for row in await here.db.fetch("SELECT kind FROM entries ORDER BY kind")] == [
            "correct",
            "grant",
        ]
        assert await audit(here.db) == []


async def test_no_more_is_taken_back_than_is_left(tmp_path):
    async with room(tmp_path) as here:
        await here.says("top-up", server="Aquarium", amount="2", reason="a gift")
        said = await here.says("top-up", server="Aquarium", amount="\u22122.1", reason="too much")
        assert "Only 2 credits" in said
        assert await here.top_ups() == Usage(2_000_000, 0, 0)
        assert len(await here.changes(here.aquarium)) == 1


TWICE = [
    ("top-up", {"server": "Aquarium", "amount": "5", "reason": "a gift"}, "5 now"),
    ("top-up", {"server": "Aquarium", "amount": "-2", "reason": "too much"}, "it has 0 left"),
    ("budget", {"server": "Aquarium", "kind": "blocked"}, "Aquarium"),
    ("stop", {}, "Stopped"),
    ("bar", {"server": "Aquarium", "reason": "a farm"}, "can make no more images"),
    ("unbar", {"server": "424242424242424242"}, "can make images again"),
    ("overview", {}, "page 1 of 1"),
]


@pytest.mark.parametrize(("command", "options", "words"), TWICE)
async def test_what_discord_tells_of_twice_is_done_once_and_said_as_if_it_were_told_of_once(
    tmp_path, command, options, words
):
    async with room(tmp_path) as here:
        await here.says("bar", server="424242424242424242", reason="a farm")
        if options.get("amount") == "-2":
            await here.says("top-up", server="Aquarium", amount="2", reason="a gift")
        before = len(await here.changes(here.aquarium)) + len(await here.changes(INSTALLATION))
        edits = sum(call.method == "PATCH" for call in here.stage.discord.calls)
        here.stage.discord.duplicate_next = 1
        stalled = Fault(route=CALLBACK, failure=Failure.STALL, skip=1, stall_s=0.3)
        here.stage.discord.faults.add(stalled)
        used = await here.use(command, **options)
        # What the second one answers stands in the place of the first one's answer.
        await until(lambda: sum(call.method == "PATCH" for call in here.stage.discord.calls) == edits + 2)
        assert used.ephemeral
        assert words in used.body.text
        made = len(await here.changes(here.aquarium)) + len(await here.changes(INSTALLATION)) - before
        assert made == (command != "overview")
        assert await audit(here.db) == []


async def test_a_page_that_discord_tells_of_twice_is_turned_and_nothing_else_is_said(tmp_path):
    async with room(tmp_path, servers=SERVERS_PER_PAGE + 1) as here:
        used, discord = await here.use("overview"), here.stage.discord
        discord.duplicate_next = 1
        edits = sum(call.method == "PATCH" for call in discord.calls)
        discord.faults.add(Fault(route=CALLBACK, failure=Failure.STALL, skip=1, stall_s=0.3))
        await discord.press(used.message, "operator:servers:1", user_id=here.operator_id)
        await until(lambda: sum(call.method == "PATCH" for call in discord.calls) == edits + 2)
        assert "page 2 of 2" in used.message.body.text


async def test_where_discord_takes_no_answer_nothing_is_changed(tmp_path):
    async with room(tmp_path) as here:
        discord, world = here.stage.discord, here.stage.discord.world
        discord.faults.add(Fault(route=CALLBACK, failure=Failure.API_ERROR, code=10062))
        await discord.invoke(
            guild_id=here.guild_id,
            channel_id=world.guilds[here.guild_id].channel_named("general").id,
            user_id=here.operator_id,
            command="operator",
            options={"stop": {}},
        )
        await until(lambda: any(call.route == CALLBACK for call in discord.calls))
        # discord.py gives each use of a command a task of this name.
        await until(lambda: not any(task.get_name() == "CommandTree-invoker" for task in asyncio.all_tasks()))
        assert await here.changes(INSTALLATION) == []


async def test_ceilings_and_the_warning_are_set_one_by_one_or_together(tmp_path):
    async with room(tmp_path) as here:
        said = await here.says("ceiling", per_day="7.5")
        assert "7.5 credits a day and 250 a month" in said
        await here.says("ceiling", per_day="8", per_month="80")
        await here.says("warning", credits="0.25")
        installation = (await here.rules(INSTALLATION)).installation
        assert installation[CEILING_PER_DAY] == 8_000_000
        assert installation[CEILING_PER_MONTH] == 80_000_000
        assert installation[BALANCE_WARNING] == 250_000


async def test_the_emergency_stop_holds_until_it_is_ended(tmp_path):
    async with room(tmp_path) as here:
        assert "Stopped" in await here.says("stop")
        assert (await here.rules(INSTALLATION)).installation[STOPPED]
        assert "Emergency stop" in await here.says("overview")
        await here.says("resume")
        assert not (await here.rules(INSTALLATION)).installation[STOPPED]
        assert [(each.old, each.new) for each in await here.changes(INSTALLATION)] == [(True, False), (None, True)]


WRONG = [
    ("budget", {"server": "Nowhere", "kind": "blocked"}, "no server “Nowhere”"),
    ("budget", {"server": "12345", "kind": "blocked"}, "no server"),
    ("budget", {"server": "Aquarium", "kind": "limited"}, "needs an **amount**"),
    ("budget", {"server": "Aquarium", "kind": "blocked", "amount": "3"}, "kind limited only"),
    ("budget", {"server": "Aquarium", "kind": "default", "amount": "3"}, "kind limited only"),
    ("budget", {"server": "Aquarium", "kind": "limited", "amount": "1,000"}, "1000"),
    ("default-budget", {"kind": "limited", "amount": "ten"}, "not an amount"),
    ("default-budget", {"kind": "limited", "amount": "99999999"}, "from 0 to 10,000,000 credits"),
    ("top-up", {"server": "Aquarium", "amount": "0", "reason": "x"}, "not zero"),
    ("top-up", {"server": "Aquarium", "amount": "--1", "reason": "x"}, "amount"),
    ("top-up", {"server": "Aquarium", "amount": "0.0000001", "reason": "x"}, "figures after the point"),
    ("ceiling", {}, "**per_day**, **per_month**"),
    ("ceiling", {"per_day": "1", "per_month": "much"}, "not an amount"),
    ("warning", {"credits": " "}, "not an amount"),
    ("bar", {"reason": "x"}, "either **member** or **server**"),
    ("bar", {"reason": "x", "member": "1", "server": "Aquarium"}, "either **member** or **server**"),
    ("bar", {"reason": "x", "member": "mia"}, "**member** takes a mention"),
    ("bar", {"reason": "x", "member": "0"}, "**member** takes a mention"),
    ("bar", {"reason": "x", "member": "99999999999999999999"}, "**member** takes a mention"),
    ("bar", {"reason": "x", "server": "Nowhere"}, "no server"),
    ("unbar", {"server": "Aquarium"}, "was not barred"),
]


async def test_whatever_is_wrong_is_said_and_nothing_is_changed(tmp_path):
    async with room(tmp_path) as here:
        for command, options, reason in WRONG:
            said = await here.says(command, **options)
            assert reason in said, (command, options, said)
            assert "othing was changed" in said, (command, options, said)
        assert await here.db.fetch("SELECT * FROM guild_settings") == []
        assert await here.db.fetch("SELECT * FROM changes") == []
        assert await here.db.fetch("SELECT * FROM entries") == []
        assert await bars.all_bars(here.db) == []


async def test_a_name_that_two_servers_have_is_not_guessed(tmp_path):
    async with room(tmp_path) as here:
        async with here.db.transaction() as tx:
            await guilds.seen(tx, guild_id=5, name="AQUARIUM", at_ms=0)
        assert "more than one" in await here.says("budget", server="Aquarium", kind="blocked")
        assert "AQUARIUM" in await here.says("budget", server="5", kind="blocked")


async def test_servers_are_suggested_by_name_or_id_to_operators_only(tmp_path):
    async with room(tmp_path) as here:
        guild = here.stage.discord.world.guilds[here.guild_id]

        async def suggested(typed, user):
            record = await here.stage.discord.autocomplete(
                guild_id=guild.id,
                channel_id=guild.channel_named("general").id,
                user_id=here.stage.discord.world.user_named(user).id,
                command="operator",
                options={"top-up": {"server": typed}},
                focused="server",
            )
            await record.acknowledged()
            return [choice["value"] for choice in record.choices]

        assert await suggested("aQUA", "oona") == [str(here.aquarium)]
        assert await suggested(str(here.aquarium)[:10], "oona") == [str(here.aquarium)]
        assert len(await suggested("", "oona")) == 4
        assert await suggested("", "adam") == []


# ---------------------------------------------------------------- bars


async def test_members_and_servers_are_barred_everywhere_with_a_reason_and_let_in_again(tmp_path):
    async with room(tmp_path) as here:
        mia = here.stage.discord.world.user_named("mia").id
        said = await here.says("bar", member=f"<@{mia}>", reason="*spam*")
        assert f"<@{mia}>" in said
        await here.says("bar", server="Aquarium", reason="a farm")
        await here.says("bar", server="424242424242424242", reason="never seen here")
        assert (await bars.barred(here.db, user_id=mia, guild_id=1)).reason == "*spam*"
        assert (await bars.barred(here.db, user_id=1, guild_id=here.aquarium)).reason == "a farm"
        assert await bars.barred(here.db, user_id=here.aquarium, guild_id=mia) is None
        listed = await here.says("bars")
        assert "**3 members and servers" in listed
        assert "\\*spam\\*" in listed
        assert "Aquarium" in listed
        assert "a server that I do not know (`424242424242424242`)" in listed
        await here.says("unbar", member=str(mia))
        assert await bars.barred(here.db, user_id=mia, guild_id=1) is None
        lifted, *_, barred = await here.changes(INSTALLATION)
        assert (barred.subject, barred.new, barred.reason) == ("bar", {"kind": "user", "id": mia}, "*spam*")
        assert (lifted.old, lifted.new) == ({"kind": "user", "id": mia}, None)


# ---------------------------------------------------------------- the overview


async def test_the_overview_tells_what_was_spent_by_whom_and_how_long_the_balance_lasts(tmp_path):
    async with room(tmp_path) as here:
        now_ms = here.clock.ms
        for number in range(1, 8):
            await booked(here.db, number, State.DONE, at_ms=now_ms - 3_600_000, guild_id=7, request_id=f"r{number}")
        await booked(here.db, 8, State.FAILED, at_ms=now_ms, guild_id=7, request_id="r8")
        for number, days in ((9, 10), (10, 40)):
            ago_ms = now_ms - days * 86_400_000
            await booked(here.db, number, State.DONE, at_ms=ago_ms, guild_id=7, request_id=f"r{number}")
        async with here.db.transaction() as tx:
            await guilds.seen(tx, guild_id=7, name="Seven", at_ms=0)
            await guilds.left(tx, guild_id=7, at_ms=1)
        await here.says("top-up", server="Aquarium", amount="5", reason="a gift")
        said = await here.says("overview")
        assert "of 25 credits" in said
        assert "of 250 credits" in said
        assert "12.5 credits left. At 0.04 a day" in said
        assert "about 312 days" in said
        servers = said.partition("Servers by")[2].splitlines()
        assert servers[1].startswith("Seven (`7`): 0.32 credits.")
        assert "no longer there" in servers[1]
        assert any("Aquarium" in line and "10 credits a month" in line and "5 left" in line for line in servers)
        here.asker.balance = None
        assert "not known" in await here.says("overview")


async def test_servers_come_page_by_page_and_each_press_checks_again_who_it_is(tmp_path):
    async with room(tmp_path, servers=2 * SERVERS_PER_PAGE + 1) as here:
        used = await here.use("overview")
        assert "page 1 of 3" in used.body.text
        assert "Server 00" in used.body.text
        message, discord = used.message, here.stage.discord
        assert message.body.component("operator:servers:-1") is None
        await discord.press(message, "operator:servers:1", user_id=here.operator_id)
        await until(lambda: "page 2 of 3" in message.body.text)
        assert f"Server {SERVERS_PER_PAGE:02}" in message.body.text
        assert message.body.component("operator:servers:0") is not None
        await discord.press(message, "operator:servers:2", user_id=here.operator_id)
        await until(lambda: "page 3 of 3" in message.body.text)
        assert message.body.component("operator:servers:3") is None


async def test_a_button_of_the_overview_is_refused_to_whoever_is_no_operator(tmp_path):
    async with room(tmp_path, servers=SERVERS_PER_PAGE + 1) as here:
        used = await here.use("overview")
        # The same buttons in a message that everybody sees.
        channel = here.stage.client.get_partial_messageable(used.channel_id, guild_id=here.guild_id)
        operator = here.stage.client.get_cog("Operator")
        posted = await channel.send(view=await operator._page(_Reader(), 0))
        message = next(each for each in here.stage.discord.messages(used.channel_id) if each.id == posted.id)
        adam = here.stage.discord.world.user_named("adam").id
        pressed = await here.stage.discord.press(message, "operator:servers:1", user_id=adam)
        await pressed.answered()
        assert pressed.ephemeral
        assert "for the person who runs this bot" in pressed.body.text
        assert "page 1 of 2" in message.body.text
        assert not here.stage.client._connection._view_store._views


class _Reader:
    locale = "en-US"
