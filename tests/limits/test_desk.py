"""At the desk: one transaction decides and holds, on every limit or on none."""

import asyncio

import pytest

from bot.errors import StoreError
from bot.intake import Refusal
from bot.jobs import Outcome, State
from bot.limits import Usage
from bot.periods import Per
from bot.store import bars
from bot.store.bars import Bar, BarKind
from bot.store.expiry import expire
from bot.store.sqlite import open_sqlite
from tests.inline_sqlite import InlineConnector
from tests.limits.bench import ADMIN, Bench
from tests.limits.support import (
    BLOCKED,
    DAY_MS,
    FAST_PRICE,
    GUILD,
    HOUR_MS,
    NOON_MS,
    PLACE,
    PRICE,
    UNLIMITED,
    USER,
    allowed,
    budget,
    request,
)

pytestmark = pytest.mark.asyncio

ROLE = 50
MEMBER, EXTRA = f"member:{GUILD}:{USER}", f"extra:{GUILD}:{USER}"
CHANNEL, SERVER, TOP_UP = f"channel:{GUILD}:{PLACE}", f"guild:{GUILD}", f"top_up:{GUILD}"
TODAY, MONTH = "d:2026-11-20", "m:2026-11"


async def left_behind(bench: Bench) -> list[int]:
    tables = ("requests", "jobs", "entries", "balances", "accounts", "notices WHERE message_id <> 'notice.changed'")
    return [(await bench.db.fetch(f"SELECT COUNT(*) AS rows FROM {table}"))[0]["rows"] for table in tables]


# ---------------------------------------------------------------- accepted


async def test_every_image_is_held_on_every_limit_that_applies(bench: Bench):
    await bench.set(member_allowance=allowed(10 * PRICE), channel_allowances={PLACE: allowed(10 * PRICE, Per.WEEK)})
    jobs = await bench.ask(count=3)
    assert [job.state for job in jobs] == [State.ACCEPTED] * 3
    held = (3 * PRICE, 0)
    assert await bench.balances() == {
        f"{MEMBER} {TODAY}": held,
        f"{CHANNEL} w:2026-W47": held,
        f"{SERVER} {MONTH}": held,
        f"all:day {TODAY}": held,
        f"all:month {MONTH}": held,
    }


async def test_the_same_interaction_twice_is_the_same_jobs_held_once(bench: Bench):
    first = await bench.desk.accept(request(count=2))
    before = await bench.balances()
    # Even where it would be refused by now: it was accepted.
    await bench.set_for_all(stopped=True)
    assert await bench.desk.accept(request(count=2)) == first
    assert await bench.balances() == before


async def test_a_done_job_is_spent_on_every_limit_and_a_failed_one_on_none(bench: Bench):
    await bench.set(member_allowance=allowed(10 * PRICE))
    done, failed, lost, cancelled = await bench.ask(count=4)
    await bench.finish(done, State.DONE, cost_microcredits=PRICE - 1)
    await bench.finish(failed, State.FAILED)
    await bench.finish(lost, State.LOST)
    await bench.finish(cancelled, State.CANCELLED)
    spent = (0, PRICE - 1)
    assert await bench.balances() == {
        f"{MEMBER} {TODAY}": spent,
        f"{SERVER} {MONTH}": spent,
        # What a lost job may have cost is the operator's, and counts against their ceilings.
        f"all:day {TODAY}": (0, 2 * PRICE - 1),
        f"all:month {MONTH}": (0, 2 * PRICE - 1),
        "operator ever": (0, PRICE),
    }


async def test_what_is_paid_above_the_price_counts_against_the_ceiling(bench: Bench):
    await bench.set_for_all(ceiling_per_day=3 * PRICE)
    (job,) = await bench.ask()
    await bench.finish(job, State.DONE, cost_microcredits=5 * PRICE)
    refused = await bench.refused()
    assert (refused.message_id, refused.values["left_microcredits"]) == ("limit.ceiling_day", 0)


