"""Appeals: once, by who was blocked, against the server's own rules; approved, exactly these texts may be used from then on."""

from contextlib import suppress

import pytest

from bot.intake import Refusal
from bot.moderation.cases import HOUR_MS, Act
from bot.moderation.opening import APPEAL_MS
from bot.moderation.strikes import counting, pauses_anyway
from bot.moderation.troubles import Idle, NoAppeal, NotAppealable, NothingToDo
from bot.safety_fields import StrikeRule
from bot.store import jobs, notices
from bot.word_lines import Verdict
from tests.limits.support import GUILD, USER
from tests.moderation.court import MINUTE_MS, MONA, OTHER_GUILD, SEXUAL

pytestmark = pytest.mark.asyncio

DAY_MS = 24 * HOUR_MS
TWO_A_DAY = StrikeRule(blocks=2, within_hours=24, pause=Act.PAUSE_WEEK)


async def why_not(doing):
    with pytest.raises(NotAppealable) as caught:
        await doing
    return caught.value.reason


async def idle(doing):
    with pytest.raises(NothingToDo) as caught:
        await doing
    return caught.value.reason


# ---------------------------------------------------------------- asking


async def test_who_was_blocked_asks_once_and_the_card_tells_it(court):
    case = await court.block()
    docketed = await court.appeal(case.case_id, reason="it is a film")
    assert docketed.case.appeal is not None
    assert (docketed.case.appeal.reason, docketed.case.appeal.approved) == ("it is a film", None)
    assert await court.revisions() == [2]
    assert (await court.appeal(case.case_id, reason="it is a film")).case == docketed.case, "the same form told twice"
    assert await court.revisions() == [2]
    assert await why_not(court.appeal(case.case_id, reason="please")) is NoAppeal.TWICE


async def test_a_providers_block_cannot_be_overruled_here(court):
    await court.fail(SEXUAL)
    (case,) = await court.all_cases()
    assert await why_not(court.appeal(case.case_id)) is NoAppeal.PROVIDER


async def test_nobody_appeals_for_others_or_from_elsewhere_or_against_what_is_no_block(court):
    case = await court.block()
    report = (await court.report(await court.draw())).case
    assert await why_not(court.appeal(case.case_id, user_id=USER + 1)) is NoAppeal.GONE
    assert await why_not(court.appeal(case.case_id, guild_id=OTHER_GUILD)) is NoAppeal.GONE
    assert await why_not(court.appeal(report.case_id)) is NoAppeal.GONE
    assert await why_not(court.appeal(case.case_id + 1_000)) is NoAppeal.GONE


async def test_after_a_week_it_is_too_late(court):
    case = await court.block()
    court.wait(APPEAL_MS)
    await court.appeal(case.case_id)
    other = await court.block()
    court.wait(APPEAL_MS + 1)
    assert await why_not(court.appeal(other.case_id)) is NoAppeal.LATE


async def test_a_prompt_whose_appeal_was_declined_is_not_appealed_for_again_however_often_it_is_blocked(court):
    first = await court.block()
    await court.appeal(first.case_id)
    await court.act(Act.DECLINE, first.case_id)
    second = await court.block()
    assert second.case_id != first.case_id
    assert await why_not(court.appeal(second.case_id)) is NoAppeal.TWICE
    for other in (await court.block("another gory cat"), await court.block(user_id=USER + 1)):
        await court.appeal(other.case_id, user_id=other.user_id)


async def test_a_prompt_waits_for_one_decision_at_a_time(court):
    first, second = await court.block(), await court.block()
    await court.appeal(first.case_id)
    assert await why_not(court.appeal(second.case_id)) is NoAppeal.TWICE


# ---------------------------------------------------------------- deciding


@pytest.mark.parametrize(("act", "told"), [(Act.APPROVE, "approved"), (Act.DECLINE, "declined")])
async def test_a_decision_is_made_once_and_the_member_is_told(court, act, told):
    case = await court.block()
    await court.appeal(case.case_id)
    docketed = await court.act(act, case.case_id, press=5)
    await court.act(act, case.case_id, press=5)
    assert docketed.case.appeal is not None
    assert docketed.case.appeal.approved is (act is Act.APPROVE)
    (notice,) = [each for each in await notices.open_ones(court.db, limit=9) if each.user_id == USER]
    assert notice.guild_id == GUILD
    assert (notice.message_id, notice.params) == (f"notice.appeal.{told}", {"words": "gory"})
    for other in (Act.APPROVE, Act.DECLINE):
        assert await idle(court.act(other, case.case_id)) is Idle.DECIDED
    assert await why_not(court.appeal(case.case_id)) is NoAppeal.TWICE


async def test_without_an_appeal_there_is_nothing_to_decide(court):
    case = await court.block()
    for act in (Act.APPROVE, Act.DECLINE):
        assert await idle(court.act(act, case.case_id)) is Idle.NO_APPEAL


async def test_approved_texts_may_be_used_by_this_member_here_and_no_others(court):
    case = await court.block("a gory film poster")
    await court.appeal(case.case_id)
    assert (await court.refused(prompt="a gory film poster")).message_id == "words.blocked"
    await court.act(Act.APPROVE, case.case_id)
    assert await court.ask(prompt="a gory film poster")
    assert await court.ask(prompt="a gory film poster", private=True)
    for asked in (
        {"prompt": "a gory film poster!"},
        {"prompt": "a gory film poster", "user_id": USER + 1},
        {"prompt": "A gory film poster"},
    ):
        assert (await court.refused(**asked)).message_id == "words.blocked"


