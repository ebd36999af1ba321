import heapq
import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.latency import Fit, Latency, Law, lognormal
from bot.limiter import Window
from bot.pacing import (
    GAP_MAX_S,
    JITTER,
    LAST_LOOK_S,
    OVERDUE_GAP_MAX_S,
    OVERDUE_S,
    POLLS_MIN,
    POLLS_USUAL,
    RESULT_KEPT_S,
    Load,
    Pace,
    Schedule,
    law_of,
    room_for,
    schedule,
    stretch,
)
from tests.yardstick import yardsticks

USUAL = lognormal(mean_s=11.61, sigma=0.30)


class WithoutJitter(random.Random):
    def uniform(self, a, b):
        return (a + b) / 2


WITHOUT_JITTER = WithoutJitter()


def looks(plan: Schedule, rng: random.Random, *, start_s: float = 0.0) -> list[float]:
    instants = []
    while (at := plan.next_poll_s(instants[-1] if instants else start_s, rng)) < math.inf:
        instants.append(at)
    return instants


def simulate(plan: Schedule, *, mean_s: float, sigma: float, jobs: int = 4000) -> tuple[float, float]:
    rng, true = random.Random(3), lognormal(mean_s=mean_s, sigma=sigma)
    polls, lag_s = 0, 0.0
    for _ in range(jobs):
        over, at = rng.lognormvariate(true.mu, true.sigma), 0.0
        while at < over:
            at = plan.next_poll_s(at, rng)
            polls += 1
        lag_s += at - over
    return polls / jobs, lag_s / jobs


# ---------------------------------------------------------------- when to look


def test_the_first_look_is_early_and_the_second_waits_until_something_can_be_done():
    first, second, third, *_ = schedule(USUAL, Pace()).instants_s
    assert 2.5 < first < 3.0
    assert 7.0 < second < 8.0
    assert 0.9 < third - second < 1.5


@pytest.mark.parametrize("sigma", [0.15, 0.30, 0.50, 0.60])
@pytest.mark.parametrize("mean_s", [7.2, 11.61, 60.0])
def test_a_schedule_stays_within_its_looks_and_uses_them(mean_s, sigma):
    fit = lognormal(mean_s=mean_s, sigma=sigma)
    for refused in (0.0, 0.01, 0.02, 0.06):
        plan = schedule(fit, Pace(), refused)
        assert POLLS_USUAL - 0.2 < plan.expected(law_of(fit, 0.0)).polls <= POLLS_USUAL
        assert plan.expected(law_of(fit, 0.06)).polls <= POLLS_USUAL


def test_at_the_usual_spread_the_lag_is_that_of_a_fixed_second_for_half_the_looks():
    polls, lag_s = schedule(USUAL, Pace()).expected(Law(((1.0, USUAL),)))
    assert lag_s <= 0.50
    assert polls <= 7.0


def test_where_refusals_are_rare_no_look_is_early_and_the_lag_is_a_tenth_less():
    plan = schedule(USUAL, Pace(), 0.01)
    assert plan.instants_s[0] > 6.5
    polls, lag_s = simulate(plan, mean_s=11.61, sigma=0.30)
    assert polls <= 7.0
    assert lag_s <= 0.45


def test_where_refusals_come_the_early_look_sees_them_within_two_seconds():
    plan, rng, lags_s = schedule(USUAL, Pace(), 0.03), random.Random(6), []
    for _ in range(500):
        over, at = rng.uniform(1.0, 3.0), 0.0
        while at < over:
            at = plan.next_poll_s(at, rng)
        lags_s.append(at - over)
    assert sum(lags_s) / 500 < 2.0


def test_no_search_for_a_schedule_ends_with_next_to_none():
    """Looks do not change while the price moves along one step of the grid; this fit was once left with a single look."""
    fit = Fit(2.0585487432058684, 0.23026226222160165)
    assert len(schedule(fit, Pace()).instants_s) > 20


