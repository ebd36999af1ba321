"""Telling those who tell people that there is something to tell."""

from collections.abc import Callable


class Bell:
    """Rung by whoever wrote something down; heard by those who tell it, who may be there only later."""

    def __init__(self) -> None:
        self._hear: list[Callable[[], None]] = []

    def heard_by(self, hear: Callable[[], None]) -> None:
        """Call this from now on."""
        self._hear.append(hear)

    def ring(self) -> None:
        for hear in self._hear:
            hear()
