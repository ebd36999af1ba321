"""The card of a request: what people see of it at each moment. Pure; two equal cards look the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.cards.buttons import CardButtons
from bot.cards.failures import Failures, words_blocked
from bot.cards.names import in_order, label_of, names
from bot.cards.progress import BLOCKS, bar, blocks
from bot.cards.small_print import SmallPrint
from bot.catalog import Catalog
from bot.jobs import Job, Reach, Remover, Request, State
from bot.markdown import ELLIPSIS, QUOTE, clipped, harmless, plain, quoted
from bot.ports import Card, CardImage
from bot.text import Texts
from bot.turns import Place
from bot.ways import TOKEN_LIFE_MS

# Discord shows at most 4,000 characters of text in a message and, as was seen, fails above about 10,170 bytes, counting
# 12 for each text. Some room is left for the rim, which may put a mention above the card.
CARD_CHARACTERS_MAX = 3900
CARD_BYTES_MAX = 9800
TEXT_OVERHEAD_BYTES = 12
ALT_CHARACTERS_MAX = 1000
# 480 tokens are about this many characters of English (Google's documentation of Imagen).
PROMPT_READ_CHARACTERS = 1800
DUE_ROUNDED_MS = 10_000

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Pace(StrEnum):
    """How long people have been waiting, as far as it changes what they are told."""

    USUAL = "usual"
    OVERDUE = "overdue"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known beside the jobs themselves.

    `waiting` says that nothing of it has started, `fetching` that a finished image takes its time to arrive; both only
    where it is worth saying; `place` is where the first image of it that waits stands in its server, and `starts_ms` when
    that one may start; `percent` is how much of the usual time is over, for the bar of a single image;
    `images` are the pictures at hand by job number; `unfetched` the numbers whose file could not be had;
    `shrunk` says that a picture was made smaller for Discord; `hide_words` that AutoMod objected to the prompt;
    `parent` is the address of the message whose request this one was made from.
    """

    pace: Pace
    waiting: bool
    fetching: bool
    expected_ms: int
    gives_up_ms: int
    images: Mapping[int, CardImage]
    place: Place | None = None
    starts_ms: int | None = None
    percent: int = 0
    unfetched: frozenset[int] = frozenset()
    shrunk: bool = False
    hide_words: bool = False
    parent: str | None = None


