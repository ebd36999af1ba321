"""Reports of usage: the roll-ups of the days asked for, and the ended jobs that are not counted in them yet.

So a report is exact whenever it is made, also of a database that may only be read.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Protocol

from bot.admin.local_days import LocalDays
from bot.clock import Clock
from bot.store import guilds as guild_store
from bot.store import usage as store
from bot.store.database import Reader
from bot.usage.report import Counts, Leg, Report, Took, Top, Topic, Totals, ranked
from bot.usage.span import Span, before
from bot.usage.tally import Tally

TOP_ROWS = 5
JOBS_AT_ONCE = 1_000


class Snapshots(Protocol):
    """A database that can be asked several questions about one and the same moment."""

    def snapshot(self) -> AbstractAsyncContextManager[Reader]:
        """Open a moment: what is written meanwhile is not seen in it, and does not wait for it. Raises StoreError."""
        ...


class UsageReader:
    """Reads usage figures. A `guild_id` of None means all servers together, each by its own local days."""

    def __init__(self, snapshots: Snapshots, *, clock: Clock) -> None:
        self._snapshots = snapshots
        self._clock = clock

    async def today(self, guild_id: int | None) -> date:
        """Which day it is there now; for all servers together, in UTC."""
        now_ms = self._clock.now_ms()
        if guild_id is None:
            return datetime.fromtimestamp(now_ms / 1000, UTC).date()
        async with self._snapshots.snapshot() as moment:
            return date.fromisoformat(await LocalDays(moment).day(guild_id, now_ms))

    async def report(self, guild_id: int | None, span: Span) -> Report:
        """Everything about a period, with the first TOP_ROWS of every ranking; servers only where all are asked for."""
        topics = [topic for topic in Topic if topic is not Topic.ALL and (topic is not Topic.GUILD or guild_id is None)]
        async with self._snapshots.snapshot() as moment:
            figures = await Figures.read(moment, guild_id)
            days = await figures.by_day(span)
            earlier = before(span)
            return Report(
                span=span,
                totals=await figures.totals(span, days),
                before=await figures.totals(earlier, await figures.by_day(earlier)),
                days=tuple((day, days.get(day.isoformat(), Counts())) for day in span),
                tops={topic: ranked(await figures.by_key(span, topic), offset=0, limit=TOP_ROWS) for topic in topics},
            )

    async def top(self, guild_id: int | None, span: Span, topic: Topic, *, offset: int, limit: int) -> Top:
        """A page of a ranking; `offset` counts from 0, and past the end there are no rows."""
        async with self._snapshots.snapshot() as moment:
            figures = await Figures.read(moment, guild_id)
            return ranked(await figures.by_key(span, topic), offset=offset, limit=limit)

    async def server_names(self, guild_ids: Iterable[int]) -> dict[int, str]:
        """What these servers are called; not all are known."""
        async with self._snapshots.snapshot() as moment:
            return await guild_store.names(moment, guild_ids)


class Figures:
    """The roll-ups of one moment, each question with what is not in them yet."""

    def __init__(self, moment: Reader, guild_id: int | None, fresh: Tally) -> None:
        self._moment = moment
        self._guild_id = guild_id
        self._fresh = fresh

    @classmethod
    async def read(cls, moment: Reader, guild_id: int | None) -> "Figures":
        """Add up the jobs that are not counted yet."""
        days, fresh = LocalDays(moment), Tally()
        after = store.BEFORE_ALL
        while found := await store.uncounted(moment, guild_id=guild_id, after=after, limit=JOBS_AT_ONCE):
            for after, job in found:  # noqa: B007 - the last one is where the next page begins
                fresh.add(job, await days.day(job.guild_id, job.accepted_ms))
        return cls(moment, guild_id, fresh)

    async def by_day(self, span: Span) -> dict[str, Counts]:
        return _joined(await store.by_day(self._moment, self._guild_id, span), self._fresh.by_day(span))

    async def by_key(self, span: Span, topic: Topic) -> dict[str, Counts]:
        return _joined(await store.by_key(self._moment, self._guild_id, span, topic), self._fresh.by_key(span, topic))

    async def totals(self, span: Span, days: Mapping[str, Counts]) -> Totals:
        """All days of the span together."""
        return Totals(
            counts=sum(days.values(), Counts()),
            waiting=await self._took(span, Leg.WAITING),
            rendering=await self._took(span, Leg.RENDERING),
        )

    async def _took(self, span: Span, leg: Leg) -> Took:
        histogram = await store.histogram(self._moment, self._guild_id, span, leg)
        for bucket, jobs in self._fresh.histogram(span, leg).items():
            histogram[bucket] = histogram.get(bucket, 0) + jobs
        return Took.of(histogram)


def _joined(counted: dict[str, Counts], fresh: Mapping[str, Counts]) -> dict[str, Counts]:
    return counted | {key: counted.get(key, Counts()) + counts for key, counts in fresh.items()}
