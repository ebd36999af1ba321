"""Buttons and forms about cases: who may press them, in which server, how often, and what comes of it."""

import asyncio

import pytest

from bot.errors import StoreError
from bot.moderation.acting import REQUESTS_AT_ONCE_MAX
from bot.moderation.cases import Act
from bot.moderation.opening import APPEAL_MS
from bot.sandbox.discord.interactions import CallbackType
from bot.store.rows import insert_into
from cogs.moderation.case_ids import PREFIX, CaseAddress, Press, read_case_address
from cogs.moderation.cases import OF_MEMBERS
from tests.cogs.case_stage import MODERATE, at_court, ids
from tests.cogs.stage import TEXTS, until

pytestmark = pytest.mark.asyncio

SENT = (Press.SEND_APPEAL, Press.SEND_REPORT)
REFUSED, GONE = TEXTS("en", "moderation.refused"), TEXTS("en", "moderation.gone")
OF_MODERATORS = [each for each in (*Act, *Press) if each not in OF_MEMBERS]


async def told(record):
    """What was answered, once it was."""
    return (await record.answered()).body.text


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("of_request", [False, True])
async def test_a_member_may_press_nothing_that_is_for_moderators(tmp_path, of_request):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        for does in OF_MODERATORS:
            address = CaseAddress(does, number if of_request else case_id, of_request=of_request)
            pressed = await court.forge(address, user="jules")
            assert (await told(pressed), pressed.ephemeral) == (court.say("jules", "moderation.refused"), True), does
        assert await court.actions(case_id) == []
        assert await court.removed(number) is None
        assert await court.pauses() == {}