def test_jitter_costs_next_to_nothing():
    polls, lag_s = simulate(schedule(USUAL, Pace()), mean_s=11.61, sigma=0.30)
    assert polls <= 7.0
    assert lag_s <= 0.52


@pytest.mark.parametrize(("jobs", "lag_max_s"), [(0, 0.75), (50, 0.62), (400, 0.57)])
def test_lag_falls_as_jobs_are_learned(jobs, lag_max_s):
    rng, latency = random.Random(5), Latency.known(mean_s=11.6)
    for _ in range(jobs):
        latency = latency.learn(rng.lognormvariate(USUAL.mu, USUAL.sigma))
    polls, lag_s = simulate(schedule(latency.fit, Pace()), mean_s=11.61, sigma=0.30)
    assert polls <= 7.2
    assert lag_s <= lag_max_s


@pytest.mark.parametrize(("factor", "lag_max_s"), [(0.5, 2.6), (0.7, 1.2), (1.3, 0.6)])
def test_a_wrong_belief_costs_lag_but_bounded(factor, lag_max_s):
    _, lag_s = simulate(schedule(USUAL, Pace()), mean_s=11.61 * factor, sigma=0.30)
    assert lag_s <= lag_max_s


def test_fewer_looks_mean_more_lag_step_by_step():
    figures = [schedule(USUAL, Pace(polls)).expected(law_of(USUAL)) for polls in (6.5, 5.0, 4.0, 3.0, 2.5, 2.0)]
    assert figures == sorted(figures, key=lambda each: (-each.polls, each.lag_s))
    assert [each.lag_s for each in figures] == sorted(each.lag_s for each in figures)


def test_behind_the_plan_gaps_grow_by_a_quarter_up_to_five_seconds_and_later_to_a_minute():
    plan = schedule(USUAL, Pace())
    instants = looks(plan, WITHOUT_JITTER)
    gaps = {at: later - at for at, later in itertools.pairwise(instants)}
    tail = [round(gap, 6) for at, gap in gaps.items() if plan.instants_s[-1] <= at < OVERDUE_S]
    assert tail == sorted(tail)
    growing = [gap for gap in tail if gap < GAP_MAX_S]
    assert [b / a for a, b in itertools.pairwise(growing)] == pytest.approx([1.25] * (len(growing) - 1), rel=1e-4)
    assert max(tail) == GAP_MAX_S
    overdue = [round(gap, 6) for at, gap in gaps.items() if at >= OVERDUE_S][:-1]
    assert overdue == sorted(overdue)
    assert overdue[-1] == pytest.approx(OVERDUE_GAP_MAX_S)


def test_the_last_look_leaves_time_to_fetch_within_the_hour():
    instants = looks(schedule(USUAL, Pace()), random.Random(1))
    assert instants[-1] == LAST_LOOK_S <= RESULT_KEPT_S - 30
    assert len(instants) < 300


@pytest.mark.parametrize("elapsed_s", [LAST_LOOK_S, RESULT_KEPT_S, 1e9])
def test_after_the_last_look_there_is_none(elapsed_s):
    assert schedule(USUAL, Pace()).next_poll_s(elapsed_s, random.Random(1)) == math.inf


@settings(deadline=None)
@given(
    elapsed_s=st.floats(0.0, LAST_LOOK_S, exclude_max=True),
    sigma=st.sampled_from([0.1, 0.3, 0.6]),
    polls=st.sampled_from([2.0, 4.0, POLLS_USUAL]),
    seed=st.integers(),
)
def test_the_next_look_is_later_and_within_a_tenth_of_its_gap(elapsed_s, sigma, polls, seed):
    plan = schedule(lognormal(mean_s=11.61, sigma=sigma), Pace(polls))
    gap = plan.next_poll_s(elapsed_s, WITHOUT_JITTER) - elapsed_s
    found = plan.next_poll_s(elapsed_s, random.Random(seed)) - elapsed_s
    assert found > 0
    assert elapsed_s + found <= LAST_LOOK_S
    if elapsed_s + gap * (1 + JITTER) < LAST_LOOK_S:
        assert gap * (1 - JITTER) * 0.999 <= found <= gap * (1 + JITTER) * 1.001


