"""What members do with cards that are there: look at them, like their images, share them."""

from dataclasses import dataclass
from enum import StrEnum

from bot.asking.edits import Source
from bot.cards.failures import words_blocked
from bot.cards.staying import Stays, what_stays
from bot.clock import Clock
from bot.errors import ImagenError
from bot.jobs import Job, Reach, State
from bot.outside import is_outside
from bot.store import favourites, sharing
from bot.store import jobs as job_store
from bot.store.database import Database
from bot.store.personal import NOBODY_ID


class Lack(StrEnum):
    """Why nothing can be done with a card."""

    GONE = "gone"  # no such request (any more)
    ELSEWHERE = "elsewhere"  # it is another server's
    OUTSIDE = "outside"  # it is another person's, outside of servers
    PRIVATE = "private"  # it is another member's, for them alone
    REMOVED = "removed"  # its images were taken away
    FORGOTTEN = "forgotten"  # its words are not kept any more
    NO_IMAGES = "no_images"  # it has none (yet, or any more)
    BLOCKED = "blocked"  # its words were blocked, and are another member's
    HIDDEN = "hidden"  # AutoMod hides its words, and they are another member's
    NOT_OWN = "not_own"  # it is another member's
    SPOILER = "spoiler"  # its images are behind a spoiler


class CardTrouble(ImagenError):
    """It cannot be done with this card."""

    def __init__(self, lack: Lack) -> None:
        super().__init__(lack.value)
        self.lack = lack


@dataclass(frozen=True, slots=True, kw_only=True)
class Liked:
    """Whether the images of a card are favourites now, and how many there are."""

    on: bool
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Where a private card is put for everybody: as the reply to a press that was made at `reply_ms`.

    `place_id` is the channel whose rules count, `spoiler` hides the images, whatever was asked for, and `reach` is what the
    bot can do there once the press is too old.
    """

    reply: str
    reply_ms: int
    channel_id: int
    place_id: int
    filesize_limit_bytes: int
    spoiler: bool
    reach: Reach


class Album:
    """Cards by their requests. Beside CardTrouble, every method raises StoreError, with nothing done."""

    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def card(self, interaction_id: int, *, guild_id: int, user_id: int, words: bool = True) -> Source:
        """The card as far as this member, in this server, may know of it; raises CardTrouble.

        `words` says that what is done with it shows its words, or begins with them.
        """
        found = await job_store.request(self._db, interaction_id)
        if found is None:
            raise CardTrouble(Lack.GONE)
        request, _ = found
        if request.guild_id != guild_id:
            raise CardTrouble(Lack.OUTSIDE if is_outside(request.guild_id) else Lack.ELSEWHERE)
        if request.private and request.user_id != user_id:
            # Whose everything was erased is nobody any more, to themselves, too.
            raise CardTrouble(Lack.FORGOTTEN if request.user_id == NOBODY_ID else Lack.PRIVATE)
        jobs = await job_store.jobs_of(self._db, interaction_id)
        if request.user_id != user_id and words_blocked(request, jobs):
            raise CardTrouble(Lack.BLOCKED)
        if request.user_id != user_id and request.hide_words and words:
            raise CardTrouble(Lack.HIDDEN)
        return Source(request, jobs)

    async def like(self, source: Source, *, user_id: int) -> Liked:
        """Make the images of a card a member's favourites, all of them; where all are, none any more.

        What others made and is hidden becomes nobody's favourite: their list has no images that are not to be seen at once.
        """
        interaction_id = source.request.interaction_id
        numbers = {job.number for job in images_of(source)}
        async with self._db.transaction() as tx:
            liked = (await favourites.of(tx, user_id, [interaction_id])).get(interaction_id, frozenset())
            on = not numbers <= liked
            if on and source.request.user_id != user_id:
                _check_shown(source)
            for number in sorted(numbers):
                if on:
                    await favourites.add(tx, user_id, interaction_id, number, at_ms=self._clock.now_ms())
                else:
                    await favourites.remove(tx, user_id, interaction_id, number)
        return Liked(on=on, images=len(numbers))

    async def share(self, source: Source, shared: Shared) -> bool:
        """Make a private card public; False, and nothing done, where it is public meanwhile, or has no images any more."""
        async with self._db.transaction() as tx:
            return await sharing.share(
                tx,
                source.request.interaction_id,
                reply=shared.reply,
                reply_ms=shared.reply_ms,
                channel_id=shared.channel_id,
                place_id=shared.place_id,
                filesize_limit_bytes=shared.filesize_limit_bytes,
                spoiler=shared.spoiler,
                reach=shared.reach,
            )

    async def renew(self, source: Source, *, message_id: int, reply: str, reply_ms: int) -> bool:
        """Have the reply to a press on the card itself lead to it; False where it needs none, or is another message."""
        interaction_id = source.request.interaction_id
        async with self._db.transaction() as tx:
            return await sharing.renew(tx, interaction_id, message_id=message_id, reply=reply, reply_ms=reply_ms)

    async def stays(self, source: Source) -> Stays | None:
        """Which card of it goes on showing its images, whatever is done here now."""
        found = await job_store.request(self._db, source.request.interaction_id)
        return None if found is None else what_stays(found[0], source.jobs, found[1], now_ms=self._clock.now_ms())


def _check_shown(source: Source) -> None:
    """Raise CardTrouble where something of a card is hidden."""
    if source.request.spoiler:
        raise CardTrouble(Lack.SPOILER)
    if source.request.hide_words:
        raise CardTrouble(Lack.HIDDEN)


def with_words(source: Source) -> Source:
    """A card whose words are there to begin with; raises CardTrouble."""
    if source.request.removed is not None:
        raise CardTrouble(Lack.REMOVED)
    if not source.request.prompt:
        raise CardTrouble(Lack.FORGOTTEN)
    return source


def images_of(source: Source) -> list[Job]:
    """The jobs whose images people have, one at least; raises CardTrouble."""
    if source.request.removed is not None:
        raise CardTrouble(Lack.REMOVED)
    images = [job for job in source.jobs if job.state is State.DONE and job.outcome is None]
    if not images:
        raise CardTrouble(Lack.NO_IMAGES)
    return images
