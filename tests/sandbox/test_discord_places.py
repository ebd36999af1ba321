"""Places beside text channels: threads, forum posts, the chat of voice channels, direct messages, servers without the bot."""

import pytest

from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.permissions import MEMBER, Permission
from tests.sandbox.discord_rig import rigged
from tests.sandbox.specs import event_errors, needs_specs

pytestmark = pytest.mark.asyncio

EPHEMERAL = 1 << 6
EVERYWHERE = {"contexts": [0, 1, 2], "integration_types": [0, 1]}
ROW = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}


def command(**fields):
    return [{"name": "draw", "description": "Draw", **fields}]


async def registered(rig, **fields):
    status, _ = await rig.call("PUT", f"/applications/{rig.world.application.id}/commands", command(**fields))
    assert status == 200


def elsewhere(rig, user="mia"):
    """A server of somebody's that the bot is not in."""
    return rig.local.found_server("Elsewhere", owner_id=rig.world.user_named(user).id, locale="fr")


async def in_group(rig, user="mia"):
    group = next(iter(rig.world.groups.values()))
    return await rig.local.invoke(channel_id=group.id, user_id=rig.world.user_named(user).id, command="draw")


async def in_elsewhere(rig, guild, user="mia"):
    channel = guild.channel_named("general")
    who = rig.world.user_named(user).id
    return await rig.local.invoke(guild_id=guild.id, channel_id=channel.id, user_id=who, command="draw")


@needs_specs
async def test_every_kind_of_place_is_told_as_discord_describes_it():
    async with rigged() as rig:
        await registered(rig, **EVERYWHERE)
        rig.world.installed_by.add(rig.mia)
        used = [await rig.use("draw", channel=name) for name in ("general", "old-ideas", "my-garden", "lounge")]
        used.append(await rig.local.invoke(user_id=rig.mia, command="draw"))
        used.append(await in_group(rig))
        used.append(await in_elsewhere(rig, elsewhere(rig)))
        for record in used:
            assert event_errors("INTERACTION_CREATE", record.payload) == []
        owners = [each.payload["authorizing_integration_owners"] for each in used]
        both = {"0": str(rig.guild.id), "1": str(rig.mia)}
        assert owners == [both] * 4 + [{"0": "0", "1": str(rig.mia)}] + [{"1": str(rig.mia)}] * 2
        assert [each.payload["context"] for each in used] == [0, 0, 0, 0, 1, 2, 0]
        assert used[2].payload["channel"]["parent_id"] == str(rig.guild.channel_named("gallery").id)
        for guild in rig.world.guilds.values():
            for channel in guild.channels.values():
                seen = await rig.call("GET", f"/channels/{channel.id}")
                assert seen[0] in (200, 403)


async def test_nobody_writes_in_a_forum_itself():
    async with rigged() as rig:
        with pytest.raises(CommandRejected, match="Nobody can write"):
            await rig.use(channel="gallery")


async def test_a_command_is_offered_where_it_is_installed_and_nowhere_else():
    async with rigged() as rig:
        guild = elsewhere(rig)
        await registered(rig, contexts=[0, 1, 2])
        rig.world.installed_by.add(rig.mia)
        with pytest.raises(CommandRejected, match="not installed"):
            await in_elsewhere(rig, guild)
        with pytest.raises(CommandRejected, match="not installed"):
            await in_group(rig)
        await registered(rig, contexts=[0], integration_types=[0, 1])
        assert (await in_elsewhere(rig, guild)).payload["guild_id"] == str(guild.id)
        with pytest.raises(CommandRejected, match="cannot be used here"):
            await in_group(rig)
        rig.world.installed_by.clear()
        with pytest.raises(CommandRejected, match="The bot is not in Elsewhere"):
            await in_elsewhere(rig, guild)
        with pytest.raises(CommandRejected, match="is not in garden-club"):
            await in_group(rig, "mona")


@pytest.mark.parametrize("place", ["a group", "a server without the bot"])
async def test_where_only_a_person_installed_it_the_bot_has_nothing_but_the_token(place):
    async with rigged() as rig:
        await registered(rig, **EVERYWHERE)
        rig.world.installed_by.add(rig.mia)
        record = await (in_group(rig) if place == "a group" else in_elsewhere(rig, elsewhere(rig)))
        assert (await rig.answer(record, {"type": 5}))[0] == 200
        assert (await rig.edit(record, {"content": "here"}))[0] == 200
        message = f"/channels/{record.channel_id}/messages/{record.message.id}"
        for method, path, payload in (
            ("GET", message, None),
            ("PATCH", message, {"content": "no"}),
            ("POST", f"/channels/{record.channel_id}/messages", {"content": "no"}),
        ):
            status, body = await rig.call(method, path, payload)
            assert (status, body["code"]) == (403, 50001)
        for _ in range(5):
            assert (await rig.call("POST", rig.webhook(record), {"content": "more"}))[0] == 200
        status, body = await rig.call("POST", rig.webhook(record), {"content": "too much"})
        assert (status, body["code"]) == (400, 40094)
        rig.clock.advance(15 * 60_000 + 1)
        assert (await rig.edit(record, {"content": "late"}))[1]["code"] == 50027


async def test_in_a_server_with_the_bot_follow_ups_are_not_counted():
    async with rigged() as rig:
        record = await rig.deferred()
        await rig.edit(record, {"content": "here"})
        for _ in range(7):
            assert (await rig.call("POST", rig.webhook(record), {"content": "more"}))[0] == 200


async def test_who_may_not_use_own_apps_in_a_server_sees_the_answers_alone():
    async with rigged() as rig:
        await registered(rig, **EVERYWHERE)
        jules = rig.world.user_named("jules").id
        rig.world.installed_by.add(jules)
        guild = elsewhere(rig)
        guild.members[jules] = rig.guild.members[jules]
        guild.roles[guild.id].permissions = MEMBER & ~int(Permission.USE_EXTERNAL_APPS)
        record = await in_elsewhere(rig, guild, "jules")
        await rig.answer(record, {"type": 5, "data": {}})
        await rig.edit(record, {"content": "here"})
        _, more = await rig.call("POST", rig.webhook(record), {"content": "more"})
        assert record.message.ephemeral_to == jules
        assert more["flags"] & EPHEMERAL


async def test_others_press_what_somebody_put_up_and_go_by_that_persons_installation():
    async with rigged() as rig:
        await registered(rig, **EVERYWHERE)
        rig.world.installed_by.add(rig.mia)
        record = await in_group(rig)
        await rig.answer(record, {"type": 4, "data": {"content": "press", "components": [ROW]}})
        jules = rig.world.user_named("jules").id
        pressed = await rig.local.press(record.message, "go", user_id=jules)
        assert pressed.payload["authorizing_integration_owners"] == {"1": str(rig.mia)}
        assert pressed.token_only
        with pytest.raises(CommandRejected, match="is not in"):
            await rig.local.press(record.message, "go", user_id=rig.world.user_named("mona").id)
