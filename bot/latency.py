"""How long Segmind takes for a model, learned job by job, and the best instants to look at a job that takes so long.

Published are only averages, so each model begins with a wide guess around its own and narrows it with every job. How
many jobs are refused before anything is drawn is learned likewise: it decides whether a first early look pays.
The instants are the inspection problem of reliability theory (Barlow, Hunter and Proschan 1963).
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple, Self

# The guess weighs as much as this many jobs, so it rules the first ones and soon hardly counts.
PRIOR_JOBS = 6
PRIOR_SIGMA = 0.6
# Below this a schedule would trust a stopwatch more than a network deserves.
SIGMA_MIN = 0.05
# ln T this many sigmas from the middle counts as if it stood there: one hung job must not move the rest.
CLIP_SIGMAS = 3.0
# A new fit means new schedules, so it is not made for every job.
FIRST_REFITS = (5, 10, 25)
REFIT_EVERY = 50
# So many jobs count; then the old ones count half, so that a provider who got slower is noticed.
MEMORY_JOBS = 200

# Guessed is that so many jobs are refused early, and the guess weighs as much as so many jobs.
PRIOR_REFUSED, PRIOR_REFUSED_JOBS = 0.06, 20
# Refused later than this share of the pictures takes, a job was refused for its picture.
EARLY_QUANTILE = 0.25

# Instants half a per cent apart are as good as any in between: the cost is flat around its minimum.
GRID_START_S, GRID_RATIO = 0.5, 1.005

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Fit:
    """A lognormal: ln T has mean `mu` (T in seconds) and standard deviation `sigma`."""

    mu: float
    sigma: float

    @property
    def mean_s(self) -> float:
        return math.exp(self.mu + self.sigma**2 / 2)

    def quantile_s(self, share: float) -> float:
        """By when this share of the jobs (between 0 and 1, exclusive) is over."""
        return math.exp(self.mu + self.sigma * _STANDARD.inv_cdf(share))


def lognormal(*, mean_s: float, sigma: float) -> Fit:
    """The fit with this mean; raises ValueError unless it is positive."""
    return Fit(math.log(mean_s) - sigma**2 / 2, sigma)


class Sums(NamedTuple):
    """What the database keeps of a model's latencies; `jobs` is what they weigh, see MEMORY_JOBS.

    `refused` weighs those that were refused early, which are not among `jobs`.
    """

    jobs: int = 0
    sum_ln: float = 0.0
    sum_ln_squared: float = 0.0
    refused: float = 0.0


@dataclass(frozen=True, slots=True)
class Latency:
    """What is known of one model: its listed mean, the sums of its own jobs, and the fit now in use.

    `refused` is the share of the jobs, in whole hundredths, that is expected to be refused early.
    """

    prior: Fit
    sums: Sums
    fit: Fit
    refused: float

    @classmethod
    def known(cls, *, mean_s: float, sums: Sums = Sums()) -> Self:  # noqa: B008 - a NamedTuple never changes
        """From the catalog's mean and what the database kept."""
        prior = lognormal(mean_s=mean_s, sigma=PRIOR_SIGMA)
        return cls(prior, sums, _fit(prior, sums), _refused(sums))

    def learn(self, seconds: float) -> Self:
        """With one more completed job.

        Zero, negative and endless times and NaN are ignored; outliers are clipped to CLIP_SIGMAS of the fit in use.
        """
        if not (math.isfinite(seconds) and seconds > 0):
            return self
        reach = CLIP_SIGMAS * self.fit.sigma
        ln = min(max(math.log(seconds), self.fit.mu - reach), self.fit.mu + reach)
        jobs = self.sums.jobs + 1
        sums = Sums(jobs, self.sums.sum_ln + ln, self.sums.sum_ln_squared + ln * ln, self.sums.refused)
        if jobs in FIRST_REFITS or jobs % REFIT_EVERY == 0:
            return replace(self, sums=_fade(sums), fit=_fit(self.prior, sums), refused=_refused(sums))
        return replace(self, sums=_fade(sums))

    def refuse(self, seconds: float) -> Self:
        """With one more job that had been refused by then; it counts unless pictures are refused as late as that.

        It counts at once: after a few of them the next jobs are looked at early again.
        """
        if not seconds <= self.fit.quantile_s(EARLY_QUANTILE):
            return self
        sums = self.sums._replace(refused=self.sums.refused + 1)
        return replace(self, sums=sums, refused=_refused(sums))


