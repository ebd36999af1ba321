"""What moderators do: each act once, in one transaction with its effect, in their own server only, and never to private images."""

import pytest

from bot.jobs import Outcome, Remover, State
from bot.moderation.cases import PAUSE_MS, Act, CaseKind
from bot.moderation.troubles import CaseGone, Idle, NothingToDo, PrivateImage
from bot.store import jobs
from bot.store.audit import audit
from tests.limits.support import GUILD, PLACE, USER
from tests.moderation.court import MONA, OTHER_GUILD

pytestmark = pytest.mark.asyncio


async def request_of(court, interaction_id):
    found = await jobs.request(court.db, interaction_id)
    assert found is not None
    return found[0]


async def idle(doing):
    with pytest.raises(NothingToDo) as caught:
        await doing
    return caught.value.reason


def acts(docketed):
    return [(action.act, action.user_id, action.images) for action in docketed.actions]


# ---------------------------------------------------------------- images


async def test_the_images_of_a_case_are_deleted_and_its_card_tells_who_did_it_and_when(court):
    image = await court.draw()
    reported = await court.report(image)
    heard = court.heard
    docketed = await court.act(Act.DELETE, reported.case.case_id)
    assert acts(docketed) == [(Act.DELETE, MONA, 1)]
    assert docketed.actions[0].at_ms == court.clock.ms
    assert docketed.subject.removed is True
    assert (await request_of(court, image)).removed is Remover.MODERATOR
    assert court.retouched == [image]
    assert court.heard == heard + 1
    assert await court.revisions() == [2]
    assert await audit(court.db) == []


async def test_the_same_press_told_twice_acts_once(court):
    image = await court.draw()
    first = await court.act(Act.BLUR, image, of_request=True, press=5)
    again = await court.act(Act.BLUR, image, of_request=True, press=5)
    assert again == first
    assert acts(again) == [(Act.BLUR, MONA, 1)]
    assert court.retouched == [image]
    assert await court.revisions() == [2]


async def test_an_image_without_a_case_becomes_one_with_the_first_act(court):
    image = await court.draw()
    first = await court.act(Act.BLUR, image, of_request=True)
    assert (first.case.kind, first.case.by_id, first.case.user_id) == (CaseKind.REVIEW, MONA, USER)
    assert (first.case.prompt, first.case.channel_id) == ("a cat", PLACE)
    second = await court.act(Act.DELETE, image, of_request=True)
    assert second.case.case_id == first.case.case_id
    assert [act for act, _, _ in acts(second)] == [Act.BLUR, Act.DELETE]


async def test_what_cannot_be_done_leaves_no_case_behind(court):
    image = await court.draw()
    assert await idle(court.act(Act.LIFT, image, of_request=True)) is Idle.NOT_PAUSED
    assert await court.all_cases() == []


async def test_all_images_of_a_member_are_deleted_here_and_nobody_elses(court):
    first, second = await court.draw(), await court.draw(b"another", message_id=901)
    private = await court.draw(b"mine alone", message_id=902, private=True)
    others = await court.draw(b"of somebody else", message_id=903, user_id=USER + 1)
    elsewhere = await court.draw(b"elsewhere", message_id=904, guild_id=OTHER_GUILD)
    docketed = await court.act(Act.DELETE_ALL, first, of_request=True)
    assert acts(docketed) == [(Act.DELETE_ALL, MONA, 2)]
    assert court.retouched == [first, second]
    kept = [(await request_of(court, each)).removed for each in (private, others, elsewhere)]
    assert kept == [None, None, None]
    assert await audit(court.db) == []


async def test_images_that_are_still_in_line_are_called_off_and_cost_nothing(court):
    (job,) = await court.ask()
    docketed = await court.act(Act.DELETE, job.interaction_id, of_request=True)
    assert acts(docketed) == [(Act.DELETE, MONA, 0)]
    (job,) = await jobs.jobs_of(court.db, job.interaction_id)
    assert (job.state, job.outcome) == (State.CANCELLED, Outcome.REMOVED)
    assert await court.balances() == {}


async def test_there_is_nothing_to_delete_twice_or_to_blur_twice(court):
    image = await court.draw()
    await court.act(Act.BLUR, image, of_request=True)
    assert await idle(court.act(Act.BLUR, image, of_request=True)) is Idle.BLURRED
    await court.act(Act.DELETE, image, of_request=True)
    for act, why in ((Act.DELETE, Idle.REMOVED), (Act.BLUR, Idle.REMOVED), (Act.DELETE_ALL, Idle.NO_IMAGES)):
        assert await idle(court.act(act, image, of_request=True)) is why


async def test_a_request_that_failed_has_no_images_to_delete(court):
    interaction_id = await court.fail("90789179")
    (case,) = await court.all_cases()
    assert await idle(court.act(Act.DELETE, case.case_id)) is Idle.NO_IMAGES
    assert await idle(court.act(Act.BLUR, interaction_id, of_request=True)) is Idle.NO_IMAGES


async def test_a_prompt_that_was_refused_has_no_images(court):
    case = await court.block()
    assert await idle(court.act(Act.DELETE, case.case_id)) is Idle.NO_IMAGES


# ---------------------------------------------------------------- what is not theirs


