"""The door of the tracker: accepts requests, gives each job its turn, and carries everything on after a restart."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from functools import partial
from typing import Any, assert_never

from bot.clock import Clock, first_of
from bot.intake import Refusal
from bot.jobs import Job, Outcome, Request, Shown, State
from bot.limiter import Kind, RequestBudget
from bot.store import jobs as job_store
from bot.tracker.availability import Availability
from bot.tracker.books import Books
from bot.tracker.collecting import Collector
from bot.tracker.delivery import Courier
from bot.tracker.desk import Desk
from bot.tracker.guard import Guard
from bot.tracker.paces import Paces
from bot.tracker.searching import Searcher
from bot.tracker.submitting import Patience, Submitter
from bot.tracker.views import fetched, settled
from bot.tracker.watching import Watcher

# While jobs wait for room at the plan's rate, time alone makes some; it is looked for this often.
ROOM_CHECK_S = 1.0
# A request that was accepted but whose interaction nobody came back about is begun all the same.
BEGIN_ANYWAY_S = 30.0


class Tracker:
    """Pushes every job forward."""

    def __init__(
        self,
        *,
        desk: Desk,
        books: Books,
        submitter: Submitter,
        searcher: Searcher,
        watcher: Watcher,
        collector: Collector,
        courier: Courier,
        guard: Guard,
        paces: Paces,
        budget: RequestBudget,
        availability: Availability,
        clock: Clock,
        jobs_in_flight: int,
    ) -> None:
        self._desk = desk
        self._books = books
        self._submitter = submitter
        self._searcher = searcher
        self._watcher = watcher
        self._collector = collector
        self._courier = courier
        self._guard = guard
        self._paces = paces
        self._budget = budget
        self._availability = availability
        self._clock = clock
        self._jobs_in_flight = jobs_in_flight
        self._line: deque[Job] = deque()
        self._line_moves = asyncio.Event()
        self._patience: dict[tuple[int, int], Patience] = {}
        self._accepted: set[int] = set()
        self._news: dict[int, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    # What the cogs call

    async def accept(self, request: Request) -> None:
        """Accept the request, credits held, or raise Refusal or StoreError with nothing written.

        Nothing starts before `begin`; the same interaction twice is accepted once.
        """
        if self._stopping:
            raise Refusal("stopping")
        await self._desk.accept(request)
        if request.interaction_id not in self._news:
            self._accepted.add(request.interaction_id)
            self._spawn(self._begin_anyway(request.interaction_id))

    async def begin(self, interaction_id: int) -> None:
        """Start the accepted jobs: Discord has been answered. Harmless when they are under way already."""
        self._accepted.discard(interaction_id)
        if interaction_id not in self._news:
            # Before anything is awaited, so that the second of two calls finds it.
            self._news[interaction_id] = asyncio.Event()
            await self._take_up(interaction_id)

    async def call_off(self, interaction_id: int) -> None:
        """Discord could not be answered in time: nothing starts, the credits go back, and who asked is told."""
        self._accepted.discard(interaction_id)
        if interaction_id not in self._news:
            self._news[interaction_id] = asyncio.Event()
            for job in await self._books.jobs(interaction_id):
                if job.state is State.ACCEPTED:
                    await self._books.move(job, State.CANCELLED, outcome=Outcome.NOT_ANSWERED)
            await self._take_up(interaction_id)

    # Start and stop

    async def start(self) -> None:
        """Carry on with everything that is open, each job from the state it is in, and give turns from now on."""
        await self._paces.load()
        for interaction_id in await job_store.open_requests(self._books.db):
            await self.begin(interaction_id)
        self._spawn(self._dispatch())

    async def stop(self, *, grace_s: float) -> None:
        """Take nothing new, let submits that are out get their answer for `grace_s` at most, and end.

        Everything that runs is in the database; the next start carries on with it.
        """
        self._stopping = True
        await first_of(self._clock, self._searcher.quiet, seconds=grace_s)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take_up(self, interaction_id: int) -> None:
        """Set every job of the request going from where it stands, and its card."""
        found = await self._books.request(interaction_id)
        if found is None:
            del self._news[interaction_id]
            return
        jobs = await self._books.jobs(interaction_id)
        for job in jobs:
            match job.state:
                case State.ACCEPTED:
                    self._line.append(job)
                    self._line_moves.set()
                case State.SUBMITTING | State.RUNNING | State.DONE:
                    self._carry_on(job)
                case State.FAILED | State.LOST | State.CANCELLED:
                    pass
                case _:
                    assert_never(job.state)
        if found[1].shown is Shown.OPEN:
            self._spawn(self._deliver(interaction_id, slug=jobs[0].slug))

    async def _begin_anyway(self, interaction_id: int) -> None:
        await self._clock.sleep(BEGIN_ANYWAY_S)
        if interaction_id in self._accepted:
            await self.begin(interaction_id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Turns

    async def _dispatch(self) -> None:
        """First come, first served, as there is room."""
        while True:
            await self._until_room()
            if self._availability.out(self._line[0].slug) is None:
                await self._budget.take(Kind.SUBMIT)
                # Nothing is sent while the balance is in doubt.
                async with self._availability.asking:
                    pass
            if self._stopping:
                return
            self._carry_on(self._line.popleft())

    async def _until_room(self) -> None:
        while not self._room():
            self._line_moves.clear()
            await first_of(self._clock, self._line_moves, seconds=ROOM_CHECK_S if self._line else None)

    def _room(self) -> bool:
        if self._stopping or not self._line:
            return False
        slug = self._line[0].slug
        if self._availability.out(slug) is not None:
            return True
        return self._paces.under_way < self._jobs_in_flight and self._paces.room(slug) > 0

    # Work

    def _carry_on(self, job: Job) -> None:
        # Counted here and not in the task, which starts only when the loop gets to it.
        self._paces.under_way += not job.ended
        self._spawn(self._work(job))

    async def _work(self, job: Job) -> None:
        """One job from where it stands to its end, or back into the line."""
        if not job.ended:
            job = await self._through_segmind(job)
        if job.state is State.ACCEPTED:
            self._line.appendleft(job)
            self._line_moves.set()
            return
        self._patience.pop((job.interaction_id, job.number), None)
        if job.state is State.DONE and not fetched(job):
            await self._guard.step(job, self._collector.bring)
            self._tell(job)

    async def _through_segmind(self, job: Job) -> Job:
        try:
            while not job.ended:
                job = await self._guard.step(job, self._push)
                self._tell(job)
                if job.state is State.ACCEPTED:
                    break
        finally:
            self._paces.under_way -= 1
            self._line_moves.set()
        return job

    async def _push(self, job: Job) -> Job:
        match job.state:
            case State.ACCEPTED:
                patience = self._patience.setdefault((job.interaction_id, job.number), Patience())
                return await self._submitter.submit(job, patience)
            case State.SUBMITTING:
                return await self._searcher.find(job)
            case State.RUNNING:
                return await self._watcher.watch(job)
            case State.DONE | State.FAILED | State.LOST | State.CANCELLED:
                return job
            case _:
                assert_never(job.state)

    def _tell(self, job: Job) -> None:
        """The card may have something to say."""
        if (news := self._news.get(job.interaction_id)) is not None:
            news.set()

    async def _deliver(self, interaction_id: int, *, slug: str) -> None:
        news, moments = self._news[interaction_id], self._paces.moments(slug)
        await self._guard.card(
            interaction_id, partial(self._courier.deliver, interaction_id, news=news, moments=moments)
        )
        if settled(await self._books.jobs(interaction_id)):
            self._news.pop(interaction_id, None)
