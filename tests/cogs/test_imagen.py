import json

import pytest

from bot.errors import StoreError, StoreFull
from bot.intake import Refusal
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.interactions import CallbackType
from bot.sandbox.discord.rate_limits import Limit
from cogs.acknowledge import Patience
from tests.cogs.stage import TEXTS, staged, until

pytestmark = pytest.mark.asyncio

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
REPLY = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
# Quick to try again; the deadline is as far as ever, so that a machine that stands still for a moment misses nothing.
HASTY = Patience(decide_s=0.05, attempt_s=0.2, gap_s=0.01)

TOO_DEAR = Refusal(
    "limit.role",
    public_id="limit.public",
    more=(("hint.fewer", {"count": 1}), ("hint.cheaper", {"model": "Imagen 4 Fast", "price_microcredits": 25_000})),
    price_microcredits=240_000,
    left_microcredits=60_000,
    resets_s=1_800_000_000,
    role="<@&5>",
)

WITH_FIGURES = "\n".join(
    (
        TEXTS("en", "refusal.limit.role", price="0.24", left="0.06", resets_s=1_800_000_000, role="<@&5>"),
        TEXTS("en", "hint.fewer", count=1),
        TEXTS("en", "hint.cheaper", model="Imagen 4 Fast", price="0.025"),
    )
)
WITHOUT_FIGURES = TEXTS("en", "refusal.limit.public")


def _callbacks(stage):
    return [call for call in stage.discord.calls if call.route == CALLBACK]


async def test_a_request_says_all_that_was_asked_for():
    async with staged() as stage:
        await stage.connect()
        used = await stage.use("imagen", user="mona", model="imagen-3", count=3, private=True, spoiler=True)
        await until(lambda: stage.tracker.begun == [used.id])
    (request,) = stage.tracker.requests
    world = stage.discord.world
    guild = world.guild_named("Aquarium")
    assert request.interaction_id == used.id
    channel_id = guild.channel_named("general").id
    assert (request.guild_id, request.channel_id, request.place_id) == (guild.id, channel_id, channel_id)
    assert request.user_id == world.user_named("mona").id
    assert (request.locale, request.guild_locale) == ("en-GB", "en-US")
    assert (request.command, request.model) == ("imagen", "imagen-3")
    assert request.values == {"prompt": "a cozy cabin", "count": 3}
    assert (request.private, request.spoiler) == (True, True)
    assert request.created_ms == used.created_ms
    assert request.filesize_limit_bytes == used.size_limit_bytes
    assert request.role_ids == tuple(guild.members[request.user_id].role_ids) != ()
    assert json.loads(request.reply) == {
        "application_id": world.application.id,
        "interaction_id": used.id,
        "token": used.token,
    }


async def test_in_a_thread_the_rules_are_those_of_the_channel_that_it_is_in():
    async with staged() as stage:
        await stage.connect()
        await stage.use(channel="old-ideas")
        await until(lambda: stage.tracker.begun)
        guild = stage.discord.world.guild_named("Aquarium")
    (request,) = stage.tracker.requests
    assert request.channel_id == guild.channel_named("old-ideas").id
    assert request.place_id == guild.channel_named("general").id


async def test_a_request_knows_whether_its_place_is_age_restricted_and_a_thread_is_as_its_channel():
    async with staged() as stage:
        await stage.connect()
        general = stage.discord.world.guild_named("Aquarium").channel_named("general")
        for restricted in (False, True, False):
            stage.discord.set_age_restricted(general.id, restricted=restricted)
            for channel in ("general", "old-ideas", "images"):
                used = await stage.use(channel=channel)
                await until(lambda used=used: used.id in stage.tracker.begun)
    seen = [request.age_restricted for request in stage.tracker.requests]
    assert seen == [False, False, False, True, True, False, False, False, False]


async def test_the_first_model_of_a_command_is_its_default():
    async with staged() as stage:
        await stage.connect()
        await stage.use("imagen")
        await until(lambda: stage.tracker.begun)
    assert stage.tracker.requests[0].model == "imagen-4"


async def quickest_ms(stage, *faults):
    """After how long the quickest of a few uses was acknowledged: a machine may be slow about one, not about all."""
    every = []
    for _ in range(5):
        for fault in faults:
            stage.discord.faults.add(fault)
        used = await stage.use()
        await until(lambda used=used: used.id in stage.tracker.begun)
        every.append(used.acknowledged_after_ms)
    return min(every)


