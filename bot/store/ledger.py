"""Credits: every change is an entry, a balance is the sum of its entries, and money moves with the job's state.

Amounts are whole micro-credits (1 credit = 1 US dollar = 1,000,000). An account has a balance for each period, named by
the period's label (bot/periods.py). A job holds its price on one account of every limit that applies to it; all of
these holds are closed together and exactly once: settled at what the job cost, or released. What was or may have been
paid above a hold is booked to the operator and counts against the ceilings, never against anybody else's limit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.errors import ImagenError, StoreError
from bot.limits import CEILINGS, Limit, Usage, ceiling_owner
from bot.periods import Per
from bot.store.database import Reader, Transaction
from bot.store.entries import Entry, Kind, add, book, change_balance, hold_on_balances, holds_of, open_balance

OPERATOR = "operator"  # the owner of the account that carries what no limit covers


class InsufficientCredits(ImagenError):
    """The balance does not suffice; nothing was held."""

    def __init__(self, *, left_microcredits: int, needed_microcredits: int) -> None:
        super().__init__(f"{needed_microcredits} needed, {left_microcredits} left")
        self.left_microcredits = left_microcredits
        self.needed_microcredits = needed_microcredits


class AlreadyClosed(ImagenError):
    """The job's hold was settled or released before."""


async def usage(reader: Reader, *, owner: str, period: str) -> Usage:
    """Look a balance up; whoever has none yet has zeros."""
    rows = await reader.fetch(
        "SELECT granted, held, spent FROM balances JOIN accounts USING (account_id) WHERE owner = $1 AND period = $2",
        owner,
        period,
    )
    return Usage(rows[0]["granted"], rows[0]["held"], rows[0]["spent"]) if rows else Usage(0, 0, 0)


async def usages(reader: Reader, limits: Iterable[Limit]) -> dict[Limit, Usage]:
    """Look the balances of one or more limits up in one question; those that do not exist yet are left out."""
    wanted = {(limit.owner, limit.period.label): limit for limit in limits}
    owners, periods = (tuple(dict.fromkeys(names)) for names in zip(*wanted, strict=True))
    places = [f"${place}" for place in range(1, len(owners) + len(periods) + 1)]
    # Asked for as pairs, every balance there is would be looked at: no index leads from an owner to a balance.
    rows = await reader.fetch(
        f"""SELECT owner, period, granted, held, spent FROM accounts JOIN balances USING (account_id)
        WHERE owner IN ({", ".join(places[: len(owners)])}) AND period IN ({", ".join(places[len(owners) :])})""",  # noqa: S608 - places only
        *owners,
        *periods,
    )
    found = {(row["owner"], row["period"]): Usage(row["granted"], row["held"], row["spent"]) for row in rows}
    return {limit: found[key] for key, limit in wanted.items() if key in found}


async def grant_to(
    tx: Transaction, *, owner: str, period: str, limit_microcredits: int, at_ms: int, ends_ms: int | None = None
) -> None:
    """Make this the limit of the period, or what is held and spent already if that is more."""
    account_id = await open_balance(tx, owner=owner, period=period, ends_ms=ends_ms)
    now = await usage(tx, owner=owner, period=period)
    change = max(limit_microcredits, now.used) - now.granted
    if change:
        kind = Kind.GRANT if change > 0 else Kind.CORRECT
        await book(tx, Entry(account_id=account_id, period=period, kind=kind, granted=change, at_ms=at_ms))


async def give(tx: Transaction, *, owner: str, period: str, amount_microcredits: int, at_ms: int) -> Usage:
    """Give credits on top, or take some of them back where the amount is below zero; return the balance then.

    Raises InsufficientCredits, with nothing taken, where less than that is left.
    """
    account_id = await open_balance(tx, owner=owner, period=period)
    kind = Kind.GRANT if amount_microcredits > 0 else Kind.CORRECT
    entry = Entry(account_id=account_id, period=period, kind=kind, granted=amount_microcredits, at_ms=at_ms)
    if amount_microcredits:
        if not await change_balance(tx, entry):
            now = await usage(tx, owner=owner, period=period)
            left_microcredits = now.granted - now.used
            raise InsufficientCredits(left_microcredits=left_microcredits, needed_microcredits=-amount_microcredits)
        await add(tx, entry)
    return await usage(tx, owner=owner, period=period)


