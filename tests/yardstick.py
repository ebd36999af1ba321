"""How much work something is, whatever the machine: set against a piece of work of known size, done at the same time."""

import time
from collections.abc import Callable


def yardsticks(work: Callable[[], object], *, tries: int = 5) -> float:
    """How much processor time this takes, where one is what 200 000 additions take: about 10 ms on an ordinary core.

    The least of several tries counts, for what else the machine does can only add to it.
    """
    spent = [(_spent_s(_yardstick), _spent_s(work)) for _ in range(tries)]
    return min(own for _, own in spent) / min(stick for stick, _ in spent)


def _spent_s(work: Callable[[], object]) -> float:
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def _yardstick() -> int:
    total = 0
    for number in range(200_000):
        total += number * number % 7
    return total
