"""How the services of administrators and the operator are put together, whatever they are connected to."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from bot.admin.allowances import Allowances
from bot.admin.balance import BalanceAsker, BalanceWatch
from bot.admin.counting import Counting
from bot.admin.expiring import Expiry
from bot.admin.extra import Extra
from bot.admin.notices import Notices
from bot.admin.operator import Operations
from bot.admin.privacy import Privacy
from bot.admin.purging import Purge, Retention
from bot.admin.reconciling import Reconciler
from bot.catalog import Catalog
from bot.config import Config
from bot.store import sqlite_prompts
from bot.store.meta import Memory
from bot.text import Texts
from bot.tracker.assembly import Outside, Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What cogs are handed, and what works beside them."""

    allowances: Allowances
    extra: Extra
    operations: Operations
    notices: Notices
    balance: BalanceWatch
    reconciler: Reconciler
    counting: Counting
    expiry: Expiry
    retention: Retention
    purge: Purge
    privacy: Privacy

    def works(self) -> list[Coroutine[Any, Any, None]]:
        """Everything that runs for as long as the bot does."""
        works = (self.notices, self.balance, self.reconciler, self.counting, self.expiry, self.purge)
        return [each.run() for each in works]


def furnish(
    outside: Outside, tools: Tools, notices: Notices, *, config: Config, catalog: Catalog, texts: Texts
) -> Office:
    """Put the services together."""
    db, clock, rulebook, memory = outside.db, outside.clock, outside.rulebook, Memory(outside.db)
    asker = BalanceAsker(painter=outside.painter, budget=tools.budget, key_rejected=tools.key.rejected)
    retention = Retention.of(config)
    purge = Purge(
        db=db, gallery=outside.gallery, retention=retention, forget_words=sqlite_prompts.forget_words, clock=clock
    )
    return Office(
        allowances=Allowances(db=db, rulebook=rulebook, catalog=catalog, availability=tools.availability, clock=clock),
        extra=Extra(db=db, rulebook=rulebook, clock=clock),
        operations=Operations(db=db, rulebook=rulebook, asker=asker, clock=clock),
        notices=notices,
        balance=BalanceWatch(
            asker=asker, db=db, memory=memory, rulebook=rulebook, noticed=outside.noticed, clock=clock
        ),
        reconciler=Reconciler(
            painter=outside.painter,
            budget=tools.budget,
            db=db,
            memory=memory,
            slugs=[model.slug for model in catalog.models],
            texts=texts,
            clock=clock,
        ),
        counting=Counting(db=db, clock=clock),
        expiry=Expiry(db=db, clock=clock),
        retention=retention,
        purge=purge,
        privacy=Privacy(db=db, gallery=outside.gallery, purge=purge, clock=clock),
    )
