"""`/moderation`: moderators pause members and read what happened; nobody else does."""

import asyncio

import pytest

from bot.errors import StoreError
from bot.moderation.list_text import INCIDENTS_ON_PAGE, PAUSES_ON_PAGE
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.command_rights import Override, TargetType
from cogs.moderation.view import Listed, Page, read_page
from tests.cogs.case_stage import at_court, ids
from tests.cogs.stage import TEXTS, until

pytestmark = pytest.mark.asyncio

REFUSED = TEXTS("en", "moderation.refused")
HOUR_MS = 3_600_000


def member(court, user):
    return f"<@{court.id_of(user)}>"


# ---------------------------------------------------------------- who may


async def test_discord_shows_the_commands_to_moderators_and_in_servers_only(tmp_path):
    async with at_court(tmp_path) as court:
        command = court.local.core.commands.find(guild_id=court.guild.id, name="moderation", kind=1)
        with pytest.raises(CommandRejected):
            await court.use("paused", user="mia")
    assert command["default_member_permissions"] == str(1 << 13)
    assert command["contexts"] == [0]
    assert command["integration_types"] == [0]
    assert [each["name"] for each in command["options"]] == ["pause", "unpause", "paused", "recent", "history"]


async def test_a_forged_use_is_refused_whatever_it_is(tmp_path):
    async with at_court(tmp_path) as court:
        await court.use("pause", member=court.id_of("mats"), duration="pause")
        jules = court.id_of("jules")
        for act, options in (
            ("pause", {"member": jules, "duration": "pause"}),
            ("unpause", {"member": court.id_of("mats")}),
            ("paused", {}),
            ("recent", {}),
            ("history", {"member": jules}),
        ):
            used = await court.use(act, user="mia", forged=True, **options)
            assert (used.body.text, used.ephemeral) == (REFUSED, True), act
        for listed in Listed:
            pressed = await court.forge(Page(listed).custom_id(), user="mia")
            assert (await pressed.answered()).body.text == REFUSED
        assert list(await court.pauses()) == [court.id_of("mats")]


async def test_whom_the_server_lets_in_may_too(tmp_path):
    async with at_court(tmp_path) as court:
        (command,) = (each for each in court.local.core.commands.all(None) if each["name"] == "moderation")
        override = Override(court.id_of("mia"), TargetType.USER, True)
        court.local.set_command_rights(court.guild.id, int(command["id"]), [override])
        assert (await court.use("paused", user="mia")).body.text == TEXTS("en", "moderation.paused.none")


async def test_an_administrator_may_too(tmp_path):
    async with at_court(tmp_path) as court:
        assert (await court.use("paused", user="adam")).body.text == court.say("adam", "moderation.paused.none")


# ---------------------------------------------------------------- pausing


@pytest.mark.parametrize(
    ("duration", "lasts_ms"), [("pause_hour", HOUR_MS), ("pause_day", 24 * HOUR_MS), ("pause_week", 168 * HOUR_MS)]
)
async def test_a_member_is_paused_for_a_while(tmp_path, duration, lasts_ms):
    async with at_court(tmp_path) as court:
        before_ms = court.clock.now_ms()
        used = await court.use("pause", member=court.id_of("mia"), duration=duration, reason="too many of them")
        (until_ms,) = (await court.pauses()).values()
        assert 0 <= until_ms - lasts_ms - before_ms < 10_000
        assert used.body.text == TEXTS(
            "en", "moderation.done.pause", member=member(court, "mia"), until_s=until_ms // 1000
        )
        assert used.ephemeral
        assert court.noticed
        listed = (await court.use("paused")).body.text
        assert "too many of them" in listed
        assert member(court, "mona") in listed
        court.clock.ahead_ms = lasts_ms + 10_000
        assert await court.pauses() == {}


async def test_a_member_is_paused_until_somebody_lifts_it(tmp_path):
    async with at_court(tmp_path) as court:
        mia = court.id_of("mia")
        paused = (await court.use("pause", member=mia, duration="pause")).body.text
        assert paused == TEXTS("en", "moderation.done.pause.lasting", member=f"<@{mia}>")
        court.clock.ahead_ms = 1_000 * HOUR_MS
        assert await court.pauses() == {mia: None}
        lifted = (await court.use("unpause", user="adam", member=mia)).body.text
        assert lifted == court.say("adam", "moderation.done.lift", member=f"<@{mia}>")
        assert await court.pauses() == {}
        again = (await court.use("unpause", member=mia)).body.text
        assert again == TEXTS("en", "moderation.not_paused", member=f"<@{mia}>")


async def test_a_pause_holds_in_its_own_server_only(tmp_path):
    async with at_court(tmp_path) as court:
        mia = court.id_of("mia")
        await court.use("pause", member=mia, duration="pause")
        elsewhere = await court.use("unpause", member=mia, guild=court.other())
        assert elsewhere.body.text == TEXTS("en", "moderation.not_paused", member=f"<@{mia}>")
        assert (await court.use("paused", guild=court.other())).body.text == TEXTS("en", "moderation.paused.none")
        assert await court.pauses() == {mia: None}