async def test_what_came_back_can_be_spent_again(bench: Bench):
    await bench.set(member_allowance=allowed(2 * PRICE))
    first, second = await bench.ask(count=2)
    assert (await bench.refused()).message_id == "limit.member"
    await bench.finish(first, State.FAILED)
    await bench.ask()
    await bench.finish(second, State.DONE, cost_microcredits=PRICE // 2)
    assert (await bench.refused()).values["left_microcredits"] == PRICE // 2
    await bench.ask(model="imagen-4-fast")


async def test_a_cost_above_the_price_never_weighs_on_a_limit(bench: Bench):
    await bench.set(member_allowance=allowed(2 * PRICE))
    (job,) = await bench.ask()
    await bench.finish(job, State.DONE, cost_microcredits=5 * PRICE)
    assert await bench.usage(MEMBER, TODAY) == Usage(granted=2 * PRICE, held=0, spent=PRICE)
    assert await bench.usage("operator", "ever") == Usage(granted=4 * PRICE, held=0, spent=4 * PRICE)
    await bench.ask()


# ---------------------------------------------------------------- refused, and nothing is written


async def bar(bench: Bench, kind: BarKind, barred_id: int) -> None:
    async with bench.db.transaction() as tx:
        await bars.bar(tx, Bar(kind=kind, id=barred_id, reason="dragons", user_id=ADMIN, at_ms=0))


REFUSALS = {
    "stopped_by_operator": lambda bench: bench.set_for_all(stopped=True),
    "server_blocked": lambda bench: bench.set(budget=BLOCKED),
    "bot_off": lambda bench: bench.set(enabled=False),
    "channel_not_allowed": lambda bench: bench.set(allowed_channels=(PLACE + 1,)),
    "channel_denied": lambda bench: bench.set(denied_channels=(PLACE,)),
    "model_off": lambda bench: bench.set(model_counts={"imagen-4": 0}),
    "count_over": lambda bench: bench.set(model_counts={"imagen-4": 1}),
    "limit.member": lambda bench: bench.set(member_allowance=allowed(2 * PRICE - 1)),
    "limit.role": lambda bench: bench.set(role_allowances={ROLE: allowed(2 * PRICE - 1)}),
    "limit.channel": lambda bench: bench.set(channel_allowances={PLACE: allowed(2 * PRICE - 1)}),
    "limit.budget": lambda bench: bench.set(budget=budget(2 * PRICE - 1)),
    "limit.ceiling_day": lambda bench: bench.set_for_all(ceiling_per_day=2 * PRICE - 1),
    "limit.ceiling_month": lambda bench: bench.set_for_all(ceiling_per_month=2 * PRICE - 1),
    "barred": lambda bench: bar(bench, BarKind.USER, USER),
    "server_barred": lambda bench: bar(bench, BarKind.GUILD, GUILD),
}


@pytest.mark.parametrize("message_id", REFUSALS)
async def test_a_request_that_is_refused_leaves_nothing_behind(bench: Bench, message_id: str):
    await REFUSALS[message_id](bench)
    refusal = await bench.refused(count=2, role_ids=(ROLE,))
    assert refusal.message_id == message_id
    assert await left_behind(bench) == [0] * 6


COMPARED = {"model": "imagen-4", "models": ("imagen-4", "imagen-4-fast")}
COMPARISONS = {
    "model_off": lambda bench: bench.set(model_counts={"imagen-4-fast": 0}),
    "count_over": lambda bench: bench.set(model_counts={"imagen-4-fast": 1}),
    "limit.member": lambda bench: bench.set(member_allowance=allowed(2 * (PRICE + FAST_PRICE) - 1)),
    "choices_over": lambda bench: bench.set(wildcard_images=7),
    "choices_off": lambda bench: bench.set(wildcard_images=1),
}


@pytest.mark.parametrize("message_id", COMPARISONS)
async def test_of_a_comparison_every_image_is_made_or_none(bench: Bench, message_id: str):
    await COMPARISONS[message_id](bench)
    choices = {"expand": True, "prompt": "{red|blue}"} if "choices" in message_id else {}
    assert (await bench.refused(count=2, **COMPARED, **choices)).message_id == message_id
    assert await left_behind(bench) == [0] * 6


async def test_each_image_of_a_comparison_holds_its_own_price(bench: Bench):
    await bench.set(member_allowance=allowed(2 * (PRICE + FAST_PRICE)))
    jobs = await bench.ask(count=2, **COMPARED)
    assert [job.price_microcredits for job in jobs] == [PRICE, PRICE, FAST_PRICE, FAST_PRICE]
    assert (await bench.usage(MEMBER, TODAY)).held == 2 * (PRICE + FAST_PRICE)
    await bench.finish(jobs[0], State.FAILED)
    await bench.finish(jobs[2], State.DONE)
    assert await bench.usage(MEMBER, TODAY) == Usage(
        granted=2 * (PRICE + FAST_PRICE), held=PRICE + FAST_PRICE, spent=FAST_PRICE
    )


async def test_of_a_comparison_that_does_not_fit_the_count_is_named_that_would(bench: Bench):
    await bench.set(member_allowance=allowed(3 * (PRICE + FAST_PRICE)))
    refusal = await bench.refused(count=4, **COMPARED)
    assert refusal.more == (("hint.count", {"count": 3}),)
    assert refusal.values["price_microcredits"] == 4 * (PRICE + FAST_PRICE)
    await bench.ask(count=3, **COMPARED)


async def test_choices_make_as_many_images_as_the_server_lets(bench: Bench):
    await bench.ask(expand=True, prompt="{1|2|3|4}")
    refusal = await bench.refused(expand=True, prompt="{1|2|3|4|5}")
    assert (refusal.message_id, refusal.values, refusal.of_server) == ("choices_over", {"high": 4}, True)
    await bench.set(wildcard_images=10)
    assert len(await bench.ask(expand=True, prompt="{1|2|3|4|5}", count=2)) == 10
    assert (await bench.refused(expand=True, prompt="{1|2|3|4|5|6}", count=2)).message_id == "choices_over"


async def test_braces_that_choose_nothing_are_no_choices(bench: Bench):
    await bench.set(wildcard_images=1)
    await bench.ask(expand=True, prompt="a {red} bird", count=4)
    await bench.ask(prompt="{1|2|3}", count=4)


async def test_the_highest_count_of_a_model_counts_for_each_prompt(bench: Bench):
    await bench.set(model_counts={"imagen-4": 2})
    assert len(await bench.ask(expand=True, prompt="{1|2}", count=2)) == 4
    assert (await bench.refused(expand=True, prompt="{1|2}", count=3)).message_id == "choices_over"
    assert (await bench.refused(count=3)).message_id == "count_over"


async def test_what_a_refusal_takes_from_others_is_nothing(bench: Bench):
    """Four images fit into every limit but the last one that is looked at."""
    await bench.set(member_allowance=allowed(4 * PRICE), channel_allowances={PLACE: allowed(4 * PRICE)})
    await bench.set_for_all(ceiling_per_month=3 * PRICE)
    assert (await bench.refused(count=4)).message_id == "limit.ceiling_month"
    assert await bench.balances() == {}
    await bench.ask(count=3)


async def test_who_is_barred_is_told_the_reason_and_nobody_else_is(bench: Bench):
    await bar(bench, BarKind.USER, USER)
    refusal = await bench.refused()
    assert (refusal.values["reason"], refusal.public_id) == ("dragons", "barred_public")
    await bench.ask(user_id=USER + 1)


async def test_a_model_that_is_out_of_service_is_refused_before_its_credits_are_counted(bench: Bench):
    await bench.set(member_allowance=allowed(0))
    bench.availability.take_out("imagen-4", Outcome.MODEL_RETIRED)
    assert (await bench.refused()).message_id == "out.model_retired"


async def test_a_refusal_suggests_no_model_that_is_out_of_service(bench: Bench):
    await bench.set(member_allowance=allowed(FAST_PRICE))
    assert "hint.cheaper" in dict((await bench.refused()).more)
    bench.availability.take_out("imagen-4-fast", Outcome.MODEL_RETIRED)
    assert "hint.cheaper" not in dict((await bench.refused()).more)


async def test_a_model_that_is_off_is_refused_with_no_model_that_is_out_of_service(bench: Bench):
    await bench.set(model_counts={"imagen-4": 0})
    bench.availability.take_out("imagen", Outcome.NOT_AVAILABLE)
    assert (await bench.refused()).values["models"] == "Imagen 4 Fast (/imagen-fast)"
    bench.availability.take_out("imagen-4-fast", Outcome.MODEL_RETIRED)
    assert (await bench.refused()).message_id == "models_out"


async def test_a_limit_that_is_set_during_a_period_counts_from_then_on(bench: Bench):
    """Nobody was limited, so nothing was counted for the member; what follows is."""
    await bench.ask(count=4)
    await bench.set(member_allowance=allowed(PRICE))
    await bench.ask()
    assert (await bench.refused()).message_id == "limit.member"


async def test_a_limit_that_is_lowered_below_what_is_used_lets_nothing_through_until_it_is_renewed(bench: Bench):
    await bench.set(member_allowance=allowed(4 * PRICE))
    jobs = await bench.ask(count=3)
    await bench.set(member_allowance=allowed(2 * PRICE))
    assert (await bench.refused()).values["left_microcredits"] == 0
    # One comes back, and yet as much as is allowed is used.
    await bench.finish(jobs[0], State.FAILED)
    assert (await bench.refused()).values["left_microcredits"] == 0
    await bench.finish(jobs[1], State.FAILED)
    await bench.ask()
    bench.clock.ms += DAY_MS
    await bench.ask(count=2)


async def test_a_limit_that_is_raised_counts_at_once(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE))
    await bench.ask()
    await bench.refused()
    await bench.set(member_allowance=allowed(3 * PRICE))
    await bench.ask(count=2)


