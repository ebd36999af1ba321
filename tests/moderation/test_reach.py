"""What moderators can still take away: after a person deleted their data, where Discord refused, and while it is being made."""

import pytest

from bot.jobs import Delivery, Outcome, Shown, State, Way
from bot.moderation.acting import REQUESTS_AT_ONCE_MAX
from bot.moderation.case_rows import case_rows, review_rows
from bot.moderation.cases import HOUR_MS, Act
from bot.moderation.troubles import Idle, NoAppeal, NotAppealable, NothingToDo
from bot.store import copies, jobs, media, notices, retouching
from bot.store.audit import audit
from tests.admin.privacy_support import Image
from tests.limits.support import GUILD, PLACE, USER
from tests.moderation.court import REPORTER

pytestmark = pytest.mark.asyncio

DAY_MS = 24 * HOUR_MS
RETRIED = (Act.DELETE, Act.BLUR)


async def idle(doing):
    with pytest.raises(NothingToDo) as caught:
        await doing
    return caught.value.reason


def offered(docketed):
    rows = case_rows(lambda message_id, **_: message_id, docketed, now_ms=0)
    return {button.does for row in rows for button in row} & set(RETRIED)


async def reviewed_offers(court, interaction_id):
    found = await court.docket.of_request(GUILD, interaction_id)
    rows = review_rows(lambda message_id, **_: message_id, found.looks, guild_id=GUILD, now_ms=0)
    return {button.does for row in rows for button in row} & set(RETRIED)


async def case_of(court, docketed):
    return await court.docket.case(GUILD, docketed.case.case_id)


async def request_row(court, interaction_id):
    (row,) = await court.db.fetch("SELECT * FROM requests WHERE interaction_id = $1", interaction_id)
    return dict(row)


async def refused_by_discord(court, interaction_id, *, message_id=900):
    """Discord did not let the bot change the card."""
    stuck = Delivery(shown=Shown.KEPT, way=Way.KEPT, message_id=message_id, message_channel_id=PLACE)
    async with court.db.transaction() as tx:
        await jobs.save_delivery(tx, interaction_id, stuck)


async def picture_of(court, job, image):
    """What the tracker does when the picture of a job has come; the job."""
    kept = court.home.vault.put(image, "png")
    books = court.endings._books
    async with court.db.transaction() as tx:
        await media.insert(tx, Image(size_bytes=len(image)), sha256=kept.sha256, at_ms=court.clock.ms)
    return await books.record(job, sha256=kept.sha256, content_type="image/png")


# ---------------------------------------------------------------- after somebody deleted their data


async def test_a_reported_image_can_be_taken_from_discord_after_its_owner_deleted_their_data(court):
    image = await court.draw()
    reported = await court.report(image)
    await court.home.privacy.forget(USER)
    assert offered(await case_of(court, reported)) == {Act.DELETE}, "there is no picture left to show behind a spoiler"
    await court.act(Act.DELETE, reported.case.case_id)
    row = await request_row(court, image)
    assert (row["message_id"], row["message_channel_id"], row["channel_id"]) == (900, PLACE, PLACE)
    assert (row["shown"], row["way"], row["user_id"]) == ("open", "message", 0)
    assert court.retouched == [image]
    assert await audit(court.db) == []


async def test_what_has_no_picture_left_cannot_be_hidden_behind_a_click(court):
    reported = await court.report(await court.draw())
    await court.home.privacy.forget(USER)
    assert await idle(court.act(Act.BLUR, reported.case.case_id)) is Idle.NO_IMAGES
    assert court.retouched == []


async def test_where_a_message_stands_is_forgotten_with_the_last_report_of_it(court):
    image = await court.draw()
    await court.report(image)
    court.wait(DAY_MS)
    await court.report(image, by_id=REPORTER + 1)
    await court.home.privacy.forget(USER)
    court.wait(89 * DAY_MS + 1)
    assert (await court.home.purge.sweep())["cases"] == 1
    assert (await request_row(court, image))["message_id"] == 900
    court.wait(DAY_MS)
    assert (await court.home.purge.sweep())["cases"] == 1
    row = await request_row(court, image)
    assert (row["message_id"], row["message_channel_id"], row["channel_id"]) == (None, None, row["place_id"])


