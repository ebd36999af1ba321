"""Which commands a person is offered where, and in which words."""

import pytest

from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.people import actor
from bot.sandbox.page.commands import localised, offered
from tests.sandbox.page_rig import paged

pytestmark = pytest.mark.asyncio
EVERYBODY = {"mia", "jules", "mats", "mona", "adam", "olga", "oona"}
COMMANDS = [
    {"name": "open", "description": "For all"},
    {"name": "here", "description": "In servers", "contexts": [0]},
    {"name": "there", "description": "In direct messages", "contexts": [1]},
    {"name": "admin", "description": "Settings", "default_member_permissions": "32"},
    {"name": "nobody", "description": "Secrets", "default_member_permissions": "0"},
    {"name": "grown", "description": "Adults", "nsfw": True},
    {"name": "Look", "type": 3, "default_member_permissions": "8192"},
]


async def registered(rig, commands):
    await rig.rest("PUT", f"/applications/{rig.local.world.application.id}/commands", commands)


def at(rig, name, channel="general"):
    place = rig.guild.channel_named(channel).id
    return actor(rig.local.core, guild_id=rig.guild.id, channel_id=place, user_id=rig.user_id(name))


async def test_exactly_those_are_offered_that_the_local_discord_would_let_through():
    async with paged() as rig:
        await registered(rig, COMMANDS)
        for name in EVERYBODY:
            for channel in ("general", "after-dark", "staff"):
                try:
                    who = at(rig, name, channel)
                except CommandRejected:
                    continue
                names = {each["command"] for each in offered(rig.local.core, who) if each["type"] == 1}
                assert names == await _let_through(rig, name, channel)


async def _let_through(rig, name, channel):
    place = {"guild_id": rig.guild.id, "channel_id": rig.guild.channel_named(channel).id, "user_id": rig.user_id(name)}
    found = set()
    for command in COMMANDS[:-1]:
        try:
            await rig.local.invoke(**place, command=command["name"])
        except CommandRejected:
            continue
        found.add(command["name"])
    return found


async def test_in_direct_messages_others_are_offered():
    async with paged() as rig:
        await registered(rig, COMMANDS)
        who = actor(rig.local.core, guild_id=None, channel_id=None, user_id=rig.user_id("mia"))
        names = {each["command"] for each in offered(rig.local.core, who)}
        assert names == {"open", "there", "admin", "nobody", "grown", "Look"}


async def test_a_servers_own_command_hides_the_global_one_of_its_name():
    async with paged() as rig:
        await registered(rig, [{"name": "open", "description": "global"}])
        path = f"/applications/{rig.local.world.application.id}/guilds/{rig.guild.id}/commands"
        await rig.rest("PUT", path, [{"name": "open", "description": "own"}])
        assert [each["description"] for each in offered(rig.local.core, at(rig, "mia"))] == ["own"]


async def test_sub_commands_are_entries_of_their_own_with_their_way():
    leaf = {"type": 1, "name": "set", "description": "Set it", "name_localizations": {"fr": "mettre"}}
    group = {"type": 2, "name": "limits", "description": "Limits", "options": [leaf]}
    top = {"name": "admin", "description": "x", "options": [group, {"type": 1, "name": "show", "description": "Show"}]}
    async with paged() as rig:
        await registered(rig, [top])
        entries = offered(rig.local.core, at(rig, "jules"))
        assert [each["path"] for each in entries] == [["limits", "set"], ["show"]]
        assert [each["label"] for each in entries] == ["admin limits mettre", "admin show"]


async def test_an_option_keeps_its_bounds_and_its_choices_in_the_persons_language():
    choices = [{"name": "square", "value": "1:1", "name_localizations": {"fr": "carré"}}]
    options = [
        {"type": 3, "name": "shape", "description": "Shape", "required": True, "choices": choices},
        {"type": 4, "name": "count", "description": "How many", "min_value": 1, "max_value": 4},
    ]
    async with paged() as rig:
        await registered(rig, [{"name": "paint", "description": "Paint", "options": options}])
        (entry,) = offered(rig.local.core, at(rig, "jules"))
        shape, count = entry["options"]
        assert shape["choices"] == [{"label": "carré", "value": "1:1"}]
        assert (shape["required"], count["required"]) == (True, False)
        assert (count["min_value"], count["max_value"]) == (1, 4)


@pytest.mark.parametrize(
    ("locale", "words"), [("de", "Hallo"), ("en-US", "Hullo"), ("es-419", "Hola"), ("fr", "hello"), ("en-GB", "Hullo")]
)
async def test_words_fall_back_as_discords_do(locale, words):
    shown = {"name": "hello", "name_localizations": {"de": "Hallo", "en-GB": "Hullo", "es-ES": "Hola"}}
    assert localised(shown, "name", locale) == words
