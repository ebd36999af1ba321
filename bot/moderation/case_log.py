"""The log of a server's moderators: one card for each case, or for the blocks of one member that share one, kept as they are.

The card goes to MODERATION_CHANNEL; without that nobody is told, because another channel may be open to everybody. What
it must show is written down with what causes it (`revision` of bot/store/cases.py); that a card is about to be posted,
before it is, so that after a crash the log looks before it posts again.
"""

from typing import Protocol

import structlog

from bot.admin.rulebook import Rulebook
from bot.clock import Clock
from bot.errors import Busy, ContentBlocked, DeliveryError, MessageGone, StoreError, TooLarge
from bot.moderation.case_card import CaseCard
from bot.moderation.case_text import CaseWriter
from bot.rounds import LOOK_S, Rounds
from bot.settings import MODERATION_CHANNEL
from bot.store import cases as store
from bot.store.cases import Logged
from bot.store.database import Database
from bot.text import FALLBACK

# A channel that is closed to the bot is tried this often, and what Discord did not take for so long is no news any more.
REST_MS = 600_000
STALE_MS = 86_400_000
AT_ONCE_MAX = 100
# Then the server is looked at again: what is more urgent by then goes first.
AT_A_TIME = 5
# A card of which no more is new than what joined it is changed this often at the most.
GROWS_MS = 3_000

_MS_PER_S = 1000

log = structlog.get_logger()


class CasePoster(Protocol):
    """Shows the cards of cases in the channels of servers. Every method but `locale` raises DeliveryError."""

    async def post(self, card: CaseCard, *, guild_id: int, channel_id: int, case_id: int) -> int:
        """Post it, or find that Discord still knows this very post; returns the message's id."""
        ...

    async def edit(self, card: CaseCard, *, guild_id: int, channel_id: int, message_id: int, case_id: int) -> None:
        """Make the message look like this."""
        ...

    async def find(self, *, guild_id: int, channel_id: int, case_id: int, posting_ms: int) -> int | None:
        """The id of the message with this case's card that was posted about then; None where there is none."""
        ...

    def locale(self, guild_id: int) -> str | None:
        """The server's language, as Discord names it; None while Discord has not told it."""
        ...


