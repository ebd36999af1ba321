"""What the operator is told: in the log always, and by a message as far as Discord lets it through."""

from typing import Any

import structlog

from bot.markdown import clipped
from bot.money import credits_text
from bot.ports import Presenter
from bot.text import FALLBACK, Texts

DETAIL_CHARACTERS_MAX = 300
# Amounts among the values of an alert, in micro-credits.
_AMOUNTS = frozenset({"balance", "credits", "cost", "price"})

log = structlog.get_logger()


class Alerts:
    """Tells the operator, in the words below `alert.` of the catalogue."""

    def __init__(self, *, presenter: Presenter, texts: Texts) -> None:
        self._presenter = presenter
        self._texts = texts

    async def tell(self, alert: str, **values: Any) -> None:
        """Amounts come in micro-credits; other values may be anybody's words. Never raises."""
        shown = {name: _shown(name, value) for name, value in values.items()}
        log.error("operator alert", alert=alert, **values)
        await self._presenter.alert(self._texts(FALLBACK, f"alert.{alert}", **shown))


def _shown(name: str, value: Any) -> str:
    if name in _AMOUNTS:
        return credits_text(value, FALLBACK)
    return clipped(str(value), characters_max=DETAIL_CHARACTERS_MAX, bytes_max=3 * DETAIL_CHARACTERS_MAX)
