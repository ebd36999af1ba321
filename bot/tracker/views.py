"""What time does to a card: when it is expected, when it is overdue, when it is slow. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.cards.progress import moves_ms, percent_over
from bot.cards.writer import Pace, View
from bot.jobs import Job, Outcome, State
from bot.pacing import OVERDUE_S, RESULT_KEPT_S
from bot.ports import Card, CardImage, Sighting
from bot.turns import Place

# A turn that comes sooner than this is not worth a word, nor an edit.
WAITING_MS = 5_000
# The place in line is looked at this often. With each change that is told an edit goes to Discord: it is told where
# so many times fewer are ahead than before, and a new time where the old one has passed, ever less often.
PLACE_MS = 15_000
PLACE_RATIO = 4
# Nor is a picture that is fetched as fast as this.
FETCHING_MS = 3_000


def fetched(job: Job) -> bool:
    """Whether a finished job needs no more fetching: its picture is here, or cannot be had, or is not wanted any more."""
    return job.sha256 is not None or job.outcome in {Outcome.BAD_PICTURE, Outcome.REMOVED}


def settled(jobs: Iterable[Job]) -> bool:
    """Whether nothing about these jobs can change any more."""
    return all(job.ended and (job.state is not State.DONE or fetched(job)) for job in jobs)


def complete(jobs: Sequence[Job], *, shown: Collection[int]) -> bool:
    """Whether a card that shows these images tells the whole story."""
    return settled(jobs) and all(job.number in shown for job in jobs if job.sha256 is not None)


def told_by(there: Sighting, card: Card, *, removed: bool) -> bool:
    """Whether people see the end that this card tells, and not what stood there before images were removed or hidden.

    Only its end has that accent, and it has all of the images; of ends without an image, the title says which it is.
    """
    images = len(there.receipt.attachment_ids), there.hidden
    same = there.accent == card.accent and images == (len(card.images), sum(image.spoiler for image in card.images))
    return card.accent != "waiting" and same and (there.title == card.title or not removed)


def _begun_ms(job: Job) -> int | None:
    """When its POST left, where one did: over v1, or while a lost answer is looked for, there is no RUNNING yet."""
    return job.submitting_ms if job.submitting_ms is not None else job.running_ms


def _waited(job: Job, begun_ms: int) -> bool:
    """Whether it began noticeably later than it was asked for."""
    return begun_ms - job.accepted_ms >= WAITING_MS


@dataclass(frozen=True, slots=True)
class _Told:
    """What a card says of a place in line, and since when."""

    place: Place
    starts_ms: int | None
    at_ms: int

    def holds(self, place: Place, *, since_ms: int, now_ms: int) -> bool:
        """Whether it need not be told anew of a job that waits since then: an edit is dear, and people see the time run."""
        if now_ms - self.at_ms < PLACE_MS:
            return True
        if place.ahead * PLACE_RATIO <= self.place.ahead and place != self.place:
            return False
        late = self.starts_ms is not None and self.starts_ms <= now_ms
        return not late or now_ms - self.at_ms < self.at_ms - since_ms


@dataclass(slots=True)
class Moments:
    """When a card of these jobs changes by time alone.

    `usual_ms` is what a job of this model usually takes from its start, `overdue_ms` what it seldom exceeds. They are
    fixed for the life of a card, so that what is learned meanwhile does not edit cards that are waiting.
    """

    usual_ms: int = 12_000
    overdue_ms: int = 30_000
    _told: _Told | None = None

    def view(
        self,
        jobs: Sequence[Job],
        *,
        images: Mapping[int, CardImage],
        now_ms: int,
        place: Place | None = None,
        starts_ms: int | None = None,
    ) -> View:
        """What the card writer needs to know besides the jobs; `place` and `starts_ms` are of the first one that waits."""
        open_jobs = [job for job in jobs if not settled([job])]
        place, starts_ms = self._line(jobs[0], place, starts_ms, now_ms=now_ms)
        expected_ms = max((self._expected_ms(job, starts_ms) for job in open_jobs), default=now_ms)
        started = [begun_ms for job in open_jobs if (begun_ms := _begun_ms(job)) is not None]
        idle = bool(open_jobs) and not started and not any(job.ended for job in open_jobs)
        # Where it is known from the first that it has to wait, the first card says so, and that saves an edit.
        waits_ms = max(now_ms, 0 if starts_ms is None else starts_ms) - jobs[0].accepted_ms
        return View(
            pace=self._pace(open_jobs, now_ms),
            waiting=idle and waits_ms >= WAITING_MS,
            # Where nothing is open, what is not on the card yet is on its way there, one image an edit.
            fetching=not open_jobs
            or any(job.finished_ms is not None and now_ms - job.finished_ms >= FETCHING_MS for job in open_jobs),
            expected_ms=expected_ms,
            gives_up_ms=max(started, default=now_ms) + int(RESULT_KEPT_S * 1000),
            images=images,
            place=place,
            starts_ms=starts_ms,
            percent=self._percent(jobs, now_ms),
            unfetched=frozenset(job.number for job in jobs if job.outcome is Outcome.BAD_PICTURE),
        )

    def next_change_s(self, jobs: Sequence[Job], *, now_ms: int, in_line: bool = False) -> float | None:
        """In how many seconds time alone changes the card, or None; one `in_line` may have moved up."""
        ahead = [at_ms for job in jobs if not settled([job]) for at_ms in self._changes_ms(job, alone=len(jobs) == 1)]
        ahead = [at_ms for at_ms in ahead if at_ms > now_ms]
        if in_line:
            ahead.append(now_ms + PLACE_MS - (now_ms - jobs[0].accepted_ms) % PLACE_MS)
        return (min(ahead) - now_ms) / 1000 if ahead else None

    def _line(
        self, job: Job, place: Place | None, starts_ms: int | None, *, now_ms: int
    ) -> tuple[Place | None, int | None]:
        """What the card says of its place: what it said before, until that is worth an edit."""
        if place is None:
            self._told = None
            return None, starts_ms
        if self._told is None or not self._told.holds(place, since_ms=job.accepted_ms, now_ms=now_ms):
            self._told = _Told(place, starts_ms, now_ms)
        return self._told.place, self._told.starts_ms

    def _changes_ms(self, job: Job, *, alone: bool) -> Iterable[int]:
        if job.finished_ms is not None:
            yield job.finished_ms + FETCHING_MS
        elif (begun_ms := _begun_ms(job)) is None:
            yield job.accepted_ms + WAITING_MS
        else:
            if alone and not _waited(job, begun_ms):
                yield from (begun_ms + move_ms for move_ms in moves_ms(self.usual_ms))
            yield begun_ms + self.overdue_ms
            yield begun_ms + int(OVERDUE_S * 1000)

    def _percent(self, jobs: Sequence[Job], now_ms: int) -> int:
        """How much of the usual time of a single image is over.

        Of several, those that are here say more; and where the card has told of waiting, it has been edited enough.
        """
        begun_ms = _begun_ms(jobs[0])
        if len(jobs) > 1 or begun_ms is None or _waited(jobs[0], begun_ms):
            return 0
        until_ms = now_ms if jobs[0].finished_ms is None else jobs[0].finished_ms
        return percent_over(until_ms - begun_ms, usual_ms=self.usual_ms)

    def _expected_ms(self, job: Job, starts_ms: int | None) -> int:
        """Counted from acceptance while the start is not noticeably later; of one that waits, from when it may start."""
        begun_ms = _begun_ms(job)
        if begun_ms is None and starts_ms is not None and starts_ms - job.accepted_ms >= WAITING_MS:
            return starts_ms + self.usual_ms
        late = begun_ms is not None and _waited(job, begun_ms)
        return (begun_ms if begun_ms is not None and late else job.accepted_ms) + self.usual_ms

    def _pace(self, jobs: Iterable[Job], now_ms: int) -> Pace:
        """A job that has ended keeps the pace it had: its picture comes at once, or is said to be fetched."""
        ran_ms = (
            (now_ms if job.finished_ms is None else job.finished_ms) - begun_ms
            for job in jobs
            if (begun_ms := _begun_ms(job)) is not None
        )
        running_ms = max(ran_ms, default=0)
        if running_ms >= OVERDUE_S * 1000:
            return Pace.SLOW
        return Pace.OVERDUE if running_ms >= self.overdue_ms else Pace.USUAL
