"""Whatever is asked, set, given and finished, and however time goes: the books say what a plain reference says."""

import itertools
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.admin.rulebook import Rulebook
from bot.intake import Refusal
from bot.jobs import Job, State
from bot.limits import Rules
from bot.periods import Per
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.settings import INSTALLATION, Settings
from bot.store import expiry
from bot.store.audit import audit
from bot.store.ledger import InsufficientCredits
from tests.admin.support import HandClock
from tests.limits.bench import ADMIN, Bench
from tests.limits.reference import Reference, Short
from tests.limits.support import BY_NAME, DEFAULTS, FAST_PRICE, PRICE
from tests.plain_books import PlainBooks, at_once

PARTS = 4  # so that more than one processor can be at it
PR = settings(
    max_examples=500,
    stateful_step_count=12,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
NIGHT = settings(PR, max_examples=20_000, stateful_step_count=40)
QUICK = settings(PR, max_examples=2_000, phases=[Phase.generate])

GUILDS, USERS, PLACES, ROLES = (1, 2), (3, 4), (5, 6), (50, 51)
# Some hours before clocks change, or a date is left out, in one of these zones.
ZONES = ("Europe/Berlin", "America/New_York", "Africa/Cairo", "Pacific/Apia")
STARTS = [
    int(datetime(*date, hour, tzinfo=UTC).timestamp() * 1000)
    for date, hour in [
        ((2026, 3, 28), 12),
        ((2026, 10, 24), 23),
        ((2026, 10, 31), 5),
        ((2026, 3, 7), 20),
        ((2026, 4, 23), 9),
        ((2026, 10, 29), 20),
        ((2011, 12, 29), 18),
        ((2011, 9, 24), 1),
        ((2026, 12, 31), 3),
    ]
]
MINUTE_MS = 60_000
# The server's settings are changed on the way, which its log is told as well.
TOLD = "SELECT * FROM notices WHERE message_id <> 'notice.changed'"
AHEAD_MS = [minutes * MINUTE_MS for minutes in (1, 15, 45, 60, 180, 660, 1_440, 1_500, 4_320, 10_080, 30_240, 44_640)]

AMOUNTS = (0, FAST_PRICE, PRICE, 2 * PRICE, 3 * PRICE + FAST_PRICE, 5 * PRICE)
ALLOWANCES = [Allowance(amount, per) for amount in AMOUNTS for per in (Per.DAY, Per.WEEK, Per.MONTH)]
BUDGETS = [
    *(Budget(BudgetKind.LIMITED, allowance) for allowance in ALLOWANCES[2:]),
    *[Budget(BudgetKind.UNLIMITED)] * 4,
    Budget(BudgetKind.BLOCKED),
]
BY_ROLE = [dict(zip(ROLES, pair, strict=True)) for pair in itertools.pairwise(ALLOWANCES[2:])]
BY_CHANNEL = [{PLACES[0]: allowance} for allowance in ALLOWANCES[3:]]
# What a server and its operator may set, by name; None goes back to the default.
MADE = [
    *(("time_zone", zone) for zone in (*ZONES, *ZONES, None)),
    *(("member_allowance", allowance) for allowance in (*ALLOWANCES[3:], None, None)),
    *(("role_allowances", allowances) for allowances in (*BY_ROLE, None)),
    *(("role_allowances", {role: allowance}) for role in ROLES for allowance in ALLOWANCES[6:]),
    *(("channel_allowances", allowances) for allowances in (*BY_CHANNEL, None)),
    *(("budget", budget) for budget in (*BUDGETS, None, None)),
]
MADE_FOR_ALL = [
    *(
        (name, amount)
        for name in ("ceiling_per_day", "ceiling_per_month")
        for amount in (*AMOUNTS[3:], 9 * PRICE, 14 * PRICE, None)
    ),
    *(("default_budget", budget) for budget in (*BUDGETS[6:], None)),
]
Ask = tuple[int, int, int, tuple[int, ...], tuple[str, ...], int]  # guild, place, user, roles, models, count
PRICES = {"imagen-4": PRICE, "imagen-4-fast": FAST_PRICE}
ASKS: list[Ask] = list(
    itertools.product(
        (1, 1, 2),
        PLACES,
        USERS,
        [(), ROLES[:1], ROLES[1:], ROLES, ROLES[::-1]],
        [("imagen-4",), ("imagen-4-fast",), ("imagen-4", "imagen-4-fast"), ("imagen-4-fast", "imagen-4")],
        [1, 2, 3, 4],
    )
)
ENDS = [
    *((State.DONE, cost) for cost in (None, 0, -5, 1, FAST_PRICE, PRICE - 1, PRICE, PRICE + 7)),
    *((state, None) for state in (State.FAILED, State.LOST, State.CANCELLED) for _ in range(2)),
]
OWNERS = [*(f"top_up:{guild}" for guild in GUILDS), *(f"extra:{guild}:{user}" for guild in GUILDS for user in USERS)]
GIVEN = (PRICE, FAST_PRICE, 3 * PRICE, 4 * PRICE, 1, -1, -PRICE, -2 * PRICE)


class LimitsMachine(RuleBasedStateMachine):
    """`books` are the same for each life of a machine, `bent` is a Rulebook that has a bug."""

    books: ClassVar[PlainBooks]
    bent: ClassVar[type[Rulebook]] = Rulebook

    def __init__(self) -> None:
        super().__init__()
        self.books.begin_life()
        self.clock = HandClock(STARTS[0])
        self.bench = Bench(self.books, clock=self.clock, book=self.bent)
        self.open: dict[tuple[int, int], Job] = {}
        self.asked = 0
        self.last: Ask | None = None
        self.reference = Reference(now_ms=self.clock.ms, defaults=DEFAULTS, cheapest=FAST_PRICE)

    # ------------------------------------------------------------ what may happen

    @initialize(
        at_ms=st.sampled_from(STARTS),
        made=st.lists(st.sampled_from(MADE), max_size=4),
        given=st.lists(st.sampled_from(OWNERS), max_size=2),
        asks=st.lists(st.sampled_from(ASKS), min_size=1, max_size=2),
    )
    def begin(self, at_ms: int, made: list[tuple[str, Any]], given: list[str], asks: list[Ask]) -> None:
        self.clock.ms = self.reference.now_ms = at_ms
        for owner in given:
            self.give(owner, 4 * PRICE)
        for each in made:
            self.make(GUILDS[0], *each)
        self.ask(asks, in_thread=False)

    @rule(asks=st.lists(st.sampled_from(ASKS), min_size=1, max_size=4), in_thread=st.booleans())
    def ask_some(self, asks: list[Ask], *, in_thread: bool) -> None:
        self.ask(asks, in_thread=in_thread)

    def ask(self, asks: list[Ask], *, in_thread: bool) -> None:
        for asked in asks:
            self.ask_for(asked, in_thread=in_thread)

    @precondition(lambda self: self.last is not None)
    @rule(times=st.integers(1, 3))
    def ask_again(self, times: int) -> None:
        for _ in range(times):
            self.ask_for(self.last, in_thread=False)

    def ask_for(self, asked: Ask, *, in_thread: bool) -> None:
        guild, place, user, roles, models, count = self.last = asked
        self.asked += 1
        prices = tuple(PRICES[model] for model in models for _ in range(count))
        expected = self.reference.ask(ref=self.asked, guild=guild, place=place, user=user, roles=roles, prices=prices)
        assert at_once(self.accepted(asked, in_thread=in_thread)) == expected

    async def accepted(self, asked: Ask, *, in_thread: bool) -> Short | None:
        guild, place, user, roles, models, count = asked
        try:
            jobs = await self.bench.ask(
                guild_id=guild,
                place_id=place,
                user_id=user,
                role_ids=roles,
                model=models[0],
                models=models if len(models) > 1 else (),
                count=count,
                **({"channel_id": 900} if in_thread else {}),
            )
        except Refusal as refusal:
            resets_s = refusal.values.get("resets_s")
            return Short(
                refusal.message_id,
                refusal.values.get("left_microcredits"),
                None if resets_s is None else resets_s * 1000,
            )
        self.open |= {(job.interaction_id, job.number): job for job in jobs}
        return None

    @rule(
        made=st.tuples(st.sampled_from(GUILDS), st.sampled_from(MADE))
        | st.tuples(st.just(INSTALLATION), st.sampled_from(MADE_FOR_ALL))
    )
    def set(self, made: tuple[int, tuple[str, Any]]) -> None:
        self.make(made[0], *made[1])

    def make(self, guild: int, name: str, value: Any) -> None:
        book, setting = self.bench.rulebook, BY_NAME[name]
        if value is None:
            at_once(book.reset(guild, setting, user_id=ADMIN))
        else:
            at_once(book.change(guild, setting, lambda _: value, user_id=ADMIN))
        self.reference.set(guild, name, value)

    @rule(owner=st.sampled_from(OWNERS), amount=st.sampled_from(GIVEN))
    def give_or_take(self, owner: str, amount: int) -> None:
        self.give(owner, amount)

    def give(self, owner: str, amount: int) -> None:
        try:
            at_once(self.bench.give(owner, amount))
        except InsufficientCredits:
            given = False
        else:
            given = True
        assert given == self.reference.give(owner, amount)

    @precondition(lambda self: self.open)
    @rule(ends=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(ENDS)), min_size=1, max_size=4))
    def finish(self, ends: list[tuple[int, tuple[State, int | None]]]) -> None:
        for pick, end in ends[: len(self.open)]:
            self.end(list(self.open)[pick % len(self.open)], *end)

    def end(self, ref: tuple[int, int], state: State, cost: int | None) -> None:
        at_once(self.bench.finish(self.open.pop(ref), state, cost_microcredits=cost))
        self.reference.finish(ref, state, cost)

    @rule(ms=st.sampled_from(AHEAD_MS))
    def wait(self, ms: int) -> None:
        self.clock.ms += ms
        self.reference.now_ms += ms

    @precondition(lambda self: self.asked)
    @rule()
    def expire(self) -> None:
        at_once(self.expired())
        self.reference.expire()

    async def expired(self) -> None:
        db, now_ms = self.bench.db, self.clock.ms
        for account_id, period in await expiry.over(db, before_ms=now_ms, limit=100):
            async with db.transaction() as tx:
                await expiry.expire(tx, account_id=account_id, period=period, at_ms=now_ms)

    # ------------------------------------------------------------ what must hold

    @invariant()
    def every_balance_is_the_references_and_the_fold_of_its_entries(self) -> None:
        expected = {
            key: (balance.granted, balance.held, balance.spent)
            for key, balance in self.reference.balances.items()
            if balance.granted or balance.used
        }
        for table in ("balances", "entries"):
            rows = self.books.raw.execute(
                f"SELECT owner, period, SUM(granted) AS granted, SUM(held) AS held, SUM(spent) AS spent FROM {table}"
                " JOIN accounts USING (account_id) GROUP BY owner, period"
            )
            found = {(row[0], row[1]): tuple(row)[2:] for row in rows if any(tuple(row)[2:])}
            assert found == expected, table

    def teardown(self) -> None:
        try:
            for number, ref in enumerate(list(self.open)):
                self.end(ref, *ENDS[number % len(ENDS)])
            self.every_balance_is_the_references_and_the_fold_of_its_entries()
            assert all(balance.held == 0 for balance in self.reference.balances.values())
            assert at_once(audit(self.bench.db)) == []
            assert self.notices() == self.reference.notices
        finally:
            self.books.end_life()

    def notices(self) -> list[tuple[int, int, int, int]]:
        rows = [(row["guild_id"], json.loads(row["params"])) for row in self.books.raw.execute(TOLD)]
        return [
            (guild, params["percent"], params["used_microcredits"], params["amount_microcredits"])
            for guild, params in rows
        ]


