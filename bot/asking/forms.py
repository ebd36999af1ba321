"""Forms with mistakes in them: kept as they were filled in, so that nobody has to type them again."""

from bot.asking.draft_book import DraftBook, DraftGone, OthersDraft
from bot.asking.edits import Typed, finished, unfinished


class Forms:
    """The forms of all members. Every method raises StoreError."""

    def __init__(self, *, drafts: DraftBook) -> None:
        self._drafts = drafts

    async def keep(self, typed: Typed, *, draft_id: int, of: int, guild_id: int, user_id: int) -> None:
        """Keep what somebody filled in; `of` is the card that it began with, or PRESETS."""
        await self._drafts.put(draft_id, unfinished(typed, of=of), guild_id=guild_id, user_id=user_id)

    async def find(self, draft_id: int, *, of: int, guild_id: int, user_id: int) -> Typed | None:
        """What this member filled in; None where it is not kept any more, or is of something else."""
        try:
            draft = await self._drafts.find(draft_id, guild_id=guild_id, user_id=user_id)
        except (DraftGone, OthersDraft):
            return None
        return finished(draft.ask, of=of)
