"""Segmind at its worst: everything that can go wrong there does, at once and for hours, and the bot keeps its word."""

import asyncio
import multiprocessing
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Machine
from bot.jobs import Job, State
from bot.limiter import WINDOW_MS
from bot.sandbox.segmind import EVERY_CALL, POSTS, Call, CallKind, Fault, FaultKind, Hint, Rule
from bot.store import jobs as job_store
from bot.tracker.watching import Watcher
from tests.simulation import stumbles
from tests.simulation.outside import NETWORK_S, START_MS
from tests.simulation.scenario import FAST, IMAGEN_3, ULTRA
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request

# Pictures lie on another host, which knows no plan.
CALLS = EVERY_CALL - {CallKind.IMAGE}
GETS = CALLS - POSTS
# What each call may meet, and how often. Fates hit one job in twelve; every other kind of trouble one call in a hundred.
FATES = (
    FaultKind.ENDLESS,
    FaultKind.BACKWARDS,
    FaultKind.EXPIRED_EARLY,
    FaultKind.BLOCKED_WORDS,
    FaultKind.FAILED,
    FaultKind.SLOW,
)
WEATHER = (
    *(Rule(Fault(kind, seconds=900), POSTS, probability=0.014) for kind in FATES),
    Rule(Fault(FaultKind.ERROR_JSON), POSTS, probability=0.01),
    *(Rule(Fault(kind), POSTS, probability=0.005) for kind in (FaultKind.BAD_GATEWAY, FaultKind.ERROR_HTML)),
    *(Rule(Fault(kind, taken=True), POSTS, probability=0.005) for kind in (FaultKind.UNAVAILABLE, FaultKind.DROPPED)),
    Rule(Fault(FaultKind.DROPPED), EVERY_CALL, probability=0.01),
    Rule(Fault(FaultKind.STALLED, seconds=200), CALLS, probability=0.005),
    Rule(Fault(FaultKind.STALLED, seconds=200, taken=True), CALLS, probability=0.005),
    Rule(Fault(FaultKind.STALLED, seconds=20, taken=True), CALLS, probability=0.01),
    *(Rule(Fault(FaultKind.RATE_LIMITED, hint=hint), CALLS, probability=0.004) for hint in Hint),
    *(Rule(Fault(kind), GETS, probability=0.01) for kind in (FaultKind.UNAUTHORIZED, FaultKind.FORBIDDEN)),
    *(Rule(Fault(kind), GETS, probability=0.01) for kind in (FaultKind.ERROR_JSON, FaultKind.GATEWAY_TIMEOUT)),
    *(
        Rule(Fault(kind), EVERY_CALL, probability=0.006)
        for kind in (
            FaultKind.HTML,
            FaultKind.TRUNCATED_JSON,
            FaultKind.WRONG_TYPES,
            FaultKind.CUT_SHORT,
            FaultKind.SLOW_BODY,
            FaultKind.TRUNCATED_IMAGE,
            FaultKind.NOT_AN_IMAGE,
        )
    ),
)
# A job's hour, and what comes before and after it.
DEADLINE_S = 2.5 * 3600


async def _use(bot: Bot, count: int, *, gap_s: float) -> None:
    """So many requests for one image each, in a steady stream."""
    kinds = ({}, FAST, IMAGEN_3, ULTRA)
    for number in range(count):
        used = request(number, f"picture {number}", created_ms=bot.world.clock.now_ms(), **kinds[number % 4])
        assert await bot.ask(used) is None
        await bot.world.clock.sleep(gap_s)


def _storm(folder: Path, jobs: int, *, seed: int, gap_s: float = 0.2, **settings) -> World:
    world = World(folder, seed=seed, monthly_limit_credits=10**6, jobs_in_flight=2000, **settings)
    world.segmind.weather.add(*WEATHER)

    async def script(bot: Bot) -> None:
        await _use(bot, jobs, gap_s=gap_s)
        await bot.idle(DEADLINE_S)

    began_s = time.perf_counter()
    world.live(script, steps_max=2000 * jobs)
    print(
        f"\n{jobs} jobs in {time.perf_counter() - began_s:.1f} s, {world.steps} steps, {world.clock.at_s:.0f} s there"
    )
    return world


def _judge(world: World, jobs: int, *, per_minute: int) -> None:
    calls = Counter(call.kind.value for call in world.segmind.calls)
    statuses = Counter(call.status for call in world.segmind.calls)
    print(f"{dict(calls)}\n{dict(statuses)}")
    assert verdict(world) == []
    assert stumbles.taken() == []
    posts = calls["submit"] + calls["v1"]
    assert posts <= 1.2 * jobs, "a submit is repeated only where it was refused for good reason"
    assert sum(calls.values()) - calls["image"] <= 12 * jobs
    _nothing_came_before_a_reset(world)
    _no_minute_saw_more(world, per_minute)


def _planned(world: World) -> list[Call]:
    """The calls that take a turn of the plan's minute: all but the pictures."""
    return [call for call in world.segmind.calls if call.kind is not CallKind.IMAGE]


