"""Credits: every change is an entry, a balance is the sum of its entries, and money moves with the job's state.

Amounts are whole micro-credits (1 credit = 1 US dollar = 1,000,000). An account has a balance for each period, a
calendar month in UTC. A job's hold is closed exactly once: settled at what the job cost, or released. What was or may
have been paid above a hold is booked to the operator, never over anybody's limit.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.errors import ImagenError, StoreError
from bot.store.database import Reader, Transaction
from bot.store.entries import Entry, Kind, add, book, change_balance, holds_of, open_balance

OPERATOR = "operator"  # the owner of the account that carries what no limit covers
_MS_PER_S = 1000
_MONTHS = 12


class InsufficientCredits(ImagenError):
    """The balance does not suffice; nothing was held."""

    def __init__(self, *, left_microcredits: int, needed_microcredits: int) -> None:
        super().__init__(f"{needed_microcredits} needed, {left_microcredits} left")
        self.left_microcredits = left_microcredits
        self.needed_microcredits = needed_microcredits


class AlreadyClosed(ImagenError):
    """The job's hold was settled or released before."""


@dataclass(frozen=True, slots=True)
class Usage:
    """A balance, in micro-credits: the limit, what running jobs hold, and what finished jobs cost."""

    granted: int
    held: int
    spent: int

    @property
    def left(self) -> int:
        return self.granted - self.held - self.spent


def guild_owner(guild_id: int) -> str:
    """Name the owner of a guild's account."""
    return f"guild:{guild_id}"


def period_of(at_ms: int) -> str:
    """Return the calendar month in UTC that this instant is in, as `2026-11`."""
    return datetime.fromtimestamp(at_ms / _MS_PER_S, tz=UTC).strftime("%Y-%m")


def period_end_ms(period: str) -> int:
    """Return the first instant after this month."""
    year, month = map(int, period.split("-"))
    end = datetime(year + month // _MONTHS, month % _MONTHS + 1, 1, tzinfo=UTC)
    return int(end.timestamp()) * _MS_PER_S


async def usage(reader: Reader, *, owner: str, period: str) -> Usage:
    """Look a balance up; whoever has none yet has zeros."""
    rows = await reader.fetch(
        "SELECT granted, held, spent FROM balances JOIN accounts USING (account_id) WHERE owner = $1 AND period = $2",
        owner,
        period,
    )
    return Usage(rows[0]["granted"], rows[0]["held"], rows[0]["spent"]) if rows else Usage(0, 0, 0)


async def grant_to(tx: Transaction, *, owner: str, period: str, limit_microcredits: int, at_ms: int) -> None:
    """Make this the limit of the period, or what is held and spent already if that is more."""
    account_id = await open_balance(tx, owner=owner, period=period)
    now = await usage(tx, owner=owner, period=period)
    change = max(limit_microcredits, now.held + now.spent) - now.granted
    if change:
        kind = Kind.GRANT if change > 0 else Kind.CORRECT
        await book(tx, Entry(account_id=account_id, period=period, kind=kind, granted=change, at_ms=at_ms))


async def hold(
    tx: Transaction,
    *,
    interaction_id: int,
    number: int,
    owner: str,
    period: str,
    amount_microcredits: int,
    at_ms: int,
) -> None:
    """Set an amount (0 or more) aside for a job.

    Raises InsufficientCredits if that is more than what is left, and StoreError if the job holds on this account.
    """
    account_id = await open_balance(tx, owner=owner, period=period)
    entry = Entry(
        account_id=account_id,
        period=period,
        kind=Kind.HOLD,
        interaction_id=interaction_id,
        number=number,
        held=amount_microcredits,
        at_ms=at_ms,
    )
    if not await change_balance(tx, entry):
        now = await usage(tx, owner=owner, period=period)
        raise InsufficientCredits(left_microcredits=now.left, needed_microcredits=amount_microcredits)
    if not await add(tx, entry):
        raise StoreError(f"job {interaction_id}/{number} holds on this account already")


async def settle(
    tx: Transaction, *, interaction_id: int, number: int, cost_microcredits: int | None, at_ms: int
) -> None:
    """Close the job's holds at what it cost, and book what that is above the largest of them to the operator.

    A cost of None counts as what was held, one below 0 as 0. Raises NotHeld or AlreadyClosed.
    """
    holds = await holds_of(tx, interaction_id=interaction_id, number=number)
    largest = max(held.held for held in holds)
    cost = largest if cost_microcredits is None else max(cost_microcredits, 0)
    for held in holds:
        await _close(tx, held, kind=Kind.SETTLE, spent=min(cost, held.held), at_ms=at_ms)
    overrun = cost - largest
    await _book_to_operator(tx, holds[0], kind=Kind.OVERRUN, amount_microcredits=overrun, at_ms=at_ms)


async def release(
    tx: Transaction,
    *,
    interaction_id: int,
    number: int,
    at_ms: int,
    possible_cost_microcredits: int = 0,
) -> None:
    """Give all of the job's holds back; what it may have cost all the same is booked to the operator.

    Raises NotHeld or AlreadyClosed.
    """
    holds = await holds_of(tx, interaction_id=interaction_id, number=number)
    for held in holds:
        await _close(tx, held, kind=Kind.RELEASE, spent=0, at_ms=at_ms)
    await _book_to_operator(
        tx, holds[0], kind=Kind.PROVISION, amount_microcredits=possible_cost_microcredits, at_ms=at_ms
    )


async def _close(tx: Transaction, held: Entry, *, kind: Kind, spent: int, at_ms: int) -> None:
    entry = replace(held, kind=kind, held=-held.held, spent=spent, at_ms=at_ms)
    if not await add(tx, entry):
        raise AlreadyClosed(f"job {held.interaction_id}/{held.number}")
    if not await change_balance(tx, entry):
        raise StoreError(f"the hold of job {held.interaction_id}/{held.number} is not in its balance; run the audit")


async def _book_to_operator(tx: Transaction, held: Entry, *, kind: Kind, amount_microcredits: int, at_ms: int) -> None:
    if amount_microcredits > 0:
        account_id = await open_balance(tx, owner=OPERATOR, period=held.period)
        booked = replace(held, account_id=account_id, kind=kind, held=0, at_ms=at_ms)
        await book(tx, replace(booked, granted=amount_microcredits, spent=amount_microcredits))
