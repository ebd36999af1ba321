"""The real desk on a real database, with a clock that is moved by hand and settings that are made as people make them."""

import json
from itertools import count
from random import Random
from typing import Any

import pytest

from bot.admin.change_text import CHANGED
from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.intake import Refusal
from bot.jobs import Job, Outcome, State
from bot.limits import Usage
from bot.settings import INSTALLATION
from bot.store import jobs as job_store
from bot.store import ledger
from bot.store.database import Database
from bot.tracker.availability import Availability
from bot.tracker.desk import Desk
from tests.admin.support import HandClock
from tests.limits.support import BY_NAME, DEFAULTS, GUILD, MODELS, NOON_MS, request

ADMIN = 99
# How a job gets to its end.
WAYS = {
    State.DONE: (State.SUBMITTING, State.RUNNING, State.DONE),
    State.FAILED: (State.SUBMITTING, State.RUNNING, State.FAILED),
    State.LOST: (State.SUBMITTING, State.LOST),
    State.CANCELLED: (State.CANCELLED,),
}


class Bench:
    """What a test does to the desk: ask, set, give, finish."""

    def __init__(
        self,
        db: Database,
        *,
        clock: HandClock | None = None,
        catalog: Catalog = MODELS,
        book: type[Rulebook] = Rulebook,
        first_id: int = 1,
    ) -> None:
        self.db = db
        self.clock = clock or HandClock(NOON_MS)
        self.rulebook = book(db=db, defaults=DEFAULTS, clock=self.clock)
        self.availability = Availability(self.clock)
        self.desk = Desk(
            db=db,
            catalog=catalog,
            availability=self.availability,
            rulebook=self.rulebook,
            ceiling="BLOCK_ONLY_HIGH",
            noticed=self._hear,
            clock=self.clock,
            rng=Random(0),
        )
        self.heard = 0
        self._ids = count(first_id)

    def _hear(self) -> None:
        self.heard += 1

    async def ask(self, **asked: Any) -> list[Job]:
        """Ask for images; the jobs that were accepted. Raises Refusal."""
        return await self.desk.accept(request(next(self._ids), created_ms=self.clock.ms, **asked))

    async def refused(self, **asked: Any) -> Refusal:
        """Ask for images, and be refused."""
        with pytest.raises(Refusal) as caught:
            await self.ask(**asked)
        return caught.value

    async def set(self, guild_id: int = GUILD, **made: Any) -> None:
        for name, value in made.items():
            await self.rulebook.change(guild_id, BY_NAME[name], lambda _, value=value: value, user_id=ADMIN)

    async def set_for_all(self, **made: Any) -> None:
        await self.set(INSTALLATION, **made)

    async def give(self, owner: str, amount_microcredits: int) -> None:
        """Give on top, or take back."""
        async with self.db.transaction() as tx:
            await ledger.give(
                tx, owner=owner, period="ever", amount_microcredits=amount_microcredits, at_ms=self.clock.ms
            )

    async def finish(self, job: Job, state: State, *, cost_microcredits: int | None = None) -> None:
        for to in WAYS[state]:
            changes: dict[str, Any] = {}
            if to is State.RUNNING:
                changes["request_id"] = f"r{job.interaction_id}-{job.number}"
            if to in {State.FAILED, State.LOST}:
                changes["outcome"] = Outcome.FATE_UNKNOWN
            if to is State.DONE:
                changes |= {"result_url": "https://x/1.png", "cost_microcredits": cost_microcredits}
            async with self.db.transaction() as tx:
                job = await job_store.move(tx, job, to, at_ms=self.clock.ms, **changes)

    async def usage(self, owner: str, period: str) -> Usage:
        return await ledger.usage(self.db, owner=owner, period=period)

    async def balances(self) -> dict[str, tuple[int, int]]:
        """What is held and spent on every account and in every period in which anything is."""
        rows = await self.db.fetch(
            "SELECT owner, period, held, spent FROM balances JOIN accounts USING (account_id) ORDER BY owner, period"
        )
        return {
            f"{row['owner']} {row['period']}": (row["held"], row["spent"])
            for row in rows
            if row["held"] or row["spent"]
        }

    async def notices(self) -> list[dict[str, Any]]:
        """What is still to be told, oldest first."""
        rows = await self.db.fetch(
            "SELECT guild_id, message_id, params FROM notices WHERE message_id <> $1 ORDER BY notice_id", CHANGED
        )
        return [
            {"guild_id": row["guild_id"], "message_id": row["message_id"], **json.loads(row["params"])} for row in rows
        ]
