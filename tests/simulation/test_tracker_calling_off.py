"""Calling off what waits, sharing what is private, and what runs and waits in a server, in virtual time."""

import asyncio
from functools import partial

import pytest

from bot.app import Machine
from bot.cards.writer import ref_of
from bot.jobs import Cancelled, Delivery, Outcome, Reach, Request, Shown, State
from bot.sandbox.segmind import Fault, FaultKind, Rule
from bot.store import sharing
from bot.store.sqlite import Sqlite
from bot.tracker.books import Books
from bot.turns import Place
from tests.simulation import stumbles
from tests.simulation.living import REF, SUBMIT, jobs_of, words
from tests.simulation.outside import NETWORK_S, START_MS
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request

ID = request(1).interaction_id


def states(jobs):
    return [job.state for job in jobs]


@pytest.mark.parametrize("tenths", range(0, 60, 2))
def test_whenever_it_is_called_off_what_started_is_made_and_the_rest_is_given_back(folder, tenths):
    """One image is made, one waits, one is turned away for two seconds and waits with the line."""
    world = World(folder, jobs_per_member=2)
    world.segmind.weather.add(Rule(Fault(FaultKind.RATE_LIMITED, seconds=2), SUBMIT, times=1))
    told = []

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, count=3))
        await world.clock.sleep(tenths / 10)
        before = await jobs_of(bot)
        told.append(await bot.machine.tracker.cancel(ID))
        assert told[0].cancelled + told[0].under_way == sum(not job.ended for job in before)
        await bot.idle()
        world.found[ID] = await jobs_of(bot)

    world.live(script)
    off = [job for job in world.found[ID] if job.outcome is Outcome.CALLED_OFF]
    assert told[0].cancelled == len(off)
    assert world.segmind.submits_taken == 3 - len(off)
    assert verdict(world) == []
    assert stumbles.taken() == []


def test_what_waits_is_called_off_at_once_and_its_card_says_so(folder):
    world = World(folder, jobs_per_member=1)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, user_id=5))
        await bot.ask(request(2, user_id=5, count=2))
        await world.clock.sleep(1)
        assert await bot.machine.tracker.cancel(request(2).interaction_id) == Cancelled(cancelled=2, under_way=0)
        await world.clock.sleep(1)
        assert await bot.machine.tracker.queue(7) != []
        assert "Called off" in words(world.discord.acts_of(ref_of(request(2).interaction_id))[-1])
        assert "0.12 credits" in words(world.discord.acts_of(ref_of(request(2).interaction_id))[-1])
        await bot.idle()

    world.live(script)
    assert world.segmind.submits_taken == 1
    assert verdict(world) == []


def test_what_is_at_segmind_goes_on_and_that_is_said(folder):
    world = World(folder, jobs_per_member=1)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, count=2))
        await world.clock.sleep(1)
        assert await bot.machine.tracker.cancel(ID) == Cancelled(cancelled=1, under_way=1)
        assert await bot.machine.tracker.cancel(ID) == Cancelled(cancelled=0, under_way=1)
        await bot.idle()
        assert states(await jobs_of(bot)) == [State.DONE, State.CANCELLED]
        assert await bot.machine.tracker.cancel(ID) == Cancelled(cancelled=0, under_way=0)

    world.live(script)
    assert verdict(world) == []


def test_what_was_accepted_and_not_begun_is_called_off_too(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.machine.tracker.accept(request(1))
        world.accepted.add(ID)
        assert await bot.machine.tracker.cancel(ID) == Cancelled(cancelled=1, under_way=0)
        world.defer(request(1))
        await bot.machine.tracker.begin(ID)
        await bot.idle()

    world.live(script)
    assert world.segmind.submits_taken == 0
    assert verdict(world) == []


def test_what_is_called_off_makes_others_wait_no_longer(folder):
    world = World(folder, jobs_in_flight=1)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, "runs", user_id=1))
        await world.clock.sleep(1)
        await bot.ask(request(2, "called off", user_id=2, count=4))
        await bot.ask(request(3, "waits", user_id=3))
        await bot.machine.tracker.cancel(request(2).interaction_id)
        _, waiting = await bot.machine.tracker.queue(7)
        assert (waiting.request.prompt, waiting.place) == ("waits", Place(ahead=0, here=1))
        await bot.idle()

    world.live(script)
    assert verdict(world) == []


def test_one_that_comes_back_into_the_line_while_others_are_called_off_has_its_turn(folder):
    """Segmind's refusal and the member's press meet, in any order of steps."""
    for spins in range(20):
        (folder / str(spins)).mkdir()
        world = World(folder / str(spins), seed=spins, jobs_per_member=1)
        world.segmind.weather.add(Rule(Fault(FaultKind.RATE_LIMITED, seconds=2), SUBMIT, times=1))
        live = partial(_called_off_as_it_comes_back, spins)
        world.live(live)
        assert verdict(world) == []


