"""Any sequence of operations leaves the ledger where a plain reference stands, at every step."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Awaitable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.store import ledger
from bot.store.ledger import AlreadyClosed, InsufficientCredits
from bot.store.sqlite import Sqlite
from tests.inline_sqlite import InlineConnection
from tests.plain_books import PlainBooks

OWNERS = ("guild:1", "guild:2", "user:1")
PERIODS = ("m:2026-11", "m:2026-12")
AMOUNTS = st.integers(min_value=0, max_value=120)

PR = settings(
    max_examples=300,
    stateful_step_count=50,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
NIGHT = settings(PR, max_examples=20_000, stateful_step_count=100)
QUICK = settings(PR, phases=[Phase.generate])


@dataclass
class Balance:
    granted: int = 0
    held: int = 0
    spent: int = 0

    @property
    def left(self) -> int:
        return self.granted - self.held - self.spent


@cache
def empty() -> bytes:
    """A database with nothing in its tables."""
    with closing(PlainBooks()) as books:
        return books.raw.serialize()


class MemoryConnection(InlineConnection):
    """An inline connection to a database that is nowhere but in memory."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.raw.deserialize(empty())
        self.raw.execute("PRAGMA foreign_keys = ON")
        self.raw.execute("PRAGMA recursive_triggers = ON")


LOOP = asyncio.new_event_loop()


class LedgerMachine(RuleBasedStateMachine):
    """`planted` is SQL that puts a bug into the database."""

    planted = ""

    def __init__(self) -> None:
        super().__init__()
        connection = MemoryConnection()
        self.db = Sqlite(writer=connection, reader=connection)
        self.raw = connection.raw
        self.raw.execute(self.planted)
        self.balances: dict[tuple[str, str], Balance] = defaultdict(Balance)
        self.open: dict[int, list[tuple[str, str, int]]] = {}
        self.closed: list[int] = []
        self.jobs = 0

    def run(self, awaitable: Awaitable[Any]) -> Any:
        return LOOP.run_until_complete(awaitable)

    def teardown(self) -> None:
        self.run(self.db.close())

    async def change(self, operation: Any, **arguments: Any) -> None:
        async with self.db.transaction() as tx:
            await operation(tx, **arguments)

    @rule(owner=st.sampled_from(OWNERS), period=st.sampled_from(PERIODS), limit=st.integers(0, 500))
    def grant(self, owner: str, period: str, limit: int) -> None:
        self.run(self.change(ledger.grant_to, owner=owner, period=period, limit_microcredits=limit, at_ms=1))
        balance = self.balances[owner, period]
        balance.granted = max(limit, balance.held + balance.spent)

    @rule(
        owners=st.lists(st.sampled_from(OWNERS), min_size=1, max_size=2, unique=True),
        period=st.sampled_from(PERIODS),
        amount=AMOUNTS,
        fails=st.integers(0, 9).map(lambda number: number == 0),
    )
    def hold(self, owners: list[str], period: str, amount: int, *, fails: bool) -> None:
        """All of the holds or none; now and then the block fails after them."""
        self.jobs += 1
        known = all((owner, period) in self.balances for owner in owners)
        suffices = known and all(self.balances[owner, period].left >= amount for owner in owners)
        try:
            self.run(self.hold_all(owners, period, amount, fails=fails))
        except InsufficientCredits:
            assert not suffices
        except KeyError:
            assert fails
        else:
            assert suffices
            self.open[self.jobs] = [(owner, period, amount) for owner in owners]
            for owner in owners:
                self.balances[owner, period].held += amount

    async def hold_all(self, owners: list[str], period: str, amount: int, *, fails: bool) -> None:
        job = {"interaction_id": self.jobs, "number": 0}
        async with self.db.transaction() as tx:
            accounts = [(owner, period) for owner in owners]
            await ledger.hold(tx, **job, accounts=accounts, amount_microcredits=amount, at_ms=1)
            if fails:
                raise KeyError

    @precondition(lambda self: self.open)
    @rule(pick=st.integers(0, 1000), cost=st.none() | st.integers(0, 200))
    def settle(self, pick: int, cost: int | None) -> None:
        job, holds = self.close(pick)
        self.run(self.change(ledger.settle, interaction_id=job, number=0, cost_microcredits=cost, at_ms=2))
        for owner, period, amount in holds:
            self.balances[owner, period].held -= amount
            self.balances[owner, period].spent += amount if cost is None else min(cost, amount)
        self.book_to_operator((cost or 0) - holds[0][2])

    @precondition(lambda self: self.open)
    @rule(pick=st.integers(0, 1000), possible_cost=st.just(0) | AMOUNTS)
    def release(self, pick: int, possible_cost: int) -> None:
        job, holds = self.close(pick)
        arguments = {"interaction_id": job, "number": 0, "possible_cost_microcredits": possible_cost, "at_ms": 2}
        self.run(self.change(ledger.release, **arguments))
        for owner, period, amount in holds:
            self.balances[owner, period].held -= amount
        self.book_to_operator(possible_cost)

    def close(self, pick: int) -> tuple[int, list[tuple[str, str, int]]]:
        job = sorted(self.open)[pick % len(self.open)]
        self.closed.append(job)
        return job, self.open.pop(job)

    def book_to_operator(self, amount: int) -> None:
        balance = self.balances[ledger.OPERATOR, "ever"]
        balance.granted += max(amount, 0)
        balance.spent += max(amount, 0)

    @precondition(lambda self: self.closed)
    @rule(pick=st.integers(0, 1000), settles=st.booleans())
    def close_again(self, pick: int, *, settles: bool) -> None:
        job = {"interaction_id": self.closed[pick % len(self.closed)], "number": 0, "at_ms": 3}
        again = (
            self.change(ledger.settle, **job, cost_microcredits=7) if settles else self.change(ledger.release, **job)
        )
        with pytest.raises(AlreadyClosed):
            self.run(again)

    @rule(sql=st.sampled_from(["UPDATE entries SET held = held + 1", "DELETE FROM entries"]))
    def tamper(self, sql: str) -> None:
        [entries] = self.raw.execute("SELECT COUNT(*) FROM entries").fetchone()
        if entries:
            with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
                self.raw.execute(sql)

    @invariant()
    def every_balance_is_the_references_and_the_fold_of_its_entries(self) -> None:
        expected = {key: (one.granted, one.held, one.spent) for key, one in self.balances.items()}
        for table in ("balances", "entries"):
            rows = self.raw.execute(
                f"SELECT owner, period, SUM(granted), SUM(held), SUM(spent) FROM {table}"
                " JOIN accounts USING (account_id) GROUP BY owner, period"
            )
            found = {(owner, period): (granted, held, spent) for owner, period, granted, held, spent in rows}
            zeros = dict.fromkeys(expected.keys() | found.keys(), (0, 0, 0))
            assert zeros | found == zeros | expected
        for granted, held, spent in expected.values():
            assert held >= 0
            assert spent >= 0
            assert held + spent <= granted


