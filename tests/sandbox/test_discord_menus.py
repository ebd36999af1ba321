"""Commands of the context menus of messages and people: as Discord sends them, to whom it offers them."""

import pytest

from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.permissions import ALL, Permission, permissions_in
from tests.sandbox import specs
from tests.sandbox.discord_rig import COMMANDS, rigged
from tests.sandbox.page_rig import paged
from tests.sandbox.test_discord_control import process
from tests.sandbox.tinybot import png

pytestmark = pytest.mark.asyncio

V2, EPHEMERAL = 1 << 15, 1 << 6
MANAGE_MESSAGES = str(int(Permission.MANAGE_MESSAGES))
MENUS = [
    {"name": "Report image", "type": 3, "contexts": [0]},
    {"name": "Moderate image", "type": 3, "contexts": [0], "default_member_permissions": MANAGE_MESSAGES},
    {"name": "Keep", "type": 3},
    {"name": "Greet", "type": 2},
    {"name": "Warn", "type": 2, "default_member_permissions": MANAGE_MESSAGES},
]
CARD = {
    "flags": V2,
    "attachments": [{"id": "0", "filename": "a.png", "description": "a boat"}],
    "components": [
        {
            "type": 17,
            "components": [
                {"type": 10, "content": "Your image"},
                {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]},
                {"type": 1, "components": [{"type": 2, "style": 1, "label": "Again", "custom_id": "again"}]},
            ],
        }
    ],
}


async def posted(rig, payload=None, **where):
    """Let the bot post a card, or something else, and return it as the local Discord keeps it."""
    files = {"a.png": png()} if payload is None else None
    status, message = await rig.post(payload or CARD, files=files, **where)
    assert status == 200, message
    return rig.local.core.messages.get(int(message["id"]))


async def menus(rig, commands=MENUS):
    path = f"/applications/{rig.world.application.id}/commands"
    status, registered = await rig.call("PUT", path, [*COMMANDS, *commands])
    assert status == 200
    return {each["name"]: int(each["id"]) for each in registered}


def on_message(rig, message, command, *, user="mia", **more):
    return rig.local.invoke_on_message(message, user_id=rig.world.user_named(user).id, command=command, **more)


def on_user(rig, target, command, *, user="mia", **more):
    return rig.local.invoke_on_user(
        guild_id=rig.guild.id,
        channel_id=rig.general.id,
        user_id=rig.world.user_named(user).id,
        command=command,
        target_id=rig.world.user_named(target).id,
        **more,
    )


async def test_a_message_command_brings_the_whole_message():
    async with rigged() as rig:
        ids = await menus(rig)
        message = await posted(rig)
        data = (await on_message(rig, message, "Report image")).payload["data"]
        assert (data["type"], data["name"], data["id"]) == (3, "Report image", str(ids["Report image"]))
        assert data["target_id"] == str(message.id)
        (shown,) = data["resolved"]["messages"].values()
        assert [shown] == (await rig.call("GET", f"/channels/{rig.general.id}/messages"))[1]
        assert shown["flags"] == V2
        assert shown["attachments"][0]["description"] == "a boat"
        assert shown["components"][0]["components"][2]["components"][0]["custom_id"] == "again"
        assert shown["author"]["id"] == str(rig.world.bot.id)


async def test_a_user_command_brings_the_person_and_the_member():
    async with rigged() as rig:
        await menus(rig)
        data = (await on_user(rig, "jules", "Greet")).payload["data"]
        jules = str(rig.world.user_named("jules").id)
        assert (data["type"], data["target_id"]) == (2, jules)
        assert data["resolved"]["users"][jules]["username"] == "jules"
        assert int(data["resolved"]["members"][jules]["permissions"]) & Permission.SEND_MESSAGES


@specs.needs_specs
async def test_both_are_told_as_described():
    async with rigged() as rig:
        await menus(rig)
        records = [await on_message(rig, await posted(rig), "Report image"), await on_user(rig, "jules", "Greet")]
        for record in records:
            assert specs.event_errors("INTERACTION_CREATE", record.payload) == []
            await rig.answer(record, {"type": 4, "data": {"content": "x", "flags": EPHEMERAL}})
            assert specs.answer_errors(rig.local.calls[-1]) == []
        data = records[0].payload["data"]
        wrong = records[0].payload | {"data": data | {"target_id": "1"}}
        assert specs.event_errors("INTERACTION_CREATE", wrong)
        (shown,) = data["resolved"]["messages"].values()
        del shown["attachments"]
        assert specs.event_errors("INTERACTION_CREATE", records[0].payload)