async def test_where_the_cards_of_others_stand_is_not_forgotten_with_a_case(court):
    image = await court.draw()
    await court.report(image)
    court.wait(91 * DAY_MS)
    assert (await court.home.purge.sweep())["cases"] == 1
    assert (await request_row(court, image))["message_id"] == 900


async def test_nothing_is_said_to_be_taken_away_where_nobody_knows_where_it_stands(court):
    image = await court.draw()
    seen = await court.act(Act.PAUSE_HOUR, image, of_request=True)
    await court.home.privacy.forget(USER)
    assert (await request_row(court, image))["message_id"] is None
    for act in RETRIED:
        assert await idle(court.act(act, seen.case.case_id)) is Idle.NO_IMAGES
    assert offered(await case_of(court, seen)) == set()
    assert await reviewed_offers(court, image) == set()
    assert court.retouched == []


async def test_the_copies_of_a_reported_image_are_known_until_the_last_report_of_it_is_gone(court):
    image, other = await court.draw(), await court.draw()
    await court.report(image)
    async with court.db.transaction() as tx:
        for message_id, of in ((7, image), (8, other)):
            await copies.add(
                tx, copies.Copy(message_id=message_id, channel_id=PLACE, guild_id=GUILD, interaction_id=of)
            )
    await court.home.privacy.forget(USER)
    assert [each.message_id for each in await copies.of_request(court.db, image)] == [7]
    assert await copies.of_request(court.db, other) == []
    court.wait(91 * DAY_MS)
    await court.home.purge.sweep()
    assert await copies.of_request(court.db, image) == []


async def test_a_copy_is_enough_to_take_something_away(court):
    image = await court.draw()
    seen = await court.act(Act.PAUSE_HOUR, image, of_request=True)
    await court.home.privacy.forget(USER)
    async with court.db.transaction() as tx:
        await copies.add(tx, copies.Copy(message_id=7, channel_id=PLACE, guild_id=GUILD, interaction_id=image))
    assert offered(await case_of(court, seen)) == {Act.DELETE}
    await court.act(Act.DELETE, seen.case.case_id)
    assert [each.revision for each in await copies.of_request(court.db, image)] == [1]


async def test_nobody_hears_of_words_that_are_forgotten_and_an_open_appeal_is_closed(court):
    decided, waiting = await court.block("a gory cat"), await court.block("a gory dog")
    for case in (decided, waiting):
        await court.appeal(case.case_id)
    await court.act(Act.APPROVE, decided.case_id)
    await court.home.privacy.forget(USER)
    (row,) = await court.db.fetch("SELECT params, ended_ms FROM notices WHERE user_id = $1", USER)
    assert "gory" not in row["params"]
    assert row["ended_ms"] is not None
    assert [each for each in await notices.open_ones(court.db, limit=9) if each.user_id == USER] == []
    for act in (Act.APPROVE, Act.DECLINE):
        assert await idle(court.act(act, waiting.case_id)) is Idle.DECIDED
    rows = case_rows(lambda message_id, **_: message_id, await court.docket.case(GUILD, waiting.case_id), now_ms=0)
    assert not {button.does for row in rows for button in row} & {Act.APPROVE, Act.DECLINE}


async def test_there_is_no_appeal_for_a_prompt_that_is_forgotten(court):
    case = await court.block()
    await court.home.privacy.forget(USER)
    with pytest.raises(NotAppealable) as caught:
        await court.appeal(case.case_id)
    assert caught.value.reason is NoAppeal.GONE


# ---------------------------------------------------------------- images that come after the report


