"""Ended jobs as the tests of usage need them, and the figures of such jobs worked out the plain way."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.clock import SystemClock
from bot.jobs import Job, Outcome, Request, State
from bot.periods import ZoneChange, local_day
from bot.settings import TIME_ZONE
from bot.store import jobs
from bot.store import settings as setting_store
from bot.store.database import Database
from bot.store.settings import Change
from bot.usage.report import Counts
from bot.usage.span import Span
from tests.store.support import JOB, REQUEST

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NOON_MS = int(datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp()) * 1000
BLOCKED = ("blocked_words", "blocked_picture", "blocked")


class FixedClock(SystemClock):
    """Always noon (UTC) of 10 March 2026."""

    def now_ms(self) -> int:
        return NOON_MS


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request with one job; `ended` is how, or None where it goes on."""

    guild_id: int = 7
    place_id: int = 8
    user_id: int = 9
    role_ids: tuple[int, ...] = ()
    model: str = "imagen-4"
    ended: State | None = State.DONE
    outcome: Outcome | None = None
    cost: int | None = 30_000
    at_ms: int = NOON_MS
    waited_ms: int | None = 400
    drew_ms: int = 8_000
    measured: bool = True

    @property
    def begun_ms(self) -> int | None:
        return None if self.waited_ms is None else self.at_ms + self.waited_ms

    def rows(self, interaction_id: int) -> tuple[Request, Job]:
        request = replace(
            REQUEST,
            interaction_id=interaction_id,
            guild_id=self.guild_id,
            place_id=self.place_id,
            channel_id=self.place_id + 1_000,
            user_id=self.user_id,
            role_ids=self.role_ids,
            model=self.model,
            created_ms=self.at_ms - 300,
        )
        job = replace(
            JOB,
            interaction_id=interaction_id,
            model=self.model,
            state=self.ended or State.ACCEPTED,
            outcome=self.outcome,
            cost_microcredits=self.cost,
            accepted_ms=self.at_ms,
            submitting_ms=self.begun_ms,
            running_ms=self.begun_ms,
            finished_ms=None if self.ended is None else (self.begun_ms or self.at_ms) + self.drew_ms,
            render_ms=self.drew_ms if self.measured else None,
        )
        return request, job


async def write(db: Database, asked: Iterable[Asked], *, first: int = 1) -> None:
    """Write them down as they stand, in one transaction; ids are counted from `first`."""
    async with db.transaction() as tx:
        for number, each in enumerate(asked, start=first):
            request, job = each.rows(number)
            await jobs.insert(tx, request, [job])


async def move_to(db: Database, guild_id: int, change: ZoneChange) -> None:
    """The server chooses a time zone."""
    entry = Change(
        guild_id=guild_id, subject=TIME_ZONE.name, old=None, new=change.zone, user_id=1, at_ms=change.since_ms
    )
    async with db.transaction() as tx:
        await setting_store.add_change(tx, entry)


# ---------------------------------------------------------------- the plain way


def plain_counts(asked: Sequence[Asked]) -> Counts:
    done = [each for each in asked if each.ended is State.DONE]
    blocked = [each for each in asked if each.ended is State.FAILED and each.outcome in BLOCKED]
    cancelled = [each for each in asked if each.ended is State.CANCELLED]
    return Counts(
        images=len(done),
        blocked=len(blocked),
        cancelled=len(cancelled),
        failed=len(asked) - len(done) - len(blocked) - len(cancelled),
        spent_microcredits=sum(min(40_000, 40_000 if each.cost is None else each.cost) for each in done),
    )


def plain_within(
    asked: Iterable[Asked], span: Span, *, guild_id: int | None, zones: dict[int, list[ZoneChange]]
) -> list[tuple[str, Asked]]:
    """Those that ended and count within the span, each with its day."""
    days = [(local_day(each.at_ms, zones=zones.get(each.guild_id, [])), each) for each in asked if each.ended]
    return [
        (day, each)
        for day, each in days
        if span.first.isoformat() <= day <= span.last.isoformat() and guild_id in (None, each.guild_id)
    ]


def plain_top(asked: Sequence[Asked], name: str) -> list[tuple[str, Counts]]:
    keys = Counter(str(key) for each in asked for key in _keys(each, name))
    figures = {key: plain_counts([each for each in asked if key in map(str, _keys(each, name))]) for key in keys}
    return sorted(figures.items(), key=lambda item: (-item[1].spent_microcredits, -item[1].images, item[0]))


def _keys(asked: Asked, name: str) -> Iterable[object]:
    return set(asked.role_ids) if name == "role_ids" else [getattr(asked, name)]


def plain_quantile(times_ms: list[int], share: float) -> int | None:
    return sorted(times_ms)[math.ceil(share * len(times_ms)) - 1] if times_ms else None
