"""What people do at their screens reaches the bot exactly as Discord would send it, or not at all."""

import asyncio

import pytest

from bot.sandbox.discord.builder import WorldBuilder
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.interactions import CallbackType
from bot.sandbox.discord.permissions import Permission
from tests.sandbox.discord_rig import rigged

pytestmark = pytest.mark.asyncio

EPHEMERAL = 1 << 6


async def test_a_button_that_is_pressed_may_answer_by_an_edit_of_its_message():
    async with rigged() as rig:
        record = await rig.use()
        row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
        await rig.answer(record, {"type": 4, "data": {"content": "press", "components": [row]}})
        pressed = await rig.local.press(record.message, "go", user_id=rig.mia)
        assert pressed.payload["message"]["id"] == str(record.message.id)
        await rig.answer(pressed, {"type": 6})
        assert pressed.callback_type is CallbackType.DEFERRED_UPDATE_MESSAGE
        _, message = await rig.edit(pressed, {"content": "pressed", "components": []})
        assert message["id"] == str(record.message.id)
        assert record.message.body.content == "pressed"


async def test_whoever_waits_for_a_reply_hears_of_changes_by_other_ways():
    async with rigged() as rig:
        record = await rig.deferred()
        waiting = asyncio.create_task(record.until(lambda each: each.history[-1].body.content == "by the bot"))
        gone = asyncio.create_task(record.until(lambda each: each.message is None))
        await asyncio.sleep(0)
        path = f"/channels/{rig.general.id}/messages/{record.message.id}"
        await rig.call("PATCH", path, {"content": "by the bot"})
        await asyncio.wait_for(waiting, 30)
        rig.local.delete(record.message)
        await asyncio.wait_for(gone, 30)


async def test_only_what_is_there_and_enabled_can_be_pressed():
    async with rigged() as rig:
        record = await rig.use()
        buttons = [
            {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": True},
            {"type": 2, "style": 5, "label": "Out", "url": "https://example.org"},
        ]
        await rig.answer(
            record,
            {
                "type": 4,
                "data": {"content": "x", "flags": EPHEMERAL, "components": [{"type": 1, "components": buttons}]},
            },
        )
        with pytest.raises(CommandRejected, match="disabled"):
            await rig.local.press(record.message, "off", user_id=rig.mia)
        with pytest.raises(CommandRejected, match="no component"):
            await rig.local.press(record.message, "other", user_id=rig.mia)
        with pytest.raises(CommandRejected, match="not there"):
            await rig.local.press(record.message, "off", user_id=rig.world.user_named("mona").id)


async def test_a_select_hands_over_what_was_picked():
    async with rigged() as rig:
        record = await rig.use()
        options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
        rows = [
            {"type": 1, "components": [{"type": 3, "custom_id": "pick", "options": options}]},
            {"type": 1, "components": [{"type": 5, "custom_id": "who"}]},
        ]
        await rig.answer(record, {"type": 4, "data": {"content": "x", "components": rows}})
        picked = await rig.local.select(record.message, "pick", ["b"], user_id=rig.mia)
        assert picked.payload["data"]["values"] == ["b"]
        for wrong in ([], ["a", "b"], ["c"]):
            with pytest.raises(CommandRejected):
                await rig.local.select(record.message, "pick", wrong, user_id=rig.mia)
        who = await rig.local.select(record.message, "who", [str(rig.mia)], user_id=rig.mia)
        assert who.payload["data"]["resolved"]["users"][str(rig.mia)]["username"] == "mia"


async def test_commands_are_shown_only_to_those_who_may_use_them():
    async with rigged() as rig:
        for user, command in (("mia", "admin"), ("mona", "admin"), ("mia", "owner"), ("mona", "owner")):
            with pytest.raises(CommandRejected, match="may not use"):
                await rig.use(command, user=user)
        for user in ("adam", "olga"):
            for command in ("admin", "owner"):
                await rig.use(command, user=user)
        with pytest.raises(CommandRejected, match="age-restricted"):
            await rig.use("spicy")
        await rig.use("spicy", channel="after-dark")
        with pytest.raises(CommandRejected, match="does not see"):
            await rig.use(channel="staff")
        with pytest.raises(CommandRejected, match="cannot be used here"):
            await rig.local.invoke(user_id=rig.mia, command="imagen", options={"prompt": "x"})


async def test_an_interaction_tells_languages_rights_and_place():
    async with rigged() as rig:
        guild = rig.world.guild_named("Atelier")
        jules = rig.world.user_named("jules").id
        record = await rig.local.invoke(
            guild_id=guild.id,
            channel_id=guild.channel_named("general").id,
            user_id=jules,
            command="imagen",
            options={"prompt": " un chat"},
        )
        sent = record.payload
        assert (sent["locale"], sent["guild_locale"], sent["context"]) == ("fr", "fr", 0)
        assert sent["data"]["options"][0] == {"name": "prompt", "type": 3, "value": " un chat"}
        assert int(sent["member"]["permissions"]) & Permission.SEND_MESSAGES
        assert sent["channel"]["name"] == "general"
        assert int(sent["app_permissions"]) & Permission.ATTACH_FILES


async def test_a_command_in_direct_messages_has_a_user_and_no_member():
    async with rigged() as rig:
        record = await rig.local.invoke(user_id=rig.mia, command="admin")
        assert record.payload["user"]["username"] == "mia"
        assert "member" not in record.payload
        assert record.payload["context"] == 1


async def test_a_guild_that_the_bot_has_left_has_no_commands():
    async with rigged() as rig:
        del rig.guild.members[rig.world.bot.id]
        with pytest.raises(CommandRejected, match="bot is not in"):
            await rig.use()


async def test_members_in_time_out_cannot_use_commands():
    async with rigged() as rig:
        rig.guild.members[rig.mia].timed_out_until_ms = rig.clock.now_ms() + 1
        with pytest.raises(CommandRejected, match="may not use commands"):
            await rig.use()
        rig.clock.advance(1)
        await rig.use()


async def test_a_world_can_be_built_with_any_number_of_guilds():
    build = WorldBuilder()
    owner = build.user("someone")
    for number in range(20):
        build.channel(build.guild(f"Guild {number}", owner=owner), "general")
    world = build.build()
    assert len({guild.id for guild in world.guilds.values()}) == 20
    assert len({(guild_id >> 22) % 4 for guild_id in world.guilds}) == 4
