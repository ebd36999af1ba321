import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.latency import (
    FIRST_REFITS,
    MEMORY_JOBS,
    PRIOR_SIGMA,
    Fit,
    Latency,
    Law,
    Sums,
    expected,
    lognormal,
    optimal_instants_s,
)
from tests.yardstick import yardsticks

MEAN_S = 11.61


def only(fit: Fit) -> Law:
    return Law(((1.0, fit),))


def best(law: Law, fit: Fit, *, price_s: float) -> tuple[float, ...]:
    return optimal_instants_s(law, until_s=fit.quantile_s(0.999), price_s=price_s)


def learned(jobs: int, *, mean_s: float, sigma: float, listed_s: float = MEAN_S) -> Latency:
    rng, true = random.Random(7), lognormal(mean_s=mean_s, sigma=sigma)
    latency = Latency.known(mean_s=listed_s)
    for _ in range(jobs):
        latency = latency.learn(rng.lognormvariate(true.mu, true.sigma))
    return latency


# ---------------------------------------------------------------- learning


def test_before_the_first_job_the_fit_is_a_wide_guess_around_the_listed_mean():
    fit = Latency.known(mean_s=7.2).fit
    assert fit.mean_s == pytest.approx(7.2)
    assert fit.sigma == pytest.approx(PRIOR_SIGMA)


def test_the_fit_changes_at_the_named_numbers_of_jobs_only():
    latency, changed = Latency.known(mean_s=MEAN_S), []
    for job in range(1, 201):
        before, latency = latency.fit, latency.learn(9.0 + job % 5)
        if latency.fit != before:
            changed.append(job)
    assert changed == [*FIRST_REFITS, 50, 100, 150, 200]


@pytest.mark.parametrize("sigma", [0.15, 0.30, 0.50])
def test_fifty_jobs_are_enough_to_find_mean_and_spread(sigma):
    fit = learned(50, mean_s=8.0, sigma=sigma).fit
    assert fit.mean_s == pytest.approx(8.0, rel=0.15)
    # The wide guess still shows, on the safe side: (6 x 0.6^2 + 50 x sigma^2) / 56.
    assert fit.sigma == pytest.approx(math.sqrt((6 * 0.36 + 50 * sigma**2) / 56), rel=0.2)


def test_a_model_that_is_three_times_slower_than_listed_is_learned():
    assert learned(100, mean_s=3 * MEAN_S, sigma=0.3).fit.mean_s == pytest.approx(3 * MEAN_S, rel=0.12)


def test_a_provider_who_gets_slower_after_thousands_of_jobs_is_noticed():
    latency = learned(3000, mean_s=MEAN_S, sigma=0.3)
    assert latency.sums.jobs < MEMORY_JOBS
    rng, slow = random.Random(8), lognormal(mean_s=2 * MEAN_S, sigma=0.3)
    for _ in range(300):
        latency = latency.learn(rng.lognormvariate(slow.mu, slow.sigma))
    assert latency.fit.mean_s == pytest.approx(2 * MEAN_S, rel=0.2)


@pytest.mark.parametrize("nonsense", [0.0, -1.0, math.nan, math.inf, -math.inf])
def test_what_cannot_be_a_time_is_ignored(nonsense):
    latency = learned(7, mean_s=MEAN_S, sigma=0.3)
    assert latency.learn(nonsense) is latency


@pytest.mark.parametrize(("outlier", "sign"), [(1e300, 1), (3600.0, 1), (1e-300, -1)])
def test_an_outlier_counts_as_three_sigmas(outlier, sign):
    latency = learned(50, mean_s=MEAN_S, sigma=0.3)
    step = latency.learn(outlier).sums.sum_ln - latency.sums.sum_ln
    assert step == pytest.approx(latency.fit.mu + sign * 3 * latency.fit.sigma)


def test_a_tail_of_hung_jobs_moves_the_mean_by_less_than_a_tenth():
    latency = learned(50, mean_s=MEAN_S, sigma=0.3)
    for number in range(100):
        latency = latency.learn(4 * MEAN_S if number % 20 == 0 else MEAN_S)
    assert latency.fit.mean_s == pytest.approx(MEAN_S, rel=0.1)


def test_what_the_database_keeps_brings_the_knowledge_back():
    latency = with_refusals(learned(50, mean_s=9.0, sigma=0.2), 2.0, 2.0)
    assert Latency.known(mean_s=MEAN_S, sums=Sums(*latency.sums)) == latency


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=120))
def test_no_list_of_times_makes_a_fit_that_cannot_be_used(times):
    latency = Latency.known(mean_s=MEAN_S)
    for seconds in times:
        latency = latency.learn(seconds)
    assert 0 < latency.fit.mean_s < math.inf
    assert 0.05 <= latency.fit.sigma < math.inf


def with_refusals(latency: Latency, *seen_s: float) -> Latency:
    for seconds in seen_s:
        latency = latency.refuse(seconds)
    return latency


def test_before_the_first_job_a_few_refusals_are_expected_and_fewer_with_every_refit_that_saw_none():
    shares = [learned(jobs, mean_s=MEAN_S, sigma=0.3).refused for jobs in (0, 4, 10, 25, 50, 199)]
    assert shares == [0.06, 0.06, 0.04, 0.03, 0.02, 0.01]


@pytest.mark.parametrize("share", [0.03, 0.06, 0.20])
def test_the_share_of_early_refusals_is_learned(share):
    rng, latency, shares = random.Random(9), learned(50, mean_s=MEAN_S, sigma=0.3), []
    for _ in range(2000):
        took_s = rng.lognormvariate(math.log(MEAN_S), 0.3)
        latency = latency.refuse(2.5) if rng.random() < share else latency.learn(took_s)
        shares.append(latency.refused)
    assert sum(shares[500:]) / 1500 == pytest.approx(share, rel=0.25)


