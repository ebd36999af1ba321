"""`/usage`, control by control: who may see it, what it shows, and what of it survives a restart."""

import asyncio
import itertools
from datetime import date, timedelta

import pytest

from bot.charts.process import ChartError, Charts
from bot.errors import StoreError
from bot.jobs import Outcome, State
from bot.sandbox.discord.calls import Step
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.interactions import CallbackType
from bot.usage.report import Topic
from bot.usage.span import Choice
from bot.usage.text import PERIODS, TOPICS
from cogs.acknowledge import Patience
from cogs.usage_view.ids import CUSTOM_ID_MAX, TYPED_MAX, Act, Address, Period, read_address
from cogs.usage_view.people import KEPT_MS, People
from tests.cogs.panel_stage import chosen, component, fields, id_like, ids
from tests.cogs.stage import TEXTS, until
from tests.cogs.usage_stage import TODAY, FixedClock, a_picture, at_usage, gallery, labels

pytestmark = pytest.mark.asyncio

UNDER_WAY = TEXTS("en", "usage.chart.under_way")
REFUSED = TEXTS("en", "usage.refused")
SWITCHED_OFF = "/limits, page “Server”, “Moderators see usage”"


def days_ago(days):
    return TODAY - timedelta(days=days)


# ---------------------------------------------------------------- the command and its answer


async def test_discord_shows_the_command_to_those_who_manage_messages_and_in_servers_only(tmp_path):
    async with at_usage(tmp_path) as desk:
        command = desk.local.core.commands.find(guild_id=desk.guild.id, name="usage", kind=1)
    assert command["default_member_permissions"] == str(1 << 13)
    assert command["contexts"] == [0]
    assert command["integration_types"] == [0]
    (option,) = command["options"]
    assert [each["value"] for each in option["choices"]] == [choice.value for choice in PERIODS]
    assert not option.get("required")


