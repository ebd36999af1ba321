"""What runs and waits in a server, in words: who asked and since when, and one's own place. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.cards.writer import ref_of
from bot.catalog import Catalog
from bot.jobs import Job, Request
from bot.text import Texts
from bot.turns import Place

SHOWN_MAX = 10
OWN_MAX = 5
_MS_PER_S = 1000


class Queued(Protocol):
    """A request with its jobs that have not ended, as bot/tracker/queue.py finds it."""

    @property
    def request(self) -> Request: ...
    @property
    def jobs(self) -> tuple[Job, ...]: ...
    @property
    def place(self) -> Place | None: ...
    @property
    def waits(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueText:
    """Words about a queue in one person's language."""

    texts: Texts
    catalog: Catalog
    locale: str

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    def paragraphs(self, queued: Sequence[Queued], *, user_id: int) -> list[str]:
        """First one's own, then what runs, what waits, and how many are private. Of others' private ones nothing else."""
        if not queued:
            return [self("queue.none")]
        own = [each for each in queued if each.request.user_id == user_id]
        others = [each for each in queued if each.request.user_id != user_id]
        public = [each for each in others if not each.request.private]
        running, waiting = ([each for each in public if each.waits is waits] for waits in (False, True))
        private = len(others) - len(public)
        paragraphs = [
            self._list("queue.own", map(self._own, own), shown_max=OWN_MAX, total=len(own)),
            self._list("queue.running", map(self._line, running), shown_max=SHOWN_MAX, total=len(running)),
            self._list("queue.waiting", map(self._line, waiting), shown_max=SHOWN_MAX, total=len(waiting)),
            self("queue.private", count=private) if private else "",
        ]
        return [each for each in paragraphs if each]

    def _list(self, title: str, lines: Iterable[str], *, shown_max: int, total: int) -> str:
        """A title with so many lines below it, and how many more there are; empty where there is none."""
        if not total:
            return ""
        shown = [line for line, _ in zip(lines, range(shown_max), strict=False)]
        more = [self("queue.more", count=total - len(shown))] if total > len(shown) else []
        return "\n".join((self(title), *shown, *more))

    def _own(self, queued: Queued) -> str:
        ref, place = ref_of(queued.request.interaction_id), queued.place
        if not queued.waits:
            return self("queue.own.runs", ref=ref, what=self._what(queued), seconds=self._since_s(queued))
        if place is None:
            return self("queue.own.waits", ref=ref, what=self._what(queued), seconds=self._since_s(queued))
        if place.ahead == 0:
            return self("queue.own.next", ref=ref, what=self._what(queued), here=place.here)
        return self("queue.own.place", ref=ref, what=self._what(queued), count=place.ahead, here=place.here)

    def _line(self, queued: Queued) -> str:
        who = f"<@{queued.request.user_id}>"
        return self("queue.line", who=who, what=self._what(queued), seconds=self._since_s(queued))

    def _what(self, queued: Queued) -> str:
        """How many images of which model, or of how many."""
        models = list(dict.fromkeys(job.model for job in queued.jobs))
        if len(models) > 1:
            return self("queue.what.models", count=len(queued.jobs), models=len(models))
        model = self.catalog.get(models[0])
        return self("queue.what", count=len(queued.jobs), model=model.label if model else models[0])

    @staticmethod
    def _since_s(queued: Queued) -> int:
        return min(job.accepted_ms for job in queued.jobs) // _MS_PER_S
