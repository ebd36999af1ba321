"""How far an image is, as people see it: a bar that moves in few edits, and when one that waits may start. Pure.

Each move of a bar is an edit at Discord, so there are few: none for what is quick, one for what takes its usual while,
two for what takes long. In between, Discord itself counts down to the time that the card names.
"""

from collections import deque

FULL, EMPTY = "▰", "▱"
BLOCKS = 5

# An image that is usually here sooner than this is not worth a move of the bar; one that takes as long as that is worth two.
QUICK_MS = 10_000
LONG_MS = 40_000

# How fast a line moves is told by its last starts, of which there must be some, none of them old.
STARTS_KEPT = 20
STARTS_MIN = 3
STARTS_LIFE_MS = 10 * 60_000


def bar(full: int, of: int) -> str:
    """So many blocks in a row, the first ones of them full."""
    return FULL * full + EMPTY * (of - full)


def blocks(percent: int) -> int:
    """How many of the BLOCKS are full when so much of the usual time is over: one from the start on."""
    return min(BLOCKS, 1 + (BLOCKS - 1) * percent // 100)


def moves_ms(usual_ms: int) -> tuple[int, ...]:
    """When the bar of an image moves, in milliseconds after its start, if it usually takes so long."""
    if usual_ms < QUICK_MS:
        return ()
    parts = 2 if usual_ms < LONG_MS else 3
    return tuple(usual_ms * number // parts for number in range(1, parts))


def percent_over(ran_ms: int, *, usual_ms: int) -> int:
    """How much of the usual time is over, as of the bar's last move; below 100."""
    moves = moves_ms(usual_ms)
    return 100 * sum(ran_ms >= move_ms for move_ms in moves) // (len(moves) + 1)


class Starts:
    """How fast the lines of the servers move, from their last starts."""

    def __init__(self) -> None:
        self._at_ms: dict[int, deque[int]] = {}

    def began(self, guild_id: int, *, at_ms: int) -> None:
        """A job of this server had its turn."""
        self._forget(at_ms)
        self._at_ms.setdefault(guild_id, deque(maxlen=STARTS_KEPT)).append(at_ms)

    def due_ms(self, guild_id: int, *, ahead: int, now_ms: int) -> int | None:
        """When a job with so many ahead of it may start, if the line goes on as it went; None where nobody can tell."""
        starts = [at_ms for at_ms in self._at_ms.get(guild_id, ()) if now_ms - at_ms <= STARTS_LIFE_MS]
        if len(starts) < STARTS_MIN:
            return None
        # Where the line has come to a halt, the time for which it has stood still counts as well.
        gap_ms = max(starts[-1] - starts[0], now_ms - starts[1]) / (len(starts) - 1)
        return max(now_ms, int(starts[-1] + gap_ms * (ahead + 1)))

    def last_ms(self, guild_id: int, *, now_ms: int) -> int:
        """When the last one of this server had its turn; now, where that is long ago or there was none."""
        last_ms = max(self._at_ms.get(guild_id, ()), default=now_ms)
        return last_ms if now_ms - last_ms <= STARTS_LIFE_MS else now_ms

    def _forget(self, now_ms: int) -> None:
        """Servers of which nothing is left that counts."""
        old = [guild_id for guild_id, starts in self._at_ms.items() if now_ms - starts[-1] > STARTS_LIFE_MS]
        for guild_id in old:
            del self._at_ms[guild_id]
