"""Commands are registered under Discord's limits and used within them."""

import pytest

from bot.sandbox.discord.command_forms import check_command, check_commands, command_size
from bot.sandbox.discord.command_options import CommandRejected
from tests.sandbox import specs
from tests.sandbox.discord_rig import codes, rigged


def command(**more):
    return {"name": "imagen", "description": "Make an image"} | more


def option(**more):
    return {"type": 3, "name": "prompt", "description": "What to draw"} | more


def choices(count, **more):
    return [{"name": str(number), "value": str(number)} | more for number in range(count)]


GOOD = [
    command(),
    command(name="イマジン"),
    command(name="वनडे"),
    command(name="it's-a_command"),
    command(options=[option(required=True), option(name="b")]),
    command(options=[option(choices=choices(25))]),
    command(options=[option(type=4, min_value=-(2**53 - 1), max_value=2**53 - 1)]),
    command(options=[option(name=f"o{number}") for number in range(25)]),
    command(options=[{"type": 1, "name": "sub", "description": "d", "options": [option()]}]),
    command(name_localizations={"de": "bild"}, description_localizations={"fr": "Une image"}),
    command(default_member_permissions=32, contexts=[0], integration_types=[0, 1], nsfw=True),
    {"type": 3, "name": "Make this an Image"},
]
BAD = [
    (command(name="Imagen"), "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="two words"), "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="x" * 33), "BASE_TYPE_BAD_LENGTH"),
    (command(description=""), "BASE_TYPE_BAD_LENGTH"),
    (command(description="x" * 101), "BASE_TYPE_BAD_LENGTH"),
    ({"name": "imagen"}, "BASE_TYPE_REQUIRED"),
    (command(options=[option(name=f"o{number}") for number in range(26)]), "BASE_TYPE_MAX_LENGTH"),
    (command(options=[option(choices=choices(26))]), "BASE_TYPE_MAX_LENGTH"),
    (command(options=[option(choices=choices(2, value="same"))]), "APPLICATION_COMMAND_OPTIONS_CHOICE_DUPLICATE"),
    (command(options=[option(choices=choices(1), autocomplete=True)]), "APPLICATION_COMMAND_AUTOCOMPLETE_NO_CHOICES"),
    (command(options=[option(), option(name="b", required=True)]), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
    (command(options=[option(), option()]), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID"),
    (command(options=[option(max_length=6001)]), "NUMBER_TYPE_MAX"),
    (command(options=[option(type=4, min_value=5, max_value=4)]), "APPLICATION_COMMAND_OPTION_RANGE"),
    (command(options=[option(type=99)]), "UNION_TYPE_CHOICES"),
    (
        command(options=[option(), {"type": 1, "name": "sub", "description": "d"}]),
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    (command(name_localizations={"xx": "bild"}), "BASE_TYPE_CHOICES"),
    (command(name_localizations={"de": "Bild"}), "APPLICATION_COMMAND_INVALID_NAME"),
    (command(contexts=[]), "BASE_TYPE_BAD_LENGTH"),
    (command(contexts=[3]), "BASE_TYPE_CHOICES"),
    ({"type": 3, "name": "Look", "description": "words"}, "APPLICATION_COMMAND_CONTEXT_MENU_FIELD"),
]


@pytest.mark.parametrize("good", GOOD)
def test_a_command_within_bounds_is_registered(good):
    assert check_command(good) == {}


@pytest.mark.parametrize(("bad", "code"), BAD)
def test_a_command_out_of_bounds_is_refused(bad, code):
    assert codes({"errors": check_command(bad)}) == {code}


def test_a_command_has_at_most_8000_characters_counting_the_longest_language():
    options = [option(name=f"o{number}", choices=choices(25, name="x")) for number in range(4)]
    one = command(options=options, description_localizations={"de": "x" * 100})
    assert command_size(one) == 6 + 100 + 4 * (2 + 12) + 4 * (25 * 1 + 10 * 1 + 15 * 2)
    long = command(
        options=[
            option(name=f"o{number}", choices=[{"name": f"{each:0>100}", "value": str(each)} for each in range(25)])
            for number in range(4)
        ]
    )
    assert codes({"errors": check_command(long)}) == {"APPLICATION_COMMAND_TOO_LARGE"}


def test_a_list_of_commands_has_each_name_once_and_at_most_a_hundred_of_a_kind():
    assert codes({"errors": check_commands([command(), command()])}) == {"APPLICATION_COMMANDS_DUPLICATE_NAME"}
    assert check_commands([command(), {"type": 3, "name": "imagen"}]) == {}
    many = [command(name=f"c{number}") for number in range(101)]
    assert codes({"errors": check_commands(many)}) == {"APPLICATION_COMMANDS_MAX"}
    assert list(check_commands([command(), command(name="Bad")])) == ["1"]


@pytest.mark.asyncio
async def test_an_overwrite_replaces_everything_and_keeps_the_ids_of_what_stays():
    async with rigged() as rig:
        path = f"/applications/{rig.world.application.id}/commands"
        _, first = await rig.call("PUT", path, [command(), command(name="old")])
        _, same = await rig.call("PUT", path, [command(), command(name="new")])
        _, changed = await rig.call("PUT", path, [command(description="Changed")])
        assert first[0] == same[0]
        assert changed[0]["id"] == first[0]["id"]
        assert changed[0]["version"] != first[0]["version"]
        assert (await rig.call("GET", path))[1][0]["description"] == "Changed"


@pytest.mark.asyncio
async def test_a_guilds_own_command_hides_the_global_one():
    async with rigged() as rig:
        path = f"/applications/{rig.world.application.id}/guilds/{rig.guild.id}/commands"
        status, own = await rig.call("POST", path, command(options=[option(name="idea")]))
        assert status == 201
        record = await rig.use(idea="a house")
        assert record.payload["data"]["id"] == own["id"]
        assert record.payload["data"]["guild_id"] == str(rig.guild.id)
        one = f"{path}/{own['id']}"
        assert (await rig.call("PATCH", one, {"description": "Other"}))[1]["description"] == "Other"
        assert (await rig.call("GET", one))[1]["description"] == "Other"
        assert (await rig.call("DELETE", one))[0] == 204
        assert (await rig.call("GET", one))[1]["code"] == 10063


@pytest.mark.asyncio
async def test_options_of_every_kind_arrive_with_what_they_refer_to():
    kinds = {"text": 3, "whole": 4, "yes": 5, "who": 6, "where": 7, "role": 8, "any": 9, "number": 10, "file": 11}
    async with rigged() as rig:
        options = [{"type": kind, "name": name, "description": "d"} for name, kind in kinds.items()]
        path = f"/applications/{rig.world.application.id}/commands"
        assert (await rig.call("PUT", path, [command(options=options)]))[0] == 200
        role_id = next(iter(rig.guild.roles))
        record = await rig.use(
            text="t", whole=1, yes=False, who=rig.mia, where=rig.general.id, role=role_id, any=rig.mia, number=1.5,
            file=("a.txt", b"x"),
        )  # fmt: skip
        data = record.payload["data"]
        assert [each["type"] for each in data["options"]] == list(kinds.values())
        assert set(data["resolved"]) == {"users", "members", "channels", "roles", "attachments"}
        for wrong in ({"whole": 1.5}, {"yes": 1}, {"who": 1}, {"where": 1}, {"role": 1}, {"number": "x"}, {"text": 1}):
            with pytest.raises(CommandRejected):
                await rig.use(**wrong)


@pytest.mark.asyncio
async def test_a_sub_commands_options_stand_under_its_name():
    async with rigged() as rig:
        sub = {"type": 1, "name": "set", "description": "d", "options": [option(required=True)]}
        path = f"/applications/{rig.world.application.id}/commands"
        await rig.call("PUT", path, [command(options=[sub])])
        record = await rig.use(set={"prompt": "x"})
        assert record.payload["data"]["options"][0]["options"][0]["value"] == "x"
        with pytest.raises(CommandRejected, match="required"):
            await rig.use(set={})


@specs.needs_specs
@pytest.mark.asyncio
async def test_registered_commands_are_answered_as_described():
    async with rigged() as rig:
        path = f"/applications/{rig.world.application.id}/commands"
        for good in GOOD:
            status, _ = await rig.call("PUT", path, [good])
            assert status == 200
            assert specs.request_errors(rig.local.calls[-1]) == []
            assert specs.answer_errors(rig.local.calls[-1]) == []
