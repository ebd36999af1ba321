"""Watching what is left on the operator's account at Segmind, and saying so while it can still be topped up."""

from collections.abc import Awaitable, Callable

import structlog

from bot.admin.rulebook import Rulebook
from bot.clock import Clock
from bot.errors import KeyRejected, ProviderError, RateLimited, StoreError
from bot.limiter import Kind, RequestBudget
from bot.ports import Painter
from bot.settings import BALANCE_WARNING, INSTALLATION
from bot.store import notices
from bot.store.database import Database
from bot.store.meta import Memory

LOOK_S = 900.0
# Counts how often the balance recovered: each time it falls again there is one more warning, and no other.
_RECOVERIES = "balance_recoveries"

log = structlog.get_logger()


class BalanceAsker:
    """Asks Segmind for the balance, in turn with all other calls; `key_rejected` hears of it where the key is refused."""

    def __init__(self, *, painter: Painter, budget: RequestBudget, key_rejected: Callable[[], Awaitable[None]]) -> None:
        self._painter = painter
        self._budget = budget
        self._key_rejected = key_rejected

    async def microcredits(self) -> int | None:
        """What is left, or None where Segmind does not say."""
        await self._budget.take(Kind.BALANCE)
        try:
            left = await self._painter.balance_microcredits()
        except RateLimited as error:
            self._budget.pause_until_ms(error.reset_ms)
        except KeyRejected:
            await self._key_rejected()
        except ProviderError as error:
            log.info("the balance was not told", kind=type(error).__name__)
        else:
            self._budget.succeeded()
            return left
        return None


class BalanceWatch:
    """Looks now and every quarter of an hour; below the operator's threshold there is one warning until it recovers.

    `noticed` is called when a warning was written down.
    """

    def __init__(
        self,
        *,
        asker: BalanceAsker,
        db: Database,
        memory: Memory,
        rulebook: Rulebook,
        noticed: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._asker = asker
        self._db = db
        self._memory = memory
        self._rulebook = rulebook
        self._noticed = noticed
        self._clock = clock

    async def run(self) -> None:
        """Run for as long as the bot does."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.warning("the balance could not be compared", reason=str(error))
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        """Ask once, and have the operator warned where that is due."""
        left = await self._asker.microcredits()
        if left is None:
            return
        threshold = (await self._rulebook.rules(INSTALLATION)).installation[BALANCE_WARNING]
        recoveries = int(await self._memory.get(_RECOVERIES) or 0)
        once = f"balance:{recoveries}"
        if left < threshold:
            await self._warn(once, left_microcredits=left, threshold_microcredits=threshold)
        elif await notices.told(self._db, once):
            await self._memory.set(_RECOVERIES, str(recoveries + 1))

    async def _warn(self, once: str, **params: int) -> None:
        async with self._db.transaction() as tx:
            added = await notices.add(
                tx,
                guild_id=INSTALLATION,
                message_id="notice.balance",
                params=params,
                once=once,
                at_ms=self._clock.now_ms(),
            )
        if added:
            self._noticed()