async def test_a_menu_holds_what_a_person_may_use_and_a_forged_use_reaches_the_bot():
    async with rigged() as rig:
        await menus(rig)
        message = await posted(rig)
        for name, use, target in (("Moderate image", on_message, message), ("Warn", on_user, "jules")):
            with pytest.raises(CommandRejected, match="may not use"):
                await use(rig, target, name)
            for user in ("mona", "adam", "olga"):
                await use(rig, target, name, user=user)
            record = await use(rig, target, name, forged=True)
            assert record.payload["data"]["name"] == name
        with pytest.raises(CommandRejected, match="no command"):
            await on_message(rig, message, "Greet", forged=True)


async def test_what_a_server_set_for_a_menu_command_goes_before_its_own_permissions():
    async with rigged() as rig:
        ids = await menus(rig)
        message = await posted(rig)
        of_mia = Override(rig.mia, TargetType.USER, permission=True)
        rig.local.set_command_rights(rig.guild.id, ids["Moderate image"], [of_mia])
        await on_message(rig, message, "Moderate image")
        everyone = Override(rig.guild.id, TargetType.ROLE, permission=False)
        rig.local.set_command_rights(rig.guild.id, ids["Report image"], [everyone])
        with pytest.raises(CommandRejected, match="may not use"):
            await on_message(rig, message, "Report image")
        here = Override(rig.general.id, TargetType.CHANNEL, permission=False)
        rig.local.set_command_rights(rig.guild.id, ids["Keep"], [here])
        with pytest.raises(CommandRejected, match="turned off"):
            await on_message(rig, message, "Keep")
        elsewhere = await posted(rig, channel_id=rig.guild.channel_named("images").id)
        await on_message(rig, elsewhere, "Keep")


async def test_only_what_a_person_sees_has_a_menu_for_them():
    async with rigged() as rig:
        await menus(rig)
        record = await rig.use()
        await rig.answer(record, {"type": 4, "data": {"content": "psst", "flags": EPHEMERAL}})
        with pytest.raises(CommandRejected, match="not there"):
            await on_message(rig, record.message, "Keep", user="mona")
        assert (await on_message(rig, record.message, "Keep")).payload["data"]["resolved"]["messages"]
        gone = await posted(rig)
        rig.local.delete(gone)
        with pytest.raises(CommandRejected, match="not there"):
            await on_message(rig, gone, "Keep")
        hidden = await posted(rig, channel_id=rig.guild.channel_named("mod-log").id)
        with pytest.raises(CommandRejected, match="does not see"):
            await on_message(rig, hidden, "Keep")
        await on_message(rig, hidden, "Keep", user="mona")


async def test_in_direct_messages_everybody_has_their_own():
    async with rigged() as rig:
        await menus(rig)
        _, channel = await rig.call("POST", "/users/@me/channels", {"recipient_id": str(rig.mia)})
        letter = await posted(rig, {"content": "for mia"}, channel_id=int(channel["id"]))
        record = await on_message(rig, letter, "Keep")
        assert (record.payload["context"], "member" in record.payload) == (1, False)
        with pytest.raises(CommandRejected, match="cannot be used here"):
            await on_message(rig, letter, "Report image")
        with pytest.raises(CommandRejected, match="not there"):
            await on_message(rig, letter, "Keep", user="mona")


async def test_a_reply_says_what_the_command_was_used_on():
    async with rigged() as rig:
        await menus(rig)
        message = await posted(rig)
        record = await on_message(rig, message, "Report image")
        await rig.answer(record, {"type": 4, "data": {"content": "thanks", "flags": EPHEMERAL}})
        shown = rig.local.message_payload(record.message)
        assert (shown["type"], record.message.ephemeral_to) == (23, rig.mia)
        assert shown["message_reference"]["message_id"] == shown["referenced_message"]["id"] == str(message.id)
        assert shown["interaction_metadata"]["target_message_id"] == str(message.id)
        greeted = await on_user(rig, "jules", "Greet")
        await rig.answer(greeted, {"type": 4, "data": {"content": "hello"}})
        shown = rig.local.message_payload(greeted.message)
        assert shown["interaction_metadata"]["target_user"]["username"] == "jules"
        assert "message_reference" not in shown


