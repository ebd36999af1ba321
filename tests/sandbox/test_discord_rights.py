"""What people set in Server Settings > Integrations decides who is shown which command, and the bot can read it."""

import pytest

from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.command_rights import Override, TargetType
from tests.sandbox import specs
from tests.sandbox.discord_rig import rigged
from tests.sandbox.page_rig import paged
from tests.sandbox.test_discord_control import process
from tests.sandbox.test_discord_gateway import connected, ready

pytestmark = pytest.mark.asyncio


class Settings:
    """Sets overrides in Aquarium, in few words."""

    def __init__(self, rig):
        self.rig, self.guild = rig, rig.guild
        self.everyone, self.all_channels = rig.guild.id, rig.guild.id - 1
        self.moderator = next(each.id for each in rig.guild.roles.values() if each.name == "Moderator")
        self.application = rig.local.world.application.id

    def command(self, name):
        return next(int(each["id"]) for each in self.rig.local.core.commands.all(None) if each["name"] == name)

    def set(self, target, **kinds):
        """Set the overrides of a command by name, or of the application; kinds are role=[(id, allowed)] and so on."""
        target_id = self.application if target is None else self.command(target)
        overrides = [
            Override(some_id, TargetType[kind.upper()], allowed)
            for kind, pairs in kinds.items()
            for some_id, allowed in pairs
        ]
        self.rig.local.set_command_rights(self.guild.id, target_id, overrides)

    async def may(self, command, user, channel="general"):
        try:
            await self.rig.use(command, user=user, channel=channel)
        except CommandRejected:
            return False
        return True


async def test_a_commands_own_override_beats_its_default_permissions():
    async with rigged() as rig:
        settings = Settings(rig)
        assert not await settings.may("admin", "mona")
        settings.set("admin", role=[(settings.moderator, True)])
        assert await settings.may("admin", "mona")
        assert not await settings.may("admin", "mia")
        settings.set("admin")
        assert not await settings.may("admin", "mona")


async def test_a_person_goes_before_a_role_and_a_role_before_everyone():
    async with rigged() as rig:
        settings = Settings(rig)
        mona = rig.world.user_named("mona").id
        settings.set("imagen", role=[(settings.everyone, False)])
        assert not await settings.may("imagen", "mia")
        settings.set("imagen", role=[(settings.everyone, False), (settings.moderator, True)])
        assert await settings.may("imagen", "mona")
        settings.set("imagen", role=[(settings.everyone, False), (settings.moderator, True)], user=[(mona, False)])
        assert not await settings.may("imagen", "mona")


async def test_one_role_that_allows_is_enough():
    async with rigged() as rig:
        settings = Settings(rig)
        extra = next(each.id for each in rig.guild.roles.values() if each.name == "Administrator")
        rig.guild.roles[extra].permissions = 0
        rig.guild.members[rig.mia].role_ids = [settings.moderator, extra]
        settings.set("imagen", role=[(settings.moderator, True), (extra, False)])
        assert await settings.may("imagen", "mia")
        settings.set("imagen", role=[(settings.moderator, False), (extra, False), (settings.everyone, True)])
        assert not await settings.may("imagen", "mia")


async def test_what_is_set_for_the_application_takes_away_and_gives_nothing():
    async with rigged() as rig:
        settings = Settings(rig)
        settings.set(None, role=[(settings.moderator, True)])
        assert not await settings.may("admin", "mona")
        settings.set(None, role=[(settings.everyone, False), (settings.moderator, True)])
        assert not await settings.may("imagen", "mia")
        assert await settings.may("imagen", "mona")
        settings.set("imagen", user=[(rig.mia, True)])
        assert await settings.may("imagen", "mia")


async def test_administrators_may_use_everything_everywhere():
    async with rigged() as rig:
        settings = Settings(rig)
        settings.set(None, role=[(settings.everyone, False)], channel=[(settings.all_channels, False)])
        for user in ("adam", "olga"):
            assert await settings.may("owner", user)
        assert not await settings.may("imagen", "mona")


async def test_channels_are_judged_apart_from_people_and_threads_go_with_their_parent():
    async with rigged() as rig:
        settings = Settings(rig)
        images = rig.guild.channel_named("images").id
        settings.set(None, channel=[(settings.all_channels, False), (images, True)])
        assert await settings.may("imagen", "mia", "images")
        assert not await settings.may("imagen", "mia", "general")
        assert not await settings.may("imagen", "mia", "old-ideas")
        settings.set("imagen", channel=[(rig.general.id, True)], user=[(rig.mia, True)])
        assert await settings.may("imagen", "mia", "old-ideas")
        settings.set("imagen", channel=[(images, False)], user=[(rig.mia, True)])
        assert not await settings.may("imagen", "mia", "images")


async def test_a_forged_use_reaches_the_bot_all_the_same():
    async with rigged() as rig:
        where = {"guild_id": rig.guild.id, "channel_id": rig.general.id, "user_id": rig.mia}
        with pytest.raises(CommandRejected, match="may not use"):
            await rig.local.invoke(**where, command="owner")
        record = await rig.local.invoke(**where, command="owner", forged=True)
        assert record.payload["data"]["name"] == "owner"
        with pytest.raises(CommandRejected, match="no command"):
            await rig.local.invoke(**where, command="nothing", forged=True)


