"""The card of a finished request once more: in another message, or for one person alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.cards.writer import CardWriter, card_locale
from bot.clock import Clock
from bot.jobs import Job, Request
from bot.ports import Card, CardImage
from bot.text import Texts
from bot.tracker.views import Moments


class CopyWriter:
    """Writes cards in the words of the catalogues."""

    def __init__(self, *, writer: CardWriter, texts: Texts, clock: Clock) -> None:
        self._writer = writer
        self._texts = texts
        self._clock = clock

    def write(
        self, request: Request, jobs: Sequence[Job], images: Mapping[int, CardImage], *, own: bool = False
    ) -> Card:
        """The card with these images, by job number; of the other jobs nothing is said.

        Its title says whose it is, unless it is only for its owner's eyes: `own`. Without images it is what remains of a
        request whose images were removed.
        """
        told = [job for job in jobs if job.number in images] or jobs
        view = Moments().view(told, images=images, now_ms=self._clock.now_ms())
        card = self._writer.write(request, told, replace(view, hide_words=_hides(request, own=own)))
        if own or not images:
            return card
        member = f"<@{request.user_id}>"
        return replace(card, title=self._texts(card_locale(request), "show.title", count=len(images), member=member))

    def alt(self, request: Request, job: Job, *, total: int, own: bool = False) -> str:
        """The alt text of an image of such a card with so many."""
        return self._writer.alt(request, job, total=total, hide_words=_hides(request, own=own))


def _hides(request: Request, *, own: bool) -> bool:
    """Whether the words are not for whoever sees the card."""
    return request.hide_words and not own


def spoken_to(request: Request, locale: str) -> Request:
    """The same request, whose card speaks this language."""
    return replace(request, locale=locale, guild_locale=locale)