async def test_each_member_channel_and_server_has_its_own(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE), channel_allowances={PLACE: allowed(2 * PRICE)})
    await bench.ask()
    assert (await bench.refused()).message_id == "limit.member"
    await bench.ask(user_id=USER + 1)
    assert (await bench.refused(user_id=USER + 2)).message_id == "limit.channel"
    await bench.ask(user_id=USER + 2, place_id=PLACE + 1)
    await bench.ask(guild_id=GUILD + 1)


async def test_what_is_asked_for_in_a_thread_counts_for_its_channel(bench: Bench):
    await bench.set(channel_allowances={PLACE: allowed(2 * PRICE), 99: allowed(0)})
    await bench.ask(channel_id=99)
    await bench.ask()
    assert (await bench.refused(channel_id=99)).message_id == "limit.channel"


async def test_the_operators_ceilings_count_all_servers_together(bench: Bench):
    await bench.set_for_all(ceiling_per_day=2 * PRICE)
    await bench.ask(guild_id=1)
    await bench.ask(guild_id=2)
    assert (await bench.refused(guild_id=3)).message_id == "limit.ceiling_day"
    bench.clock.ms += DAY_MS
    await bench.ask(guild_id=3)


async def test_a_role_that_is_gone_gives_nothing_any_more(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE), role_allowances={ROLE: allowed(3 * PRICE)})
    await bench.ask(count=2, role_ids=(ROLE,))
    assert (await bench.refused()).message_id == "limit.member"
    await bench.ask(role_ids=(ROLE,))
    assert (await bench.refused(role_ids=(ROLE,))).message_id == "limit.role"


