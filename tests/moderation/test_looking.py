"""What moderators look up: an image, what happened lately, how a member has behaved; and never what is private."""

import pytest

from bot.jobs import Outcome
from bot.moderation.cases import HOUR_MS, Act, CaseKind, Source
from bot.safety_fields import StrikeRule
from bot.store import cases
from tests.limits.support import GUILD, PLACE, USER
from tests.moderation.court import MINUTE_MS, OTHER_GUILD, PICTURE, SEXUAL

pytestmark = pytest.mark.asyncio


# ---------------------------------------------------------------- an image


async def test_a_message_is_known_by_its_channel_and_id(court):
    image = await court.draw(message_id=900)
    await court.report(image)
    await court.pause()
    reviewed = await court.docket.of_message(GUILD, channel_id=PLACE, message_id=900)
    assert reviewed is not None
    assert (reviewed.request.interaction_id, reviewed.request.prompt, reviewed.private) == (image, "a cat", False)
    assert (reviewed.looks.message, reviewed.looks.images) == ((PLACE, 900), 1)
    assert [case.kind for case in reviewed.cases] == [CaseKind.REPORT]
    assert reviewed.pause is not None
    assert len(reviewed.jobs) == 1
    for channel_id, message_id in ((PLACE, 901), (PLACE + 1, 900)):
        assert await court.docket.of_message(GUILD, channel_id=channel_id, message_id=message_id) is None


async def test_of_a_private_image_nothing_can_be_seen_but_that_it_is_private(court):
    image = await court.draw(private=True)
    reviewed = await court.docket.of_request(GUILD, image)
    assert reviewed.private is True
    assert (reviewed.looks.message, reviewed.looks.images) == (None, 0)


# ---------------------------------------------------------------- lately


async def test_blocks_and_failures_are_told_newest_first_each_with_its_reason(court):
    await court.block("a gory cat")
    court.wait(MINUTE_MS)
    await court.fail(SEXUAL, prompt="a bare cat")
    court.wait(MINUTE_MS)
    (job, *_) = await court.ask(prompt="a big cat", count=2)
    await court.endings.failed(await court.run(job), "CUDA out of memory")
    failure, by_provider, by_server = await court.docket.recent(GUILD, limit=9, offset=0)
    assert (failure.source, failure.outcome, failure.case_id) == (None, Outcome.PROVIDER_FAILED, None)
    assert (failure.detail, failure.prompt, failure.model) == ("CUDA out of memory", "a big cat", "imagen-4")
    assert (by_provider.source, by_provider.outcome) == (Source.PROVIDER, Outcome.BLOCKED_WORDS)
    assert (by_provider.category, by_provider.prompt) == ("sexual", "a bare cat")
    assert (by_server.source, by_server.words, by_server.outcome) == (Source.SERVER, "gory", None)
    assert by_server.user_id == USER
    assert await court.docket.recent(OTHER_GUILD, limit=9, offset=0) == []
    court.wait(30 * 24 * HOUR_MS)
    assert await court.docket.recent(GUILD, limit=9, offset=0) == [failure]


async def test_what_happened_lately_is_read_in_parts_without_gaps_or_doubles(court):
    for number in range(5):
        await court.fail(PICTURE if number % 2 else "nothing known")
        court.wait(MINUTE_MS)
    whole = await court.docket.recent(GUILD, limit=9, offset=0)
    assert len(whole) == 5
    parts = [await court.docket.recent(GUILD, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [each for part in parts for each in part] == whole


async def test_no_private_prompt_is_among_what_happened_lately(court):
    await court.fail("nothing known", prompt="a secret", private=True)
    await court.fail(SEXUAL, prompt="a secret", private=True)
    await court.block("a gory secret", private=True)
    found = await court.docket.recent(GUILD, limit=9, offset=0)
    assert [(each.prompt, each.private) for each in found] == [(None, True)] * 3
    assert "secret" not in str(found)


# ---------------------------------------------------------------- a member


async def test_a_members_history_counts_what_they_did_and_what_counts_now(court):
    image = await court.draw()
    await court.draw(b"of somebody else", user_id=USER + 1, message_id=901)
    await court.fail(SEXUAL)
    await court.block()
    await court.report(image)
    await court.report(image, by_id=67)
    await court.act(Act.DELETE, image, of_request=True)
    history = await court.docket.history(GUILD, USER)
    assert (history.images, history.blocks, history.reports, history.removals) == (1, 2, 2, 1)
    assert (history.strikes, history.strike_rule, history.pause) == (0, None, None)
    kinds = [case.kind for case in history.cases]
    assert kinds[0] is CaseKind.REVIEW
    assert kinds[-1] is CaseKind.BLOCK
    empty = await court.docket.history(OTHER_GUILD, USER)
    assert (empty.images, empty.blocks, empty.cases) == (0, 0, ())


@pytest.mark.parametrize("again", [Act.DELETE, Act.DELETE_ALL])
async def test_an_image_that_was_deleted_twice_because_discord_refused_is_one_removal(court, again):
    image = await court.draw()
    case = (await court.report(image)).case
    await court.act(Act.DELETE, case.case_id)
    async with court.db.transaction() as tx:
        await tx.execute("UPDATE requests SET shown = 'kept'")
    assert (await court.act(again, case.case_id)).actions[-1].images == 1
    assert (await court.docket.history(GUILD, USER)).removals == 1


async def test_what_members_deleted_themselves_is_no_removal_by_moderators(court):
    await court.docket.withdraw(GUILD, await court.draw(), user_id=USER)
    assert (await court.docket.history(GUILD, USER)).removals == 0


async def test_strikes_count_while_the_rules_period_lasts(court):
    await court.set(strike_rule=StrikeRule(blocks=3, within_hours=1, pause=Act.PAUSE_HOUR))
    await court.block()
    court.wait(MINUTE_MS)
    await court.block()
    assert (await court.docket.history(GUILD, USER)).strikes == 2
    court.wait(HOUR_MS - MINUTE_MS)
    assert (await court.docket.history(GUILD, USER)).strikes == 1


async def test_of_many_cases_the_last_ten_are_told(court):
    for _ in range(12):
        court.wait(1)
        await court.block()
    history = await court.docket.history(GUILD, USER)
    assert history.blocks == 12
    assert len(history.cases) == 10
    assert history.cases[0].at_ms == court.clock.ms


# ---------------------------------------------------------------- the log's side of it


async def test_a_card_is_behind_until_it_shows_the_last_change(court):
    case = await court.block()
    (logged,) = await cases.behind(court.db, limit=9)
    assert (logged.revision, logged.log_message_id, logged.docketed.case) == (1, None, case)
    await court.appeal(case.case_id)
    async with court.db.transaction() as tx:
        await cases.logged(tx, logged, channel_id=3, message_id=4, at_ms=court.clock.ms)
    (logged,) = await cases.behind(court.db, limit=9)
    assert (logged.revision, logged.log_channel_id, logged.log_message_id) == (2, 3, 4)
    async with court.db.transaction() as tx:
        await cases.give_up(tx, logged)
    assert await cases.behind(court.db, limit=9) == []


async def test_every_card_about_a_request_is_behind_once_its_own_card_changed(court):
    image = await court.draw()
    for by_id in (66, 67):
        await court.report(image, by_id=by_id)
        (logged,) = await cases.behind(court.db, limit=9)
        async with court.db.transaction() as tx:
            await cases.logged(tx, logged, channel_id=3, message_id=4, at_ms=court.clock.ms)
    await court.block()
    async with court.db.transaction() as tx:
        await cases.request_changed(tx, image)
    assert len(await cases.behind(court.db, limit=9)) == 3