@pytest.mark.parametrize("private", [False, True])
async def test_an_accepted_request_is_deferred_then_begun(private):
    async with staged() as stage:
        await stage.connect()
        used = await stage.use(private=private)
        await until(lambda: stage.tracker.begun == [used.id])
        assert await quickest_ms(stage) < 1000
    assert used.callback_type is CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE
    assert used.ephemeral is private
    assert stage.tracker.called_off == []


async def test_a_refusal_in_time_answers_privately_with_the_figures():
    async with staged() as stage:
        await stage.connect()
        stage.tracker.verdict = TOO_DEAR
        used = await stage.use()
        await used.answered()
    assert used.ephemeral
    assert used.body.text == WITH_FIGURES
    assert (stage.tracker.begun, stage.tracker.called_off) == ([], [])


async def test_an_undecided_request_is_deferred_and_begun_once_it_is_accepted():
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.tracker.may_decide.clear()
        used = await stage.use()
        await used.acknowledged()
        assert stage.tracker.begun == []
        stage.tracker.may_decide.set()
        await until(lambda: stage.tracker.begun == [used.id])
    assert used.callback_type is CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE


@pytest.mark.parametrize(("private", "told"), [(False, WITHOUT_FIGURES), (True, WITH_FIGURES)])
async def test_a_late_refusal_replaces_the_card_and_keeps_private_figures_private(private, told):
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.tracker.may_decide.clear()
        used = await stage.use(private=private)
        await used.acknowledged()
        stage.tracker.verdict = TOO_DEAR
        stage.tracker.may_decide.set()
        await used.answered()
    assert used.body.text == told
    assert (stage.tracker.begun, stage.tracker.called_off) == ([], [])


def blocked(case_id):
    refusal = Refusal("words.blocked", public_id="words.public", of_server=True, words="gore")
    refusal.case_id = case_id
    return refusal


def buttons(body):
    return {each["custom_id"]: each["label"] for _, each in walk(body.components) if "custom_id" in each}


APPEAL = {"case:1:appeal:c77": TEXTS("en", "appeal.button")}


async def test_a_block_by_the_server_can_be_appealed_against_and_other_refusals_cannot():
    async with staged() as stage:
        await stage.connect()
        for verdict, shown in ((blocked(77), APPEAL), (blocked(None), {}), (TOO_DEAR, {})):
            stage.tracker.verdict = verdict
            used = await stage.use()
            await used.answered()
            assert used.ephemeral
            assert buttons(used.body) == shown
            assert (TEXTS("en", "appeal.offer") in used.body.text) is bool(shown)


@pytest.mark.parametrize("private", [False, True])
async def test_a_late_block_by_the_server_can_be_appealed_against_too(private):
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.tracker.may_decide.clear()
        used = await stage.use(private=private)
        await used.acknowledged()
        stage.tracker.verdict = blocked(77)
        stage.tracker.may_decide.set()
        await used.answered()
    assert buttons(used.body) == APPEAL
    assert ("gore" in used.body.text) is private


async def test_a_late_refusal_is_told_again_where_it_was_not_taken():
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.discord.faults.add(Fault(route=REPLY, method="PATCH", failure=Failure.DROP))
        stage.tracker.may_decide.clear()
        used = await stage.use()
        await used.acknowledged()
        stage.tracker.verdict = TOO_DEAR
        stage.tracker.may_decide.set()
        await used.answered()
    assert stage.clock.slept_s == [1.0]


@pytest.mark.parametrize(("error", "told"), [(StoreError(), "refusal.store"), (StoreFull(), "refusal.store_full")])
async def test_a_request_that_cannot_be_written_down_is_refused_in_clear_words(error, told):
    async with staged() as stage:
        await stage.connect()
        stage.tracker.verdict = error
        used = await stage.use()
        await used.answered()
    assert used.ephemeral
    assert used.body.text == TEXTS("en", told)
    assert stage.tracker.begun == []


async def test_a_lost_answer_that_comes_back_as_already_acknowledged_counts_as_success():
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.discord.faults.add(Fault(route=CALLBACK, failure=Failure.DROP, acted=True))
        used = await stage.use()
        await until(lambda: stage.tracker.begun == [used.id])
    assert [call.error_code for call in _callbacks(stage)] == [None, 40060]
    assert stage.tracker.called_off == []


