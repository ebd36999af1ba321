"""What the operator sees and does over all servers: spending, budgets, ceilings, the emergency stop, bars.

Settings change through the rulebook; credits and bars write their own entry of who did what and why.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.admin.balance import BalanceAsker
from bot.admin.rulebook import Rulebook
from bot.clock import Clock
from bot.errors import ImagenError
from bot.limits import FOREVER, Limit, Source, Usage, budget_claim, ceilings, top_up_owner
from bot.setting_fields import Budget
from bot.settings import (
    BALANCE_WARNING,
    BUDGET,
    CEILING_PER_DAY,
    CEILING_PER_MONTH,
    DEFAULT_BUDGET,
    INSTALLATION,
    STOPPED,
    Setting,
)
from bot.store import bars, guilds, ledger, spending
from bot.store.bars import Bar, BarKind
from bot.store.database import Database
from bot.store.settings import Change, add_change, change_by
from bot.store.spending import Spender

SERVERS_PER_PAGE = 8
MATCHES_MAX = 1_000
RATE_DAYS = 7
DAY_MS = 86_400_000
BALANCE_WITHIN_S = 5.0
TOP_UP, BAR = "top_up", "bar"


class UnknownServer(ImagenError):
    """No server, or more than one, is what was meant by what was `given`; nothing was changed."""

    def __init__(self, given: str) -> None:
        super().__init__(given)
        self.given = given


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A server, its budget, how much of it is used in the present period, and what is left of its top-ups."""

    spender: Spender
    budget: Budget
    used_microcredits: int
    top_up_microcredits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All servers together, and a page (from 0) of them by spending.

    `balance_microcredits` is None where Segmind does not say; `rate_microcredits` is what a day of the last week cost.
    """

    stopped: bool
    ceilings: tuple[tuple[Limit, Usage], ...]
    balance_microcredits: int | None
    rate_microcredits: int
    servers: tuple[Standing, ...]
    page: int
    pages: int

    @property
    def lasts_days(self) -> int | None:
        """For how many days the balance is enough at this rate; None where nobody can tell."""
        if self.balance_microcredits is None or self.rate_microcredits == 0:
            return None
        return max(0, self.balance_microcredits) // self.rate_microcredits


class Operations:
    """The operator's hand on everything. Every method that changes something takes the operator's `user_id`.

    Those that take an `interaction_id`, too, change nothing for one that made a change before; the others set what is
    set already.
    """

    def __init__(self, *, db: Database, rulebook: Rulebook, asker: BalanceAsker, clock: Clock) -> None:
        self._db = db
        self._rulebook = rulebook
        self._asker = asker
        self._clock = clock

    async def overview(self, page: int) -> Overview:
        """The state of things; a page beyond the last one is the last one."""
        now_ms = self._clock.now_ms()
        installation = (await self._rulebook.rules(INSTALLATION)).installation
        limits = [claim[0] for claim in ceilings(installation, now_ms=now_ms)]
        usages = await ledger.usages(self._db, limits)
        month_ms = next(limit.period.start_ms for limit in limits if limit.source is Source.CEILING_MONTH)
        spenders = await spending.by_guild(self._db, since_ms=month_ms)
        week = await spending.by_guild(self._db, since_ms=now_ms - RATE_DAYS * DAY_MS)
        pages = max(1, -(-len(spenders) // SERVERS_PER_PAGE))
        page = min(max(page, 0), pages - 1)
        shown = spenders[page * SERVERS_PER_PAGE :][:SERVERS_PER_PAGE]
        return Overview(
            stopped=installation[STOPPED],
            ceilings=tuple((limit, usages.get(limit, Usage())) for limit in limits),
            balance_microcredits=await self._balance_microcredits(),
            rate_microcredits=sum(each.spent_microcredits for each in week) // RATE_DAYS,
            servers=tuple([await self._standing(spender, now_ms=now_ms) for spender in shown]),
            page=page,
            pages=pages,
        )

    async def _standing(self, spender: Spender, *, now_ms: int) -> Standing:
        rules = await self._rulebook.rules(spender.guild_id)
        periodic, top_up = budget_claim(spender.guild_id, rules, now_ms=now_ms)
        usages = await ledger.usages(self._db, (periodic, top_up))
        return Standing(
            spender=spender,
            budget=rules.budget,
            used_microcredits=usages.get(periodic, Usage()).used,
            top_up_microcredits=top_up.left_microcredits(usages.get(top_up, Usage())),
        )

    async def _balance_microcredits(self) -> int | None:
        try:
            # When many jobs run, its turn may be far away.
            return await asyncio.wait_for(self._asker.microcredits(), BALANCE_WITHIN_S)
        except TimeoutError:
            return None

    # ------------------------------------------------------------ credits

    async def set_budget(self, guild_id: int, budget: Budget | None, *, user_id: int) -> None:
        """Let a server spend this; None lets the default count again. Raises BadValue."""
        if budget is None:
            await self._rulebook.reset(guild_id, BUDGET, user_id=user_id)
        else:
            await self._rulebook.change(guild_id, BUDGET, lambda _: budget, user_id=user_id)

    async def set_default_budget(self, budget: Budget, *, user_id: int) -> None:
        """What servers may spend for which nothing else was set. Raises BadValue."""
        await self._rulebook.change(INSTALLATION, DEFAULT_BUDGET, lambda _: budget, user_id=user_id)

    async def top_up(
        self, guild_id: int, amount_microcredits: int, *, reason: str, user_id: int, interaction_id: int
    ) -> int:
        """Give a server credits that do not expire, or take some back; returns what is left of them then.

        Raises InsufficientCredits, with nothing taken, where less than that is left.
        """
        now_ms = self._clock.now_ms()
        of_server = {"owner": top_up_owner(guild_id), "period": FOREVER.label}
        async with self._db.transaction() as tx:
            before = await ledger.usage(tx, **of_server)
            if await change_by(tx, interaction_id) is not None:
                return before.granted - before.used
            after = await ledger.give(tx, **of_server, amount_microcredits=amount_microcredits, at_ms=now_ms)
            change = Change(
                guild_id=guild_id,
                subject=TOP_UP,
                old=before.granted - before.used,
                new=after.granted - after.used,
                reason=reason,
                user_id=user_id,
                at_ms=now_ms,
                interaction_id=interaction_id,
            )
            await add_change(tx, change)
        return after.granted - after.used

    async def set_ceilings(self, *, per_day: int | None, per_month: int | None, user_id: int) -> tuple[int, int]:
        """What all servers together may spend, in micro-credits; None leaves one as it is. Returns what counts then."""
        if per_day is not None:
            await self._set_amount(CEILING_PER_DAY, per_day, user_id=user_id)
        if per_month is not None:
            await self._set_amount(CEILING_PER_MONTH, per_month, user_id=user_id)
        installation = (await self._rulebook.rules(INSTALLATION)).installation
        return installation[CEILING_PER_DAY], installation[CEILING_PER_MONTH]

    async def set_warning(self, amount_microcredits: int, *, user_id: int) -> None:
        """Below which balance at Segmind the operator is warned."""
        await self._set_amount(BALANCE_WARNING, amount_microcredits, user_id=user_id)

    async def _set_amount(self, setting: Setting[int], amount_microcredits: int, *, user_id: int) -> None:
        await self._rulebook.change(INSTALLATION, setting, lambda _: amount_microcredits, user_id=user_id)

    async def stop(self, *, stopped: bool, user_id: int) -> None:
        """Accept nothing anywhere, or everything again."""
        await self._rulebook.change(INSTALLATION, STOPPED, lambda _: stopped, user_id=user_id)

    # ------------------------------------------------------------ who is barred

    async def bar(self, kind: BarKind, barred_id: int, *, reason: str, user_id: int, interaction_id: int) -> None:
        """Let somebody make no images anywhere; who is barred already has the new reason."""
        now_ms = self._clock.now_ms()
        new = Bar(kind=kind, id=barred_id, reason=reason, user_id=user_id, at_ms=now_ms)
        async with self._db.transaction() as tx:
            if await change_by(tx, interaction_id) is None:
                await bars.bar(tx, new)
                who = {"kind": kind.value, "id": barred_id}
                change = _barring(interaction_id, new=who, reason=reason, user_id=user_id, at_ms=now_ms)
                await add_change(tx, change)

    async def unbar(self, kind: BarKind, barred_id: int, *, user_id: int, interaction_id: int) -> bool:
        """Lift a bar; False where there was none."""
        async with self._db.transaction() as tx:
            if await change_by(tx, interaction_id) is not None:
                return True
            lifted = await bars.unbar(tx, kind, barred_id)
            if lifted is not None:
                who, now_ms = {"kind": kind.value, "id": barred_id}, self._clock.now_ms()
                await add_change(tx, _barring(interaction_id, old=who, user_id=user_id, at_ms=now_ms))
        return lifted is not None

    async def bars(self) -> list[Bar]:
        """Everybody who is barred, the latest first."""
        return await bars.all_bars(self._db)

    # ------------------------------------------------------------ servers by name

    async def names(self, guild_ids: list[int]) -> dict[int, str]:
        return await guilds.names(self._db, guild_ids)

    async def suggest(self, words: str, *, limit: int) -> dict[int, str]:
        """Servers that somebody may mean, by id."""
        return await guilds.matching(self._db, words, limit=limit)

    async def find(self, text: str) -> tuple[int, str]:
        """The server that was meant, by its id or its whole name; raises UnknownServer."""
        wanted = text.strip()
        found = await guilds.matching(self._db, wanted, limit=MATCHES_MAX)
        exact = [
            (guild_id, name)
            for guild_id, name in found.items()
            if str(guild_id) == wanted or name.casefold() == wanted.casefold()
        ]
        if len(exact) != 1:
            raise UnknownServer(text)
        return exact[0]


def _barring(interaction_id: int, *, user_id: int, at_ms: int, **change: Any) -> Change:
    return Change(
        guild_id=INSTALLATION,
        subject=BAR,
        **{"old": None, "new": None, **change},
        user_id=user_id,
        at_ms=at_ms,
        interaction_id=interaction_id,
    )
