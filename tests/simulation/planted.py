"""Bugs, planted into a machine that is assembled already; the harness must find every one of them."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.errors import DeliveryError, ProviderError
from bot.jobs import Api, Cancelled, Delivery, Job, Request, Shown, State
from bot.ports import Card, Receipt
from bot.store import ledger
from bot.store.database import Transaction
from bot.tracker.assembly import Machine
from bot.tracker.books import Books
from bot.tracker.delivery import Courier
from bot.tracker.showing import Showing
from bot.tracker.submitting import Patience, Submitter
from bot.tracker.tracker import Tracker


class SubmitsUnwritten(Submitter):
    """Writes SUBMITTING down only once the POST has been answered."""

    async def submit(self, job: Job, patience: Patience) -> Job:
        afterwards = copy.copy(self)
        afterwards.__class__ = Submitter
        ask = self._painter.submit if self._availability.api(job.slug) is Api.V2 else self._painter.paint
        try:
            answer: Any = await ask(job.slug, job.payload)
        except ProviderError as error:
            answer = error
        afterwards._painter = _Answered(answer)  # type: ignore[assignment]
        return await afterwards.submit(job, patience)


class _Answered:
    """Segmind's answer, which came before anybody wrote down that it was asked."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def submit(self, slug: str, payload: Mapping[str, Any]) -> Any:
        if isinstance(self._answer, ProviderError):
            raise self._answer
        return self._answer

    paint = submit


class SubmitsAgain(Tracker):
    """Takes a job that was being submitted when the power went for one that was not taken."""

    async def _push(self, job: Job) -> Job:
        if job.state is State.SUBMITTING:
            return await self._books.move(job, State.ACCEPTED)
        return await super()._push(job)


class ForgetsCards(Tracker):
    """Resumes jobs after a restart, and not the cards of those that had ended."""

    async def start(self) -> None:
        rows = await self._books.db.fetch("SELECT interaction_id FROM requests WHERE shown = 'open'")
        for row in rows:
            if all(job.ended for job in await self._books.jobs(row["interaction_id"])):
                self._news[row["interaction_id"]] = None  # type: ignore[assignment]
        await super().start()


class PostsBlindly(Courier):
    """Does not look for the message that was posted before the crash."""

    async def _present(self, showing: Showing, card: Card) -> Receipt | None:
        if showing.delivery.posting_ms is not None and showing.delivery.message_id is None:
            await self._save(showing, posting_ms=None)
        return await super()._present(showing, card)


class LeavesBlindly(Courier):
    """Does not look at the message that it leaves behind."""

    async def _refused(self, showing: Showing, card: Card, error: DeliveryError) -> None:
        await super()._refused(showing, replace(card, accent="waiting"), error)


class SettlesTwice(Books):
    """Books what an image cost a second time, to the operator."""

    async def move(self, job: Job, state: State, **changes: Any) -> Job:
        moved = await super().move(job, state, **changes)
        if state is State.DONE:
            await self.write(lambda tx: self._again(tx, moved))
        return moved

    async def _again(self, tx: Transaction, job: Job) -> None:
        account = {"owner": ledger.OPERATOR, "period": "ever"}
        once_more = {"interaction_id": job.interaction_id, "number": job.number, "at_ms": job.accepted_ms}
        await ledger.grant_to(tx, **account, limit_microcredits=10**9, at_ms=job.accepted_ms)
        accounts = [(account["owner"], account["period"])]
        await ledger.hold(tx, accounts=accounts, **once_more, amount_microcredits=job.price_microcredits)
        await tx.execute(
            """UPDATE balances SET held = held - $1, spent = spent + $1
            WHERE account_id = (SELECT account_id FROM accounts WHERE owner = $2)""",
            job.price_microcredits,
            ledger.OPERATOR,
        )
        await tx.execute(
            """INSERT INTO entries (account_id, period, kind, interaction_id, number, granted, held, spent, at_ms)
            SELECT account_id, $1, 'settle', $2, $3, 0, -$4, $4, $5 FROM accounts WHERE owner = $6""",
            account["period"],
            job.interaction_id,
            job.number,
            job.price_microcredits,
            job.accepted_ms,
            ledger.OPERATOR,
        )


class ReleasesNothing(Books):
    """Ends a job that failed without giving its credits back."""

    async def move(self, job: Job, state: State, **changes: Any) -> Job:
        if state is not State.FAILED:
            return await super().move(job, state, **changes)
        sql = (
            "UPDATE jobs SET state = 'failed', outcome = $3, finished_ms = $4 WHERE interaction_id = $1 AND number = $2"
        )
        values = job.interaction_id, job.number, changes["outcome"].value, self._clock.now_ms()
        await self.write(lambda tx: tx.execute(sql, *values))
        return await self.again(job)