async def test_a_connection_that_drops_is_tried_again():
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.discord.faults.add(Fault(route=CALLBACK, failure=Failure.DROP, times=2))
        used = await stage.use()
        await until(lambda: stage.tracker.begun == [used.id])
    assert len(_callbacks(stage)) == 3


async def test_an_error_of_discords_is_tried_again_before_its_client_would():
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        fault = Fault(route=CALLBACK, failure=Failure.SERVER_ERROR, status=503)
        assert await quickest_ms(stage, fault) < 900


@pytest.mark.parametrize("acted", [False, True])
async def test_an_answer_that_hangs_is_given_anew(acted):
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.discord.faults.add(Fault(route=CALLBACK, failure=Failure.STALL, stall_s=0.5, acted=acted))
        used = await stage.use()
        await until(lambda: stage.tracker.begun == [used.id])
    assert stage.tracker.called_off == []


async def test_a_bucket_that_is_used_up_by_the_answer_does_not_count_as_no_answer():
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.discord.limits.webhook = Limit(1, 0.3)
        used = await stage.use()
        await until(lambda: stage.tracker.begun == [used.id])
    assert stage.tracker.called_off == []


@pytest.mark.parametrize("code", [10062, 50027])
async def test_a_request_whose_interaction_is_gone_is_called_off(code):
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.discord.faults.add(Fault(route=CALLBACK, failure=Failure.API_ERROR, code=code))
        used = await stage.use()
        await until(lambda: stage.tracker.called_off == [used.id])
    assert used.id in stage.tracker.accepted
    assert stage.tracker.begun == []
    assert len(_callbacks(stage)) == 1


async def test_past_the_deadline_the_request_is_called_off_even_if_it_is_accepted_later():
    impatient = Patience(decide_s=0.05, answer_s=0.6, least_s=0.3, attempt_s=0.2, gap_s=0.01)
    async with staged(patience=impatient) as stage:
        await stage.connect()
        stage.tracker.may_decide.clear()
        stage.discord.faults.add(Fault(route=CALLBACK, failure=Failure.DROP, times=1000))
        used = await stage.use()
        # At last it looks whether there is an answer after all.
        await until(lambda: any(call.method == "GET" and call.route == REPLY for call in stage.discord.calls))
        tried = len(_callbacks(stage))
        stage.tracker.may_decide.set()
        await until(lambda: stage.tracker.called_off == [used.id])
    assert stage.tracker.begun == []
    assert len(_callbacks(stage)) == tried
    # Sooner than where nothing is said of patience, also on a machine with other work to do.
    assert _callbacks(stage)[-1].received_ms - used.created_ms < 1000 * Patience().answer_s


async def test_a_refusal_that_nobody_hears_of_is_not_called_off():
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        stage.tracker.verdict = TOO_DEAR
        stage.discord.faults.add(Fault(route=CALLBACK, failure=Failure.API_ERROR, code=10062))
        await stage.use()
        await until(lambda: _callbacks(stage) and _callbacks(stage)[0].answered_ms)
    assert (stage.tracker.begun, stage.tracker.called_off) == ([], [])


@pytest.mark.parametrize("clock_off_ms", [-60_000, 60_000])
async def test_a_clock_that_is_wrong_by_a_minute_still_gives_time_to_answer(clock_off_ms):
    async with staged() as stage:
        await stage.connect()
        right = stage.clock.now_ms
        stage.clock.now_ms = lambda: right() + clock_off_ms
        used = await stage.use()
        await until(lambda: stage.tracker.begun == [used.id])


async def test_the_same_interaction_twice_is_one_job_and_the_second_one_harms_nothing():
    async with staged() as stage:
        await stage.connect()
        stage.discord.duplicate_next = 1
        used = await stage.use()
        await until(lambda: len(stage.tracker.begun) == 2)
    assert stage.tracker.accepted == {used.id}
    assert stage.tracker.called_off == []
    assert sorted(str(call.error_code) for call in _callbacks(stage)) == ["40060", "None"]
    assert len(stage.discord.messages(used.channel_id)) == 1


async def test_a_burst_is_acknowledged_in_time():
    async with staged() as stage:
        await stage.connect()
        every = [await stage.use() for _ in range(100)]
        await until(lambda: len(stage.tracker.begun) == 100)
    assert max(used.acknowledged_after_ms for used in every) < 3000