def play(how: settings, *, part: int | None = None, planted: str = "", bent: type[Rulebook] = Rulebook) -> None:
    """Let the machine live as often as it is told to, with SQL that puts a bug into the database, or with a bent Rulebook.

    Each `part` has lives of its own.
    """
    with closing(PlainBooks(planted)) as books:
        machine = type("Machine", (LimitsMachine,), {"books": books, "bent": bent})
        run_state_machine_as_test(machine if part is None else seed(part)(machine), settings=how)


@pytest.mark.parametrize("part", range(PARTS))
def test_credits_and_limits_do_what_the_reference_does(part: int):
    play(PR, part=part)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_credits_and_limits_do_what_the_reference_does_long():
    play(NIGHT)


# ---------------------------------------------------------------- bugs that it must find


class Bent(Rulebook):
    """A Rulebook that has forgotten a setting of the server."""

    forgotten: ClassVar[str] = ""

    async def rules(self, guild_id: int, reader: Any = None) -> Rules:
        rules = await super().rules(guild_id, reader)
        stored = {name: value for name, value in rules.guild._stored.items() if name != self.forgotten}
        return self.bend(replace(rules, guild=Settings(stored, DEFAULTS)))

    def bend(self, rules: Rules) -> Rules:
        return rules


class ForgetsRoles(Bent):
    forgotten = "role_allowances"


