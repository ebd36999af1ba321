"""The loop that the simulations run on. It rests on asyncio's private names, so this runs for every Python in use."""

import asyncio
import itertools
import time

import pytest

from tests.simulation.det_loop import DetLoop, PowerCut, Stuck


async def _chatter(log: list[str]) -> None:
    async def speak(name: str) -> None:
        for number in range(3):
            log.append(f"{name}{number}")
            await asyncio.sleep(0)

    await asyncio.gather(*(speak(name) for name in "abc"))


def _order(seed: int) -> list[str]:
    log: list[str] = []
    DetLoop(seed=seed).run(_chatter(log))
    return log


def test_the_same_seed_gives_the_same_order_and_another_seed_another_one():
    assert _order(1) == _order(1)
    assert len({tuple(_order(seed)) for seed in range(10)}) > 5


def test_a_day_of_waiting_takes_no_time():
    async def wait() -> float:
        async with asyncio.timeout(90_000):
            await asyncio.sleep(86_400)
        return asyncio.get_running_loop().time()

    began_s = time.perf_counter()
    assert DetLoop(seed=0, start_s=5.0).run(wait()) == 86_405.0
    assert time.perf_counter() - began_s < 60


def test_timers_go_off_in_the_order_of_their_moments():
    async def wait() -> list[int]:
        rung: list[int] = []

        async def ring(seconds: int) -> None:
            await asyncio.sleep(seconds)
            rung.append(seconds)

        await asyncio.gather(*(ring(seconds) for seconds in (30, 10, 20)))
        return rung

    assert DetLoop(seed=3).run(wait()) == [10, 20, 30]


def test_an_executor_works_inline_and_hands_its_error_over():
    async def ask() -> None:
        assert await asyncio.to_thread(int, "7") == 7
        with pytest.raises(ValueError, match="invalid literal"):
            await asyncio.to_thread(int, "seven")

    DetLoop(seed=0).run(ask())


def test_after_a_power_cut_nothing_runs_any_more():
    log: list[str] = []

    async def work() -> None:
        try:
            while True:
                log.append("work")
                await asyncio.sleep(1)
        finally:
            await asyncio.sleep(0)
            log.append("cleaned up")

    loop = DetLoop(seed=0, crash_at=10)
    with pytest.raises(PowerCut):
        loop.run(work())
    assert loop.steps == 10
    assert "work" in log
    assert "cleaned up" not in log


def test_work_without_end_is_a_failure_and_not_a_wait():
    async def spin() -> None:
        for _ in itertools.count():
            await asyncio.sleep(0)

    with pytest.raises(Stuck, match="after 1000 steps"):
        DetLoop(seed=0, steps_max=1000).run(spin())


def test_waiting_for_what_never_comes_is_a_failure_and_not_a_wait():
    async def wait() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Stuck, match="nothing will come"):
        DetLoop(seed=0).run(wait())


def test_a_task_that_nobody_asked_about_its_error_is_noted():
    async def fail() -> None:
        raise LookupError("lost")

    async def leave() -> None:
        asyncio.get_running_loop().create_task(fail())
        await asyncio.sleep(1)

    loop = DetLoop(seed=0)
    loop.run(leave())
    assert len(loop.unhandled) == 1
    assert "LookupError('lost')" in loop.unhandled[0]
