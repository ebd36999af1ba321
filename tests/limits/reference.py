"""Credits and limits once more, in plain Python: what the books must say after whatever happened.

It knows nothing of the code that it judges but the words for things: it counts in dictionaries, keeps every server's
day, week and month going as a clock on a wall, and finds midnight by looking at one quarter of an hour after the other.
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.jobs import State
from bot.periods import Per
from bot.setting_fields import Allowance, Budget, BudgetKind

QUARTER_MS = 900_000
UNLIMITED_MICROCREDITS = 10_000_000 * 1_000_000
DAYS = {Per.DAY: 1, Per.WEEK: 7, Per.MONTH: 30}
MARKS = (50, 80, 100)

Key = tuple[str, str]  # an owner and a period's label


@dataclass
class Balance:
    granted: int = 0
    held: int = 0
    spent: int = 0
    ends_ms: int | None = None

    @property
    def used(self) -> int:
        return self.held + self.spent


@dataclass
class Held:
    """A job that has not ended, and the balances that it holds on."""

    price: int
    keys: list[Key]


@dataclass(frozen=True)
class Short:
    """A refusal: its message, what was left, and when it is renewed."""

    message_id: str
    left: int | None = None
    resets_ms: int | None = None


@dataclass
class Source:
    """One source of a claim; `amount` is None where only what was given counts."""

    key: Key
    amount: int | None
    ends_ms: int | None


def local_date(at_ms: int, zone: str) -> date:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)).date()


@cache
def begins_ms(day: date, zone: str) -> int:
    """The first quarter of an hour in which it is that day or later."""
    at_ms = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) - 15 * 4 * QUARTER_MS
    while local_date(at_ms, zone) < day:
        at_ms += QUARTER_MS
    return at_ms


@cache
def day_at(at_ms: int, zone: str) -> date:
    """The last day that has begun: clocks that go back over midnight do not bring the day before back."""
    day = local_date(at_ms, zone)
    return day + timedelta(1) if begins_ms(day + timedelta(1), zone) <= at_ms else day


def first_day(per: Per, day: date) -> date:
    return {Per.DAY: day, Per.WEEK: day - timedelta(day.weekday()), Per.MONTH: day.replace(day=1)}[per]


def following(per: Per, first: date) -> date:
    return first_day(per, first + timedelta({Per.DAY: 1, Per.WEEK: 7, Per.MONTH: 31}[per]))


class Wall:
    """What one server's calendar shows: it is torn off when its period ends, in the zone that is chosen then."""

    def __init__(self, per: Per, now_ms: int) -> None:
        self.per = per
        self.zone = "UTC"
        self.first = first_day(per, day_at(now_ms, "UTC"))
        self.ends_ms = begins_ms(following(per, self.first), "UTC")

    def look(self, now_ms: int) -> "Wall":
        while self.ends_ms <= now_ms:
            self.first = max(self.first, first_day(self.per, day_at(self.ends_ms, self.zone)))
            self.ends_ms = begins_ms(following(self.per, self.first), self.zone)
        return self

    @property
    def renewed_ms(self) -> int:
        """When the next period begins: not yet, where the zone chosen now is not past this one's date by then."""
        if first_day(self.per, day_at(self.ends_ms, self.zone)) > self.first:
            return self.ends_ms
        return begins_ms(following(self.per, self.first), self.zone)

    @property
    def label(self) -> str:
        match self.per:
            case Per.DAY:
                return f"d:{self.first:%Y-%m-%d}"
            case Per.WEEK:
                return f"w:{self.first:%G-W%V}"
            case _:
                return f"m:{self.first:%Y-%m}"


