"""Whose turn it is, and what is accepted at all, in virtual time."""

import asyncio

from bot.jobs import Outcome, State, Way
from bot.sandbox.segmind import POSTS, Fault, FaultKind, Rule
from tests.simulation.living import (
    SUBMIT,
    asks,
    calls,
    job,
    jobs_of,
    lived,
)
from tests.simulation.outside import START_MS
from tests.simulation.scenario import ULTRA
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request

RUNNING = """SELECT user_id, SUM(CASE WHEN state = 'accepted' THEN 0 ELSE 1 END) AS images
    FROM jobs JOIN requests USING (interaction_id) WHERE finished_ms IS NULL GROUP BY user_id"""


def test_a_job_back_in_line_keeps_its_place(folder):
    limited = Rule(Fault(FaultKind.RATE_LIMITED, seconds=20), SUBMIT, times=1, when="first".__eq__)
    world = World(folder, jobs_in_flight=1)
    world.segmind.weather.add(limited)

    async def script(bot: Bot) -> None:
        for number, prompt in enumerate(("first", "second", "third"), start=1):
            await bot.ask(request(number, prompt))
        await bot.idle()

    world.live(script)
    assert [taken.prompt for taken in world.segmind.requests] == ["first", "second", "third"]
    assert verdict(world) == []


def test_one_that_is_refused_does_not_hold_up_the_others(folder):
    limited = Rule(Fault(FaultKind.RATE_LIMITED, seconds=3), SUBMIT, when="hopeless".__eq__)
    world = lived(folder, request(1, "hopeless"), request(2), request(3, **ULTRA), rules=(limited,))
    assert job(world, 1).outcome is Outcome.PROVIDER_BUSY
    assert job(world, 2).state is job(world, 3).state is State.DONE
    assert job(world, 2).finished_ms - START_MS < 60_000


def test_a_job_that_cannot_reach_segmind_is_tried_for_ten_minutes_and_then_told(folder):
    world = World(folder)
    world.unreachable = lambda body: "island" in body
    world.live(asks(request(1, "island"), request(2)))
    assert verdict(world) == []
    assert job(world, 1).outcome is Outcome.PROVIDER_UNREACHABLE
    assert 600_000 <= job(world, 1).finished_ms - START_MS < 660_000
    assert job(world, 2).finished_ms - START_MS < 60_000


def test_the_same_interaction_twice_is_one_request(folder):
    world = lived(folder, request(1), request(1))
    assert world.segmind.submits_taken == 1


def test_what_was_accepted_but_never_begun_starts_after_half_a_minute(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.machine.tracker.accept(request(1))
        world.accepted.add(request(1).interaction_id)
        world.defer(request(1))
        await bot.idle()

    world.live(script)
    assert verdict(world) == []
    assert world.discord.acts[0].at_ms - START_MS >= 30_000


def test_what_was_called_off_costs_nothing_and_is_told_in_the_channel(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.machine.tracker.accept(request(1))
        await bot.machine.tracker.call_off(request(1).interaction_id)
        await bot.idle()
        assert [each.state for each in await jobs_of(bot)] == [State.CANCELLED]

    world.live(script)
    assert verdict(world) == []
    assert [act.way for act in world.discord.acts] == [Way.CHANNEL]
    assert calls(world, *POSTS) == 0


def test_two_hundred_requests_against_credits_for_thirty_accept_exactly_thirty(folder):
    world = World(folder, monthly_limit_credits="1.8")

    async def script(bot: Bot) -> None:
        refusals = await asyncio.gather(*(bot.ask(request(number)) for number in range(200)))
        assert sum(refusal is None for refusal in refusals) == 30
        await bot.idle()

    world.live(script)
    assert verdict(world) == []


def test_who_asks_for_many_delays_the_others_by_one_of_them(folder):
    world = World(folder, jobs_in_flight=2)

    async def script(bot: Bot) -> None:
        for number in range(1, 6):
            await bot.ask(request(number, "many", user_id=1, count=4))
        await bot.ask(request(50, "another member", user_id=2))
        await bot.ask(request(51, "another server", user_id=3, guild_id=9))
        await bot.idle()

    world.live(script)
    first = [taken.prompt for taken in world.segmind.requests][:5]
    assert {"another member", "another server"} <= {*first}
    assert verdict(world) == []


def test_no_member_and_no_server_has_more_running_than_its_share_also_after_a_power_cut(folder):
    world = World(folder, jobs_per_member=2, jobs_per_server=3)
    most = []

    async def script(bot: Bot) -> None:
        for number in range(1, 4):
            await bot.ask(request(number, user_id=number, count=4))
        await watched(bot)

    async def watched(bot: Bot) -> None:
        while running := await bot.db.fetch(RUNNING):
            most.append((max(row["images"] for row in running), sum(row["images"] for row in running)))
            await world.clock.sleep(0.5)
        await bot.idle()

    assert not world.live(script, crash_at=700)
    assert world.live(watched)
    assert [max(each) for each in zip(*most, strict=True)] == [2, 3]
    assert verdict(world) == []
