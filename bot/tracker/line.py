"""The jobs that wait for their turn: each has it as bot/turns.py says, as there is room."""

import asyncio
from collections.abc import Iterable

from bot.cards.progress import Starts
from bot.clock import Clock, first_of
from bot.jobs import Job, Request
from bot.limiter import Kind, RequestBudget
from bot.tracker.availability import Availability
from bot.tracker.paces import Paces
from bot.tracker.views import WAITING_MS
from bot.turns import Place, Turns

# While jobs wait for room at the plan's rate, time alone makes some; it is looked for this often.
ROOM_CHECK_S = 1.0


class Line:
    """At most `jobs_in_flight` jobs are at Segmind at once, and no more than can be looked at in time."""

    def __init__(
        self,
        *,
        turns: Turns[tuple[int, int]],
        paces: Paces,
        budget: RequestBudget,
        availability: Availability,
        clock: Clock,
        jobs_in_flight: int,
    ) -> None:
        self._turns = turns
        self._paces = paces
        self._budget = budget
        self._availability = availability
        self._clock = clock
        self._jobs_in_flight = jobs_in_flight
        self._starts = Starts()
        self._jobs: dict[tuple[int, int], Job] = {}
        self._guild_ids: dict[tuple[int, int], int] = {}
        self._moves = asyncio.Event()
        self._closed = False

    def add(self, request: Request, job: Job) -> None:
        self._turns.add(job.name, guild_id=request.turn_id, user_id=request.user_id, slug=job.slug)
        self._guild_ids[job.name] = request.turn_id
        self._jobs[job.name] = job
        self._moves.set()

    def resume(self, request: Request, job: Job) -> None:
        """It had its turn before a restart."""
        self._turns.resume(job.name, guild_id=request.turn_id, user_id=request.user_id, slug=job.slug)
        self._guild_ids[job.name] = request.turn_id

    def put_back(self, job: Job) -> None:
        """It was not taken: it has had no turn."""
        self._turns.come_back(job.name)
        self._jobs[job.name] = job
        self._moves.set()

    def end(self, job: Job) -> None:
        """It is at Segmind no more: there may be room now."""
        self._turns.end(job.name)
        del self._guild_ids[job.name]
        self._moves.set()

    def drop(self, jobs: Iterable[Job]) -> None:
        """Those of them that wait take nobody's turn any more."""
        for job in jobs:
            if self._jobs.pop(job.name, None) is not None:
                self._turns.remove(job.name)
                del self._guild_ids[job.name]

    def first(self, jobs: Iterable[Job]) -> Job | None:
        """The first of these that waits."""
        return next((job for job in jobs if job.name in self._jobs), None)

    def place(self, job: Job) -> Place | None:
        """Where it stands among those that wait in its server; None where it does not wait."""
        return self._turns.place(job.name)

    def starts_ms(self, job: Job) -> int | None:
        """When it may start, as the line of its server goes; None where it does not wait, or nobody can tell.

        Where nothing is to be learned from the line yet, as long as its model usually takes, for each time that others
        must end before. That there is no room for it now is never said to be over in a moment.
        """
        place = self.place(job)
        if place is None:
            return None
        guild_id, now_ms = self._guild_ids[job.name], self._clock.now_ms()
        due_ms = self._starts.due_ms(guild_id, ahead=place.ahead, now_ms=now_ms)
        rounds = self._rounds(job, ahead=place.ahead)
        if not rounds:
            return due_ms
        if due_ms is None:
            usual_ms = self._paces.moments([job.slug]).usual_ms
            due_ms = self._starts.last_ms(guild_id, now_ms=now_ms) + usual_ms * rounds
        return max(due_ms, now_ms + WAITING_MS)

    def _rounds(self, job: Job, *, ahead: int) -> int:
        """How many times others must end before it may start, as limits and the plan's rate have it; 0 for not at all."""
        rounds = self._turns.rounds(job.name)
        if self._availability.out(job.slug) is not None:
            return rounds
        # What starts before it in other servers is not counted: it is not known which of them that is.
        under_way, room = self._paces.under_way, max(0, self._paces.room(job.slug))
        in_time = max(1, under_way + room)
        return max(rounds, (under_way + ahead) // self._jobs_in_flight, (under_way + ahead) // in_time)

    def close(self) -> None:
        """Nobody has a turn from now on."""
        self._closed = True
        self._moves.set()

    async def next(self) -> Job:
        """The job whose turn it is; where it would be submitted, its place in the plan's minute is taken."""
        while True:
            name = await self._first()
            if self._availability.out(self._jobs[name].slug) is None:
                await self._budget.take(Kind.SUBMIT)
                # Nothing is sent while the balance is in doubt.
                async with self._availability.asking:
                    pass
                # Whose turn it is by now: one may have come back. There was room; that the minute is full now is no matter.
                name = self._turns.next(self._room) or name
            if name in self._jobs and not self._closed:
                self._turns.start(name)
                self._starts.began(self._guild_ids[name], at_ms=self._clock.now_ms())
                return self._jobs.pop(name)

    async def _first(self) -> tuple[int, int]:
        while self._closed or (name := self._turns.next(self._room)) is None:
            self._moves.clear()
            await first_of(self._clock, self._moves, seconds=ROOM_CHECK_S if self._jobs else None)
        return name

    def _room(self, slug: str) -> bool:
        if self._availability.out(slug) is not None:
            return True
        return self._paces.under_way < self._jobs_in_flight and self._paces.room(slug) > 0
