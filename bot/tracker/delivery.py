"""The card of a request, from the first word to the last image: shown when it changes, over the way that works.

Delivery is a step of its own behind every other: it reads what the jobs came to and makes Discord agree. A crash at
any point is harmless: what is shown is written down only after Discord confirmed it, and showing the same card twice
changes nothing. Only a new message could appear twice, so the intention to post is written down first, and after a
crash the bot looks for the message before it posts again. Nor is a way left before the bot has looked at what stands
there: it may be the end of the card, taken by Discord and never written down.

Images may be removed or blurred at any time, also behind the end. So each step reads the request anew, and from then on
the card is only changed where it stands (`Delivery.retouched`): nobody is posted to, or written to, for it.
"""

import asyncio
import contextlib
from dataclasses import replace

import structlog

from bot.cards.writer import CardWriter
from bot.clock import Clock, first_of
from bot.errors import ContentBlocked, DeliveryError, MediaError, MessageGone, NotAllowed, TokenExpired, TooLarge
from bot.jobs import Job, Shown, Way
from bot.ports import Card, CardImage, Presenter, Receipt
from bot.tracker.books import Books, Retouched
from bot.tracker.collecting import Collector, names_image_of
from bot.tracker.line import Line
from bot.tracker.showing import Showing, with_attachments
from bot.tracker.views import Moments, complete, told_by
from bot.ways import backoff_s, next_way, next_way_in_place, same_way_again, token_lives

# So many retouched cards are shown at once: those of a member with a thousand images must not keep others waiting.
RETOUCHED_AT_ONCE = 4

log = structlog.get_logger()


