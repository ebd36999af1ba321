"""What was made at some cost and is kept for the next time: what was used last, up to a weight in all. Pure."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most `weight_max` of it in all; one thing that is heavier alone is kept nevertheless, and alone.

    `weigh` tells how heavy one is; at least 1 is counted, so that there is an end to things that weigh nothing.
    """

    def __init__(self, *, weight_max: int, weigh: Callable[[V], int]) -> None:
        self._weight_max = weight_max
        self._weigh = weigh
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._weight = 0

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """What is kept under this key, which counts as used; None where nothing is."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def put(self, key: K, value: V) -> None:
        """Keep this, in the place of what was there."""
        self.drop(key)
        weight = max(1, self._weigh(value))
        self._kept[key] = (value, weight)
        self._weight += weight
        while self._weight > self._weight_max and len(self._kept) > 1:
            self.drop(next(iter(self._kept)))

    def drop(self, key: K) -> None:
        """Keep nothing under this key."""
        if key in self._kept:
            self._weight -= self._kept.pop(key)[1]

    def change_all(self, change: Callable[[V], V]) -> None:
        """Put something else in the place of each, which must be as heavy."""
        for key, (value, weight) in self._kept.items():
            self._kept[key] = (change(value), weight)
