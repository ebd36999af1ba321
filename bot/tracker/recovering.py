"""Finding out when Segmind can be used again after the account was empty or the key refused."""

import structlog

from bot.clock import Clock
from bot.errors import ProviderError, RateLimited
from bot.limiter import Kind, RequestBudget
from bot.ports import Painter
from bot.tracker.alerts import Alerts
from bot.tracker.availability import Availability

CHECK_S = 60.0

log = structlog.get_logger()


class Recovery:
    """Asks for the balance, which costs nothing, each minute while nothing is submitted."""

    def __init__(
        self, *, painter: Painter, budget: RequestBudget, availability: Availability, alerts: Alerts, clock: Clock
    ) -> None:
        self._painter = painter
        self._budget = budget
        self._availability = availability
        self._alerts = alerts
        self._clock = clock

    async def run(self) -> None:
        """Run for as long as the bot does."""
        while True:
            await self._clock.sleep(CHECK_S)
            if self._availability.stopped is not None and await self._can_pay():
                self._availability.resume()
                await self._alerts.tell("resumed")

    async def _can_pay(self) -> bool:
        await self._budget.take(Kind.BALANCE)
        try:
            return await self._painter.balance_microcredits() >= self._availability.needed_microcredits
        except RateLimited as error:
            self._budget.pause_until_ms(error.reset_ms)
        except ProviderError as error:
            log.info("still nothing from Segmind", kind=type(error).__name__)
        return False