async def test_who_is_no_moderator_any_more_presses_nothing(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        card = await court.log_card(case_id)
        court.local.set_roles(court.guild.id, court.id_of("mona"), [])
        assert await told(await court.press(card, "delete")) == REFUSED
        assert await court.removed(number) is None


@pytest.mark.parametrize("user", ["mona", "adam", "olga"])
async def test_moderators_administrators_and_owners_may_act(tmp_path, user):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        card = await court.log_card(case_id)
        pressed = await court.press(card, "delete", user=user)
        assert await told(pressed) == court.say(
            user, "moderation.done.delete", count=1, member=f"<@{court.id_of('mia')}>"
        )
        assert pressed.ephemeral
        assert await court.actions(case_id) == [("delete", court.id_of(user))]
        assert await court.removed(number) == "moderator"
        assert court.retouched == [number]


async def test_a_moderator_of_another_server_reaches_no_case_and_no_image_of_this_one(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        await court.blocked()
        for does in OF_MODERATORS:
            for address in (CaseAddress(does, case_id), CaseAddress(does, number, of_request=True)):
                pressed = await court.forge(address, user="mona", guild=court.other())
                assert await told(pressed) == GONE, address
        assert await court.actions(case_id) == []
        assert await court.removed(number) is None
        assert await court.pauses() == {}


async def test_a_member_in_another_server_reaches_no_case_and_no_image_of_this_one(tmp_path):
    async with at_court(tmp_path) as court:
        number, _ = await court.image(user="mia")
        case_id = await court.blocked(user="mia")
        elsewhere = {"user": "mia", "guild": court.other()}
        for press in (Press.APPEAL, Press.REPORT):
            for address in (CaseAddress(press, case_id), CaseAddress(press, number, of_request=True)):
                assert await told(await court.forge(address, **elsewhere)) == GONE, address
        for address in (
            CaseAddress(Press.SEND_APPEAL, case_id),
            CaseAddress(Press.SEND_REPORT, number, of_request=True),
        ):
            assert await told(await court.forge_form(address, **elsewhere)) == GONE, address
        assert (await court.docket.case(court.guild.id, case_id)).case.appeal is None
        assert (await court.docket.of_request(court.guild.id, number)).cases == ()


async def test_a_case_that_there_is_not_is_gone_whatever_is_pressed(tmp_path):
    async with at_court(tmp_path) as court:
        for does in (*Act, *Press):
            for of_request in (False, True):
                address = CaseAddress(does, 4_711, of_request=of_request)
                forge = court.forge_form if does in SENT else court.forge
                assert await told(await forge(address, user="mona")) == GONE, address


@pytest.mark.parametrize(
    "custom_id", [PREFIX, "case:0:delete:c1", "case:1:explode:c1", "case:1:delete:x1", "case:1:delete:c"]
)
@pytest.mark.parametrize("user", ["mia", "mona"])
async def test_what_no_version_of_ours_made_is_said_to_be_old(tmp_path, custom_id, user):
    async with at_court(tmp_path) as court:
        pressed = await court.forge(custom_id, user=user)
        assert (await told(pressed), pressed.ephemeral) == (TEXTS("en", "moderation.stale"), True)


async def test_every_button_of_every_card_is_one_that_the_door_knows(tmp_path):
    async with at_court(tmp_path) as court:
        _, case_id = await court.reported()
        _, message = await court.image()
        blocked = await court.blocked()
        shown = [await court.log_card(case_id), await court.log_card(blocked)]
        shown.append((await court.menu(message, MODERATE, user="mona")).message)
        addresses = [read_case_address(each) for message in shown for each in ids(message)]
    assert addresses
    assert None not in addresses


# ---------------------------------------------------------------- acting


async def test_an_act_that_discord_tells_of_twice_is_done_once(tmp_path):
    async with at_court(tmp_path) as court:
        _, case_id = await court.reported()
        card = await court.log_card(case_id)
        court.local.duplicate_next = 1
        await told(await court.press(card, "pause_hour"))
        await asyncio.sleep(0)
        assert await court.actions(case_id) == [("pause_hour", court.id_of("mona"))]


async def test_two_moderators_at_once_delete_once_and_the_second_is_told(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        card = await court.log_card(case_id)
        pressed = await asyncio.gather(
            court.press(card, "delete", user="mona"), court.press(card, "delete", user="adam")
        )
        said = sorted([await told(each) for each in pressed])
        assert said[0] != said[1]
        assert {court.say(user, "moderation.idle.removed") for user in ("mona", "adam")} & set(said)
        assert len(await court.actions(case_id)) == 1
        assert court.retouched == [number]


async def test_each_act_does_what_it_says(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        mia = court.id_of("mia")
        card = await court.log_card(case_id)
        assert "hidden behind a click" in await told(await court.press(card, "blur"))
        assert court.retouched == [number]
        until_s = (court.clock.now_ms() + 3_600_000) // 1000
        said = await told(await court.press(card, "pause_hour"))
        assert any(f"<t:{until_s + late}:f>" in said for late in range(-2, 3))
        assert list(await court.pauses()) == [mia]
        lifted = await told(await court.forge(CaseAddress(Act.LIFT, case_id), user="mona"))
        assert lifted == TEXTS("en", "moderation.done.lift", member=f"<@{mia}>")
        assert await court.pauses() == {}
        lasting = await told(await court.forge(CaseAddress(Act.PAUSE, case_id), user="mona"))
        assert lasting == TEXTS("en", "moderation.done.pause.lasting", member=f"<@{mia}>")
        assert await court.pauses() == {mia: None}
        done = [act for act, _ in await court.actions(case_id)]
        assert done == ["blur", "pause_hour", "lift", "pause"]


async def test_what_is_so_already_is_said(tmp_path):
    async with at_court(tmp_path) as court:
        _, case_id = await court.reported()
        for does, first, again in (
            (Act.LIFT, "moderation.idle.not_paused", "moderation.idle.not_paused"),
            (Act.APPROVE, "moderation.idle.no_appeal", "moderation.idle.no_appeal"),
            (Act.DISMISS, "moderation.done.dismiss", "moderation.idle.dismissed"),
            (Act.DELETE, "moderation.done.delete", "moderation.idle.removed"),
        ):
            said = [await told(await court.forge(CaseAddress(does, case_id), user="mona")) for _ in range(2)]
            values = {"count": 1, "member": f"<@{court.id_of('mia')}>"}
            assert said == [TEXTS("en", each, **values) for each in (first, again)]


# ---------------------------------------------------------------- all images of a member


async def test_all_images_of_a_member_go_only_after_a_question(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        second, _ = await court.image(user="mia")
        hidden, _ = await court.image(user="mia", private=True)
        elsewhere, _ = await court.image(user="mia", guild=court.other())
        others, _ = await court.image(user="mats")
        card = await court.log_card(case_id)
        asked = await (await court.press(card, "confirm_all")).answered()
        assert asked.ephemeral
        assert court.retouched == []
        sure = await court.press(asked.message, "delete_all")
        assert sure.callback_type is CallbackType.UPDATE_MESSAGE
        assert asked.message.body.text == TEXTS(
            "en", "moderation.done.delete_all", count=2, member=f"<@{court.id_of('mia')}>"
        )
        assert sorted(court.retouched) == [number, second]
        assert [await court.removed(each) for each in (number, second)] == ["moderator"] * 2
        assert [await court.removed(each) for each in (hidden, elsewhere, others)] == [None] * 3
        assert not ids(asked.message), "the question cannot be answered again"


@pytest.mark.parametrize("gone", ["case", "images"])
async def test_a_question_with_nothing_left_to_do_is_answered_in_its_place_and_loses_its_button(tmp_path, gone):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        asked = await (await court.press(await court.log_card(case_id), "confirm_all")).answered()
        async with court.db.transaction() as tx:
            if gone == "images":
                await tx.execute("UPDATE requests SET removed = 'owner' WHERE interaction_id = $1", number)
            else:
                await tx.execute("DELETE FROM evidence")
                await tx.execute("DELETE FROM cases")
        sure = await court.press(asked.message, "delete_all")
        assert sure.callback_type is CallbackType.UPDATE_MESSAGE
        words = "moderation.idle.no_images" if gone == "images" else "moderation.gone"
        assert asked.message.body.text == TEXTS("en", words)
        assert not ids(asked.message)


async def test_a_question_that_the_database_did_not_take_may_be_answered_again(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        asked = await (await court.press(await court.log_card(case_id), "confirm_all")).answered()
        court.docket.broken = StoreError("no")
        assert await told(await court.press(asked.message, "delete_all")) == TEXTS("en", "moderation.store")
        court.docket.broken = None
        await court.press(asked.message, "delete_all")
        assert court.retouched == [number]


async def test_of_very_many_the_answer_says_how_many_remain_and_what_to_press_again(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        async with court.db.transaction() as tx:
            for more in range(1, REQUESTS_AT_ONCE_MAX + 2):
                for table in ("requests", "jobs"):
                    (row,) = await tx.fetch(f"SELECT * FROM {table} WHERE interaction_id = $1", number)
                    other = dict(row) | {"interaction_id": number + more}
                    own = (
                        {"created_ms": row["created_ms"] + more} if table == "requests" else {"request_id": f"m{more}"}
                    )
                    await tx.execute(insert_into(table, other | own), *(other | own).values())
        asked = await (await court.press(await court.log_card(case_id), "confirm_all")).answered()
        await court.press(asked.message, "delete_all")
        await until(lambda: len(court.retouched) == REQUESTS_AT_ONCE_MAX)
        said = TEXTS(
            "en",
            "moderation.done.delete_all.more",
            count=2,
            images=REQUESTS_AT_ONCE_MAX,
            member=f"<@{court.id_of('mia')}>",
            button=TEXTS("en", "case.do.delete_all"),
        )
        await until(lambda: asked.message.body.text == said)
        assert number not in court.retouched


# ---------------------------------------------------------------- evidence and history


async def test_kept_images_are_shown_behind_spoilers_to_who_asked_alone(tmp_path):
    async with at_court(tmp_path) as court:
        _, case_id = await court.reported()
        card = await court.log_card(case_id)
        shown = await (await court.press(card, "evidence")).answered()
        assert shown.ephemeral
        assert shown.body.text == TEXTS("en", "moderation.evidence", count=1)
        (file,) = shown.body.attachments
        assert file.content_type == "image/png"
        (gallery,) = (each for each in shown.body.components[0]["components"] if each["type"] == 12)
        assert [each["spoiler"] for each in gallery["items"]] == [True]


async def test_a_case_without_evidence_says_so(tmp_path):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked()
        pressed = await court.forge(CaseAddress(Press.EVIDENCE, case_id), user="mona")
        assert await told(pressed) == TEXTS("en", "moderation.evidence.none")


async def test_a_file_that_is_lost_is_left_out(tmp_path):
    async with at_court(tmp_path) as court:
        _, case_id = await court.reported()
        (kept,) = await court.docket.evidence(court.guild.id, case_id=case_id)
        await court.home.gallery.delete([kept.sha256])
        pressed = await court.forge(CaseAddress(Press.EVIDENCE, case_id), user="mona")
        assert await told(pressed) == TEXTS("en", "moderation.evidence.none")


@pytest.mark.parametrize("of_request", [False, True])
async def test_the_history_of_the_member_whom_it_is_about_is_shown(tmp_path, of_request):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        address = CaseAddress(Press.HISTORY, number if of_request else case_id, of_request=of_request)
        pressed = await court.forge(address, user="mona")
        assert f"<@{court.id_of('mia')}>" in await told(pressed)
        assert pressed.ephemeral


# ---------------------------------------------------------------- appeals


async def test_a_member_appeals_once_against_a_block_of_their_own(tmp_path):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked(user="mia")
        opened = await court.forge(CaseAddress(Press.APPEAL, case_id), user="mia")
        assert opened.callback_type is CallbackType.MODAL
        assert await court.fill_in(opened, "it is a bird") == TEXTS("en", "appeal.sent")
        assert (await court.docket.case(court.guild.id, case_id)).case.appeal.reason == "it is a bird"
        again = await court.forge(CaseAddress(Press.APPEAL, case_id), user="mia")
        assert await told(again) == TEXTS("en", "appeal.twice")
        assert await court.fill_in(opened, "really") == TEXTS("en", "appeal.twice")
        assert (await court.docket.case(court.guild.id, case_id)).case.appeal.reason == "it is a bird"


@pytest.mark.parametrize("decided", [None, Act.DECLINE])
async def test_no_form_is_opened_for_a_prompt_that_was_appealed_for_in_another_case(tmp_path, decided):
    async with at_court(tmp_path) as court:
        first, second = await court.blocked(user="mia"), await court.blocked(user="mia")
        await court.docket.appeal(guild_id=court.guild.id, case_id=first, user_id=court.id_of("mia"), reason="x")
        if decided is not None:
            await court.press(await court.log_card(first), decided.value)
        pressed = await court.forge(CaseAddress(Press.APPEAL, second), user="mia")
        assert await told(pressed) == TEXTS("en", "appeal.twice")


async def test_no_form_is_opened_for_a_block_that_is_too_long_ago_or_forgotten(tmp_path):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked(user="mia")
        court.clock.ahead_ms += APPEAL_MS + 1
        assert await told(await court.forge(CaseAddress(Press.APPEAL, case_id), user="mia")) == TEXTS(
            "en", "appeal.late"
        )
        court.clock.ahead_ms = 0
        async with court.db.transaction() as tx:
            await tx.execute("UPDATE cases SET texts_sha256 = NULL")
        pressed = await court.forge(CaseAddress(Press.APPEAL, case_id), user="mia")
        assert await told(pressed) == TEXTS("en", "moderation.gone")


@pytest.mark.parametrize(("private", "seen"), [(False, "this and your prompt"), (True, "not your prompt")])
async def test_the_form_of_an_appeal_says_what_moderators_will_see(tmp_path, private, seen):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked(user="mia")
        async with court.db.transaction() as tx:
            await tx.execute("UPDATE cases SET private = $2 WHERE case_id = $1", case_id, private)
        opened = await court.forge(CaseAddress(Press.APPEAL, case_id), user="mia")
        assert seen in str(opened.modal)


@pytest.mark.parametrize("user", ["jules", "mona", "adam"])
async def test_nobody_appeals_for_another(tmp_path, user):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked(user="mia")
        said = court.say(user, "appeal.not_yours")
        assert await told(await court.forge(CaseAddress(Press.APPEAL, case_id), user=user)) == said
        assert await told(await court.forge_form(CaseAddress(Press.SEND_APPEAL, case_id), user=user)) == said
        assert (await court.docket.case(court.guild.id, case_id)).case.appeal is None


async def test_a_paused_member_may_appeal(tmp_path):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked(user="mia")
        await court.use("pause", member=court.id_of("mia"), duration="pause")
        opened = await court.forge(CaseAddress(Press.APPEAL, case_id), user="mia")
        assert await court.fill_in(opened) == TEXTS("en", "appeal.sent")


async def test_there_is_no_appeal_against_what_is_no_block_of_the_server(tmp_path):
    async with at_court(tmp_path) as court:
        _, case_id = await court.reported(user="mia")
        pressed = await court.forge(CaseAddress(Press.APPEAL, case_id), user="mia")
        assert pressed.modal is None
        assert (await court.docket.case(court.guild.id, case_id)).case.appeal is None


@pytest.mark.parametrize("does", [Act.APPROVE, Act.DECLINE])
async def test_a_moderator_decides_an_appeal_once(tmp_path, does):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked(user="mia")
        await court.docket.appeal(
            guild_id=court.guild.id, case_id=case_id, user_id=court.id_of("mia"), reason="it is a bird"
        )
        card = await court.log_card(case_id)
        said = await told(await court.press(card, does.value))
        assert said == TEXTS("en", f"moderation.done.{does.value}", member=f"<@{court.id_of('mia')}>")
        assert await told(await court.press(card, "approve")) == TEXTS("en", "moderation.idle.decided")
        assert (await court.docket.case(court.guild.id, case_id)).case.appeal.approved is (does is Act.APPROVE)


async def test_the_member_cannot_approve_their_own_appeal(tmp_path):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked(user="mia")
        await court.docket.appeal(guild_id=court.guild.id, case_id=case_id, user_id=court.id_of("mia"), reason="x")
        assert await told(await court.forge(CaseAddress(Act.APPROVE, case_id), user="mia")) == REFUSED
        assert (await court.docket.case(court.guild.id, case_id)).case.appeal.approved is None


# ---------------------------------------------------------------- slow, broken, started anew


async def test_what_takes_long_is_done_and_told_nevertheless(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        card = await court.log_card(case_id)
        court.docket.held = asyncio.Event()
        pressed = await court.press(card, "delete")
        assert pressed.callback_type is CallbackType.DEFERRED_UPDATE_MESSAGE
        assert await court.removed(number) is None
        court.docket.held.set()
        await until(lambda: pressed.followups)
        (said,) = pressed.followups
        assert said.ephemeral_to == court.id_of("mona")
        assert "being taken away" in said.body.text
        assert await court.removed(number) == "moderator"


async def test_a_database_that_takes_nothing_is_said_and_a_bug_has_a_reference(tmp_path, capsys):
    async with at_court(tmp_path) as court:
        _, case_id = await court.reported()
        court.docket.broken = StoreError("disk")
        assert await told(await court.forge(CaseAddress(Act.BLUR, case_id), user="mona")) == TEXTS(
            "en", "moderation.store"
        )
        court.docket.broken = ZeroDivisionError("secret details")
        said = await told(await court.forge(CaseAddress(Act.BLUR, case_id), user="mona"))
    assert "not your fault" in said
    assert "secret" not in said
    assert said.rsplit(" ", maxsplit=1)[-1] in capsys.readouterr().out


async def test_buttons_and_forms_work_after_a_restart(tmp_path):
    async with at_court(tmp_path) as court:
        number, case_id = await court.reported()
        blocked = await court.blocked(user="mia")
        card = await court.log_card(case_id)
        opened = await court.forge(CaseAddress(Press.APPEAL, blocked), user="mia")
        await court.restart()
        assert await court.fill_in(opened) == TEXTS("en", "appeal.sent")
        await told(await court.press(card, "delete"))
        assert await court.removed(number) == "moderator"
