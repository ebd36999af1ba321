"""How ended jobs add up to usage figures. Pure.

A job's waiting is from its acceptance until Segmind had it (over v1: until the call left), whatever became of it; its
rendering is what Segmind measured, or else the time from then to its end, for images only.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.jobs import Outcome, State, paid_microcredits
from bot.usage.report import Counts, Leg, Topic, bucket_of
from bot.usage.span import Span

BLOCKED = frozenset({Outcome.BLOCKED_WORDS, Outcome.BLOCKED_PICTURE, Outcome.BLOCKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedJob:
    """What counts of a job that has ended. `place_id` is its channel, of a thread the channel that it is in."""

    guild_id: int
    place_id: int
    user_id: int
    role_ids: tuple[int, ...]
    model: str
    state: State
    outcome: Outcome | None
    price_microcredits: int
    cost_microcredits: int | None
    accepted_ms: int
    submitting_ms: int | None
    running_ms: int | None
    finished_ms: int
    render_ms: int | None

    @property
    def paid_microcredits(self) -> int:
        """What it cost its server."""
        return paid_microcredits(
            self.state, price_microcredits=self.price_microcredits, cost_microcredits=self.cost_microcredits
        )

    @property
    def waiting_ms(self) -> int | None:
        """How long it waited for its turn; None if that never came. Clocks that are set back make no time negative."""
        begun_ms = self._begun_ms
        return None if begun_ms is None else max(0, begun_ms - self.accepted_ms)

    @property
    def rendering_ms(self) -> int | None:
        """How long Segmind took for the image; None where there is none."""
        begun_ms = self._begun_ms
        if self.state is not State.DONE or begun_ms is None:
            return None
        return max(0, self.finished_ms - begun_ms if self.render_ms is None else self.render_ms)

    @property
    def _begun_ms(self) -> int | None:
        return self.submitting_ms if self.running_ms is None else self.running_ms


def counts_of(job: EndedJob) -> Counts:
    """What one job adds."""
    match job.state:
        case State.DONE:
            return Counts(images=1, spent_microcredits=job.paid_microcredits)
        case State.CANCELLED:
            return Counts(cancelled=1)
        case State.FAILED if job.outcome in BLOCKED:
            return Counts(blocked=1)
        case State.FAILED | State.LOST:
            return Counts(failed=1)
        case _:
            raise ValueError(f"a job that is {job.state} has not ended")


@dataclass(frozen=True, slots=True)
class DayKey:
    """One row of the roll-ups of days; `day` is such as 2026-11-21."""

    guild_id: int
    topic: Topic
    day: str
    key: str


@dataclass(frozen=True, slots=True)
class TimeKey:
    """One row of the roll-ups of times."""

    guild_id: int
    leg: Leg
    day: str
    bucket: int


@dataclass(slots=True)
class Tally:
    """What jobs add up to."""

    days: dict[DayKey, Counts] = field(default_factory=dict)
    times: dict[TimeKey, int] = field(default_factory=dict)

    def add(self, job: EndedJob, day: str) -> None:
        """Count one more job, on this day."""
        counts = counts_of(job)
        for topic, key in _keys(job):
            at = DayKey(job.guild_id, topic, day, key)
            self.days[at] = self.days.get(at, Counts()) + counts
        for leg, took_ms in ((Leg.WAITING, job.waiting_ms), (Leg.RENDERING, job.rendering_ms)):
            if took_ms is not None:
                slot = TimeKey(job.guild_id, leg, day, bucket_of(took_ms))
                self.times[slot] = self.times.get(slot, 0) + 1

    def by_day(self, span: Span) -> dict[str, Counts]:
        """The days of the span on which something ended."""
        return _summed((at.day, counts) for at, counts in self._within(span, Topic.ALL))

    def by_key(self, span: Span, topic: Topic) -> dict[str, Counts]:
        """The figures of each member, role, channel, model or server on these days."""
        if topic is Topic.GUILD:
            return _summed((str(at.guild_id), counts) for at, counts in self._within(span, Topic.ALL))
        return _summed((at.key, counts) for at, counts in self._within(span, topic))

    def histogram(self, span: Span, leg: Leg) -> dict[int, int]:
        """How many jobs fall into each bucket."""
        found: dict[int, int] = {}
        for at, jobs in self.times.items():
            if at.leg is leg and span.holds(at.day):
                found[at.bucket] = found.get(at.bucket, 0) + jobs
        return found

    def _within(self, span: Span, topic: Topic) -> Iterable[tuple[DayKey, Counts]]:
        return ((at, counts) for at, counts in self.days.items() if at.topic is topic and span.holds(at.day))


def _keys(job: EndedJob) -> Iterable[tuple[Topic, str]]:
    yield Topic.ALL, ""
    yield Topic.MEMBER, str(job.user_id)
    yield Topic.CHANNEL, str(job.place_id)
    yield Topic.MODEL, job.model
    for role_id in set(job.role_ids):
        yield Topic.ROLE, str(role_id)


def _summed(found: Iterable[tuple[str, Counts]]) -> dict[str, Counts]:
    sums: dict[str, Counts] = {}
    for key, counts in found:
        sums[key] = sums.get(key, Counts()) + counts
    return sums
