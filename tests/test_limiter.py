import asyncio
import itertools
import random
import selectors

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.latency import lognormal
from bot.limiter import BURST_MS, PAUSE_JITTER_MS, WINDOW_MS, Kind, RequestBudget, Window
from bot.pacing import LAST_LOOK_S, room_for, schedule, stretch

START_MS = 1_700_000_000_000


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time stands still while there is something to do, and jumps to the next timer when there is not."""

    def __init__(self):
        loop = self

        class Jumping(selectors.SelectSelector):
            def select(self, timeout=None):
                assert timeout is not None, "everybody waits for somebody else"
                loop.elapsed_s += max(timeout, 0.0)
                return super().select(0)

        self.elapsed_s = 0.0
        super().__init__(Jumping())

    def time(self):
        return self.elapsed_s


class VirtualClock:
    """The loop's time as wall time; `set_back_ms` is what an operator does to it."""

    def __init__(self, loop):
        self.loop = loop
        self.set_back_ms = 0
        self.sleeps = 0

    def now_ms(self):
        return START_MS - self.set_back_ms + round(self.loop.time() * 1000)

    async def sleep(self, seconds):
        self.sleeps += 1
        await asyncio.sleep(seconds)


def play(scene, *, per_minute):
    """Run `scene(budget, clock)` in virtual time and return what it returns."""
    loop = VirtualLoop()
    try:
        clock = VirtualClock(loop)
        return loop.run_until_complete(scene(RequestBudget(per_minute, clock, random.Random(1)), clock))
    finally:
        loop.close()


async def queue(budget, clock, kinds):
    """The order in which these kinds leave when all ask at once, and when."""
    left = []

    async def ask(name, kind):
        await budget.take(kind)
        left.append((name, clock.now_ms() - START_MS))

    await asyncio.gather(*(ask(name, kind) for name, kind in enumerate(kinds)))
    return left


# ---------------------------------------------------------------- no minute has more

ASKED = st.tuples(
    st.integers(0, 90_000),  # after so many ms
    st.sampled_from(list(Kind)),
    st.none() | st.integers(0, 30_000),  # gives up after so many ms
)
REFUSALS = st.tuples(st.integers(0, 120_000), st.none() | st.integers(-5_000, 40_000))


def arrive(asked, refusals, per_minute):
    """When each request left (None: gave up), and the pauses as (from, until)."""
    left, pauses = {}, []

    async def scene(budget, clock):
        async def ask(name, after_ms, kind, patience_ms):
            await asyncio.sleep(after_ms / 1000)
            try:
                async with asyncio.timeout(None if patience_ms is None else patience_ms / 1000):
                    await budget.take(kind)
            except TimeoutError:
                left[name] = None
            else:
                left[name] = clock.now_ms()

        async def refuse(after_ms, reset_ms):
            await asyncio.sleep(after_ms / 1000)
            now_ms = clock.now_ms()
            budget.pause_until_ms(None if reset_ms is None else now_ms + reset_ms)
            if reset_ms is not None and reset_ms > 0:
                pauses.append((now_ms, now_ms + reset_ms))

        await asyncio.gather(
            *(ask(name, *each) for name, each in enumerate(asked)), *(refuse(*each) for each in refusals)
        )

    play(scene, per_minute=per_minute)
    return left, pauses


