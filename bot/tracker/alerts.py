"""What the operator is told: in the log always, and by a message."""

from typing import Any, Protocol

import structlog

from bot.clock import Clock
from bot.markdown import clipped
from bot.money import credits_text
from bot.text import FALLBACK, Texts

DETAIL_CHARACTERS_MAX = 300
# What may befall each of hundreds of requests is a message once in this time; all of it stands in the log.
QUIET_MS = 3_600_000
_OF_REQUESTS = frozenset({"account", "key_doubted", "lost", "overrun", "poison"})
# Amounts among the values of an alert, in micro-credits.
_AMOUNTS = frozenset({"balance", "credits", "cost", "price"})

log = structlog.get_logger()


class AlertLine(Protocol):
    """The way to the operator."""

    async def alert(self, text: str) -> bool:
        """Tell the operator; False where nobody was told or will be. Never raises."""
        ...


class Alerts:
    """Tells the operator, in the words below `alert.` of the catalogue."""

    def __init__(self, *, line: AlertLine, texts: Texts, clock: Clock) -> None:
        self._line = line
        self._texts = texts
        self._clock = clock
        self._quiet_until_ms: dict[str, int] = {}

    async def tell(self, alert: str, **values: Any) -> None:
        """Amounts come in micro-credits; other values may be anybody's words. Never raises."""
        shown = {name: _shown(name, value) for name, value in values.items()}
        log.error("operator alert", alert=alert, **values)
        if not self._due(alert):
            return
        words = self._texts(FALLBACK, f"alert.{alert}", **shown)
        if alert in _OF_REQUESTS:
            words += " " + self._texts(FALLBACK, "alert.quiet")
        if not await self._line.alert(words):
            self._quiet_until_ms.pop(alert, None)

    def _due(self, alert: str) -> bool:
        now_ms = self._clock.now_ms()
        if alert in _OF_REQUESTS:
            if now_ms < self._quiet_until_ms.get(alert, 0):
                return False
            self._quiet_until_ms[alert] = now_ms + QUIET_MS
        return True


def _shown(name: str, value: Any) -> str:
    if name in _AMOUNTS:
        return credits_text(value, FALLBACK)
    return clipped(str(value), characters_max=DETAIL_CHARACTERS_MAX, bytes_max=3 * DETAIL_CHARACTERS_MAX)