def test_a_burst_of_refusals_counts_at_once():
    latency = learned(100, mean_s=MEAN_S, sigma=0.3)
    assert latency.refused == 0.01
    assert with_refusals(latency, 7.5, 7.5, 7.5).refused >= 0.03


@pytest.mark.parametrize("seen_s", [MEAN_S, 60.0, math.inf, math.nan])
def test_a_refusal_as_late_as_the_pictures_is_no_early_one(seen_s):
    latency = learned(50, mean_s=MEAN_S, sigma=0.3)
    assert latency.refuse(seen_s) is latency


def test_refusals_of_long_ago_count_less():
    latency = with_refusals(learned(100, mean_s=MEAN_S, sigma=0.3), *[2.0] * 20)
    assert latency.refused > 0.10
    for _ in range(800):
        latency = latency.learn(MEAN_S)
    assert latency.refused <= 0.02


# ---------------------------------------------------------------- the inspection problem


@pytest.mark.parametrize("sigma", [0.15, 0.30, 0.50])
def test_a_fixed_second_costs_what_is_known_of_it(sigma):
    figures = expected(only(lognormal(mean_s=MEAN_S, sigma=sigma)), [float(k) for k in range(600)])
    assert figures.polls == pytest.approx(13.1, abs=0.05)
    assert figures.lag_s == pytest.approx(0.50, abs=0.005)


@pytest.mark.parametrize(("sigma", "polls"), [(0.15, 3.2), (0.30, 5.9), (0.50, 8.5)])
def test_the_optimum_needs_the_known_number_of_looks_for_half_a_second(sigma, polls):
    fit = lognormal(mean_s=MEAN_S, sigma=sigma)
    low, high = 0.001, 5.0
    while high / low > 1.001:  # the lag rises with the price
        price = math.sqrt(low * high)
        low, high = (
            (price, high) if expected(only(fit), best(only(fit), fit, price_s=price)).lag_s < 0.5 else (low, price)
        )
    assert expected(only(fit), best(only(fit), fit, price_s=high)).polls == pytest.approx(polls, abs=0.1)


def test_the_optimal_instants_are_the_known_ones():
    fit = lognormal(mean_s=MEAN_S, sigma=0.30)
    known = (7.7, 8.95, 9.95, 10.85, 11.7, 12.5, 13.25, 14.0, 14.7, 15.4)
    assert best(only(fit), fit, price_s=0.0865)[:10] == pytest.approx(known, abs=0.15)


def test_for_a_memoryless_latency_nothing_beats_a_fixed_gap():
    class Exponential(Law):
        def over(self, seconds):
            return -math.expm1(-seconds / 10.0)

        def time_over(self, seconds):
            return 10.0 - (seconds + 10.0) * math.exp(-seconds / 10.0)

    law, price_s = Exponential(()), 0.2
    instants = optimal_instants_s(law, until_s=120.0, price_s=price_s)
    gap_s = instants[10] / 11
    assert [b - a for a, b in pairwise(instants[:15])] == pytest.approx([gap_s] * 14, rel=0.1)
    found, fixed = expected(law, instants), expected(law, [gap_s * k for k in range(1, 61)])
    assert found.polls * price_s + found.lag_s == pytest.approx(fixed.polls * price_s + fixed.lag_s, rel=0.01)


@pytest.mark.parametrize("sigma", [0.10, 0.15, 0.20])
def test_looks_times_lag_is_about_the_spread(sigma):
    fit = lognormal(mean_s=MEAN_S, sigma=sigma)
    figures = expected(only(fit), best(only(fit), fit, price_s=0.03))
    spread_s = MEAN_S * math.sqrt(math.expm1(sigma**2))
    assert figures.polls * figures.lag_s == pytest.approx(spread_s, rel=0.15)


def test_a_share_of_early_ends_makes_the_optimum_look_early():
    fit = lognormal(mean_s=MEAN_S, sigma=0.30)
    law = Law(((0.94, fit), (0.06, lognormal(mean_s=2.0, sigma=0.25))))
    first, second, *_ = best(law, fit, price_s=0.085)
    assert 2.5 < first < 3.0
    assert 7.0 < second < 8.0


@settings(max_examples=60, deadline=None)
@given(
    sigma=st.floats(0.1, 0.7),
    price_s=st.floats(0.05, 3.0),
    moved=st.lists(st.floats(-0.15, 0.15), min_size=80, max_size=80),
)
def test_no_nearby_list_of_instants_is_cheaper_than_the_optimum(sigma, price_s, moved):
    fit = lognormal(mean_s=MEAN_S, sigma=sigma)
    law = Law(((0.94, fit), (0.06, lognormal(mean_s=2.0, sigma=0.25))))
    instants = best(law, fit, price_s=price_s)

    def cost(chosen):
        polls, lag_s = expected(law, chosen)
        return price_s * polls + lag_s

    others = [*sorted(t * (1 + m) for t, m in zip(instants[:-1], moved, strict=False)), instants[-1]]
    assert cost(instants) <= cost(others) * 1.005
    assert cost(instants) <= cost(instants[1:]) * 1.005
    assert list(instants) == sorted(set(instants))


def test_one_optimum_takes_a_few_milliseconds():
    fit = lognormal(mean_s=MEAN_S, sigma=0.30)
    best(only(fit), fit, price_s=0.1)
    assert yardsticks(lambda: best(only(fit), fit, price_s=0.1)) < 1
