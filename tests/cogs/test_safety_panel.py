"""`/safety`: levels, refusals, the latest changes, and the file of settings; who may do what there."""

import json

import pytest

from bot.admin.settings_file import FILE_BYTES_MAX
from bot.catalog import SAFETY_LEVELS
from bot.levels import RULES, Level
from bot.periods import Per
from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.interactions import CallbackType
from bot.setting_fields import Allowance
from bot.settings import (
    CHANNEL_LEVELS,
    DENIED_CHANNELS,
    ENABLED,
    LOG_CHANNEL,
    MEMBER_ALLOWANCE,
    PRIVATE_ALLOWED,
    REFUSAL_WORDS,
    ROLE_ALLOWANCES,
    SAFETY_LEVEL,
    SAFETY_SETTINGS,
    SETTINGS,
)
from tests.cogs.panel_stage import at_desk, chosen, component, fields, id_like, ids
from tests.cogs.stage import TEXTS

pytestmark = pytest.mark.asyncio

REFUSED = TEXTS("en", "safety.refused")
STALE = TEXTS("en", "panel.stale")
MODERATOR, ADMINISTRATOR, MEMBER = "mona", "adam", "mia"


async def opened(desk, page=None, *, user=MODERATOR, **more):
    panel = await desk.open(user=user, command="safety", **more)
    if page is not None:
        await desk.pick(panel, "page", [page], user=user)
    return panel


async def history(desk):
    return [(each.subject, each.old, each.new) for each in await desk.rulebook.history(desk.guild.id, limit=50)]


# ---------------------------------------------------------------- levels


