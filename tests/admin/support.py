"""What the tests of bot/admin share: a clock that is moved by hand, settings, jobs in the books, and what was told."""

import asyncio
from dataclasses import replace
from typing import Any

from bot.admin.rulebook import Rulebook
from bot.errors import DeliveryError
from bot.jobs import Job, State
from bot.periods import Per
from bot.setting_fields import Allowance, Budget, BudgetKind, TargetKind
from bot.settings import (
    BALANCE_WARNING,
    BUDGET,
    CEILING_PER_DAY,
    CEILING_PER_MONTH,
    DEFAULT_BUDGET,
)
from bot.store import jobs, ledger
from bot.store.database import Database
from bot.text import Texts
from tests.store.support import JOB, PERIOD, PRICE, REQUEST, grant

TEXTS = Texts()
DAY_MS = 86_400_000
# 2026-11-20, 12:00 in UTC.
NOON_MS = 1_795_176_000_000
OPERATOR = 77
GONE = 404
MONTHLY = Budget(BudgetKind.LIMITED, Allowance(10_000_000, Per.MONTH))
DEFAULTS = {
    BUDGET.name: MONTHLY,
    DEFAULT_BUDGET.name: MONTHLY,
    CEILING_PER_DAY.name: 25_000_000,
    CEILING_PER_MONTH.name: 250_000_000,
    BALANCE_WARNING.name: 5_000_000,
}


class HandClock:
    """Stands still until it is moved; who sleeps never wakes."""

    def __init__(self, at_ms: int = NOON_MS) -> None:
        self.ms = at_ms
        self.sleeps_s: list[float] = []
        self.slept = asyncio.Event()

    def now_ms(self) -> int:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.sleeps_s.append(seconds)
        self.slept.set()
        await asyncio.Event().wait()


def rulebook(db: Database, clock: HandClock) -> Rulebook:
    return Rulebook(db=db, defaults=DEFAULTS, clock=clock)


class FakePoster:
    """Remembers what was posted and who was told, each nonce once as Discord does.

    `refusals` by channel or person are raised instead of taking anything; every server has everything but GONE.
    """

    def __init__(self, locale: str | None = "en-US") -> None:
        self.posts: dict[str, tuple[int, int, str]] = {}
        self.direct: dict[str, tuple[int, str]] = {}
        self.calls = 0
        self.refusals: dict[int, DeliveryError] = {}
        self._locale = locale

    async def post(self, *, channel_id: int, guild_id: int, text: str, nonce: str) -> None:
        self.calls += 1
        if channel_id in self.refusals:
            raise self.refusals[channel_id]
        self.posts.setdefault(nonce, (guild_id, channel_id, text))

    async def tell(self, *, user_id: int, text: str, nonce: str) -> None:
        self.calls += 1
        if user_id in self.refusals:
            raise self.refusals[user_id]
        self.direct.setdefault(nonce, (user_id, text))

    def locale(self, guild_id: int) -> str | None:
        return self._locale

    def name(self, guild_id: int) -> str:
        return f"Server *{guild_id}*"

    def has(self, guild_id: int, kind: TargetKind, target_id: int) -> bool:
        return target_id != GONE

    @property
    def texts(self) -> list[str]:
        return [text for _, _, text in self.posts.values()]


class FakeLine:
    """Remembers what the operator was told, each nonce once."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.alerts: list[str] = []
        self.refusal: DeliveryError | None = None

    async def alert(self, text: str) -> bool:
        self.alerts.append(text)
        return self.refusal is None

    async def tell(self, text: str, *, nonce: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.told.setdefault(nonce, text)


async def booked(
    db: Database,
    interaction_id: int,
    state: State,
    *,
    at_ms: int,
    guild_id: int = 7,
    request_id: str | None = None,
    cost: int | None = PRICE,
    slug: str = "imagen-4",
    payload: dict[str, Any] | None = None,
) -> Job:
    """A request with one job, which went its whole way at that instant and ended like this (or runs)."""
    await grant(db, credits_for=100)
    job = replace(JOB, interaction_id=interaction_id, slug=slug, payload=payload or {"prompt": "x"}, accepted_ms=at_ms)
    request = replace(REQUEST, interaction_id=interaction_id, guild_id=guild_id, created_ms=at_ms)
    way: list[tuple[State, dict[str, Any]]] = [(State.SUBMITTING, {})]
    if request_id is not None:
        way.append((State.RUNNING, {"request_id": request_id}))
    match state:
        case State.DONE:
            way.append((state, {"result_url": "https://x/1.png", "cost_microcredits": cost}))
        case State.LOST | State.FAILED:
            way.append((state, {"outcome": "fate_unknown"}))
        case _:
            pass
    async with db.transaction() as tx:
        await jobs.insert(tx, request, [job])
        await ledger.hold(
            tx,
            interaction_id=interaction_id,
            number=0,
            accounts=[(f"guild:{guild_id}", PERIOD)],
            amount_microcredits=PRICE,
            at_ms=at_ms,
        )
        for to, changes in way:
            job = await jobs.move(tx, job, to, at_ms=at_ms, **changes)
    return job
