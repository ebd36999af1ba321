"""`/limits`, control by control: administrators in the real discord.py, a local Discord and a real database."""

import asyncio
from dataclasses import replace

import pytest

from bot.admin.panel_text import Phrases
from bot.catalog import IMAGEN_4, IMAGEN_4_FAST, MODELS, SAFETY_LEVELS, Catalog
from bot.periods import Per
from bot.sandbox.discord.interactions import CallbackType
from bot.setting_fields import Allowance, Switch
from bot.settings import (
    ALLOWED_CHANNELS,
    CHANNEL_ALLOWANCES,
    DENIED_CHANNELS,
    ENABLED,
    LOG_CHANNEL,
    MEMBER_ALLOWANCE,
    MODEL_COUNTS,
    ROLE_ALLOWANCES,
    SETTINGS,
    TIME_ZONE,
    WILDCARD_IMAGES,
    Page,
    Setting,
    Settings,
)
from cogs.limits import LIMITS
from cogs.panels.drawing import View, draw
from cogs.panels.ids import Address
from cogs.panels.panel import Directory
from tests.cogs.panel_stage import at_desk, chosen, component, fields, id_like, ids
from tests.cogs.stage import TEXTS

pytestmark = pytest.mark.asyncio

WEEKLY = Allowance(2_500_000, Per.WEEK)


