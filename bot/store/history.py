"""A member's own requests that have an image, newest first: pages of them, found by words, and one by its short name.

Ids of interactions grow with time, so that the id of the last row of a page is where the next one goes on. Whoever asks
is always named: of others nothing is found but favourites that are there for all to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.finding.history import HistoryQuery, first_id
from bot.jobs import Job, Request
from bot.store import favourites
from bot.store.database import Reader, Row
from bot.store.personal import ERASED, NOBODY_ID
from bot.store.rows import job_of, request_of

COUNT_MAX = 1_000  # how far matches are counted: more pages than that nobody turns
SUGGESTIONS_MAX = 25  # of Discord's autocomplete

# An image that came, and that may still be had: from our disk, from Discord, or at Segmind's address for it.
_IMAGE = """state = 'done' AND outcome IS NULL
    AND (sha256 IS NOT NULL OR attachment_id IS NOT NULL OR result_url <> '')"""
_HAS_IMAGE = f"EXISTS (SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id AND {_IMAGE})"  # noqa: S608 - ours

# Favourites are few, and are gone through first, unless it is words that lead: CROSS JOIN holds SQLite to that.
_LIKED = "(SELECT DISTINCT interaction_id FROM favourites WHERE user_id = $1) AS liked CROSS JOIN requests"
_LIKED_AMONG_FOUND = """EXISTS (SELECT 1 FROM favourites
    WHERE favourites.user_id = $1 AND favourites.interaction_id = found.interaction_id)"""
# What of others' everybody may see as it is: not what was taken away, hidden or forgotten.
_PUBLIC = f"""requests.private = FALSE AND requests.removed IS NULL AND requests.spoiler = FALSE
    AND requests.hide_words = FALSE AND requests.user_id <> {NOBODY_ID} AND requests.options <> '{ERASED}'"""


class PromptIndex(Protocol):
    """How an engine finds prompts by their words."""

    def found(self, place: str) -> str:
        """SQL that stands after FROM: the `interaction_id` of whatever is found for the term bound at this place."""
        ...

    def term(self, user_ids: Sequence[int], guild_id: int | None, words: Sequence[str]) -> str:
        """What to bind there, for these people's prompts with all of these words, in one server or in all.

        One person and one word at least.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A request with those of its images that came, and the numbers of the favourites among them.

    `own` says that whoever asks made it.

    `message` is the channel and message id of its card where others see it, None where there is none that is known.
    """

    request: Request
    images: tuple[Job, ...]
    favourites: frozenset[int]
    message: tuple[int, int] | None
    own: bool


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page goes on: with what is older than this request, or with what is newer."""

    interaction_id: int
    newer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of a history, newest first. `older` and `newer` lead to the pages beside it; None where there is nothing."""

    rows: tuple[Made, ...]
    older: Cursor | None
    newer: Cursor | None


async def page(
    reader: Reader, index: PromptIndex, *, user_id: int, query: HistoryQuery, at: Cursor | None = None, limit: int
) -> Page:
    """Up to `limit` requests, from the newest one or from a cursor on."""
    found = await _rows(reader, index, user_id=user_id, query=query, at=at, limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    back = at is not None and at.newer
    if back:
        found.reverse()
    before, after = (at is not None and not back) or (back and more), back or more
    return Page(
        rows=await _made(reader, user_id, found),
        older=Cursor(found[-1]["interaction_id"]) if found and after else None,
        newer=Cursor(found[0]["interaction_id"], newer=True) if found and before else None,
    )


async def count(reader: Reader, index: PromptIndex, *, user_id: int, query: HistoryQuery) -> int:
    """How many requests there are; COUNT_MAX says that there may be more."""
    owners = await _owners(reader, user_id, query)
    which = _Which(index, user_id=user_id, owners=owners, query=query, at=None)
    rows = await reader.fetch(
        f"SELECT COUNT(*) AS found FROM (SELECT 1 FROM {which.sql} LIMIT {COUNT_MAX}) AS counted",  # noqa: S608 - ours
        *which.args,
    )
    return int(rows[0]["found"])


async def suggestions(reader: Reader, index: PromptIndex, *, user_id: int, query: HistoryQuery) -> list[Request]:
    """The latest requests for autocomplete, at most SUGGESTIONS_MAX."""
    rows = await _rows(reader, index, user_id=user_id, query=query, at=None, limit=SUGGESTIONS_MAX)
    return [request_of(row) for row in rows]


async def visible(reader: Reader, interaction_id: int, *, viewer_id: int, guild_id: int | None) -> Made | None:
    """A request with an image, for its owner anywhere, and a public one for others in the same server; else None.

    Whether they may see the channel that it was made in, is for the rim to ask.
    """
    rows = await reader.fetch(
        f"""SELECT * FROM requests WHERE interaction_id = $1 AND {_HAS_IMAGE}
            AND (user_id = $2 OR (private = FALSE AND guild_id <> 0 AND guild_id = $3))""",  # noqa: S608 - words of ours
        interaction_id,
        viewer_id,
        guild_id,
    )
    made = await _made(reader, viewer_id, rows)
    return made[0] if made else None


# A comparison has several models; most requests have one, of which the index tells.
_OF_MODEL = """(requests.model = {model} OR (requests.models <> '[]' AND EXISTS (
    SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id AND jobs.model = {model})))"""


class _Which:
    """What stands after FROM, newest first or, towards what is newer, oldest first."""

    def __init__(
        self, index: PromptIndex, *, user_id: int, owners: Sequence[int], query: HistoryQuery, at: Cursor | None
    ) -> None:
        self.args: list[Any] = [user_id]
        source, key, wanted = "requests", "requests.interaction_id", [self._whose(query), _HAS_IMAGE]
        if query.favourites and not query.words:
            source = _LIKED
            wanted.append("requests.interaction_id = liked.interaction_id")
        if query.words:
            # CROSS JOIN: SQLite is to go through what was found, in its order, and look up the rest.
            key = "found.interaction_id"
            term = index.term(owners, query.guild_id, query.words)
            source = f"{index.found(self._bind(term))} AS found CROSS JOIN requests"
            wanted.append("requests.interaction_id = found.interaction_id")
            wanted += [_LIKED_AMONG_FOUND] if query.favourites else []
        if query.model is not None:
            wanted.append(_OF_MODEL.format(model=self._bind(query.model)))
        if query.guild_id is not None:
            wanted.append(f"requests.guild_id = {self._bind(query.guild_id)}")
        if query.since_ms is not None:
            wanted.append(f"{key} >= {self._bind(first_id(query.since_ms))}")
        if query.before_ms is not None:
            wanted.append(f"{key} < {self._bind(first_id(query.before_ms))}")
        if at is not None:
            wanted.append(f"{key} {'>' if at.newer else '<'} {self._bind(at.interaction_id)}")
        order = "ASC" if at is not None and at.newer else "DESC"
        self.sql = f"{source} WHERE {' AND '.join(wanted)} ORDER BY {key} {order}"

    def _whose(self, query: HistoryQuery) -> str:
        seen = query.seen
        if not query.favourites or seen is None or not seen.places:
            return "requests.user_id = $1"
        server, places = self._bind(seen.guild_id), ", ".join(self._bind(place) for place in sorted(seen.places))
        there = f"requests.guild_id = {server} AND requests.place_id IN ({places})"
        return f"(requests.user_id = $1 OR ({_PUBLIC} AND {there}))"

    def _bind(self, value: Any) -> str:
        self.args.append(value)
        return f"${len(self.args)}"


async def _owners(reader: Reader, user_id: int, query: HistoryQuery) -> list[int]:
    """Whose prompts are searched for words: the member's own, and those of whoever made their favourites."""
    if not (query.favourites and query.words and query.seen is not None):
        return [user_id]
    rows = await reader.fetch(
        """SELECT DISTINCT requests.user_id AS user_id FROM favourites JOIN requests USING (interaction_id)
        WHERE favourites.user_id = $1""",
        user_id,
    )
    return sorted({user_id, *(row["user_id"] for row in rows)})


