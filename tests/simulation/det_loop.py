"""An event loop with nothing left to chance: a seed chooses whose turn it is, time is virtual, and the power can be cut.

Each step runs one handle, chosen among all that are ready. Where none is, time jumps to the next timer, so an hour of
waiting costs nothing. Executors run inline. It uses asyncio's private names, so it serves tests only.
"""

import asyncio
import contextlib
import heapq
import itertools
from asyncio import base_events
from collections.abc import Callable
from random import Random
from typing import Any


class PowerCut(BaseException):
    """The step at which everything ends without a word; nothing in the program may catch it."""


class Stuck(AssertionError):
    """More steps than the work can need, or nothing left that could ever go on: a hang is a failure, not a wait."""


class DetLoop(base_events.BaseEventLoop):
    """A loop for one life of a program.

    `crash_at` is the number of steps after which the power is cut; `steps_max` bounds the life. `after_step` is called
    after every step, and `on_end` at the end, before what was cut off is swept up.
    """

    def __init__(
        self,
        *,
        seed: object,
        start_s: float = 0.0,
        crash_at: int | None = None,
        steps_max: int = 1_000_000,
        after_step: Callable[[int], None] | None = None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._rng = Random(str(seed))
        self._now_s = start_s
        self._crash_at = crash_at
        self._steps_max = steps_max
        self._after_step = after_step
        self._on_end = on_end
        self._dead = False
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._orders = itertools.count()
        self.steps = 0
        self.unhandled: list[str] = []
        self.set_exception_handler(lambda _, context: self.unhandled.append(_told(context)))

    def time(self) -> float:
        return self._now_s

    def run(self, main: Any) -> Any:
        """Run it to its end, or raise PowerCut or Stuck; either way nothing of this life runs afterwards."""
        try:
            return self.run_until_complete(main)
        finally:
            self._on_end()
            self._abandon()

    def _run_once(self) -> None:
        timers, ready = self._timers, self._ready
        while timers and (timers[0][0] <= self._now_s or timers[0][2]._cancelled):
            due = heapq.heappop(timers)[2]
            if not due._cancelled:
                ready.append(due)
        if ready:
            self._step(ready)
        elif timers:
            self._now_s = timers[0][0]
        else:
            raise Stuck(f"everybody waits and nothing will come, after {self.steps} steps")

    def _step(self, ready: Any) -> None:
        if self.steps == self._crash_at:
            raise PowerCut
        if self.steps >= self._steps_max:
            raise Stuck(f"still at work after {self.steps} steps")
        self.steps += 1
        if len(ready) > 1:
            ready.rotate(-int(self._rng.random() * len(ready)))
        handle = ready.popleft()
        if not handle._cancelled:
            handle._run()
        # As asyncio does: this frame may live on in a traceback, and would keep a task that failed from ever being missed.
        del handle
        if self._after_step is not None:
            self._after_step(self.steps)

    def _abandon(self) -> None:
        """What still runs is left where it stands, as by a power cut: what its cleaning up calls for goes nowhere."""
        self._dead = True
        tasks = asyncio.all_tasks(self)
        self._ready.clear()
        self._timers.clear()
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            # Now, and not whenever the collector comes by: it must not reach into the next life.
            with contextlib.suppress(BaseException):
                task.get_coro().close()
        self.close()

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if not self._dead:
            self._ready.append(handle)
        return handle

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        if not self._dead:
            heapq.heappush(self._timers, (when, next(self._orders), timer))
        return timer

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the result
            done.set_exception(error)
        return done

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled timers are dropped when their moment comes."""

    def _write_to_self(self) -> None:
        """There are no threads that would have to wake it."""

    def _process_events(self, event_list: Any) -> None:
        """There is no network."""


def _told(context: dict[str, Any]) -> str:
    return f"{context['message']}: {context.get('exception')!r}"