def ref_of(interaction_id: int) -> str:
    """A request's short name, for people to quote: its interaction id in base 36."""
    digits = ""
    while interaction_id:
        interaction_id, digit = divmod(interaction_id, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def card_locale(request: Request) -> str:
    """A public card speaks the server's language, a private one the member's."""
    return request.locale if request.private else request.guild_locale


def token_ends_s(request: Request) -> int:
    """Until when the reply can be changed with its token, in seconds since 1970."""
    return (request.token_ms + TOKEN_LIFE_MS) // 1000


class CardWriter:
    """Writes cards in the words of the catalogues."""

    def __init__(self, *, texts: Texts, catalog: Catalog) -> None:
        self._texts = texts
        self._catalog = catalog
        self._small_print = SmallPrint(texts=texts, catalog=catalog)
        self._buttons = CardButtons(texts=texts, catalog=catalog)
        self._failures = Failures(texts=texts, catalog=catalog)

    def write(self, request: Request, jobs: Sequence[Job], view: View) -> Card:
        """The whole card, as it must look now."""
        locale = card_locale(request)
        if request.removed is not None:
            return self._removed(locale, request, request.removed, count=len(jobs))
        if words_blocked(request, jobs):
            view = replace(view, hide_words=True)
        over = all(job.ended for job in jobs) and not self._fetching(jobs, view)
        title = self._title(locale, jobs, view, over=over)
        lines = tuple(self._lines(locale, request, jobs, view, over=over))
        small = self._small_print.write(
            locale,
            jobs,
            given=request.values,
            ref=ref_of(request.interaction_id),
            finished=over and bool(view.images),
            shrunk=view.shrunk,
            hide_words=view.hide_words,
        )
        return Card(
            interaction_id=request.interaction_id,
            title=title,
            lines=(self._prompt(locale, request, jobs, view, beside=(title, *lines, small)), *lines),
            small=small,
            images=tuple(view.images[number] for number in sorted(view.images)),
            accent="waiting" if not over else "done" if view.images else "failed",
            rows=self._buttons.rows(
                locale, request, jobs, over=over, fetching=self._all_fetching(jobs, view), has_images=bool(view.images)
            ),
        )

    def _removed(self, locale: str, request: Request, by: Remover, *, count: int) -> Card:
        """What is left of a card: no image and no word of the prompt, and the same whatever the jobs come to."""
        return Card(
            interaction_id=request.interaction_id,
            title=self._texts(locale, "card.removed.title", count=count),
            lines=(self._texts(locale, f"card.removed.{by.value}", count=count),),
            small=self._texts(locale, "card.ref", ref=ref_of(request.interaction_id)),
            images=(),
            accent="failed",
        )

    def alt(self, request: Request, job: Job, *, total: int, hide_words: bool = False) -> str:
        """The alt text of an image: its own model, and the prompt as it was drawn from."""
        locale = card_locale(request)
        drawn = str(job.payload.get("prompt", request.prompt))
        prompt = ELLIPSIS if hide_words else plain(drawn, characters_max=ALT_CHARACTERS_MAX - 120)
        values = {"model": label_of(self._catalog, job), "prompt": prompt, "number": job.number + 1, "total": total}
        text = self._texts(locale, "card.alt" if total > 1 else "card.alt.one", **values)
        return plain(text, characters_max=ALT_CHARACTERS_MAX)

    @staticmethod
    def _fetching(jobs: Sequence[Job], view: View) -> list[Job]:
        """The finished images that are not at hand yet."""
        there = set(view.images) | view.unfetched
        return [job for job in jobs if job.state is State.DONE and job.number not in there]

    @staticmethod
    def _all_fetching(jobs: Sequence[Job], view: View) -> bool:
        """Whether the card says that fetching is all that is left."""
        return view.fetching and all(job.ended for job in jobs)

    def _title(self, locale: str, jobs: Sequence[Job], view: View, *, over: bool) -> str:
        total, ready = len(jobs), len(view.images)
        if over:
            if ready == 0:
                return self._texts(locale, "card.title.failed", count=total)
            if ready == total:
                return self._texts(locale, "card.title.done", count=total)
        if ready:
            return self._texts(locale, "card.title.some", ready=ready, total=total)
        return self._texts(locale, "card.title.waiting" if view.waiting else "card.title.painting", count=total)

    def _prompt(self, locale: str, request: Request, jobs: Sequence[Job], view: View, *, beside: Sequence[str]) -> str:
        """The prompt, as much of it as the texts beside it leave room for."""
        if words_blocked(request, jobs):
            return self._texts(locale, "card.withheld")
        if view.hide_words:
            return self._texts(locale, "card.hidden")
        characters = sum(map(len, (QUOTE, *beside)))
        size_bytes = sum(len(text.encode()) + TEXT_OVERHEAD_BYTES for text in (QUOTE, *beside))
        return quoted(
            clipped(
                request.prompt,
                characters_max=CARD_CHARACTERS_MAX - characters,
                bytes_max=CARD_BYTES_MAX - size_bytes,
            )
        )

    def _lines(self, locale: str, request: Request, jobs: Sequence[Job], view: View, *, over: bool) -> Iterable[str]:
        """What stands below the prompt."""
        if len(request.prompt) > PROMPT_READ_CHARACTERS:
            yield self._texts(locale, "card.prompt.cut", limit=PROMPT_READ_CHARACTERS)
        if view.parent is not None:
            yield self._texts(locale, "card.parent", link=view.parent)
        if not over:
            if request.reach is Reach.REPLY:
                yield self._texts(locale, "card.reply_only", seconds=token_ends_s(request))
            yield f"{self._bar(jobs, view)} {self._progress(locale, request, jobs, view)}"
        named = names(self._catalog, jobs, hide_words=view.hide_words)
        # Until there is an image, those that are to come.
        told = view.images if over or view.images else named
        if named and told:
            yield self._which(locale, named, told)
        yield from self._failures.lines(locale, jobs, named=named, hide_words=view.hide_words)
        if view.unfetched:
            yield self._texts(locale, "card.unfetched", count=len(view.unfetched))

    def _which(self, locale: str, named: Mapping[int, str], numbers: Iterable[int]) -> str:
        """Which image is which, as they stand from left to right and from top to bottom."""
        told = []
        for first, last, name in in_order(named, numbers):
            message_id = "card.which.one" if first == last else "card.which.several"
            told.append(self._texts(locale, message_id, first=first, last=last, name=harmless(name)))
        return " · ".join(told)

    def _bar(self, jobs: Sequence[Job], view: View) -> str:
        """Of one image the time, of several how many are over. The words beside it say the same."""
        if len(jobs) > 1:
            coming = len(self._fetching(jobs, view)) + sum(not job.ended for job in jobs)
            return bar(len(jobs) - coming, len(jobs))
        if view.waiting:
            return bar(0, BLOCKS)
        if self._all_fetching(jobs, view):
            return bar(BLOCKS, BLOCKS)
        return bar(blocks(view.percent) if view.pace is Pace.USUAL else BLOCKS - 1, BLOCKS)

    def _progress(self, locale: str, request: Request, jobs: Sequence[Job], view: View) -> str:
        if self._all_fetching(jobs, view):
            return self._texts(locale, "card.fetching", count=len(self._fetching(jobs, view)))
        if view.waiting:
            return self._waiting(locale, view)
        match view.pace:
            case Pace.SLOW:
                return self._slow(locale, request, until_s=view.gives_up_ms // 1000)
            case Pace.OVERDUE:
                return self._texts(locale, "card.overdue")
            case Pace.USUAL:
                expected = self._texts(locale, "card.expected", seconds=-(-view.expected_ms // 1000))
                if not view.percent:
                    return expected
                return f"{self._texts(locale, 'card.percent', percent=view.percent)} {expected}"

    def _waiting(self, locale: str, view: View) -> str:
        """Its place in the line of its server, and when it may start, as far as either is known."""
        if view.place is None:
            return self._texts(locale, "card.waiting")
        where = {"place": view.place.ahead + 1, "here": view.place.here}
        place = self._texts(locale, "card.waiting.place" if view.place.ahead else "card.waiting.next", **where)
        if view.starts_ms is None:
            return f"{place} {self._texts(locale, 'card.waiting.soon')}"
        # Rounded up, so that nobody is promised a second.
        due_s = -(-view.starts_ms // DUE_ROUNDED_MS) * DUE_ROUNDED_MS // 1000
        return f"{place} {self._texts(locale, 'card.waiting.due', seconds=due_s)}"

    def _slow(self, locale: str, request: Request, *, until_s: int) -> str:
        """A private card cannot be changed once its token has ended; so it says where its end will be told."""
        if not request.private or request.reach is Reach.REPLY:
            return self._texts(locale, "card.slow", seconds=until_s)
        return self._texts(locale, "card.slow.private", seconds=until_s, token_ends_s=token_ends_s(request))