async def test_a_moderator_sees_what_each_level_does_in_full_and_which_one_counts(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        assert panel.ephemeral_to == desk.id_of(MODERATOR)
        text = panel.body.text
        for level in Level:
            words = text.split(f"**{TEXTS('en', f'level.{level.value}')}**")[1]
            for name, value in RULES[level].loosest.items():
                assert f"`{name}: {value}`" in words
        assert text.count("(counts now)") == 1
        assert "**Standard** (counts now)" in text
        assert (
            text.count(
                "Imagen 4, Imagen 4 Ultra, Imagen 4 Fast**: used with the maker’s own filter as it is: no option tunes it"
            )
            == 3
        )
        assert text.count("Imagen 4, Imagen 4 Ultra, Imagen 4 Fast**: not used") == 1
        assert "…" not in text, "nothing is cut"


async def test_a_level_is_chosen_and_written_down(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        picked = await desk.pick(panel, "pick", "safety_level", ["guarded"], user=MODERATOR)
        assert picked.callback_type is CallbackType.UPDATE_MESSAGE
        assert await desk.now(SAFETY_LEVEL) is Level.GUARDED
        assert "**Changed:** Safety level: Guarded" in panel.body.text
        assert chosen(component(panel, "pick", "safety_level")) == ["guarded"]
        assert await history(desk) == [("safety_level", None, "guarded")]


async def test_a_level_that_the_operator_does_not_allow_is_not_on_offer_and_cannot_be_forged(tmp_path):
    async with at_desk(tmp_path, ceiling=SAFETY_LEVELS[0]) as desk:
        panel = await opened(desk)
        offered = [each["value"] for each in component(panel, "pick", "safety_level")["options"]]
        assert offered == ["guarded", "standard"]
        assert panel.body.text.count("Not on offer") == 2
        custom_id = id_like(panel, "pick", "safety_level")
        told = await desk.forge(custom_id, user=MODERATOR, panel=panel, kind=3, values=["open"])
        assert "nothing looser than BLOCK_LOW_AND_ABOVE" in told.body.text
        told = await desk.forge(custom_id, user=MODERATOR, panel=panel, kind=3, values=["wild"])
        assert told.body.text == STALE
        assert await history(desk) == []


async def test_a_level_above_a_ceiling_that_came_later_is_said_not_to_count(tmp_path):
    async with at_desk(tmp_path, ceiling=SAFETY_LEVELS[1]) as desk:
        await desk.set(SAFETY_LEVEL, Level.OPEN)
        panel = await opened(desk)
        assert "Open, but the person who runs this bot allows nothing looser than Relaxed" in panel.body.text
        assert "**Relaxed** (counts now)" in panel.body.text


async def test_private_images_are_switched_off(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        await desk.press(panel, "set", "private_allowed", "off", user=MODERATOR)
        assert await desk.now(PRIVATE_ALLOWED) is False


async def test_a_channel_gets_a_level_another_one_and_none(tmp_path):
    async with at_desk(tmp_path) as desk:
        images = desk.channel("images")
        panel = await opened(desk, "places")
        assert "none: the server’s level counts everywhere" in panel.body.text
        for level in ("guarded", "standard"):
            form = await desk.press(panel, "form", "channel_levels", user=MODERATOR)
            await desk.send(form, target=[images], level=level)
            assert await desk.now(CHANNEL_LEVELS) == {images: Level(level)}
        assert f"<#{images}>: Standard" in panel.body.text
        await desk.pick(panel, "take", "channel_levels", [images], user=MODERATOR)
        assert await desk.now(CHANNEL_LEVELS) == {}


async def test_a_looser_level_is_said_not_to_count_until_the_channel_is_age_restricted(tmp_path):
    async with at_desk(tmp_path) as desk:
        open_to_all, restricted = desk.guild.channel_named("general"), desk.guild.channel_named("images")
        desk.local.set_age_restricted(restricted.id, restricted=True)
        await desk.set(CHANNEL_LEVELS, {open_to_all.id: Level.RELAXED, restricted.id: Level.RELAXED})
        panel = await opened(desk, "places")
        lines = panel.body.text.split("\n")
        (there,) = (line for line in lines if f"<#{open_to_all.id}>" in line)
        assert "does not count while the channel is not age-restricted: the server’s level does, Standard" in there
        assert f"• <#{restricted.id}>: Relaxed" in lines


async def test_a_form_for_a_channel_of_another_server_is_refused_and_not_lost(tmp_path):
    async with at_desk(tmp_path) as desk:
        elsewhere = desk.local.world.guild_named("Atelier").channel_named("images").id
        panel = await opened(desk, "places")
        told = await desk.forge_form(
            "panel:1:safety:places:0:save:channel_levels",
            user=MODERATOR,
            panel=panel,
            target={"values": [str(elsewhere)]},
            level={"value": "standard"},
        )
        assert "not in this server" in told.body.text
        again = await desk.press(told.message, "again", "channel_levels", user=MODERATOR)
        assert chosen(fields(again)["level"]) == ["standard"], "it is not the first one on offer"
        assert await history(desk) == []


# ---------------------------------------------------------------- words


async def test_words_of_the_servers_own_are_typed_shown_harmless_and_taken_away(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk, "refusals")
        form = await desk.press(panel, "form", "refusal_words", user=MODERATOR)
        assert fields(form)["words"]["max_length"] == 300
        await desk.send(form, words="Ask @everyone in **#help**")
        assert await desk.now(REFUSAL_WORDS) == "Ask @everyone in **#help**"
        assert "@everyone" not in panel.body.text
        assert "**#help**" not in panel.body.text
        form = await desk.press(panel, "form", "refusal_words", user=MODERATOR)
        assert fields(form)["words"]["value"] == "Ask @everyone in **#help**"
        await desk.send(form, words="")
        assert await desk.now(REFUSAL_WORDS) == ""
        assert "only my own words" in panel.body.text


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("user", [MODERATOR, ADMINISTRATOR])
async def test_moderators_and_administrators_may(tmp_path, user):
    async with at_desk(tmp_path) as desk:
        assert "Safety in this server" in (await opened(desk, user=user)).body.text


FORGED = [
    ("panel:1:safety:levels:0", {}),
    ("panel:1:safety:levels:0:page", {"kind": 3, "values": ["changes"]}),
    ("panel:1:safety:levels:0:pick:safety_level", {"kind": 3, "values": ["open"]}),
    ("panel:1:safety:levels:0:set:private_allowed:off", {}),
    ("panel:1:safety:places:0:form:channel_levels", {}),
    ("panel:1:safety:places:0:take:channel_levels", {"kind": 3, "values": ["1"]}),
    ("panel:1:safety:refusals:0:form:refusal_words", {}),
    ("panel:1:safety:changes:0", {}),
    ("panel:1:safety:changes:0:export", {}),
    ("panel:1:safety:changes:0:form", {}),
]


async def test_a_member_may_open_press_pick_and_send_nothing_of_it(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        told = await opened(desk, user=MEMBER, forged=True)
        assert told.body.text == REFUSED
        for custom_id, more in FORGED:
            told = await desk.forge(custom_id, user=MEMBER, panel=panel, **more)
            assert (told.body.text, told.ephemeral) == (REFUSED, True), custom_id
        told = await desk.forge_form("panel:1:safety:changes:0:save", user=MEMBER, panel=panel, file={"values": ["1"]})
        assert told.body.text == REFUSED
        assert await history(desk) == []


async def test_a_panel_of_another_server_changes_nothing_there(tmp_path):
    async with at_desk(tmp_path) as desk:
        elsewhere = desk.local.world.guild_named("Atelier")
        panel = await opened(desk)
        custom_id = id_like(panel, "pick", "safety_level")
        told = await desk.forge(custom_id, user=MEMBER, guild=elsewhere, kind=3, values=["open"])
        assert told.body.text == REFUSED
        assert await desk.now(SAFETY_LEVEL, guild=elsewhere) is Level.STANDARD


async def test_settings_of_administrators_are_in_no_panel_of_moderators(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        for custom_id in (
            "panel:1:safety:server:0:set:enabled:off",
            "panel:1:safety:levels:0:set:enabled:off",
            "panel:1:limits:levels:0:set:private_allowed:off",
        ):
            told = await desk.forge(custom_id, user=MODERATOR, panel=panel)
            assert told.ephemeral
        told = await desk.forge("panel:1:limits:server:0:set:enabled:off", user=MODERATOR, panel=panel)
        assert told.body.text == TEXTS("en", "panel.limits.refused")
        assert await history(desk) == []


GARBAGE = [
    "panel:1:safety:changes:0:again",
    "panel:1:safety:changes:0:save",
    "panel:1:safety:changes:0:set:safety_level:open",
    "panel:1:safety:levels:0:set:safety_level:open",
    "panel:1:safety:places:0:save:channel_levels",
    "panel:1:safety:places:0:take:channel_levels",
    "panel:1:safety:refusals:0:set:refusal_words:x",
    "panel:1:safety:words:0",
]


@pytest.mark.parametrize("custom_id", GARBAGE)
async def test_what_no_panel_has_asks_to_open_it_again(tmp_path, custom_id):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        told = await desk.forge(custom_id, user=ADMINISTRATOR, panel=panel)
        assert (told.body.text, told.ephemeral) == (STALE, True)
        assert await history(desk) == []


# ---------------------------------------------------------------- the latest changes


async def test_the_latest_changes_say_who_when_and_from_what_to_what(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk)
        await desk.pick(panel, "pick", "safety_level", ["guarded"], user=MODERATOR)
        await desk.press(panel, "set", "private_allowed", "off", user=MODERATOR)
        await desk.pick(panel, "page", ["changes"], user=MODERATOR)
        lines = [line for line in panel.body.text.split("\n") if ":R>" in line]
        who = f"<@{desk.id_of(MODERATOR)}>"
        assert [line.split(":R> ")[1] for line in lines] == [
            f"{who}: **Private images**: on → off",
            f"{who}: **Safety level**: Standard → Guarded",
        ]


async def test_ten_changes_are_shown_and_those_of_limits_to_administrators_only(tmp_path):
    async with at_desk(tmp_path) as desk:
        for turn in range(12):
            await desk.set(PRIVATE_ALLOWED, bool(turn % 2))
        await desk.set(ENABLED, value=False)
        panel = await opened(desk, "changes")
        assert panel.body.text.count(":R>") == 10
        assert "Image making" not in panel.body.text
        panel = await opened(desk, "changes", user=ADMINISTRATOR)
        assert panel.body.text.count(":R>") == 10
        assert "**Image making**: on → off" in panel.body.text


async def test_where_nothing_was_changed_that_is_said(tmp_path):
    async with at_desk(tmp_path) as desk:
        assert "Nobody has changed anything yet." in (await opened(desk, "changes")).body.text


# ---------------------------------------------------------------- the file


async def exported(desk, *, user):
    panel = await opened(desk, "changes", user=user)
    told = await desk.press(panel, "export", user=user)
    assert told.ephemeral
    (attachment,) = told.message.body.attachments
    assert attachment.filename == "settings-Aquarium.json"
    return attachment.data


async def imported(desk, data, *, user=ADMINISTRATOR, panel=None):
    """Send a file in the form; returns the panel and the interaction."""
    panel = panel or await opened(desk, "changes", user=user)
    form = await desk.press(panel, "form", user=user)
    kept = desk.local.core.attachments.keep(
        Upload(field="files[0]", filename="settings.json", content_type="application/json", data=data),
        channel_id=desk.channel("general"),
        filename="settings.json",
        description=None,
    )
    return panel, await desk.send(form, file=[kept.id])


def file_of(**settings):
    return json.dumps({"format": "imagen-discord settings", "version": 1, "settings": settings}).encode()


async def test_what_an_administrator_exports_brings_every_setting_back(tmp_path):
    async with at_desk(tmp_path) as desk:
        images = desk.channel("images")
        await desk.set(SAFETY_LEVEL, Level.GUARDED)
        await desk.set(CHANNEL_LEVELS, {images: Level.OPEN})
        await desk.set(DENIED_CHANNELS, (images,))
        await desk.set(MEMBER_ALLOWANCE, Allowance(5, Per.WEEK))
        data = await exported(desk, user=ADMINISTRATOR)
        assert json.loads(data)["settings"].keys() == {each.name for each in (*SAFETY_SETTINGS, *SETTINGS)}
        await desk.set(SAFETY_LEVEL, Level.OPEN)
        await desk.set(CHANNEL_LEVELS, {})
        await desk.set(REFUSAL_WORDS, "no")
        await desk.set(MEMBER_ALLOWANCE, None)
        panel, sent = await imported(desk, data)
        assert sent.callback_type is CallbackType.UPDATE_MESSAGE
        assert "**Imported:** 4 settings were changed." in panel.body.text
        assert await desk.now(SAFETY_LEVEL) is Level.GUARDED
        assert await desk.now(CHANNEL_LEVELS) == {images: Level.OPEN}
        assert await desk.now(DENIED_CHANNELS) == (images,)
        assert await desk.now(MEMBER_ALLOWANCE) == Allowance(5, Per.WEEK)
        assert await desk.now(REFUSAL_WORDS) == ""
        latest = await desk.rulebook.history(desk.guild.id, limit=4)
        assert {each.user_id for each in latest} == {desk.id_of(ADMINISTRATOR)}
        panel, _ = await imported(desk, data)
        assert "everything was like that already" in panel.body.text


async def test_a_moderator_exports_and_imports_what_moderators_may_set(tmp_path):
    async with at_desk(tmp_path) as desk:
        data = await exported(desk, user=MODERATOR)
        assert json.loads(data)["settings"].keys() == {each.name for each in SAFETY_SETTINGS}
        await imported(desk, file_of(safety_level="guarded"), user=MODERATOR)
        assert await desk.now(SAFETY_LEVEL) is Level.GUARDED
        before = await history(desk)
        _, told = await imported(desk, file_of(enabled=False, safety_level="open"), user=MODERATOR)
        assert "**Image making** can be imported only by people who may use /limits." in told.body.text
        assert told.ephemeral
        assert await history(desk) == before


async def test_everything_that_is_wrong_is_listed_and_nothing_is_changed(tmp_path):
    async with at_desk(tmp_path) as desk:
        bad = file_of(safety_level="wild", enabled="yes", budget={"kind": "unlimited"}, **{"a @everyone": 1})
        _, told = await imported(desk, bad)
        words = told.body.text
        assert "Nothing was imported" in words
        assert words.count("• ") == 4
        assert "“budget”" in words, "the operator's settings are nobody else's"
        assert "@everyone" not in words
        assert await history(desk) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 10_000, "not JSON"),
        (b"[]", "not a file of settings"),
        (b'{"format": "imagen-discord settings", "version": 2, "settings": {}}', "another version"),
        (b'{"format": "imagen-discord settings", "version": 1, "settings": []}', "not a file of settings"),
        (b" " * (FILE_BYTES_MAX + 1), "larger than 200\N{NO-BREAK SPACE}kB"),
    ],
)
async def test_what_is_no_file_of_settings_is_said_to_be_none(tmp_path, data, said):
    async with at_desk(tmp_path) as desk:
        _, told = await imported(desk, data)
        assert said in told.body.text
        assert await history(desk) == []


@pytest.mark.parametrize(
    ("size_bytes", "said"), [(10**9, "larger than 200\N{NO-BREAK SPACE}kB"), (5, "could not get it from Discord")]
)
async def test_a_huge_file_is_not_even_fetched_and_one_that_is_gone_is_said_to_be(tmp_path, size_bytes, said):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk, "changes")
        gone = {"id": "9", "filename": "a.json", "size": size_bytes, "url": f"{desk.local.cdn_url}/attachments/1/9/a"}
        told = await desk.forge_form(
            "panel:1:safety:changes:0:save",
            user=MODERATOR,
            panel=panel,
            resolved={"attachments": {"9": gone}},
            file={"type": 19, "values": ["9"]},
        )
        assert said in told.body.text
        assert await history(desk) == []


async def test_what_another_server_has_is_left_out_and_listed_and_no_list_becomes_empty_by_it(tmp_path):
    async with at_desk(tmp_path) as desk:
        images, moderator = desk.channel("images"), desk.role("Moderator")
        await desk.set(LOG_CHANNEL, images)
        data = file_of(
            channel_levels={str(images): "guarded", "404": "open"},
            denied_channels=[404],
            log_channel=405,
            role_allowances={str(moderator): {"amount_microcredits": 1, "per": "day"}},
        )
        await desk.set(DENIED_CHANNELS, (images,))
        panel, _ = await imported(desk, data)
        assert await desk.now(CHANNEL_LEVELS) == {images: Level.GUARDED}
        assert await desk.now(DENIED_CHANNELS) == (images,)
        assert await desk.now(LOG_CHANNEL) == images
        assert await desk.now(ROLE_ALLOWANCES) == {moderator: Allowance(1, Per.DAY)}
        assert "Levels of channels: left out a channel that was deleted (404)" in panel.body.text
        assert panel.body.text.count("stays as it is here") == 2


async def test_a_file_with_the_strongest_level_is_bounded_by_the_operator_all_the_same(tmp_path):
    async with at_desk(tmp_path, ceiling=SAFETY_LEVELS[0]) as desk:
        await imported(desk, file_of(safety_level="open"))
        panel = await opened(desk)
        assert "**Standard** (counts now)" in panel.body.text


async def test_every_control_of_the_page_of_changes_works_after_a_restart(tmp_path):
    async with at_desk(tmp_path) as desk:
        panel = await opened(desk, "changes", user=ADMINISTRATOR)
        form = await desk.press(panel, "form", user=ADMINISTRATOR)
        assert [each for each in ids(panel) if each.endswith(":export")]
        await desk.restart()
        told = await desk.press(panel, "export", user=ADMINISTRATOR)
        assert told.message.body.attachments
        assert form.modal is not None
        await imported(desk, file_of(private_allowed=False), panel=panel)
        assert await desk.now(PRIVATE_ALLOWED) is False