async def _called_off_as_it_comes_back(spins: int, bot: Bot) -> None:
    await bot.ask(request(1, count=2))
    while not bot.world.segmind.calls:
        await bot.world.clock.sleep(0.001)
    await bot.world.clock.sleep(NETWORK_S)
    for _ in range(spins):
        await asyncio.sleep(0)
    await bot.machine.tracker.cancel(ID)
    await bot.idle()


def test_a_request_that_nobody_knows_is_not_called_off(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        assert await bot.machine.tracker.cancel(404) == Cancelled(cancelled=0, under_way=0)

    world.live(script)


def test_what_runs_comes_before_what_waits_and_that_in_the_order_of_its_turns(folder):
    world = World(folder, jobs_in_flight=1)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, "runs", user_id=1))
        await world.clock.sleep(1)
        await bot.ask(request(2, "twice", user_id=1, count=2))
        await bot.ask(request(3, "another", user_id=2))
        await bot.ask(request(4, "elsewhere", user_id=2, guild_id=9))
        found = await bot.machine.tracker.queue(7)
        assert [(each.request.prompt, len(each.jobs), each.waits) for each in found] == [
            ("runs", 1, False),
            ("twice", 2, True),
            ("another", 1, True),
        ]
        assert [each.place and each.place.ahead for each in found] == [None, 0, 1]
        await bot.idle()
        assert await bot.machine.tracker.queue(7) == []

    world.live(script)
    assert verdict(world) == []


# ---------------------------------------------------------------- sharing


async def share(bot: Bot, *, spoiler: bool = False) -> bool:
    """What the door does with a press: answer it publicly, share, have the card shown."""
    now_ms = bot.world.clock.now_ms()
    bot.world.defer(request(1, reply="press", private=False, created_ms=now_ms))
    shared = await share_in(bot.db, now_ms=now_ms, spoiler=spoiler)
    await bot.machine.tracker.reopen(ID)
    return shared


async def share_in(db: Sqlite, *, now_ms: int = START_MS, spoiler: bool = False) -> bool:
    async with db.transaction() as tx:
        return await sharing.share(
            tx,
            ID,
            reply="press",
            reply_ms=now_ms,
            channel_id=8,
            place_id=8,
            filesize_limit_bytes=10 * 2**20,
            spoiler=spoiler,
            reach=Reach.CHANNEL,
        )


def test_a_private_card_is_shared_with_all_of_its_images(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, count=2, private=True))
        await bot.idle()
        assert await share(bot)
        await bot.idle()
        assert not await share(bot)

    world.live(script)
    private, public = world.discord.of(REF)[:2]
    assert (private.place, public.place) == ("private:101", "channel:8")
    assert sorted(private.files.values()) == sorted(public.files.values())
    assert len(public.files) == 2
    assert verdict(world) == []


def test_a_day_later_it_is_shared_under_the_life_of_the_press(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, private=True))
        await bot.idle()
        await world.clock.sleep(86_400)
        assert await share(bot, spoiler=True)
        await bot.idle()

    world.live(script)
    _, public = world.discord.of(REF)
    assert [image.spoiler for image in public.card.images] == [True]
    assert verdict(world) == []


class SharedAtOnce(Books):
    """Somebody shares the private card as soon as its end is written down, before the courier goes on."""

    async def save_delivery(self, request: Request, delivery: Delivery) -> None:
        await super().save_delivery(request, delivery)
        if delivery.shown is Shown.DELIVERED and request.private:
            await share_in(self.db)


def test_shared_as_its_end_is_written_down_it_is_shown_in_both_places(folder):
    def plant(machine: Machine) -> None:
        machine.tracker._courier._books.__class__ = SharedAtOnce

    world = World(folder, plant=plant)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, private=True))
        world.defer(request(1, reply="press", private=False))
        await bot.idle()

    world.live(script)
    private, public = world.discord.of(REF)
    assert len(private.files) == len(public.files) == 1
    assert verdict(world) == []


@pytest.mark.parametrize("changes", [{"private": False}, {"private": True, "prompt": "never"}])
def test_what_is_public_already_or_has_no_image_is_not_shared(folder, changes):
    world = World(folder)
    world.segmind.weather.add(Rule(Fault(FaultKind.FAILED), SUBMIT, when="never".__eq__))

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, **changes))
        await bot.idle()
        assert not await share(bot)

    world.live(script)


def test_what_is_not_finished_or_not_kept_any_more_is_not_shared(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, private=True))
        assert not await share(bot)
        await bot.idle()
        async with bot.db.transaction() as tx:
            await tx.execute("DELETE FROM media")
        assert not await share(bot)

    world.live(script)
