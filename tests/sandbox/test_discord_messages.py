"""Messages in channels keep Discord's rules, and nobody is pinged unseen."""

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.world import Overwrite, OverwriteType
from tests.sandbox import specs
from tests.sandbox.discord_rig import codes, rigged
from tests.sandbox.tinybot import png

pytestmark = pytest.mark.asyncio

NOBODY = {"parse": []}


async def test_a_message_is_posted_read_edited_listed_and_deleted():
    async with rigged() as rig:
        status, message = await rig.post({"content": "hello"}, files={"a.png": png()})
        path = f"/channels/{rig.general.id}/messages/{message['id']}"
        assert status == 200
        assert (await rig.call("GET", path))[1] | {"attachments": []} == message | {"attachments": []}
        assert (await rig.call("PATCH", path, {"content": "bye"}))[1]["content"] == "bye"
        assert [each["id"] for each in (await rig.call("GET", f"/channels/{rig.general.id}/messages"))[1]] == [
            message["id"]
        ]
        assert await rig.call("DELETE", path) == (204, None)
        assert (await rig.call("PATCH", path, {"content": "?"}))[1]["code"] == 10008


async def test_a_list_of_messages_goes_backwards_from_where_it_is_asked():
    async with rigged() as rig:
        ids = [(await rig.post({"content": str(number)}))[1]["id"] for number in range(5)]
        path = f"/channels/{rig.general.id}/messages"

        async def listed(query):
            return [each["content"] for each in (await rig.call("GET", path + query))[1]]

        assert await listed("?limit=2") == ["4", "3"]
        assert await listed(f"?before={ids[2]}") == ["1", "0"]
        assert await listed(f"?after={ids[1]}&limit=2") == ["3", "2"]
        assert await listed(f"?around={ids[2]}&limit=3") == ["3", "2", "1"]
        assert (await rig.call("GET", path + "?limit=101"))[0] == 400


async def test_the_same_nonce_within_minutes_is_the_same_message_where_that_is_enforced():
    async with rigged() as rig:
        first = (await rig.post({"content": "one", "nonce": "n", "enforce_nonce": True}))[1]
        again = (await rig.post({"content": "two", "nonce": "n", "enforce_nonce": True}))[1]
        loose = (await rig.post({"content": "three", "nonce": "n"}))[1]
        rig.clock.advance(5 * 60_000 + 1)
        later = (await rig.post({"content": "four", "nonce": "n", "enforce_nonce": True}))[1]
        assert again["id"] == first["id"]
        assert again["content"] == "one"
        assert len({first["id"], loose["id"], later["id"]}) == 3


async def test_a_channel_that_is_not_there_is_unknown_and_one_that_is_hidden_has_no_access():
    async with rigged() as rig:
        assert (await rig.post({"content": "x"}, channel_id=1))[1]["code"] == 10003
        status, body = await rig.post({"content": "x"}, channel_id=rig.guild.channel_named("staff").id)
        assert (status, body["code"]) == (403, 50001)
        del rig.guild.members[rig.world.bot.id]
        assert (await rig.post({"content": "x"}))[1]["code"] == 50001
        assert rig.local.invalid_requests == 2


@pytest.mark.parametrize(
    ("denied", "files"),
    [(Permission.SEND_MESSAGES, None), (Permission.ATTACH_FILES, {"a.txt": b"x"})],
)
async def test_a_message_needs_the_permission_for_it(denied, files):
    async with rigged() as rig:
        overwrite = Overwrite(id=rig.world.bot.id, type=OverwriteType.MEMBER, deny=int(denied))
        rig.general.overwrites.append(overwrite)
        status, body = await rig.post({"content": "x"}, files=files)
        assert (status, body["code"]) == (403, 50013)


async def test_an_archived_thread_opens_by_a_message_unless_it_is_locked_but_takes_no_edit():
    async with rigged() as rig:
        thread = rig.guild.channel_named("old-ideas")
        status, message = await rig.post({"content": "x"}, channel_id=thread.id)
        assert status == 200
        assert not thread.thread.archived
        thread.thread.archived = thread.thread.locked = True
        assert (await rig.post({"content": "x"}, channel_id=thread.id))[1]["code"] == 50083
        path = f"/channels/{thread.id}/messages/{message['id']}"
        assert (await rig.call("PATCH", path, {"content": "y"}))[1]["code"] == 50083


