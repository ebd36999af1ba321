"""Comparing the ledger with Segmind's history each night; differences are told to the operator, and nothing is changed."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import partial

import structlog

from bot.admin import comparing
from bot.admin.comparing import CLOCK_SLACK_MS, Comparison, Difference, compare
from bot.cards.writer import ref_of
from bot.clock import Clock
from bot.errors import ProviderError, RateLimited, StoreError
from bot.jobs import Job
from bot.limiter import Kind, RequestBudget
from bot.money import credits_text
from bot.ports import HistoryRow, Painter
from bot.settings import INSTALLATION
from bot.store import notices, spending
from bot.store.database import Database
from bot.store.meta import Memory
from bot.text import FALLBACK, Texts

DAY_MS = 86_400_000
# Segmind's history may lag: a day is compared once it has been over for so long, at half past three at night in UTC.
LAG_MS = 3 * 3_600_000
NIGHTLY_MS = LAG_MS + 1_800_000
RETRY_S = 1800.0
SHOWN_MAX = 10
_DONE = "reconciled_day"
WORDS: Mapping[comparing.Kind, str] = {
    comparing.Kind.NOT_OURS: "notice.reconciliation.not_ours",
    comparing.Kind.NOT_THEIRS: "notice.reconciliation.not_theirs",
    comparing.Kind.COST: "notice.reconciliation.cost",
    comparing.Kind.LOST: "notice.reconciliation.lost",
}

log = structlog.get_logger()


class Reconciler:
    """Compares each full day (UTC) once. `slugs` are Segmind's names of the models that are offered."""

    def __init__(
        self,
        *,
        painter: Painter,
        budget: RequestBudget,
        db: Database,
        memory: Memory,
        slugs: Collection[str],
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._painter = painter
        self._budget = budget
        self._db = db
        self._memory = memory
        self._slugs = slugs
        self._texts = texts
        self._clock = clock

    async def run(self) -> None:
        """Compare now, if the last day was not, and each night, for as long as the bot does."""
        while True:
            try:
                await self.reconcile()
            except RateLimited as error:
                self._budget.pause_until_ms(error.reset_ms)
                wait_s = RETRY_S
            except (ProviderError, StoreError) as error:
                log.warning("the books could not be compared", reason=str(error) or type(error).__name__)
                wait_s = RETRY_S
            else:
                now_ms = self._clock.now_ms()
                wait_s = (DAY_MS - (now_ms - NIGHTLY_MS) % DAY_MS) / 1000
            await self._clock.sleep(wait_s)

    async def reconcile(self) -> Comparison | None:
        """Compare the last full day, unless that was done; raises ProviderError or StoreError where it cannot be."""
        end_ms = (self._clock.now_ms() - LAG_MS) // DAY_MS * DAY_MS
        start_ms = end_ms - DAY_MS
        day = datetime.fromtimestamp(start_ms // 1000, UTC).date().isoformat()
        first_ms = await spending.first_ms(self._db)
        if first_ms is None or first_ms >= end_ms or await self._memory.get(_DONE) == day:
            return None
        # What was asked of Segmind before our first request was not asked by us.
        start_ms = max(start_ms, first_ms - CLOCK_SLACK_MS)
        comparison = await self._compare(start_ms=start_ms, end_ms=end_ms)
        log.info(
            "books compared with Segmind's",
            day=day,
            theirs_microcredits=comparison.theirs_microcredits,
            ours_microcredits=comparison.ours_microcredits,
            differences=len(comparison.differences),
        )
        if comparison.differences:
            await self._tell(day, comparison)
        await self._memory.set(_DONE, day)
        return comparison

    async def _compare(self, *, start_ms: int, end_ms: int) -> Comparison:
        rows: list[HistoryRow] = []
        jobs: list[Job] = []
        since_ms = start_ms - CLOCK_SLACK_MS
        for slug in sorted({*self._slugs, *await spending.slugs(self._db)}):
            rows += await self._painter.history(
                slug=slug, since_ms=since_ms, turn=partial(self._budget.take, Kind.HISTORY)
            )
            jobs += await spending.jobs_since(self._db, slug=slug, since_ms=since_ms)
        return compare(rows, jobs, start_ms=start_ms, end_ms=end_ms)

    async def _tell(self, day: str, comparison: Comparison) -> None:
        theirs, ours = comparison.theirs_microcredits, comparison.ours_microcredits
        params = {
            "day": day,
            "theirs_microcredits": theirs,
            "ours_microcredits": ours,
            "difference_microcredits": theirs - ours,
            "count": len(comparison.differences),
            "items": "\n".join(map(self._line, comparison.differences[:SHOWN_MAX])),
        }
        async with self._db.transaction() as tx:
            await notices.add(
                tx,
                guild_id=INSTALLATION,
                message_id="notice.reconciliation",
                params=params,
                once=f"reconciliation:{day}",
                at_ms=self._clock.now_ms(),
            )

    def _line(self, difference: Difference) -> str:
        unknown = self._texts(FALLBACK, "notice.reconciliation.unknown")
        theirs = difference.theirs_microcredits
        return self._texts(
            FALLBACK,
            WORDS[difference.kind],
            slug=difference.slug,
            request_id=difference.request_id or unknown,
            ref=unknown if difference.interaction_id is None else ref_of(difference.interaction_id),
            theirs=unknown if theirs is None else credits_text(theirs, FALLBACK),
            ours=credits_text(difference.ours_microcredits, FALLBACK),
        )