@pytest.mark.parametrize("act", list(Act))
async def test_nothing_of_another_server_can_be_touched_whatever_its_number(court, act):
    image = await court.draw()
    case = (await court.report(image)).case
    for address, of_request in ((case.case_id, False), (image, True), (case.case_id + 1, False)):
        with pytest.raises(CaseGone):
            await court.act(act, address, of_request=of_request, guild_id=OTHER_GUILD)
    assert await court.docket.case(OTHER_GUILD, case.case_id) is None
    assert await court.docket.of_request(OTHER_GUILD, image) is None
    assert await court.docket.of_message(OTHER_GUILD, channel_id=PLACE, message_id=900) is None
    assert await court.docket.evidence(OTHER_GUILD, case_id=case.case_id) == []


@pytest.mark.parametrize("act", list(Act))
async def test_a_private_image_cannot_be_touched(court, act):
    image = await court.draw(private=True)
    with pytest.raises(PrivateImage):
        await court.act(act, image, of_request=True)
    assert await court.all_cases() == []


async def test_of_a_private_prompts_case_only_the_member_can_be_acted_upon(court):
    await court.fail("90789179", private=True)
    (case,) = await court.all_cases()
    for act in (Act.DELETE, Act.BLUR):
        with pytest.raises(PrivateImage):
            await court.act(act, case.case_id)
    docketed = await court.act(Act.PAUSE_HOUR, case.case_id)
    assert docketed.subject.message is None
    assert await court.is_paused()


async def test_nobody_in_particular_is_not_paused_and_their_images_are_not_taken_for_one_persons(court):
    first, second = await court.draw(), await court.draw(b"another", user_id=USER + 1, message_id=901)
    for user_id in (USER, USER + 1):
        await court.home.privacy.forget(user_id)
    for act in (Act.DELETE_ALL, Act.PAUSE):
        assert await idle(court.act(act, first, of_request=True)) is Idle.FORGOTTEN
    assert (await request_of(court, second)).removed is None


# ---------------------------------------------------------------- pauses from a card


@pytest.mark.parametrize("act", [Act.PAUSE_HOUR, Act.PAUSE_DAY, Act.PAUSE_WEEK])
async def test_a_pause_lasts_as_long_as_its_button_says(court, act):
    case = await court.block()
    docketed = await court.act(act, case.case_id)
    assert docketed.subject.paused_until_ms == court.clock.ms + PAUSE_MS[act]
    court.wait(PAUSE_MS[act] - 1)
    assert (await court.refused()).message_id == "paused.until"
    court.wait(1)
    assert await court.ask()


async def test_a_pause_until_it_is_lifted_has_no_end_by_itself(court):
    case = await court.block()
    docketed = await court.act(Act.PAUSE, case.case_id)
    assert docketed.subject.paused_until_ms is None
    court.wait(10 * PAUSE_MS[Act.PAUSE_WEEK])
    assert (await court.refused()).message_id == "paused"
    assert await idle(court.act(Act.PAUSE, case.case_id)) is Idle.PAUSED
    docketed = await court.act(Act.LIFT, case.case_id)
    assert docketed.subject.paused_until_ms == 0
    assert await court.ask()
    assert await idle(court.act(Act.LIFT, case.case_id)) is Idle.NOT_PAUSED


async def test_the_card_that_told_of_a_pause_is_drawn_anew_when_it_is_replaced_or_lifted_elsewhere(court):
    first, second = await court.block(), await court.block(private=True)
    await court.act(Act.PAUSE_HOUR, first.case_id)
    assert await court.revisions() == [2, 1]
    await court.act(Act.PAUSE_DAY, second.case_id)
    assert await court.revisions() == [3, 2]
    await court.unpause()
    assert await court.revisions() == [3, 3]
    (_, docketed) = await court.docketed()
    assert [act for act, _, _ in acts(docketed)] == [Act.PAUSE_DAY, Act.LIFT]


# ---------------------------------------------------------------- the rest


async def test_a_case_is_dismissed_once(court):
    case = (await court.report(await court.draw())).case
    docketed = await court.act(Act.DISMISS, case.case_id)
    assert acts(docketed) == [(Act.DISMISS, MONA, 0)]
    assert await idle(court.act(Act.DISMISS, case.case_id)) is Idle.DISMISSED


async def test_a_store_that_takes_nothing_does_nothing(court):
    image = await court.draw()
    await court.db.close()
    with pytest.raises(Exception, match="closed"):
        await court.act(Act.DELETE, image, of_request=True)
    assert court.retouched == []


async def test_a_member_deletes_their_own_images_and_moderators_learn_it_without_the_prompt(court):
    image = await court.draw()
    await court.docket.withdraw(GUILD, image, user_id=USER)
    (case,) = await court.all_cases()
    assert (case.kind, case.user_id, case.by_id, case.prompt) == (CaseKind.DELETION, USER, USER, None)
    assert case.details == {"images": 1}
    assert (await request_of(court, image)).removed is Remover.OWNER
    assert court.retouched == [image]
    assert await idle(court.docket.withdraw(GUILD, image, user_id=USER)) is Idle.REMOVED


async def test_deleting_what_nobody_else_saw_is_nobody_elses_business(court):
    private = await court.draw(private=True)
    await court.docket.withdraw(GUILD, private, user_id=USER)
    assert await court.all_cases() == []
    assert court.retouched == [private]


async def test_nobody_deletes_the_images_of_others_as_their_own(court):
    image = await court.draw()
    for guild_id, user_id in ((GUILD, USER + 1), (OTHER_GUILD, USER)):
        with pytest.raises(CaseGone):
            await court.docket.withdraw(guild_id, image, user_id=user_id)
    assert (await request_of(court, image)).removed is None
