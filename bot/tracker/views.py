"""What time does to a card: when it is expected, when it is overdue, when it is slow. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.cards import Pace, View
from bot.jobs import Job, Outcome, State
from bot.pacing import OVERDUE_S, RESULT_KEPT_S
from bot.ports import Card, CardImage, Sighting

# A turn that comes sooner than this is not worth a word, nor an edit.
WAITING_MS = 5_000
# Nor is a picture that is fetched as fast as this.
FETCHING_MS = 3_000


def fetched(job: Job) -> bool:
    """Whether a finished job needs no more fetching: its picture is here, or cannot be had."""
    return job.sha256 is not None or job.outcome is Outcome.BAD_PICTURE


def settled(jobs: Iterable[Job]) -> bool:
    """Whether nothing about these jobs can change any more."""
    return all(job.ended and (job.state is not State.DONE or fetched(job)) for job in jobs)


def complete(jobs: Sequence[Job], *, shown: Collection[int]) -> bool:
    """Whether a card that shows these images tells the whole story."""
    return settled(jobs) and all(job.number in shown for job in jobs if job.sha256 is not None)


def told_by(there: Sighting, card: Card) -> bool:
    """Whether people see the end that this card tells: only its end has that accent, and it has all of the images."""
    same = there.accent == card.accent and len(there.receipt.attachment_ids) == len(card.images)
    return card.accent != "waiting" and same


def _begun_ms(job: Job) -> int | None:
    """When its POST left, where one did: over v1, or while a lost answer is looked for, there is no RUNNING yet."""
    return job.submitting_ms if job.submitting_ms is not None else job.running_ms


@dataclass(slots=True)
class Moments:
    """When a card of these jobs changes by time alone.

    `usual_ms` is what a job of this model usually takes from its start, `overdue_ms` what it seldom exceeds. They are
    fixed for the life of a card, so that what is learned meanwhile does not edit cards that are waiting.
    """

    usual_ms: int = 12_000
    overdue_ms: int = 30_000

    def view(self, jobs: Sequence[Job], *, images: Mapping[int, CardImage], now_ms: int) -> View:
        """What the card writer needs to know besides the jobs."""
        open_jobs = [job for job in jobs if not settled([job])]
        expected_ms = max((self._expected_ms(job) for job in open_jobs), default=now_ms)
        started = [begun_ms for job in open_jobs if (begun_ms := _begun_ms(job)) is not None]
        waited_ms = now_ms - jobs[0].accepted_ms
        return View(
            pace=self._pace(open_jobs, now_ms),
            waiting=bool(open_jobs)
            and not started
            and not any(job.ended for job in open_jobs)
            and waited_ms >= WAITING_MS,
            # Where nothing is open, what is not on the card yet is on its way there, one image an edit.
            fetching=not open_jobs
            or any(job.finished_ms is not None and now_ms - job.finished_ms >= FETCHING_MS for job in open_jobs),
            expected_ms=expected_ms,
            gives_up_ms=max(started, default=now_ms) + int(RESULT_KEPT_S * 1000),
            images=images,
            unfetched=frozenset(job.number for job in jobs if job.outcome is Outcome.BAD_PICTURE),
        )

    def next_change_s(self, jobs: Sequence[Job], *, now_ms: int) -> float | None:
        """In how many seconds time alone changes the card, or None."""
        ahead = [at_ms for job in jobs if not settled([job]) for at_ms in self._changes_ms(job) if at_ms > now_ms]
        return (min(ahead) - now_ms) / 1000 if ahead else None

    def _changes_ms(self, job: Job) -> Iterable[int]:
        if job.finished_ms is not None:
            yield job.finished_ms + FETCHING_MS
        elif (begun_ms := _begun_ms(job)) is None:
            yield job.accepted_ms + WAITING_MS
        else:
            yield begun_ms + self.overdue_ms
            yield begun_ms + int(OVERDUE_S * 1000)

    def _expected_ms(self, job: Job) -> int:
        """Counted from acceptance while the start is not noticeably later."""
        begun_ms = _begun_ms(job)
        late = begun_ms is not None and begun_ms - job.accepted_ms >= WAITING_MS
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