async def test_an_unlimited_budget_is_counted_so_that_what_was_spent_is_known(bench: Bench):
    await bench.set(budget=UNLIMITED)
    await bench.ask(count=4)
    assert (await bench.usage(SERVER, MONTH)).used == 4 * PRICE
    await bench.set(budget=budget(5 * PRICE))
    assert (await bench.refused(count=2)).values["left_microcredits"] == PRICE
    assert await bench.notices() == []


# ---------------------------------------------------------------- credits given on top


async def test_credits_on_top_are_used_only_after_the_allowance_and_image_by_image(bench: Bench):
    await bench.set(member_allowance=allowed(2 * PRICE), budget=budget(3 * PRICE))
    await bench.give(EXTRA, 5 * PRICE)
    await bench.give(TOP_UP, 5 * PRICE)
    await bench.ask(count=4)
    balances = await bench.balances()
    assert balances[f"{MEMBER} {TODAY}"] == balances[f"{EXTRA} ever"] == (2 * PRICE, 0)
    assert balances[f"{SERVER} {MONTH}"] == (3 * PRICE, 0)
    assert balances[f"{TOP_UP} ever"] == (PRICE, 0)


async def test_credits_on_top_come_back_where_they_came_from(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE))
    await bench.give(EXTRA, PRICE)
    own, extra = await bench.ask(count=2)
    await bench.finish(extra, State.FAILED)
    await bench.finish(own, State.DONE)
    assert await bench.usage(EXTRA, "ever") == Usage(granted=PRICE, held=0, spent=0)
    await bench.ask()
    assert (await bench.refused()).message_id == "limit.member"