def test_the_ledger_does_what_the_reference_does():
    run_state_machine_as_test(LedgerMachine, settings=PR)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_the_ledger_does_what_the_reference_does_long():
    run_state_machine_as_test(LedgerMachine, settings=NIGHT)


SAME = "account_id = NEW.account_id AND period = NEW.period"
TRIGGERS = {
    "settling forgets to give the rest back": f"""
        AFTER INSERT ON entries WHEN NEW.kind = 'settle' AND NEW.spent < -NEW.held
        BEGIN UPDATE balances SET spent = spent + 1, granted = granted + 1 WHERE {SAME}; END""",
    "releasing keeps the hold": f"""
        AFTER UPDATE ON balances WHEN NEW.held < OLD.held AND NEW.spent = OLD.spent
        BEGIN UPDATE balances SET held = OLD.held WHERE {SAME}; END""",
    "a hold touches every month": """
        AFTER INSERT ON entries WHEN NEW.kind = 'hold' BEGIN
        UPDATE balances SET held = held + NEW.held, granted = granted + NEW.held
        WHERE account_id = NEW.account_id AND period <> NEW.period; END""",
    "a lowered limit is forgotten": f"""
        AFTER UPDATE ON balances WHEN NEW.granted < OLD.granted
        BEGIN UPDATE balances SET granted = OLD.granted WHERE {SAME}; END""",
}
PLANTED = {
    "a hold can be closed twice": "DROP INDEX entries_one_closing",
    "entries can be changed": "DROP TRIGGER entries_no_UPDATE",
    "entries can be deleted": "DROP TRIGGER entries_no_DELETE",
    **{name: f"CREATE TRIGGER bug {trigger}" for name, trigger in TRIGGERS.items()},
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_the_machine_catches(planted: str):
    machine = type("Planted", (LedgerMachine,), {"planted": planted})
    with pytest.raises((Exception, pytest.fail.Exception)) as caught:
        run_state_machine_as_test(machine, settings=QUICK)
    assert not isinstance(caught.value, sqlite3.OperationalError)
