"""Rate limits: buckets, the bot's global limit, and the count of invalid requests."""

import hashlib
from collections import deque
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.sandbox.discord.errors import ApiError

_INVALID_WINDOW_MS = 600_000
_FORGET_AT = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in so many seconds."""

    calls: int
    seconds: float


@dataclass(slots=True)
class RateLimits:
    """Which limits hold; None means that none is enforced. Change them at any time.

    The webhook limit holds for each (id, token), thus for each interaction. Discord does not document it; five in two
    seconds is what its staff once said. First answers (callback) have had no limit so far.
    """

    webhook: Limit | None = field(default_factory=lambda: Limit(5, 2.0))
    channel_messages: Limit | None = field(default_factory=lambda: Limit(5, 5.0))
    bot_global: Limit | None = field(default_factory=lambda: Limit(50, 1.0))
    callback: Limit | None = None


@dataclass(slots=True)
class _Window:
    used: int
    ends_ms: int


class Limiter:
    """Counts calls in fixed windows, as Discord's headers describe them."""

    def __init__(self, clock: Clock, limits: RateLimits) -> None:
        self._clock = clock
        self.limits = limits
        self._windows: dict[str, _Window] = {}
        self._invalid: deque[int] = deque()

    def take_global(self) -> None:
        """Count a bot call; raises the global 429."""
        limit = self.limits.bot_global
        if limit is None:
            return
        window = self._window("global", limit)
        window.used += 1
        if window.used > limit.calls:
            raise too_many(self._left_s(window), scope="global", headers={"X-RateLimit-Global": "true"})

    def take(self, key: str, limit: Limit | None) -> dict[str, str]:
        """Count a call in its bucket and return the headers that tell of it; raises a 429."""
        if limit is None:
            return {}
        window = self._window(key, limit)
        window.used += 1
        left_s = self._left_s(window)
        headers = {
            "X-RateLimit-Limit": str(limit.calls),
            "X-RateLimit-Remaining": str(max(0, limit.calls - window.used)),
            "X-RateLimit-Reset": f"{window.ends_ms / 1000:.3f}",
            "X-RateLimit-Reset-After": f"{left_s:.3f}",
            # Calls of one route share a bucket name, whatever its parameters are.
            "X-RateLimit-Bucket": hashlib.sha256(key.split("#", maxsplit=1)[0].encode()).hexdigest()[:32],
        }
        if window.used > limit.calls:
            raise too_many(left_s, scope="user", headers=headers)
        return headers

    def _window(self, key: str, limit: Limit) -> _Window:
        now_ms = self._clock.now_ms()
        window = self._windows.get(key)
        if window is None or window.ends_ms <= now_ms:
            if len(self._windows) > _FORGET_AT:
                self._windows = {k: w for k, w in self._windows.items() if w.ends_ms > now_ms}
            window = self._windows[key] = _Window(0, now_ms + round(limit.seconds * 1000))
        return window

    def _left_s(self, window: _Window) -> float:
        return max(0, window.ends_ms - self._clock.now_ms()) / 1000

    def count_answer(self, status: int, *, scope: str | None) -> None:
        """Note an answer that counts as invalid: 401, 403, and 429 unless its scope is shared."""
        if status in (401, 403) or (status == 429 and scope != "shared"):
            self._invalid.append(self._clock.now_ms())

    @property
    def invalid_requests(self) -> int:
        """How many invalid requests the last ten minutes saw; Discord bans an address at 10,000."""
        oldest_ms = self._clock.now_ms() - _INVALID_WINDOW_MS
        while self._invalid and self._invalid[0] <= oldest_ms:
            self._invalid.popleft()
        return len(self._invalid)


def too_many(retry_after_s: float, *, scope: str, headers: dict[str, str]) -> ApiError:
    """Return a 429; without `Via`, discord.py takes it for a ban."""
    everything = {
        **headers,
        "Via": "1.1 google",
        "Retry-After": str(max(1, round(retry_after_s))),
        "X-RateLimit-Scope": scope,
    }
    extra = {"retry_after": retry_after_s, "global": scope == "global"}
    return ApiError(429, 0, "You are being rate limited.", extra=extra, headers=everything)
