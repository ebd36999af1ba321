"""Whose turn it is: round between servers, then between the members of a server, first come first served within a member.

A turn number says since when a server, or a member, waits: it is given on joining the line, and a new one with every
job that starts, so the smallest is whoever has gone without for longest. Where a limit keeps one from starting, it
keeps its number. So somebody with forty jobs goes before another's one job with one of them at most.

Each step costs as many look-ups in sorted lists as models are waited for; nothing walks along a line of others.
"""

import itertools
from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.turn_lines import Line, discard

# While a job's model has no room at the plan's rate, others go first: so many, and then all wait until it has. A quick
# model needs more room than a slow one, so jobs of slow models would otherwise take each bit of it for ever.
OVERTAKEN_MAX = 4

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands among those that wait in its server: how many start before it, and how many wait in all."""

    ahead: int
    here: int


@dataclass(slots=True, eq=False)
class _Server(Generic[K]):
    """One with something waiting or running; `members` are those who wait and may start something.

    Of all who wait, `turns` are the turns in order, and `deeper[n]` is how many have more than n jobs waiting.
    """

    guild_id: int
    turn: int = 0
    running: int = 0
    members: "Line[_Member[K]]" = field(default_factory=Line)
    turns: list[int] = field(default_factory=list)
    deeper: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Member(Generic[K]):
    server: _Server[K]
    user_id: int
    turn: int = 0
    running: int = 0
    jobs: "Line[_Job[K]]" = field(default_factory=Line)


@dataclass(slots=True, eq=False)
class _Job(Generic[K]):
    """`turn` is its place in its member's line, for good; `had` the turns of server and member that it was started by."""

    key: K
    slug: str
    member: _Member[K]
    turn: int
    overtaken: int = 0
    had: tuple[int, int] | None = None


