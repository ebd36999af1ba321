"""What is known of each model's latency, and how closely all jobs together may be looked at."""

from collections.abc import Collection

from bot.catalog import Catalog
from bot.clock import Clock
from bot.jobs import Job
from bot.latency import Fit, Latency
from bot.limiter import RequestBudget
from bot.pacing import LAST_LOOK_S, Load, Schedule, room_for, schedule, stretch
from bot.store import latencies
from bot.tracker.books import Books
from bot.tracker.views import Moments

# For a model that left the catalog while jobs of it were under way.
LATENCY_S = 12.0
# A few latencies lost in a power cut are no loss; a commit for each would make every card wait for it.
SAVED_EVERY = 5
# A card promises what this share of the jobs keeps, and speaks of "longer than usual" past the other one.
EXPECTED_SHARE = 0.6
OVERDUE_SHARE = 0.98


class Paces:
    """Schedules by slug: learned from every completed job, kept in the database, thinned out under load.

    `under_way` is how many jobs are at Segmind or about to be; the tracker keeps it.
    """

    def __init__(self, *, books: Books, catalog: Catalog, budget: RequestBudget, clock: Clock) -> None:
        self._books = books
        self._listed_s = {model.slug: model.latency_s for model in catalog.models}
        self._budget = budget
        self._clock = clock
        self._known: dict[str, Latency] = {}
        self.under_way = 0

    async def load(self) -> None:
        """Take up what was learned before the last restart."""
        for slug, sums in (await latencies.load_all(self._books.db)).items():
            self._known[slug] = Latency.known(mean_s=self._listed_s.get(slug, LATENCY_S), sums=sums)

    async def learn(self, job: Job, *, render_ms: int | None) -> None:
        """One more job has completed: by Segmind's own measure, or by ours where it did not tell."""
        since_ms = job.running_ms or job.accepted_ms
        took_ms = render_ms if render_ms is not None else (job.finished_ms or self._clock.now_ms()) - since_ms
        known = self.known(job.slug).learn(took_ms / 1000)
        self._known[job.slug] = known
        if known.sums.jobs % SAVED_EVERY == 0:
            await self._books.write(lambda tx: latencies.save(tx, job.slug, known.sums))

    async def refused(self, job: Job, *, seen_s: float) -> None:
        """One more job has failed, as was seen `seen_s` after it started."""
        before = self.known(job.slug)
        known = self._known[job.slug] = before.refuse(seen_s)
        if known != before:
            await self._books.write(lambda tx: latencies.save(tx, job.slug, known.sums))

    def known(self, slug: str) -> Latency:
        """How long a job of this model takes, as far as is known now."""
        known = self._known.get(slug)
        if known is None:
            known = self._known[slug] = Latency.known(mean_s=self._listed_s.get(slug, LATENCY_S))
        return known

    def schedule(self, known: Latency) -> Schedule:
        """When to look at a job of whose model this was known when it started, as busy as the plan is now.

        A job keeps what was known then: of jobs that started together the fast ones end first, and what is learned
        from them alone would make the bot look at the others far too often.
        """
        return schedule(known.fit, stretch(self._load(known.fit)), known.refused)

    def room(self, slug: str) -> int:
        """How many more jobs may be submitted and still be looked at and fetched in time, at the plan's rate."""
        return room_for(self._load(self.known(slug).fit))

    def moments(self, slugs: Collection[str]) -> Moments:
        """What a card says about the time that jobs of these models take: it is over with the slowest one."""
        fits = [self.known(slug).fit for slug in slugs]
        usual_ms, overdue_ms = (
            int(max(fit.quantile_s(share) for fit in fits) * 1000) for share in (EXPECTED_SHARE, OVERDUE_SHARE)
        )
        return Moments(usual_ms=usual_ms, overdue_ms=overdue_ms)

    @staticmethod
    def in_hour(elapsed_ms: int) -> bool:
        """Whether Segmind still keeps the result of a job that was submitted so long ago."""
        return elapsed_ms < LAST_LOOK_S * 1000

    def _load(self, fit: Fit) -> Load:
        return self._budget.load(jobs=self.under_way, mean_s=fit.mean_s)
