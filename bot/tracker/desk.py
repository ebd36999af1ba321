"""Where a request is accepted or refused: one transaction reads, decides, holds the credits and writes the jobs."""

from collections.abc import Mapping
from random import Random
from typing import Any

from bot import intake
from bot.catalog import Catalog
from bot.clock import Clock
from bot.jobs import Job, Request
from bot.settings import MONTHLY_LIMIT, GuildSettings
from bot.store import guilds, ledger
from bot.store import jobs as job_store
from bot.store.database import Database, Transaction
from bot.tracker.availability import Availability


class Desk:
    """Accepts requests. `defaults` are the operator's values for settings that a server did not set itself."""

    def __init__(
        self,
        *,
        db: Database,
        catalog: Catalog,
        availability: Availability,
        ceiling: str,
        defaults: Mapping[str, Any],
        clock: Clock,
        rng: Random,
    ) -> None:
        self._db = db
        self._catalog = catalog
        self._availability = availability
        self._ceiling = ceiling
        self._defaults = defaults
        self._clock = clock
        self._rng = rng

    async def accept(self, request: Request) -> list[Job]:
        """The jobs of the request, held and written; the same interaction twice is the same jobs.

        Raises intake.Refusal, with nothing written, and StoreError where the database takes nothing.
        """
        async with self._db.transaction() as tx:
            return await job_store.jobs_of(tx, request.interaction_id) or await self._write(tx, request)

    async def _write(self, tx: Transaction, request: Request) -> list[Job]:
        now_ms = self._clock.now_ms()
        model = intake.choose_model(request, self._catalog)
        out = self._availability.out(model.slug)
        jobs = intake.decide(
            request, catalog=self._catalog, ceiling=self._ceiling, out=out, rng=self._rng, now_ms=now_ms
        )
        settings = GuildSettings(await guilds.load(tx, request.guild_id), self._defaults)
        budget = {"owner": ledger.guild_owner(request.guild_id), "period": ledger.period_of(now_ms)}
        await ledger.grant_to(tx, **budget, limit_microcredits=settings[MONTHLY_LIMIT], at_ms=now_ms)
        usage = await ledger.usage(tx, **budget)
        resets_ms = ledger.period_end_ms(budget["period"])
        intake.check_budget(jobs, available_microcredits=usage.left, resets_ms=resets_ms)
        await job_store.insert(tx, request, jobs)
        for job in jobs:
            await ledger.hold(
                tx,
                **budget,
                interaction_id=job.interaction_id,
                number=job.number,
                amount_microcredits=job.price_microcredits,
                at_ms=now_ms,
            )
        return jobs