async def test_credits_on_top_do_not_expire_with_the_period(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE), budget=budget(PRICE))
    await bench.give(EXTRA, 2 * PRICE)
    await bench.give(TOP_UP, 2 * PRICE)
    await bench.ask(count=2)
    bench.clock.ms += 400 * DAY_MS
    await bench.ask(count=2)
    assert (await bench.refused()).message_id == "limit.member"


async def test_credits_on_top_are_not_asked_for_where_the_allowance_suffices(bench: Bench):
    await bench.set(member_allowance=allowed(4 * PRICE))
    await bench.give(EXTRA, 4 * PRICE)
    await bench.ask(count=4)
    assert await bench.usage(EXTRA, "ever") == Usage(granted=4 * PRICE, held=0, spent=0)


async def test_a_cheaper_image_may_still_fit_into_what_is_left_of_the_allowance(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE + FAST_PRICE))
    await bench.give(EXTRA, PRICE)
    await bench.ask(count=2)
    await bench.ask(model="imagen-4-fast")
    assert (await bench.usage(MEMBER, TODAY)).held == PRICE + FAST_PRICE


# ---------------------------------------------------------------- periods


async def test_a_job_that_was_held_in_one_period_and_ends_in_the_next_is_closed_in_the_first(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE))
    (job,) = await bench.ask()
    bench.clock.ms += DAY_MS
    await bench.finish(job, State.DONE)
    assert await bench.usage(MEMBER, TODAY) == Usage(granted=PRICE, held=0, spent=PRICE)
    assert await bench.usage(MEMBER, "d:2026-11-21") == Usage()
    await bench.ask()


async def test_what_was_left_of_a_period_is_of_no_use_in_the_next(bench: Bench):
    await bench.set(member_allowance=allowed(2 * PRICE))
    await bench.ask()
    bench.clock.ms += DAY_MS
    await bench.ask(count=2)
    await bench.refused()