async def test_a_reply_in_an_archived_thread_cannot_be_edited():
    async with rigged() as rig:
        record = await rig.use(channel="old-ideas")
        await rig.answer(record, {"type": 5})
        assert (await rig.edit(record, {"content": "x"}))[1]["code"] == 50083


async def test_direct_messages_open_for_everyone_and_fail_only_when_one_is_sent():
    async with rigged() as rig:
        for name, code in (("mia", None), ("mats", 50007)):
            recipient = str(rig.world.user_named(name).id)
            status, channel = await rig.call("POST", "/users/@me/channels", {"recipient_id": recipient})
            assert status == 200
            status, body = await rig.post({"content": "hello"}, channel_id=int(channel["id"]))
            assert body.get("code") == code
        assert (await rig.call("POST", "/users/@me/channels", {"recipient_id": "1"}))[0] == 400


async def test_another_persons_message_cannot_be_edited():
    async with rigged() as rig:
        _, message = await rig.post({"content": "x"})
        rig.local.core.messages.get(int(message["id"])).author_id = rig.mia
        path = f"/channels/{rig.general.id}/messages/{message['id']}"
        assert (await rig.call("PATCH", path, {"content": "y"}))[1]["code"] == 50005
        assert (await rig.call("DELETE", path))[1]["code"] == 50013


@pytest.mark.parametrize("payload", [{}, {"content": ""}, {"content": "  "}, {"flags": 1 << 15}, {"components": []}])
async def test_an_empty_message_is_refused(payload):
    async with rigged() as rig:
        assert (await rig.post(payload))[1]["code"] == 50006


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"content": "x" * 2001}, "BASE_TYPE_MAX_LENGTH"),
        ({"content": 5}, "STRING_TYPE_CONVERT"),
        ({"embeds": [{"title": "x" * 257}]}, "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4097}]}, "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "attachments": [{"id": 0, "description": "x" * 1025}]}, "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "nonce": "x" * 26}, "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "allowed_mentions": {"parse": ["people"]}}, "BASE_TYPE_CHOICES"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["123456789012345678"]}},
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        ({"content": "x", "message_reference": {"message_id": "5"}}, "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"),
        ([], "MODEL_TYPE_CONVERT"),
    ],
)
async def test_a_field_that_breaks_its_bounds_is_named(payload, code):
    async with rigged() as rig:
        status, body = await rig.post(payload)
        assert (status, body["code"], codes(body)) == (400, 50035, {code})


async def test_a_body_that_is_no_json_is_refused():
    async with rigged() as rig:
        headers = {"Authorization": f"Bot {rig.local.token}", "Content-Type": "application/json"}
        url = f"{rig.local.api_url}/channels/{rig.general.id}/messages"
        async with rig.session.post(url, data=b"{", headers=headers) as answer:
            assert (await answer.json())["code"] == 50109


async def test_automod_blocks_what_contains_its_words():
    async with rigged() as rig:
        rig.guild.blocked_words = ["Cabin"]
        record = await rig.deferred()
        card = [{"type": 17, "components": [{"type": 10, "content": "a cosy CABIN"}]}]
        status, body = await rig.edit(record, {"flags": 1 << 15, "components": card})
        assert (status, body["code"]) == (400, 200000)
        assert record.message.body.is_loading
        assert (await rig.post({"content": "a house"}))[0] == 200