async def test_approved_in_one_server_is_not_approved_in_another(court):
    case = await court.block("a gory film poster")
    await court.appeal(case.case_id)
    await court.act(Act.APPROVE, case.case_id)
    await court.db.fetch("SELECT 1")
    async with court.db.transaction() as tx:
        await tx.execute("UPDATE word_rules SET guild_id = $1", OTHER_GUILD)
        await tx.execute("UPDATE word_books SET guild_id = $1", OTHER_GUILD)
    refusal = await court.refused(prompt="a gory film poster", guild_id=OTHER_GUILD)
    assert refusal.message_id == "words.blocked"


async def test_a_declined_appeal_allows_nothing(court):
    case = await court.block()
    await court.appeal(case.case_id)
    await court.act(Act.DECLINE, case.case_id)
    assert (await court.refused(prompt="a gory cat")).message_id == "words.blocked"


async def test_what_is_approved_is_still_hidden_where_a_rule_wants_it_hidden(court):
    await court.rule(Verdict.SPOILER, "cat")
    case = await court.block("a gory cat")
    await court.appeal(case.case_id)
    await court.act(Act.APPROVE, case.case_id)
    (job,) = await court.ask(prompt="a gory cat")
    request, _ = await jobs.request(court.db, job.interaction_id)
    assert request.spoiler is True


async def test_an_approval_ends_with_its_case(court):
    case = await court.block()
    await court.appeal(case.case_id)
    await court.act(Act.APPROVE, case.case_id)
    court.wait(90 * DAY_MS + 1)
    await court.home.purge.sweep()
    assert (await court.refused(prompt="a gory cat")).message_id == "words.blocked"


# ---------------------------------------------------------------- what an approval takes back


async def approved(court, case):
    await court.appeal(case.case_id)
    await court.act(Act.APPROVE, case.case_id)


async def test_an_approved_block_is_no_strike(court):
    await court.set(strike_rule=TWO_A_DAY)
    await approved(court, await court.block())
    await court.block("another gory cat")
    assert not await court.is_paused()


async def test_a_pause_that_would_not_have_come_about_is_lifted_and_its_card_tells_by_whom(court):
    await court.set(strike_rule=TWO_A_DAY)
    first = await court.block()
    court.wait(MINUTE_MS)
    await court.block("another gory cat")
    assert await court.is_paused()
    (paused,) = await court.pause_cases()
    await approved(court, first)
    assert not await court.is_paused()
    docketed = await court.docket.case(GUILD, paused.case_id)
    assert [(each.act, each.user_id) for each in docketed.actions] == [(Act.LIFT, MONA)]


async def test_a_pause_that_came_about_anyway_stays(court):
    await court.set(strike_rule=TWO_A_DAY)
    (job,) = await court.ask()
    first = await court.block()
    await court.block("another gory cat")
    assert await court.is_paused()
    await court.endings.failed(await court.run(job), f"Support codes: {SEXUAL}")
    court.wait(MINUTE_MS)
    await approved(court, first)
    assert await court.is_paused(), "the provider's block would have led to it a moment later"


async def test_a_rule_that_was_changed_since_does_not_count_for_a_pause_of_before(court):
    await court.set(strike_rule=TWO_A_DAY)
    first = await court.block()
    await court.block("another gory cat")
    await court.set(strike_rule=None)
    await approved(court, first)
    assert not await court.is_paused()


async def test_a_moderators_pause_is_not_lifted_by_an_approval(court):
    await court.set(strike_rule=TWO_A_DAY)
    first = await court.block()
    second = await court.block("another gory cat")
    await court.act(Act.PAUSE_HOUR, second.case_id)
    await approved(court, first)
    assert await court.is_paused()


# ---------------------------------------------------------------- the arithmetic


async def test_the_period_ends_with_the_newest_block_and_does_not_hold_what_is_just_as_old():
    rule = StrikeRule(blocks=2, within_hours=1, pause=Act.PAUSE_HOUR)
    assert counting([0, 1, HOUR_MS], rule, at_ms=HOUR_MS) == 2
    assert counting([0, HOUR_MS - 1], rule, at_ms=HOUR_MS - 1) == 2
    assert counting([0, HOUR_MS], rule, at_ms=HOUR_MS) == 1
    assert counting([5], rule, at_ms=4) == 0


async def test_only_blocks_since_the_pause_could_have_led_to_it():
    rule = StrikeRule(blocks=2, within_hours=1, pause=Act.PAUSE_HOUR)
    assert not pauses_anyway([1, 2], rule, since_ms=3)
    assert pauses_anyway([1, 2, 3], rule, since_ms=3)
    assert not pauses_anyway([3], rule, since_ms=3)
    assert not pauses_anyway([], rule, since_ms=3)


async def test_who_would_be_refused_anyway_is_not_let_in_by_an_approval(court):
    case = await court.block()
    await approved(court, case)
    await court.set(enabled=False)
    with suppress(Refusal):
        await court.ask(prompt="a gory cat")
        pytest.fail("the bot is off")
