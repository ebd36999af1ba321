"""The audit finds nothing in sound books, and each planted error by the rule that it breaks."""

import sqlite3
from pathlib import Path

import pytest

from bot.jobs import Delivery, Outcome, Remover, Shown, State
from bot.store import audit as auditing
from bot.store import jobs, ledger, retouching
from bot.store.audit import audit
from bot.store.sqlite import Sqlite
from tests.databases import open_fresh
from tests.store.support import PRICE, TO_DONE, TO_RUNNING, TO_SUBMITTING, accept, grant, push

pytestmark = pytest.mark.asyncio

COSTLY = (*TO_RUNNING, (State.DONE, {"result_url": "u", "cost_microcredits": PRICE + 9}))
FAILED = (*TO_RUNNING, (State.FAILED, {"outcome": Outcome.PROVIDER_FAILED}))
LOST = (*TO_SUBMITTING, (State.LOST, {"outcome": Outcome.FATE_UNKNOWN}))

# 1 accepted · 2 submitting · 3 running · 4 done, delivered · 5 done for more · 6 failed · 7 lost · 8 cancelled · 9 removed
WAYS = ((), TO_SUBMITTING, TO_RUNNING, TO_DONE, COSTLY, FAILED, LOST, ((State.CANCELLED, {}),), TO_DONE)

COLUMNS = "(account_id, period, kind, interaction_id, number, granted, held, spent, at_ms)"
BALANCE = "a balance is the sum of its entries"
BOUNDS = "a balance stays within its limit and above zero"
HOLDS = "a job holds its price, once on an account"
OPEN = "a job that has not ended has closed no hold"
ENDED = "a job that has ended has closed each hold once, the right way"
UNHELD = "nothing is closed that was not held"
HOMELESS = "a hold that is open belongs to a job"
COST = "what a done job cost is booked, above its hold to the operator"
POSSIBLE = "what a lost job may have cost is booked to the operator"
STATE = "a state has its columns"
PICTURE = "a request that was removed has no picture"
TAKEN = "what was taken away was removed by somebody"
END = "only a job that has ended has an end"

PLANTED = {
    "UPDATE balances SET spent = spent + 1 WHERE account_id = 1": {BALANCE},
    "DELETE FROM balances WHERE account_id = 1": {BALANCE},
    "UPDATE balances SET granted = 1 WHERE account_id = 1": {BALANCE, BOUNDS},
    "UPDATE balances SET held = -1 WHERE account_id = 1": {BALANCE, BOUNDS},
    "DELETE FROM accounts WHERE account_id = 1": {"an entry belongs to an account"},
    "DELETE FROM entries WHERE interaction_id = 1": {BALANCE, HOLDS},
    "DELETE FROM entries WHERE interaction_id = 4 AND kind = 'hold'": {BALANCE, HOLDS, ENDED, UNHELD},
    "UPDATE entries SET held = held - 1 WHERE interaction_id = 1": {BALANCE, HOLDS},
    f"INSERT INTO entries {COLUMNS} VALUES (1, 'm:2026-11', 'hold', 1, 0, 0, 0, 0, 9)": {HOLDS, UNHELD},
    f"INSERT INTO entries {COLUMNS} VALUES (1, 'm:2026-11', 'release', 1, 0, 0, 0, 0, 9)": {OPEN},
    f"INSERT INTO entries {COLUMNS} VALUES (1, 'm:2026-11', 'settle', 3, 0, 0, -{PRICE}, {PRICE}, 9)": {BALANCE, OPEN},
    f"INSERT INTO entries {COLUMNS} VALUES (1, 'm:2026-11', 'settle', 4, 0, 0, 0, 0, 9)": {ENDED},
    f"INSERT INTO entries {COLUMNS} VALUES (1, 'm:2026-11', 'release', 4, 0, 0, 0, 0, 9)": {ENDED},
    f"INSERT INTO entries {COLUMNS} VALUES (1, 'm:2026-11', 'release', 50, 0, 0, 0, 0, 9)": {UNHELD, HOMELESS},
    f"INSERT INTO entries {COLUMNS} VALUES (1, 'm:2026-11', 'hold', 50, 0, 0, 7, 0, 9)": {BALANCE, HOMELESS},
    "DELETE FROM entries WHERE interaction_id = 6 AND kind = 'release'": {BALANCE, ENDED},
    "UPDATE entries SET kind = 'settle' WHERE interaction_id = 6 AND kind = 'release'": {ENDED},
    "UPDATE entries SET kind = 'settle' WHERE interaction_id = 7 AND kind = 'release'": {ENDED},
    "UPDATE entries SET kind = 'release' WHERE interaction_id = 4 AND kind = 'settle'": {ENDED, COST},
    "UPDATE entries SET spent = spent - 1 WHERE interaction_id = 4 AND kind = 'settle'": {BALANCE, COST},
    "DELETE FROM entries WHERE interaction_id = 5 AND kind = 'overrun'": {BALANCE, COST},
    "DELETE FROM entries WHERE interaction_id = 7 AND kind = 'provision'": {BALANCE, POSSIBLE},
    "DELETE FROM requests WHERE interaction_id = 1": {"a job belongs to a request"},
    "DELETE FROM jobs WHERE interaction_id = 1": {HOMELESS, "a request has jobs"},
    "DELETE FROM jobs WHERE interaction_id = 4": {"a request has jobs"},
    "UPDATE requests SET shown = 'delivered' WHERE interaction_id = 3": {"a delivered request has no job that goes on"},
    "UPDATE jobs SET request_id = NULL WHERE interaction_id = 3": {STATE},
    "UPDATE jobs SET running_ms = NULL WHERE interaction_id = 3": {STATE},
    "UPDATE jobs SET submitting_ms = NULL WHERE interaction_id = 2": {STATE},
    "UPDATE jobs SET request_id = 'x' WHERE interaction_id = 1": {STATE},
    "UPDATE jobs SET result_url = NULL WHERE interaction_id = 4": {STATE},
    "UPDATE jobs SET outcome = NULL WHERE interaction_id = 6": {STATE},
    "UPDATE jobs SET outcome = NULL WHERE interaction_id = 7": {STATE},
    "UPDATE jobs SET submitting_ms = 1 WHERE interaction_id = 8": {STATE},
    "UPDATE requests SET removed = 'owner' WHERE interaction_id = 4": {PICTURE},
    "UPDATE jobs SET attachment_id = 5 WHERE interaction_id = 9": {PICTURE},
    "UPDATE jobs SET sha256 = 'ab' WHERE interaction_id = 9": {PICTURE},
    "UPDATE requests SET removed = NULL WHERE interaction_id = 9": {TAKEN},
    "UPDATE jobs SET finished_ms = NULL WHERE interaction_id = 4": {END},
    "UPDATE jobs SET finished_ms = 1 WHERE interaction_id = 1": {END},
    "UPDATE jobs SET state = 'failed', outcome = 'x', finished_ms = 1 WHERE interaction_id = 3": {ENDED},
    "UPDATE jobs SET state = 'running', finished_ms = NULL WHERE interaction_id = 6": {OPEN},
}