async def test_a_channel_message_pings_everyone_it_names_unless_it_says_otherwise():
    async with rigged() as rig:
        role = next(role for role in rig.guild.roles.values() if role.name == "Moderator")
        role.mentionable = True
        words = f"<@{rig.mia}> <@&{role.id}> @everyone"
        loud = await posted(rig, {"content": words})
        assert (loud.pinged.users, loud.pinged.roles, loud.pinged.everyone) == ({rig.mia}, {role.id}, False)
        rig.guild.roles[rig.guild.id].permissions |= Permission.MENTION_EVERYONE
        assert (await posted(rig, {"content": words})).pinged.everyone
        assert not (await posted(rig, {"content": words, "allowed_mentions": NOBODY})).pinged
        some = await posted(rig, {"content": words, "allowed_mentions": {"users": [str(rig.mia)]}})
        assert (some.pinged.users, some.pinged.roles, some.pinged.everyone) == ({rig.mia}, frozenset(), False)


async def posted(rig, payload):
    status, message = await rig.post(payload)
    assert status == 200
    return rig.local.core.messages.get(int(message["id"]))


async def test_an_interactions_reply_pings_people_only_also_from_within_a_card():
    async with rigged() as rig:
        rig.guild.roles[rig.guild.id].permissions |= Permission.MENTION_EVERYONE
        card = {"flags": 1 << 15, "components": [{"type": 10, "content": f"<@{rig.mia}> @everyone"}]}
        loud = await rig.deferred()
        await rig.edit(loud, card)
        assert (loud.message.pinged.users, loud.message.pinged.everyone) == ({rig.mia}, False)
        quiet = await rig.deferred()
        await rig.edit(quiet, card | {"allowed_mentions": NOBODY})
        assert not quiet.message.pinged


@specs.needs_specs
async def test_guilds_channels_members_roles_and_errors_are_answered_as_described():
    async with rigged() as rig:
        rig.guild.blocked_words = ["x"]
        application, guild = f"/applications/{rig.world.application.id}", f"/guilds/{rig.guild.id}"
        thread = rig.guild.channel_named("old-ideas").id
        paths = [
            "/gateway", "/gateway/bot", "/users/@me", f"/users/{rig.mia}", "/users/1", "/oauth2/applications/@me",
            "/applications/@me", f"{application}/commands", f"{application}/commands?with_localizations=true",
            f"{application}/guilds/{rig.guild.id}/commands", f"{application}/commands/1", "/users/@me/guilds", guild,
            f"{guild}?with_counts=true", "/guilds/1", f"{guild}/channels", f"{guild}/roles",
            f"{guild}/members/{rig.mia}", f"{guild}/members/1", f"{guild}/auto-moderation/rules",
            f"/channels/{rig.general.id}", f"/channels/{thread}", "/channels/1", f"/channels/{rig.general.id}/messages",
        ]  # fmt: skip
        for path in paths:
            await rig.call("GET", path)
        rig.guild.roles[rig.guild.id].permissions |= Permission.MANAGE_GUILD
        await rig.call("GET", f"{guild}/auto-moderation/rules")
        _, channel = await rig.call("POST", "/users/@me/channels", {"recipient_id": str(rig.mia)})
        await rig.post({"content": "x" * 3000})
        await rig.post({"content": "hello", "message_reference": None}, channel_id=int(channel["id"]))
        await rig.call("POST", f"/channels/{rig.general.id}/typing")
        assert len(rig.local.calls) == len(paths) + 6
        wrong = {(call.route, error) for call in rig.local.calls for error in specs.answer_errors(call)}
        assert wrong == set()


async def test_leaving_a_guild_ends_all_access_to_it():
    async with rigged() as rig:
        assert (await rig.call("DELETE", f"/users/@me/guilds/{rig.guild.id}"))[0] == 204
        assert (await rig.call("GET", f"/guilds/{rig.guild.id}"))[1]["code"] == 50001


async def test_bot_routes_need_the_bots_token_and_unknown_routes_are_not_found():
    async with rigged() as rig:
        status, body = await rig.call("GET", "/users/@me", token="wrong")
        assert (status, body["code"]) == (401, 0)
        assert (await rig.call("GET", "/nothing/here"))[0] == 404
        assert (await rig.call("GET", "/channels/abc"))[0] == 400


async def test_answers_are_json_and_say_so_without_a_charset():
    async with rigged() as rig:
        await rig.call("GET", "/users/@me")
        assert rig.headers["Content-Type"] == "application/json"