class Turns(Generic[K]):
    """The jobs that wait for their turn, and those that run, of which no member and no server has more than its limit.

    A job is `add`ed, `start`ed and `end`ed; it may be `remove`d while it waits, and `come_back` when it runs. Every
    method raises KeyError for a job that is not where it must be, and ValueError for one that is there already.
    """

    def __init__(self, *, per_member: int, per_server: int) -> None:
        self._per_member = per_member
        self._per_server = per_server
        self._numbers = itertools.count(1)
        self._servers: dict[int, _Server[K]] = {}
        self._members: dict[tuple[int, int], _Member[K]] = {}
        self._waiting: dict[K, _Job[K]] = {}
        self._running: dict[K, _Job[K]] = {}
        self._line: Line[_Server[K]] = Line()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def add(self, key: K, *, guild_id: int, user_id: int, slug: str) -> None:
        """Let a job wait, behind what its member has waiting."""
        self._wait(self._new(key, guild_id=guild_id, user_id=user_id, slug=slug))

    def next(self, room: Callable[[str], bool]) -> K | None:
        """Whose turn it is, or None where nobody may start; `room` tells whether a job of this model may. Moves nothing.

        Where the first one's model has no room, the first whose model has; but see OVERTAKEN_MAX.
        """
        first = self._first(self._line.slugs)
        if first is not None and not room(first.slug):
            waits = first.overtaken >= OVERTAKEN_MAX
            first = None if waits else self._first([slug for slug in self._line.slugs if room(slug)])
        return None if first is None else first.key

    def start(self, key: K) -> None:
        """Its turn has come: it waits no more, and runs. Its server and its member are behind all others now."""
        job = self._waiting[key]
        first = self._first(self._line.slugs)
        if first is not None and first is not job:
            first.overtaken += 1
        member, server = job.member, job.member.server
        self._take_out(member)
        self._unwait(job)
        job.had = server.turn, member.turn
        server.turn = member.turn = next(self._numbers)
        self._run(job)
        self._put_in(member)

    def resume(self, key: K, *, guild_id: int, user_id: int, slug: str) -> None:
        """A job runs already, since before a restart. It counts, even above the limits."""
        job = self._new(key, guild_id=guild_id, user_id=user_id, slug=slug)
        self._take_out(job.member)
        self._run(job)
        self._put_in(job.member)

    def come_back(self, key: K) -> None:
        """It was not taken: it waits again where it stood, before what its member asked for later, and has had no turn."""
        job = self._running[key]
        self._stop(job)
        self._wait(job)

    def end(self, key: K) -> None:
        """It runs no more."""
        self._stop(self._running[key])

    def remove(self, key: K) -> None:
        """It waits no more, and never ran."""
        job = self._waiting[key]
        self._take_out(job.member)
        self._unwait(job)
        self._put_in(job.member)

    def place(self, key: K) -> Place | None:
        """Where it stands in its server if nobody else comes and no limit or model holds anybody up; None if it runs.

        Exact for the first of a member's jobs. A later one may start sooner, by less than one round of the members.
        """
        job = self._waiting.get(key)
        if job is None:
            return None
        server, own = job.member.server, job.member.jobs.ahead(job)
        in_its_round = min(bisect_left(server.turns, job.member.turn), server.deeper[own] - 1)
        return Place(ahead=sum(server.deeper[:own]) + in_its_round, here=sum(server.deeper))

    def rounds(self, key: K) -> int:
        """Of those that run, how many times as many as may run at once must end before this one may start; 0 for none.

        As its member's limit and its server's have it: a server's other members may leave it more room than that.
        """
        job = self._waiting[key]
        member, place = job.member, self.place(key)
        ahead = 0 if place is None else place.ahead
        of_member = (member.running + member.jobs.ahead(job)) // self._per_member
        return max(of_member, (member.server.running + ahead) // self._per_server)

    def _first(self, slugs: Collection[str]) -> _Job[K] | None:
        """The job whose turn it is among those of these models that no limit holds back."""
        server = self._line.first(slugs)
        member = None if server is None else server.members.first(slugs)
        return None if member is None else member.jobs.first(slugs)

    def _new(self, key: K, *, guild_id: int, user_id: int, slug: str) -> _Job[K]:
        if key in self._waiting or key in self._running:
            raise ValueError(f"{key} is here already")
        server = self._servers.get(guild_id) or _Server(guild_id)
        member = self._members.get((guild_id, user_id)) or _Member(server, user_id)
        return _Job(key, slug, member, next(self._numbers))

    def _wait(self, job: _Job[K]) -> None:
        member, server = job.member, job.member.server
        self._take_out(member)
        if not member.jobs:
            member.turn = next(self._numbers)
        if not server.deeper:
            server.turn = next(self._numbers)
        if job.had is not None:
            server.turn, member.turn = min(server.turn, job.had[0]), min(member.turn, job.had[1])
        self._waiting[job.key] = job
        if len(member.jobs) == len(server.deeper):
            server.deeper.append(0)
        server.deeper[len(member.jobs)] += 1
        member.jobs.join(job, [job.slug])
        self._put_in(member)

    def _unwait(self, job: _Job[K]) -> None:
        """For a job of a member that is taken out."""
        del self._waiting[job.key]
        jobs, deeper = job.member.jobs, job.member.server.deeper
        jobs.leave(job)
        deeper[len(jobs)] -= 1
        if deeper[-1] == 0:
            deeper.pop()

    def _run(self, job: _Job[K]) -> None:
        """For a job of a member that is taken out."""
        self._running[job.key] = job
        job.member.running += 1
        job.member.server.running += 1

    def _stop(self, job: _Job[K]) -> None:
        del self._running[job.key]
        self._take_out(job.member)
        job.member.running -= 1
        job.member.server.running -= 1
        self._put_in(job.member)

    def _take_out(self, member: _Member[K]) -> None:
        """Before anything changes that the lines go by: turns, what waits, what runs."""
        self._line.leave(member.server)
        member.server.members.leave(member)
        discard(member.server.turns, member.turn)

    def _put_in(self, member: _Member[K]) -> None:
        """Afterwards: to where they now belong, or forgotten where nothing of theirs is left."""
        server, name = member.server, (member.server.guild_id, member.user_id)
        if member.jobs:
            insort(server.turns, member.turn)
            if member.running < self._per_member:
                server.members.join(member, member.jobs.slugs)
        if server.members and server.running < self._per_server:
            self._line.join(server, server.members.slugs)
        if member.jobs or member.running:
            self._members[name], self._servers[server.guild_id] = member, server
            return
        self._members.pop(name, None)
        if not (server.deeper or server.running):
            self._servers.pop(server.guild_id, None)
