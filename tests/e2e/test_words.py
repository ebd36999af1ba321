"""Word rules in the real bot: a server's own, and its AutoMod's, on prompts that members send."""

import asyncio

import pytest

from bot.admin.rulebook import Rulebook
from bot.clock import SystemClock
from bot.sandbox.discord.permissions import MEMBER, Permission
from bot.sandbox.segmind import POSTS
from bot.settings import MODERATION_CHANNEL
from bot.store.sqlite import open_sqlite
from tests.e2e.asks import quick_outside
from tests.e2e.rig import booted, is_private_or_late, told_in_time

pytestmark = pytest.mark.asyncio

WAIT_S = 60.0


async def answer(there, prompt, **more):
    """What mia is told of a prompt."""
    async with asyncio.timeout(WAIT_S):
        return await (await there.use(prompt=prompt, **more)).answered()


async def becomes(there, prompt, is_refused):
    """Ask until it is refused or made, which the bot may hear of in a moment."""
    async with asyncio.timeout(WAIT_S):
        while True:
            used = await answer(there, prompt)
            if is_refused == ("Nothing was charged." in used.body.text):
                assert is_private_or_late(used) if is_refused else not used.ephemeral
                return
            await asyncio.sleep(0.05)


async def test_automods_rules_count_for_prompts_and_their_changes_too(tmp_path):
    async with quick_outside(tmp_path) as there:
        local, guild_id = there.discord, there.guild.id
        local.set_bot_permissions(guild_id, MEMBER | int(Permission.MANAGE_GUILD))
        rule = local.set_automod_rule(guild_id, name="Pets", keywords=("cat*",), patterns=("(?=x)",), message="No pets")
        async with booted(there):
            refused = await told_in_time(lambda: there.use(prompt="two CATS in a house"))
            assert refused.body.text.startswith("No pets\nIt is about these words: CATS.")
            assert not any(call.kind in POSTS for call in there.segmind.calls)
            local.set_automod_rule(guild_id, rule_id=rule.id, keywords=("dog",))
            await becomes(there, "two cats", False)
            await becomes(there, "a dog", True)
            local.delete_automod_rule(guild_id, rule.id)
            await becomes(there, "a dog", False)


async def test_a_server_keeps_its_own_words_and_its_moderators_are_told_what_to_look_at(tmp_path):
    async with quick_outside(tmp_path) as there:
        staff = there.guild.channel_named("images").id
        db = await open_sqlite(there.database)
        await Rulebook(db=db, defaults={}, clock=SystemClock()).change(
            there.guild.id, MODERATION_CHANNEL, lambda _: staff, user_id=1
        )
        await db.close()
        async with booted(there):
            for lines, verdict in (("gore", "flag"), ("slur", "block"), ("blood", "spoiler")):
                await add(there, lines, verdict)
            assert "Nothing was charged." in (await answer(there, "a slur", private=True)).body.text
            assert "Nothing was charged." in (await answer(there, "fine", negative_prompt="slur")).body.text
            await answer(there, "some gore here")
            async with asyncio.timeout(WAIT_S):
                while not (found := [each for each in there.discord.messages(staff) if tells_of_gore(each)]):  # noqa: ASYNC110 - the bot tells in its own time
                    await asyncio.sleep(0.02)
            (told,) = found
            assert f"<@{there.mia}>" in told.body.text
            assert not told.pinged
            await answer(there, "blood")
            async with asyncio.timeout(WAIT_S):
                while not any(map(is_hidden, there.messages())):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.02)


def tells_of_gore(message):
    return "some gore here" in message.body.text


async def add(there, lines, verdict):
    mona = there.discord.world.user_named("mona").id
    async with asyncio.timeout(WAIT_S):
        used = await there.use("words", user_id=mona, add={})
        opened = await used.until(lambda record: record.modal is not None)
        sent = await there.discord.submit_modal(opened, {"lines": lines, "verdict": verdict})
        assert "1 rule is new" in (await sent.answered()).body.text


def is_hidden(message):
    return "'spoiler': True" in str(message.body.components)
