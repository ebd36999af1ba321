"""Jobs that Segmind has taken, or may have: none is lost, none is sent twice, in virtual time."""

import math

import pytest

from bot.jobs import Outcome, State
from bot.latency import Sums
from bot.sandbox.segmind import MODELS, POLLS, POSTS, Api, CallKind, Fault, FaultKind, Rule
from bot.store import latencies
from bot.tracker.searching import LOOKS_S
from tests.simulation.living import HISTORY, REF, SUBMIT, asks, calls, job, jobs_of, lived, words
from tests.simulation.outside import START_MS
from tests.simulation.scenario import FAST
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.RATE_LIMITED),
        Fault(FaultKind.BAD_GATEWAY),
        Fault(FaultKind.DROPPED),
        Fault(FaultKind.STALLED, seconds=100),
        Fault(FaultKind.TRUNCATED_JSON),
        Fault(FaultKind.WRONG_TYPES),
        Fault(FaultKind.HTML),
        Fault(FaultKind.UNAUTHORIZED),
    ],
    ids=lambda fault: fault.kind.value,
)
def test_a_look_that_goes_wrong_never_loses_a_job(folder, fault):
    world = lived(folder, request(1), rules=(Rule(fault, POLLS, times=8),))
    assert job(world).state is State.DONE


def learned(world: World, sums: Sums) -> None:
    """Have the bot know this of imagen-4 from before."""

    async def script(bot: Bot) -> None:
        async with bot.db.transaction() as tx:
            await latencies.save(tx, "imagen-4", sums)

    world.live(script)


def seen_after_s(world: World, number: int) -> float:
    return (job(world, number).finished_ms - job(world, number).running_ms) / 1000


def test_an_early_refusal_is_seen_early_where_refusals_may_come_and_they_bring_the_early_look_back(folder):
    world = World(folder)
    world.segmind.weather.add(Rule(Fault(FaultKind.BLOCKED_WORDS), POSTS))
    mu, many = math.log(11.6), 100
    learned(world, Sums(many, many * mu, many * (mu**2 + 0.09)))
    for number in (1, 2, 3, 4):
        world.live(asks(request(number)))
    assert verdict(world) == []
    assert seen_after_s(world, 1) > 6.0  # with a hundred pictures and no refusal, nothing is expected before
    assert seen_after_s(world, 4) < 3.5  # after three, it is


def test_a_new_model_is_looked_at_early(folder):
    assert seen_after_s(lived(folder, request(1), rules=(Rule(Fault(FaultKind.BLOCKED_WORDS), POSTS),)), 1) < 4.0


def test_a_result_that_ran_away_is_found_in_the_history(folder):
    world = lived(folder, request(1), rules=(Rule(Fault(FaultKind.EXPIRED_EARLY), POSTS),))
    assert job(world).state is State.DONE
    assert job(world).cost_microcredits == 60_000


def test_a_job_without_an_end_is_given_up_after_its_hour_and_its_credits_come_back(folder):
    world = lived(folder, request(1), rules=(Rule(Fault(FaultKind.ENDLESS), POSTS),))
    assert job(world).state is State.LOST
    assert job(world).outcome is Outcome.RESULT_EXPIRED
    assert 3_540_000 <= job(world).finished_ms - START_MS <= 4_000_000
    assert "credits back" in words(world.discord.acts_of(REF)[-1])
    assert calls(world, CallKind.STATUS) < 250


def test_a_job_that_was_over_long_before_the_restart_is_looked_at_once(folder):
    world = World(folder)

    async def begin(bot: Bot) -> None:
        await bot.ask(request(1))
        await world.clock.sleep(1.0)

    world.live(begin)
    world.pause(300)
    before = calls(world, CallKind.STATUS)
    world.live(Bot.idle)
    assert verdict(world) == []
    assert calls(world, CallKind.STATUS) == before + 1


def test_a_job_taken_up_before_its_first_look_is_due_is_not_looked_at_sooner(folder):
    world = World(folder)
    mu, many = math.log(11.6), 100
    learned(world, Sums(many, many * mu, many * (mu**2 + 0.09)))

    async def begin(bot: Bot) -> None:
        await bot.ask(request(1))
        await world.clock.sleep(1.0)

    async def a_while(_: Bot) -> None:
        await world.clock.sleep(2.0)

    world.live(begin)
    world.pause(1.5)
    world.live(a_while)
    assert calls(world, CallKind.STATUS) == 0
    world.live(Bot.idle)
    assert verdict(world) == []


