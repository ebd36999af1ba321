"""The ends of a job that Segmind's word decides: each is one transaction, money included."""

from collections.abc import Callable

import structlog

from bot import safety
from bot.admin.rulebook import Rulebook
from bot.cards.writer import ref_of
from bot.clock import Clock
from bot.jobs import Job, Outcome, State
from bot.moderation import recording
from bot.ports import Painted
from bot.store import jobs as job_store
from bot.store.database import Transaction
from bot.tracker.alerts import Alerts
from bot.tracker.books import Books
from bot.tracker.collecting import Collector

OUTCOMES = {
    safety.Side.WORDS: Outcome.BLOCKED_WORDS,
    safety.Side.PICTURE: Outcome.BLOCKED_PICTURE,
    safety.Side.UNKNOWN: Outcome.BLOCKED,
}

log = structlog.get_logger()


class Endings:
    """Writes down how jobs end; `noticed` hears that a case was written along."""

    def __init__(
        self,
        *,
        books: Books,
        rulebook: Rulebook,
        collector: Collector,
        alerts: Alerts,
        noticed: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._books = books
        self._rulebook = rulebook
        self._collector = collector
        self._alerts = alerts
        self._noticed = noticed
        self._clock = clock

    async def done(self, job: Job, painted: Painted) -> Job:
        """The picture exists. Bytes that came along are stored before the job says so; an address is fetched later."""
        kept = {} if painted.data is None else await self._collector.keep(painted.data)
        job = await self._books.move(
            job,
            State.DONE,
            result_url=painted.url,
            cost_microcredits=painted.cost_microcredits,
            render_ms=painted.render_ms,
            request_id=job.request_id or await self._new(painted.request_id),
            **kept,
        )
        if job.cost_microcredits is not None and job.cost_microcredits > job.price_microcredits:
            ref = ref_of(job.interaction_id)
            await self._alerts.tell("overrun", ref=ref, cost=job.cost_microcredits, price=job.price_microcredits)
        return job

    async def _new(self, request_id: str | None) -> str | None:
        """The name that v1 gave the request, so that no other job is taken for it; a name that is not new is none."""
        known = request_id is not None and await job_store.knows(self._books.db, request_id)
        return None if known else request_id

    async def failed(self, job: Job, detail: str, *, otherwise: Outcome = Outcome.PROVIDER_FAILED) -> Job:
        """Segmind said no: a safety filter where its text says so, `otherwise` where it does not."""
        block = safety.explain(detail)
        if block is None:
            return await self._books.move(job, State.FAILED, outcome=otherwise, detail=detail)
        outcome = OUTCOMES[block.side]
        job = await self._books.move(
            job, State.FAILED, also=self._record_block, outcome=outcome, category=block.category, detail=detail
        )
        self._noticed()
        if block.category in recording.OF_CHILDREN:
            # Written down for the operator with the case; here it stands for whoever reads the log.
            log.error("operator alert", alert="child", interaction_id=job.interaction_id)
        return job

    async def _record_block(self, tx: Transaction, job: Job) -> None:
        """Have the server's moderators know, and of a child the operator, in the transaction that ends the job."""
        found = await job_store.request(tx, job.interaction_id)
        if found is not None:
            request, _ = found
            rules = await self._rulebook.rules(request.guild_id, tx)
            await recording.blocked_by_provider(tx, request, job, rules=rules, at_ms=self._clock.now_ms())

    async def lost(self, job: Job, outcome: Outcome) -> Job:
        """Nobody can tell: the member's credits go back, and the operator's books carry a possible cost."""
        job = await self._books.move(job, State.LOST, outcome=outcome)
        await self._alerts.tell("lost", ref=ref_of(job.interaction_id), credits=job.price_microcredits)
        return job
