"""Pauses: they refuse at the desk, are told to who they concern, and nothing but a moderator or time lifts them."""

import pytest

from bot.admin.allowances import Allowances
from bot.limits import Asker
from bot.moderation.cases import HOUR_MS, PAUSE_MS, Act, CaseKind
from bot.moderation.troubles import Idle, NothingToDo
from bot.safety_fields import StrikeRule
from bot.store import guilds
from bot.text import Texts
from bot.wording import refusal_words
from tests.limits.support import GUILD, MODELS, PLACE, USER
from tests.moderation.court import MINUTE_MS, MONA, OTHER_GUILD, PICTURE, SEXUAL

pytestmark = pytest.mark.asyncio

TEXTS = Texts()
DAY_MS = 24 * HOUR_MS
THREE_A_DAY = StrikeRule(blocks=3, within_hours=24, pause=Act.PAUSE_DAY)


# ---------------------------------------------------------------- by command


async def test_a_pause_refuses_and_tells_the_member_alone_why_and_until_when(court):
    until_ms = court.clock.ms + HOUR_MS
    docketed = await court.pause(until_ms=until_ms, reason="*spam* @everyone")
    assert (docketed.case.kind, docketed.case.by_id, docketed.case.user_id) == (CaseKind.PAUSE, MONA, USER)
    assert docketed.case.details == {"until_ms": until_ms, "reason": "*spam* @everyone"}
    refusal = await court.refused()
    private, public = (refusal_words(TEXTS, "en", refusal, public=each) for each in (False, True))
    assert f"<t:{until_ms // 1000}:R>" in private
    assert "\\*spam\\* @\u200beveryone" in private
    assert "spam" not in public
    assert "<t:" not in public
    assert await court.all_cases() == [docketed.case], "a refusal for a pause is no case"


async def test_a_server_says_its_own_words_to_who_is_paused(court):
    await court.set(refusal_words="Write to the team.")
    await court.pause()
    refusal = await court.refused()
    assert refusal_words(TEXTS, "en", refusal, public=False).startswith("Write to the team.\nModerators of this server")


async def test_a_pause_counts_before_the_words_are_judged(court):
    await court.pause()
    refusal = await court.refused(prompt="a gory cat")
    assert refusal.message_id == "paused"


async def test_a_pause_is_for_one_member_in_one_server(court):
    await court.pause()
    assert await court.ask(user_id=USER + 1)
    assert await court.ask(guild_id=OTHER_GUILD)
    assert [each.user_id for each in await court.docket.paused(GUILD)] == [USER]
    assert await court.docket.paused(OTHER_GUILD) == []


async def test_somebody_who_looks_how_they_stand_sees_that_they_are_paused(court):
    await court.pause()
    allowances = Allowances(
        db=court.db, rulebook=court.rulebook, catalog=MODELS, availability=court.availability, clock=court.clock
    )
    standing = await allowances.of(Asker(guild_id=GUILD, place_id=PLACE, user_id=USER, role_ids=()))
    assert standing.refusal.message_id == "paused"


async def test_the_same_command_told_twice_pauses_once(court):
    first = await court.pause(press=5)
    await court.unpause()
    again = await court.pause(press=5)
    assert again.case == first.case
    assert not await court.is_paused()


async def test_who_is_paused_for_good_is_not_paused_again(court):
    await court.pause()
    with pytest.raises(NothingToDo) as caught:
        await court.pause()
    assert caught.value.reason is Idle.PAUSED
    assert len(await court.all_cases()) == 1
    await court.pause(until_ms=court.clock.ms + HOUR_MS)
    court.wait(HOUR_MS)
    assert not await court.is_paused()


async def test_a_pause_is_lifted_once_and_its_card_tells_by_whom(court):
    await court.pause(reason="spam")
    lifted = await court.unpause(press=9)
    assert lifted is not None
    assert lifted.reason == "spam"
    assert await court.unpause(press=9) == lifted
    assert await court.unpause() is None
    (docketed,) = await court.docketed()
    assert [(each.act, each.user_id) for each in docketed.actions] == [(Act.LIFT, MONA)]
    assert await court.ask()


# ---------------------------------------------------------------- what does not lift one


async def test_deleting_ones_data_lifts_no_pause_and_no_strike(court):
    await court.set(strike_rule=THREE_A_DAY)
    await court.block()
    await court.pause(reason="spam")
    await court.home.privacy.forget(USER)
    assert (await court.refused()).message_id == "paused"
    assert (await court.docket.paused(GUILD))[0].reason == "spam"
    await court.unpause()
    await court.block()
    await court.block()
    assert await court.is_paused(), "the block from before still counted"


