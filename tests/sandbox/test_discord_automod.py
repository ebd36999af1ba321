"""AutoMod's rules in the local Discord: who may read them, and who is told of their changes."""

import asyncio
import contextlib

import discord
import pytest

from bot.sandbox.discord.permissions import MEMBER, Permission
from tests.sandbox import specs
from tests.sandbox.discord_rig import rigged
from tests.sandbox.test_discord_control import process
from tests.sandbox.tinybot import pointed_at

pytestmark = pytest.mark.asyncio

MANAGING = MEMBER | int(Permission.MANAGE_GUILD)


class Listener(discord.Client):
    """Keeps what it is told of rules."""

    def __init__(self, **intents):
        super().__init__(intents=discord.Intents(guilds=True, **intents), guild_ready_timeout=0.05)
        self.told = asyncio.Queue()

    def dispatch(self, event, /, *args, **kwargs):
        super().dispatch(event, *args, **kwargs)
        if event.startswith(("automod_", "guild_role_")):
            self.told.put_nowait((event, args))

    async def hear(self):
        return await asyncio.wait_for(self.told.get(), 30)


@contextlib.asynccontextmanager
async def listening(**intents):
    async with rigged() as rig, pointed_at(rig.local), Listener(**intents) as bot:
        task = asyncio.create_task(bot.start(rig.local.token))
        await rig.local.gateway.connected()
        await bot.wait_until_ready()
        try:
            yield rig, bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)


async def test_discord_py_reads_every_part_of_a_rule():
    async with listening() as (rig, bot):
        rig.local.set_bot_permissions(rig.guild.id, MANAGING)
        made = rig.local.set_automod_rule(
            rig.guild.id,
            name="Words",
            keywords=("cat*",),
            patterns=("d[o0]g",),
            allow=("catalogue",),
            action_types=(1, 2, 3),
            message="Be kind",
            exempt_role_ids=(5,),
            exempt_channel_ids=(6,),
        )
        rig.local.set_automod_rule(rig.guild.id, name="Slurs", trigger_type=4, presets=(3,))
        (rule, preset) = await bot.get_guild(rig.guild.id).fetch_automod_rules()
    assert (rule.id, rule.name, rule.enabled, rule.event_type.value) == (made.id, "Words", True, 1)
    assert (rule.trigger.keyword_filter, rule.trigger.regex_patterns) == (["cat*"], ["d[o0]g"])
    assert rule.trigger.allow_list == ["catalogue"]
    assert [action.type.value for action in rule.actions] == [1, 2, 3]
    assert rule.actions[0].custom_message == "Be kind"
    assert (rule.exempt_role_ids, rule.exempt_channel_ids) == ({5}, {6})
    assert preset.trigger.presets.slurs


async def test_without_manage_server_nothing_is_read_and_nothing_is_told():
    async with listening(auto_moderation_configuration=True) as (rig, bot):
        rig.local.set_automod_rule(rig.guild.id, name="Words", keywords=("cat",))
        with pytest.raises(discord.Forbidden):
            await bot.get_guild(rig.guild.id).fetch_automod_rules()
        rig.local.set_bot_permissions(rig.guild.id, MANAGING)
        assert (await bot.hear())[0] == "guild_role_update"


async def test_every_change_is_told_to_those_who_asked_for_such_events():
    async with listening(auto_moderation_configuration=True) as (rig, bot):
        rig.local.set_bot_permissions(rig.guild.id, MANAGING)
        await bot.hear()
        made = rig.local.set_automod_rule(rig.guild.id, name="Words", keywords=("cat",))
        rig.local.set_automod_rule(rig.guild.id, rule_id=made.id, keywords=("dog",), enabled=False)
        rig.local.delete_automod_rule(rig.guild.id, made.id)
        heard = [await bot.hear() for _ in range(3)]
    assert [event for event, _ in heard] == ["automod_rule_create", "automod_rule_update", "automod_rule_delete"]
    assert [(rule.trigger.keyword_filter, rule.enabled) for _, (rule,) in heard] == [
        (["cat"], True),
        (["dog"], False),
        (["dog"], False),
    ]


async def test_who_did_not_ask_for_such_events_hears_of_nothing():
    async with listening() as (rig, bot):
        rig.local.set_bot_permissions(rig.guild.id, MANAGING)
        await bot.hear()
        rig.local.set_automod_rule(rig.guild.id, name="Words", keywords=("cat",))
        rig.local.set_bot_permissions(rig.guild.id, MEMBER)
        assert (await bot.hear())[0] == "guild_role_update"


async def test_rules_are_set_from_another_process_too():
    async with process() as remote:
        world = await remote.get("world")
        guild_id = world["guilds"]["Aquarium"]["id"]
        rules = f"{remote.api_url}/guilds/{guild_id}/auto-moderation/rules"
        headers = {"Authorization": f"Bot {world['token']}"}
        await remote.post("servers/bot_permissions", guild_id=guild_id, permissions=MANAGING)
        made = await remote.post("automod/set", guild_id=guild_id, rule={"name": "Words", "keywords": ["cat"]})
        async with remote.session.get(rules, headers=headers) as answer:
            (shown,) = await answer.json()
        assert (shown["id"], shown["trigger_metadata"]["keyword_filter"]) == (made["id"], ["cat"])
        await remote.post("automod/delete", guild_id=guild_id, rule_id=made["id"])
        async with remote.session.get(rules, headers=headers) as answer:
            assert await answer.json() == []


@specs.needs_specs
async def test_rules_are_shown_as_described():
    async with rigged() as rig:
        rig.local.set_bot_permissions(rig.guild.id, MANAGING)
        rig.local.set_automod_rule(
            rig.guild.id, name="Words", keywords=("cat",), patterns=("x",), action_types=(1, 2, 3), message="Be kind"
        )
        await rig.call("GET", f"/guilds/{rig.guild.id}/auto-moderation/rules")
        wrong = {(call.route, error) for call in rig.local.calls for error in specs.answer_errors(call)}
        assert wrong == set()
