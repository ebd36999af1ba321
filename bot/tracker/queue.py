"""What runs and waits in a server, for people to look at."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.jobs import Job, Request, State
from bot.store import jobs as job_store
from bot.store.database import Reader
from bot.turns import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A request with those of its jobs that have not ended; `place` is that of the first one that waits."""

    request: Request
    jobs: tuple[Job, ...]
    place: Place | None

    @property
    def waits(self) -> bool:
        """Whether nothing of it runs."""
        return all(job.state is State.ACCEPTED for job in self.jobs)


async def queued_in(reader: Reader, guild_id: int, *, place: Callable[[Job], Place | None]) -> list[Queued]:
    """First what runs, the oldest first, then what waits, in the order of its turns."""
    found = [
        Queued(request=request, jobs=tuple(jobs), place=next(filter(None, map(place, jobs)), None))
        for request, jobs in await job_store.underway_in(reader, guild_id)
    ]
    return sorted(found, key=lambda each: (each.waits, each.place.ahead if each.waits and each.place else 0))
