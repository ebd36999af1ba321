"""What usage figures are: how jobs add up, how long images took, and a report of a period. Pure.

A job counts on its server's own local day on which it was accepted, once it has ended (bot/usage/tally.py). Times are
kept as histograms with buckets 5 % wide, so that a median is told within 2.5 %.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.usage.span import Span

# Under this key stand all members together who had their data deleted.
FORGOTTEN = "0"
BUCKET_RATIO = 1.05
BUCKET_FIRST_MS = 50  # everything shorter is in bucket 0


class Topic(StrEnum):
    """What figures can be broken down by. The value is what the database holds, but for GUILD.

    A job counts once for each role that the member had, so the roles add up to more than the totals.
    """

    ALL = "all"
    MEMBER = "member"
    ROLE = "role"
    CHANNEL = "channel"
    MODEL = "model"
    GUILD = "guild"  # of all servers together only


class Leg(StrEnum):
    """The two parts of the way to an image. The value is what the database holds."""

    WAITING = "waiting"
    RENDERING = "rendering"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs ended how, and what they cost. Every job is exactly one of images, blocked, failed, cancelled."""

    images: int = 0
    blocked: int = 0
    failed: int = 0
    cancelled: int = 0
    spent_microcredits: int = 0

    @property
    def jobs(self) -> int:
        return self.images + self.blocked + self.failed + self.cancelled

    @property
    def success_rate(self) -> float | None:
        """Images by everything that was tried, 0 to 1; what was called off does not count. None where nothing was."""
        return self._share(self.images)

    @property
    def block_rate(self) -> float | None:
        """Blocked by everything that was tried, 0 to 1."""
        return self._share(self.blocked)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.images + other.images,
            self.blocked + other.blocked,
            self.failed + other.failed,
            self.cancelled + other.cancelled,
            self.spent_microcredits + other.spent_microcredits,
        )

    def _share(self, part: int) -> float | None:
        tried = self.images + self.blocked + self.failed
        return part / tried if tried else None


def bucket_of(took_ms: int) -> int:
    """The bucket for a time; 0 for the shortest."""
    if took_ms < BUCKET_FIRST_MS:
        return 0
    return 1 + math.floor(math.log(took_ms / BUCKET_FIRST_MS) / math.log(BUCKET_RATIO))


def bucket_ms(bucket: int) -> int:
    """The time that a bucket stands for: the (geometric) middle of it."""
    if bucket == 0:
        return BUCKET_FIRST_MS // 2
    return round(BUCKET_FIRST_MS * math.pow(BUCKET_RATIO, bucket - 0.5))


def quantile_ms(histogram: Mapping[int, int], share: float) -> int | None:
    """The time within which this share of the jobs was done (nearest rank); None without jobs."""
    rank = math.ceil(share * sum(histogram.values()))
    for bucket in sorted(histogram):
        rank -= histogram[bucket]
        if rank <= 0:
            return bucket_ms(bucket)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How long one leg took, in ms: for half of the jobs at most, and for 95 % of them. None without jobs."""

    median_ms: int | None
    p95_ms: int | None

    @classmethod
    def of(cls, histogram: Mapping[int, int]) -> "Took":
        return cls(median_ms=quantile_ms(histogram, 0.5), p95_ms=quantile_ms(histogram, 0.95))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Everything of one period together."""

    counts: Counts
    waiting: Took
    rendering: Took


@dataclass(frozen=True, slots=True, kw_only=True)
class TopRow:
    """One member, role, channel, model or server. `key` is an id of Discord, or a model's key in the catalog."""

    key: str
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """A part of a ranking: by credits spent, then images, then key. `total` is how many there are in all."""

    rows: tuple[TopRow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a period. `days` has every day of it, the oldest first, also those on which nothing happened."""

    span: Span
    totals: Totals
    before: Totals
    days: tuple[tuple[date, Counts], ...]
    tops: Mapping[Topic, Top]


def ranked(found: Mapping[str, Counts], *, offset: int, limit: int) -> Top:
    """A page of the ranking."""
    rows = sorted(found.items(), key=lambda row: (-row[1].spent_microcredits, -row[1].images, row[0]))
    page = tuple(TopRow(key=key, counts=counts) for key, counts in rows[offset : offset + limit])
    return Top(rows=page, total=len(rows))
