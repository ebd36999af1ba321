"""Who may spend how much: which limits apply to a request, and whether its images fit into all of them. Pure.

A request lays a claim on each kind of limit that applies: the member's own allowance, the channel's, the server's budget,
and the operator's ceilings over all servers. A claim may have more than one source, taken in order: an allowance first,
then what was given on top of it and does not expire. Each image comes wholly out of one source of every claim.
Amounts are whole micro-credits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot import settings as s
from bot.outside import is_outside
from bot.periods import Per, Period, ZoneChange, period_at
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS, Allowance, Budget, BudgetKind
from bot.settings import Settings

FOREVER = Period("ever", 0, None)


class Source(StrEnum):
    """Where credits come from, or what holds them back. Its words stand in the catalogue under `source.<value>`."""

    MEMBER = "member"  # the allowance that every member has
    ROLE = "role"  # the most generous of the member's roles
    EXTRA = "extra"  # given to this member on top; does not expire
    CHANNEL = "channel"
    BUDGET = "budget"  # what the operator lets the server spend
    TOP_UP = "top_up"  # given to the server on top; does not expire
    CEILING_DAY = "ceiling_day"  # over all servers
    CEILING_MONTH = "ceiling_month"


@dataclass(frozen=True, slots=True)
class Usage:
    """A balance: what was granted, what running jobs hold, and what finished jobs cost."""

    granted: int = 0
    held: int = 0
    spent: int = 0

    @property
    def used(self) -> int:
        return self.held + self.spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One source. `owner` and the period's label name its balance.

    `amount_microcredits` is None where only what was granted counts; `role_id` is the role that gives it.
    """

    source: Source
    owner: str
    period: Period
    amount_microcredits: int | None
    role_id: int | None = None

    @property
    def unlimited(self) -> bool:
        return self.amount_microcredits == AMOUNT_MAX_MICROCREDITS

    def left_microcredits(self, usage: Usage) -> int:
        """What is left of it; never below zero."""
        amount = usage.granted if self.amount_microcredits is None else self.amount_microcredits
        return max(0, amount - usage.used)