async def test_the_bot_reads_what_is_set_and_cannot_change_it():
    async with rigged() as rig:
        settings = Settings(rig)
        path = f"/applications/{settings.application}/guilds/{rig.guild.id}/commands"
        one = f"{path}/{settings.command('admin')}/permissions"
        assert await rig.call("GET", f"{path}/permissions") == (200, [])
        status, body = await rig.call("GET", one)
        assert (status, body["code"]) == (404, 10066)
        settings.set("admin", role=[(settings.moderator, True)])
        settings.set(None, channel=[(settings.all_channels, False)])
        shown = [{"id": str(settings.moderator), "type": 1, "permission": True}]
        assert (await rig.call("GET", one))[1]["permissions"] == shown
        _, listed = await rig.call("GET", f"{path}/permissions")
        assert [int(each["id"]) for each in listed] == [settings.command("admin"), settings.application]
        status, body = await rig.call("PUT", one, {"permissions": shown})
        assert (status, body["code"]) == (403, 20001)
        with pytest.raises(KeyError):
            rig.local.set_command_rights(rig.guild.id, 1, [])
        rig.local.remove(rig.guild.id)
        status, body = await rig.call("GET", f"{path}/permissions")
        assert (status, body["code"]) == (403, 50001)
        rig.local.join(rig.guild.id)
        assert await rig.call("GET", f"{path}/permissions") == (200, [])


async def test_of_a_command_that_is_gone_nothing_is_set():
    async with rigged() as rig:
        settings = Settings(rig)
        settings.set("admin", role=[(settings.moderator, True)])
        await rig.call("PUT", f"/applications/{settings.application}/commands", [])
        path = f"/applications/{settings.application}/guilds/{rig.guild.id}/commands/permissions"
        assert await rig.call("GET", path) == (200, [])


@specs.needs_specs
async def test_what_is_set_is_answered_and_told_as_described():
    async with rigged() as rig:
        settings = Settings(rig)
        settings.set("admin", role=[(settings.moderator, True)], user=[(rig.mia, False)])
        path = f"/applications/{settings.application}/guilds/{rig.guild.id}/commands"
        for each in (f"{path}/permissions", f"{path}/{settings.command('admin')}/permissions"):
            await rig.call("GET", each)
            assert specs.answer_errors(rig.local.calls[-1]) == []
        async with connected(rig) as client:
            await ready(client, rig, intents=0)
            settings.set("admin", channel=[(settings.all_channels, True)])
            frame = await client.read()
        assert frame["t"] == "APPLICATION_COMMAND_PERMISSIONS_UPDATE"
        assert specs.event_errors(frame["t"], frame["d"]) == []


async def test_the_page_offers_what_discord_would_show():
    async with paged() as rig, rig.window(as_="mona") as window:
        settings = Settings(rig)
        settings.set("admin", role=[(settings.moderator, True)])
        settings.set("imagen", role=[(settings.moderator, False)])
        offered = (await window.ask("look", **rig.place(as_="mona")))["ok"]["commands"]
        assert [each["command"] for each in offered] == ["admin"]


async def test_another_process_sets_who_may_use_what():
    async with process() as remote:
        world = await remote.get("world")
        guild, mona = world["guilds"]["Aquarium"], world["users"]["mona"]
        path = f"{remote.api_url}/applications/{world['application_id']}"
        headers = {"Authorization": f"Bot {world['token']}"}
        command = {"name": "admin", "description": "Settings", "default_member_permissions": "32"}
        async with remote.session.put(f"{path}/commands", json=[command], headers=headers) as answer:
            (registered,) = await answer.json()
        use = {"guild_id": guild["id"], "channel_id": guild["channels"]["general"], "user_id": mona, "command": "admin"}
        assert "may not use" in (await remote.post("invoke", 422, **use))["rejected"]
        await remote.post("invoke", **use, forged=True)
        overrides = [{"id": guild["roles"]["Moderator"], "type": 1, "permission": True}]
        await remote.post("command_rights", guild_id=guild["id"], target_id=registered["id"], permissions=overrides)
        await remote.post("invoke", **use)
        await remote.post("roles/set", guild_id=guild["id"], user_id=mona, roles=[])
        await remote.post("invoke", 422, **use)
        await remote.post("roles/delete", guild_id=guild["id"], role_id=guild["roles"]["Moderator"])
        await remote.post("roles/permissions", guild_id=guild["id"], role_id=guild["id"], permissions="32")
        await remote.post("servers/bot_permissions", guild_id=guild["id"], permissions=8)
        await remote.post("dms", user_id=mona, accepts=False)
        await remote.post("channels/delete", channel_id=guild["channels"]["images"])
        await remote.post("servers/remove", guild_id=guild["id"])
        await remote.post("servers/join", guild_id=guild["id"], permissions="8")
        founded = await remote.post("servers/found", name="New", user_id=mona)
        await remote.post("servers/join", guild_id=founded["id"])
        names = (await remote.get("world"))["guilds"]
        assert "images" not in names["Aquarium"]["channels"]
        assert list(names["New"]["channels"]) == ["general"]
