"""When to look at a job next, and whether one more can be looked after.

Segmind pushes nothing, so every look is a request, and a plan allows so many a minute. Each model's looks are planned
from its learned latencies (bot/latency.py). Under load they thin out first; only then new jobs wait.
"""

import math
import random
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from bot.latency import PRIOR_REFUSED, Expected, Fit, Law, expected, lognormal, optimal_instants_s

# A refusal of the words comes within seconds. Where enough of them are expected (about one in fifty), the optimum takes
# one early look by itself; where they are rarer, the same look serves the pictures better.
EARLY = lognormal(mean_s=2.0, sigma=0.25)

# Looks a job on average. At sigma 0.30 and 11.6 s that gives the lag of a fixed second (0.5 s) if one of them is early,
# and a tenth less if none is.
POLLS_USUAL = 6.95
# As few as a job gets before new ones have to wait, and the steps in between (each is a schedule to compute).
POLLS_MIN = 2.0
POLLS_STEP = 0.5

# Segmind keeps results for an hour; the last look leaves time for waiting a turn and for fetching.
RESULT_KEPT_S = 3600.0
LAST_LOOK_S = RESULT_KEPT_S - 60.0
# From here on a job takes longer than usual, and nobody looks at it closely any more.
OVERDUE_S = 600.0

JITTER = 0.10
# Behind the last planned instant each gap is a quarter longer than the one before, and past OVERDUE_S a tenth.
GROWTH, GAP_MAX_S = 0.25, 5.0
OVERDUE_GROWTH, OVERDUE_GAP_MAX_S = 0.10, 60.0

# What is planned with; the rest of the plan's requests is for repeats, the balance and the history.
SHARE = 0.8
# A job's requests besides its looks: the submit and the fetch.
OTHER_REQUESTS = 2

# Instants are planned up to where one job in a thousand is left.
_PLANNED_SHARE = 0.999
_SEARCHES, _POLLS_NEAR, _POLLS_LEFT = 10, 0.02, 0.1
# The instants stand on a grid, so prices a few per cent apart often buy the same ones: smaller steps may lead nowhere.
_PRICE_STEP, _PRICE_NEAR = 1.04, 1.01


def law_of(fit: Fit, refused: float = PRIOR_REFUSED) -> Law:
    """The latency that is planned for: the fit, and the share that is refused early."""
    return Law(((1.0 - refused, fit), (refused, EARLY)))


@dataclass(frozen=True, slots=True)
class Schedule:
    """When to look at a job, in seconds after the answer to its submit.

    `instants_s` rise and are at least one. Behind them the gaps grow by rule and are not shorter than `gap_min_s`.
    """

    instants_s: tuple[float, ...]
    gap_min_s: float = 0.0

    def next_poll_s(self, elapsed_s: float, rng: random.Random) -> float:
        """The next look after one (or the submit) at `elapsed_s` >= 0: later than that, or `inf`.

        The gap is jittered by JITTER, so that jobs submitted together do not stay in step. No look falls behind
        LAST_LOOK_S; from there on the answer is `inf`, since a result could no longer be fetched within its hour.
        """
        if elapsed_s >= LAST_LOOK_S:
            return math.inf
        gap = self._gap_s(elapsed_s) * rng.uniform(1.0 - JITTER, 1.0 + JITTER)
        return min(elapsed_s + gap, LAST_LOOK_S)

    def expected(self, law: Law) -> Expected:
        """Looks a job and lag, on average, for jobs whose latency follows this law."""
        instants = list(self.instants_s)
        while instants[-1] < LAST_LOOK_S:
            instants.append(min(instants[-1] + self._late_gap_s(instants[-1]), LAST_LOOK_S))
        return expected(law, instants)

    def _gap_s(self, elapsed_s: float) -> float:
        # A look stands for the instant it is nearest to: jitter or a slow answer moved it a little.
        middles = [(a + b) / 2 for a, b in zip((0.0, *self.instants_s), self.instants_s, strict=False)]
        following = bisect_right(middles, elapsed_s)
        if following < len(self.instants_s):
            return self.instants_s[following] - elapsed_s
        return self._late_gap_s(elapsed_s)

    def _late_gap_s(self, elapsed_s: float) -> float:
        return max(self._tail_gap_s(elapsed_s), self.gap_min_s)

    def _tail_gap_s(self, elapsed_s: float) -> float:
        # Gaps that grow by a share g each are, at any instant, the first one and g times what has passed since.
        last = self.instants_s[-1]
        if elapsed_s >= OVERDUE_S:
            return min(GAP_MAX_S + OVERDUE_GROWTH * (elapsed_s - OVERDUE_S), OVERDUE_GAP_MAX_S)
        planned = last - (self.instants_s[-2] if len(self.instants_s) > 1 else 0.0)
        return min(planned * (1.0 + GROWTH) + GROWTH * max(elapsed_s - last, 0.0), GAP_MAX_S)


