"""The plan's requests a minute, shared out: every call to Segmind takes its turn here before it leaves."""

import asyncio
import heapq
import itertools
import random
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import IntEnum

from bot.clock import Clock
from bot.pacing import Load

# A second more than the minute, since two requests need not travel equally long.
WINDOW_MS = 61_000
# At most this many within a second, or a tenth of the minute's, if that is more.
BURST_MIN, BURST_MS = 5, 1_000
# After so many requests of running jobs the others get a turn, so that neither a submit nor a look-up starves.
URGENT_RUN = 4

# After a 429 that does not say until when: 1, 2, 4 ... 60 seconds.
BACKOFF_FIRST_MS, BACKOFF_MAX_MS = 1_000, 60_000
# A reset further off than this is a clock gone wrong.
PAUSE_MAX_MS = 600_000
PAUSE_JITTER_MS = 1_000


class Kind(IntEnum):
    """What a request is for; the smaller goes first."""

    RESULT = 0
    STATUS = 1
    BALANCE = 2
    HISTORY = 3
    SUBMIT = 4


class Window:
    """When the next request may leave. Pure bookkeeping: it is told the time, and the time never goes back."""

    def __init__(self, per_minute: int, rng: random.Random) -> None:
        self.per_minute = per_minute
        self.burst = min(per_minute, max(BURST_MIN, per_minute // 10))
        self._rng = rng
        self._left_ms: list[int] = []  # in order, the last `per_minute` of them
        self._paused_until_ms = 0
        self._backoff_ms = BACKOFF_FIRST_MS

    def next_ms(self) -> int:
        """The earliest moment for one more request."""
        earliest = self._paused_until_ms
        if len(self._left_ms) == self.per_minute:
            earliest = max(earliest, self._left_ms[0] + WINDOW_MS)
        if len(self._left_ms) >= self.burst:
            earliest = max(earliest, self._left_ms[-self.burst] + BURST_MS)
        return earliest

    def leave(self, now_ms: int) -> None:
        """One request leaves now."""
        self._left_ms.append(now_ms)
        del self._left_ms[: -self.per_minute]

    def used(self, now_ms: int) -> int:
        """How many left within the last minute."""
        return self._left_since(now_ms - WINDOW_MS)

    def free_within(self, ahead_ms: int, *, now_ms: int) -> int:
        """How many can leave from now until then, pauses aside."""
        whole, rest = divmod(ahead_ms, WINDOW_MS)
        return (whole + 1) * self.per_minute - self.used(now_ms + rest)

    def free(self, now_ms: int) -> int:
        """How many may leave at this moment."""
        if now_ms < self._paused_until_ms:
            return 0
        return min(self.per_minute - self.used(now_ms), self.burst - self._left_since(now_ms - BURST_MS))

    def _left_since(self, since_ms: int) -> int:
        """How many left after that instant."""
        return len(self._left_ms) - bisect_right(self._left_ms, since_ms)

    def refused(self, *, now_ms: int, reset_ms: int | None) -> None:
        """A 429 came: nothing leaves before its reset, or, if it names none to come, for a while that doubles."""
        if reset_ms is not None and reset_ms > now_ms:
            until_ms = min(reset_ms, now_ms + PAUSE_MAX_MS)
        elif now_ms < self._paused_until_ms:
            return  # several requests met the same limit: that is one reason to wait longer
        else:
            until_ms = now_ms + self._backoff_ms
            self._backoff_ms = min(self._backoff_ms * 2, BACKOFF_MAX_MS)
        self._paused_until_ms = max(self._paused_until_ms, until_ms + self._rng.randrange(PAUSE_JITTER_MS))

    def succeeded(self, now_ms: int) -> None:
        """An answer that is no 429 came: the next pause begins small, unless the answer is older than this pause."""
        if now_ms >= self._paused_until_ms:
            self._backoff_ms = BACKOFF_FIRST_MS


@dataclass(order=True, slots=True)
class _Waiter:
    kind: Kind
    due_ms: int
    number: int
    waiting: bool = field(default=True, compare=False)
    woken: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


class _Line:
    """Whose turn it is: by kind, within a kind by what was due first, and now and then one of the patient kinds."""

    def __init__(self) -> None:
        self._urgent: list[_Waiter] = []
        self._patient: list[_Waiter] = []
        self._numbers = itertools.count()
        self._urgent_run = 0

    def join(self, kind: Kind, due_ms: int) -> _Waiter:
        waiter = _Waiter(kind, due_ms, next(self._numbers))
        heapq.heappush(self._urgent if kind <= Kind.STATUS else self._patient, waiter)
        return waiter

    def first(self) -> _Waiter | None:
        """Whose turn is next; who gave up is forgotten here."""
        for line in (self._urgent, self._patient):
            while line and not line[0].waiting:
                heapq.heappop(line)
        if self._patient and (self._urgent_run >= URGENT_RUN or not self._urgent):
            return self._patient[0]
        return self._urgent[0] if self._urgent else None

    def gone(self, waiter: _Waiter) -> None:
        """This one has had its turn."""
        waiter.waiting = False
        self._urgent_run = self._urgent_run + 1 if waiter.kind <= Kind.STATUS and self._patient else 0


class RequestBudget:
    """One for all calls to Segmind, so that none of its minutes sees more than `per_minute` (>= 1) requests.

    There is no task behind it: one of those who wait sleeps for all, and hands that on when its own turn has come.
    """

    def __init__(self, per_minute: int, clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._window = Window(per_minute, rng)
        self._line = _Line()
        self._serving = False
        self._latest_ms = 0
        self._set_back_ms = 0

    @property
    def per_minute(self) -> int:
        return self._window.per_minute

    @property
    def free_now(self) -> int:
        """How many requests could leave at this moment."""
        return self._window.free(self._now_ms())

    @property
    def used_last_minute(self) -> int:
        return self._window.used(self._now_ms())

    def load(self, *, jobs: int, mean_s: float) -> Load:
        """What the plan has left for so many jobs under way that take `mean_s` on average."""
        window, now_ms = self._window, self._now_ms()
        return Load(
            jobs=jobs,
            mean_s=mean_s,
            free=window.free_within(0, now_ms=now_ms),
            soon=window.free_within(round(mean_s * 1000), now_ms=now_ms),
            per_minute=window.per_minute,
        )

    async def take(self, kind: Kind, *, due_ms: int | None = None) -> None:
        """Return when a request of this kind may leave; it must then leave at once.

        `due_ms` is when it should have left (default: now). Who is cancelled while waiting costs nobody a turn.
        """
        waiter = self._line.join(kind, self._clock.now_ms() if due_ms is None else due_ms)
        try:
            while waiter.waiting:
                if self._serving:
                    await waiter.woken.wait()
                    waiter.woken.clear()
                else:
                    await self._serve(waiter)
        finally:
            waiter.waiting = False
            if not self._serving and (following := self._line.first()):
                following.woken.set()

    def pause_until_ms(self, reset_ms: int | None) -> None:
        """After a 429: nothing leaves before `reset_ms` (wall time), or, without one, before 1, 2, 4 ... 60 s."""
        reset_ms = None if reset_ms is None else reset_ms + self._set_back_ms
        self._window.refused(now_ms=self._now_ms(), reset_ms=reset_ms)

    def succeeded(self) -> None:
        """After any answer that is no 429."""
        self._window.succeeded(self._now_ms())

    async def _serve(self, server: _Waiter) -> None:
        self._serving = True
        try:
            while server.waiting:
                now_ms = self._now_ms()
                wait_ms = self._window.next_ms() - now_ms
                if wait_ms > 0:
                    await self._clock.sleep(wait_ms / 1000)
                elif first := self._line.first():
                    self._window.leave(now_ms)
                    self._line.gone(first)
                    first.woken.set()
        finally:
            self._serving = False

    def _now_ms(self) -> int:
        # A wall clock that is set back would make everybody wait until it is that late again.
        now_ms = self._clock.now_ms() + self._set_back_ms
        if now_ms < self._latest_ms:
            self._set_back_ms += self._latest_ms - now_ms
        self._latest_ms = max(self._latest_ms, now_ms)
        return self._latest_ms