async def test_a_pause_that_discord_tells_of_twice_is_one_case(tmp_path):
    async with at_court(tmp_path) as court:
        court.local.duplicate_next = 1
        await court.use("pause", member=court.id_of("mia"), duration="pause_day")
        history = await court.docket.history(court.guild.id, court.id_of("mia"))
        assert len(history.cases) == 1


async def test_a_bot_is_not_paused(tmp_path):
    async with at_court(tmp_path) as court:
        bot_id = court.local.world.application.bot_id
        used = await court.use("pause", member=bot_id, duration="pause")
        assert used.body.text == TEXTS("en", "moderation.bot")
        assert await court.pauses() == {}


# ---------------------------------------------------------------- lists


async def test_those_who_are_paused_stand_on_pages(tmp_path):
    async with at_court(tmp_path) as court:
        total = PAUSES_ON_PAGE + 3
        for number in range(total):
            await court.docket.pause(
                guild_id=court.guild.id,
                user_id=1_000 + number,
                until_ms=None,
                reason="x" * 300,
                by_id=court.id_of("mona"),
                interaction_id=number,
            )
        shown = (await court.use("paused")).message
        assert TEXTS("en", "moderation.paused", count=total) in shown.body.text
        first = shown.body.text
        assert first.count("until lifted") == PAUSES_ON_PAGE
        await court.forge(Page(Listed.PAUSED, 1).custom_id(), user="mona", source=shown)
        assert shown.body.text.count("until lifted") == 3
        assert all(f"<@{1_000 + number}>" in first + shown.body.text for number in range(total))
        assert Page(Listed.PAUSED, 0).custom_id() in ids(shown)
        # Somebody lifted them all but for one meanwhile: the last page is shown.
        await court.forge(Page(Listed.PAUSED, 77).custom_id(), user="mona", source=shown)
        assert shown.body.text.count("until lifted") == 3


async def test_what_was_blocked_and_what_failed_is_listed_with_prompts_hidden(tmp_path):
    async with at_court(tmp_path) as court:
        assert (await court.use("recent")).body.text == TEXTS("en", "moderation.recent.none")
        for number in range(INCIDENTS_ON_PAGE + 2):
            court.clock.ahead_ms += 1_000
            await court.blocked(user="mia", prompt=f"a bad word {number}")
        await court.blocked(user="mia", prompt="far away", guild=court.other())
        shown = (await court.use("recent")).message
        assert shown.ephemeral_to == court.id_of("mona")
        assert "far away" not in shown.body.text
        assert f"||a bad word {INCIDENTS_ON_PAGE + 1}" in shown.body.text
        assert "a bad word 1" not in shown.body.text
        await court.press_page(shown, Page(Listed.RECENT, 1))
        assert "||a bad word 1" in shown.body.text
        assert "||a bad word 0" in shown.body.text
        assert Page(Listed.RECENT, 2).custom_id() not in ids(shown)


async def test_the_history_of_a_member_counts_and_lists(tmp_path):
    async with at_court(tmp_path) as court:
        await court.image(user="mia")
        await court.blocked(user="mia")
        await court.reported(user="mia")
        await court.use("pause", member=court.id_of("mia"), duration="pause", reason="enough")
        said = (await court.use("history", member=court.id_of("mia"))).body.text
        assert TEXTS("en", "moderation.history", member=member(court, "mia")) in said
        assert TEXTS("en", "moderation.history.blocks", count=1) in said
        assert TEXTS("en", "moderation.history.reports", count=1) in said
        assert "enough" in said
        assert TEXTS("en", "moderation.case.report") in said
        nobody = (await court.use("history", member=court.id_of("jules"))).body.text
        assert TEXTS("en", "moderation.history.images", count=0) in nobody
        assert TEXTS("en", "moderation.history.not_paused") in nobody


async def test_a_list_that_an_older_version_put_up_is_told_so(tmp_path):
    async with at_court(tmp_path) as court:
        for custom_id in ("moderation:", "moderation:0:paused:0", "moderation:1:cats:0", "moderation:1:paused:x"):
            pressed = await court.forge(custom_id, user="mona")
            assert (await pressed.answered()).body.text == TEXTS("en", "moderation.stale")
            assert read_page(custom_id) is None


# ---------------------------------------------------------------- slow and broken


async def test_a_list_that_takes_long_is_promised_and_then_shown(tmp_path):
    async with at_court(tmp_path) as court:
        court.docket.held = asyncio.Event()
        looking = asyncio.create_task(court.use("recent"))
        await until(lambda: court.local.interactions and court.local.interactions[-1].acknowledged_ms is not None)
        assert court.local.interactions[-1].ephemeral
        court.docket.held.set()
        assert (await looking).body.text == TEXTS("en", "moderation.recent.none")


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    async with at_court(tmp_path) as court:
        court.docket.broken = StoreError("disk")
        assert (await court.use("recent")).body.text == TEXTS("en", "moderation.store")
