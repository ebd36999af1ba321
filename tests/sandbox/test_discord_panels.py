"""A private panel of settings, as discord.py makes one: menus, forms, and a message that changes under the hand."""

import asyncio
import contextlib
import json

import discord
import pytest
from discord import app_commands, ui

from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.interactions import CallbackType
from tests.sandbox import specs
from tests.sandbox.discord_rig import codes, rigged
from tests.sandbox.tinybot import TinyBot, pointed_at

pytestmark = pytest.mark.asyncio


def said(value):
    """Return what was picked, in the plainest way: names of people and roles, and what may be done in channels."""
    if isinstance(value, app_commands.AppCommandChannel | app_commands.AppCommandThread):
        return f"#{value.name} {value.permissions.send_messages}"
    return getattr(value, "name", value)


class Panel(ui.LayoutView):
    """Every kind of menu; a choice edits the panel, at once or after a deferral."""

    def __init__(self, words, defaults):
        super().__init__(timeout=None)
        self.words = words
        self.add_item(ui.TextDisplay(words))
        for select in self._selects(defaults):
            self.add_item(ui.ActionRow(select))
        button = ui.Button(label="Form", custom_id="form")
        button.callback = self._open
        self.add_item(ui.ActionRow(button))

    def _selects(self, defaults):
        kinds = (ui.UserSelect, "users"), (ui.RoleSelect, "roles"), (ui.ChannelSelect, "where")
        for kind, name in (*kinds, (ui.MentionableSelect, "whom")):
            more = {"channel_types": [discord.ChannelType.text]} if name == "where" else {}
            select = kind(custom_id=name, min_values=0, max_values=3, default_values=defaults.get(name, []), **more)
            select.callback = self._later if name == "roles" else self._at_once
            yield select

    async def _at_once(self, interaction):
        await interaction.response.edit_message(view=Panel(self._told(interaction), {}))

    async def _later(self, interaction):
        await interaction.response.defer()
        await interaction.edit_original_response(view=Panel(self._told(interaction), {}))

    def _told(self, interaction):
        name = interaction.data["custom_id"]
        select = next(each for each in self.walk_children() if getattr(each, "custom_id", "") == name)
        return f"{name}: {', '.join(str(said(each)) for each in select.values)}"

    async def _open(self, interaction):
        await interaction.response.send_modal(Form(mona=interaction.client.mona))


class Form(ui.Modal, title="Everything"):
    """Every kind of field."""

    limit = ui.Label(text="Limit", component=ui.TextInput(custom_id="limit", default="5", required=False))
    channels = ui.Label(text="Where", component=ui.ChannelSelect(custom_id="channels", required=False, max_values=2))
    how = ui.Label(
        text="How",
        component=ui.RadioGroup(
            custom_id="how", options=[discord.RadioGroupOption(label=each, value=each) for each in ("a", "b")]
        ),
    )
    file = ui.Label(text="File", component=ui.FileUpload(custom_id="file", required=False))

    def __init__(self, *, mona):
        super().__init__()
        default = discord.SelectDefaultValue(id=mona, type=discord.SelectDefaultValueType.user)
        self.person = ui.UserSelect(custom_id="person", default_values=[default])
        self.add_item(ui.Label(text="Who", component=self.person))

    async def on_submit(self, interaction):
        values = [self.limit.component.value, *map(said, self.person.values), self.how.component.value]
        values += [*map(said, self.channels.component.values)]
        values += [each.filename for each in self.file.component.values]
        await interaction.response.edit_message(view=Panel(" ".join(values), {}))


class PanelBot(TinyBot):
    def __init__(self, *, defaults):
        super().__init__()
        self.defaults = defaults
        self.mona = 0

        @self.tree.command(description="Settings")
        async def panel(interaction: discord.Interaction) -> None:
            await interaction.response.send_message(view=Panel("settings", self.defaults), ephemeral=True)


@contextlib.asynccontextmanager
async def opened(**defaults):
    """Yield the rig, and adam's panel as it was opened."""
    async with rigged() as rig, pointed_at(rig.local), PanelBot(defaults=defaults) as bot:
        bot.mona = rig.world.user_named("mona").id
        task = asyncio.create_task(bot.start(rig.local.token))
        await rig.local.gateway.connected()
        await bot.wait_until_ready()
        try:
            yield rig, await (await rig.use("panel", user="adam")).answered()
            assert bot.errors == []
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)


async def choose(rig, panel, name, *ids):
    adam = rig.world.user_named("adam").id
    record = await rig.local.select(panel.message, name, [str(each) for each in ids], user_id=adam)
    return await asyncio.wait_for(record.acknowledged(), 30)