async def test_a_change_of_the_time_zone_counts_from_the_next_period(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE))
    await bench.ask()
    # There it is Saturday already.
    await bench.set(time_zone="Pacific/Kiritimati")
    assert (await bench.refused()).values["resets_s"] == NOON_MS // 1000 + 12 * 3600
    bench.clock.ms += 12 * HOUR_MS
    await bench.ask()
    # From now on midnight is ten in the morning of UTC.
    assert (await bench.refused()).values["resets_s"] == (NOON_MS + 22 * HOUR_MS) // 1000
    assert (await bench.usage(MEMBER, "d:2026-11-21")).used == PRICE


async def test_changing_the_time_zone_to_and_fro_wins_no_allowance(bench: Bench):
    await bench.set(member_allowance=allowed(PRICE))
    await bench.ask()
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Tokyo", "America/New_York") * 3:
        await bench.set(time_zone=zone)
        await bench.refused()
        bench.clock.ms += HOUR_MS // 2


async def test_a_balance_whose_rest_has_expired_too_early_is_filled_up_again_and_no_further(bench: Bench):
    """A change of zones can make a day longer than was known when its first image was asked for."""
    await bench.set(member_allowance=allowed(2 * PRICE))
    (job,) = await bench.ask()
    await bench.finish(job, State.DONE)
    rows = await bench.db.fetch("SELECT account_id FROM accounts WHERE owner = $1", MEMBER)
    async with bench.db.transaction() as tx:
        assert await expire(tx, account_id=rows[0]["account_id"], period=TODAY, at_ms=bench.clock.ms) == PRICE
    await bench.ask()
    await bench.refused()


# ---------------------------------------------------------------- a server is told how much of its budget is used


async def percents(bench: Bench) -> list[int]:
    return [notice["percent"] for notice in await bench.notices()]


async def test_a_server_is_told_at_each_mark_once(bench: Bench):
    await bench.set(budget=budget(10 * PRICE))
    told = []
    for _ in range(10):
        await bench.ask()
        told.append(await percents(bench))
    assert told == [[]] * 4 + [[50]] * 3 + [[50, 80]] * 2 + [[50, 80, 100]]


async def test_what_it_is_told_is_how_much_is_used_and_when_the_budget_is_renewed(bench: Bench):
    await bench.set(budget=budget(4 * PRICE, Per.DAY))
    await bench.ask(count=2)
    assert await bench.notices() == [
        {
            "guild_id": GUILD,
            "message_id": "notice.budget",
            "percent": 50,
            "used_microcredits": 2 * PRICE,
            "amount_microcredits": 4 * PRICE,
            "resets_ms": NOON_MS + 12 * HOUR_MS,
        }
    ]


async def test_whoever_sends_notices_hears_of_each_once(bench: Bench):
    await bench.set(budget=budget(4 * PRICE))
    heard = []
    for _ in range(4):
        await bench.ask()
        heard.append(bench.heard)
    assert heard == [0, 1, 1, 2]


async def test_marks_that_are_passed_at_once_are_told_as_one(bench: Bench):
    await bench.set(budget=budget(4 * PRICE))
    await bench.ask(count=4)
    assert await percents(bench) == [100]


async def test_credits_that_came_back_are_no_reason_to_tell_a_mark_again(bench: Bench):
    await bench.set(budget=budget(4 * PRICE))
    jobs = await bench.ask(count=4)
    for job in jobs:
        await bench.finish(job, State.FAILED)
    for _ in range(4):
        await bench.ask()
    assert await percents(bench) == [100]


async def test_all_is_used_where_what_is_left_does_not_pay_for_the_cheapest_image(bench: Bench):
    await bench.set(budget=budget(2 * PRICE + FAST_PRICE - 1))
    await bench.ask(count=2)
    assert await percents(bench) == [100]


async def test_a_new_period_is_told_anew(bench: Bench):
    await bench.set(budget=budget(2 * PRICE, Per.DAY))
    await bench.ask(count=2)
    bench.clock.ms += DAY_MS
    await bench.ask(count=2)
    assert await percents(bench) == [100, 100]


