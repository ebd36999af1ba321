"""What can be asked of Segmind at the moment.

Kept in memory on purpose: after a restart one more request finds out again, and a refused one costs nothing.
"""

import asyncio

from bot.clock import Clock
from bot.jobs import Api, Outcome

# A model that was refused may be permitted again; one request in this time asks.
OUT_OF_SERVICE_S = 3600


class Availability:
    """Which models are out of service, over which API each is reached, and whether anything is submitted at all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._out: dict[str, tuple[Outcome, int]] = {}
        self._v1: set[str] = set()
        self._stopped: Outcome | None = None
        # What the account must hold before anything is submitted again, in micro-credits.
        self.needed_microcredits = 0
        # Held while the balance is asked for; nothing is submitted until the answer is there.
        self.asking = asyncio.Lock()

    @property
    def stopped(self) -> Outcome | None:
        """Why nothing is submitted at all, or None."""
        return self._stopped

    def stop(self, outcome: Outcome, *, needed_microcredits: int = 0) -> None:
        """Submit nothing until `resume`: the operator's account or key is the reason."""
        self._stopped = outcome
        self.needed_microcredits = needed_microcredits

    def resume(self) -> None:
        self._stopped = None

    def out(self, slug: str) -> Outcome | None:
        """Why this model makes no images now, or None where it may be asked."""
        if self._stopped is not None:
            return self._stopped
        outcome, until_ms = self._out.get(slug, (None, 0))
        return outcome if until_ms > self._clock.now_ms() else None

    def take_out(self, slug: str, outcome: Outcome) -> bool:
        """Take a model out of service for an hour; False where it already was for this reason."""
        now_ms = self._clock.now_ms()
        known, until_ms = self._out.get(slug, (None, 0))
        self._out[slug] = outcome, now_ms + OUT_OF_SERVICE_S * 1000
        return known is not outcome or until_ms <= now_ms

    def api(self, slug: str) -> Api:
        """Over which API this model is reached."""
        return Api.V1 if slug in self._v1 else Api.V2

    def use_v1(self, slug: str) -> None:
        """Remember that v2 does not know this model."""
        self._v1.add(slug)