async def test_a_choice_edits_the_private_panel_in_place():
    async with opened() as (rig, panel):
        chosen = await choose(rig, panel, "users", rig.mia, rig.world.user_named("mona").id)
        assert chosen.callback_type is CallbackType.UPDATE_MESSAGE
        assert panel.body.text == "users: mia, mona"
        assert panel.message.ephemeral_to == rig.world.user_named("adam").id
        assert panel.message.body.flags & discord.MessageFlags(ephemeral=True).value
        assert len(rig.local.messages(rig.general.id, as_user=panel.user_id)) == 1


async def test_a_choice_may_be_answered_later_and_edits_the_same_panel():
    async with opened() as (rig, panel):
        moderator = next(each.id for each in rig.guild.roles.values() if each.name == "Moderator")
        chosen = await choose(rig, panel, "roles", moderator)
        assert chosen.callback_type is CallbackType.DEFERRED_UPDATE_MESSAGE
        await asyncio.wait_for(panel.until(lambda each: "Moderator" in each.body.text), 30)
        assert chosen.message is panel.message


async def test_nothing_can_be_chosen_where_nothing_need_be():
    async with opened() as (rig, panel):
        await choose(rig, panel, "users")
        assert panel.body.text == "users: "


async def test_channels_and_mentionables_arrive_with_what_they_are():
    async with opened() as (rig, panel):
        await choose(rig, panel, "where", rig.general.id)
        assert panel.body.text == "where: #general True"
        moderator = next(each.id for each in rig.guild.roles.values() if each.name == "Moderator")
        await choose(rig, panel, "whom", moderator, rig.mia)
        assert set(panel.body.text.removeprefix("whom: ").split(", ")) == {"Moderator", "mia"}


async def test_what_cannot_be_chosen_is_not_sent():
    async with opened() as (rig, panel):
        wrong = (
            ("where", rig.guild.channel_named("old-ideas").id),
            ("where", 1),
            ("users", rig.mia, rig.mia),
            ("users", *[each.id for each in list(rig.world.users.values())[:4]]),
            ("roles", rig.mia),
        )
        for name, *ids in wrong:
            with pytest.raises(CommandRejected):
                await choose(rig, panel, name, *ids)
        with pytest.raises(CommandRejected, match="not there"):
            await rig.local.select(panel.message, "users", [], user_id=rig.mia)


async def test_a_channel_that_somebody_does_not_see_is_not_theirs_to_choose():
    async with rigged() as rig:
        record = await rig.use()
        row = {"type": 1, "components": [{"type": 8, "custom_id": "c"}]}
        await rig.answer(record, {"type": 4, "data": {"content": "x", "components": [row]}})
        staff = str(rig.guild.channel_named("staff").id)
        with pytest.raises(CommandRejected, match="no channel"):
            await rig.local.select(record.message, "c", [staff], user_id=rig.mia)
        await rig.local.select(record.message, "c", [staff], user_id=rig.world.user_named("adam").id)


async def test_a_thread_that_is_chosen_comes_with_its_parent():
    async with rigged() as rig:
        record = await rig.use()
        row = {"type": 1, "components": [{"type": 8, "custom_id": "c"}]}
        await rig.answer(record, {"type": 4, "data": {"content": "x", "components": [row]}})
        thread = rig.guild.channel_named("old-ideas")
        chosen = await rig.local.select(record.message, "c", [str(thread.id)], user_id=rig.mia)
        shown = chosen.payload["data"]["resolved"]["channels"][str(thread.id)]
        assert (shown["parent_id"], shown["thread_metadata"]["archived"]) == (str(rig.general.id), True)


async def test_a_form_that_a_panel_opened_edits_the_panel():
    async with opened() as (rig, panel):
        pressed = await rig.local.press(panel.message, "form", user_id=panel.user_id)
        form = await asyncio.wait_for(pressed.acknowledged(), 30)
        kept = rig.local.core.attachments.keep(
            Upload("files[0]", "words.txt", "text/plain", b"x"),
            channel_id=rig.general.id,
            filename="words.txt",
            description=None,
            ephemeral=True,
        )
        values = {"how": "b", "channels": [str(rig.general.id)], "file": [str(kept.id)]}
        sent = await rig.local.submit_modal(form, values)
        await asyncio.wait_for(sent.acknowledged(), 30)
        assert sent.callback_type is CallbackType.UPDATE_MESSAGE
        assert panel.body.text == "5 mona b #general True words.txt"
        if not specs.needs_specs.args[0]:
            events = [json.loads(text) for _, text in rig.local.gateway.sessions[0].sent]
            wrong = {(each["t"], error) for each in events for error in specs.event_errors(each["t"], each["d"])}
            assert wrong == set()
            for call in rig.local.calls[1:]:
                assert specs.request_errors(call) + specs.answer_errors(call) == [], call.route