@dataclass
class Reference:
    """What was set, the calendars, and the balances."""

    now_ms: int
    defaults: dict[str, Any]
    cheapest: int
    settings: dict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    walls: dict[tuple[int, Per], Wall] = field(default_factory=dict)
    balances: dict[Key, Balance] = field(default_factory=lambda: defaultdict(Balance))
    jobs: dict[tuple[int, int], Held] = field(default_factory=dict)
    told: set[tuple[int, str, int, int]] = field(default_factory=set)
    notices: list[tuple[int, int, int, int]] = field(default_factory=list)

    def setting(self, guild: int, name: str) -> Any:
        return self.settings[guild].get(name, self.defaults.get(name))

    def wall(self, guild: int, per: Per) -> Wall:
        if (guild, per) not in self.walls:
            self.walls[guild, per] = Wall(per, self.now_ms)
        return self.walls[guild, per].look(self.now_ms)

    def set(self, guild: int, name: str, value: Any) -> None:
        """None goes back to the default."""
        if name == "time_zone":
            for per in DAYS:
                self.wall(guild, per).zone = value or "UTC"
        self.settings[guild].pop(name, None)
        if value is not None:
            self.settings[guild][name] = value

    # ------------------------------------------------------------ asking

    def ask(
        self, *, ref: int, guild: int, place: int, user: int, roles: tuple[int, ...], prices: tuple[int, ...]
    ) -> Short | None:
        """What becomes of a request: the refusal, or None where its jobs were accepted."""
        budget = self.budget(guild)
        if budget.kind is BudgetKind.BLOCKED:
            return Short("server_blocked")
        asked = [
            *self.member(guild, user, roles),
            *self.channel(guild, place),
            ("limit.budget", [self.periodic(f"guild:{guild}", guild, _allowed(budget)), _given(f"top_up:{guild}")]),
            (
                "limit.ceiling_day",
                [self.periodic("all:day", 0, Allowance(self.setting(0, "ceiling_per_day"), Per.DAY))],
            ),
            (
                "limit.ceiling_month",
                [self.periodic("all:month", 0, Allowance(self.setting(0, "ceiling_per_month"), Per.MONTH))],
            ),
        ]
        images: list[list[Source]] = [[] for _ in prices]
        for message_id, sources in asked:
            left = [self.left(source) for source in sources]
            # Of all ways to share the images out that there is room for, the one that leaves the first source last.
            ways = itertools.product(range(len(left)), repeat=len(prices))
            # None of them can bear more than there is at all, so that they need not be tried then.
            fits = sum(prices) <= sum(left)
            way = next((way for way in ways if _bear(left, way, prices)), None) if fits else None
            if way is None:
                return Short(message_id, sum(left), sources[0].ends_ms)
            for image, number in zip(images, way, strict=True):
                image.append(sources[number])
        self.hold(ref, images, prices)
        self.tell(guild, budget)
        return None

    def budget(self, guild: int) -> Budget:
        own = self.settings[guild].get("budget")
        return self.setting(0, "default_budget") if own is None else own

    def member(self, guild: int, user: int, roles: tuple[int, ...]) -> list[tuple[str, list[Source]]]:
        by_role = self.setting(guild, "role_allowances") or {}
        found = [("limit.role", by_role[role]) for role in roles if role in by_role]
        everybody = self.setting(guild, "member_allowance")
        if everybody is not None:
            found.insert(0, ("limit.member", everybody))
        if not found:
            return []
        a_day = [(Fraction(each.amount_microcredits, DAYS[each.per]), each.amount_microcredits) for _, each in found]
        message_id, most = found[a_day.index(max(a_day))]
        own = self.periodic(f"member:{guild}:{user}", guild, most)
        return [(message_id, [own, _given(f"extra:{guild}:{user}")])]

    def channel(self, guild: int, place: int) -> list[tuple[str, list[Source]]]:
        allowance = (self.setting(guild, "channel_allowances") or {}).get(place)
        if allowance is None:
            return []
        return [("limit.channel", [self.periodic(f"channel:{guild}:{place}", guild, allowance)])]

    def periodic(self, owner: str, guild: int, allowance: Allowance) -> Source:
        wall = self.wall(guild, allowance.per)
        return Source((owner, wall.label), allowance.amount_microcredits, wall.renewed_ms)

    def left(self, source: Source) -> int:
        balance = self.balances[source.key]
        amount = balance.granted if source.amount is None else source.amount
        return max(0, amount - balance.used)

    def hold(self, ref: int, images: list[list[Source]], prices: tuple[int, ...]) -> None:
        for source in {source.key: source for image in images for source in image}.values():
            balance = self.balances[source.key]
            if source.amount is not None:
                if not balance.granted:
                    balance.ends_ms = balance.ends_ms or source.ends_ms
                balance.granted = max(source.amount, balance.used)
        for number, (image, price) in enumerate(zip(images, prices, strict=True)):
            for source in image:
                balance = self.balances[source.key]
                balance.held += price
                amount = balance.granted if source.amount is None else source.amount
                assert balance.used <= amount, "the reference itself exceeds a limit"
            self.jobs[ref, number] = Held(price, [source.key for source in image])

    def tell(self, guild: int, budget: Budget) -> None:
        if budget.kind is not BudgetKind.LIMITED or not budget.allowance or not budget.allowance.amount_microcredits:
            return
        source = self.periodic(f"guild:{guild}", guild, budget.allowance)
        used, amount = self.balances[source.key].used, budget.allowance.amount_microcredits
        reached = [mark for mark in MARKS if used * 100 >= mark * amount]
        if amount - used < self.cheapest:
            reached = [100]
        if reached and not any(
            (guild, source.key[1], amount, mark) in self.told for mark in MARKS if mark >= reached[-1]
        ):
            self.told.add((guild, source.key[1], amount, reached[-1]))
            self.notices.append((guild, reached[-1], used, amount))

    # ------------------------------------------------------------ ending

    def finish(self, ref: tuple[int, int], state: State, cost: int | None) -> None:
        job = self.jobs.pop(ref)
        paid = job.price if cost is None else max(cost, 0)
        for key in job.keys:
            self.balances[key].held -= job.price
            if state is State.DONE:
                self.balances[key].spent += min(paid, job.price)
        if state is State.DONE:
            self.book(job, max(0, paid - job.price))
        elif state is State.LOST:
            self.book(job, job.price)

    def book(self, job: Held, amount: int) -> None:
        """The operator bears it, and their ceilings, which bound what is really spent."""
        for key in (("operator", "ever"), *(key for key in job.keys if key[0].startswith("all:"))):
            if amount:
                self.balances[key].granted += amount
                self.balances[key].spent += amount

    def give(self, owner: str, amount: int) -> bool:
        balance = self.balances[owner, "ever"]
        if balance.granted + amount < balance.used:
            return False
        balance.granted += amount
        return True

    def expire(self) -> None:
        """What was left of periods that are over is gone."""
        for balance in self.balances.values():
            if balance.ends_ms is not None and balance.ends_ms < self.now_ms and not balance.held:
                balance.granted = balance.spent


def _bear(left: list[int], way: tuple[int, ...], prices: tuple[int, ...]) -> bool:
    """Whether each source has room for the images that come out of it this way."""
    return all(
        sum(price for at, price in zip(way, prices, strict=True) if at == number) <= room
        for number, room in enumerate(left)
    )


def _allowed(budget: Budget) -> Allowance:
    return budget.allowance or Allowance(UNLIMITED_MICROCREDITS, Per.MONTH)


def _given(owner: str) -> Source:
    return Source((owner, "ever"), None, None)
