"""Rights on a stage: the real discord.py asks the local Discord, in which people turn commands off and on."""

import asyncio
from contextlib import asynccontextmanager

import discord
import pytest
from discord import app_commands

from bot.rights import NEEDED_BITS, Rank
from bot.sandbox.discord.calls import Step
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.faults import Failure, Fault
from cogs.rights import RETRY_AFTER_MS, Rights, _read_list
from tests.cogs.stage import staged, until

pytestmark = pytest.mark.asyncio

PERMISSIONS = "/applications/{application_id}/guilds/{guild_id}/commands/permissions"
COMMANDS = "/applications/{application_id}/commands"


class MovedClock:
    """Stands where it is put."""

    def __init__(self):
        self.ms = 1_760_000_000_000

    def now_ms(self):
        return self.ms

    async def sleep(self, seconds):
        await asyncio.sleep(0)


class Scene:
    """A server with commands for moderators and administrators, each of which puts up a button."""

    def __init__(self, stage, rights, clock, verdicts):
        self.stage, self.rights, self.clock, self.verdicts = stage, rights, clock, verdicts
        self.local = stage.discord
        self.guild = self.local.world.guild_named("Aquarium")
        self.general = self.guild.channel_named("general")
        self.moderator = next(each.id for each in self.guild.roles.values() if each.name == "Moderator")

    def id_of(self, user):
        return self.local.world.user_named(user).id

    def command(self, name):
        return next(int(each["id"]) for each in self.local.core.commands.all(None) if each["name"] == name)

    def set(self, command, *overrides):
        target = self.local.world.application.id if command is None else self.command(command)
        self.local.set_command_rights(self.guild.id, target, overrides)

    async def use(self, command, user, *, channel="general", guild=None, forged=False):
        """Use a command, and return what the bot decided."""
        place = guild or self.guild
        used = await self.local.invoke(
            guild_id=place.id,
            channel_id=place.channel_named(channel).id,
            user_id=self.id_of(user),
            command=command,
            forged=forged,
        )
        await asyncio.wait_for(used.answered(), 30)
        return self.verdicts[used.id], used

    async def press(self, used, user):
        pressed = await self.local.press(used.message, "again", user_id=self.id_of(user))
        await until(lambda: pressed.id in self.verdicts)
        return self.verdicts[pressed.id]

    def asked(self, route):
        return sum(call.route == route and call.method == "GET" for call in self.local.calls)


@asynccontextmanager
async def scene(**options):
    clock = MovedClock()
    async with staged() as stage:
        tree, verdicts = stage.client.tree, {}
        oona = stage.discord.world.user_named("oona").id
        rights = Rights(tree=tree, operator_ids=frozenset({oona}), clock=clock, **options)
        await stage.client.add_cog(rights)

        def command_for(name, rank):
            async def decide(interaction):
                verdicts[interaction.id] = await rights.allows(interaction, command=name, rank=rank)

            async def callback(interaction: discord.Interaction) -> None:
                await decide(interaction)
                view = discord.ui.View(timeout=None)
                button = discord.ui.Button(label="Again", custom_id="again")

                async def again(pressed):
                    await decide(pressed)
                    await pressed.response.defer()

                button.callback = again
                await interaction.response.send_message("x", view=view.add_item(button))

            command = app_commands.Command(name=name, description=name, callback=callback)
            bits = NEEDED_BITS.get(rank)
            command.default_permissions = None if not bits else discord.Permissions(bits)
            return command

        for name, rank in (("open", Rank.MEMBER), ("tidy", Rank.MODERATOR), ("rule", Rank.ADMINISTRATOR)):
            tree.add_command(command_for(name, rank))
        tree.add_command(command_for("own", Rank.OPERATOR))
        await stage.connect()
        yield Scene(stage, rights, clock, verdicts)


def override(target_type, some_id, *, allowed):
    return Override(some_id, target_type, allowed)


async def test_who_was_shown_a_command_may_use_it_and_its_buttons():
    async with scene() as at:
        for command, user in (("open", "mia"), ("tidy", "mona"), ("rule", "adam")):
            allowed, used = await at.use(command, user)
            assert allowed
            assert await at.press(used, user)


async def test_a_use_that_discord_would_not_have_let_through_is_refused():
    async with scene() as at:
        for command, user in (("tidy", "mia"), ("rule", "mona"), ("own", "adam")):
            allowed, _ = await at.use(command, user, forged=True)
            assert not allowed
        assert (await at.use("own", "oona", forged=True))[0]


async def test_a_button_is_for_those_whom_its_command_is_for():
    async with scene() as at:
        _, used = await at.use("tidy", "mona")
        assert not await at.press(used, "mia")
        at.set("tidy", override(TargetType.USER, at.id_of("mia"), allowed=True))
        await until(lambda: not at.rights._overrides._tasks)
        assert await at.press(used, "mia")