async def test_a_default_that_is_gone_is_not_sent():
    async with rigged() as rig:
        moderator = next(each.id for each in rig.guild.roles.values() if each.name == "Moderator")
        pick = {"type": 6, "custom_id": "r", "required": False}
        pick["default_values"] = [{"id": str(moderator), "type": "role"}]
        label = {"type": 18, "label": "Role", "component": pick}
        record = await rig.use()
        await rig.answer(record, {"type": 9, "data": {"custom_id": "m", "title": "T", "components": [label]}})
        sent = await rig.local.submit_modal(record, {})
        assert sent.payload["data"]["components"][0]["component"]["values"] == [str(moderator)]
        rig.local.delete_role(rig.guild.id, moderator)
        sent = await rig.local.submit_modal(record, {})
        assert sent.payload["data"]["components"][0]["component"]["values"] == []


async def test_a_panel_shows_what_is_chosen_already():
    mia = discord.SelectDefaultValue(id=1_196_024_906_655_989_760, type=discord.SelectDefaultValueType.user)
    async with opened(users=[mia]) as (_, panel):
        shown = panel.body.component("users")
        assert shown["default_values"] == [{"id": str(mia.id), "type": "user"}]
        assert (shown["min_values"], shown["max_values"]) == (0, 3)
        assert panel.body.component("where")["channel_types"] == [0]


async def test_a_form_hands_out_its_defaults_with_ids_as_strings():
    async with opened() as (rig, panel):
        pressed = await rig.local.press(panel.message, "form", user_id=panel.user_id)
        form = await asyncio.wait_for(pressed.acknowledged(), 30)
        picker = form.modal["components"][-1]["component"]
        assert picker["default_values"] == [{"id": str(rig.world.user_named("mona").id), "type": "user"}]


@pytest.mark.parametrize(
    ("select", "code"),
    [
        ({"type": 5, "default_values": [{"id": "1", "type": "role"}]}, "BASE_TYPE_CHOICES"),
        ({"type": 8, "default_values": [{"id": "x", "type": "channel"}]}, "NUMBER_TYPE_COERCE"),
        (
            {"type": 7, "default_values": [{"id": "1", "type": "user"}, {"id": "2", "type": "role"}]},
            "SELECT_COMPONENT_DEFAULT_VALUES_INVALID",
        ),
    ],
)
async def test_defaults_that_discord_refuses_are_refused(select, code):
    async with rigged() as rig:
        row = {"type": 1, "components": [{"custom_id": "s"} | select]}
        status, body = await rig.post({"content": "x", "components": [row]})
        assert (status, codes(body)) == (400, {code})


async def test_a_servers_own_commands_have_groups_and_suggestions_and_are_seen_there_alone():
    leaf = {
        "type": 1,
        "name": "grant",
        "description": "d",
        "options": [{"type": 3, "name": "to", "description": "d", "required": True, "autocomplete": True}],
    }
    group = {"type": 2, "name": "credits", "description": "d", "options": [leaf, leaf | {"name": "take"}]}
    command = {"name": "operator", "description": "d", "options": [group, leaf | {"name": "look"}]}
    async with rigged() as rig:
        path = f"/applications/{rig.world.application.id}/guilds/{rig.guild.id}/commands"
        status, (own,) = await rig.call("PUT", path, [command])
        assert status == 200
        where = {"guild_id": rig.guild.id, "channel_id": rig.general.id, "user_id": rig.mia, "command": "operator"}
        record = await rig.local.invoke(**where, options={"credits": {"grant": {"to": "x"}}})
        assert record.payload["data"]["id"] == own["id"]
        assert record.payload["data"]["options"][0]["options"][0]["name"] == "grant"
        typed = await rig.local.autocomplete(**where, options={"credits": {"grant": {"to": "x"}}}, focused="to")
        choice = {"type": 8, "data": {"choices": [{"name": "x", "value": "x"}]}}
        assert (await rig.answer(typed, choice))[0] == 200
        for wrong in ({}, {"credits": {}}, {"credits": {"grant": {"to": "x"}, "take": {"to": "x"}}}):
            with pytest.raises(CommandRejected):
                await rig.local.invoke(**where, options=wrong)
        other = rig.world.guild_named("Atelier")
        elsewhere = where | {"guild_id": other.id, "channel_id": other.channel_named("general").id}
        with pytest.raises(CommandRejected, match="no command"):
            await rig.local.invoke(**elsewhere, options={"look": {"to": "x"}})
        with pytest.raises(CommandRejected, match="no command"):
            await rig.local.invoke(user_id=rig.mia, command="operator")
