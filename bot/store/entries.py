"""The entries of the ledger, and the balances that they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.errors import ImagenError, StoreError
from bot.store.database import Transaction

_COLUMNS = ("account_id", "period", "kind", "interaction_id", "number", "granted", "held", "spent", "at_ms")


class Kind(StrEnum):
    """What an entry is. The value is what the database holds."""

    GRANT = "grant"  # a limit was given or raised
    CORRECT = "correct"  # a limit was lowered
    EXPIRE = "expire"  # the period is over: what was left of its limit is gone
    HOLD = "hold"  # set aside for a job
    SETTLE = "settle"  # the job cost this much; the rest of its hold is free again
    RELEASE = "release"  # the job cost its owner nothing
    OVERRUN = "overrun"  # the job cost more than its hold: the operator bears the difference
    PROVISION = "provision"  # nobody knows whether the job was charged: the operator may bear it


class NotHeld(ImagenError):
    """The job holds nothing, so there is nothing to close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    account_id: int
    period: str
    kind: Kind
    interaction_id: int | None = None
    number: int | None = None
    granted: int = 0
    held: int = 0
    spent: int = 0
    at_ms: int


async def open_balance(tx: Transaction, *, owner: str, period: str, ends_ms: int | None = None) -> int:
    """Make sure that the owner has an account and a balance in this period; return the account's id.

    `ends_ms` is when the period ends, None if never; a balance that is there keeps the end it has.
    """
    rows = await tx.fetch(
        "SELECT account_id FROM accounts JOIN balances USING (account_id) WHERE owner = $1 AND period = $2",
        owner,
        period,
    )
    if not rows:
        await tx.execute(
            """INSERT INTO accounts (account_id, owner)
            SELECT COALESCE(MAX(account_id), 0) + 1, $1 FROM accounts WHERE TRUE ON CONFLICT (owner) DO NOTHING""",
            owner,
        )
        rows = await tx.fetch(
            """INSERT INTO balances (account_id, period, granted, held, spent, ends_ms)
            SELECT account_id, $2, 0, 0, 0, $3 FROM accounts WHERE owner = $1 RETURNING account_id""",
            owner,
            period,
            ends_ms,
        )
    account_id: int = rows[0]["account_id"]
    return account_id


async def holds_of(tx: Transaction, *, interaction_id: int, number: int) -> list[Entry]:
    rows = await tx.fetch(
        """SELECT account_id, period, held, at_ms FROM entries
        WHERE interaction_id = $1 AND number = $2 AND kind = 'hold' ORDER BY account_id""",
        interaction_id,
        number,
    )
    if not rows:
        raise NotHeld(f"job {interaction_id}/{number}")
    return [
        Entry(
            account_id=row["account_id"],
            period=row["period"],
            kind=Kind.HOLD,
            interaction_id=interaction_id,
            number=number,
            held=row["held"],
            at_ms=row["at_ms"],
        )
        for row in rows
    ]


async def book(tx: Transaction, entry: Entry) -> None:
    if not (await change_balance(tx, entry) and await add(tx, entry)):
        raise StoreError(f"{entry.kind} of {entry.granted} does not fit the books; run the audit")


async def change_balance(tx: Transaction, entry: Entry) -> bool:
    """Add the entry's changes up; False, and nothing changed, if that would take the balance below zero."""
    touched = await tx.execute(
        """UPDATE balances SET granted = granted + $3, held = held + $4, spent = spent + $5
        WHERE account_id = $1 AND period = $2 AND held + $4 >= 0 AND held + $4 + spent + $5 <= granted + $3""",
        entry.account_id,
        entry.period,
        entry.granted,
        entry.held,
        entry.spent,
    )
    return touched == 1


async def hold_on_balances(
    tx: Transaction, accounts: Sequence[tuple[str, str]], *, amount_microcredits: int
) -> dict[tuple[str, str], int]:
    """Add the amount to what is held of each balance that has as much left; returns those accounts with their ids."""
    pairs = range(2, 2 * len(accounts) + 2, 2)
    id_of = "SELECT account_id FROM accounts WHERE owner ="
    # Each pair by itself, for of a list of pairs no index would be of use.
    wanted = " OR ".join(f"(account_id = ({id_of} ${place}) AND period = ${place + 1})" for place in pairs)
    rows = await tx.fetch(
        f"""UPDATE balances SET held = held + $1
        WHERE held + $1 + spent <= granted AND ({wanted})
        RETURNING account_id, period, (SELECT owner FROM accounts WHERE accounts.account_id = balances.account_id) AS owner""",  # noqa: S608 - places only
        amount_microcredits,
        *(name for account in accounts for name in account),
    )
    return {(row["owner"], row["period"]): row["account_id"] for row in rows}


async def add(tx: Transaction, *entries: Entry) -> bool:
    """Write the entries; False, and the others written, if a job has such an entry on its account already."""
    touched = await tx.execute(_insert(len(entries)), *(value for entry in entries for value in _columns(entry)))
    return touched == len(entries)


@cache
def _insert(count: int) -> str:
    """Write the INSERT for so many entries."""
    width = len(_COLUMNS)
    starts = range(1, count * width, width)
    rows = (", ".join(f"${place}" for place in range(start, start + width)) for start in starts)
    values = ", ".join(f"({row})" for row in rows)
    return f"INSERT INTO entries ({', '.join(_COLUMNS)}) VALUES {values} ON CONFLICT DO NOTHING"  # noqa: S608 - places only


def _columns(entry: Entry) -> tuple[str | int | None, ...]:
    return (
        entry.account_id,
        entry.period,
        entry.kind.value,
        entry.interaction_id,
        entry.number,
        entry.granted,
        entry.held,
        entry.spent,
        entry.at_ms,
    )