async def _rows(
    reader: Reader, index: PromptIndex, *, user_id: int, query: HistoryQuery, at: Cursor | None, limit: int
) -> list[Row]:
    owners = await _owners(reader, user_id, query)
    which = _Which(index, user_id=user_id, owners=owners, query=query, at=at)
    sql = f"SELECT requests.* FROM {which.sql} LIMIT ${len(which.args) + 1}"  # noqa: S608 - words and places of ours
    return await reader.fetch(sql, *which.args, limit)


async def _made(reader: Reader, viewer_id: int, rows: Sequence[Row]) -> tuple[Made, ...]:
    """With their images, and with what the viewer likes among them."""
    if not rows:
        return ()
    ids = [row["interaction_id"] for row in rows]
    liked = await favourites.of(reader, viewer_id, ids)
    jobs = [job_of(row) for row in await _image_rows(reader, ids)]
    return tuple(
        Made(
            request=request_of(row),
            images=tuple(job for job in jobs if job.interaction_id == row["interaction_id"]),
            favourites=liked.get(row["interaction_id"], frozenset()),
            message=_message(row),
            own=row["user_id"] == viewer_id,
        )
        for row in rows
    )


def _message(row: Row) -> tuple[int, int] | None:
    """A card that went by direct message stands in another channel than the command was used in."""
    seen = not row["private"] and row["message_id"] is not None
    return (row["channel_id"], row["message_id"]) if seen and row["message_channel_id"] == row["channel_id"] else None


async def _image_rows(reader: Reader, ids: Sequence[int]) -> list[Row]:
    places = ", ".join(f"${position}" for position in range(1, len(ids) + 1))
    return await reader.fetch(
        f"SELECT * FROM jobs WHERE interaction_id IN ({places}) AND {_IMAGE} ORDER BY interaction_id, number",  # noqa: S608
        *ids,
    )
