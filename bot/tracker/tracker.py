"""The door of the tracker: accepts requests, gives each job its turn, and carries everything on after a restart."""

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from functools import partial
from typing import Any, assert_never

from bot.clock import Clock, first_of
from bot.intake import Refusal
from bot.jobs import Cancelled, Job, Outcome, Request, State
from bot.store import jobs as job_store
from bot.tracker.books import Books
from bot.tracker.collecting import Collector
from bot.tracker.delivery import Courier
from bot.tracker.desk import Desk
from bot.tracker.guard import Guard
from bot.tracker.line import Line
from bot.tracker.paces import Paces
from bot.tracker.queue import Queued, queued_in
from bot.tracker.searching import Searcher
from bot.tracker.submitting import Patience, Submitter
from bot.tracker.views import fetched, settled
from bot.tracker.watching import Watcher

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
        line: Line,
        clock: Clock,
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
        self._line = line
        self._clock = clock
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
            for job in [job for job in await self._books.jobs(interaction_id) if job.state is State.ACCEPTED]:
                await self._cancel(job, Outcome.NOT_ANSWERED)
            await self._take_up(interaction_id)

    async def retouch(self, interaction_ids: Sequence[int]) -> None:
        """Reopen the cards of these requests: images were removed or blurred."""
        for interaction_id in interaction_ids:
            await self.reopen(interaction_id)

    async def reopen(self, interaction_id: int) -> None:
        """Have the card of this request, which may have come to its end, show what the database says now.

        It does not wait for Discord; after a crash the next start goes on.
        """
        if interaction_id in self._accepted or self._stopping:
            return  # whoever begins it finds it as it is then
        if (news := self._news.get(interaction_id)) is None:
            await self.begin(interaction_id)
            return
        # Only what has ended: another job may have come back into the line meanwhile.
        self._line.drop([job for job in await self._books.jobs(interaction_id) if job.ended])
        news.set()

    async def cancel(self, interaction_id: int) -> Cancelled:
        """Call off what of a request no POST has left for; its credits are back. What is at Segmind goes on."""
        step = partial(job_store.call_off, interaction_id=interaction_id, at_ms=self._clock.now_ms())
        cancelled = await self._books.write(step)
        await self.reopen(interaction_id)
        return cancelled

    async def queue(self, guild_id: int) -> list[Queued]:
        """What runs and waits in a server."""
        return await queued_in(self._books.db, guild_id, place=self._line.place)

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
        self._line.close()
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
                case State.ACCEPTED if found[0].removed is not None:
                    await self._cancel(job, Outcome.REMOVED)
                case State.ACCEPTED:
                    self._line.add(found[0], job)
                case State.SUBMITTING | State.RUNNING:
                    self._line.resume(found[0], job)
                    self._carry_on(job)
                case State.DONE:
                    self._carry_on(job)
                case State.FAILED | State.LOST | State.CANCELLED:
                    pass
                case _:
                    assert_never(job.state)
        self._spawn(self._deliver(interaction_id, slugs={job.slug for job in jobs}))

    async def _begin_anyway(self, interaction_id: int) -> None:
        await self._clock.sleep(BEGIN_ANYWAY_S)
        if interaction_id in self._accepted:
            await self.begin(interaction_id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Work

    async def _dispatch(self) -> None:
        while True:
            self._carry_on(await self._line.next())

    def _carry_on(self, job: Job) -> None:
        # Counted here and not in the task, which starts only when the loop gets to it.
        self._paces.under_way += not job.ended
        self._spawn(self._work(job))

    async def _work(self, job: Job) -> None:
        """One job from where it stands to its end, or back into the line."""
        if not job.ended:
            job = await self._through_segmind(job)
        if job.state is State.ACCEPTED:
            return
        self._patience.pop(job.name, None)
        if job.state is State.DONE and not fetched(job):
            await self._guard.step(job, self._collector.bring)
            self._tell(job)

    async def _turned_away(self, job: Job) -> Job:
        """Segmind did not take it; where it was removed or called off meanwhile, nobody asks again."""
        found = await self._books.request(job.interaction_id)
        if found is not None and found[0].removed is not None:
            job = await self._cancel(job, Outcome.REMOVED)
            self._tell(job)
        return await self._books.again(job)

    async def _cancel(self, job: Job, outcome: Outcome) -> Job:
        """Call off a job that no POST has left for, unless another hand has just done so."""
        return await self._guard.step(job, partial(self._books.move, state=State.CANCELLED, outcome=outcome))

    async def _through_segmind(self, job: Job) -> Job:
        """To its end, or back into the line."""
        waits = False
        try:
            while not (job.ended or waits):
                job = await self._guard.step(job, self._push)
                self._tell(job)
                if job.state is State.ACCEPTED:
                    job = await self._turned_away(job)
                    waits = not job.ended
        finally:
            self._paces.under_way -= 1
            (self._line.put_back if waits else self._line.end)(job)
        return job

    async def _push(self, job: Job) -> Job:
        match job.state:
            case State.ACCEPTED:
                return await self._submitter.submit(job, self._patience.setdefault(job.name, Patience()))
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

    async def _deliver(self, interaction_id: int, *, slugs: Collection[str]) -> None:
        """Show the card until all is over, and once more where it was reopened while its end was written down."""
        news, moments = self._news[interaction_id], self._paces.moments(slugs)
        deliver = partial(self._courier.deliver, interaction_id, news=news, moments=moments)
        while True:
            news.clear()
            await self._guard.card(interaction_id, deliver)
            over = settled(await self._books.jobs(interaction_id))
            if over and not news.is_set():
                break
            await news.wait()
        del self._news[interaction_id]