class ForgetsChannels(Bent):
    forgotten = "channel_allowances"


class ForgetsCeilings(Bent):
    def bend(self, rules: Rules) -> Rules:
        stored = {name: value for name, value in rules.installation._stored.items() if "ceiling" not in name}
        return replace(rules, installation=Settings(stored, DEFAULTS))


class StaysInUtc(Bent):
    def bend(self, rules: Rules) -> Rules:
        return replace(rules, zones=())


class TakesANewZoneAtOnce(Bent):
    def bend(self, rules: Rules) -> Rules:
        return replace(rules, zones=[replace(zone, since_ms=0) for zone in rules.zones[-1:]])


OF = "(SELECT owner FROM accounts WHERE account_id = NEW.account_id)"
SAME = "account_id = NEW.account_id AND period = NEW.period"
TRIGGERS = {
    "a release forgets the month's ceiling": f"""
        AFTER UPDATE ON balances WHEN NEW.held < OLD.held AND NEW.spent = OLD.spent AND {OF} = 'all:month'
        BEGIN UPDATE balances SET held = OLD.held WHERE {SAME}; END""",
    "settling forgets the channel": f"""
        AFTER UPDATE ON balances WHEN NEW.spent > OLD.spent AND {OF} LIKE 'channel:%'
        BEGIN UPDATE balances SET spent = OLD.spent WHERE {SAME}; END""",
    "what comes back of what was given comes back twice": f"""
        AFTER UPDATE ON balances WHEN NEW.held < OLD.held AND NEW.period = 'ever'
        BEGIN UPDATE balances SET granted = granted + OLD.held - NEW.held WHERE {SAME}; END""",
    "a hold is not counted on the member": f"""
        AFTER UPDATE ON balances WHEN NEW.held > OLD.held AND {OF} LIKE 'member:%'
        BEGIN UPDATE balances SET held = OLD.held WHERE {SAME}; END""",
}
PLANTED = {
    **{name: {"planted": f"CREATE TRIGGER bug {trigger}"} for name, trigger in TRIGGERS.items()},
    **{bent.__name__: {"bent": bent} for bent in (ForgetsRoles, ForgetsChannels, ForgetsCeilings)},
    **{bent.__name__: {"bent": bent} for bent in (StaysInUtc, TakesANewZoneAtOnce)},
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_the_machine_catches(planted: dict[str, Any]):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - many things go wrong in books that are wrong
        play(QUICK, **planted)
    assert not isinstance(caught.value, sqlite3.OperationalError)