@settings(max_examples=150, deadline=None)
@given(
    asked=st.lists(ASKED, max_size=60),
    refusals=st.lists(REFUSALS, max_size=4),
    per_minute=st.sampled_from([1, 5, 12, 60]),
)
def test_no_minute_however_it_is_cut_has_more_than_the_plan_allows(asked, refusals, per_minute):
    left, pauses = arrive(asked, refusals, per_minute)
    assert len(left) == len(asked)  # everybody left or gave up: nobody hangs
    times = sorted(at for at in left.values() if at is not None)
    assert all(b - a >= WINDOW_MS > 60_000 for a, b in zip(times, times[per_minute:], strict=False))
    burst = max(5, per_minute // 10)
    assert all(b - a >= BURST_MS for a, b in zip(times, times[burst:], strict=False))
    assert not [at for at in times for since, until in pauses if since < at < until]
    assert all(left[name] is not None for name, (_, _, patience_ms) in enumerate(asked) if patience_ms is None)


def test_what_the_plan_allows_is_used():
    left = play(lambda budget, clock: queue(budget, clock, [Kind.STATUS] * 300), per_minute=60)
    assert left[59][1] <= 11_000  # a minute's worth, six a second
    assert left[-1][1] <= 4 * WINDOW_MS + 11_000


def test_a_request_on_an_idle_plan_does_not_wait_or_sleep():
    async def scene(budget, clock):
        await budget.take(Kind.SUBMIT)
        return clock.now_ms(), clock.sleeps

    assert play(scene, per_minute=5) == (START_MS, 0)


def test_waiting_costs_one_sleep_a_departure_at_most():
    async def scene(budget, clock):
        await queue(budget, clock, [Kind.STATUS] * 200)
        return clock.sleeps

    assert play(scene, per_minute=60) <= 200


# ---------------------------------------------------------------- whose turn it is


def test_results_go_before_looks_and_looks_before_the_rest():
    kinds = [Kind.STATUS, Kind.SUBMIT, Kind.HISTORY, Kind.BALANCE, Kind.STATUS, Kind.RESULT]
    left = play(lambda budget, clock: queue(budget, clock, kinds), per_minute=1)
    # The first one found the plan idle.
    assert [kinds[name] for name, _ in left[1:]] == [Kind.RESULT, Kind.STATUS, Kind.BALANCE, Kind.HISTORY, Kind.SUBMIT]


def test_within_a_kind_the_older_due_goes_first():
    async def scene(budget, clock):
        left = []

        async def ask(due_ms):
            await budget.take(Kind.STATUS, due_ms=due_ms)
            left.append(due_ms)

        await budget.take(Kind.STATUS)
        await asyncio.gather(*(ask(START_MS + due) for due in (30, 10, 50, 20, 40)))
        return [due - START_MS for due in left]

    assert play(scene, per_minute=1) == [10, 20, 30, 40, 50]


def test_every_fifth_turn_goes_to_a_submit_while_looks_never_end():
    kinds = [Kind.STATUS] * 100 + [Kind.SUBMIT] * 10
    left = play(lambda budget, clock: queue(budget, clock, kinds), per_minute=1)
    turns = [number for number, (name, _) in enumerate(left) if kinds[name] is Kind.SUBMIT]
    assert turns[0] == 5
    assert [b - a for a, b in itertools.pairwise(turns)] == [5] * 9


def test_a_look_up_is_not_starved_by_looks():
    kinds = [Kind.STATUS] * 50 + [Kind.HISTORY]
    left = play(lambda budget, clock: queue(budget, clock, kinds), per_minute=1)
    assert [kinds[name] for name, _ in left].index(Kind.HISTORY) == 5


@pytest.mark.parametrize("leaver", [0, 1, 5])
def test_who_gives_up_while_waiting_holds_nobody_up(leaver):
    async def scene(budget, clock):
        await queue(budget, clock, [Kind.STATUS] * 5)
        waiting = [asyncio.ensure_future(budget.take(Kind.STATUS)) for _ in range(6)]
        await clock.sleep(1.0)
        waiting.pop(leaver).cancel()
        await asyncio.gather(*waiting)
        return clock.now_ms() - START_MS

    assert play(scene, per_minute=5) == WINDOW_MS


def test_all_may_give_up_and_the_next_one_still_gets_its_turn():
    async def scene(budget, clock):
        await queue(budget, clock, [Kind.STATUS] * 5)
        waiting = [asyncio.ensure_future(budget.take(kind)) for kind in Kind]
        await clock.sleep(1.0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await budget.take(Kind.SUBMIT)
        return clock.now_ms() - START_MS

    assert play(scene, per_minute=5) == WINDOW_MS


# ---------------------------------------------------------------- a 429


def pause_after(*, resets, successes=()):
    """How long nothing leaves after each of these 429s, in ms; each comes when the pause before has passed."""

    async def scene(budget, clock):
        waited = []
        for number, reset_ms in enumerate(resets):
            began = clock.now_ms()
            if number in successes:
                budget.succeeded()
            budget.pause_until_ms(None if reset_ms is None else began + reset_ms)
            await budget.take(Kind.RESULT)
            waited.append(clock.now_ms() - began)
        return waited

    return play(scene, per_minute=1000)


def about(*seconds):
    return [pytest.approx(s * 1000 + PAUSE_JITTER_MS / 2, abs=PAUSE_JITTER_MS / 2) for s in seconds]


def test_nothing_leaves_before_the_reset_and_something_soon_after():
    assert pause_after(resets=[17_000]) == about(17)


def test_without_a_reset_the_pauses_double_up_to_a_minute():
    assert pause_after(resets=[None] * 8) == about(1, 2, 4, 8, 16, 32, 60, 60)


def test_a_success_makes_the_next_pause_small_again():
    assert pause_after(resets=[None] * 5, successes={3}) == about(1, 2, 4, 1, 2)


def test_a_reset_that_has_passed_already_counts_as_none():
    assert pause_after(resets=[-3_000, -3_000, 0]) == about(1, 2, 4)


def test_a_reset_in_another_year_is_not_believed():
    assert pause_after(resets=[10**9]) == about(600)


def test_a_volley_of_429s_is_one_reason_to_wait_longer():
    async def scene(budget, clock):
        for _ in range(20):
            budget.pause_until_ms(None)
            budget.succeeded()  # answers to requests that left before the pause say nothing about it
        await budget.take(Kind.STATUS)
        first = clock.now_ms() - START_MS
        budget.pause_until_ms(None)
        await budget.take(Kind.STATUS)
        return [first, clock.now_ms() - START_MS - first]

    assert play(scene, per_minute=60) == about(1, 2)


def test_a_pause_that_comes_while_others_wait_holds_them_too():
    async def scene(budget, clock):
        await queue(budget, clock, [Kind.STATUS] * 5)
        waiting = asyncio.ensure_future(budget.take(Kind.RESULT))
        await clock.sleep(60.0)
        budget.pause_until_ms(clock.now_ms() + 30_000)
        await waiting
        return [clock.now_ms() - START_MS]

    assert play(scene, per_minute=5) == about(90)


# ---------------------------------------------------------------- what is left


def test_what_left_is_counted_for_a_minute():
    async def scene(budget, clock):
        seen = [(budget.free_now, budget.used_last_minute)]
        for wait_s in (0.0, 2.0, 57.0, 3.0):
            await clock.sleep(wait_s)
            if wait_s < 3.0:
                await queue(budget, clock, [Kind.STATUS] * 4)
            seen.append((budget.free_now, budget.used_last_minute))
        budget.pause_until_ms(None)
        seen.append((budget.free_now, budget.used_last_minute))
        return seen

    assert play(scene, per_minute=12) == [(5, 0), (1, 4), (1, 8), (4, 8), (5, 4), (0, 4)]


def test_the_load_tells_what_is_free_now_and_what_will_be():
    async def scene(budget, clock):
        await queue(budget, clock, [Kind.STATUS] * 5)
        await clock.sleep(50.0)
        return [budget.load(jobs=2, mean_s=mean_s) for mean_s in (5.0, 12.0, 73.0)]

    loads = play(scene, per_minute=12)
    assert {(load.jobs, load.per_minute, load.free) for load in loads} == {(2, 12, 7)}
    assert [load.soon for load in loads] == [7, 12, 24]


def test_a_wall_clock_that_is_set_back_makes_nobody_wait_for_it():
    async def scene(budget, clock):
        await queue(budget, clock, [Kind.STATUS] * 5)
        clock.set_back_ms = 3_600_000
        began = clock.loop.time()
        await budget.take(Kind.RESULT)
        waited = clock.loop.time() - began
        budget.pause_until_ms(clock.now_ms() + 20_000)
        await budget.take(Kind.RESULT)
        return waited, (clock.loop.time() - began - waited) * 1000

    waited, paused_ms = play(scene, per_minute=5)
    assert waited == pytest.approx(WINDOW_MS / 1000, abs=0.01)
    assert paused_ms == pytest.approx(20_500, abs=510) or paused_ms == pytest.approx(WINDOW_MS, abs=10)


@settings(deadline=None)
@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=80), st.integers(1, 30), st.integers(0, 200_000))
def test_what_is_free_ahead_is_what_then_could_leave(gaps, per_minute, ahead_ms):
    window, now_ms = Window(per_minute, random.Random(1)), START_MS
    for gap in gaps:
        now_ms = max(now_ms + gap, window.next_ms())
        window.leave(now_ms)
    promised, until_ms, count = window.free_within(ahead_ms, now_ms=now_ms), now_ms + ahead_ms, 0
    recent = [at for at in window._left_ms if at + WINDOW_MS > now_ms]
    while True:  # as fast as the minute allows, the burst aside
        now_ms = max(now_ms, recent[-per_minute] + WINDOW_MS) if len(recent) >= per_minute else now_ms
        if now_ms > until_ms:
            break
        recent.append(now_ms)
        count += 1
    assert promised == count


