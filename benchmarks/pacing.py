"""Looks and lag of our schedule against fixed gaps, in virtual time: `python -m benchmarks.pacing`.

The baseline is the official SDK: a look at once and then every second. A schedule is built for what is believed and
played against what is true; the ratios are to the baseline.
"""

import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bot.latency import PRIOR_REFUSED, Fit, Latency, lognormal
from bot.pacing import EARLY, Pace, schedule

MEAN_S = 11.61
JOBS = 20_000

Draw = Callable[[random.Random], float]
NextLook = Callable[[float, random.Random], float]


@dataclass(frozen=True, slots=True)
class Figures:
    polls: float
    lag_s: float
    p95_s: float


def draw_from(fit: Fit) -> Draw:
    return lambda rng: rng.lognormvariate(fit.mu, fit.sigma)


def play(first_s: float, next_look: NextLook, draw: Draw, *, jobs: int = JOBS, seed: int = 1) -> Figures:
    """Poll `jobs` jobs, the first time at `first_s`, then as told; returns the averages."""
    rng, polls, lags = random.Random(seed), 0, []
    for _ in range(jobs):
        over, at, polls = draw(rng), first_s, polls + 1
        while at < over:
            at, polls = next_look(at, rng), polls + 1
        lags.append(at - over)
    return Figures(polls / jobs, statistics.fmean(lags), statistics.quantiles(lags, n=20)[-1])


def sdk(draw: Draw) -> Figures:
    return play(0.0, lambda at, _: at + 1.0, draw)


def delayed(believed: Fit, draw: Draw) -> Figures:
    return play(believed.quantile_s(0.10), lambda at, _: at + 1.0, draw)


def ours(believed: Fit, draw: Draw, *, refused: float = PRIOR_REFUSED, jobs: int = JOBS, seed: int = 1) -> Figures:
    plan = schedule(believed, Pace(), refused)
    rng = random.Random(seed)
    # The first look is jittered for each job, too.
    look = plan.next_poll_s
    parts = [play(look(0.0, rng), look, draw, jobs=jobs // 50, seed=seed + part) for part in range(50)]
    return Figures(*(statistics.fmean(getattr(part, name) for part in parts) for name in ("polls", "lag_s", "p95_s")))


def row(name: str, figures: Figures, base: Figures) -> None:
    print(
        f"  {name:<34}{figures.polls:7.2f}{figures.lag_s:8.3f}{figures.p95_s:8.2f}"
        f"{figures.polls / base.polls:10.2f}{figures.lag_s / base.lag_s:8.2f}{figures.p95_s / base.p95_s:8.2f}"
    )


def compare(title: str, believed: Fit, draw: Draw) -> None:
    base = sdk(draw)
    print(title)
    row("SDK: at once, then every 1.0 s", base, base)
    row("from the 10 % quantile every 1.0 s", delayed(believed, draw), base)
    row("ours, refusals expected", ours(believed, draw), base)
    row("ours, next to none expected", ours(believed, draw, refused=0.01), base)


def mixed(refused: float, pictures: Draw) -> Draw:
    early = draw_from(EARLY)
    return lambda rng: (early if rng.random() < refused else pictures)(rng)


def misfits() -> None:
    believed = lognormal(mean_s=MEAN_S, sigma=0.30)
    true = draw_from(believed)
    for factor in (0.5, 0.7, 1.3):
        compare(
            f"believed 0.30, true mean x{factor}", believed, draw_from(lognormal(mean_s=MEAN_S * factor, sigma=0.30))
        )
    compare(
        "believed 0.30, 5 % take four times as long",
        believed,
        lambda rng: true(rng) * (4 if rng.random() < 0.05 else 1),
    )
    compare("believed 0.30, 6 % refused early", believed, mixed(0.06, true))


def learning(sigma: float, refused: float = 0.0) -> None:
    true = draw_from(lognormal(mean_s=MEAN_S, sigma=sigma))
    all_jobs = mixed(refused, true)
    base = sdk(all_jobs)
    print(f"learned from the prior, sigma {sigma:.2f}, {refused:.0%} refused early (mean of 20 histories)")
    for jobs in (0, 5, 10, 25, 50, 200):
        found = []
        for history in range(20):
            rng, latency = random.Random(history), Latency.known(mean_s=MEAN_S)
            for _ in range(jobs):
                while rng.random() < refused:
                    latency = latency.refuse(EARLY.mean_s)
                latency = latency.learn(true(rng))
            found.append(ours(latency.fit, all_jobs, refused=latency.refused, jobs=2_000))
        names = ("polls", "lag_s", "p95_s")
        row(f"ours after {jobs} jobs", Figures(*(statistics.fmean(getattr(f, n) for f in found) for n in names)), base)


def main() -> None:
    print(f"{'mean ' + str(MEAN_S) + ' s':<36}{'polls':>7}{'lag s':>8}{'p95 s':>8}   against the SDK: polls, lag, p95")
    for sigma in (0.15, 0.30, 0.50):
        fit = lognormal(mean_s=MEAN_S, sigma=sigma)
        compare(f"known, sigma {sigma:.2f}", fit, draw_from(fit))
    misfits()
    for sigma in (0.15, 0.30, 0.50):
        learning(sigma)
    for refused in (0.01, 0.02, 0.06):
        learning(0.30, refused)


if __name__ == "__main__":
    main()