class Courier:
    """Shows cards until their end has been seen, or kept; `line` tells where they stand while they wait."""

    def __init__(
        self,
        *,
        books: Books,
        presenter: Presenter,
        collector: Collector,
        writer: CardWriter,
        line: Line,
        clock: Clock,
    ) -> None:
        self._books = books
        self._presenter = presenter
        self._collector = collector
        self._writer = writer
        self._line = line
        self._clock = clock
        self._retouching = asyncio.Semaphore(RETOUCHED_AT_ONCE)

    async def deliver(self, interaction_id: int, *, news: asyncio.Event, moments: Moments) -> None:
        """Run until the card is delivered or kept; `news` is set whenever one of the jobs has changed."""
        showing: Showing | None = None
        while True:
            news.clear()
            # The jobs first: a request that is read as removed or blurred covers whatever older state they are in.
            jobs = await self._books.jobs(interaction_id)
            found = await self._books.request(interaction_id)
            if found is None or found[1].shown is not Shown.OPEN:
                return
            if showing is None:
                parent = await self._books.parent_link(found[0])
                showing = Showing.begin(*found, news=news, moments=moments, parent=parent)
            showing.jobs, (showing.request, showing.delivery) = jobs, found
            with contextlib.suppress(Retouched):
                await self._step(showing)

    async def _step(self, showing: Showing) -> None:
        """Bring Discord one step nearer to what is true, or wait until there is something to do."""
        images = await self._images(showing)
        first = self._line.first(showing.jobs)
        view = showing.moments.view(
            showing.jobs,
            images={number: image for number, (image, _) in images.items()},
            now_ms=self._clock.now_ms(),
            place=None if first is None else self._line.place(first),
            starts_ms=None if first is None else self._line.starts_ms(first),
        )
        shrunk = any(shrunk for _, shrunk in images.values())
        view = replace(view, shrunk=shrunk, hide_words=showing.request.hide_words, parent=showing.parent)
        card = self._writer.write(showing.request, showing.jobs, view)
        if card == showing.last and complete(showing.jobs, shown=images):
            # It looked like its end before that was its end: while jobs went on, or before it was retouched.
            await self._save(showing, shown=Shown.DELIVERED)
            return
        if showing.nothing_new(card):
            await self._wait(showing)
            return
        try:
            async with self._retouching if showing.delivery.retouched else contextlib.nullcontext():
                receipt = await self._present(showing, card)
        except DeliveryError as error:
            await self._refused(showing, card, error)
        else:
            await self._confirmed(showing, card, receipt)

    async def _images(self, showing: Showing) -> dict[int, tuple[CardImage, bool]]:
        """What the card shows by job number, with whether it was made smaller: all that Discord has, and one more."""
        images: dict[int, tuple[CardImage, bool]] = {}
        new = False
        for at, job in enumerate(showing.jobs):
            if job.sha256 is None or (job.attachment_id is None and new):
                continue
            try:
                images[job.number] = await self._image(showing, job)
            except MediaError as error:
                showing.jobs[at] = await self._collector.unshowable(job, error)
            else:
                new = new or job.attachment_id is None
        return images

    async def _image(self, showing: Showing, job: Job) -> tuple[CardImage, bool]:
        request, upload = showing.request, await self._collector.upload(job, limit_bytes=showing.limit_bytes)
        image = CardImage(
            filename=upload.filename,
            path="" if upload.path is None else str(upload.path),
            alt=self._writer.alt(request, job, total=len(showing.jobs), hide_words=request.hide_words),
            spoiler=request.spoiler,
            attachment_id=job.attachment_id,
        )
        return image, upload.shrunk

    async def _present(self, showing: Showing, card: Card) -> Receipt | None:
        """Show the card over the present way; None where it is only kept."""
        delivery = showing.delivery
        if delivery.way is Way.KEPT:
            return None
        if delivery.way is Way.REPLY and not token_lives(
            created_ms=showing.request.token_ms, now_ms=self._clock.now_ms()
        ):
            raise TokenExpired("its fifteen minutes are over")
        if showing.to_be_posted:
            await self._before_posting(showing)
        return await self._presenter.show(card, address=showing.address, way=showing.delivery.way)

    async def _before_posting(self, showing: Showing) -> None:
        """Find the message that may have been posted already, or write down that one will be."""
        if showing.delivery.posting_ms is not None:
            there = await self._presenter.find(address=showing.address, way=showing.delivery.way)
            if there is not None:
                await self._known(showing, there.receipt)
        elif not showing.delivery.retouched:
            await self._intend(showing, posting_ms=self._clock.now_ms())
        if showing.delivery.retouched and not showing.message_known:
            raise NotAllowed("no message is made for it any more")

    async def _confirmed(self, showing: Showing, card: Card, receipt: Receipt | None) -> None:
        showing.tries.clear()
        if receipt is None:
            await self._save(showing, shown=Shown.KEPT)
            return
        shown = await self._record_attachments(showing, card, receipt)
        showing.last = with_attachments(card, receipt)
        told = complete(showing.jobs, shown=shown)
        if told or not showing.message_known:
            await self._save(
                showing,
                shown=Shown.DELIVERED if told else Shown.OPEN,
                message_id=receipt.message_id,
                message_channel_id=receipt.channel_id,
            )

    async def _record_attachments(self, showing: Showing, card: Card, receipt: Receipt) -> set[int]:
        """Write down what Discord has now; returns the numbers of the jobs whose image is on the card."""
        names = {image.filename for image in card.images}
        shown = set()
        for at, job in enumerate(showing.jobs):
            name = next((name for name in names if names_image_of(name, job)), None)
            if name is None:
                continue
            shown.add(job.number)
            attachment_id = receipt.attachment_ids.get(name)
            if attachment_id is not None and attachment_id != job.attachment_id:
                showing.jobs[at] = await self._books.record(job, attachment_id=attachment_id, attachment_name=name)
        return shown

    async def _refused(self, showing: Showing, card: Card, error: DeliveryError) -> None:
        """Try again, or look at what stands there and take another way; or see that the card's end stands there."""
        way, kind = showing.delivery.way, type(error).__name__
        log.warning("Discord did not take a card", way=way.value, kind=kind, reason=str(error))
        if await self._again(showing, error):
            return
        if showing.delivery.retouched and isinstance(error, MessageGone):
            # With its message the images went, too.
            await self._save(showing, shown=Shown.DELIVERED, message_id=None, message_channel_id=None)
            return
        try:
            there = await self._presenter.find(address=showing.address, way=way)
        except DeliveryError as unseen:
            if not await self._again(showing, unseen):
                await self._leave(showing, error)
            return
        if there is None:
            if showing.removed_unseen:
                await self._save(showing, shown=Shown.DELIVERED)
                return
        elif told_by(there, card, removed=showing.removed):
            await self._confirmed(showing, card, there.receipt)
            return
        elif not showing.message_known:
            await self._known(showing, there.receipt)
        await self._leave(showing, error)

    async def _leave(self, showing: Showing, error: DeliveryError) -> None:
        """Go over to the way that is left after this one."""
        following = next_way_in_place if showing.delivery.retouched else next_way
        asked, known = showing.request, showing.message_known
        way = following(showing.delivery.way, error, private=asked.private, message_known=known, reach=asked.reach)
        await self._go_over(showing, way)

    async def _again(self, showing: Showing, error: DeliveryError) -> bool:
        """Whether the same way is tried again; if so, with what the error asks for."""
        tries = showing.tries[type(error)]
        if not same_way_again(error, tries=tries):
            return False
        showing.tries[type(error)] += 1
        if isinstance(error, TooLarge):
            showing.limit_bytes //= 2
        elif isinstance(error, ContentBlocked):
            await self._books.hide_words(showing.request)
        else:
            await self._clock.sleep(backoff_s(tries + 1))
        return True

    async def _go_over(self, showing: Showing, way: Way) -> None:
        """Take another way. A new message has none of the old one's attachments; in its place a card keeps them."""
        showing.tries.clear()
        showing.last = None
        if way is Way.MESSAGE or showing.delivery.retouched:
            await self._intend(showing, way=way)
        else:
            anew = {"way": way, "message_id": None, "message_channel_id": None, "posting_ms": None}
            await self._intend(showing, leaves=True, **anew)

    async def _known(self, showing: Showing, receipt: Receipt) -> None:
        await self._save(showing, message_id=receipt.message_id, message_channel_id=receipt.channel_id)

    async def _save(self, showing: Showing, **known: object) -> None:
        showing.delivery = replace(showing.delivery, **known)  # type: ignore[arg-type]
        await self._books.save_delivery(showing.request, showing.delivery)

    async def _intend(self, showing: Showing, *, leaves: bool = False, **intention: object) -> None:
        intended = replace(showing.delivery, **intention)  # type: ignore[arg-type]
        await self._books.intend(showing.request, intended, leaves=leaves)
        showing.delivery = intended

    async def _wait(self, showing: Showing) -> None:
        """Until a job changes, or time alone changes what people are told."""
        change_s = showing.moments.next_change_s(
            showing.jobs, now_ms=self._clock.now_ms(), in_line=self._line.first(showing.jobs) is not None
        )
        await first_of(self._clock, showing.news, seconds=change_s)