async def test_a_purge_lifts_no_pause_that_lasts_and_forgets_those_that_are_over(court):
    await court.pause()
    court.wait(3 * 365 * DAY_MS)
    await court.home.purge.sweep()
    assert await court.all_cases() == []
    assert await court.is_paused()
    assert await court.unpause() is not None, "its case is gone, and it can be lifted nevertheless"
    court.wait(90 * DAY_MS + 1)
    assert (await court.home.purge.sweep())["pauses"] == 1
    assert await court.db.fetch("SELECT * FROM pauses") == []


async def test_leaving_and_coming_back_lifts_no_pause_and_no_strike(court):
    await court.set(strike_rule=THREE_A_DAY)
    await court.block()
    await court.pause()
    async with court.db.transaction() as tx:
        await guilds.seen(tx, guild_id=GUILD, name="here", at_ms=1)
        await guilds.left(tx, guild_id=GUILD, at_ms=court.clock.ms - 31 * DAY_MS)
    assert (await court.home.purge.sweep())["servers"] == 1
    async with court.db.transaction() as tx:
        await guilds.seen(tx, guild_id=GUILD, name="here", at_ms=court.clock.ms)
    assert (await court.refused()).message_id == "paused"
    await court.unpause()
    await court.set(strike_rule=THREE_A_DAY)
    await court.block()
    await court.block()
    assert await court.is_paused()


# ---------------------------------------------------------------- the strike rule


async def test_without_a_rule_nobody_is_paused_by_itself(court):
    for _ in range(30):
        await court.block()
    assert not await court.is_paused()


async def test_so_many_blocks_within_the_period_pause_for_as_long_as_the_rule_says(court):
    await court.set(strike_rule=THREE_A_DAY)
    await court.block()
    await court.fail(SEXUAL)
    assert not await court.is_paused()
    await court.block()
    (paused,) = await court.docket.paused(GUILD)
    assert (paused.by_id, paused.until_ms) == (0, court.clock.ms + PAUSE_MS[Act.PAUSE_DAY])
    (case,) = await court.pause_cases()
    assert (case.by_id, case.details["blocks"], case.details["until_ms"]) == (0, 3, paused.until_ms)
    refusal = await court.refused()
    assert "came about by itself" in refusal_words(TEXTS, "en", refusal, public=False)


async def test_blocks_that_are_older_than_the_period_do_not_count(court):
    await court.set(strike_rule=THREE_A_DAY)
    await court.block()
    court.wait(MINUTE_MS)
    await court.block()
    court.wait(DAY_MS - MINUTE_MS)
    await court.block()
    assert not await court.is_paused()
    await court.block()
    assert await court.is_paused()


async def test_pictures_that_were_blocked_do_not_count_and_neither_do_the_blocks_of_others(court):
    await court.set(strike_rule=THREE_A_DAY)
    for _ in range(3):
        await court.fail(PICTURE)
        await court.block(user_id=USER + 1)
    assert not await court.is_paused()
    assert [each.user_id for each in await court.docket.paused(GUILD)] == [USER + 1]


async def test_a_rule_without_an_end_pauses_until_somebody_lifts_it(court):
    await court.set(strike_rule=StrikeRule(blocks=2, within_hours=1, pause=Act.PAUSE))
    await court.block()
    await court.block()
    assert (await court.refused()).message_id == "paused"


async def test_blocks_of_images_that_were_under_way_make_no_second_pause(court):
    await court.set(strike_rule=THREE_A_DAY)
    under_way = [(await court.ask())[0] for _ in range(5)]
    for job in under_way:
        await court.endings.failed(await court.run(job), f"Support codes: {SEXUAL}")
    assert len(await court.pause_cases()) == 1


async def test_a_moderators_pause_is_neither_shortened_nor_replaced_by_the_rule(court):
    await court.set(strike_rule=StrikeRule(blocks=2, within_hours=1, pause=Act.PAUSE_HOUR))
    (job,), (other,) = await court.ask(), await court.ask()
    await court.pause()
    for each in (job, other):
        await court.endings.failed(await court.run(each), f"Support codes: {SEXUAL}")
    (paused,) = await court.docket.paused(GUILD)
    assert (paused.by_id, paused.until_ms) == (MONA, None)


async def test_words_that_were_at_fault_count_also_after_a_picture_of_the_same_request(court):
    await court.set(strike_rule=StrikeRule(blocks=2, within_hours=1, pause=Act.PAUSE_HOUR))
    await court.block()
    await court.fail(PICTURE, SEXUAL)
    assert await court.is_paused()


async def test_a_block_that_is_told_again_after_the_pause_was_lifted_pauses_nobody(court):
    await court.set(strike_rule=StrikeRule(blocks=2, within_hours=1, pause=Act.PAUSE_HOUR))
    await court.block()
    await court.refuse_twice(777, prompt="a gory cat")
    assert await court.is_paused()
    await court.unpause()
    assert len(await court.refuse_twice(777, prompt="a gory cat")) == 2
    assert not await court.is_paused()
