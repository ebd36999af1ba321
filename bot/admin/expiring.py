"""What is left of a period's limit when the period is over expires, with an entry in the ledger."""

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.store import expiry
from bot.store.database import Database

SWEEP_S = 3600.0
# A job that was accepted in the old period has long ended by then.
GRACE_MS = 48 * 3_600_000
# So many share one transaction, and others have their turn between two.
BATCH = 200

log = structlog.get_logger()


class Expiry:
    """Sweeps the balances now and each hour."""

    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def run(self) -> None:
        """Run for as long as the bot does."""
        while True:
            try:
                await self.sweep()
            except StoreError as error:
                log.warning("nothing expired, for the database did not take it", reason=str(error))
            await self._clock.sleep(SWEEP_S)

    async def sweep(self) -> int:
        """Let everything expire whose period ended long enough ago; returns how many balances that were."""
        balances = 0
        while found := await expiry.over(self._db, before_ms=self._clock.now_ms() - GRACE_MS, limit=BATCH):
            async with self._db.transaction() as tx:
                for account_id, period in found:
                    await expiry.expire(tx, account_id=account_id, period=period, at_ms=self._clock.now_ms())
            balances += len(found)
        if balances:
            log.info("what was left of old periods expired", balances=balances)
        return balances
