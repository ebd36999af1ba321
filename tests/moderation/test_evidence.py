"""Reports, and the images that are kept for them: longer than their owner or their retention would, and no longer than the case."""

import pytest

from bot.admin.privacy_record import record
from bot.jobs import Remover
from bot.moderation.cases import HOUR_MS, Act, CaseKind
from bot.moderation.troubles import AlreadyReported, CaseGone, Idle, NothingToDo, PrivateImage
from bot.store import cases, jobs, retouching
from bot.store.audit import audit
from bot.tracker.housekeeping import Housekeeper
from tests.limits.support import GUILD, USER
from tests.moderation.court import MONA, OTHER_GUILD, REPORTER

pytestmark = pytest.mark.asyncio

DAY_MS = 24 * HOUR_MS
PICTURE = b"a picture"


async def evidence(court, case):
    return await court.docket.evidence(GUILD, case_id=case.case_id)


def keeper(court, *, quota_bytes=10**9):
    return Housekeeper(
        books=court.endings._books,
        gallery=court.home.gallery,
        clock=court.clock,
        quota_bytes=quota_bytes,
        retention_days=30,
    )


# ---------------------------------------------------------------- reporting


async def test_a_report_is_a_case_with_the_prompt_who_reported_and_why(court):
    image = await court.draw()
    docketed = await court.report(image, reason="rude")
    case = docketed.case
    assert (case.kind, case.user_id, case.by_id, case.interaction_id) == (CaseKind.REPORT, USER, REPORTER, image)
    assert (case.prompt, case.details) == ("a cat", {"reason": "rude"})
    assert docketed.subject.evidence is True
    assert docketed.subject.images == 1


async def test_each_member_reports_the_same_images_once(court):
    image = await court.draw()
    first = await court.report(image, press=5)
    assert (await court.report(image, press=5)).case == first.case, "the same form told twice"
    with pytest.raises(AlreadyReported):
        await court.report(image)
    await court.report(image, by_id=REPORTER + 1)
    assert len(await court.all_cases()) == 2


async def test_what_cannot_be_seen_cannot_be_reported(court):
    private, gone, elsewhere = (
        await court.draw(private=True),
        await court.draw(),
        await court.draw(guild_id=OTHER_GUILD),
    )
    await court.act(Act.DELETE, gone, of_request=True)
    with pytest.raises(PrivateImage):
        await court.report(private)
    with pytest.raises(NothingToDo) as caught:
        await court.report(gone)
    assert caught.value.reason is Idle.REMOVED
    for interaction_id in (elsewhere, 12345):
        with pytest.raises(CaseGone):
            await court.report(interaction_id)
    assert [case.kind for case in await court.all_cases()] == [CaseKind.REVIEW]


# ---------------------------------------------------------------- keeping


async def test_a_reported_image_outlives_its_owners_deleting_it(court):
    image = await court.draw(PICTURE)
    case = (await court.report(image)).case
    await court.docket.withdraw(GUILD, image, user_id=USER)
    court.wait(2 * HOUR_MS)
    assert (await court.home.purge.sweep())["images"] == 0
    (kept,) = await evidence(court, case)
    assert (kept.content_type, court.home.vault.read(kept.sha256)) == ("image/png", PICTURE)
    assert await audit(court.db) == []


async def test_an_image_that_nobody_reported_goes_when_its_owner_deletes_it(court):
    image = await court.draw(PICTURE)
    await court.docket.withdraw(GUILD, image, user_id=USER)
    court.wait(2 * HOUR_MS)
    assert (await court.home.purge.sweep())["images"] == 1
    assert not court.home.has(PICTURE)


async def test_a_reported_image_outlives_its_owners_data(court):
    image = await court.draw(PICTURE)
    docketed = await court.report(image)
    await court.home.privacy.forget(USER)
    (kept,) = await evidence(court, docketed.case)
    assert court.home.vault.read(kept.sha256) == PICTURE
    now = await court.docket.case(GUILD, docketed.case.case_id)
    assert (now.case.prompt, now.case.details, now.case.user_id) == ("a cat", {"reason": "rude"}, USER)


@pytest.mark.parametrize("quota_bytes", [10**9, 1])
async def test_a_reported_image_outlives_its_retention_and_a_full_disk(court, quota_bytes):
    reported = await court.draw(PICTURE)
    await court.draw(b"another picture", message_id=901)
    await court.report(reported)
    court.wait(31 * DAY_MS if quota_bytes > 1 else 0)
    assert await keeper(court, quota_bytes=quota_bytes).sweep() == 1
    assert court.home.has(PICTURE)
    assert not court.home.has(b"another picture")


