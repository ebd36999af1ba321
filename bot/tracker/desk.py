"""Where a request is accepted or refused: one transaction reads, decides, holds the credits and writes the jobs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

import structlog

from bot import admission, intake
from bot.admin.allowances import check_bars, out_of_service
from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.clock import Clock
from bot.errors import StoreError
from bot.intake import Refusal
from bot.jobs import Job, Request
from bot.judgement import Judge, Judgement
from bot.levels import RULES, Level
from bot.limits import Asker, Claim, Limit, Rules, Source, Usage, claims
from bot.moderation import recording
from bot.settings import REFUSAL_WORDS
from bot.store import cases, ledger, notices
from bot.store import jobs as job_store
from bot.store.database import Database, Transaction
from bot.tracker.availability import Availability
from bot.verdicts import texts_of

log = structlog.get_logger()


class Desk:
    """Accepts requests. `ceiling` bounds the safety_filter_level of all; `noticed` hears of notices and cases.

    `judge` applies what servers say about words; without one, no words are looked at.
    """

    def __init__(
        self,
        *,
        db: Database,
        catalog: Catalog,
        availability: Availability,
        rulebook: Rulebook,
        ceiling: str,
        noticed: Callable[[], None],
        clock: Clock,
        rng: Random,
        judge: Judge | None = None,
    ) -> None:
        self._db = db
        self._catalog = catalog
        self._availability = availability
        self._rulebook = rulebook
        self._ceiling = ceiling
        self._noticed = noticed
        self._clock = clock
        self._rng = rng
        self._judge = judge

    async def accept(self, request: Request) -> list[Job]:
        """The jobs of the request, held and written; the same interaction twice is the same jobs.

        Raises intake.Refusal, with nothing written but the case of a block by the server's words, and StoreError where
        the database takes nothing.
        """
        # Before the transaction, which nobody else could write beside: a judgement may wait for Discord.
        judgement = Judgement() if self._judge is None else await self._judge.judge(request, self._db)
        try:
            async with self._db.transaction() as tx:
                known = await job_store.jobs_of(tx, request.interaction_id)
                if known:
                    return known
                jobs, noticed = await self._write(tx, request, judgement)
        except Refusal as refusal:
            if refusal is judgement.refusal:
                refusal.case_id = await self._record_block(request, judgement)
            raise
        if noticed:
            self._noticed()
        return jobs

    async def _record_block(self, request: Request, judgement: Judgement) -> int | None:
        """The id of the case that tells the server's moderators; None where the database does not take it."""
        try:
            async with self._db.transaction() as tx:
                case_id = await recording.blocked_by_server(
                    tx,
                    request,
                    judgement,
                    texts=texts_of(request, self._catalog),
                    rules=await self._rulebook.rules(request.guild_id, tx),
                    at_ms=self._clock.now_ms(),
                )
        except StoreError as error:
            log.warning("a block was not written down", interaction_id=request.interaction_id, reason=str(error))
            return None
        self._noticed()
        return case_id

    async def _write(self, tx: Transaction, request: Request, judgement: Judgement) -> tuple[list[Job], bool]:
        """The jobs, and whether the server is to be told something."""
        now_ms = self._clock.now_ms()
        rules = await self._rulebook.rules(request.guild_id, tx)
        out = out_of_service(self._catalog, self._availability)
        try:
            await check_bars(tx, user_id=request.user_id, guild_id=request.guild_id, now_ms=now_ms)
            blocked = judgement.refusal if await self._blocks(tx, request, judgement) else None
            level, jobs = self._decided(request, rules, blocked, now_ms=now_ms)
        except Refusal as refusal:
            # A refusal by the server's own rules has its own words.
            if refusal.of_server:
                refusal.server_words = rules.guild[REFUSAL_WORDS]
            raise
        asked = claims(
            Asker(
                guild_id=request.guild_id,
                place_id=request.place_id,
                user_id=request.user_id,
                role_ids=request.role_ids,
            ),
            rules,
            now_ms=now_ms,
        )
        usages = await ledger.usages(tx, [limit for claim in asked for limit in claim])
        chosen = admission.check_limits(jobs, asked, usages, rules=rules, catalog=self._catalog, out=out)
        hidden = request.spoiler or judgement.spoiler or RULES[level].spoiler
        await job_store.insert(tx, replace(request, spoiler=hidden), jobs)
        held = await _hold(tx, jobs, chosen, usages, at_ms=now_ms)
        flagged = await recording.flagged(tx, request, judgement.hits, at_ms=now_ms)
        warned = await self._warn(tx, request.guild_id, asked, held, at_ms=now_ms)
        return jobs, flagged or warned

    async def _blocks(self, tx: Transaction, request: Request, judgement: Judgement) -> bool:
        """Whether the words are in the way; not where moderators let this member use just these."""
        if judgement.refusal is None:
            return False
        texts_sha256 = recording.fingerprint(texts_of(request, self._catalog))
        return not await cases.approved(
            tx, guild_id=request.guild_id, user_id=request.user_id, texts_sha256=texts_sha256
        )

    def _decided(
        self, request: Request, rules: Rules, blocked: Refusal | None, *, now_ms: int
    ) -> tuple[Level, list[Job]]:
        """The level at which the jobs are made, and the jobs."""
        admission.check_open(request, rules)
        level = admission.check_level(request, rules, ceiling=self._ceiling)
        admission.check_choices(request, rules=rules)
        out = out_of_service(self._catalog, self._availability)
        jobs = intake.decide(
            request,
            catalog=self._catalog,
            ceiling=self._ceiling,
            level=level,
            out=out,
            rng=self._rng,
            now_ms=now_ms,
        )
        for model in intake.choose_models(request, self._catalog):
            admission.check_count(model, intake.count_of(request), rules=rules, catalog=self._catalog, out=out)
        if blocked is not None:
            raise blocked
        return level, jobs

    async def _warn(
        self, tx: Transaction, guild_id: int, asked: Sequence[Claim], usages: Mapping[Limit, Usage], *, at_ms: int
    ) -> bool:
        """Have the server told, once for each period, when its budget has reached one of the marks; whether it is."""
        cheapest = min(model.price_microcredits for model in self._catalog.models if model.enabled)
        percent = admission.budget_percent(asked, usages, least_price_microcredits=cheapest)
        if percent is None:
            return False
        budget = next(claim[0] for claim in asked if claim[0].source is Source.BUDGET)
        marks = [mark for mark in admission.WARN_PERCENT if mark >= percent]
        once = [f"{budget.owner}:{budget.period.label}:{budget.amount_microcredits}:{mark}" for mark in marks]
        # Credits that came back may bring a budget below a mark that it had passed; that is no news.
        if any([await notices.told(tx, each) for each in once]):
            return False
        params = {
            "percent": percent,
            "used_microcredits": usages[budget].used,
            "amount_microcredits": budget.amount_microcredits,
            "resets_ms": budget.period.end_ms,
        }
        return await notices.add(
            tx, guild_id=guild_id, message_id="notice.budget", params=params, once=once[0], at_ms=at_ms
        )


async def _hold(
    tx: Transaction, jobs: Sequence[Job], chosen: Sequence[Claim], usages: Mapping[Limit, Usage], *, at_ms: int
) -> dict[Limit, Usage]:
    """Hold each job's price on each limit that was chosen for it; returns the balances as they are then."""
    now = dict(usages)
    for limit in dict.fromkeys(limit for limits in chosen for limit in limits):
        before = usages.get(limit, Usage())
        amount = limit.amount_microcredits
        if amount is not None and (limit not in usages or before.granted != max(amount, before.used)):
            await ledger.grant_to(
                tx,
                owner=limit.owner,
                period=limit.period.label,
                ends_ms=limit.period.end_ms,
                limit_microcredits=amount,
                at_ms=at_ms,
            )
    for job, limits in zip(jobs, chosen, strict=True):
        await ledger.hold(
            tx,
            interaction_id=job.interaction_id,
            number=job.number,
            accounts=[(limit.owner, limit.period.label) for limit in limits],
            amount_microcredits=job.price_microcredits,
            at_ms=at_ms,
        )
        for limit in limits:
            was = now.get(limit, Usage())
            now[limit] = Usage(was.granted, was.held + job.price_microcredits, was.spent)
    return now
