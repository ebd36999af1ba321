"""The power is cut at every moment between acceptance and delivery, and again while the bot recovers.

Replay one failure: the name in front of it tells the seed and the steps.
"""

import contextlib
import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.pool import Pool
from pathlib import Path

import pytest

from bot.jobs import Request
from tests.simulation import stumbles
from tests.simulation.crashes import Crashes, Report
from tests.simulation.planted import PLANTED
from tests.simulation.scenario import HALVES, REQUESTS, SHORT, SHORT_HALVES, story, world
from tests.simulation.verdict import verdict


def _crashes(folder: Path, requests: Sequence[Request], *, seed: int, planted: str | None = None) -> Crashes:
    home, scratch = folder / "home", folder / "scratch"
    home.mkdir(parents=True)
    scratch.mkdir()
    changes = {"plant": PLANTED[planted]} if planted else {}
    return Crashes(world(home, seed=seed, **changes), story(requests), scratch=scratch)


def _singles(work: tuple[Path, int]) -> Report:
    """Every moment of one half of the story."""
    folder, number = work
    with stumbles.noted():
        return _crashes(folder, HALVES[number], seed=0).run()


def _doubles(work: tuple[Path, int]) -> Report:
    """The double power cuts of one half of the story, with an order of steps of its own."""
    folder, number = work
    with stumbles.noted():
        crashes = _crashes(folder, SHORT_HALVES[number], seed=1 + number)
        return crashes.run(share=0.25, double_share=0.5, double_max=1000 // len(HALVES))


def test_the_story_has_every_move_and_every_way_in_it(folder):
    """Without a crash: nothing is violated, and what the story is for happens in it."""
    seen = world(folder)
    seen.live(story())
    assert verdict(seen) == []
    assert stumbles.taken() == []
    jobs = sum(int(request.values.get("count", 1)) for request in REQUESTS)
    assert jobs >= 12
    ways = {act.way.value for act in seen.discord.acts}
    assert {"reply", "channel", "direct"} <= ways
    with contextlib.closing(sqlite3.connect(seen.database)) as database:
        ends = {*database.execute("SELECT state, outcome FROM jobs")}
        shown = {row[0] for row in database.execute("SELECT shown FROM requests")}
    assert ends == {
        ("done", None),
        ("failed", "blocked_words"),
        ("failed", "blocked_picture"),
        ("failed", "provider_failed"),
        ("failed", "model_retired"),
        ("lost", "fate_unknown"),
        ("lost", "result_expired"),
        ("cancelled", "not_answered"),
        ("cancelled", "removed"),
        ("cancelled", "called_off"),
        ("done", "removed"),
    }
    assert shown == {"delivered", "kept"}


@pytest.fixture(scope="module")
def processes() -> Iterator[Pool]:
    # One process imports everything, and each that works is forked from it: a fork of this one would have its threads.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with context.Pool(len(HALVES)) as processes:
        yield processes


def _in_parallel(processes: Pool, task: Callable[[tuple[Path, int]], Report], folder: Path) -> list[Report]:
    """A report for each half of the story."""
    return processes.map(task, [(folder / str(number), number) for number in range(len(HALVES))])


def test_a_power_cut_at_every_step_loses_nothing_and_does_nothing_twice(folder, processes):
    reports = _in_parallel(processes, _singles, folder)
    steps, crashes = sum(report.steps for report in reports), sum(report.crashes for report in reports)
    print(f"\n{steps} steps, {crashes} moments that leave something else behind")
    assert [violation for report in reports for violation in report.violations] == []
    assert steps >= 400
    assert crashes >= 250


def test_another_power_cut_during_recovery_changes_nothing(folder, processes):
    reports = _in_parallel(processes, _doubles, folder)
    crashes, doubles = sum(report.crashes for report in reports), sum(report.double for report in reports)
    print(f"\n{crashes} single and {doubles} double power cuts")
    assert [violation for report in reports for violation in report.violations] == []
    assert doubles >= 1000


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_bug_is_found(folder, planted):
    report = _crashes(folder, SHORT, seed=0, planted=planted).run(violations_max=1)
    print(f"\n{planted}: {len(report.violations)} violations after {report.crashes} crashes")
    assert report.violations


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(100))
def test_a_power_cut_at_every_step_of_many_orders(folder, seed):
    report = _crashes(folder, REQUESTS, seed=seed).run(double_share=0.01, double_max=100)
    assert report.violations == []
    assert report.double == 100