class CaseLog:
    """Brings every card up to what its case is, at once when poked and every half minute anyway."""

    def __init__(
        self, *, db: Database, rulebook: Rulebook, poster: CasePoster, writer: CaseWriter, clock: Clock
    ) -> None:
        self._db = db
        self._rulebook = rulebook
        self._poster = poster
        self._writer = writer
        self._clock = clock
        self._rests_s = LOOK_S
        self._rounds = Rounds(
            look=self._behind,
            guild_id_of=_guild_id,
            tell=self._send_in_order,
            clock=clock,
            rest_s=lambda: self._rests_s,
        )
        # By server: the channel that is closed to the bot, and when it is tried again.
        self._closed: dict[int, tuple[int, int]] = {}
        # By case: since when its card has been kept waiting.
        self._since_ms: dict[int, int] = {}

    def poke(self) -> None:
        """A case changed, and its transaction has ended."""
        self._rounds.poke()

    async def run(self) -> None:
        """Run for as long as the bot does."""
        await self._rounds.run()

    async def send(self) -> None:
        """Show what is not shown yet, once."""
        await self._rounds.once()

    async def _behind(self) -> list[Logged]:
        """Those whose cards are to be shown now; when the next one is to be says how long to rest."""
        due, self._rests_s = [], LOOK_S
        for each in await store.behind(self._db, limit=AT_ONCE_MAX):
            waits_ms = 0 if each.pressing or each.shown_ms is None else each.shown_ms + GROWS_MS - self._clock.now_ms()
            # Where the clock was put back, nothing waits for longer than that.
            if 0 < waits_ms <= GROWS_MS:
                self._rests_s = min(self._rests_s, waits_ms / _MS_PER_S)
            else:
                due.append(each)
        return due

    async def _send_in_order(self, guild_id: int, behind: list[Logged]) -> bool:
        """The first few, up to one that has to wait, and whether there are more.

        What somebody waits for comes before a flood of blocks.
        """
        try:
            rules = await self._rulebook.rules(guild_id)
            channel_id = rules.guild[MODERATION_CHANNEL]
            if self._is_closed(guild_id, channel_id):
                return False
            for each in behind[:AT_A_TIME]:
                await self._send(each, channel_id)
        except DeliveryError as error:
            log.info("the case log waits for Discord", guild_id=guild_id, reason=str(error))
            for each in behind:
                self._since_ms.setdefault(each.docketed.case.case_id, self._clock.now_ms())
        except StoreError as error:
            log.warning("the case log waits for the database", guild_id=guild_id, reason=str(error))
        else:
            return len(behind) > AT_A_TIME
        return False

    def _is_closed(self, guild_id: int, channel_id: int | None) -> bool:
        """Whether this very channel was closed a moment ago."""
        closed_id, until_ms = self._closed.get(guild_id, (None, 0))
        return closed_id is not None and closed_id == channel_id and self._clock.now_ms() < until_ms

    async def _send(self, logged: Logged, channel_id: int | None) -> None:
        """Show it, or find that it never can be shown; raises DeliveryError where it may be shown later."""
        case = logged.docketed.case
        try:
            await self._show(logged, channel_id)
        except MessageGone:
            # Somebody deleted the card, and it is not put up again.
            await self._give_up(logged)
        except DeliveryError as error:
            if self._may_later(logged, channel_id, error):
                raise
            log.warning("a case could not be shown", guild_id=case.guild_id, case_id=case.case_id, reason=str(error))
            await self._give_up(logged, refused=isinstance(error, ContentBlocked | TooLarge))
        except StoreError:
            raise
        except Exception:
            # Whatever is wrong with this one must not keep the others from being shown.
            log.exception("a case cannot be shown", guild_id=case.guild_id, case_id=case.case_id)
            await self._give_up(logged, refused=True)
        self._since_ms.pop(case.case_id, None)

    def _may_later(self, logged: Logged, channel_id: int | None, error: DeliveryError) -> bool:
        """Whether it may be shown later. The log's channel rests where it is closed to the bot."""
        now_ms = self._clock.now_ms()
        stale = now_ms - self._since_ms.get(logged.docketed.case.case_id, now_ms) >= STALE_MS
        if stale or isinstance(error, ContentBlocked | TooLarge):
            return False
        if isinstance(error, Busy):
            return True
        # Whoever opens a channel to the bot does so because it is the log.
        if channel_id is None or (logged.log_message_id is not None and logged.log_channel_id != channel_id):
            return False
        self._closed[logged.docketed.case.guild_id] = (channel_id, now_ms + REST_MS)
        return True

    async def _show(self, logged: Logged, channel_id: int | None) -> None:
        """Edit the card, or post it where there is none."""
        guild_id, case_id = logged.docketed.case.guild_id, logged.docketed.case.case_id
        at_id, message_id = logged.log_channel_id, logged.log_message_id or await self._left(logged, channel_id)
        moved = logged.log_message_id is not None and at_id != channel_id
        if moved and logged.grown and not logged.pressing:
            # What joined a card where the log was before comes up where it is now.
            await self._give_up(logged)
        elif message_id is not None and at_id is not None:
            card = self._card(logged)
            await self._poster.edit(card, guild_id=guild_id, channel_id=at_id, message_id=message_id, case_id=case_id)
            await self._shown(logged, channel_id=at_id, message_id=message_id)
        elif channel_id is None:
            await self._give_up(logged)
        else:
            async with self._db.transaction() as tx:
                await store.posting(tx, case_id, channel_id=channel_id, at_ms=self._clock.now_ms())
            card = self._card(logged)
            message_id = await self._poster.post(card, guild_id=guild_id, channel_id=channel_id, case_id=case_id)
            await self._shown(logged, channel_id=channel_id, message_id=message_id)

    async def _left(self, logged: Logged, channel_id: int | None) -> int | None:
        """The card that was posted just before a crash, where one was."""
        if logged.log_channel_id is None or logged.posting_ms is None:
            return None
        case = logged.docketed.case
        try:
            return await self._poster.find(
                guild_id=case.guild_id,
                channel_id=logged.log_channel_id,
                case_id=case.case_id,
                posting_ms=logged.posting_ms,
            )
        except Busy:
            raise
        except DeliveryError:
            # In a channel that is closed now and is not the log any more, nobody misses it.
            if logged.log_channel_id == channel_id:
                raise
            return None

    def _card(self, logged: Logged) -> CaseCard:
        locale = self._poster.locale(logged.docketed.case.guild_id) or FALLBACK
        return self._writer.card(logged.docketed, locale=locale, now_ms=self._clock.now_ms())

    async def _shown(self, logged: Logged, *, channel_id: int, message_id: int) -> None:
        async with self._db.transaction() as tx:
            await store.logged(tx, logged, channel_id=channel_id, message_id=message_id, at_ms=self._clock.now_ms())

    async def _give_up(self, logged: Logged, *, refused: bool = False) -> None:
        async with self._db.transaction() as tx:
            await store.give_up(tx, logged, refused=refused)


def _guild_id(logged: Logged) -> int:
    return logged.docketed.case.guild_id