async def test_evidence_goes_with_its_case(court):
    image = await court.draw(PICTURE)
    await court.report(image)
    await court.docket.withdraw(GUILD, image, user_id=USER)
    court.wait(90 * DAY_MS)
    await court.home.purge.sweep()
    assert court.home.has(PICTURE)
    court.wait(1)
    found = await court.home.purge.sweep()
    assert (found["cases"], found["images"]) == (2, 1)
    assert not court.home.has(PICTURE)
    assert await court.db.fetch("SELECT * FROM evidence") == []


async def test_an_image_that_two_reported_goes_with_the_later_case(court):
    image = await court.draw(PICTURE)
    await court.report(image)
    court.wait(DAY_MS)
    await court.report(image, by_id=REPORTER + 1)
    await court.home.privacy.forget(USER)
    court.wait(90 * DAY_MS)
    assert (await court.home.purge.sweep())["cases"] == 1
    assert court.home.has(PICTURE)
    court.wait(DAY_MS)
    await court.home.purge.sweep()
    assert not court.home.has(PICTURE)


# ---------------------------------------------------------------- forgetting a person


async def test_deleting_ones_data_takes_the_words_out_of_cases_and_leaves_that_there_were_any(court):
    case = await court.block("a gory secret")
    await court.appeal(case.case_id, reason="a secret reason")
    await court.fail("90789179", prompt="another secret")
    before = await court.revisions()
    await court.home.privacy.forget(USER)
    assert "secret" not in str([dict(row) for row in await court.db.fetch("SELECT * FROM cases")])
    now = await court.all_cases()
    assert [(each.kind, each.user_id, each.prompt) for each in now] == [(CaseKind.BLOCK, USER, None)] * 2
    assert (now[0].details, now[0].appeal.reason) == ({"words": "", "rule": "words"}, "")
    assert (now[1].details["category"], now[1].details["detail"]) == ("sexual", "")
    # The cards in the log are drawn anew, without the words.
    assert await court.revisions() == [each + 1 for each in before]
    await court.home.privacy.forget(USER)
    assert await court.revisions() == [each + 1 for each in before]


async def test_an_approval_of_texts_is_forgotten_with_them(court):
    case = await court.block()
    await court.appeal(case.case_id)
    await court.act(Act.APPROVE, case.case_id)
    await court.home.privacy.forget(USER)
    assert (await court.refused(prompt="a gory cat")).message_id == "words.blocked"


async def test_who_reported_and_why_is_forgotten_with_the_reporter_and_the_report_stays(court):
    image = await court.draw(PICTURE)
    case = (await court.report(image, reason="it shows my secret")).case
    await court.home.privacy.forget(REPORTER)
    now = await cases.find(court.db, case.case_id, guild_id=GUILD)
    assert (now.by_id, now.details, now.prompt) == (None, {"reason": ""}, "a cat")
    assert await evidence(court, case)
    assert str(REPORTER) not in " ".join(
        str(dict(row)) for row in await court.db.fetch("SELECT once, by_id, details FROM cases")
    )


async def test_everything_about_cases_is_in_the_file_of_ones_data_but_who_reported(court):
    image = await court.draw()
    await court.block("a gory cat")
    await court.report(image, reason="a word of the reporter")
    await court.pause(reason="spam")
    await court.act(Act.BLUR, image, of_request=True)
    told = (await record_of(court, USER))["moderation"]
    assert [each["kind"] for each in told["cases"]] == ["block", "report", "pause", "review"]
    assert (told["cases"][0]["prompt"], told["cases"][0]["details"]["words"]) == ("a gory cat", "gory")
    assert (told["cases"][1]["details"], told["cases"][1]["images_kept"]) == (None, 1)
    assert told["pauses"][0]["reason"] == "spam"
    assert "a word of the reporter" not in str(told)
    assert str(REPORTER) not in str(told)
    assert (await record_of(court, REPORTER))["moderation"]["reports"][0]["details"] == {
        "reason": "a word of the reporter"
    }
    (act,) = (await record_of(court, MONA))["moderation"]["acts_as_moderator"]
    assert (act["act"], act["images"]) == ("blur", 1)


async def record_of(court, user_id):
    return await record(court.db, user_id, about="", now_ms=court.clock.ms)


async def test_what_the_owner_removed_is_said_of_an_image_under_review(court):
    image = await court.draw()
    await court.report(image)
    async with court.db.transaction() as tx:
        assert await retouching.remove(tx, image, by=Remover.OWNER, at_ms=court.clock.ms)
    reviewed = await court.docket.of_request(GUILD, image)
    assert reviewed.looks.removed is True
    assert (await jobs.request(court.db, image))[0].removed is Remover.OWNER
