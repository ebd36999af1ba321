"""Stumbling, stopping, and a disk that is full, in virtual time."""

from typing import Any

from bot.errors import (
    StoreFull,
)
from bot.intake import Refusal
from bot.jobs import Job, Outcome, State
from bot.sandbox.segmind import CallKind, Fault, FaultKind, Rule
from bot.tracker.collecting import Collector
from bot.tracker.watching import Watcher
from tests.simulation import stumbles
from tests.simulation.living import REF, SUBMIT, asks, job, jobs_of, words
from tests.simulation.outside import START_MS
from tests.simulation.scenario import FAST
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request


def test_a_job_that_the_bot_stumbles_over_is_buried_and_the_others_are_not_delayed(folder):
    class Stumbles(Watcher):
        async def watch(self, job: Job) -> Job:
            if job.payload["prompt"] == "poison":
                raise ZeroDivisionError
            return await super().watch(job)

    def plant(machine: Any) -> None:
        machine.tracker._watcher.__class__ = Stumbles

    world = World(folder, plant=plant)
    world.live(asks(request(1, "poison"), *(request(number) for number in range(2, 30))))
    assert verdict(world) == []
    assert len(stumbles.taken()) == 3
    assert job(world).outcome is Outcome.FATE_UNKNOWN
    assert len(world.discord.alerts) == 1
    assert max(job(world, number).finished_ms for number in range(2, 30)) - START_MS < 60_000


def test_a_finished_picture_that_the_bot_stumbles_over_is_told_as_unfetched(folder):
    class Stumbles(Collector):
        async def bring(self, job: Job) -> Job:
            raise ZeroDivisionError

    def plant(machine: Any) -> None:
        machine.tracker._collector.__class__ = Stumbles

    world = World(folder, plant=plant)
    world.live(asks(request(1)))
    assert verdict(world) == []
    assert len(stumbles.taken()) == 3
    assert "could not be fetched" in words(world.discord.acts_of(REF)[-1])


def test_stopping_lets_the_post_that_is_out_get_its_answer(folder):
    world = World(folder)
    stalled = Rule(Fault(FaultKind.STALLED, seconds=3, taken=True), SUBMIT)
    world.segmind.weather.add(stalled)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await world.clock.sleep(1.0)
        since_ms = world.clock.now_ms()
        await bot.machine.tracker.stop(grace_s=6.0)
        assert 1_000 <= world.clock.now_ms() - since_ms < 6_000
        assert (await jobs_of(bot))[0].state is State.RUNNING
        assert isinstance(await bot.ask(request(2)), Refusal)

    world.live(script)


def test_once_stopping_no_new_post_leaves(folder):
    """One POST is out, and another job had its turn coming."""
    world = World(folder)
    world.segmind.weather.add(Rule(Fault(FaultKind.STALLED, seconds=200, taken=True), SUBMIT, when="first".__eq__))

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, "first"))
        await world.clock.sleep(0.5)
        limited = {"reset_ms": world.clock.now_ms() + 10_000}
        bot.machine.tools.budget.pause_until_ms(**limited)
        await bot.ask(request(2, "second"))
        await world.clock.sleep(0.5)
        await bot.machine.tracker.stop(grace_s=30.0)

    world.live(script)
    assert [call.prompt for call in world.segmind.calls if call.kind is CallKind.SUBMIT] == ["first"]


def test_stopping_ends_within_its_grace_and_the_next_start_finds_the_answer(folder):
    world = World(folder)
    world.segmind.weather.add(Rule(Fault(FaultKind.STALLED, seconds=50, taken=True), SUBMIT))

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await world.clock.sleep(1.0)
        since_ms = world.clock.now_ms()
        await bot.machine.tracker.stop(grace_s=6.0)
        assert world.clock.now_ms() - since_ms <= 6_100
        assert (await jobs_of(bot))[0].state is State.SUBMITTING

    world.live(script)
    world.live(Bot.idle)
    assert verdict(world) == []
    assert world.segmind.submits_taken == 1
    assert world.discord.acts_of(REF)[-1].card.images


def test_stopping_while_v1_draws_writes_the_picture_down_if_it_comes_in_time(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, **FAST))
        await world.clock.sleep(5.0)
        await bot.machine.tracker.stop(grace_s=60.0)
        assert (await jobs_of(bot))[0].state is State.DONE

    world.live(script)


def test_a_full_disk_is_waited_for_and_nothing_is_posted_twice(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        books = bot.machine.tracker._books
        real, refusals = books.db, 20

        class Full:
            def transaction(self) -> Any:
                nonlocal refusals
                refusals -= 1
                if refusals > 0:
                    raise StoreFull("disk full")
                return real.transaction()

            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

        await bot.machine.tracker.accept(request(1))
        world.accepted.add(request(1).interaction_id)
        world.defer(request(1))
        books.db = Full()
        await bot.machine.tracker.begin(request(1).interaction_id)
        await bot.idle()

    world.live(script)
    assert verdict(world) == []
    assert world.discord.acts_of(REF)[-1].card.images
