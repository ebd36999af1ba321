"""The card of a request, from the first word to the last image: shown when it changes, over the way that works.

Delivery is a step of its own behind every other: it reads what the jobs came to and makes Discord agree. A crash at
any point is harmless: what is shown is written down only after Discord confirmed it, and showing the same card twice
changes nothing. Only a new message could appear twice, so the intention to post is written down first, and after a
crash the bot looks for the message before it posts again. Nor is a way left before the bot has looked at what stands
there: it may be the end of the card, taken by Discord and never written down.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace

import structlog

from bot.cards import CardWriter, ref_of
from bot.clock import Clock, first_of
from bot.errors import ContentBlocked, DeliveryError, MediaError, TokenExpired, TooLarge
from bot.jobs import Delivery, Job, Request, Shown, Way
from bot.ports import Address, Card, CardImage, Presenter, Receipt
from bot.tracker.books import Books
from bot.tracker.collecting import Collector, stem_of
from bot.tracker.views import Moments, complete, settled, told_by
from bot.ways import backoff_s, next_way, same_way_again, token_lives

# Discord takes 25 MiB in one request; the card's words and the form around the picture need little.
UPLOAD_BYTES_MAX = 24 * 1024 * 1024

log = structlog.get_logger()


@dataclass(slots=True)
class Showing:
    """One card while the bot runs: what Discord has of it, and what it has refused."""

    request: Request
    delivery: Delivery
    limit_bytes: int
    news: asyncio.Event
    moments: Moments
    jobs: list[Job] = field(default_factory=list)
    last: Card | None = None
    tries: Counter[type[DeliveryError]] = field(default_factory=Counter)
    hide_words: bool = False

    @property
    def address(self) -> Address:
        return Address(
            reply=self.request.reply,
            guild_id=self.request.guild_id,
            channel_id=self.request.channel_id,
            user_id=self.request.user_id,
            private=self.request.private,
            message_id=self.delivery.message_id,
            message_channel_id=self.delivery.message_channel_id,
            nonce=ref_of(self.request.interaction_id),
        )


class Courier:
    """Shows cards until their end has been seen, or kept."""

    def __init__(
        self, *, books: Books, presenter: Presenter, collector: Collector, writer: CardWriter, clock: Clock
    ) -> None:
        self._books = books
        self._presenter = presenter
        self._collector = collector
        self._writer = writer
        self._clock = clock

    async def deliver(self, interaction_id: int, *, news: asyncio.Event, moments: Moments) -> None:
        """Run until the card is delivered or kept; `news` is set whenever one of the jobs has changed."""
        found = await self._books.request(interaction_id)
        if found is None:
            return
        request, delivery = found
        limit_bytes = min(request.filesize_limit_bytes, UPLOAD_BYTES_MAX)
        showing = Showing(request, delivery, limit_bytes=limit_bytes, news=news, moments=moments)
        while showing.delivery.shown is Shown.OPEN:
            news.clear()
            showing.jobs = await self._books.jobs(interaction_id)
            await self._step(showing)

    async def _step(self, showing: Showing) -> None:
        """Bring Discord one step nearer to what is true, or wait until there is something to do."""
        images = await self._images(showing)
        view = showing.moments.view(
            showing.jobs, images={number: image for number, (image, _) in images.items()}, now_ms=self._clock.now_ms()
        )
        shrunk = any(shrunk for _, shrunk in images.values())
        view = replace(view, shrunk=shrunk, hide_words=showing.hide_words)
        card = self._writer.write(showing.request, showing.jobs, view)
        if self._nothing_to_show(showing, card):
            await self._wait(showing)
            return
        try:
            receipt = await self._present(showing, card)
        except DeliveryError as error:
            await self._refused(showing, card, error)
        else:
            await self._confirmed(showing, card, receipt)

    def _nothing_to_show(self, showing: Showing, card: Card) -> bool:
        if showing.delivery.way is Way.KEPT:
            return not settled(showing.jobs)
        if card == showing.last:
            return True
        # Nobody is called for a card that only says "wait".
        posts = showing.delivery.way in {Way.CHANNEL, Way.DIRECT} and showing.delivery.message_id is None
        return posts and not (card.images or settled(showing.jobs))

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
        upload = await self._collector.upload(job, limit_bytes=showing.limit_bytes)
        image = CardImage(
            filename=upload.filename,
            path="" if upload.path is None else str(upload.path),
            alt=self._writer.alt(showing.request, job, total=len(showing.jobs), hide_words=showing.hide_words),
            spoiler=showing.request.spoiler,
            attachment_id=job.attachment_id,
        )
        return image, upload.shrunk

    async def _present(self, showing: Showing, card: Card) -> Receipt | None:
        """Show the card over the present way; None where it is only kept."""
        delivery = showing.delivery
        if delivery.way is Way.KEPT:
            return None
        if delivery.way is Way.REPLY and not token_lives(
            created_ms=showing.request.created_ms, now_ms=self._clock.now_ms()
        ):
            raise TokenExpired("its fifteen minutes are over")
        if delivery.way in {Way.CHANNEL, Way.DIRECT} and delivery.message_id is None:
            if delivery.posting_ms is not None:
                there = await self._presenter.find(address=showing.address, way=delivery.way)
                if there is not None:
                    await self._known(showing, there.receipt)
            else:
                await self._save(showing, posting_ms=self._clock.now_ms())
        return await self._presenter.show(card, address=showing.address, way=showing.delivery.way)

    async def _confirmed(self, showing: Showing, card: Card, receipt: Receipt | None) -> None:
        showing.tries.clear()
        if receipt is None:
            await self._save(showing, shown=Shown.KEPT)
            return
        shown = await self._record_attachments(showing, card, receipt)
        showing.last = _with_attachments(card, receipt)
        told = complete(showing.jobs, shown=shown)
        if told or showing.delivery.message_id is None:
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
            name = next((name for name in names if name.startswith(stem_of(job))), None)
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
        try:
            there = await self._presenter.find(address=showing.address, way=way)
        except DeliveryError as unseen:
            if await self._again(showing, unseen):
                return
            there = None
        if there is not None and told_by(there, card):
            await self._confirmed(showing, card, there.receipt)
            return
        if there is not None and showing.delivery.message_id is None:
            await self._known(showing, there.receipt)
        known = showing.delivery.message_id is not None
        await self._go_over(showing, next_way(way, error, private=showing.request.private, message_known=known))

    async def _again(self, showing: Showing, error: DeliveryError) -> bool:
        """Whether the same way is tried again; if so, with what the error asks for."""
        tries = showing.tries[type(error)]
        if not same_way_again(error, tries=tries):
            return False
        showing.tries[type(error)] += 1
        if isinstance(error, TooLarge):
            showing.limit_bytes //= 2
        elif isinstance(error, ContentBlocked):
            showing.hide_words = True
        else:
            await self._clock.sleep(backoff_s(tries + 1))
        return True

    async def _go_over(self, showing: Showing, way: Way) -> None:
        """Take another way. A new message has none of the old one's attachments."""
        showing.tries.clear()
        showing.last = None
        if way is Way.MESSAGE:
            await self._save(showing, way=way)
            return
        for at, job in enumerate(showing.jobs):
            if job.attachment_id is not None:
                showing.jobs[at] = await self._books.record(job, attachment_id=None, attachment_name=None)
        await self._save(showing, way=way, message_id=None, message_channel_id=None, posting_ms=None)

    async def _known(self, showing: Showing, receipt: Receipt) -> None:
        await self._save(showing, message_id=receipt.message_id, message_channel_id=receipt.channel_id)

    async def _save(self, showing: Showing, **changes: object) -> None:
        showing.delivery = replace(showing.delivery, **changes)  # type: ignore[arg-type]
        await self._books.save_delivery(showing.request.interaction_id, showing.delivery)

    async def _wait(self, showing: Showing) -> None:
        """Until a job changes, or time alone changes what people are told."""
        change_s = showing.moments.next_change_s(showing.jobs, now_ms=self._clock.now_ms())
        await first_of(self._clock, showing.news, seconds=change_s)


def _with_attachments(card: Card, receipt: Receipt) -> Card:
    """The card as it will be written next time if nothing changes: what was uploaded is there now."""
    images = tuple(
        replace(image, path="", attachment_id=receipt.attachment_ids.get(image.filename, image.attachment_id))
        for image in card.images
    )
    return replace(card, images=images)