async def test_an_administrator_gets_figures_chart_and_tops_in_private(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(3, user="mia")
        await desk.made(2, user="jules", day=days_ago(3), price=60_000)
        await desk.made(user="mia", state=State.FAILED, outcome=Outcome.BLOCKED_WORDS, category="violence")
        await desk.made(2, day=days_ago(35))
        message = await desk.shown()
        text = message.body.text
        assert message.ephemeral_to == desk.id_of("adam")
        assert "Oct 23\N{THIN SPACE}–\N{THIN SPACE}Nov 21, 2026" in text
        assert "**Images:** 5 (▲ 3 more)" in text
        assert "**Credits:** 0.24 (▲ 0.16 more)" in text
        assert "**Success:** 83.3% (▼ 16.7 points lower)" in text
        assert "**Waiting:** half within 2\N{NO-BREAK SPACE}s" in text
        mia, jules = (desk.id_of(name) for name in ("mia", "jules"))
        assert f"1. <@{mia}>: 0.12 credits, 3 images, 75% success" in text
        assert f"2. <@{jules}>: 0.12 credits, 2 images, 100% success" in text
        ((_, alt),) = gallery(message)
        assert "5 images, 1 blocked" in alt
        assert "The best day is Nov 21, 2026 with 3 images." in alt
        (drawn,) = desk.charts.asked
        assert len(drawn.days) == 30
        assert chosen(component(message, "period")) == ["30"]


async def test_the_message_mentions_people_and_calls_nobody(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(user="mia")
        message = await desk.shown()
        assert f"<@{desk.id_of('mia')}>" in message.body.text
        bodies = [call.payload for call in desk.local.calls if call.method in {"POST", "PATCH"} and call.payload]
        sent = [body.get("data", body) for body in bodies if "mentions" in str(body)]
        assert sent
        assert all(each["allowed_mentions"] == {"parse": []} for each in sent)


@pytest.mark.parametrize(
    ("period", "images"), [("today", 1), ("7", 3), ("30", 7), ("90", 15), ("this-month", 7), ("last-month", 8)]
)
async def test_each_period_counts_its_own_days(tmp_path, period, images):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        await desk.made(2, day=days_ago(6))
        await desk.made(4, day=date(2026, 11, 1))
        await desk.made(8, day=date(2026, 10, 1))
        message = await desk.shown(period)
        assert f"**Images:** {images} (" in message.body.text
        assert chosen(component(message, "period")) == [period]


async def test_a_server_where_nothing_was_made_is_told_so_and_nothing_is_drawn(tmp_path):
    async with at_usage(tmp_path) as desk:
        message = await desk.shown()
        assert "Nobody asked for an image on these days." in message.body.text
        assert labels(message)["CSV file"]["disabled"]
        for period in ("7", "90"):
            await desk.pick(message, "period", [period])
        assert desk.charts.asked == []
        assert not gallery(message)
        assert not message.body.attachments


async def test_figures_are_shown_at_once_and_the_chart_when_it_is_drawn(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(3)
        desk.charts.open.clear()
        message = (await desk.usage()).message
        assert "**Images:** 3" in message.body.text
        assert UNDER_WAY in message.body.text
        assert not gallery(message)
        desk.charts.open.set()
        await desk.finished(message)
        assert len(gallery(message)) == 1
        assert "**Images:** 3" in message.body.text


async def test_a_chart_that_cannot_be_drawn_is_done_without_and_said(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(3)
        desk.charts.error = ChartError("no font")
        message = await desk.shown()
        assert TEXTS("en", "usage.chart.not_drawn") in message.body.text
        assert "**Images:** 3" in message.body.text
        assert not gallery(message)


async def test_a_picture_that_discord_does_not_take_is_done_without_and_said(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(3)
        desk.guild.attachment_size_limit_bytes = len(a_picture()) - 1
        message = await desk.shown()
        assert TEXTS("en", "usage.chart.not_drawn") in message.body.text


async def test_the_real_chart_is_drawn_and_shown(tmp_path):
    async with at_usage(tmp_path, charts=Charts()) as desk:
        await desk.made(3)
        desk.local.calls.clear()
        message = (await desk.usage()).message
        await until(lambda: UNDER_WAY not in message.body.text)
        assert message.body.attachments[0].data.startswith(b"\x89PNG")
        assert len(gallery(message)) == 1


async def test_figures_that_take_long_are_waited_for_and_then_shown(tmp_path):
    async with at_usage(tmp_path, patience=Patience(decide_s=0.05)) as desk:
        await desk.made(3)
        desk.figures.open.clear()
        used = await desk.local.invoke(
            guild_id=desk.guild.id, channel_id=desk.channel("general"), user_id=desk.id_of("adam"), command="usage"
        )
        await used.acknowledged()
        assert used.callback_type is CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE
        desk.figures.open.set()
        await used.answered()
        assert used.message.ephemeral_to == desk.id_of("adam")
        await desk.finished(used.message)
        assert "**Images:** 3" in used.message.body.text


async def test_figures_that_cannot_be_read_are_told_of(tmp_path):
    async with at_usage(tmp_path) as desk:
        desk.figures.broken = StoreError("the disk is on fire")
        assert (await desk.usage()).message.body.text == TEXTS("en", "usage.store")


async def test_what_nobody_foresaw_is_told_with_a_reference_and_nothing_else(tmp_path):
    async with at_usage(tmp_path) as desk:
        desk.figures.broken = ZeroDivisionError("a secret")
        text = (await desk.usage()).message.body.text
    assert "secret" not in text
    assert text.startswith(TEXTS("en", "error.unexpected", reference="").split("\n")[0][:20])


# ---------------------------------------------------------------- who may


async def test_a_member_is_refused_also_by_force(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(3)
        used = await desk.usage(user="mia", forged=True)
        assert used.message.ephemeral_to == desk.id_of("mia")
        assert used.message.body.text == REFUSED


async def test_a_moderator_is_told_who_can_change_it_while_the_switch_is_off(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(3)
        text = (await desk.usage(user="mona")).message.body.text
        assert SWITCHED_OFF in text
        assert "An administrator can change that" in text
        assert "3" not in text


async def test_a_moderator_sees_it_where_administrators_let_moderators(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(3)
        await desk.let_moderators()
        assert "**Images:** 3" in (await desk.shown(user="mona")).body.text
        assert (await desk.usage(user="mia", forged=True)).message.body.text == REFUSED


async def test_whom_the_server_let_in_in_discord_sees_it_whatever_the_switch_says(tmp_path):
    async with at_usage(tmp_path) as desk:
        command = desk.local.core.commands.find(guild_id=desk.guild.id, name="usage", kind=1)
        allowed = Override(desk.id_of("mia"), TargetType.USER, permission=True)
        desk.local.set_command_rights(desk.guild.id, int(command["id"]), [allowed])
        assert "Usage:" in (await desk.usage(user="mia")).message.body.text
        assert SWITCHED_OFF in (await desk.usage(user="mona", forged=True)).message.body.text


ACTS = [
    "usage:1:show:30:member:1",
    "usage:1:csv:30:member:0",
    "usage:1:form:30:member:0",
    "usage:1:again:30:member:0:2026-01-01|2026-01-02",
]
MENUS = [("usage:1:period:30:member:0", "7"), ("usage:1:topic:30:member:0", "role")]


@pytest.mark.parametrize(("user", "said"), [("mia", REFUSED), ("mona", SWITCHED_OFF)])
async def test_nobody_gets_past_the_gate_by_a_forged_control(tmp_path, user, said):
    async with at_usage(tmp_path) as desk:
        await desk.made(3)
        message = await desk.shown()
        for custom_id in ACTS:
            sent = await desk.forge(custom_id, user=user, panel=message)
            await sent.answered()
            assert said in sent.body.text, custom_id
            assert sent.modal is None
        for custom_id, value in MENUS:
            sent = await desk.forge(custom_id, user=user, panel=message, kind=3, values=[value])
            assert said in sent.body.text, custom_id
        sent = await desk.forge_form(
            "usage:1:save:30:member:0",
            user=user,
            panel=message,
            first={"value": "2026-11-01"},
            last={"value": "2026-11-02"},
        )
        assert said in sent.body.text
        assert "**Images:** 3" in message.body.text, "the message itself stays"


async def test_a_moderator_whose_switch_was_turned_off_gets_nothing_more(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(3)
        await desk.let_moderators()
        message = await desk.shown(user="mona")
        await desk.let_moderators(see=False)
        sent = await desk.pick(message, "topic", ["role"], user="mona")
        assert SWITCHED_OFF in sent.body.text


async def test_a_control_of_another_server_shows_the_figures_of_the_server_it_is_pressed_in(tmp_path):
    async with at_usage(tmp_path) as desk:
        other = desk.local.world.guild_named("Atelier")
        await desk.made(3)
        await desk.made(7, guild=other)
        message = await desk.shown()
        sent = await desk.forge(id_like(message, "topic"), user="adam", guild=other, kind=3, values=["model"])
        assert "**Images:** 7" in sent.body.text


@pytest.mark.parametrize(
    "custom_id",
    [
        "usage:",
        "usage:0:show:30:member:0",
        "usage:1:show:31:member:0",
        "usage:1:show:custom:member:0",
        "usage:1:show:30:guild:0",
        "usage:1:show:30:all:0",
        "usage:1:show:30:member:-1",
        "usage:1:show:30:member:9999999",
        "usage:1:drop:30:member:0",
        "usage:1:show:30:member:0\n",
    ],
)
async def test_what_no_version_ever_made_is_answered_with_the_way_to_begin_anew(tmp_path, custom_id):
    async with at_usage(tmp_path) as desk:
        sent = await desk.forge(custom_id, user="adam")
        assert sent.body.text == TEXTS("en", "usage.stale")


@pytest.mark.parametrize("custom_id", ["usage:1:period:30:member:0", "usage:1:topic:30:member:0"])
@pytest.mark.parametrize("values", [["custom"], ["guild"], [], ["7", "30"], ["role", "model"]])
async def test_a_menu_is_taken_at_nothing_but_its_own_lines(tmp_path, custom_id, values):
    async with at_usage(tmp_path) as desk:
        sent = await desk.forge(custom_id, user="adam", kind=3, values=values)
        assert sent.body.text == TEXTS("en", "usage.stale")


@pytest.mark.parametrize("dates", ["2026-11-31~2026-12-01", "2026-11-02~2026-11-01", "2027-01-01~2027-01-02"])
@pytest.mark.parametrize("act", ["show", "csv", "form"])
async def test_dates_that_were_forged_into_a_control_are_refused(tmp_path, dates, act):
    async with at_usage(tmp_path) as desk:
        sent = await desk.forge(f"usage:1:{act}:{dates}:member:0", user="adam")
        await sent.answered()
        assert sent.body.text.endswith(".")
        assert "date" in sent.body.text or "day" in sent.body.text


# ---------------------------------------------------------------- controls


async def test_another_period_is_picked_in_the_message_itself_and_drawn_anew(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        await desk.made(2, day=days_ago(10))
        message = await desk.shown()
        before = gallery(message)
        sent = await desk.pick(message, "period", ["7"])
        assert sent.callback_type is CallbackType.UPDATE_MESSAGE
        await desk.finished(message)
        assert "**Images:** 1 (" in message.body.text
        assert chosen(component(message, "period")) == ["7"]
        assert gallery(message) != before
        assert len(message.body.attachments) == 1, "the old picture is gone"


async def test_each_topic_has_its_own_ranking_and_the_chart_stays(tmp_path):
    async with at_usage(tmp_path) as desk:
        moderator = desk.role("Moderator")
        await desk.made(2, user="mona", channel="images", roles=[moderator])
        await desk.made(1, model="imagen-4-ultra", price=60_000)
        message = await desk.shown()
        picture = gallery(message)
        for topic, row in (
            ("role", f"1. <@&{moderator}>: 0.08 credits, 2 images"),
            ("channel", f"1. <#{desk.channel('images')}>: 0.08 credits, 2 images"),
            ("model", "2. Imagen 4 Ultra: 0.06 credits, 1 image"),
            ("member", f"1. <@{desk.id_of('mona')}>: 0.08 credits, 2 images"),
        ):
            await desk.pick(message, "topic", [topic])
            assert row in message.body.text
            assert chosen(component(message, "topic")) == [topic]
            assert gallery(message) == picture
        assert len(desk.charts.asked) == 1, "what is shown already is not drawn again"


async def test_a_chart_is_drawn_anew_once_its_figures_changed(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(2)
        message = await desk.shown()
        await desk.made(1)
        await desk.pick(message, "topic", ["model"])
        await desk.finished(message)
        assert [sum(day.images for day in chart.days) for chart in desk.charts.asked] == [2, 3]


async def test_long_rankings_have_pages_of_ten(tmp_path):
    async with at_usage(tmp_path) as desk:
        for number in range(23):
            await desk.made(channel=5_000 + number, price=1_000 * (30 - number))
        message = await desk.shown()
        await desk.pick(message, "topic", ["channel"])
        assert "-# 1 to 10 of 23." in message.body.text
        assert labels(message)["Previous"]["disabled"]
        await desk.press(message, "show", "30", "channel", 1)
        assert "11. a deleted channel (…5010): 0.02 credits" in message.body.text
        await desk.press(message, "show", "30", "channel", 2)
        assert "-# 21 to 23 of 23." in message.body.text
        assert labels(message)["Next"]["disabled"]
        await desk.press(message, "show", "30", "channel", 1)
        assert "-# 11 to 20 of 23." in message.body.text
        assert len(desk.charts.asked) == 1


async def test_ten_rows_need_no_pages(tmp_path):
    async with at_usage(tmp_path) as desk:
        for number in range(10):
            await desk.made(channel=5_000 + number)
        message = await desk.shown()
        await desk.pick(message, "topic", ["channel"])
        assert "-# 1 to 10 of 10." in message.body.text
        assert "Next" not in labels(message)


async def test_past_the_last_page_there_is_the_last_page(tmp_path):
    async with at_usage(tmp_path) as desk:
        for number in range(12):
            await desk.made(channel=5_000 + number)
        sent = await desk.forge("usage:1:show:30:channel:999999", user="adam")
        assert "-# 11 to 12 of 12." in sent.body.text
        assert labels(sent)["Next"]["disabled"]


async def test_another_period_begins_at_the_first_page_of_the_same_topic(tmp_path):
    async with at_usage(tmp_path) as desk:
        for number in range(12):
            await desk.made(channel=5_000 + number)
        sent = await desk.forge("usage:1:period:30:channel:1", user="adam", kind=3, values=["7"])
        assert "### Channels" in sent.body.text
        assert "-# 1 to 10 of 12." in sent.body.text


async def test_another_topic_begins_at_its_first_page(tmp_path):
    async with at_usage(tmp_path) as desk:
        for number in range(12):
            await desk.made(channel=5_000 + number, user=6_000 + number)
        sent = await desk.forge("usage:1:topic:30:channel:1", user="adam", kind=3, values=["member"])
        assert "-# 1 to 10 of 12." in sent.body.text


async def test_everything_goes_on_after_a_restart(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(2)
        message = await desk.shown()
        await desk.restart()
        await desk.pick(message, "topic", ["model"])
        assert "Imagen 4: 0.08 credits" in message.body.text
        opened = await desk.press(message, "form")
        await desk.send(opened, first="2026-11-20", last="2026-11-21")
        await desk.finished(message)
        assert "Nov 20\N{THIN SPACE}–\N{THIN SPACE}21, 2026" in message.body.text


async def test_what_a_message_showed_before_is_not_put_back_by_its_chart(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        await desk.made(2, day=days_ago(10))
        desk.charts.open.clear()
        message = (await desk.usage()).message
        await until(lambda: len(desk.charts.asked) == 1)
        await desk.pick(message, "period", ["7"])
        await until(lambda: len(desk.charts.asked) == 2)
        desk.charts.open.set()
        await desk.finished(message)
        await asyncio.sleep(0.05)
        assert "**Images:** 1 (" in message.body.text
        edits = [call for call in desk.local.calls if call.method == "PATCH"]
        assert len(edits) == 1


async def test_a_chart_that_is_ready_while_another_period_is_on_its_way_is_dropped(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        desk.charts.open.clear()
        message = (await desk.usage()).message
        await until(lambda: len(desk.charts.asked) == 1)

        async def draw_meanwhile(call, step):
            if step is Step.RECEIVED and call.route.endswith("/callback"):
                desk.charts.open.set()
                await asyncio.sleep(0.05)

        desk.local.observe(draw_meanwhile)
        await desk.pick(message, "period", ["7"])
        await desk.finished(message)
        assert len([call for call in desk.local.calls if call.method == "PATCH"]) == 1


async def test_a_bot_that_ends_leaves_no_chart_half_drawn(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        desk.charts.open.clear()
        await desk.usage()
        await until(lambda: desk.charts.asked)
        await desk.stage.client.close()


class SlowlyEnding:
    """Takes its while to end what it began, as what draws in a process of its own has to."""

    def __init__(self):
        self.begun = self.ended = False

    async def draw(self, chart):
        self.begun = True
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(100):
                await asyncio.sleep(0)
            self.ended = True


async def test_a_bot_that_ends_waits_until_no_chart_is_being_drawn_any_more(tmp_path):
    charts = SlowlyEnding()
    async with at_usage(tmp_path, charts=charts) as desk:
        await desk.made(1, user="mia")
        # Somebody's name is waited for as well, and given up at once.
        del desk.guild.members[desk.id_of("mia")]
        route = "/guilds/{guild_id}/members/{user_id}"
        desk.local.faults.add(Fault(route=route, failure=Failure.STALL, stall_s=5.0))
        await desk.usage()
        await until(lambda: charts.begun)
        await desk.stage.client.remove_cog("Usage")
        assert charts.ended


# ---------------------------------------------------------------- days of one's own


async def test_the_form_shows_the_days_that_are_shown(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        opened = await desk.press(await desk.shown("7"), "form")
        assert opened.callback_type is CallbackType.MODAL
        assert {name: field["value"] for name, field in fields(opened).items()} == {
            "first": "2026-11-15",
            "last": "2026-11-21",
        }


async def test_days_of_ones_own_are_shown_and_stay_through_topics_and_pages(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        await desk.made(4, day=date(2026, 9, 15))
        message = await desk.shown()
        opened = await desk.press(message, "form")
        await desk.send(opened, first=" 2026-09-01 ", last="2026-09-30")
        await desk.finished(message)
        assert "Sep 1\N{THIN SPACE}–\N{THIN SPACE}30, 2026" in message.body.text
        assert chosen(component(message, "period")) == []
        await desk.pick(message, "topic", ["model"])
        assert "**Images:** 4 (▲ 4 more)" in message.body.text
        opened = await desk.press(message, "form")
        assert fields(opened)["first"]["value"] == "2026-09-01"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("1.9.2026", "2026-09-30", "is not a date. Write it like 2026-11-21"),
        ("2026-09-30", "2026-09-01", "comes after the last one"),
        ("2026-09-01", "2026-11-22", "has not come yet; today is 2026-11-21"),
        ("2024-09-01", "2026-11-21", "Choose at most 366 at a time"),
        ("2010-09-01", "2010-11-21", "There is nothing before 2015-01-01"),
        ("|<@&1>@everyone|||||", "2026-09-30", "is not a date"),
    ],
)
async def test_dates_that_are_none_change_nothing_and_are_not_lost(tmp_path, first, last, said):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        message = await desk.shown()
        shown = message.body.text
        sent = await desk.send(await desk.press(message, "form"), first=first, last=last)
        assert said in sent.body.text
        assert sent.message is not message
        assert sent.ephemeral
        assert message.body.text == shown
        opened = await desk.press(sent.message, "again")
        typed = {name: field["value"] for name, field in fields(opened).items()}
        assert typed == {"first": first.replace("|", " "), "last": last}
        mended = await desk.send(opened, first="2026-11-01", last="2026-11-21")
        await desk.finished(sent.message)
        assert mended.message is sent.message
        assert "**Images:** 1 (" in sent.message.body.text


async def test_a_form_without_its_fields_is_answered_with_the_way_to_begin_anew(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        sent = await desk.forge_form(
            "usage:1:save:30:member:0", user="adam", panel=await desk.shown(), first={"value": "2026-11-01"}
        )
        assert sent.body.text == TEXTS("en", "usage.stale")


async def test_a_form_opens_empty_where_the_days_cannot_be_told_in_time(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1)
        message = await desk.shown()
        desk.figures.open.clear()
        opened = await desk.press(message, "form")
        assert [field.get("value") for field in fields(opened).values()] == [None, None]


# ---------------------------------------------------------------- who and what is gone


async def test_somebody_who_left_is_told_by_name_or_by_the_last_digits(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1, user="mia")
        await desk.made(2, user="jules")
        await desk.made(3, user=880_000_000_000_001_234)
        del desk.guild.members[desk.id_of("jules")]
        text = (await desk.shown()).body.text
        assert "1. somebody who left (…1234): 0.12 credits" in text
        assert "2. somebody who left (Jules): 0.08 credits" in text
        assert f"3. <@{desk.id_of('mia')}>: 0.04 credits" in text


async def test_who_left_is_found_out_on_each_page_also_where_the_chart_stays(tmp_path):
    async with at_usage(tmp_path) as desk:
        for number in range(12):
            await desk.made(user=880_000_000_000_001_000 + number, price=1_000 * (30 - number))
        message = await desk.shown()
        await desk.press(message, "show", "30", "member", 1)
        await until(lambda: "12. somebody who left (…1011)" in message.body.text)
        assert len(gallery(message)) == 1
        assert len(desk.charts.asked) == 1


async def test_members_are_asked_for_once_in_some_minutes(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1, user="mia")
        await desk.made(1, user="jules")
        del desk.guild.members[desk.id_of("jules")]

        def asked():
            return len([call for call in desk.local.calls if "/members/" in call.path])

        message = await desk.shown()
        assert asked() == 2
        await desk.pick(message, "period", ["7"])
        await desk.finished(message)
        assert "somebody who left (Jules)" in message.body.text
        assert asked() == 2


async def test_a_name_that_takes_long_is_not_waited_for_and_asked_for_again(tmp_path):
    async with at_usage(tmp_path) as desk:
        mia, jules = desk.id_of("mia"), desk.id_of("jules")
        for user in (mia, jules):
            del desk.guild.members[user]
        people = People(desk.stage.client, clock=desk.stage.clock, within_s=0.1)
        route = "/guilds/{guild_id}/members/{user_id}"
        desk.local.faults.add(Fault(route=route, failure=Failure.STALL, stall_s=0.3))
        await people.find_out(desk.guild.id, [mia, jules])
        assert len(people.left(desk.guild.id, [mia, jules])) < 2
        async with asyncio.timeout(30):
            while len(people.left(desk.guild.id, [mia, jules])) < 2:
                await people.find_out(desk.guild.id, [mia, jules])
        assert {each.name for each in people.left(desk.guild.id, [mia, jules]).values()} == {"Mia", "Jules"}


async def test_a_member_of_whom_discord_does_not_tell_is_mentioned_all_the_same(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1, user="mia")
        del desk.guild.members[desk.id_of("mia")]
        route = "/guilds/{guild_id}/members/{user_id}"
        desk.local.faults.add(Fault(route=route, failure=Failure.API_ERROR, code=50001, times=9))
        message = await desk.shown()
        assert f"1. <@{desk.id_of('mia')}>" in message.body.text
        assert len(gallery(message)) == 1


async def test_who_came_back_is_found_out_after_some_minutes(tmp_path):
    async with at_usage(tmp_path) as desk:
        mia = desk.id_of("mia")
        there = desk.guild.members.pop(mia)
        clock = FixedClock()
        people = People(desk.stage.client, clock=clock)
        await people.find_out(desk.guild.id, [mia])
        assert mia in people.left(desk.guild.id, [mia])
        desk.guild.members[mia] = there
        clock.at_ms += KEPT_MS
        await people.find_out(desk.guild.id, [mia])
        assert not people.left(desk.guild.id, [mia])


async def test_what_was_deleted_is_said_to_be(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(1, channel=770_000_000_000_009_876, roles=[550_000_000_000_004_321], model="imagen-2")
        message = await desk.shown()
        for topic, said in (
            ("channel", "1. a deleted channel (…9876)"),
            ("role", "1. a deleted role (…4321)"),
            ("model", r"1. imagen\-2"),
        ):
            await desk.pick(message, "topic", [topic])
            assert said in message.body.text


# ---------------------------------------------------------------- limits of Discord


async def test_the_largest_message_fits(tmp_path):
    async with at_usage(tmp_path) as desk:
        for number in range(1, 13):
            user = 880_000_000_000_000_000 + number
            desk.local.world.users[user] = type(desk.local.world.user_named("mia"))(
                id=user, username=f"u{number}", global_name="*" * 32
            )
            await desk.made(2, user=user, price=9_999_999_999)
        message = await desk.shown("last-month")
        opened = await desk.press(message, "form")
        await desk.send(opened, first="2025-11-21", last="2026-11-21")
        await desk.finished(message)
        assert "somebody who left" in message.body.text
        await desk.forge("usage:1:show:2025-11-21~2026-11-21:member:0", user="adam", panel=message)
        parts = list(walk(message.body.components))
        assert len(parts) <= 40
        assert len(message.body.text) <= 4_000
        assert all(len(each) <= CUSTOM_ID_MAX for each in ids(message))
        ((_, alt),) = gallery(message)
        assert len(alt) <= 1_024


async def test_every_id_says_what_it_was_made_of():
    periods = [*(Period(choice) for choice in PERIODS), Period(Choice.CUSTOM, ("2026-01-01", "2026-01-31"))]
    addresses = [
        Address(
            act=act,
            period=period,
            topic=Topic(topic),
            page=999_999,
            typed=("1/2:3", "x" * TYPED_MAX) if act is Act.AGAIN else ("", ""),
        )
        for act, topic, period in itertools.product(Act, TOPICS, periods)
    ]
    long = [each for each in addresses if len(each.custom_id()) > CUSTOM_ID_MAX]
    assert long == [], long
    changed = [each for each in addresses if read_address(each.custom_id()) != each]
    assert changed == [], changed