async def hold(
    tx: Transaction,
    *,
    interaction_id: int,
    number: int,
    accounts: Sequence[tuple[str, str]],
    amount_microcredits: int,
    at_ms: int,
) -> None:
    """Set an amount (0 or more) aside for a job on each of these accounts, named by their owners and periods.

    The transaction must end with an error of this: InsufficientCredits if the amount is more than what is left of one
    of them, or StoreError if the job holds on one already.
    """
    entry = Entry(
        account_id=0,
        period="",
        kind=Kind.HOLD,
        interaction_id=interaction_id,
        number=number,
        held=amount_microcredits,
        at_ms=at_ms,
    )
    held = await hold_on_balances(tx, accounts, amount_microcredits=amount_microcredits)
    if len(held) < len(accounts):
        now = [await usage(tx, owner=owner, period=period) for owner, period in accounts if (owner, period) not in held]
        left_microcredits = min(each.granted - each.used for each in now)
        raise InsufficientCredits(left_microcredits=left_microcredits, needed_microcredits=amount_microcredits)
    if not await add(tx, *(replace(entry, account_id=held[account], period=account[1]) for account in accounts)):
        raise StoreError(f"job {interaction_id}/{number} holds on one of these accounts already")


async def settle(
    tx: Transaction, *, interaction_id: int, number: int, cost_microcredits: int | None, at_ms: int
) -> None:
    """Close the job's holds at what it cost, and book what that is above the largest of them to the operator.

    A cost of None counts as what was held, one below 0 as 0. Raises NotHeld or AlreadyClosed.
    """
    holds = await holds_of(tx, interaction_id=interaction_id, number=number)
    largest = max(held.held for held in holds)
    cost = largest if cost_microcredits is None else max(cost_microcredits, 0)
    await _close(tx, holds, kind=Kind.SETTLE, cost_microcredits=cost, at_ms=at_ms)
    overrun = cost - largest
    await _book_above(tx, holds, kind=Kind.OVERRUN, amount_microcredits=overrun, at_ms=at_ms)


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
    await _close(tx, holds, kind=Kind.RELEASE, cost_microcredits=0, at_ms=at_ms)
    await _book_above(tx, holds, kind=Kind.PROVISION, amount_microcredits=possible_cost_microcredits, at_ms=at_ms)


async def _close(tx: Transaction, holds: Sequence[Entry], *, kind: Kind, cost_microcredits: int, at_ms: int) -> None:
    """Close all holds of one job; the transaction must end with an error of this."""
    job = f"job {holds[0].interaction_id}/{holds[0].number}"
    entries = [
        replace(held, kind=kind, held=-held.held, spent=min(cost_microcredits, held.held), at_ms=at_ms)
        for held in holds
    ]
    if not await add(tx, *entries):
        raise AlreadyClosed(job)
    for entry in entries:
        if not await change_balance(tx, entry):
            raise StoreError(f"the hold of {job} is not in its balance; run the audit")


async def _book_above(
    tx: Transaction, holds: Sequence[Entry], *, kind: Kind, amount_microcredits: int, at_ms: int
) -> None:
    """Book to the operator what no hold covers, and to the ceilings held on, which bound what is really spent."""
    if amount_microcredits <= 0:
        return
    rows = await tx.fetch("SELECT account_id FROM accounts WHERE owner IN ($1, $2)", *map(ceiling_owner, CEILINGS))
    ceilings = {row["account_id"] for row in rows}
    account_id = await open_balance(tx, owner=OPERATOR, period=Per.EVER.value)
    of_operator = replace(holds[0], account_id=account_id, period=Per.EVER.value)
    for bearer in (of_operator, *(held for held in holds if held.account_id in ceilings)):
        booked = replace(bearer, kind=kind, held=0, at_ms=at_ms)
        await book(tx, replace(booked, granted=amount_microcredits, spent=amount_microcredits))