@specs.needs_specs
async def test_a_form_of_a_message_command_comes_back_and_its_reply_knows_where_it_began():
    field = {"type": 18, "label": "Why", "component": {"type": 4, "custom_id": "why", "style": 1}}
    async with rigged() as rig:
        await menus(rig)
        message = await posted(rig)
        record = await on_message(rig, message, "Report image")
        status, _ = await rig.answer(
            record, {"type": 9, "data": {"title": "Why?", "custom_id": "m", "components": [field]}}
        )
        assert status == 200
        sent = await rig.local.submit_modal(record, {"why": "because"})
        assert "message" not in sent.payload
        _, told = await rig.answer(sent, {"type": 4, "data": {"content": "thanks", "flags": EPHEMERAL}})
        began = told["resource"]["message"]["interaction_metadata"]["triggering_interaction_metadata"]
        assert (began["id"], began["type"], began["target_message_id"]) == (str(record.id), 2, str(message.id))
        assert specs.answer_errors(rig.local.calls[-1]) == []


@pytest.mark.parametrize("kind", [2, 3])
async def test_there_are_at_most_fifteen_of_a_kind(kind):
    many = [{"name": f"Menu {number}", "type": kind} for number in range(15)]
    one_more, other = {"name": "Menu 15", "type": kind}, {"name": "Menu 0", "type": 5 - kind}
    async with rigged() as rig:
        path = f"/applications/{rig.world.application.id}/commands"
        await menus(rig, many)
        status, body = await rig.call("POST", path, one_more)
        assert (status, body["code"]) == (400, 30032)
        assert (await rig.call("PUT", path, [*many, one_more]))[0] == 400
        # What is there can be replaced, and the other kind counts apart.
        assert (await rig.call("POST", path, many[0]))[0] == 200
        assert (await rig.call("POST", path, other))[0] == 201


async def test_another_process_uses_both_menus():
    async with process() as remote:
        world = await remote.get("world")
        guild, users = world["guilds"]["Aquarium"], world["users"]
        headers = {"Authorization": f"Bot {world['token']}"}
        path = f"{remote.api_url}/applications/{world['application_id']}/commands"
        async with remote.session.put(path, json=MENUS, headers=headers) as answer:
            assert answer.status == 200
        channel_id = guild["channels"]["general"]
        path = f"{remote.api_url}/channels/{channel_id}/messages"
        async with remote.session.post(path, json={"content": "hi"}, headers=headers) as answer:
            message_id = (await answer.json())["id"]
        use = {"message_id": message_id, "user_id": users["mia"]}
        assert (await remote.post("invoke_on_message", **use, command="Report image"))["acknowledged_ms"] is None
        refused = await remote.post("invoke_on_message", 422, **use, command="Moderate image")
        assert "may not use" in refused["rejected"]
        await remote.post("invoke_on_message", **use, command="Moderate image", forged=True)
        where = {"guild_id": guild["id"], "channel_id": channel_id, "user_id": users["mia"]}
        await remote.post("invoke_on_user", **where, command="Greet", target_id=users["mona"])


async def test_every_server_has_a_moderator_who_is_no_administrator_and_a_place_for_them_alone():
    async with rigged() as rig:
        mona, bot = rig.world.user_named("mona").id, rig.world.bot.id
        for guild in rig.world.guilds.values():
            log = guild.channel_named("mod-log")
            bits = {
                user_id: permissions_in(guild, guild.members[user_id], log, now_ms=0)
                for user_id in (mona, bot, rig.mia)
            }
            assert bits[mona] & Permission.MANAGE_MESSAGES
            assert bits[mona] != ALL
            assert bits[bot] & Permission.SEND_MESSAGES
            assert bits[rig.mia] == 0


async def test_a_window_knows_which_direct_messages_its_person_has_not_read():
    async with paged() as rig, rig.window() as mia, rig.window(as_="mona") as mona:
        direct = {"user_id": str(rig.user_id("mia")), "guild_id": None, "channel_id": None}
        channel = await rig.rest("POST", "/users/@me/channels", {"recipient_id": direct["user_id"]})
        path = f"/channels/{channel['id']}/messages"

        async def unread(window, **place):
            return (await window.ask("look", **place))["ok"]["unread_direct"]

        letter = await rig.rest("POST", path, {"content": "one"})
        assert (await mia.hear("message"))["message"]["direct"]
        assert await unread(mia, **rig.place()) == [letter["id"]]
        assert await unread(mona, **rig.place(as_="mona")) == []
        assert await unread(mona, **rig.place()) == [letter["id"]]
        assert await unread(mia, **direct) == []
        await rig.rest("POST", path, {"content": "two, while mia looks"})
        assert await unread(mia, **rig.place()) == []
        assert await unread(mona, **rig.place()) == []