def _nothing_came_before_a_reset(world: World) -> None:
    """A 429 that says until when is believed: nothing leaves before, but for what was on its way already."""
    on_its_way_ms = 100
    resets = [
        (call.at_ms + on_its_way_ms, call.at_ms + 5_000)
        for call in world.segmind.calls
        if call.status == 429 and call.fault and call.fault.hint is not Hint.NONE
    ]
    assert resets
    asked = sorted(call.at_ms for call in _planned(world))
    at = 0
    for after_ms, until_ms in sorted(resets):
        while at < len(asked) and asked[at] <= after_ms:
            at += 1
        assert at == len(asked) or asked[at] >= until_ms, f"a call at {asked[at]}, before {until_ms}"


def _no_minute_saw_more(world: World, per_minute: int) -> None:
    asked = sorted(call.at_ms for call in _planned(world))
    minute_ms = WINDOW_MS - 1_000
    most = max(bisect_left(asked, first + minute_ms) - at for at, first in enumerate(asked))
    assert most <= per_minute


def _burst(world: World, jobs: int) -> list[Job]:
    """So many requests at once; returns the jobs as they ended."""
    ended: list[Job] = []

    async def script(bot: Bot) -> None:
        await asyncio.gather(*(bot.ask(request(number, f"picture {number}")) for number in range(jobs)))
        await bot.idle(24 * 3600)
        for number in range(jobs):
            ended.extend(await job_store.jobs_of(bot.db, request(number).interaction_id))

    world.live(script)
    assert verdict(world) == []
    assert stumbles.taken() == []
    return ended


@pytest.mark.parametrize(("per_minute", "jobs"), [(5, 25), (50, 100), (60, 100), (500, 250)])
def test_no_more_is_submitted_than_can_be_looked_at_and_fetched_within_the_hour(folder, per_minute, jobs):
    world = World(folder, segmind_requests_per_minute=per_minute)
    world.segmind.limiter.requests_per_minute = per_minute
    ended = _burst(world, jobs)
    assert {job.state for job in ended} == {State.DONE}
    assert not [call for call in world.segmind.calls if call.status == 429]
    waited_s = max((job.finished_ms or 0) - (job.submitting_ms or 0) for job in ended) / 1000
    asked = sum(call.kind is not CallKind.IMAGE for call in world.segmind.calls)
    print(f"\n{per_minute} a minute: {asked / jobs:.1f} requests an image, the slowest {waited_s:.0f} s at Segmind")
    assert waited_s < 900
    _no_minute_saw_more(world, per_minute)


@pytest.mark.parametrize("kind", [FaultKind.UNAUTHORIZED, FaultKind.OUT_OF_CREDITS])
def test_an_account_that_cannot_go_on_stops_every_new_submit(folder, kind):
    """Hundreds wait for their turn; once the refusal is here, at most one more request leaves."""
    world = World(folder, segmind_requests_per_minute=60)
    world.segmind.weather.add(Rule(Fault(kind), POSTS | {CallKind.BALANCE}, after=20))
    ended = _burst(world, 300)
    refused = [call for call in world.segmind.calls if call.status in {401, 406}]
    here_ms = min(call.answered_ms or 0 for call in refused) + round(NETWORK_S * 1000)
    left_later = [
        call for call in world.segmind.calls if call.kind in POSTS and call.at_ms - NETWORK_S * 1000 > here_ms
    ]
    assert len(left_later) <= 1
    assert sum(job.state is State.DONE for job in ended) == 20
    assert len(world.discord.alerts) == 1


def test_one_poisoned_job_in_a_thousand_delays_nobody(folder):
    """The bot stumbles over it three times, and the others end as they would without it."""

    def slowest_s(home: Path, plant: Callable[[Machine], None]) -> float:
        home.mkdir()
        world = World(home, segmind_requests_per_minute=2000, jobs_in_flight=2000, plant=plant)

        async def script(bot: Bot) -> None:
            await _use(bot, 200, gap_s=0.1)
            await bot.idle()

        world.live(script)
        assert verdict(world) == []
        rows = [act.at_ms for act in world.discord.acts if act.card.accent == "done"]
        assert len(rows) >= 199
        return max(rows) / 1000

    def poison(machine: Machine) -> None:
        machine.tracker._watcher.__class__ = _Stumbling

    clean, poisoned = slowest_s(folder / "clean", lambda machine: None), slowest_s(folder / "poisoned", poison)
    assert len(stumbles.taken()) == 3
    began_s = START_MS / 1000
    assert poisoned - began_s <= 1.05 * (clean - began_s)


class _Stumbling(Watcher):
    async def watch(self, job: Job) -> Job:
        if job.payload["prompt"] == "picture 100":
            raise ZeroDivisionError
        return await super().watch(job)


def test_in_the_worst_weather_every_job_ends_honestly(folder):
    world = _storm(folder, 500, seed=1, segmind_requests_per_minute=1000)
    _judge(world, 500, per_minute=1000)


def _five_hundred(work: tuple[Path, int]) -> int:
    home, seed = work
    home.mkdir()
    with stumbles.noted():
        _judge(_storm(home, 500, seed=seed, segmind_requests_per_minute=1000), 500, per_minute=1000)
    return 500


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_in_the_worst_weather_ten_thousand_jobs_end_honestly(folder):
    """Five hundred for each seed, so that two processes share them, and each seed brings weather of its own."""
    began_s = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(2) as processes:
        jobs = sum(processes.map(_five_hundred, [(folder / str(seed), seed) for seed in range(2, 22)], chunksize=1))
    print(f"\n{jobs} jobs in {time.perf_counter() - began_s:.0f} s")
    assert jobs == 10_000
