"""What waits for somebody's yes: kept, changed, taken once, forgotten."""

from bot.asking.asks import Ask
from bot.clock import Clock
from bot.errors import ImagenError
from bot.store import drafts
from bot.store.database import Database
from bot.store.drafts import Draft


class DraftGone(ImagenError):
    """It was used, cancelled, or is too old; nothing was done."""


class PressedTwice(ImagenError):
    """Discord tells of one press a second time, while the first is being answered; there is nothing to do."""


class OthersDraft(ImagenError):
    """Somebody else was asked; nothing was done."""


class DraftBook:
    """The drafts of all members. Beside its own errors every method raises StoreError."""

    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._presses: dict[int, int] = {}

    async def put(self, draft_id: int, ask: Ask, *, guild_id: int, user_id: int) -> Draft:
        """Keep what somebody is asked about; the same interaction twice is one draft."""
        draft = Draft(draft_id=draft_id, user_id=user_id, guild_id=guild_id, ask=ask, created_ms=self._clock.now_ms())
        async with self._db.transaction() as tx:
            await drafts.add(tx, draft)
        return draft

    async def find(self, draft_id: int, *, guild_id: int, user_id: int) -> Draft:
        """One's own draft of this server that waits; raises DraftGone or OthersDraft."""
        found = None if draft_id in self._presses else await drafts.find(self._db, draft_id)
        if found is None or found.guild_id != guild_id:
            raise DraftGone
        if found.user_id != user_id:
            raise OthersDraft
        return found

    async def change(self, draft: Draft, ask: Ask) -> None:
        """Have it ask for something else; raises DraftGone."""
        async with self._db.transaction() as tx:
            changed = draft.draft_id not in self._presses and await drafts.change(tx, draft.draft_id, ask)
        if not changed:
            raise DraftGone

    async def drop(self, draft: Draft) -> None:
        """Forget it; raises DraftGone."""
        async with self._db.transaction() as tx:
            dropped = draft.draft_id not in self._presses and await drafts.drop(tx, draft.draft_id)
        if not dropped:
            raise DraftGone

    async def take(self, draft_id: int, *, guild_id: int, user_id: int, press_id: int) -> Draft:
        """Take one's own draft for a press, which ends with `let_go`; raises DraftGone, OthersDraft or PressedTwice."""
        if self._presses.get(draft_id) == press_id:
            raise PressedTwice
        await self.find(draft_id, guild_id=guild_id, user_id=user_id)
        # Nothing is awaited between looking and writing, so that of two presses the second finds the first.
        if draft_id in self._presses:
            raise PressedTwice if self._presses[draft_id] == press_id else DraftGone
        self._presses[draft_id] = press_id
        taken = None
        try:
            async with self._db.transaction() as tx:
                taken = await drafts.take(tx, draft_id, press_id=press_id)
        finally:
            if taken is None:
                del self._presses[draft_id]
        if taken is None:
            raise DraftGone
        return taken

    async def let_go(self, draft_id: int) -> None:
        """The press came to its end: where its request was accepted the draft is used, and forgotten."""
        try:
            async with self._db.transaction() as tx:
                await drafts.drop_used(tx, draft_id)
        finally:
            self._presses.pop(draft_id, None)