async def test_what_a_server_set_is_asked_once_and_again_when_it_changed():
    async with scene() as at:
        for _ in range(3):
            assert not (await at.use("rule", "mona", forged=True))[0]
        assert at.asked(PERMISSIONS) == 1
        at.set("rule", override(TargetType.ROLE, at.moderator, allowed=True))
        await until(lambda: not at.rights._overrides._tasks)
        assert (await at.use("rule", "mona"))[0]
        at.set(None, override(TargetType.CHANNEL, at.general.id, allowed=False))
        await until(lambda: not at.rights._overrides._tasks)
        assert not (await at.use("rule", "mona", forged=True))[0]
        assert at.asked(PERMISSIONS) == 3
        assert at.asked(COMMANDS) == 0


async def test_in_a_thread_its_parents_switch_holds():
    async with scene() as at:
        at.set(None, override(TargetType.CHANNEL, at.general.id, allowed=False))
        assert not (await at.use("open", "mia", channel="old-ideas", forged=True))[0]
        assert (await at.use("open", "mia", channel="images"))[0]


async def test_administrators_and_operators_cost_no_request():
    async with scene() as at:
        assert (await at.use("rule", "adam"))[0]
        assert (await at.use("own", "oona", forged=True))[0]
        assert at.asked(PERMISSIONS) == 0


async def test_a_command_is_found_by_its_name_once_where_a_button_is_pressed():
    async with scene() as at:
        _, used = await at.use("open", "mia")
        at.set("open", override(TargetType.USER, at.id_of("mia"), allowed=False))
        await until(lambda: not at.rights._overrides._tasks)
        for _ in range(2):
            assert not await at.press(used, "mia")
        assert at.asked(COMMANDS) == 1


async def test_where_discord_does_not_tell_the_permissions_decide_and_it_is_asked_again_later():
    async with scene() as at:
        at.set("rule", override(TargetType.ROLE, at.moderator, allowed=True))
        at.local.faults.add(Fault(route=PERMISSIONS, failure=Failure.API_ERROR, code=50001))
        for _ in range(2):
            assert not (await at.use("rule", "mona"))[0]
        assert (await at.use("tidy", "mona"))[0]
        assert at.asked(PERMISSIONS) == 1
        at.clock.ms += RETRY_AFTER_MS
        assert (await at.use("rule", "mona"))[0]
        assert at.asked(PERMISSIONS) == 2


async def test_an_answer_that_takes_long_is_not_waited_for_but_kept():
    async with scene(patience_s=0.02) as at:
        at.set("rule", override(TargetType.ROLE, at.moderator, allowed=True))
        may_go = asyncio.Event()

        async def hold(call, step):
            if call.route == PERMISSIONS and step is Step.RECEIVED:
                await may_go.wait()

        at.local.observe(hold)
        assert not (await at.use("rule", "mona"))[0]
        may_go.set()
        await until(lambda: not at.rights._overrides._running)
        assert (await at.use("rule", "mona"))[0]
        assert at.asked(PERMISSIONS) == 1


async def test_what_changes_while_it_is_read_is_not_remembered_as_it_was():
    async with scene() as at:
        held, may_go = asyncio.Event(), asyncio.Event()

        async def hold(call, step):
            if call.route == PERMISSIONS and step is Step.ACTED:
                held.set()
                await may_go.wait()

        at.local.observe(hold)
        first = asyncio.create_task(at.use("rule", "mona", forged=True))
        await asyncio.wait_for(held.wait(), 30)
        at.set("rule", override(TargetType.ROLE, at.moderator, allowed=True))
        await until(lambda: not at.rights._overrides._tasks)
        may_go.set()
        assert not (await first)[0]
        assert (await at.use("rule", "mona"))[0]


async def test_a_server_that_was_left_is_forgotten():
    async with scene() as at:
        await at.use("open", "mia")
        assert list(at.rights._overrides._tasks) == [at.guild.id]
        at.local.remove(at.guild.id)
        await until(lambda: not at.rights._overrides._tasks)


async def test_a_new_session_forgets_everything_because_changes_may_have_been_missed():
    async with scene() as at:
        await at.use("open", "mia")
        at.local.gateway.invalidate(resumable=False)
        await until(lambda: not at.rights._overrides._tasks)


async def test_only_so_many_servers_are_remembered_the_last_used_ones():
    async with scene(servers_max=2) as at:
        guilds = [at.local.world.guild_named(name) for name in ("Aquarium", "Atelier", "Aquarium", "Werkstatt")]
        for guild in guilds:
            await at.use("open", "mia", guild=guild)
        assert list(at.rights._overrides._tasks) == [guilds[0].id, guilds[3].id]


async def test_overrides_of_a_kind_yet_to_come_are_passed_over():
    shown = [{"id": "1", "type": 9, "permission": True}, {"id": "2", "type": 2, "permission": False}]
    assert [each.target_id for each in _read_list(shown)] == [2]