def test_a_jittered_look_stands_for_its_instant_and_none_is_taken_twice():
    plan = schedule(USUAL, Pace())
    for seed in range(200):
        taken = [at for at in looks(plan, random.Random(seed)) if at < plan.instants_s[-1]]
        assert len(taken) <= len(plan.instants_s) + 2
        gaps = [b - a for a, b in itertools.pairwise(taken)]
        assert min(gaps) > 0.4 * min(b - a for a, b in itertools.pairwise(plan.instants_s))


def test_jobs_submitted_together_do_not_stay_in_step():
    plan, rng = schedule(USUAL, Pace()), random.Random(1)
    second = sorted(looks(plan, rng)[1] for _ in range(100))
    late = sorted(looks(plan, rng)[60] for _ in range(100))
    assert second[90] - second[10] > 0.5
    assert late[90] - late[10] > 2.0


def test_a_schedule_is_ready_within_fifty_milliseconds():
    # Others each time: one that was asked for before is not computed again.
    fits = iter([lognormal(mean_s=9.0 + number / 7, sigma=0.2 + number / 50) for number in range(20)])
    assert yardsticks(lambda: schedule(next(fits), Pace()), tries=20) < 5


@given(mean_s=st.floats(0.1, 5000), sigma=st.floats(0.05, 3.0), polls=st.sampled_from([POLLS_MIN, POLLS_USUAL]))
@settings(max_examples=40, deadline=None)
def test_even_a_strange_model_gets_a_schedule_that_rises_to_the_end_of_the_hour(mean_s, sigma, polls):
    instants = looks(schedule(lognormal(mean_s=mean_s, sigma=sigma), Pace(polls)), WITHOUT_JITTER)
    assert all(a < b for a, b in itertools.pairwise(instants))
    assert instants[-1] == LAST_LOOK_S


def test_a_schedule_is_computed_once_for_a_fit():
    assert schedule(USUAL, Pace()).instants_s is schedule(USUAL, Pace()).instants_s


# ---------------------------------------------------------------- how many can be looked after


def load(jobs, *, used, per_minute=60, mean_s=11.61) -> Load:
    """`used` requests left evenly over the last minute."""
    free = per_minute - used
    soon = round(free + used * min(mean_s / 60, 1) + per_minute * max(mean_s / 60 - 1, 0))
    return Load(jobs=jobs, mean_s=mean_s, free=free, soon=soon, per_minute=per_minute)


def test_an_idle_plan_gives_every_look():
    assert stretch(load(1, used=0)) == Pace(POLLS_USUAL, pytest.approx(1.25))


def test_four_images_at_once_on_an_idle_plan_are_looked_at_as_closely_as_one():
    assert stretch(load(4, used=4)).polls == POLLS_USUAL


@pytest.mark.parametrize("per_minute", [50, 60, 120, 500, 1000])
@pytest.mark.parametrize("mean_s", [7.2, 11.61, 60.0])
def test_in_a_steady_state_the_requests_stay_within_the_plan(per_minute, mean_s):
    for jobs in range(1, 200):
        polls = stretch(load(jobs, used=per_minute, per_minute=per_minute, mean_s=mean_s)).polls
        if polls > POLLS_MIN:
            assert jobs * (polls + 2) / mean_s * 60 <= 0.85 * per_minute


@settings(deadline=None)
@given(jobs=st.integers(0, 2000), used=st.integers(0, 100), mean_s=st.floats(0.5, 4000))
def test_more_jobs_never_get_more_looks_nor_leave_more_room(jobs, used, mean_s):
    few, more = (load(n, used=used, per_minute=100, mean_s=mean_s) for n in (jobs, jobs + 1))
    assert POLLS_MIN <= stretch(more).polls <= stretch(few).polls <= POLLS_USUAL
    assert 0 <= room_for(more) <= room_for(few)