async def test_an_administrator_gets_a_private_panel_with_every_setting_of_the_first_page(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        assert panel.ephemeral_to == desk.id_of("adam")
        text = panel.body.text
    for setting in LIMITS.on(Page.SERVER):
        assert f"**{TEXTS('en', f'setting.{setting.name}')}**" in text
        assert TEXTS("en", f"setting.{setting.name}.help") in text
    assert "UTC" in text
    assert "none: nothing is posted" in text


async def test_discord_shows_the_command_to_those_who_manage_a_server_and_in_servers_only(tmp_path):
    async with at_desk(tmp_path) as desk:
        command = desk.local.core.commands.find(guild_id=desk.guild.id, name="limits", kind=1)
    assert command["default_member_permissions"] == "32"
    assert command["contexts"] == [0]
    assert command["integration_types"] == [0]


@pytest.mark.parametrize("page", LIMITS.pages)
async def test_every_setting_stands_on_its_page_with_words_value_and_a_control(tmp_path, page):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open(page.value)
        assert chosen(component(panel, "page")) == [page.value]
        for setting in SETTINGS:
            controls = [each for each in ids(panel) if f":{setting.name}" in each]
            assert bool(controls) == (setting.page is page)
            name = f"**{TEXTS('en', f'setting.{setting.name}')}**\n"
            assert (name in panel.body.text) == (setting.page is page)


async def test_a_new_setting_has_its_place_at_once():
    # Its words are another setting's; there are no others.
    planted = Setting(Switch(name="moderators_see_usage"), Page.ROLES, default=True)
    panel = replace(LIMITS, settings=(*(each for each in SETTINGS if each.name != planted.name), planted))
    phrases = Phrases(texts=TEXTS, locale="en", models=MODELS, has=lambda *_: True)
    view = View(panel=panel, phrases=phrases, directory=Directory(None, {}), ceiling=SAFETY_LEVELS[0])
    drawn = draw(view, Settings({}), Address(panel="limits", page=Page.ROLES))
    assert "panel:1:limits:roles:0:set:moderators_see_usage:off" in str(drawn.to_components())


async def test_a_switch_is_turned_and_the_panel_says_so_in_its_own_place(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        pressed = await desk.press(panel, "set", "enabled", "off")
        assert pressed.callback_type is CallbackType.UPDATE_MESSAGE
        assert await desk.now(ENABLED) is False
        assert "**Changed:** Image making: off" in panel.body.text
        assert component(panel, "set", "enabled", "on")["label"] == "Turn on"
        await desk.press(panel, "set", "enabled", "on")
        assert await desk.now(ENABLED) is True
        (latest, *_) = await desk.rulebook.history(desk.guild.id, limit=9)
        assert latest.user_id == desk.id_of("adam")
        assert len(desk.local.messages(desk.channel("general"), as_user=desk.id_of("adam"))) == 1


async def test_two_administrators_who_turn_the_same_switch_off_have_turned_it_off(tmp_path):
    async with at_desk(tmp_path) as desk:
        panels = {user: await desk.open(user=user) for user in ("adam", "olga")}
        for user, panel in panels.items():
            await desk.press(panel, "set", "enabled", "off", user=user)
        assert await desk.now(ENABLED) is False
        assert len(await desk.rulebook.history(desk.guild.id, limit=9)) == 1


# ---------------------------------------------------------------- time zone


async def test_a_time_zone_is_typed_into_a_form_that_shows_the_present_one(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        opened = await desk.press(panel, "form", "time_zone")
        assert opened.callback_type is CallbackType.MODAL
        assert fields(opened)["zone"]["value"] == "UTC"
        await desk.send(opened, zone="europe/berlin")
        assert await desk.now(TIME_ZONE) == "Europe/Berlin"
        assert "**Changed:** Time zone: Europe/Berlin" in panel.body.text


async def test_an_unknown_time_zone_changes_nothing_names_close_ones_and_keeps_what_was_typed(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        sent = await desk.fill_in(panel, "form", "time_zone", zone="Europe/Berlim")
        assert sent.ephemeral
        assert sent.message is not panel
        assert "Europe/Berlin" in sent.body.text
        assert sent.body.text.endswith("Nothing was changed.")
        assert await desk.now(TIME_ZONE) == "UTC"
        opened = await desk.press(sent.message, "again", "time_zone")
        assert fields(opened)["zone"]["value"] == "Europe/Berlim"
        await desk.send(opened, zone="Europe/Berlin")
        assert await desk.now(TIME_ZONE) == "Europe/Berlin"
        assert "**Changed:** Time zone: Europe/Berlin" in sent.message.body.text


@pytest.mark.parametrize("typed", ["Xqzzw", "../../etc/passwd", "🦆" * 40, ":::"])
async def test_what_is_like_no_time_zone_at_all_is_refused_too(tmp_path, typed):
    async with at_desk(tmp_path) as desk:
        sent = await desk.fill_in(await desk.open(), "form", "time_zone", zone=typed)
        assert "Europe/Berlin" in sent.body.text, "what it looks like"
        opened = await desk.press(sent.message, "again", "time_zone")
        assert fields(opened)["zone"]["value"] == typed
        assert await desk.now(TIME_ZONE) == "UTC"


# ---------------------------------------------------------------- channels


async def test_a_channel_is_picked_and_picked_off_again(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        await desk.pick(panel, "pick", "log_channel", [desk.channel("staff")])
        assert await desk.now(LOG_CHANNEL) == desk.channel("staff")
        assert f"Log channel: <#{desk.channel('staff')}>" in panel.body.text
        assert chosen(component(panel, "pick", "log_channel")) == [desk.channel("staff")]
        await desk.pick(panel, "pick", "log_channel", [])
        assert await desk.now(LOG_CHANNEL) is None
        assert "Log channel: none" in panel.body.text


async def test_channels_are_picked_and_shown_as_picked(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open("channels")
        assert "everywhere" in panel.body.text
        both = [desk.channel("images"), desk.channel("general")]
        await desk.pick(panel, "pick", "allowed_channels", both)
        assert await desk.now(ALLOWED_CHANNELS) == tuple(both)
        assert chosen(component(panel, "pick", "allowed_channels")) == both
        assert chosen(component(panel, "pick", "denied_channels")) == []
        await desk.pick(panel, "pick", "allowed_channels", [])
        assert await desk.now(ALLOWED_CHANNELS) == ()


async def test_picking_from_an_outdated_menu_undoes_nothing_that_others_picked(tmp_path):
    async with at_desk(tmp_path) as desk:
        general, images, staff = (desk.channel(name) for name in ("general", "images", "staff"))
        await desk.set(DENIED_CHANNELS, (general,))
        old = await desk.open("channels", user="olga")
        panel = await desk.open("channels")
        await desk.pick(panel, "pick", "denied_channels", [general, images])
        await desk.pick(old, "pick", "denied_channels", [staff], user="olga")
        assert await desk.now(DENIED_CHANNELS) == (images, staff)


async def test_a_channel_that_was_deleted_is_said_to_be_and_goes_with_the_next_choice(tmp_path):
    async with at_desk(tmp_path) as desk:
        images, general = desk.channel("images"), desk.channel("general")
        await desk.set(ALLOWED_CHANNELS, (images,))
        desk.local.delete_channel(images)
        panel = await desk.open("channels")
        assert f"a channel that was deleted ({images})" in panel.body.text
        assert chosen(component(panel, "pick", "allowed_channels")) == []
        await desk.pick(panel, "pick", "allowed_channels", [general])
        assert await desk.now(ALLOWED_CHANNELS) == (general,)


# ---------------------------------------------------------------- one allowance


async def test_an_allowance_is_filled_in_shown_with_its_images_and_taken_away(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open("members")
        assert "no limit" in panel.body.text
        await desk.fill_in(panel, "form", "member_allowance", amount="2,5", per="week")
        assert await desk.now(MEMBER_ALLOWANCE) == WEEKLY
        words = "2.5 credits a week (about 41 images with Imagen 4)"
        assert f"**Changed:** Every member's allowance: {words}" in panel.body.text
        opened = await desk.press(panel, "form", "member_allowance")
        assert fields(opened)["amount"]["value"] == "2.5"
        assert chosen(fields(opened)["per"]) == ["week"]
        await desk.press(panel, "drop", "member_allowance")
        assert await desk.now(MEMBER_ALLOWANCE) is None
        assert "**Changed:** Every member's allowance: no limit" in panel.body.text
        assert not [each for each in ids(panel) if ":drop:" in each]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1,000", "Type 1000 or 1, whichever you mean."),
        ("-5", "from 0 to 10,000,000 credits"),
        ("99999999", "from 0 to 10,000,000 credits"),
        ("a lot", "Type figures only, such as 2.5 or 1000"),
        ("0.0000001", "up to 6 figures after the point"),
        ("12345678901234567890", "from 0 to 10,000,000 credits"),
    ],
)
async def test_a_bad_amount_is_explained_changes_nothing_and_is_not_lost(tmp_path, typed, said):
    async with at_desk(tmp_path) as desk:
        await desk.set(MEMBER_ALLOWANCE, WEEKLY)
        panel = await desk.open("members")
        before = panel.body
        sent = await desk.fill_in(panel, "form", "member_allowance", amount=typed, per="month")
        assert sent.ephemeral
        assert said in sent.body.text
        assert sent.body.text.endswith("Nothing was changed.")
        assert await desk.now(MEMBER_ALLOWANCE) == WEEKLY
        assert panel.body == before
        opened = await desk.press(sent.message, "again", "member_allowance")
        assert fields(opened)["amount"]["value"] == typed
        assert chosen(fields(opened)["per"]) == ["month"]


# ---------------------------------------------------------------- allowances of roles and channels


async def test_a_role_gets_an_allowance_another_one_and_none(tmp_path):
    async with at_desk(tmp_path) as desk:
        role = desk.role("Moderator")
        panel = await desk.open("roles")
        assert "the Members page counts for everybody" in panel.body.text
        await desk.fill_in(panel, "form", "role_allowances", target=[role], amount="2.5", per="week")
        assert await desk.now(ROLE_ALLOWANCES) == {role: WEEKLY}
        words = f"<@&{role}>: 2.5 credits a week (about 41 images with Imagen 4)"
        assert f"• {words}" in panel.body.text
        assert f"**Changed:** Allowances of roles: {words}" in panel.body.text
        await desk.fill_in(panel, "form", "role_allowances", target=[role], amount="1", per="day")
        assert await desk.now(ROLE_ALLOWANCES) == {role: Allowance(1_000_000, Per.DAY)}
        (option,) = component(panel, "take", "role_allowances")["options"]
        assert option["label"] == "Moderator: 1 credit a day (about 16 images with Imagen 4)"
        await desk.pick(panel, "take", "role_allowances", [role])
        assert await desk.now(ROLE_ALLOWANCES) == {}
        assert f"**Changed:** Allowances of roles: <@&{role}>: removed" in panel.body.text


async def test_a_channel_gets_an_allowance(tmp_path):
    async with at_desk(tmp_path) as desk:
        images = desk.channel("images")
        panel = await desk.open("channels")
        await desk.fill_in(panel, "form", "channel_allowances", target=[images], amount="2.5", per="week")
        assert await desk.now(CHANNEL_ALLOWANCES) == {images: WEEKLY}
        assert f"• <#{images}>: 2.5 credits a week" in panel.body.text


async def test_two_administrators_at_once_lose_nothing_of_each_others(tmp_path):
    async with at_desk(tmp_path) as desk:
        panels = {user: await desk.open("roles", user=user) for user in ("adam", "olga")}
        roles = {"adam": desk.role("Moderator"), "olga": desk.role("Administrator")}
        opened = {user: await desk.press(panel, "form", "role_allowances", user=user) for user, panel in panels.items()}
        await asyncio.gather(
            *(desk.send(opened[user], target=[roles[user]], amount="2.5", per="week") for user in panels)
        )
        assert await desk.now(ROLE_ALLOWANCES) == dict.fromkeys(roles.values(), WEEKLY)


async def test_the_allowance_of_a_deleted_role_is_said_to_be_one_and_can_be_removed(tmp_path):
    async with at_desk(tmp_path) as desk:
        role = desk.role("Moderator")
        await desk.set(ROLE_ALLOWANCES, {role: WEEKLY})
        desk.local.delete_role(desk.guild.id, role)
        panel = await desk.open("roles")
        assert f"a role that was deleted ({role}): 2.5 credits a week" in panel.body.text
        await desk.pick(panel, "take", "role_allowances", [role])
        assert await desk.now(ROLE_ALLOWANCES) == {}


async def test_a_role_that_goes_while_the_form_is_filled_in_is_refused_and_the_rest_is_not_lost(tmp_path):
    async with at_desk(tmp_path) as desk:
        role = desk.role("Moderator")
        panel = await desk.open("roles")
        filled = {
            "target": {"type": 6, "values": [str(role)]},
            "amount": {"value": "2.5"},
            "per": {"type": 21, "value": "month"},
        }
        desk.local.delete_role(desk.guild.id, role)
        custom_id = id_like(panel, "form", "role_allowances").replace(":form:", ":save:")
        sent = await desk.forge_form(custom_id, user="adam", panel=panel, **filled)
        assert "is not in this server (any more)" in sent.body.text
        assert await desk.now(ROLE_ALLOWANCES) == {}
        opened = await desk.press(sent.message, "again", "role_allowances")
        assert chosen(fields(opened)["target"]) == []
        assert fields(opened)["amount"]["value"] == "2.5"
        assert chosen(fields(opened)["per"]) == ["month"]


async def test_what_was_filled_in_for_a_role_comes_back_with_the_role(tmp_path):
    async with at_desk(tmp_path) as desk:
        role = desk.role("Moderator")
        panel = await desk.open("roles")
        sent = await desk.fill_in(panel, "form", "role_allowances", target=[role], amount="1,000", per="month")
        opened = await desk.press(sent.message, "again", "role_allowances")
        assert chosen(fields(opened)["target"]) == [role]
        assert fields(opened)["amount"]["value"] == "1,000"
        await desk.send(opened, amount="1000")
        assert await desk.now(ROLE_ALLOWANCES) == {role: Allowance(1_000_000_000, Per.MONTH)}


async def test_everyone_is_no_role_to_give_an_allowance_to(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open("roles")
        sent = await desk.fill_in(panel, "form", "role_allowances", target=[desk.guild.id], amount="1", per="day")
        assert "the Members page" in sent.body.text
        assert await desk.now(ROLE_ALLOWANCES) == {}


# ---------------------------------------------------------------- models


async def test_a_model_is_switched_off_bounded_and_let_free(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open("models")
        assert "Imagen 4 Fast: up to 4 images at a time" in panel.body.text
        await desk.pick(panel, "pick", "model_counts", "imagen-4-fast", ["0"])
        await desk.pick(panel, "pick", "model_counts", "imagen-4", ["1"])
        assert await desk.now(MODEL_COUNTS) == {"imagen-4-fast": 0, "imagen-4": 1}
        assert "**Changed:** Models: Imagen 4: 1 image at a time" in panel.body.text
        assert "• Imagen 4 Fast: off" in panel.body.text
        assert chosen(component(panel, "pick", "model_counts", "imagen-4")) == ["1"]
        await desk.pick(panel, "pick", "model_counts", "imagen-4-fast", ["4"])
        assert await desk.now(MODEL_COUNTS) == {"imagen-4": 1}


async def test_a_model_that_is_not_offered_now_is_not_shown_and_keeps_what_was_set(tmp_path):
    catalog = Catalog((IMAGEN_4, replace(IMAGEN_4_FAST, enabled=False)))
    async with at_desk(tmp_path, catalog=catalog) as desk:
        await desk.set(MODEL_COUNTS, {"imagen-4-fast": 0})
        panel = await desk.open("models")
        assert "Fast" not in panel.body.text
        await desk.pick(panel, "pick", "model_counts", "imagen-4", ["2"])
        assert await desk.now(MODEL_COUNTS) == {"imagen-4-fast": 0, "imagen-4": 2}


async def test_how_many_images_choices_make_is_chosen_from_a_menu(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open("models")
        assert chosen(component(panel, "pick", "wildcard_images")) == ["4"]
        await desk.pick(panel, "pick", "wildcard_images", ["10"])
        assert await desk.now(WILDCARD_IMAGES) == 10
        assert "**Changed:** Choices in prompts: up to 10 images at a time" in panel.body.text