Claim = tuple[Limit, ...]
Usages = Mapping[Limit, Usage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, and where: `place_id` is the channel whose rules count; a thread has those of its channel."""

    guild_id: int
    place_id: int
    user_id: int
    role_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What was set, in the server and by the operator for all servers, and the server's time zones.

    `closed` says that the operator has the bot in servers only, and that this place is none.
    """

    guild: Settings
    installation: Settings
    zones: Sequence[ZoneChange]
    closed: bool = False

    @property
    def budget(self) -> Budget:
        """What the server may spend: its own budget, or the operator's default."""
        return self.guild[s.BUDGET] if self.guild.is_set(s.BUDGET) else self.installation[s.DEFAULT_BUDGET]


def guild_owner(guild_id: int) -> str:
    return f"guild:{guild_id}"


def top_up_owner(guild_id: int) -> str:
    return f"top_up:{guild_id}"


def member_owner(guild_id: int, user_id: int) -> str:
    return f"member:{guild_id}:{user_id}"


def extra_owner(guild_id: int, user_id: int) -> str:
    return f"extra:{guild_id}:{user_id}"


CEILINGS = (Per.DAY, Per.MONTH)  # the periods for which the operator has one


def ceiling_owner(per: Per) -> str:
    """The account of all servers together; a job holds once on an account, so each ceiling has its own."""
    return f"all:{per.value}"


def channel_owner(guild_id: int, channel_id: int) -> str:
    return f"channel:{guild_id}:{channel_id}"


def claims(asker: Asker, rules: Rules, *, now_ms: int) -> tuple[Claim, ...]:
    """Every claim of a request, those first that the member can do most about."""
    return (
        *_member(asker, rules, now_ms=now_ms),
        *_channel(asker, rules, now_ms=now_ms),
        *(() if is_outside(asker.guild_id) else (budget_claim(asker.guild_id, rules, now_ms=now_ms),)),
        *ceilings(rules.installation, now_ms=now_ms),
    )


def most_generous(rules: Rules, role_ids: Sequence[int]) -> tuple[Allowance | None, int | None]:
    """A member's allowance and the role that gives it; the largest by the day counts, and the longer period if equal.

    No allowance means that nothing limits members here; that is so as soon as neither all nor any of their roles have one.
    """
    by_role = rules.guild[s.ROLE_ALLOWANCES]
    found: list[tuple[Allowance, int | None]] = [(by_role[role], role) for role in role_ids if role in by_role]
    everybody = rules.guild[s.MEMBER_ALLOWANCE]
    if everybody is not None:
        found.append((everybody, None))
    if not found:
        return None, None
    return max(found, key=lambda each: (each[0].per_day_microcredits, each[0].amount_microcredits, each[1] is None))


def _member(asker: Asker, rules: Rules, *, now_ms: int) -> tuple[Claim, ...]:
    allowance, role_id = most_generous(rules, asker.role_ids)
    if allowance is None:
        return ()
    own = Limit(
        source=Source.MEMBER if role_id is None else Source.ROLE,
        owner=member_owner(asker.guild_id, asker.user_id),
        period=period_at(allowance.per, now_ms, zones=rules.zones),
        amount_microcredits=allowance.amount_microcredits,
        role_id=role_id,
    )
    extra = _granted(Source.EXTRA, extra_owner(asker.guild_id, asker.user_id))
    return ((own, extra),)


def _channel(asker: Asker, rules: Rules, *, now_ms: int) -> tuple[Claim, ...]:
    allowance = rules.guild[s.CHANNEL_ALLOWANCES].get(asker.place_id)
    if allowance is None:
        return ()
    limit = Limit(
        source=Source.CHANNEL,
        owner=channel_owner(asker.guild_id, asker.place_id),
        period=period_at(allowance.per, now_ms, zones=rules.zones),
        amount_microcredits=allowance.amount_microcredits,
    )
    return ((limit,),)


def budget_claim(guild_id: int, rules: Rules, *, now_ms: int) -> Claim:
    """What the server may spend. An unlimited budget is counted by the month; a blocked one has nothing."""
    budget = rules.budget
    match budget.kind:
        case BudgetKind.LIMITED if budget.allowance is not None:
            allowance = budget.allowance
        case BudgetKind.UNLIMITED:
            allowance = Allowance(AMOUNT_MAX_MICROCREDITS, Per.MONTH)
        case _:
            allowance = Allowance(0, Per.MONTH)
    periodic = Limit(
        source=Source.BUDGET,
        owner=guild_owner(guild_id),
        period=period_at(allowance.per, now_ms, zones=rules.zones),
        amount_microcredits=allowance.amount_microcredits,
    )
    return periodic, _granted(Source.TOP_UP, top_up_owner(guild_id))


def ceilings(installation: Settings, *, now_ms: int) -> tuple[Claim, ...]:
    """The operator's ceilings over all servers; their days and months are those of UTC."""
    by_period = (
        (Source.CEILING_DAY, Per.DAY, installation[s.CEILING_PER_DAY]),
        (Source.CEILING_MONTH, Per.MONTH, installation[s.CEILING_PER_MONTH]),
    )
    return tuple(
        (Limit(source=source, owner=ceiling_owner(per), period=period_at(per, now_ms), amount_microcredits=amount),)
        for source, per, amount in by_period
    )


def _granted(source: Source, owner: str) -> Limit:
    return Limit(source=source, owner=owner, period=FOREVER, amount_microcredits=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """The first claim that has too little, and what is left of it."""

    claim: Claim
    left_microcredits: int


def allot(asked: Sequence[Claim], usages: Usages, *, prices: Sequence[int]) -> list[Claim] | Shortage:
    """For the image of each price the limits that it is to hold on, one of each claim; or the claim that cannot bear all.

    Of the sources of a claim the images come out of the first ones, as far as there is room for all of them then.
    """
    chosen = []
    for claim in asked:
        left = tuple(limit.left_microcredits(usages.get(limit, Usage())) for limit in claim)
        places = _placed(prices, left)
        if places is None:
            return Shortage(claim=claim, left_microcredits=sum(left))
        chosen.append([claim[at] for at in places])
    return [tuple(limits[number] for limits in chosen) for number in range(len(prices))]


def _placed(prices: Sequence[int], left: tuple[int, ...]) -> tuple[int, ...] | None:
    """Out of which source each image comes, that of the first one as early as may be, and so on; None where they do not fit.

    To take whatever fits first may leave no room where sizes differ, so it turns back where that was too much.
    """

    @cache
    def placed(number: int, left: tuple[int, ...]) -> tuple[int, ...] | None:
        if number == len(prices):
            return ()
        for at, room in enumerate(left):
            if room >= prices[number]:
                rest = placed(number + 1, (*left[:at], room - prices[number], *left[at + 1 :]))
                if rest is not None:
                    return (at, *rest)
        return None

    return placed(0, left)