@dataclass(frozen=True, slots=True)
class Pace:
    """How closely a job may be looked at: looks on average, and the shortest gap once it is late."""

    polls: float = POLLS_USUAL
    gap_min_s: float = 0.0


def schedule(fit: Fit, pace: Pace, refused: float = PRIOR_REFUSED) -> Schedule:
    """The schedule with the least lag for a model that takes so long, at no more than the pace's looks on average.

    `refused` is the share of the jobs that is refused before anything is drawn.
    """
    return Schedule(_instants_s(fit, refused, pace.polls), pace.gap_min_s)


@lru_cache(maxsize=256)
def _instants_s(fit: Fit, refused: float, polls: float) -> tuple[float, ...]:
    law, pictures = law_of(fit, refused), law_of(fit, 0.0)
    found = _searched_s(fit, refused, polls)
    if Schedule(found).expected(pictures).polls > polls - _POLLS_LEFT:
        return found
    # Where the early look just begins to pay, the looks jump with the price past the number that is wanted. So it is
    # decided for both: surely without one, and surely with one.
    others = (_searched_s(fit, share, polls) for share in (0.0, max(2 * refused, PRIOR_REFUSED)))
    return min((found, *others), key=lambda instants: Schedule(instants).expected(law).lag_s)


def _searched_s(fit: Fit, refused: float, polls: float) -> tuple[float, ...]:
    law, pictures = law_of(fit, refused), law_of(fit, 0.0)
    until_s = min(max(fit.quantile_s(_PLANNED_SHARE), 2 * EARLY.mean_s), OVERDUE_S)
    cheap_s, dear_s, price_s = 0.0, math.inf, fit.mean_s / (2 * polls) ** 2
    found: tuple[float, ...] = (until_s,)
    for _ in range(_SEARCHES):
        instants = optimal_instants_s(law, until_s=until_s, price_s=price_s)
        taken = Schedule(instants).expected(pictures).polls
        if taken <= polls:
            found, dear_s = instants, price_s
        else:
            cheap_s = price_s
        if polls - _POLLS_NEAR <= taken <= polls or dear_s < cheap_s * _PRICE_NEAR:
            break
        # Looks go with the inverse root of their price, except where one more or less makes a jump.
        step = (taken / (polls - _POLLS_NEAR / 2)) ** 2
        guess = price_s * (max(step, _PRICE_STEP) if taken > polls else min(step, 1 / _PRICE_STEP))
        price_s = guess if cheap_s < guess < dear_s else math.sqrt(cheap_s * dear_s)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy the plan is.

    `jobs` are at Segmind or about to be sent, `mean_s` is what such a job takes on average. Of the plan's `per_minute`
    requests `free` have not left within the last minute, and `soon` can leave within the next `mean_s`.
    """

    jobs: int
    mean_s: float
    free: int
    soon: int
    per_minute: int


def stretch(load: Load) -> Pace:
    """The closest pace at which the looks stay within the plan.

    Going on like this, `jobs` jobs make jobs x (polls + 2) / mean x 60 requests a minute; a few at once may instead
    live on what is left of this minute. Late jobs share the plan evenly.
    """
    jobs, spare = max(load.jobs, 1), (1 - SHARE) * load.per_minute
    going_on = min(SHARE * load.per_minute * load.mean_s / 60.0, load.soon - spare)
    polls = max(going_on / jobs - OTHER_REQUESTS, (load.free - spare) / jobs - 1)
    gap_min_s = jobs * 60.0 / (SHARE * load.per_minute)
    if polls >= POLLS_USUAL:
        return Pace(POLLS_USUAL, gap_min_s)
    return Pace(max(POLLS_MIN, math.floor(polls / POLLS_STEP) * POLLS_STEP), gap_min_s)


def room_for(load: Load) -> int:
    """How many more jobs may be submitted: those that can be looked at POLLS_MIN times and fetched in good time.

    Counted on is what can leave while one job runs, ten minutes at most, so a result never waits long, let alone past
    its hour. With nothing under way one job may always go: it only waits for its turns.
    """
    soon = min(load.soon, load.per_minute * OVERDUE_S / 60.0) - (1 - SHARE) * load.per_minute
    room = math.floor((soon - load.jobs * (POLLS_MIN + 1)) / (POLLS_MIN + OTHER_REQUESTS))
    return max(room, 0 if load.jobs else 1)
