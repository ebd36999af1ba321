"""The plan's requests per minute, as a window that slides."""

from collections import deque

_WINDOW_MS = 60_000


class Limiter:
    """Lets `requests_per_minute` calls through in any sixty seconds; None lets all through."""

    def __init__(self, requests_per_minute: int | None) -> None:
        self.requests_per_minute = requests_per_minute
        self._passed_ms: deque[int] = deque()

    def pass_or_reset_ms(self, now_ms: int) -> int | None:
        """Count one call that may pass, or say when the next one may; a call that may not is not counted."""
        while self._passed_ms and self._passed_ms[0] <= now_ms - _WINDOW_MS:
            self._passed_ms.popleft()
        if self.requests_per_minute is not None and len(self._passed_ms) >= self.requests_per_minute:
            return self._passed_ms[0] + _WINDOW_MS
        self._passed_ms.append(now_ms)
        return None
