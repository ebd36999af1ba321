"""Cutting the power: at every moment that leaves something different behind, and again while the bot recovers."""

import contextlib
import gc
import itertools
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.simulation import stumbles
from tests.simulation.det_loop import Stuck
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World

# How long the bot is down: a restart, a reboot, longer than a token lives, longer than Segmind keeps results.
DOWN_S = (1.0, 1.0, 30.0, 1_000.0, 4_000.0)
# No life of the story needs a quarter of it.
STEPS_MAX = 12_000
# So many objects may be garbage before somebody looks.
GARBAGE_MAX = 100_000


@dataclass(slots=True)
class Report:
    """What a series of power cuts came to. `violations` names each with what replays it."""

    steps: int = 0
    crashes: int = 0
    double: int = 0
    violations: list[str] = field(default_factory=list)


@contextlib.contextmanager
def _little_garbage() -> Iterator[None]:
    """What is alive by now, the worlds that wait for their turn, is looked through no more, and the rest of it seldom."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(GARBAGE_MAX, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def rest(bot: Bot) -> None:
    """The next life: nobody asks, and everything that was accepted comes to its end."""
    await bot.idle()


class Crashes:
    """Lives one story, and after every crash the rest of it.

    Two moments with the same traces on disk, at Segmind and at Discord are one and the same to the next life, so each
    of them stands for every step in between.
    """

    def __init__(self, world: World, story: Callable[[Bot], Awaitable[Any]], *, scratch: Path) -> None:
        self._world = world
        self._story = story
        self._scratch = scratch
        self._rng = Random(f"crashes {world.seed}")
        self._folders = itertools.count()
        self.report = Report()

    def run(
        self,
        *,
        share: float = 1.0,
        double_share: float = 0.0,
        double_max: int = 0,
        violations_max: int = 1_000,
    ) -> Report:
        """Crash at this share of the moments; of those of each recovery crash again at a share, so often at most.

        Past `violations_max` nobody looks for more, nor past `double_max` where only a share of the moments is looked at.
        """
        moments = self._lived(self._world, self._story, share=share, name=f"seed {self._world.seed}")
        self.report.steps = self._world.steps
        if violations_max == 1 or share < 1.0:
            # Neighbours end alike: where not all of them are looked at, those that are had better lie far apart.
            self._rng.shuffle(moments)
        with _little_garbage():
            for name, moment in moments:
                if len(self.report.violations) >= violations_max or (
                    share < 1.0 and self.report.double >= double_max > 0
                ):
                    break
                self._crash(name, moment, double_share=double_share, double_max=double_max)
        return self.report

    def _crash(self, name: str, moment: World, *, double_share: float, double_max: int) -> None:
        """Crash at this moment and live on, and crash again at a share of what comes then."""
        self.report.crashes += 1
        moment.pause(self._rng.choice(DOWN_S))
        again_share = double_share if self.report.double < double_max else 0.0
        for again, second in self._lived(moment, rest, share=again_share, name=name):
            if self.report.double < double_max:
                self.report.double += 1
                second.pause(self._rng.choice(DOWN_S))
                for _ in self._lived(second, rest, share=0.0, name=again):
                    raise AssertionError("nobody asked for a third crash")
            shutil.rmtree(second.folder)
        shutil.rmtree(moment.folder)

    def _lived(
        self,
        world: World,
        story: Callable[[Bot], Awaitable[Any]],
        *,
        share: float,
        name: str,
    ) -> list[tuple[str, World]]:
        """Live it to its end, judge it, and return the moments on the way at which the power may have been cut."""
        moments: list[tuple[str, World]] = []
        seen: set[tuple[int, ...]] = set()

        def watch(step: int, marks: tuple[int, ...]) -> None:
            if marks not in seen:
                seen.add(marks)
                if self._rng.random() < share:
                    moments.append((f"{name}, step {step}", world.fork(self._scratch / str(next(self._folders)))))

        try:
            world.live(story, watch=watch if share else None, steps_max=STEPS_MAX)
        except Stuck as stuck:
            self.report.violations.append(f"[{name}] {stuck}")
        else:
            self.report.violations += [f"[{name}] {violation}" for violation in verdict(world)]
        self.report.violations += [f"[{name}] stumbled: {stumble}" for stumble in stumbles.taken()]
        return moments
