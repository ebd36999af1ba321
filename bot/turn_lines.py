"""A line of those who wait for a turn, in the order of their turns, for each model that they want something of. Pure.

Sorted lists of numbers: to find one's place in ten thousand costs about as much as to find it in ten.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable
from typing import Generic, Protocol, TypeVar


class Waits(Protocol):
    """`turn` says where it stands: the smallest is first. No two in a line share one, and none changes while it stands."""

    turn: int


W = TypeVar("W", bound=Waits)


class Line(Generic[W]):
    """Those who wait, each for one or several models."""

    def __init__(self) -> None:
        self._turns: dict[str, list[int]] = {}
        self._who: dict[int, W] = {}

    def __len__(self) -> int:
        return len(self._who)

    @property
    def slugs(self) -> Collection[str]:
        """The models that somebody waits for."""
        return self._turns.keys()

    def join(self, who: W, slugs: Iterable[str]) -> None:
        self._who[who.turn] = who
        for slug in slugs:
            insort(self._turns.setdefault(slug, []), who.turn)

    def leave(self, who: W) -> None:
        """Harmless where it does not stand here."""
        if self._who.pop(who.turn, None) is None:
            return
        for slug, turns in [*self._turns.items()]:
            discard(turns, who.turn)
            if not turns:
                del self._turns[slug]

    def first(self, slugs: Collection[str]) -> W | None:
        """Who stands first of those who want something of one of these models."""
        turn = min((self._turns[slug][0] for slug in slugs if slug in self._turns), default=None)
        return None if turn is None else self._who[turn]

    def ahead(self, who: W) -> int:
        """How many stand before it, where each waits for one model only."""
        return sum(bisect_left(turns, who.turn) for turns in self._turns.values())


def discard(turns: list[int], turn: int) -> None:
    """Take a turn out of a sorted list, if it is there."""
    at = bisect_left(turns, turn)
    if at < len(turns) and turns[at] == turn:
        del turns[at]
