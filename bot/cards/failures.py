"""Why some or all images of a request did not come out, as its card tells it. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from bot.cards.names import label_of
from bot.catalog import Catalog
from bot.jobs import AT_FAULT, Job, Outcome, Request, State
from bot.markdown import clipped, harmless
from bot.money import credits_text
from bot.text import Texts
from bot.usage.tally import BLOCKED

# What Segmind said: of all images together, and of one.
DETAIL_CHARACTERS_MAX = 600
DETAIL_BYTES_MAX = 1400
DETAIL_OF_ONE_MAX = 300


def words_blocked(request: Request, jobs: Sequence[Job]) -> bool:
    """Whether the prompt of a card that others see was blocked, so that nobody but its owner may see it.

    Where an image came nevertheless, the prompt was accepted.
    """
    none_came = all(job.ended and job.state is not State.DONE for job in jobs)
    return not request.private and none_came and any(job.outcome in AT_FAULT for job in jobs)


class Failures:
    """Writes what became of the images that nobody will see, in the words of the catalogues."""

    def __init__(self, *, texts: Texts, catalog: Catalog) -> None:
        self._texts = texts
        self._catalog = catalog

    def lines(self, locale: str, jobs: Sequence[Job], *, named: Mapping[int, str], hide_words: bool) -> Iterable[str]:
        """How many, each reason once with the images that it cost, and what came back; nothing where none failed."""
        failed = [job for job in jobs if job.ended and job.state is not State.DONE]
        if not failed:
            return
        if len(jobs) > 1:
            yield self._texts(locale, "card.images_failed", count=len(failed))
        yield "\n".join(self._reasons(locale, failed, named=named, hide_words=hide_words))
        if any(job.outcome in BLOCKED for job in failed):
            yield self._texts(locale, "card.not_overruled")
        returned = sum(job.price_microcredits for job in failed)
        if returned:
            yield self._texts(locale, "card.returned", credits=credits_text(returned, self._texts.spoken(locale)))

    def _reasons(
        self, locale: str, failed: Sequence[Job], *, named: Mapping[int, str], hide_words: bool
    ) -> Iterable[str]:
        by_reason: dict[str, list[str]] = {}
        for job in failed:
            detail = "" if hide_words else _detail(job, share=len(failed))
            reason = self._reason(locale, job, detail)
            by_reason.setdefault(reason, []).append(named.get(job.number, ""))
        for reason, whose in by_reason.items():
            images = ", ".join(dict.fromkeys(harmless(name) for name in whose if name))
            yield self._texts(locale, "card.reason_of", images=images, reason=reason) if images else reason

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
            model=label_of(self._catalog, job),
            successor=successor.found_as if successor else "",
            category=self._texts(locale, f"category.{job.category or 'other'}"),
            detail=self._texts(locale, "outcome.reason_given" if detail else "outcome.no_reason", reason=detail),
        )


def _detail(job: Job, *, share: int) -> str:
    """What Segmind said about this one of so many images."""
    characters_max = min(DETAIL_OF_ONE_MAX, DETAIL_CHARACTERS_MAX // share)
    return clipped(job.detail or "", characters_max=characters_max, bytes_max=DETAIL_BYTES_MAX // share)
