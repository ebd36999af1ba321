"""The last line of a card: the model, what it was sent, what it took and cost, and the request's short name. Pure."""

from collections.abc import Iterable, Sequence

from bot.catalog import Catalog
from bot.fields import Choice
from bot.jobs import Job
from bot.markdown import ELLIPSIS, clipped
from bot.money import credits_text
from bot.text import Texts

PARAMETERS_CHARACTERS_MAX = 400
WITHOUT_CHARACTERS_MAX = 160
WORDS_CHARACTERS_MAX = 60
# Parameters that have a place of their own on the card.
TOLD_APART = frozenset({"prompt", "negative_prompt", "seed"})


class SmallPrint:
    """Writes small print in the words of the catalogues."""

    def __init__(self, *, texts: Texts, catalog: Catalog) -> None:
        self._texts = texts
        self._catalog = catalog

    def write(
        self, locale: str, jobs: Sequence[Job], *, ref: str, finished: bool, shrunk: bool, hide_words: bool
    ) -> str:
        """The whole line. `finished` says that the card has come to its end, with an image on it."""
        return " · ".join(
            (
                *self._what(locale, jobs, hide_words=hide_words),
                *self._how(locale, jobs, finished=finished, shrunk=shrunk),
                self._texts(locale, "card.ref", ref=ref),
            )
        )

    def _what(self, locale: str, jobs: Sequence[Job], *, hide_words: bool) -> Iterable[str]:
        first = jobs[0]
        model = self._catalog.get(first.model)
        yield model.label if model else first.model
        yield from _fitting(self._parameters(first, hide_words=hide_words))
        yield from self._seeds(locale, jobs)
        without = first.payload.get("negative_prompt")
        if without and not hide_words:
            words = _line(str(without), characters_max=WITHOUT_CHARACTERS_MAX)
            yield self._texts(locale, "card.without", words=words)

    def _how(self, locale: str, jobs: Sequence[Job], *, finished: bool, shrunk: bool) -> Iterable[str]:
        if finished:
            # Never below zero, though the machine's clock may have been set back meanwhile.
            took_ms = max(0, max(job.finished_ms or job.accepted_ms for job in jobs) - jobs[0].accepted_ms)
            yield self._texts(locale, "card.took", seconds=-(-took_ms // 1000))
        if shrunk:
            yield self._texts(locale, "card.shrunk")
        price = sum(job.paid_microcredits if job.ended else job.price_microcredits for job in jobs)
        if price:
            yield self._texts(locale, "card.credits", credits=credits_text(price, self._texts.spoken(locale)))

    def _parameters(self, job: Job, *, hide_words: bool) -> Iterable[str]:
        """The parameters that were sent, in the order of the catalog, short."""
        payload = {name: value for name, value in job.payload.items() if name not in TOLD_APART}
        width, height = payload.pop("width", None), payload.pop("height", None)
        if "aspect_ratio" in payload:
            yield str(payload.pop("aspect_ratio"))
        if width is not None and height is not None:
            yield f"{width}×{height}"
        model = self._catalog.get(job.model)
        for name, value in payload.items():
            if not isinstance(value, str):
                yield f"{_spaced(name)} {str(value).lower()}"
            elif model is not None and isinstance(model.field(name), Choice):
                yield f"{_spaced(name)} {_spaced(value)}"
            elif value and not hide_words:
                yield f"{_spaced(name)} {_line(value, characters_max=WORDS_CHARACTERS_MAX)}"

    def _seeds(self, locale: str, jobs: Sequence[Job]) -> Iterable[str]:
        seeds = [job.seed for job in jobs if job.seed is not None]
        if len(seeds) == 1:
            yield self._texts(locale, "card.seed", seed=seeds[0])
        elif seeds and seeds[-1] - seeds[0] != len(seeds) - 1:
            # Past the largest seed they begin anew.
            yield self._texts(locale, "card.seeds.listed", seeds=", ".join(map(str, seeds)))
        elif seeds:
            yield self._texts(locale, "card.seeds", first=seeds[0], last=seeds[-1])


def _line(words: str, *, characters_max: int) -> str:
    """Somebody's words within a line of ours."""
    return clipped(words, characters_max=characters_max, bytes_max=3 * characters_max).replace("\n", " ")


def _spaced(name: str) -> str:
    """One of Segmind's words as people write: BLOCK_LOW_AND_ABOVE is block low and above."""
    return name.replace("_", " ").lower() if "_" in name else name


def _fitting(parts: Iterable[str]) -> Iterable[str]:
    """As many as there is room for."""
    room = PARAMETERS_CHARACTERS_MAX
    for part in parts:
        room -= len(part)
        if room < 0:
            yield ELLIPSIS
            return
        yield part
