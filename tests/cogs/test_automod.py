"""AutoMod's rules are read from Discord when they are needed, follow their changes, and lack without harm."""

import asyncio

import pytest

from bot.automod import Standing
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.permissions import MEMBER
from cogs.automod import RETRY_AFTER_MS, ServerAutoMod
from tests.cogs.stage import until
from tests.cogs.word_stage import at_lodge

pytestmark = pytest.mark.asyncio

ROUTE = "/guilds/{guild_id}/auto-moderation/rules"


async def known(lodge):
    """What counts now: the standing, and the words of each rule."""
    automod = await lodge.automod.rules(lodge.guild.id)
    return automod.standing, [applied.rule.words for applied in automod.applied]


async def becomes(lodge, words, *, within_s=30.0):
    """Wait until these words count."""
    async with asyncio.timeout(within_s):
        while (await known(lodge))[1] != words:  # noqa: ASYNC110 - what is waited for is on its way from Discord
            await asyncio.sleep(0.005)


async def test_nothing_is_read_before_it_is_needed_and_then_once(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        lodge.local.set_automod_rule(lodge.guild.id, name="Words", keywords=("cat",))
        await lodge.permit()
        assert lodge.reads() == 0
        asked = await asyncio.gather(*(known(lodge) for _ in range(9)))
        assert asked == [(Standing.READ, [("cat",)])] * 9
        assert lodge.reads() == 1


async def test_changes_are_followed_while_the_bot_runs(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.permit()
        assert await known(lodge) == (Standing.READ, [])
        rule = lodge.local.set_automod_rule(lodge.guild.id, name="One", keywords=("cat",))
        await becomes(lodge, [("cat",)])
        lodge.local.set_automod_rule(lodge.guild.id, rule_id=rule.id, keywords=("dog",))
        await becomes(lodge, [("dog",)])
        lodge.local.set_automod_rule(lodge.guild.id, rule_id=rule.id, enabled=False)
        await becomes(lodge, [])
        lodge.local.set_automod_rule(lodge.guild.id, rule_id=rule.id, enabled=True)
        await becomes(lodge, [("dog",)])
        lodge.local.delete_automod_rule(lodge.guild.id, rule.id)
        await becomes(lodge, [])
        assert lodge.reads() == 6


async def test_what_changes_while_it_is_read_is_read_again(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.permit()
        lodge.local.faults.add(Fault(route=ROUTE, failure=Failure.STALL, stall_s=0.3, acted=True))
        asked = asyncio.create_task(known(lodge))
        await until(lambda: lodge.reads() == 1)
        # The answer that is on its way does not know of this one.
        lodge.local.set_automod_rule(lodge.guild.id, name="Words", keywords=("cat",))
        assert await asked == (Standing.READ, [("cat",)])
        assert lodge.reads() == 2


async def test_of_many_changes_at_once_the_last_one_counts(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.permit()
        await known(lodge)
        for number in range(20):
            lodge.local.set_automod_rule(lodge.guild.id, name=f"rule {number}", keywords=(f"word{number}",))
            await asyncio.sleep(0.001)
        await becomes(lodge, [(f"word{number}",) for number in range(20)])
        assert lodge.reads() <= 22


async def test_a_server_without_the_permission_is_not_asked_and_is_read_as_soon_as_it_comes(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        lodge.local.set_automod_rule(lodge.guild.id, name="Words", keywords=("cat",))
        assert await known(lodge) == (Standing.NOT_PERMITTED, [])
        assert lodge.reads() == 0
        await lodge.permit()
        assert await known(lodge) == (Standing.READ, [("cat",)])
        await lodge.permit(MEMBER)
        assert await known(lodge) == (Standing.NOT_PERMITTED, [])


async def test_the_permission_may_come_with_another_role(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        assert await known(lodge) == (Standing.NOT_PERMITTED, [])
        bot_id = lodge.local.world.bot.id
        own = lodge.guild.members[bot_id].role_ids
        lodge.local.set_roles(lodge.guild.id, bot_id, [*own, lodge.role("Administrator")])
        await until(lambda: lodge.stage.client.get_guild(lodge.guild.id).me.guild_permissions.administrator)
        assert await known(lodge) == (Standing.READ, [])


async def test_a_discord_that_says_no_is_not_asked_at_every_prompt(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.permit()
        lodge.local.faults.add(Fault(route=ROUTE, failure=Failure.API_ERROR, code=50013))
        assert [await known(lodge) for _ in range(5)] == [(Standing.NOT_PERMITTED, [])] * 5
        assert lodge.reads() == 1
        lodge.clock.ahead_ms = RETRY_AFTER_MS
        assert await known(lodge) == (Standing.READ, [])


async def test_what_was_read_counts_while_discord_does_not_answer(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        lodge.local.set_automod_rule(lodge.guild.id, name="Words", keywords=("cat",))
        await lodge.permit()
        assert await known(lodge) == (Standing.READ, [("cat",)])
        lodge.local.faults.add(Fault(route=ROUTE, failure=Failure.API_ERROR, code=10004))
        await lodge.automod.on_shard_ready(0)
        assert await known(lodge) == (Standing.NOT_ANSWERED, [("cat",)])
        assert await known(lodge) == (Standing.NOT_ANSWERED, [("cat",)])
        lodge.clock.ahead_ms = RETRY_AFTER_MS
        assert await known(lodge) == (Standing.READ, [("cat",)])
        assert lodge.reads() == 3


async def test_a_prompt_does_not_wait_forever(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.permit()
        hasty = ServerAutoMod(lodge.stage.client, clock=lodge.clock, patience_s=0.05)
        lodge.local.faults.add(Fault(route=ROUTE, failure=Failure.STALL, stall_s=60))
        assert (await hasty.rules(lodge.guild.id)).standing is Standing.NOT_ANSWERED
        await hasty.cog_unload()


async def test_a_new_session_reads_anew(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.permit()
        assert await known(lodge) == (Standing.READ, [])
        # While the bot is away, nobody tells it.
        lodge.local.gateway.invalidate(resumable=False)
        lodge.local.set_automod_rule(lodge.guild.id, name="Words", keywords=("cat",))
        await becomes(lodge, [("cat",)])


async def test_what_is_used_last_is_kept_and_the_rest_read_again(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        guilds = list(lodge.local.world.guilds.values())
        automod = ServerAutoMod(lodge.stage.client, clock=lodge.clock, words_max=3)
        for guild in guilds:
            await lodge.permit(guild=guild)
            lodge.local.set_automod_rule(guild.id, name="Words", keywords=("cat", "dog"))
        for guild in [*guilds, guilds[-1]]:
            assert (await automod.rules(guild.id)).standing is Standing.READ
        assert lodge.reads() == 3
        assert (await automod.rules(guilds[0].id)).standing is Standing.READ
        assert lodge.reads() == 4


async def test_a_rule_of_a_form_that_nobody_knows_yet_is_no_reason_to_stop(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.permit()
        lodge.local.set_automod_rule(lodge.guild.id, name="Words", keywords=(None,))
        assert await known(lodge) == (Standing.NOT_ANSWERED, [])