def _fade(sums: Sums) -> Sums:
    if sums.jobs < MEMORY_JOBS:
        return sums
    return Sums(sums.jobs // 2, sums.sum_ln / 2, sums.sum_ln_squared / 2, sums.refused / 2)


def _fit(prior: Fit, sums: Sums) -> Fit:
    weight = PRIOR_JOBS + sums.jobs
    mu = (PRIOR_JOBS * prior.mu + sums.sum_ln) / weight
    mean_square = (PRIOR_JOBS * (prior.mu**2 + prior.sigma**2) + sums.sum_ln_squared) / weight
    return Fit(mu, math.sqrt(max(mean_square - mu**2, SIGMA_MIN**2)))


def _refused(sums: Sums) -> float:
    refused = PRIOR_REFUSED * PRIOR_REFUSED_JOBS + sums.refused
    # Finer steps would be more schedules to compute, and none of them better.
    return round(refused / (PRIOR_REFUSED_JOBS + sums.jobs + sums.refused), 2)


@dataclass(frozen=True, slots=True)
class Law:
    """How likely a job is over by when: a mixture of lognormals, each with its share; the shares add up to 1."""

    parts: tuple[tuple[float, Fit], ...]

    def over(self, seconds: float) -> float:
        """F: the share of the jobs that is over by then."""
        if seconds <= 0:
            return 0.0
        ln = math.log(seconds)
        return sum(share * _STANDARD.cdf((ln - fit.mu) / fit.sigma) for share, fit in self.parts)

    def time_over(self, seconds: float) -> float:
        """G = E[T; T <= seconds]: what the jobs that are over by then took, averaged over all jobs, in seconds."""
        if seconds <= 0:
            return 0.0
        ln = math.log(seconds)
        return sum(
            share * fit.mean_s * _STANDARD.cdf((ln - fit.mu) / fit.sigma - fit.sigma) for share, fit in self.parts
        )


class Expected(NamedTuple):
    """What a list of instants costs on average: looks a job, and seconds between its end and the look that sees it."""

    polls: float
    lag_s: float


def expected(law: Law, instants_s: Sequence[float]) -> Expected:
    """The averages for these rising instants; jobs that outlast the last one count as if it had seen them."""
    polls = lag_s = over = time_over = 0.0
    for instant in instants_s:
        polls += 1.0 - over
        over_now, time_now = law.over(instant), law.time_over(instant)
        lag_s += instant * (over_now - over) - (time_now - time_over)
        over, time_over = over_now, time_now
    return Expected(polls, lag_s)


@lru_cache(maxsize=8)
def _table(law: Law, until_s: float) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """The instants to choose from, with F and G at each; a price is searched for by trying several on one table."""
    steps = math.ceil(math.log(until_s / GRID_START_S) / math.log(GRID_RATIO))
    grid = [0.0, *(GRID_START_S * GRID_RATIO**k for k in range(steps)), until_s]
    return grid, [law.over(t) for t in grid], [law.time_over(t) for t in grid]


def optimal_instants_s(law: Law, *, until_s: float, price_s: float) -> tuple[float, ...]:
    """The instants up to `until_s` (> 0.5) that make price x looks + lag least, a look costing `price_s` of lag.

    W(t) = min over s > t of price S(t) + s (F(s)-F(t)) - (G(s)-G(t)) + W(s), solved from the end to the beginning.
    """
    grid, over, time_over = _table(law, until_s)
    # Seen from t, going on at s costs ahead(s) - s F(t): a line in F(t) for each s. `lines` are those that are lowest
    # somewhere, the latest s first; F(t) only falls on the way back, so what has been passed is never needed again.
    ahead = [t * f - g for t, f, g in zip(grid, over, time_over, strict=True)]
    following = [0] * len(grid)
    lines = deque([len(grid) - 1])
    for i in range(len(grid) - 2, -1, -1):
        while (
            len(lines) > 1 and ahead[lines[1]] - grid[lines[1]] * over[i] <= ahead[lines[0]] - grid[lines[0]] * over[i]
        ):
            lines.popleft()
        best = following[i] = lines[0]
        ahead[i] += price_s * (1.0 - over[i]) + time_over[i] + ahead[best] - grid[best] * over[i]
        while len(lines) > 1 and _crossing(lines[-2], lines[-1], ahead, grid) <= _crossing(lines[-1], i, ahead, grid):
            lines.pop()
        lines.append(i)
    instants, at = [], 0
    while at < len(grid) - 1:
        at = following[at]
        instants.append(grid[at])
    return tuple(instants)


def _crossing(a: int, b: int, ahead: Sequence[float], grid: Sequence[float]) -> float:
    return (ahead[a] - ahead[b]) / (grid[a] - grid[b])