async def fill(db: Sqlite) -> None:
    """A job in every state."""
    await grant(db)
    for interaction_id, way in enumerate(WAYS, start=1):
        [job] = await accept(db, interaction_id)
        await push(db, job, way)
    async with db.transaction() as tx:
        await jobs.save_delivery(tx, 4, Delivery(shown=Shown.DELIVERED))
        await retouching.remove(tx, 9, by=Remover.OWNER, at_ms=3_000)


def plant(path: Path, sql: str) -> None:
    """Change the file with everything out of the way that would refuse it."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA ignore_check_constraints = ON")
    for trigger in ("entries_no_UPDATE", "entries_no_DELETE"):
        raw.execute(f"DROP TRIGGER {trigger}")
    for index in ("entries_one_hold", "entries_one_closing", "entries_one_booking"):
        raw.execute(f"DROP INDEX {index}")
    assert raw.execute(sql).rowcount > 0
    raw.close()


async def test_sound_books_balance(db: Sqlite):
    assert await audit(db) == []
    await fill(db)
    assert await audit(db) == []


@pytest.mark.parametrize("sql", PLANTED)
async def test_a_planted_error_is_found(path: Path, sql: str):
    db = await open_fresh(path)
    await fill(db)
    plant(path, sql)
    # quick_check reads the CHECKs too, so it may join in.
    found = {finding.rule for finding in await audit(db)} - {"the engine finds its files sound"}
    assert found == PLANTED[sql]
    await db.close()


async def test_every_rule_has_a_planted_error():
    assert set(auditing._RULES) == set().union(*PLANTED.values())


async def test_a_finding_names_what_breaks_the_rule(db: Sqlite, path: Path):
    await fill(db)
    plant(path, "UPDATE jobs SET request_id = NULL WHERE interaction_id = 3")
    [finding] = await audit(db)
    assert (finding.rule, finding.subject) == (STATE, "3/0")


async def test_what_breaks_a_rule_on_many_accounts_is_found_once(db: Sqlite, path: Path):
    await fill(db)
    strangers = ", ".join(f"({account}, 'm:2026-11', 'hold', 50, 0, 0, 7, 0, 9)" for account in (901, 902))
    plant(path, f"INSERT INTO entries {COLUMNS} VALUES {strangers}")
    findings = await audit(db)
    assert [(finding.rule, finding.subject) for finding in findings].count((HOMELESS, "50/0")) == 1
    assert len(set(findings)) == len(findings)


async def test_a_ledger_without_its_unique_index_is_found_out(db: Sqlite, path: Path):
    """The bug: a job is settled twice. With the index that cannot be; without it the audit sees it."""
    await grant(db)
    one, _ = await accept(db, count=2)
    await push(db, one, TO_DONE)
    async with db.transaction() as tx:
        await tx.execute("DROP INDEX entries_one_closing")
        await ledger.settle(tx, interaction_id=1, number=0, cost_microcredits=PRICE, at_ms=9)
    assert ENDED in {finding.rule for finding in await audit(db)}
