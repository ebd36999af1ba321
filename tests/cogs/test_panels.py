"""The engine of panels, tried where it is hard: forged ids, lost rights, restarts, slow databases, the largest servers."""

import asyncio
from dataclasses import replace

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.admin.panel_text import Phrases
from bot.catalog import IMAGEN_4, MODELS, SAFETY_LEVELS, Catalog
from bot.errors import StoreError
from bot.periods import Per
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.components import check
from bot.sandbox.discord.interactions import CallbackType
from bot.sandbox.discord.world import Channel, ChannelType, Role
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS, TARGETS_MAX, Allowance, Switch
from bot.settings import (
    ALLOWED_CHANNELS,
    BUDGET,
    CHANNEL_ALLOWANCES,
    DENIED_CHANNELS,
    ENABLED,
    MEMBER_ALLOWANCE,
    MODEL_COUNTS,
    ROLE_ALLOWANCES,
    SETTINGS,
    Page,
    Setting,
    Settings,
)
from bot.text import FOLDER, Texts
from cogs.acknowledge import Patience
from cogs.limits import LIMITS
from cogs.panels.door import Panels
from cogs.panels.drawing import View, draw
from cogs.panels.ids import CUSTOM_ID_MAX, Address, read_address
from cogs.panels.panel import Directory
from cogs.widgets import boxed
from tests.cogs.panel_stage import at_desk, chosen, component, fields, id_like, ids
from tests.cogs.stage import TEXTS, until
from tests.sandbox import specs

REFUSED = TEXTS("en", "panel.limits.refused")
STALE = TEXTS("en", "panel.stale")
HASTY = Patience(decide_s=0.05)
WEEKLY = Allowance(2_500_000, Per.WEEK)


async def settings_of(desk, guild=None):
    rules = await desk.rulebook.rules((guild or desk.guild).id)
    return {setting.name: rules.guild[setting] for setting in SETTINGS}


# ---------------------------------------------------------------- who may


@pytest.mark.asyncio
async def test_a_member_who_uses_the_command_by_hand_is_refused_in_private(tmp_path):
    async with at_desk(tmp_path) as desk:
        told = await desk.open(user="mia", forged=True)
        assert told.body.text == REFUSED
        assert told.ephemeral_to == desk.id_of("mia")


FORGED = [
    ("panel:1:limits:server:0", {}),
    ("panel:1:limits:server:0:page", {"kind": 3, "values": ["roles"]}),
    ("panel:1:limits:server:0:set:enabled:off", {}),
    ("panel:1:limits:server:0:form:time_zone", {}),
    ("panel:1:limits:server:0:again:time_zone:Europe/Rome", {}),
    ("panel:1:limits:server:0:pick:log_channel", {"kind": 8, "values": []}),
    ("panel:1:limits:members:0:drop:member_allowance", {}),
    ("panel:1:limits:roles:0:take:role_allowances", {"kind": 3, "values": ["1"]}),
    ("panel:1:limits:models:0:pick:model_counts:imagen-4", {"kind": 3, "values": ["0"]}),
]


