"""Models that are gone, keys that are refused, accounts that are empty, in virtual time."""

import asyncio
from dataclasses import replace

import pytest

from bot.intake import Refusal
from bot.jobs import Outcome, State
from bot.limits import guild_owner
from bot.periods import Per, period_at
from bot.sandbox.segmind import MODELS, POLLS, POSTS, CallKind, Fault, FaultKind, Rule
from bot.store import ledger
from tests.simulation.living import (
    REF,
    SUBMIT,
    asks,
    calls,
    job,
    jobs_of,
    lived,
    words,
)
from tests.simulation.outside import START_MS
from tests.simulation.scenario import FAST, ULTRA
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request


def test_two_jobs_that_v2_does_not_know_both_go_over_v1(folder):
    world = lived(folder, request(1, **FAST), request(2, **FAST))
    assert job(world, 1).state is job(world, 2).state is State.DONE
    assert calls(world, CallKind.V1) == 2


def test_that_v2_does_not_know_a_model_is_remembered(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        for number in (1, 2, 3):
            await bot.ask(request(number, **FAST))
            await bot.idle()

    world.live(script)
    assert calls(world, CallKind.SUBMIT) == 1


def test_a_model_that_neither_api_knows_is_out_of_service_with_one_alert(folder):
    models = {slug: model for slug, model in MODELS.items() if slug != "imagen-4"}
    world = lived(folder, request(1), request(2), request(3), models=models)
    assert {job(world, number).outcome for number in (1, 2, 3)} == {Outcome.MODEL_RETIRED}
    assert len(world.discord.alerts) == 1


def test_a_retired_model_is_out_of_service_with_one_alert_and_asked_again_after_an_hour(folder):
    models = MODELS | {"imagen-4": replace(MODELS["imagen-4"], retired=True)}
    world = World(folder, models=models)

    async def script(bot: Bot) -> None:
        assert await bot.ask(request(1)) is None
        await bot.idle()
        refusal = await bot.ask(request(2))
        assert isinstance(refusal, Refusal)
        assert refusal.message_id == "out.model_retired"
        assert await bot.ask(request(3, **ULTRA)) is None
        await world.clock.sleep(3601)
        assert await bot.ask(request(4)) is None
        await bot.idle()

    world.live(script)
    assert verdict(world) == []
    assert calls(world, CallKind.SUBMIT) == 3
    assert sum("gone" in alert for alert in world.discord.alerts) == 2


def test_a_406_with_a_full_account_is_this_jobs_own_affair(folder):
    refused = Rule(Fault(FaultKind.OUT_OF_CREDITS, text="a value refused"), SUBMIT, times=1)
    world = World(folder)
    world.segmind.weather.add(refused)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        assert (await jobs_of(bot))[0].outcome is Outcome.BAD_PARAMETERS
        assert await bot.ask(request(2)) is None
        await bot.idle()

    world.live(script)
    assert verdict(world) == []
    assert world.discord.alerts == []
    assert world.segmind.submits_taken == 1


def test_a_406_with_an_empty_account_stops_everything_until_there_are_credits_again(folder):
    world = World(folder)
    world.segmind.book.balance_microcredits = 0

    async def script(bot: Bot) -> None:
        recovering = asyncio.create_task(bot.machine.recovery.run())
        assert await asyncio.gather(*(bot.ask(request(number)) for number in range(1, 9))) == [None] * 8
        await bot.idle()
        assert {(await jobs_of(bot, number))[0].outcome for number in range(1, 9)} == {Outcome.OUT_OF_CREDITS}
        refusal = await bot.ask(request(9))
        assert isinstance(refusal, Refusal)
        assert refusal.message_id == "out.out_of_credits"
        world.segmind.book.balance_microcredits = 10**9
        await world.clock.sleep(61)
        assert await bot.ask(request(10)) is None
        await bot.idle()
        recovering.cancel()

    world.live(script)
    assert verdict(world) == []
    assert world.segmind.submits_taken == 1
    assert len(world.discord.alerts) == 2
    assert "not your fault" in words(world.discord.acts_of(REF)[-1])


def test_what_is_left_but_pays_for_no_image_does_not_start_anything_again(folder):
    """Accounts seldom end at exactly zero; with a cent left nobody is told every minute that all is well."""
    world = World(folder)
    world.segmind.book.balance_microcredits = 10_000

    async def script(bot: Bot) -> None:
        recovering = asyncio.create_task(bot.machine.recovery.run())
        await bot.ask(request(1))
        await world.clock.sleep(600)
        assert isinstance(await bot.ask(request(2)), Refusal)
        world.segmind.book.balance_microcredits = 60_000
        await world.clock.sleep(61)
        assert await bot.ask(request(3)) is None
        await bot.idle()
        recovering.cancel()

    world.live(script)
    assert verdict(world) == []
    assert len(world.discord.alerts) == 2


def test_a_406_whose_reason_cannot_be_found_out_is_nobodys_fault(folder):
    rules = (
        Rule(Fault(FaultKind.OUT_OF_CREDITS, text="a value is refused"), SUBMIT),
        Rule(Fault(FaultKind.DROPPED), frozenset({CallKind.BALANCE})),
    )
    assert job(lived(folder, request(1), rules=rules)).outcome is Outcome.PROVIDER_FAILED


@pytest.mark.parametrize("balance", [FaultKind.DROPPED, None], ids=["unknown", "plentiful"])
def test_a_406_that_names_the_account_is_told_to_the_operator_and_is_not_the_members_fault(folder, balance):
    refused = Rule(Fault(FaultKind.OUT_OF_CREDITS, text="Team spending limit reached"), SUBMIT)
    silent = (Rule(Fault(balance), frozenset({CallKind.BALANCE})),) if balance else ()
    world = lived(folder, request(1), rules=(refused, *silent))
    assert job(world).outcome is Outcome.OUT_OF_CREDITS
    assert len(world.discord.alerts) == 1


def test_a_429_for_the_balance_holds_everybody_back_too(folder):
    limited = Rule(Fault(FaultKind.RATE_LIMITED, seconds=30), frozenset({CallKind.BALANCE}))
    world = World(folder)
    world.segmind.weather.add(Rule(Fault(FaultKind.OUT_OF_CREDITS), SUBMIT, times=1), limited)
    world.live(asks(request(1), request(2)))
    assert verdict(world) == []
    asked_ms = next(call.at_ms for call in world.segmind.calls if call.kind is CallKind.BALANCE)
    assert not [call for call in world.segmind.calls if asked_ms < call.at_ms < asked_ms + 30_000]


def test_a_rejected_key_stops_everything_with_one_alert_and_loses_no_running_job(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        recovering = asyncio.create_task(bot.machine.recovery.run())
        await bot.ask(request(1))
        await world.clock.sleep(1.0)
        refusing = Rule(Fault(FaultKind.UNAUTHORIZED), POSTS | POLLS | {CallKind.BALANCE})
        world.segmind.weather.add(refusing)
        await asyncio.gather(*(bot.ask(request(number)) for number in (2, 3, 4)))
        await world.clock.sleep(100)
        assert (await jobs_of(bot, 1))[0].state is State.RUNNING
        assert (await jobs_of(bot, 2))[0].outcome is Outcome.NOT_AVAILABLE
        assert isinstance(await bot.ask(request(5)), Refusal)
        world.segmind.weather._standing.clear()
        await world.clock.sleep(61)
        assert await bot.ask(request(6)) is None
        await bot.idle()
        assert (await jobs_of(bot, 1))[0].state is State.DONE
        recovering.cancel()

    world.live(script)
    assert verdict(world) == []
    assert len(world.discord.alerts) == 2


def test_a_model_that_is_not_permitted_is_out_of_service_and_the_others_are_not(folder):
    forbidden = Rule(Fault(FaultKind.FORBIDDEN), POSTS, slug="imagen-4")
    world = lived(folder, request(1), request(2, **ULTRA), rules=(forbidden,))
    assert job(world, 1).outcome is Outcome.NOT_AVAILABLE
    assert job(world, 2).state is State.DONE
    assert len(world.discord.alerts) == 1


def test_a_cost_above_the_price_is_told_to_the_operator_and_booked_to_them(folder):
    models = MODELS | {"imagen-4": replace(MODELS["imagen-4"], price_microcredits=90_000)}
    world = World(folder, models=models)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        month = period_at(Per.MONTH, START_MS).label
        assert (await ledger.usage(bot.db, owner=guild_owner(7), period=month)).spent == 60_000
        assert (await ledger.usage(bot.db, owner=ledger.OPERATOR, period="ever")).spent == 30_000

    world.live(script)
    assert verdict(world) == []
    assert "0.09" in world.discord.alerts[0]