# ---------------------------------------------------------------- all of it together


@pytest.mark.parametrize(
    ("jobs", "per_minute", "mean_s", "lag_max_s"),
    [(12, 5, 11.61, 30), (60, 60, 11.61, 3), (200, 500, 11.61, 3), (200, 120, 90.0, 6), (100, 60, 700.0, 15)],
)
def test_every_job_is_fetched_well_within_its_hour_even_in_a_flood(jobs, per_minute, mean_s, lag_max_s):
    """All come at once; the pace believes in 11.6 s, also where it takes much longer."""
    believed, true, rng = lognormal(mean_s=11.61, sigma=0.3), lognormal(mean_s=mean_s, sigma=0.3), random.Random(4)
    lags, ages, running = [], [], 0

    async def follow(budget, clock):
        nonlocal running
        await budget.take(Kind.SUBMIT)
        began, over = clock.loop.time(), rng.lognormvariate(true.mu, true.sigma)
        while clock.loop.time() - began < over:
            plan = schedule(believed, stretch(budget.load(jobs=running, mean_s=believed.mean_s)))
            elapsed = clock.loop.time() - began
            due = plan.next_poll_s(elapsed, rng)
            await clock.sleep(due - elapsed)
            await budget.take(Kind.STATUS)
        await budget.take(Kind.RESULT)
        running -= 1
        ages.append(clock.loop.time() - began)
        lags.append(ages[-1] - over)

    async def scene(budget, clock):
        nonlocal running
        async with asyncio.TaskGroup() as group:
            waiting = jobs
            while waiting:
                for _ in range(min(waiting, room_for(budget.load(jobs=running, mean_s=believed.mean_s)))):
                    waiting, running = waiting - 1, running + 1
                    group.create_task(follow(budget, clock))
                await clock.sleep(1.0)

    play(scene, per_minute=per_minute)
    assert len(ages) == jobs
    assert max(ages) < LAST_LOOK_S
    assert sum(lags) / jobs < lag_max_s