@pytest.mark.asyncio
async def test_whoever_may_not_use_the_command_may_press_pick_and_send_nothing_of_its_panel(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        before, shown = await settings_of(desk), panel.body
        for custom_id, more in FORGED:
            told = await desk.forge(custom_id, user="mia", panel=panel, **more)
            assert (told.body.text, told.ephemeral) == (REFUSED, True), custom_id
        told = await desk.forge_form(
            "panel:1:limits:server:0:save:time_zone", user="mia", panel=panel, zone={"value": "Europe/Rome"}
        )
        assert (told.body.text, told.ephemeral) == (REFUSED, True)
        assert await settings_of(desk) == before
        assert panel.body == shown
        assert await desk.rulebook.history(desk.guild.id, limit=9) == []


@pytest.mark.asyncio
async def test_who_is_no_administrator_any_more_presses_in_vain(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        desk.local.set_roles(desk.guild.id, desk.id_of("adam"), [])
        told = await desk.press(panel, "set", "enabled", "off")
        assert told.body.text == REFUSED
        assert await desk.now(ENABLED) is True


@pytest.mark.asyncio
async def test_whom_the_server_itself_lets_use_the_command_may_use_its_panel(tmp_path):
    async with at_desk(tmp_path) as desk:
        command = next(int(each["id"]) for each in desk.local.core.commands.all(None) if each["name"] == "limits")
        mia = desk.id_of("mia")
        let_in = Override(id=mia, type=TargetType.USER, permission=True)
        desk.local.set_command_rights(desk.guild.id, command, [let_in])
        panel = await desk.open(user="mia")
        await desk.press(panel, "set", "enabled", "off", user="mia")
        assert await desk.now(ENABLED) is False


@pytest.mark.asyncio
async def test_a_panel_of_another_server_changes_nothing_there(tmp_path):
    async with at_desk(tmp_path) as desk:
        elsewhere = desk.local.world.guild_named("Atelier")
        panel = await desk.open()
        custom_id = id_like(panel, "set", "enabled", "off")
        desk.local.set_roles(elsewhere.id, desk.id_of("olga"), [])
        told = await desk.forge(custom_id, user="mia", guild=elsewhere)
        assert told.body.text == REFUSED
        # Where its administrator presses it, it is that server's.
        await desk.forge(custom_id, user="adam", guild=elsewhere)
        assert await desk.now(ENABLED, guild=elsewhere) is False
        assert await desk.now(ENABLED) is True


# ---------------------------------------------------------------- what is not known


GARBAGE = [
    "panel:",
    "panel:1",
    "panel:0:limits:server:0:set:enabled:off",
    "panel:2:limits:server:0:set:enabled:off",
    "panel:1:unknown:server:0",
    "panel:1:limits:nowhere:0",
    "panel:1:limits:budget:0",
    "panel:1:limits:server:-1",
    "panel:1:limits:server:1e3",
    "panel:1:limits:server:0:set",
    "panel:1:limits:server:0:set:unknown:on",
    "panel:1:limits:server:0:set:budget:on",
    "panel:1:limits:server:0:set:member_allowance:on",
    "panel:1:limits:server:0:drop:member_allowance",
    "panel:1:limits:server:0:set:enabled:maybe",
    "panel:1:limits:server:0:set:enabled",
    "panel:1:limits:server:0:drop:enabled",
    "panel:1:limits:server:0:form:enabled",
    "panel:1:limits:server:0:save:enabled",
    "panel:1:limits:server:0:save:time_zone",
    "panel:1:limits:server:0:pick:time_zone",
    "panel:1:limits:members:0:save:member_allowance",
    "panel:1:limits:members:0:set:member_allowance",
    "panel:1:limits:roles:0:set:role_allowances",
    "panel:1:limits:roles:0:take:role_allowances",
    "panel:1:limits:models:0:pick:model_counts",
    "panel:1:limits:models:0:pick:model_counts:dall-e",
    "panel:1:limits:server:0:page",
]


@pytest.mark.asyncio
async def test_what_no_panel_of_this_version_has_asks_to_open_it_again(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        for custom_id in GARBAGE:
            told = await desk.forge(custom_id, user="adam", panel=panel)
            assert (told.body.text, told.ephemeral) == (STALE, True), custom_id
        assert await desk.rulebook.history(desk.guild.id, limit=9) == []


PICKED = [
    ("server:0:pick:log_channel", ["١"], STALE),
    ("server:0:pick:log_channel", ["9" * 5000], STALE),
    ("server:0:pick:log_channel", ["1", "2"], "not in this server"),
    ("server:0:pick:log_channel", ["404"], "not in this server"),
    ("channels:0:pick:allowed_channels", ["404"], "not in this server"),
    ("roles:0:take:role_allowances", ["1", "2"], STALE),
    ("roles:0:take:role_allowances", ["x"], STALE),
    ("models:0:pick:model_counts:imagen-4", ["x"], STALE),
    ("models:0:pick:model_counts:imagen-4", ["²"], STALE),
    ("models:0:pick:model_counts:imagen-4", ["9"], "from 0 to 4"),
    ("server:0:page", ["nowhere"], STALE),
    ("server:0:page", ["budget"], STALE),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("rest", "values", "said"), PICKED)
async def test_what_no_menu_offers_cannot_be_picked(tmp_path, rest, values, said):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        told = await desk.forge(f"panel:1:limits:{rest}", user="adam", panel=panel, kind=3, values=values)
        assert said in told.body.text
        assert told.ephemeral
        assert await desk.rulebook.history(desk.guild.id, limit=9) == []


@pytest.mark.asyncio
@pytest.mark.parametrize(("kind", "page"), [("role", "roles"), ("channel", "channels")])
async def test_a_role_or_channel_of_another_server_is_refused_and_the_rest_is_not_lost(tmp_path, kind, page):
    async with at_desk(tmp_path) as desk:
        elsewhere = desk.local.world.guild_named("Atelier")
        foreign = elsewhere.channel_named("images").id if kind == "channel" else desk.role("Moderator", guild=elsewhere)
        panel = await desk.open(page)
        filled = {"target": {"values": [str(foreign)]}, "amount": {"value": "1.5"}, "per": {"value": "week"}}
        custom_id = f"panel:1:limits:{page}:0:save:{kind}_allowances"
        told = await desk.forge_form(custom_id, user="adam", panel=panel, **filled)
        assert "is not in this server (any more)" in told.body.text
        again = fields(await desk.press(told.message, "again", f"{kind}_allowances"))
        assert (again["amount"]["value"], chosen(again["per"]), chosen(again["target"])) == ("1.5", ["week"], [])
        assert await desk.rulebook.history(desk.guild.id, limit=9) == []


SENT = [
    {},
    {"amount": {"value": "1"}},
    {"amount": {"value": "1"}, "per": {"value": "ever"}},
    {"amount": {"value": "1"}, "per": {"value": None}},
    {"amount": {"values": ["1", "2"]}, "per": {"value": "day"}},
]


@pytest.mark.asyncio
@pytest.mark.parametrize("filled", SENT)
async def test_a_form_with_other_fields_than_ours_changes_nothing(tmp_path, filled):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open("members")
        custom_id = "panel:1:limits:members:0:save:member_allowance"
        told = await desk.forge_form(custom_id, user="adam", panel=panel, **filled)
        assert (told.body.text, told.ephemeral) == (STALE, True)
        assert await desk.rulebook.history(desk.guild.id, limit=9) == []


@pytest.mark.asyncio
async def test_buttons_that_are_not_a_panels_are_left_to_others(tmp_path):
    async with at_desk(tmp_path) as desk:
        ours = await desk.open()
        forging = asyncio.ensure_future(desk.forge("again:1", user="adam", panel=ours))
        await desk.press(ours, "set", "enabled", "off")
        assert not forging.done(), "nobody answered it"
        forging.cancel()


@pytest.mark.parametrize(
    "address",
    [
        Address(panel="limits", page=Page.ROLES),
        Address(panel="limits", page=Page.ROLES, leaf=199),
        Address(panel="a-b", page=Page.SERVER, act="page"),
        Address(panel="limits", page=Page.MODELS, act="pick", setting="model_counts", rest="imagen-4"),
        Address(panel="limits", page=Page.SERVER, act="again", setting="time_zone", rest="a:b:c \n🦆"),
    ],
)
def test_an_address_is_read_back_as_it_was_written(address):
    assert read_address(address.custom_id()) == address


@given(typed=st.text(max_size=60))
def test_an_address_fits_whatever_was_typed(typed):
    target, longest = 2**63 - 1, "channel_allowances"
    address = Address(panel="limits", page=Page.CHANNELS, leaf=199, act="again", setting=longest)
    whole = replace(address, rest=f"{target}:month:{typed[:20]}").custom_id()
    assert len(whole) <= CUSTOM_ID_MAX
    assert typed[:20] in whole, "an amount is never cut"
    assert len(replace(address, rest=typed * 3).custom_id()) <= CUSTOM_ID_MAX


def test_a_panel_with_a_setting_that_nobody_can_edit_is_not_opened_at_all():
    panels = Panels(rulebook=None, rights=None, catalog=Catalog(), ceiling=SAFETY_LEVELS[0], texts=TEXTS, clock=None)
    with pytest.raises(KeyError):
        panels.add(replace(LIMITS, settings=(BUDGET,)))


# ---------------------------------------------------------------- restarts and memory


@pytest.mark.asyncio
async def test_every_control_works_after_a_restart_and_so_does_a_form_that_was_open(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel, roles = await desk.open(), await desk.open("roles")
        opened = await desk.press(roles, "form", "role_allowances")
        await desk.restart()
        await desk.press(panel, "set", "enabled", "off")
        await desk.pick(panel, "page", ["channels"])
        await desk.pick(panel, "pick", "denied_channels", [desk.channel("images")])
        await desk.send(opened, target=[desk.role("Moderator")], amount="2.5", per="week")
        assert await desk.now(ENABLED) is False
        assert await desk.now(DENIED_CHANNELS) == (desk.channel("images"),)
        assert await desk.now(ROLE_ALLOWANCES) == {desk.role("Moderator"): WEEKLY}


@pytest.mark.asyncio
async def test_nothing_is_kept_for_any_panel_or_form(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        await desk.press(panel, "set", "enabled", "off")
        sent = await desk.fill_in(panel, "form", "time_zone", zone="nowhere")
        await desk.press(sent.message, "again", "time_zone")
        # Once this is answered, all that came before is done with.
        await desk.press(panel, "set", "enabled", "on")
        kept = desk.stage.client._connection._view_store
        assert (kept._views, kept._modals, kept._dynamic_items, kept._synced_message_views) == ({}, {}, {}, {})


# ---------------------------------------------------------------- slow and broken


async def edited(message, *, revisions):
    await until(lambda: len(message.revisions) > revisions)


@pytest.mark.asyncio
async def test_what_takes_long_is_acknowledged_first_and_shown_when_it_is_there(tmp_path):
    async with at_desk(tmp_path, patience=HASTY) as desk:
        panel = await desk.open()
        revisions = len(panel.revisions)
        desk.rulebook.open.clear()
        pressed = await desk.press(panel, "set", "enabled", "off")
        assert pressed.callback_type is CallbackType.DEFERRED_UPDATE_MESSAGE
        assert len(panel.revisions) == revisions
        desk.rulebook.open.set()
        await edited(panel, revisions=revisions)
        assert "**Changed:** Image making: off" in panel.body.text
        assert await desk.now(ENABLED) is False


@pytest.mark.asyncio
async def test_a_command_that_takes_long_thinks_in_private_and_then_shows_its_panel(tmp_path):
    async with at_desk(tmp_path, patience=HASTY) as desk:
        desk.rulebook.open.clear()
        opening = asyncio.ensure_future(desk.open())
        await until(lambda: desk.local.interactions and desk.local.interactions[-1].callback_type is not None)
        assert desk.local.interactions[-1].ephemeral
        desk.rulebook.open.set()
        assert "Limits of this server" in (await opening).body.text


@pytest.mark.asyncio
async def test_what_is_refused_late_is_told_beside_the_panel(tmp_path):
    async with at_desk(tmp_path, patience=HASTY) as desk:
        panel = await desk.open("members")
        opened = await desk.press(panel, "form", "member_allowance")
        before = panel.body
        desk.rulebook.open.clear()
        desk.rulebook.broken = StoreError("disk")
        sent = await desk.send(opened, amount="1", per="day")
        desk.rulebook.open.set()
        await until(lambda: sent.followups)
        (told,) = sent.followups
        assert told.body.text == TEXTS("en", "panel.store")
        assert told.ephemeral_to == desk.id_of("adam")
        assert panel.body == before


@pytest.mark.asyncio
async def test_a_form_does_not_wait_for_a_slow_database_and_opens_empty(tmp_path):
    async with at_desk(tmp_path, patience=HASTY) as desk:
        panel = await desk.open()
        desk.rulebook.open.clear()
        opened = await desk.press(panel, "form", "time_zone")
        assert opened.callback_type is CallbackType.MODAL
        assert "value" not in fields(opened)["zone"]
        assert opened.acknowledged_after_ms < 2_000
        desk.rulebook.open.set()
        await desk.send(opened, zone="Europe/Rome")
        await until(lambda: "Europe/Rome" in panel.body.text)


@pytest.mark.asyncio
async def test_a_form_that_cannot_be_opened_in_time_is_to_be_asked_for_again(tmp_path):
    impatient = Patience(answer_s=0.9, least_s=0.9)
    async with at_desk(tmp_path, patience=impatient) as desk:
        panel = await desk.open()
        desk.rulebook.open.clear()
        told = await desk.press(panel, "form", "time_zone")
        assert told.body.text == TEXTS("en", "panel.slow")
        assert told.ephemeral


@pytest.mark.asyncio
async def test_a_process_that_stood_still_past_its_deadline_tries_once_nevertheless(tmp_path):
    async with at_desk(tmp_path, patience=Patience(answer_s=0.0, least_s=0.0)) as desk:
        async with asyncio.timeout(30):
            panel = await desk.open()
        await until(lambda: panel.body is not None)


@pytest.mark.asyncio
async def test_a_database_that_takes_nothing_is_said_and_a_bug_has_a_reference(tmp_path, capsys):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open()
        desk.rulebook.broken = StoreError("disk")
        told = await desk.press(panel, "set", "enabled", "off")
        assert told.body.text == TEXTS("en", "panel.store")
        desk.rulebook.broken = ZeroDivisionError("secret details")
        told = await desk.press(panel, "set", "enabled", "off")
        assert told.ephemeral
        assert "not your fault" in told.body.text
        assert "secret" not in told.body.text
        assert told.body.text.rsplit(" ", maxsplit=1)[-1] in capsys.readouterr().out


# ---------------------------------------------------------------- the largest servers


def crowded(desk, count):
    """Give Aquarium so many roles and channels, all with names as long as Discord takes them."""
    roles, channels = {}, {}
    for number in range(count):
        role = Role(id=10**18 + number, name=f"{number:03} " + "W" * 96, permissions=0)
        channel = Channel(
            id=2 * 10**18 + number, type=ChannelType.GUILD_TEXT, name=f"{number:03}" + "w" * 97, guild_id=desk.guild.id
        )
        roles[role.id], channels[channel.id] = role, channel
    desk.guild.roles |= roles
    desk.guild.channels |= channels
    return list(roles), list(channels)


async def all_leaves(desk, panel):
    """The words of every leaf, pressing Next as long as there is one."""
    texts = [panel.body.text]
    leaf = 0
    while any(each.endswith(f":{leaf + 1}") for each in ids(panel)):
        leaf += 1
        following = next(each for each in ids(panel) if each.endswith(f":{leaf}"))
        if panel.body.component(following).get("disabled"):
            break
        pressed = await (await desk.local.press(panel, following, user_id=desk.id_of("adam"))).acknowledged()
        assert pressed.callback_type is CallbackType.UPDATE_MESSAGE
        texts.append(panel.body.text)
    return texts


def judged(desk):
    """What Discord's own description says against all that the bot sent; needs the description."""
    calls = [call for call in desk.local.calls if call.payload is not None and call.route.endswith("/callback")]
    assert calls
    return [error for call in calls for error in specs.request_errors(call)]


LARGEST = Allowance(AMOUNT_MAX_MICROCREDITS - 1, Per.MONTH)


@pytest.mark.asyncio
async def test_two_hundred_roles_with_the_longest_names_and_amounts_are_all_within_reach(tmp_path):
    async with at_desk(tmp_path, connected=False) as desk:
        roles, _ = crowded(desk, TARGETS_MAX)
        await desk.stage.connect()
        await desk.set(ROLE_ALLOWANCES, dict.fromkeys(roles, LARGEST))
        panel = await desk.open("roles")
        leaves = await all_leaves(desk, panel)
        listed = [word for text in leaves for word in text.split() if word.startswith("<@&")]
        assert listed == [f"<@&{role}>:" for role in roles]
        assert "191 to 200 of 200" in leaves[-1]
        last = roles[-1]
        await desk.pick(panel, "take", "role_allowances", [last])
        assert last not in await desk.now(ROLE_ALLOWANCES)
        sent = await desk.fill_in(panel, "form", "role_allowances", target=[last], amount="1", per="day")
        assert sent.callback_type is CallbackType.UPDATE_MESSAGE
        full = await desk.fill_in(
            panel, "form", "role_allowances", target=[desk.role("Moderator")], amount="1", per="day"
        )
        assert "200 entries at most" in full.body.text


@pytest.mark.asyncio
async def test_two_hundred_channels_on_each_list_fit_and_can_all_be_picked_off(tmp_path):
    async with at_desk(tmp_path, connected=False) as desk:
        _, channels = crowded(desk, TARGETS_MAX)
        await desk.stage.connect()
        await desk.set(CHANNEL_ALLOWANCES, dict.fromkeys(channels, LARGEST))
        await desk.set(ALLOWED_CHANNELS, tuple(channels))
        await desk.set(DENIED_CHANNELS, tuple(channels))
        panel = await desk.open("channels")
        leaves = await all_leaves(desk, panel)
        assert sum("and 175 more" in text for text in leaves) >= 1
        await desk.pick(panel, "pick", "denied_channels", [])
        assert await desk.now(DENIED_CHANNELS) == tuple(channels[25:])


@pytest.mark.asyncio
@pytest.mark.parametrize("page", LIMITS.pages)
@specs.needs_specs
async def test_discords_own_description_has_nothing_against_the_largest_pages_and_forms(tmp_path, page):
    models = tuple(replace(IMAGEN_4, key=f"{'k' * 29}-{n:02}", label=f"{n:02} " + "M" * 97) for n in range(20))
    async with at_desk(tmp_path, connected=False, catalog=Catalog(models)) as desk:
        roles, channels = crowded(desk, TARGETS_MAX)
        await desk.stage.connect()
        await desk.set(ROLE_ALLOWANCES, dict.fromkeys(roles, LARGEST))
        await desk.set(CHANNEL_ALLOWANCES, dict.fromkeys(channels, LARGEST))
        await desk.set(ALLOWED_CHANNELS, tuple(channels))
        await desk.set(MEMBER_ALLOWANCE, LARGEST)
        await desk.set(MODEL_COUNTS, {model.key: 1 for model in models})
        panel = await desk.open(page.value)
        texts = "\n".join(await all_leaves(desk, panel))
        if page is Page.MODELS:
            assert all(f"• {model.label}: 1 image at a time" in texts for model in models)
        for each in [each for each in ids(panel) if ":form:" in each]:
            opened = await (await desk.local.press(panel, each, user_id=desk.id_of("adam"))).acknowledged()
            assert opened.callback_type is CallbackType.MODAL
        assert judged(desk) == []


CROWD = [Setting(Switch(name=f"planted_{number}"), Page.SERVER, default=True) for number in range(30)]


@pytest.mark.parametrize("words", ["word " * 40, "日本語" * 60])
@pytest.mark.asyncio
async def test_however_many_settings_a_page_has_each_has_its_place_uncut(tmp_path, words):
    planted = "".join(
        f'\nmsgid "setting.{each.name}"\nmsgstr "Planted {each.name}."\n'
        f'\nmsgid "setting.{each.name}.help"\nmsgstr "{words.strip()}"\n'
        for each in CROWD
    )
    english = (FOLDER / "en.po").read_text(encoding="utf-8")
    (tmp_path / "en.po").write_text(english + planted, encoding="utf-8")
    phrases = Phrases(texts=Texts(tmp_path), locale="en", models=MODELS, has=lambda *_: True)
    panel = replace(LIMITS, settings=(*SETTINGS, *CROWD))
    view = View(panel=panel, phrases=phrases, directory=Directory(None, {}), ceiling=SAFETY_LEVELS[0])
    places = []
    for leaf in range(len(CROWD)):
        drawn = draw(view, Settings({}), Address(panel="limits", page=Page.SERVER, leaf=leaf), note="x" * 400)
        check(drawn.to_components(), is_v2=True)
        texts = "\n".join(item.content for item in drawn.walk_children() if isinstance(item, ui.TextDisplay))
        assert "…" not in texts
        places += [each.name for each in CROWD if f"Planted {each.name}." in texts]
        if f"Sheet {leaf + 1} of {leaf + 1}" in texts:
            break
    else:
        pytest.fail("the sheets have no end")
    assert leaf > 0
    assert places == [each.name for each in CROWD]


@pytest.mark.parametrize("sign", ["M", "日"])
@pytest.mark.asyncio
async def test_long_lists_of_what_is_gone_are_spread_rather_than_cut(sign):
    gone = range(2**63 - 25, 2**63)
    stored = {
        CHANNEL_ALLOWANCES.name: CHANNEL_ALLOWANCES.field.stored(dict.fromkeys(gone[:10], LARGEST)),
        ALLOWED_CHANNELS.name: list(gone),
        DENIED_CHANNELS.name: list(gone),
    }
    models = (replace(IMAGEN_4, label=sign * 100),)
    phrases = Phrases(texts=TEXTS, locale="en", models=models, has=lambda *_: False)
    view = View(panel=LIMITS, phrases=phrases, directory=Directory(None, {}), ceiling=SAFETY_LEVELS[0])
    texts = ""
    for leaf in range(3):
        drawn = draw(view, Settings(stored), Address(panel="limits", page=Page.CHANNELS, leaf=leaf), note="x" * 400)
        check(drawn.to_components(), is_v2=True)
        texts += "\n".join(item.content for item in drawn.walk_children() if isinstance(item, ui.TextDisplay))
    assert "…" not in texts
    assert texts.count(str(gone[0])) >= 3


@pytest.mark.asyncio
async def test_words_that_are_too_long_are_cut_rather_than_refused():
    drawn = boxed([ui.TextDisplay("日" * 4_000), ui.TextDisplay("x" * 100)])
    check(drawn.to_components(), is_v2=True)


@pytest.mark.asyncio
async def test_a_leaf_that_is_no_more_is_the_last_one(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await desk.open("roles")
        turned = await desk.forge("panel:1:limits:roles:7", user="adam", panel=panel)
        assert turned.callback_type is CallbackType.UPDATE_MESSAGE
        assert "Allowances of roles" in panel.body.text
        assert component(panel, "form", "role_allowances")["label"] == "Add or change"


# ---------------------------------------------------------------- languages


@pytest.mark.asyncio
async def test_people_read_the_panel_in_their_own_language(tmp_path):
    folder = tmp_path / "locales"
    folder.mkdir()
    (folder / "en.po").write_text((FOLDER / "en.po").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "de.po").write_text(
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "setting.enabled"\nmsgstr "Bilder machen"\n\nmsgid "panel.off"\nmsgstr "aus"\n\n'
        'msgid "command.limits"\nmsgstr "Grenzen setzen"\n',
        encoding="utf-8",
    )
    async with at_desk(tmp_path, texts=Texts(folder)) as desk:
        desk.promote("mats")
        german, japanese = await desk.open(user="mats"), await desk.open(user="adam")
        await desk.press(german, "set", "enabled", "off", user="mats")
        assert "**Changed:** Bilder machen: aus" in german.body.text
        assert "Image making" in japanese.body.text