async def test_images_that_are_made_after_the_report_are_kept_for_it_too(court):
    first, second = await court.ask(count=2)
    reported = await court.report(first.interaction_id)
    assert reported.subject.evidence is False
    private = await court.ask(private=True)
    books = court.endings._books
    for job, picture in ((first, b"one"), (second, b"two"), (private[0], b"mine")):
        done = await books.move(await court.run(job), State.DONE, result_url="https://x/1.png")
        await picture_of(court, done, picture)
    kept = await court.docket.evidence(GUILD, case_id=reported.case.case_id)
    assert {court.home.vault.read(each.sha256) for each in kept} == {b"one", b"two"}
    assert {each.content_type for each in kept} == {"image/png"}
    assert (await case_of(court, reported)).subject.evidence is True


async def test_an_image_that_came_with_the_answer_is_kept_for_a_report_too(court):
    (job,) = await court.ask()
    reported = await court.report(job.interaction_id)
    image = b"at once"
    kept = court.home.vault.put(image, "png")
    async with court.db.transaction() as tx:
        await media.insert(tx, Image(size_bytes=len(image)), sha256=kept.sha256, at_ms=court.clock.ms)
    await court.endings._books.move(await court.run(job), State.DONE, sha256=kept.sha256, content_type="image/png")
    (found,) = await court.docket.evidence(GUILD, case_id=reported.case.case_id)
    assert found.sha256 == kept.sha256


# ---------------------------------------------------------------- where Discord refused


async def test_an_image_that_discord_did_not_let_go_is_tried_again(court):
    image = await court.draw()
    reported = await court.report(image)
    await court.act(Act.DELETE, reported.case.case_id)
    await refused_by_discord(court, image)
    now = await case_of(court, reported)
    assert (now.subject.removed, now.subject.unreached) == (True, True)
    assert offered(now) == {Act.DELETE}
    assert await retouching.visible_of(court.db, guild_id=GUILD, user_id=USER) == [image]
    await court.act(Act.DELETE_ALL, reported.case.case_id)
    assert court.retouched == [image, image]
    assert (await case_of(court, reported)).subject.unreached is False
    assert await idle(court.act(Act.DELETE_ALL, reported.case.case_id)) is Idle.NO_IMAGES


async def test_a_blur_that_discord_refused_is_offered_again(court):
    image = await court.draw()
    reported = await court.report(image)
    await court.act(Act.BLUR, reported.case.case_id)
    assert offered(await case_of(court, reported)) == {Act.DELETE}
    await refused_by_discord(court, image)
    assert offered(await case_of(court, reported)) == {Act.DELETE, Act.BLUR}
    await court.act(Act.BLUR, reported.case.case_id)
    assert court.retouched == [image, image]


# ---------------------------------------------------------------- while it is being made


async def test_what_is_being_made_can_be_deleted_or_blurred_from_the_panel(court):
    (job,) = await court.ask()
    assert (await court.docket.of_request(GUILD, job.interaction_id)).looks.pending == 1
    assert await reviewed_offers(court, job.interaction_id) == {Act.DELETE, Act.BLUR}
    await court.act(Act.DELETE, job.interaction_id, of_request=True)
    (job,) = await jobs.jobs_of(court.db, job.interaction_id)
    assert job.outcome is Outcome.REMOVED
    assert await reviewed_offers(court, job.interaction_id) == set()


# ---------------------------------------------------------------- very many


async def test_of_very_many_requests_the_newest_go_first_and_it_is_said_how_many_remain(court):
    images = []
    for number in range(REQUESTS_AT_ONCE_MAX + 2):
        court.wait(60_000)
        images.append(await court.draw(b"picture %d" % number, message_id=1_000 + number))
    first = await court.act(Act.DELETE_ALL, images[0], of_request=True, press=5)
    assert (first.remaining, first.actions[-1].images) == (2, REQUESTS_AT_ONCE_MAX)
    assert court.retouched == images[2:]
    again = await court.act(Act.DELETE_ALL, images[0], of_request=True)
    assert (again.remaining, again.actions[-1].images) == (0, 2)
    assert court.retouched == images[2:] + images[:2]