@settings(deadline=None)
@given(jobs=st.integers(1, 5000), per_minute=st.integers(1, 1000), mean_s=st.floats(0.5, 4000))
def test_whoever_gets_in_can_be_looked_at_and_fetched_within_the_hour(jobs, per_minute, mean_s):
    room = room_for(load(jobs, used=0, per_minute=per_minute, mean_s=mean_s))
    if room:
        assert jobs * (POLLS_MIN + 1) + room * (POLLS_MIN + 2) <= per_minute * LAST_LOOK_S / 60


@pytest.mark.parametrize("per_minute", [1, 2, 3, 5])
def test_the_smallest_plan_still_lets_one_job_through(per_minute):
    assert room_for(load(0, used=per_minute, per_minute=per_minute)) == 1
    assert room_for(load(2, used=per_minute, per_minute=per_minute)) == 0


def test_late_jobs_share_the_plan_evenly():
    pace = stretch(load(100, used=200, per_minute=200))
    late = schedule(USUAL, pace).next_poll_s(300.0, WITHOUT_JITTER) - 300.0
    assert 100 * 60 / late == pytest.approx(0.8 * 200)


def requests_of(*, jobs: int, at_once: int | None, per_minute: int, mean_s: float) -> tuple[list[float], float]:
    """When requests leave if nothing but the pace holds them, and the mean lag.

    `at_once` jobs are always under way; None lets in as many as there is room for.
    """
    rng, true = random.Random(2), lognormal(mean_s=mean_s, sigma=0.3)
    window = Window(per_minute, rng)
    left: list[float] = []
    events: list[tuple[float, int, float, float]] = []  # when, number, submitted, over
    lag_s, running, now = 0.0, 0, 0.0

    def leave() -> None:
        left.append(now)
        window.leave(round(now * 1000))

    def busy() -> Load:
        free, soon = (window.free_within(ahead_ms, now_ms=round(now * 1000)) for ahead_ms in (0, 11_610))
        return Load(jobs=running, mean_s=11.61, free=free, soon=soon, per_minute=per_minute)

    number = 0
    while number < jobs or events:
        while number < jobs and (room_for(busy()) if at_once is None else running < at_once):
            leave()
            number, running = number + 1, running + 1
            first = schedule(USUAL, stretch(busy())).next_poll_s(0.0, rng)
            heapq.heappush(events, (now + first, number, now, rng.lognormvariate(true.mu, true.sigma)))
        if not events or events[0][0] > now + 1.0:
            now += 1.0
            continue
        now, name, submitted, over = heapq.heappop(events)
        leave()
        if now - submitted >= over:
            leave()  # the fetch
            running -= 1
            lag_s += now - submitted - over
        else:
            after = schedule(USUAL, stretch(busy())).next_poll_s(now - submitted, rng)
            heapq.heappush(events, (submitted + after, name, submitted, over))
    return left, lag_s / jobs


def worst_minute(left: list[float]) -> int:
    first, worst = 0, 0
    for number, at in enumerate(left):
        while left[first] <= at - 60:
            first += 1
        worst = max(worst, number - first + 1)
    return worst


@pytest.mark.parametrize(("at_once", "per_minute"), [(1, 50), (1, 60), (2, 60), (3, 120), (16, 500), (32, 1000)])
def test_jobs_that_follow_each_other_keep_to_the_plan_by_their_pace_alone(at_once, per_minute):
    left, _ = requests_of(jobs=at_once * 40, at_once=at_once, per_minute=per_minute, mean_s=11.61)
    assert worst_minute(left) <= per_minute


@pytest.mark.parametrize(("jobs", "per_minute"), [(100, 60), (200, 120), (500, 500), (600, 1000)])
def test_a_flood_is_let_in_no_faster_than_the_plan_bears(jobs, per_minute):
    left, lag_s = requests_of(jobs=jobs, at_once=None, per_minute=per_minute, mean_s=11.61)
    # A fifth more would be wanted at times; the limiter makes those wait.
    assert worst_minute(left) <= per_minute * 1.2
    assert lag_s < 2.0
