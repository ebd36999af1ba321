"""The whole real bot between its stand-ins: administrators set limits in panels, and members run into them."""

import asyncio

import pytest

from bot.sandbox.discord.builder import sandbox_world
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from tests.cogs.panel_stage import id_like, ids
from tests.e2e.rig import Outside, told_in_time
from tests.e2e.test_whole_way import PRICE_CREDITS, audited, ended, running

pytestmark = pytest.mark.asyncio

WITHIN_S = 60.0


class Administrator:
    """Adam, who does with panels what people do: turn pages, press, fill in."""

    def __init__(self, there: Outside) -> None:
        self.there, self.local = there, there.discord
        self.id = there.discord.world.user_named("adam").id

    async def open(self, page: str) -> Message:
        used = await self.there.use("limits", user_id=self.id)
        panel = await answered(used)
        await (await self.local.select(panel, id_like(panel, "page"), [page], user_id=self.id)).acknowledged()
        return panel

    async def allow(self, panel: Message, role: int, *, amount: str, per: str) -> None:
        """Give a role an allowance, or another one."""
        pressed = await self.local.press(panel, id_like(panel, "form", "role_allowances"), user_id=self.id)
        opened = await pressed.acknowledged()
        sent = await self.local.submit_modal(opened, {"target": [str(role)], "amount": amount, "per": per})
        await sent.acknowledged()


async def answered(record: InteractionRecord) -> Message:
    async with asyncio.timeout(WITHIN_S):
        await record.until(lambda one: one.original is not None and not one.original.body.is_loading)
    assert record.original is not None
    return record.original


async def test_a_role_allowance_set_in_the_panel_is_run_into_raised_and_then_suffices(tmp_path):
    async with running(tmp_path) as there:
        adam = Administrator(there)
        role = next(each for each in there.guild.roles.values() if each.name == "Moderator")
        there.discord.set_roles(there.guild.id, there.mia, [role.id])
        panel = await adam.open("roles")

        await adam.allow(panel, role.id, amount=str(PRICE_CREDITS), per="day")
        assert (await ended(await there.use(prompt="a fox"))).body.attachments
        words = (await told_in_time(lambda: there.use(prompt="another fox"))).body.text
        assert f"<@&{role.id}>" in words
        assert "0 left" in words
        assert "is renewed <t:" in words
        assert there.segmind.submits_taken == 1

        await adam.allow(panel, role.id, amount=str(2 * PRICE_CREDITS), per="day")
        assert (await ended(await there.use(prompt="another fox"))).body.attachments
        assert there.segmind.submits_taken == 2
    assert await audited(there) == []


async def test_a_refusal_names_the_cheaper_model_that_still_fits(tmp_path):
    async with running(tmp_path, monthly_limit_credits="0.05") as there:
        words = (await told_in_time(lambda: there.use(prompt="a fox"))).body.text
        assert "this server has 0.05 left to spend" in words
        assert "Imagen 4 Fast (/imagen-fast) would still fit" in words
        assert (await ended(await there.use("imagen-fast", prompt="a fox"))).body.attachments


@pytest.mark.parametrize("command", ["limits", "usage", "credits"])
async def test_a_member_who_calls_an_administrators_command_by_hand_is_refused_by_the_bot(tmp_path, command):
    options = {"credits": {"show": {"member": None}}}
    async with running(tmp_path) as there:
        given = {"show": {"member": there.mia}} if command in options else {}
        used = await there.discord.invoke(
            guild_id=there.guild.id,
            channel_id=there.general.id,
            user_id=there.mia,
            command=command,
            options=given,
            forged=True,
        )
        message = await answered(used)
        assert used.ephemeral
        assert not list(ids(message))
        assert "Manage Server" in message.body.text or "administrator" in message.body.text.lower()


async def test_what_the_operator_stops_is_stopped_until_it_is_resumed(tmp_path):
    world = sandbox_world()
    operator, guild = world.application.owner_id, world.guild_named("Aquarium").id
    async with running(tmp_path, operator_ids=str(operator), operator_guild_ids=str(guild)) as there:
        async with asyncio.timeout(WITHIN_S):
            while not there.discord.core.commands.all(guild):  # noqa: ASYNC110 - nothing tells of a command
                await asyncio.sleep(0.01)
        for verb, made in (("stop", 0), ("resume", 1)):
            await answered(await there.use("operator", user_id=operator, **{verb: {}}))
            await ended(await there.use(prompt="a fox"))
            assert there.segmind.submits_taken == made


async def test_the_log_channel_is_told_once_when_half_of_the_budget_is_used(tmp_path):
    async with running(tmp_path, monthly_limit_credits=str(4 * PRICE_CREDITS)) as there:
        adam = Administrator(there)
        staff = there.guild.channel_named("staff").id
        there.discord.set_bot_permissions(there.guild.id, 8)
        panel = await adam.open("server")
        picked = await there.discord.select(panel, id_like(panel, "log_channel"), [str(staff)], user_id=adam.id)
        await picked.acknowledged()
        for number in range(3):
            await ended(await there.use(prompt=f"fox {number}"))
        async with asyncio.timeout(WITHIN_S):
            while len(there.discord.messages(staff)) < 2:  # noqa: ASYNC110 - nothing tells of a message
                await asyncio.sleep(0.01)
        told = [message.body.text for message in there.discord.messages(staff)]
        assert len(told) == 2
        assert "log channel" in told[0].lower()
        assert "50" in told[1]
