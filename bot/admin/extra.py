"""Credits that administrators give a member on top of the allowance; they do not expire."""

from dataclasses import dataclass

from bot.admin.rulebook import Rulebook
from bot.clock import Clock
from bot.limits import FOREVER, Usage, extra_owner, most_generous
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS
from bot.store import ledger
from bot.store.database import Database, Reader
from bot.store.settings import Change, add_change, change_by, changes

SHOWN_CHANGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """A member's extra credits, and what was given and taken last, newest first.

    `needed` tells whether an allowance limits the member: without one, extra credits are never used.
    """

    left_microcredits: int
    needed: bool
    latest: tuple[Change, ...] = ()


def subject(member_id: int) -> str:
    """What the changes of a member's extra credits are about."""
    return f"extra:{member_id}"


class Extra:
    """Gives, takes and shows extra credits."""

    def __init__(self, *, db: Database, rulebook: Rulebook, clock: Clock) -> None:
        self._db = db
        self._rulebook = rulebook
        self._clock = clock

    async def change(
        self,
        *,
        guild_id: int,
        member_id: int,
        amount_microcredits: int,
        reason: str,
        user_id: int,
        interaction_id: int,
    ) -> int:
        """Give credits, or take some back where the amount is below zero; returns how many are left then.

        The same interaction again changes nothing. Raises InsufficientCredits, with nothing taken, where less than
        that is left, and StoreError where the database takes nothing.
        """
        now_ms = self._clock.now_ms()
        async with self._db.transaction() as tx:
            before = await _usage(tx, guild_id, member_id)
            if await change_by(tx, interaction_id) is not None:
                return _left(before)
            after = await ledger.give(
                tx,
                owner=extra_owner(guild_id, member_id),
                period=FOREVER.label,
                amount_microcredits=amount_microcredits,
                at_ms=now_ms,
            )
            change = Change(
                guild_id=guild_id,
                subject=subject(member_id),
                old=_left(before),
                new=_left(after),
                reason=reason,
                user_id=user_id,
                at_ms=now_ms,
                interaction_id=interaction_id,
            )
            await add_change(tx, change)
        return _left(after)

    async def purse(self, *, guild_id: int, member_id: int, role_ids: tuple[int, ...]) -> Purse:
        """What a member with these roles has; raises StoreError where the database does not answer."""
        latest = await changes(self._db, guild_id, limit=SHOWN_CHANGES, subject=subject(member_id))
        return Purse(
            left_microcredits=_left(await _usage(self._db, guild_id, member_id)),
            needed=await self._is_limited(guild_id, role_ids),
            latest=tuple(latest),
        )

    async def _is_limited(self, guild_id: int, role_ids: tuple[int, ...]) -> bool:
        allowance, _ = most_generous(await self._rulebook.rules(guild_id), role_ids)
        return allowance is not None and allowance.amount_microcredits < AMOUNT_MAX_MICROCREDITS


async def _usage(reader: Reader, guild_id: int, member_id: int) -> Usage:
    return await ledger.usage(reader, owner=extra_owner(guild_id, member_id), period=FOREVER.label)


def _left(usage: Usage) -> int:
    return usage.granted - usage.used
