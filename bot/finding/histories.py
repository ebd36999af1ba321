"""Members look through their own images and their favourites, and find one by its short name."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from bot.admin.rulebook import Rulebook
from bot.clock import Clock
from bot.finding.history import HistoryQuery, Seen, dates_of, id_of_ref, words_of
from bot.finding.history_text import Wanted
from bot.jobs import Request
from bot.settings import TIME_ZONE
from bot.store import history as store
from bot.store.database import Database
from bot.store.history import Cursor, Made, Page, PromptIndex

PAGE_MAX = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page, and how many requests there are altogether; store.COUNT_MAX says that there may be more."""

    page: Page
    count: int


class Histories:
    """Reads only. Every method raises StoreError."""

    def __init__(self, *, db: Database, index: PromptIndex, rulebook: Rulebook, clock: Clock) -> None:
        self._db = db
        self._index = index
        self._rulebook = rulebook
        self._clock = clock

    async def page(
        self, wanted: Wanted, *, user_id: int, guild_id: int | None, at: Cursor | None, seen: Seen | None = None
    ) -> Found:
        """A member's images, of all servers, and where only favourites are wanted those of others where they are `seen`.

        Dates are days of this server. Raises BadValue for what cannot be read.
        """
        query = await self._query(wanted, guild_id, seen)
        page = await store.page(self._db, self._index, user_id=user_id, query=query, at=at, limit=PAGE_MAX)
        if at is not None and not page.rows:
            # What it was to go on from is gone; the newest are as good a place as any.
            page = await store.page(self._db, self._index, user_id=user_id, query=query, limit=PAGE_MAX)
        return Found(page=page, count=await store.count(self._db, self._index, user_id=user_id, query=query))

    async def today(self, guild_id: int | None) -> date:
        """The day that it is in this server."""
        return datetime.fromtimestamp(self._clock.now_ms() / 1000, await self._zone(guild_id)).date()

    async def suggestions(self, typed: str, *, user_id: int) -> list[Request]:
        """A member's own requests while they type: words of the prompt, or a short name; raises BadValue."""
        found = await store.suggestions(
            self._db, self._index, user_id=user_id, query=HistoryQuery(words=words_of(typed))
        )
        interaction_id = id_of_ref(typed)
        named = None if interaction_id is None else await self.visible(interaction_id, viewer_id=user_id, guild_id=None)
        if named is not None:
            found = [named.request, *(each for each in found if each != named.request)]
        return found[: store.SUGGESTIONS_MAX]

    async def visible(self, interaction_id: int, *, viewer_id: int, guild_id: int | None) -> Made | None:
        """A request with an image, for its owner anywhere, and a public one for others in the same server; else None."""
        return await store.visible(self._db, interaction_id, viewer_id=viewer_id, guild_id=guild_id)

    async def _query(self, wanted: Wanted, guild_id: int | None, seen: Seen | None) -> HistoryQuery:
        dates = dates_of(wanted.date, zone=await self._zone(guild_id)) if wanted.date else {}
        return HistoryQuery(
            words=words_of(wanted.words),
            model=wanted.model or None,
            favourites=wanted.favourites,
            seen=seen,
            **dates,
        )

    async def _zone(self, guild_id: int | None) -> tzinfo:
        if guild_id is None:
            return UTC
        rules = await self._rulebook.rules(guild_id)
        return ZoneInfo(rules.guild[TIME_ZONE])
