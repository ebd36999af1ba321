"""The last line of a card: the model, what it was sent, what it took and cost, and the request's short name. Pure."""

from collections.abc import Collection, Iterable, Sequence

from bot.asking.edits import NEGATIVE, SHAPE
from bot.cards.names import label_of
from bot.catalog import Catalog
from bot.jobs import Job
from bot.markdown import ELLIPSIS, clipped
from bot.money import credits_text
from bot.text import Texts

# Of several models together.
SEVERAL_CHARACTERS_MAX = 900
WITHOUT_CHARACTERS_MAX = 160
# What is told where somebody chose it; all else stands in the details.
TOLD = ("steps", "guidance_scale")


class SmallPrint:
    """Writes small print in the words of the catalogues."""

    def __init__(self, *, texts: Texts, catalog: Catalog) -> None:
        self._texts = texts
        self._catalog = catalog

    def write(
        self,
        locale: str,
        jobs: Sequence[Job],
        *,
        given: Collection[str],
        ref: str,
        finished: bool,
        shrunk: bool,
        hide_words: bool,
    ) -> str:
        """The whole line. `finished` says that the card has come to its end, with an image on it.

        `given` names what whoever asked gave; of all else only what the model does not usually get was chosen.
        """
        return " · ".join(
            (
                *self._what(locale, jobs, given=given, hide_words=hide_words),
                *self._how(locale, jobs, finished=finished, shrunk=shrunk),
                self._texts(locale, "card.ref", ref=ref),
            )
        )

    def _what(self, locale: str, jobs: Sequence[Job], *, given: Collection[str], hide_words: bool) -> Iterable[str]:
        """Of several models: what all of them were sent, once; then each with what it alone was sent."""
        by_model: dict[str, list[Job]] = {}
        for job in jobs:
            by_model.setdefault(job.model, []).append(job)
        told = [
            (label_of(self._catalog, own[0]), self._sent(locale, own, given=given, hide_words=hide_words))
            for own in by_model.values()
        ]
        if len(told) == 1:
            label, parts = told[0]
            return (label, *parts)
        common = [part for part in told[0][1] if all(part in parts for _, parts in told)]
        apart = (_own(label, [part for part in parts if part not in common]) for label, parts in told)
        return _fitting((*common, *apart), characters_max=SEVERAL_CHARACTERS_MAX)

    def _sent(self, locale: str, jobs: Sequence[Job], *, given: Collection[str], hide_words: bool) -> Sequence[str]:
        """What these jobs of one model were sent."""
        parts = [*self._parameters(jobs[0], given), *self._seeds(locale, jobs)]
        without = jobs[0].payload.get(NEGATIVE)
        if without and not hide_words and self._was_chosen(jobs[0], NEGATIVE, given):
            words = _line(str(without), characters_max=WITHOUT_CHARACTERS_MAX)
            parts.append(self._texts(locale, "card.without", words=words))
        return parts

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

    def _parameters(self, job: Job, given: Collection[str]) -> Iterable[str]:
        """The shape, and of the numbers those that somebody chose."""
        payload = job.payload
        if SHAPE in payload:
            yield str(payload[SHAPE])
        if "width" in payload and "height" in payload:
            yield f"{payload['width']}×{payload['height']}"
        for name in TOLD:
            if name in payload and self._was_chosen(job, name, given):
                yield f"{name.replace('_', ' ')} {payload[name]}"

    def _was_chosen(self, job: Job, name: str, given: Collection[str]) -> bool:
        model = self._catalog.get(job.model)
        field = None if model is None else model.field(name)
        return name in given or (field is not None and job.payload[name] != field.default)

    def _seeds(self, locale: str, jobs: Sequence[Job]) -> Iterable[str]:
        seeds = [job.seed for job in jobs if job.seed is not None]
        if len(set(seeds)) == 1:
            yield self._texts(locale, "card.seed", seed=seeds[0])
        elif seeds and seeds[-1] - seeds[0] != len(seeds) - 1:
            # Past the largest seed they begin anew.
            yield self._texts(locale, "card.seeds.listed", seeds=", ".join(map(str, seeds)))
        elif seeds:
            yield self._texts(locale, "card.seeds", first=seeds[0], last=seeds[-1])


def _line(words: str, *, characters_max: int) -> str:
    """Somebody's words within a line of ours."""
    return clipped(words, characters_max=characters_max, bytes_max=3 * characters_max).replace("\n", " ")


def _own(label: str, parts: Sequence[str]) -> str:
    """A model, and what it alone was sent."""
    return f"{label} ({', '.join(parts)})" if parts else label


def _fitting(parts: Iterable[str], *, characters_max: int) -> Iterable[str]:
    """As many as there is room for."""
    room = characters_max
    for part in parts:
        room -= len(part)
        if room < 0:
            yield ELLIPSIS
            return
        yield part
