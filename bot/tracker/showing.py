"""One card while the bot runs."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace

from bot.cards.writer import ref_of
from bot.errors import DeliveryError
from bot.jobs import Delivery, Job, Reach, Request, Way
from bot.ports import Address, Card, Receipt
from bot.tracker.views import Moments, settled

# Discord takes 25 MiB in one request; the card's words and the form around the picture need little.
UPLOAD_BYTES_MAX = 24 * 1024 * 1024


@dataclass(slots=True)
class Showing:
    """What is true of one card, what Discord has of it, and what it has refused."""

    request: Request
    delivery: Delivery
    limit_bytes: int
    news: asyncio.Event
    moments: Moments
    jobs: list[Job] = field(default_factory=list)
    last: Card | None = None
    tries: Counter[type[DeliveryError]] = field(default_factory=Counter)
    parent: str | None = None

    @classmethod
    def begin(
        cls, request: Request, delivery: Delivery, *, news: asyncio.Event, moments: Moments, parent: str | None
    ) -> "Showing":
        """One of which nothing was shown in this life of the bot."""
        limit_bytes = min(request.filesize_limit_bytes, UPLOAD_BYTES_MAX)
        return cls(request, delivery, limit_bytes=limit_bytes, news=news, moments=moments, parent=parent)

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
            reach=self.request.reach,
        )

    @property
    def removed(self) -> bool:
        """Whether its images were taken away."""
        return self.request.removed is not None

    @property
    def removed_unseen(self) -> bool:
        """Whether it was removed before anything of it stood on Discord, where the bot has looked and found nothing.

        At a private reply the bot cannot look, nor where it has only the token, and behind the first way there may be a message that it has left.
        """
        first = self.delivery.way is Way.REPLY and not self.request.private
        looks = self.request.reach is not Reach.REPLY
        return self.removed and first and looks and not self.message_known

    @property
    def message_known(self) -> bool:
        return self.delivery.message_id is not None

    @property
    def to_be_posted(self) -> bool:
        """Whether its way leads to a message that does not exist yet, as far as is known."""
        return self.delivery.way in {Way.CHANNEL, Way.DIRECT} and not self.message_known

    def nothing_new(self, card: Card) -> bool:
        """Whether this card need not be shown now."""
        if self.delivery.way is Way.KEPT:
            return not settled(self.jobs)
        if card == self.last:
            return True
        # Nobody is called for a card that only says "wait".
        return self.to_be_posted and not (card.images or settled(self.jobs))


def with_attachments(card: Card, receipt: Receipt) -> Card:
    """The card as it will be written next time if nothing changes: what was uploaded is there now."""
    images = tuple(
        replace(image, path="", attachment_id=receipt.attachment_ids.get(image.filename, image.attachment_id))
        for image in card.images
    )
    return replace(card, images=images)