class BelievesItsOwnEyes(Courier):
    """Marks a card delivered before Discord has confirmed it."""

    async def _present(self, showing: Showing, card: Card) -> Receipt | None:
        if card.accent != "waiting":
            shown, showing.delivery = showing.delivery, showing.delivery.ended(Shown.DELIVERED)
            await self._save(showing)
            showing.delivery = shown
        return await super()._present(showing, card)


class WritesWhatItMeant(Books):
    """Marks a card delivered though its images were removed while Discord showed them."""

    async def save_delivery(self, request: Request, delivery: Delivery) -> None:
        now = await self.request(request.interaction_id)
        await super().save_delivery(request if now is None else now[0], delivery)


class TakesAnyImageForHidden(Courier):
    """Takes an image that people see for the one behind a spoiler."""

    async def _refused(self, showing: Showing, card: Card, error: DeliveryError) -> None:
        seen = replace(card, images=tuple(replace(image, spoiler=False) for image in card.images))
        await super()._refused(showing, seen, error)


class PostsAnew(Courier):
    """Puts up a new message where it may not change the one that people have seen."""

    async def _step(self, showing: Showing) -> None:
        showing.delivery = replace(showing.delivery, retouched=False)
        await super()._step(showing)


class KeepsPictures(Books):
    """Keeps the picture that comes in for a request whose images were removed."""

    async def record(self, job: Job, **changes: Any) -> Job:
        await super().record(job, **changes)
        if changes.get("sha256"):
            sql = "UPDATE jobs SET sha256 = $3, outcome = NULL WHERE interaction_id = $1 AND number = $2"
            await self.write(lambda tx: tx.execute(sql, job.interaction_id, job.number, changes["sha256"]))
        return await self.again(job)


class FetchesAll(KeepsPictures):
    """And brings it home in the first place."""

    async def move(self, job: Job, state: State, **changes: Any) -> Job:
        await super().move(job, state, **changes)
        if state is State.DONE and not changes.get("sha256"):
            sql = "UPDATE jobs SET result_url = $3, outcome = NULL WHERE interaction_id = $1 AND number = $2"
            await self.write(lambda tx: tx.execute(sql, job.interaction_id, job.number, changes["result_url"]))
        return await self.again(job)


class RetouchesOnlyNow(Tracker):
    """After a restart nobody thinks of the cards that were to be changed."""

    async def start(self) -> None:
        for row in await self._books.db.fetch("SELECT interaction_id FROM requests WHERE retouched"):
            self._news[row["interaction_id"]] = None  # type: ignore[assignment]
        await super().start()


class CallsOffForNothing(Tracker):
    """Calls off what waits, and gives no credits back."""

    async def cancel(self, interaction_id: int) -> Cancelled:
        sql = """UPDATE jobs SET state = 'cancelled', outcome = 'called_off', finished_ms = $2
            WHERE interaction_id = $1 AND state = 'accepted'"""
        done = await self._books.write(lambda tx: tx.execute(sql, interaction_id, self._clock.now_ms()))
        await self.reopen(interaction_id)
        return Cancelled(cancelled=done, under_way=0)


class SharesNothing(Tracker):
    """Shows nobody a card that was shared behind its end."""

    async def reopen(self, interaction_id: int) -> None:
        if interaction_id in self._news:
            await super().reopen(interaction_id)


def _as(part: str, kind: type) -> Callable[[Machine], None]:
    """Plant it: the part of the tracker becomes one of this kind."""

    def plant(machine: Machine) -> None:
        (machine.tracker if part == "" else getattr(machine.tracker, part)).__class__ = kind

    return plant


PLANTED: dict[str, Callable[[Machine], None]] = {
    "no SUBMITTING row before the POST": _as("_submitter", SubmitsUnwritten),
    "submitted again from SUBMITTING": _as("", SubmitsAgain),
    "settled, and the delivery never resumed": _as("", ForgetsCards),
    "posted without looking for the post before": _as("_courier", PostsBlindly),
    "a message left without a look at it": _as("_courier", LeavesBlindly),
    "settled twice": _as("_books", SettlesTwice),
    "a release is missing": _as("_books", ReleasesNothing),
    "delivered before Discord confirmed it": _as("_courier", BelievesItsOwnEyes),
    "removed as it appeared, and delivered all the same": _as("_books", WritesWhatItMeant),
    "an image that people see taken for a hidden one": _as("_courier", TakesAnyImageForHidden),
    "a second message where the first could not be changed": _as("_courier", PostsAnew),
    "the picture of a removed request is kept": _as("_books", FetchesAll),
    "removed, and forgotten with the power": _as("", RetouchesOnlyNow),
    "called off, and no credits back": _as("", CallsOffForNothing),
    "shared, and shown to nobody": _as("", SharesNothing),
}