def test_every_step_of_a_call_may_take_its_time(folder):
    """An hour's worth of stalls on every call: what is slow is not what is lost."""
    stalled = Rule(Fault(FaultKind.STALLED, seconds=8, taken=True), POSTS | POLLS | HISTORY)
    assert job(lived(folder, request(1), rules=(stalled,))).state is State.DONE


def test_a_lost_answer_is_found_in_the_history_and_never_posted_again(folder):
    world = lived(folder, request(1), rules=(Rule(Fault(FaultKind.DROPPED, taken=True), SUBMIT),))
    assert job(world).state is State.DONE
    assert calls(world, CallKind.SUBMIT) == 1
    assert calls(world, CallKind.HISTORY) == 1


def test_a_dropped_connection_that_left_no_trace_is_lost_and_a_possible_cost(folder):
    world = lived(folder, request(1), rules=(Rule(Fault(FaultKind.DROPPED), SUBMIT),))
    assert job(world).outcome is Outcome.FATE_UNKNOWN
    assert calls(world, CallKind.SUBMIT) == 1
    assert calls(world, CallKind.HISTORY) == len(LOOKS_S)
    assert len(world.discord.alerts) == 1


def test_a_history_that_lags_by_minutes_is_waited_for(folder):
    world = World(folder)
    world.segmind.service.history_lag_s = 240.0
    world.segmind.weather.add(Rule(Fault(FaultKind.DROPPED, taken=True), SUBMIT))
    world.live(asks(request(1)))
    assert verdict(world) == []
    assert job(world).state is State.DONE


def test_lost_answers_of_identical_images_are_given_one_row_each(folder):
    world = lived(folder, request(1, count=2), rules=(Rule(Fault(FaultKind.DROPPED, taken=True), SUBMIT),))
    found = world.found[request(1).interaction_id]
    assert [each.state for each in found] == [State.DONE, State.DONE]
    assert {each.request_id for each in found} == {taken.id for taken in world.segmind.requests}


def test_more_rows_than_lost_answers_tell_nothing(folder):
    """Somebody else uses the same key and asks for the same: nobody can tell whose is whose."""
    world = World(folder)

    async def script(bot: Bot) -> None:
        world.segmind.weather.add(Rule(Fault(FaultKind.DROPPED, taken=True), SUBMIT))
        await bot.ask(request(1))
        await world.clock.sleep(1.0)
        (only,) = await jobs_of(bot)
        world.segmind.book.take(MODELS["imagen-4"], dict(only.payload), api=Api.V2, fate=None)
        await bot.idle()
        assert (await jobs_of(bot))[0].outcome is Outcome.FATE_UNKNOWN

    world.live(script)
    assert calls(world, CallKind.SUBMIT) == 1


def test_one_row_for_two_identical_lost_answers_goes_to_one_of_them(folder):
    taken = Rule(Fault(FaultKind.DROPPED, taken=True), SUBMIT, times=1)
    world = lived(folder, request(1, count=2), rules=(taken, Rule(Fault(FaultKind.DROPPED), SUBMIT)))
    states = sorted(each.state for each in world.found[request(1).interaction_id])
    assert states == [State.DONE, State.LOST]


def test_a_row_that_belongs_to_a_running_job_is_nobody_elses(folder):
    dropped = Rule(Fault(FaultKind.DROPPED), SUBMIT, after=1)
    world = lived(folder, request(1), request(2), rules=(dropped,))
    assert sorted((job(world, 1).state, job(world, 2).state)) == [State.DONE, State.LOST]


def test_a_row_that_v1_answered_is_nobody_elses(folder):
    dropped = Rule(Fault(FaultKind.DROPPED), frozenset({CallKind.V1}), after=1)
    same = FAST | {"seed": 7}
    world = lived(folder, request(1, **same), request(2, **same), rules=(dropped,))
    assert sorted((job(world, 1).state, job(world, 2).state)) == [State.DONE, State.LOST]


def test_v1_that_lost_its_answer_is_found_once_it_is_drawn(folder):
    dropped = Rule(Fault(FaultKind.DROPPED, taken=True), frozenset({CallKind.V1}))
    world = lived(folder, request(1, **FAST), rules=(dropped,))
    assert job(world).state is State.DONE
    assert calls(world, CallKind.V1) == 1