async def test_a_budget_that_was_changed_is_told_anew(bench: Bench):
    await bench.set(budget=budget(2 * PRICE))
    await bench.ask(count=2)
    await bench.set(budget=budget(4 * PRICE))
    await bench.ask()
    await bench.ask()
    assert await percents(bench) == [100, 50, 100]


async def test_each_server_is_told_of_its_own_budget(bench: Bench):
    for guild_id in (1, 2):
        await bench.set(guild_id, budget=budget(2 * PRICE))
        await bench.ask(guild_id=guild_id)
    assert [notice["guild_id"] for notice in await bench.notices()] == [1, 2]


async def test_a_refused_request_tells_nobody_anything(bench: Bench):
    await bench.set(budget=budget(2 * PRICE - 1))
    await bench.refused(count=2)
    assert await bench.notices() == []


# ---------------------------------------------------------------- many at once


async def test_a_setting_counts_for_whoever_asks_next_even_before_it_is_durable(bench: Bench):
    """Both wait for the same commit, so a look at what is committed already would come too early."""
    _, refusal = await asyncio.gather(bench.set(enabled=False), bench.refused())
    assert refusal.message_id == "bot_off"


async def test_of_many_at_once_as_many_are_accepted_as_there_is_room_for(bench: Bench):
    await bench.set(member_allowance=allowed(7 * PRICE))

    async def ask() -> int:
        try:
            return len(await bench.ask(count=2))
        except Refusal as refusal:
            assert refusal.message_id == "limit.member"
            return 0

    assert sum(await asyncio.gather(*(ask() for _ in range(20)))) == 6
    assert (await bench.usage(MEMBER, TODAY)).held == 6 * PRICE


@pytest.mark.parametrize("nth", range(1, 13))
async def test_a_request_that_cannot_be_written_to_its_end_holds_nothing(bench: Bench, nth: int):
    await bench.set(member_allowance=allowed(4 * PRICE), budget=budget(4 * PRICE))
    async with bench.db.transaction() as tx:
        await tx.execute(f"""CREATE TRIGGER broken BEFORE INSERT ON entries
            WHEN (SELECT COUNT(*) FROM entries) = {nth - 1} BEGIN SELECT RAISE(ABORT, 'no'); END""")
    with pytest.raises(StoreError):
        await bench.ask(count=2)
    assert await left_behind(bench) == [0] * 6
    async with bench.db.transaction() as tx:
        await tx.execute("DROP TRIGGER broken")
    await bench.ask(count=4)


class Anything(dict):
    """Values for whatever a statement binds."""

    def __missing__(self, name: str) -> int:
        return 1


async def test_no_statement_of_an_acceptance_reads_a_table_from_one_end_to_the_other(tmp_path):
    connector = InlineConnector()
    db = await open_sqlite(tmp_path / "imagen.sqlite3", connect=connector)
    try:
        bench = Bench(db)
        await bench.set(
            member_allowance=allowed(9 * PRICE),
            channel_allowances={PLACE: allowed(9 * PRICE)},
            budget=budget(4 * PRICE),
        )
        connector.writer.statements.clear()
        await bench.ask(count=4)
        asked = [
            sql for sql in dict.fromkeys(connector.writer.statements) if sql.startswith(("SELECT", "UPDATE", "INSERT"))
        ]
        plans = [
            (step["detail"], sql)
            for sql in asked
            for step in connector.writer.raw.execute(f"EXPLAIN QUERY PLAN {sql}", Anything())
        ]
    finally:
        await db.close()
    tables = ("accounts", "balances", "bars", "changes", "entries", "guild_settings", "jobs", "notices", "requests")
    # What MAX asks for stands at the end of its index, where it is found without reading the rest.
    scans = [(step, sql) for step, sql in plans if step.startswith(tuple(f"SCAN {table}" for table in tables))]
    assert scans == []
    assert any("balances" in step for step, _ in plans)
