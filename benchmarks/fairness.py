"""How long people wait for their turn, against first come, first served: `python -m benchmarks.fairness`.

Three servers, forty members; one of them asks for 40 images, and everybody else for one within the same minute. Virtual
time; each history is played with the very same requests and latencies under each rule. A wait is from asking to the
start of the image; the last column is how many of the forty started, at the most, while one of the others waited.
Then what one turn costs with 10,000 waiting, against a plain first-come-first-served line.
"""

import heapq
import itertools
import random
import statistics
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from bot.latency import lognormal
from bot.turns import Turns

LATENCY = lognormal(mean_s=11.61, sigma=0.30)
SERVERS = {1: 16, 2: 14, 3: 10}
HOG_IMAGES = 40
OTHERS_WITHIN_S = 60.0
HISTORIES = 100
FREE = 10**6
PER_MEMBER, PER_SERVER = 4, 20

Key = int


@dataclass(frozen=True, slots=True)
class Asked:
    """One image that somebody asks for; `hog` is the one with forty."""

    key: Key
    at_s: float
    guild_id: int
    user_id: int
    took_s: float
    hog: bool


class Rule(Protocol):
    """Who goes next."""

    def add(self, asked: Asked) -> None: ...
    def start(self) -> Key | None: ...
    def end(self, key: Key) -> None: ...


class FirstCome:
    """The baseline."""

    def __init__(self) -> None:
        self._line: deque[Key] = deque()

    def add(self, asked: Asked) -> None:
        self._line.append(asked.key)

    def start(self) -> Key | None:
        return self._line.popleft() if self._line else None

    def end(self, key: Key) -> None:
        """Nothing is counted."""


class InTurn:
    """Ours."""

    def __init__(self, *, per_member: int = FREE, per_server: int = FREE) -> None:
        self._turns: Turns[Key] = Turns(per_member=per_member, per_server=per_server)
        self.end = self._turns.end

    def add(self, asked: Asked) -> None:
        self._turns.add(asked.key, guild_id=asked.guild_id, user_id=asked.user_id, slug="imagen-4")

    def start(self) -> Key | None:
        key = self._turns.next(lambda _: True)
        if key is not None:
            self._turns.start(key)
        return key


RULES: dict[str, Callable[[], Rule]] = {
    "first come, first served": FirstCome,
    "in turn, no limits": InTurn,
    f"in turn, {PER_MEMBER} a member": lambda: InTurn(per_member=PER_MEMBER, per_server=PER_SERVER),
}


def history(seed: int, *, hog_at_s: float) -> list[Asked]:
    rng, keys = random.Random(seed), itertools.count()
    people = [(guild_id, guild_id * 100 + number) for guild_id, size in SERVERS.items() for number in range(size)]

    def asked(person: tuple[int, int], at_s: float, *, hog: bool = False) -> Asked:
        return Asked(next(keys), at_s, *person, rng.lognormvariate(LATENCY.mu, LATENCY.sigma), hog=hog)

    made = [asked(people[0], hog_at_s, hog=True) for _ in range(HOG_IMAGES)]
    made += [asked(person, rng.uniform(0, OTHERS_WITHIN_S)) for person in people[1:]]
    return sorted(made, key=lambda each: each.at_s)


def play(rule: Rule, line: list[Asked], *, in_flight: int) -> dict[Key, float]:
    """When each of them starts, with so many under way at the most."""
    took_s = {asked.key: asked.took_s for asked in line}
    events: list[tuple[float, int, int, Asked | None]] = [(asked.at_s, 1, asked.key, asked) for asked in line]
    heapq.heapify(events)
    started: dict[Key, float] = {}
    free = in_flight
    while events:
        now_s, _, key, asked = heapq.heappop(events)
        if asked is None:
            rule.end(key)
            free += 1
        else:
            rule.add(asked)
        # What happens at one moment has all happened before anybody starts.
        if events and events[0][0] == now_s:
            continue
        while free and (following := rule.start()) is not None:
            free -= 1
            started[following] = now_s
            heapq.heappush(events, (now_s + took_s[following], 0, following, None))
    return started


def group(asked: Asked) -> str:
    if asked.hog:
        return "the one with 40"
    return "others, same server" if asked.guild_id == 1 else "others, other servers"


def before(asked: Asked, line: list[Asked], started: dict[Key, float]) -> int:
    """How many images of the one with forty start while this one waits."""
    order = {key: number for number, key in enumerate(started)}
    return sum(
        each.hog and started[each.key] >= asked.at_s and order[each.key] < order[asked.key]
        for each in line
        if each is not asked
    )


