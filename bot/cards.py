"""The card of a request: what people see of it at each moment. Pure; two equal cards look the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.catalog import Catalog
from bot.jobs import Job, Outcome, Request, State
from bot.markdown import QUOTE, clipped, plain, quoted
from bot.money import credits_text
from bot.ports import Card, CardImage
from bot.small_print import SmallPrint
from bot.text import Texts
from bot.ways import TOKEN_LIFE_MS

# Discord shows at most 4,000 characters of text in a message and, as was seen, fails above about 10,170 bytes, counting
# 12 for each text. Some room is left for the rim, which may put a mention above the card.
CARD_CHARACTERS_MAX = 3900
CARD_BYTES_MAX = 9800
TEXT_OVERHEAD_BYTES = 12
# What Segmind said: of all images together, and of one.
DETAIL_CHARACTERS_MAX = 600
DETAIL_BYTES_MAX = 1400
DETAIL_OF_ONE_MAX = 300
ALT_CHARACTERS_MAX = 1000
# 480 tokens are about this many characters of English (Google's documentation of Imagen).
PROMPT_READ_CHARACTERS = 1800

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
    where it is worth saying;
    `images` are the pictures at hand by job number; `unfetched` the numbers whose file could not be had;
    `shrunk` says that a picture was made smaller for Discord; `hide_words` that AutoMod objected to the prompt.
    """

    pace: Pace
    waiting: bool
    fetching: bool
    expected_ms: int
    gives_up_ms: int
    images: Mapping[int, CardImage]
    unfetched: frozenset[int] = frozenset()
    shrunk: bool = False
    hide_words: bool = False


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


class CardWriter:
    """Writes cards in the words of the catalogues."""

    def __init__(self, *, texts: Texts, catalog: Catalog) -> None:
        self._texts = texts
        self._catalog = catalog
        self._small_print = SmallPrint(texts=texts, catalog=catalog)

    def write(self, request: Request, jobs: Sequence[Job], view: View) -> Card:
        """The whole card, as it must look now."""
        locale = card_locale(request)
        over = all(job.ended for job in jobs) and not self._fetching(jobs, view)
        title = self._title(locale, jobs, view, over=over)
        lines = tuple(self._lines(locale, request, jobs, view, over=over))
        small = self._small_print.write(
            locale,
            jobs,
            ref=ref_of(request.interaction_id),
            finished=over and bool(view.images),
            shrunk=view.shrunk,
            hide_words=view.hide_words,
        )
        return Card(
            title=title,
            lines=(self._prompt(locale, request, view, beside=(title, *lines, small)), *lines),
            small=small,
            images=tuple(view.images[number] for number in sorted(view.images)),
            accent="waiting" if not over else "done" if view.images else "failed",
        )

    def alt(self, request: Request, job: Job, *, total: int, hide_words: bool = False) -> str:
        """The alt text of an image."""
        locale = card_locale(request)
        prompt = "…" if hide_words else plain(request.prompt, characters_max=ALT_CHARACTERS_MAX - 120)
        values = {"model": self._label(job), "prompt": prompt, "number": job.number + 1, "total": total}
        text = self._texts(locale, "card.alt" if total > 1 else "card.alt.one", **values)
        return plain(text, characters_max=ALT_CHARACTERS_MAX)

    def _label(self, job: Job) -> str:
        model = self._catalog.get(job.model)
        return model.label if model else job.model

    @staticmethod
    def _fetching(jobs: Sequence[Job], view: View) -> list[Job]:
        """The finished images that are not at hand yet."""
        there = set(view.images) | view.unfetched
        return [job for job in jobs if job.state is State.DONE and job.number not in there]

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

    def _prompt(self, locale: str, request: Request, view: View, *, beside: Sequence[str]) -> str:
        """The prompt, as much of it as the texts beside it leave room for."""
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
        if not over:
            yield self._progress(locale, request, jobs, view)
        yield from self._failures(locale, jobs, hide_words=view.hide_words)
        if view.unfetched:
            yield self._texts(locale, "card.unfetched", count=len(view.unfetched))

    def _progress(self, locale: str, request: Request, jobs: Sequence[Job], view: View) -> str:
        fetching = self._fetching(jobs, view)
        if view.fetching and all(job.ended for job in jobs):
            return self._texts(locale, "card.fetching", count=len(fetching))
        if view.waiting:
            return self._texts(locale, "card.waiting")
        match view.pace:
            case Pace.SLOW:
                return self._slow(locale, request, until_s=view.gives_up_ms // 1000)
            case Pace.OVERDUE:
                return self._texts(locale, "card.overdue")
            case Pace.USUAL:
                return self._texts(locale, "card.expected", seconds=-(-view.expected_ms // 1000))

    def _slow(self, locale: str, request: Request, *, until_s: int) -> str:
        """A private card cannot be changed once its token has ended; so it says where its end will be told."""
        if not request.private:
            return self._texts(locale, "card.slow", seconds=until_s)
        token_ends_s = (request.created_ms + TOKEN_LIFE_MS) // 1000
        return self._texts(locale, "card.slow.private", seconds=until_s, token_ends_s=token_ends_s)

    def _failures(self, locale: str, jobs: Sequence[Job], *, hide_words: bool) -> Iterable[str]:
        """Each reason once, with how many images it cost, and what came back."""
        failed = [job for job in jobs if job.ended and job.state is not State.DONE]
        if not failed:
            return
        if len(jobs) > 1:
            yield self._texts(locale, "card.images_failed", count=len(failed))
        details = {job.number: "" if hide_words else _detail(job, share=len(failed)) for job in failed}
        yield from dict.fromkeys(self._reason(locale, job, details[job.number]) for job in failed)
        returned = sum(job.price_microcredits for job in failed)
        if returned:
            yield self._texts(locale, "card.returned", credits=credits_text(returned, self._texts.spoken(locale)))

    def _reason(self, locale: str, job: Job, detail: str) -> str:
        outcome = job.outcome or Outcome.PROVIDER_FAILED
        model = self._catalog.get(job.model)
        successor = self._catalog.get(model.successor or "") if model else None
        message_id = f"outcome.{outcome.value}"
        if outcome is Outcome.MODEL_RETIRED and successor is not None:
            message_id += ".successor"
        return self._texts(
            locale,
            message_id,
            model=self._label(job),
            successor=successor.found_as if successor else "",
            category=self._texts(locale, f"category.{job.category or 'other'}"),
            detail=f"“{detail}”" if detail else self._texts(locale, "outcome.no_reason"),
        )


def _detail(job: Job, *, share: int) -> str:
    """What Segmind said about this one of so many images."""
    characters_max = min(DETAIL_OF_ONE_MAX, DETAIL_CHARACTERS_MAX // share)
    return clipped(job.detail or "", characters_max=characters_max, bytes_max=DETAIL_BYTES_MAX // share)
