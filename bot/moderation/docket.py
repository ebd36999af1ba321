"""What moderators and members do about cases. Each act and its effect are one transaction; pressed twice, it acts once.

The errors are those of bot/moderation/troubles.py; beside them every method raises StoreError, with nothing done.
`interaction_id` is the press or command that it comes from, by which one that is told twice is known.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.admin.rulebook import Rulebook
from bot.clock import Clock
from bot.moderation import acting, looking, opening
from bot.moderation.cases import HOUR_MS, Act, Action, Case, Docketed, Pause
from bot.moderation.reading import History, Incident, Reviewed
from bot.moderation.troubles import CaseGone, NothingToDo
from bot.store import case_actions, case_groups, cases, dockets, evidence, pauses, reviews
from bot.store.database import Database, Transaction
from bot.store.evidence import EvidenceImage

RECENT_MS = 30 * 24 * HOUR_MS


class Docket:
    """The cases of all servers. `retouch` has the cards of these requests shown anew, `noticed` hears that a case changed."""

    def __init__(
        self,
        *,
        db: Database,
        rulebook: Rulebook,
        retouch: Callable[[Sequence[int]], Awaitable[None]],
        noticed: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._db = db
        self._rulebook = rulebook
        self._retouch = retouch
        self._noticed = noticed
        self._clock = clock

    # ------------------------------------------------------------ looking

    async def case(self, guild_id: int, case_id: int) -> Docketed | None:
        """A case of this server, with all that its card tells."""
        found = await cases.find(self._db, case_id, guild_id=guild_id)
        return None if found is None else (await dockets.docketed(self._db, [found]))[0]

    async def of_message(self, guild_id: int, *, channel_id: int, message_id: int) -> Reviewed | None:
        """The request whose card is this message; None where it is no card of ours."""
        found = await reviews.request_at(self._db, guild_id=guild_id, channel_id=channel_id, message_id=message_id)
        return None if found is None else await self.of_request(guild_id, found)

    async def of_request(self, guild_id: int, interaction_id: int) -> Reviewed | None:
        """A request of this server."""
        return await looking.reviewed(self._db, guild_id, interaction_id, now_ms=self._clock.now_ms())

    async def paused(self, guild_id: int) -> list[Pause]:
        """Everybody who is paused here, the latest first."""
        return await pauses.all_running(self._db, guild_id, now_ms=self._clock.now_ms())

    async def recent(self, guild_id: int, *, limit: int, offset: int) -> list[Incident]:
        """What was blocked or failed here in the last 30 days, the newest first."""
        since_ms = self._clock.now_ms() - RECENT_MS
        return await reviews.incidents(self._db, guild_id, since_ms=since_ms, limit=limit, offset=offset)

    async def history(self, guild_id: int, user_id: int) -> History:
        """How a member has behaved here."""
        rules = await self._rulebook.rules(guild_id)
        return await looking.history(self._db, rules, guild_id=guild_id, user_id=user_id, now_ms=self._clock.now_ms())

    async def evidence(self, guild_id: int, *, case_id: int) -> list[EvidenceImage]:
        """The images that are kept for a case of this server."""
        found = await cases.find(self._db, case_id, guild_id=guild_id)
        return [] if found is None else await evidence.of_case(self._db, case_id)

    # ------------------------------------------------------------ moderators

    async def act(
        self, act: Act, *, guild_id: int, address_id: int, of_request: bool, user_id: int, interaction_id: int
    ) -> Docketed:
        """Do something about a case, or about a request, which becomes a case with it.

        Raises CaseGone, PrivateImage and NothingToDo, with nothing done.
        """
        async with self._db.transaction() as tx:
            case_id, done = await case_actions.pressed(tx, interaction_id), acting.Done()
            if case_id is None:
                at_ms = self._clock.now_ms()
                if of_request:
                    case = await opening.review(tx, guild_id, address_id, by_id=user_id, at_ms=at_ms)
                elif (found := await cases.find(tx, address_id, guild_id=guild_id)) is not None:
                    case = found
                else:
                    raise CaseGone
                done = await acting.do(tx, act, case, by_id=user_id, at_ms=at_ms)
                action = Action(act=act, user_id=user_id, at_ms=at_ms, images=done.images)
                await case_actions.add(tx, case.case_id, action, press_id=interaction_id)
                await case_groups.changed(tx, case.case_id)
                case_id = case.case_id
            docketed = await _docketed(tx, case_id, guild_id=guild_id)
        await self._after(done.requests)
        return replace(docketed, remaining=done.remaining)

    async def pause(
        self, *, guild_id: int, user_id: int, until_ms: int | None, reason: str, by_id: int, interaction_id: int
    ) -> Docketed:
        """Let a member make no images; a pause that they have is replaced.

        Raises NothingToDo where they are paused until that is lifted, and would be.
        """
        at_ms = self._clock.now_ms()
        pause = Pause(guild_id=guild_id, user_id=user_id, until_ms=until_ms, by_id=by_id, reason=reason, at_ms=at_ms)
        async with self._db.transaction() as tx:
            case = await opening.pause(tx, pause, press_id=interaction_id)
            docketed = await _docketed(tx, case.case_id, guild_id=guild_id)
        await self._after()
        return docketed

    async def unpause(self, *, guild_id: int, user_id: int, by_id: int, interaction_id: int) -> Pause | None:
        """Lift a member's pause; returns what it was, None where there is none."""
        at_ms = self._clock.now_ms()
        async with self._db.transaction() as tx:
            if await case_actions.pressed(tx, interaction_id) is not None:
                last = await pauses.last(tx, guild_id=guild_id, user_id=user_id)
                return None if last is None else last.pause
            try:
                kept = await acting.lift(tx, guild_id=guild_id, user_id=user_id, at_ms=at_ms)
            except NothingToDo:
                return None
            # A pause outlives its case, which is purged some day.
            if await cases.find(tx, kept.case_id, guild_id=guild_id) is not None:
                action = Action(act=Act.LIFT, user_id=by_id, at_ms=at_ms)
                await case_actions.add(tx, kept.case_id, action, press_id=interaction_id)
        await self._after()
        return kept.pause

    # ------------------------------------------------------------ members

    async def report(
        self, *, guild_id: int, interaction_id_of_request: int, by_id: int, reason: str, interaction_id: int
    ) -> Docketed:
        """Have moderators look at images, which are kept for them from now on; each member once for each request.

        Raises CaseGone, PrivateImage, NothingToDo where the images are gone, and AlreadyReported.
        """
        async with self._db.transaction() as tx:
            case = await opening.report(
                tx,
                guild_id,
                interaction_id_of_request,
                by_id=by_id,
                reason=reason,
                press_id=interaction_id,
                at_ms=self._clock.now_ms(),
            )
            docketed = await _docketed(tx, case.case_id, guild_id=guild_id)
        await self._after()
        return docketed

    async def check_appeal(self, case: Case) -> None:
        """Raise NotAppealable where whom this case is about cannot appeal, as far as it is known before they do."""
        await opening.check_appeal(self._db, case, at_ms=self._clock.now_ms())

    async def appeal(self, *, guild_id: int, case_id: int, user_id: int, reason: str) -> Docketed:
        """Ask moderators to let a blocked prompt be made after all; raises NotAppealable."""
        async with self._db.transaction() as tx:
            at_ms = self._clock.now_ms()
            await opening.appeal(tx, guild_id, case_id, user_id=user_id, reason=reason, at_ms=at_ms)
            docketed = await _docketed(tx, case_id, guild_id=guild_id)
        await self._after()
        return docketed

    async def withdraw(self, guild_id: int, interaction_id_of_request: int, *, user_id: int) -> None:
        """Delete images of one's own. Raises CaseGone where they are not theirs, and NothingToDo."""
        async with self._db.transaction() as tx:
            at_ms = self._clock.now_ms()
            await opening.withdrawal(tx, guild_id, interaction_id_of_request, user_id=user_id, at_ms=at_ms)
        await self._after((interaction_id_of_request,))

    async def _after(self, requests: Sequence[int] = ()) -> None:
        """What was written is done; whoever shows it is told. After a crash they find it by themselves."""
        if requests:
            await self._retouch(requests)
        self._noticed()


async def _docketed(tx: Transaction, case_id: int, *, guild_id: int) -> Docketed:
    """The case as it is now; raises CaseGone."""
    case = await cases.find(tx, case_id, guild_id=guild_id)
    if case is None:
        raise CaseGone
    return (await dockets.docketed(tx, [case]))[0]