@dataclass(slots=True)
class Waits:
    """Every wait of a group in every history, and the most images of the one with forty that went before one."""

    waited_s: list[float] = field(default_factory=list)
    went_before: int = 0


def waits(rule: Callable[[], Rule], *, in_flight: int, hog_at_s: float) -> tuple[dict[str, Waits], float]:
    """What each group waited, and when the last image started, on average."""
    found: dict[str, Waits] = defaultdict(Waits)
    last_s = []
    for seed in range(HISTORIES):
        line = history(seed, hog_at_s=hog_at_s)
        started = play(rule(), line, in_flight=in_flight)
        for asked in line:
            of = found[group(asked)]
            of.waited_s.append(started[asked.key] - asked.at_s)
            of.went_before = max(of.went_before, 0 if asked.hog else before(asked, line, started))
        last_s.append(max(started[asked.key] for asked in line))
    return found, statistics.fmean(last_s)


def table(*, in_flight: int, hog_at_s: float) -> None:
    print(f"\n{in_flight} at once, the one with 40 asks at {hog_at_s:.0f} s: seconds of waiting")
    print(
        f"  {'':<26}{'':<24}{'median':>8}{'p95':>8}{'worst':>8}   against the baseline: median, p95, worst; of the forty, before"
    )
    base: dict[str, tuple[float, float, float]] = {}
    for name, rule in RULES.items():
        found, last_s = waits(rule, in_flight=in_flight, hog_at_s=hog_at_s)
        for who in ("the one with 40", "others, same server", "others, other servers"):
            waited_s = found[who].waited_s
            figures = statistics.median(waited_s), statistics.quantiles(waited_s, n=20)[-1], max(waited_s)
            ratios = (each / of if of else 1.0 for each, of in zip(figures, base.setdefault(who, figures), strict=True))
            print(
                f"  {name:<26}{who:<24}"
                + "".join(f"{each:8.1f}" for each in figures)
                + "   "
                + "".join(f"{each:8.2f}" for each in ratios)
                + f"{found[who].went_before:12}"
            )
        print(f"  {'':<26}the last image starts at {last_s:.0f} s, on average")


def shapes() -> Iterator[tuple[str, list[tuple[int, int]]]]:
    yield "100: 5 servers, 5 members each", [(g, u) for g in range(5) for u in range(5)] * 4
    yield "10,000: 100 servers, 20 members each", [(g, u) for g in range(100) for u in range(20)] * 5
    yield "10,000: one server, 5,000 members", [(0, u) for u in range(5_000)] * 2
    yield "10,000: 5,000 servers, a member each", [(g, 0) for g in range(5_000)] * 2
    yield "10,000: one member", [(0, 0)] * 10_000


def cost_us(rule: Rule, people: list[tuple[int, int]], *, rounds: int = 5_000) -> float:
    """Median of a whole turn: chosen, started, ended, and one more comes into line."""
    keys = itertools.count()
    for guild_id, user_id in people:
        rule.add(Asked(next(keys), 0.0, guild_id, user_id, 0.0, hog=False))
    took = []
    for (guild_id, user_id), _ in zip(itertools.cycle(people), range(rounds), strict=False):
        following = Asked(next(keys), 0.0, guild_id, user_id, 0.0, hog=False)
        began = time.perf_counter()
        key = rule.start()
        assert key is not None
        rule.end(key)
        rule.add(following)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


def place_us(people: list[tuple[int, int]]) -> float:
    turns: Turns[Key] = Turns(per_member=PER_MEMBER, per_server=PER_SERVER)
    for key, (guild_id, user_id) in enumerate(people):
        turns.add(key, guild_id=guild_id, user_id=user_id, slug="imagen-4")
    began = time.perf_counter()
    for key in range(len(people)):
        turns.place(key)
    return (time.perf_counter() - began) / len(people) * 1e6


def costs() -> None:
    print(f"\n{'microseconds, with so many waiting':<44}{'a turn':>8}{'baseline':>10}{'a place':>9}")
    for name, people in shapes():
        print(
            f"  {name:<42}{cost_us(InTurn(), people):8.1f}{cost_us(FirstCome(), people):10.1f}{place_us(people):9.1f}"
        )


def main() -> None:
    sizes = ", ".join(map(str, SERVERS.values()))
    print(f"servers of {sizes} members; latency lognormal, mean 11.61 s, sigma 0.30; {HISTORIES} histories")
    for in_flight in (5, 20):
        for hog_at_s in (0.0, 30.0):
            table(in_flight=in_flight, hog_at_s=hog_at_s)
    costs()


if __name__ == "__main__":
    main()
