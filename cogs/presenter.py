"""Shows cards on Discord, over each of the ways that lead there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, assert_never

import discord
import structlog

from bot.errors import MessageGone, NotAllowed, TokenExpired
from bot.jobs import Reach, Way
from bot.ports import Address, Card, CardImage, Receipt, Sighting
from cogs.delivery_errors import as_delivery_errors
from cogs.replies import Reply
from cogs.widgets import ACCENTS, NOBODY, attachment_ids, card_title, card_view, hidden_images, small_print

CALL_S = 60.0
LOOK_BACK_MESSAGES = 50
# Discord's own name for an interaction's reply; discord.py sends it as it is, but its types know numbers only.
ORIGINAL: Any = "@original"

log = structlog.get_logger()


class _Kept(discord.Attachment):
    """A file that the message has already; telling its id is what keeps it there."""

    def __init__(self, *, attachment_id: int, filename: str) -> None:
        self.id = attachment_id
        self.filename = filename

    def to_dict(self) -> Any:
        return {"id": self.id, "filename": self.filename}


def _only(user_id: int) -> discord.AllowedMentions:
    return discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(user_id)], replied_user=False)


class DiscordPresenter:
    """The Presenter of bot/ports.py. `client` is logged in; it need not be connected to the gateway.

    `call_s` is how many seconds one call may take, discord.py's own retries included.
    """

    def __init__(self, client: discord.Client, *, uploads_at_once: int, call_s: float = CALL_S) -> None:
        self._client = client
        self._call_s = call_s
        self._uploads = asyncio.Semaphore(uploads_at_once)

    async def show(self, card: Card, *, address: Address, way: Way) -> Receipt:
        """Make the card look like this at its address; raises DeliveryError."""
        with as_delivery_errors():
            async with self._files(card) as files, asyncio.timeout(self._call_s):
                message = await self._send(card, files, address=address, way=way)
        return _receipt(message)

    async def find(self, *, address: Address, way: Way) -> Sighting | None:
        """Fetch the message that is known; where none is, look for one of our own whose small print names the request.

        Nobody but who asked can look at a private reply, nor the bot at any where it has only the interaction's token.
        """
        if (address.private or address.reach is Reach.REPLY) and way is Way.REPLY:
            return None
        with as_delivery_errors():
            async with asyncio.timeout(self._call_s):
                message = await self._known(address) or await self._left(address, way)
        return None if message is None else _sighting(message)

    @asynccontextmanager
    async def _files(self, card: Card) -> AsyncIterator[dict[str, discord.File]]:
        """The card's new images by name; their bytes are in memory only while it is their turn to be sent."""
        new = [image for image in card.images if image.attachment_id is None]
        if not new:
            yield {}
            return
        async with self._uploads:
            yield {image.filename: await _file(image) for image in new}

    async def _send(self, card: Card, files: dict[str, discord.File], *, address: Address, way: Way) -> discord.Message:
        match way:
            case Way.REPLY:
                return await self._edit_reply(card, files, address)
            case Way.MESSAGE:
                return await self._edit(card, files, address)
            case Way.CHANNEL | Way.DIRECT if address.message_id is not None:
                return await self._edit(card, files, address, mention=way is Way.CHANNEL)
            case Way.CHANNEL | Way.DIRECT:
                return await self._post(card, files, address, way)
            case Way.KEPT:
                raise NotAllowed("a kept card is not shown")
            case _:
                assert_never(way)

    async def _edit_reply(self, card: Card, files: dict[str, discord.File], address: Address) -> discord.Message:
        if address.reply is None:
            raise TokenExpired("the reply's token is forgotten")
        reply = Reply.from_json(address.reply)
        webhook = discord.Webhook.partial(reply.application_id, reply.token, client=self._client)
        return await webhook.edit_message(
            ORIGINAL,
            view=card_view(card),
            attachments=_attachments(card, files),
            allowed_mentions=NOBODY,
        )

    async def _edit(
        self, card: Card, files: dict[str, discord.File], address: Address, *, mention: bool = False
    ) -> discord.Message:
        if address.message_id is None:
            raise MessageGone("no message of this card is known")
        channel = self._place(address, address.message_channel_id or address.channel_id)
        return await channel.get_partial_message(address.message_id).edit(
            view=card_view(card, mention=f"<@{address.user_id}>" if mention else ""),
            attachments=_attachments(card, files),
            allowed_mentions=NOBODY,
        )

    async def _post(self, card: Card, files: dict[str, discord.File], address: Address, way: Way) -> discord.Message:
        """Post the card anew; Discord answers with the same message if this very post got through before."""
        in_channel = way is Way.CHANNEL
        channel = await self._channel(address, way)
        return await channel.send(
            view=card_view(card, mention=f"<@{address.user_id}>" if in_channel else ""),
            files=list(files.values()),
            nonce=address.nonce,
            allowed_mentions=_only(address.user_id) if in_channel else NOBODY,
        )

    async def _known(self, address: Address) -> discord.Message | None:
        if address.message_id is None:
            return None
        channel = self._place(address, address.message_channel_id or address.channel_id)
        return await channel.fetch_message(address.message_id)

    async def _left(self, address: Address, way: Way) -> discord.Message | None:
        """A reply stands right behind its interaction, which its id dates; a post is among the latest messages."""
        replied = way in {Way.REPLY, Way.MESSAGE}
        after = discord.Object(Reply.from_json(address.reply).interaction_id) if replied and address.reply else None
        channel = await self._channel(address, way)
        async for message in channel.history(limit=LOOK_BACK_MESSAGES, after=after):
            own = self._is_own(message) and (message.interaction_metadata is not None) == replied
            if own and address.nonce in small_print(message):
                return message
        return None

    def _place(self, address: Address, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=address.guild_id)

    async def _channel(self, address: Address, way: Way) -> discord.PartialMessageable | discord.DMChannel:
        if way is Way.DIRECT:
            return await self._client.create_dm(discord.Object(address.user_id))
        return self._place(address, address.channel_id)

    def _is_own(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id


async def _file(image: CardImage) -> discord.File:
    data = await asyncio.to_thread(Path(image.path).read_bytes)
    return discord.File(BytesIO(data), filename=image.filename)


def _attachments(card: Card, files: dict[str, discord.File]) -> list[discord.Attachment | discord.File]:
    """Everything that the message is to have: what is not listed, Discord removes."""
    return [
        files[image.filename]
        if image.attachment_id is None
        else _Kept(attachment_id=image.attachment_id, filename=image.filename)
        for image in card.images
    ]


def _receipt(message: discord.Message) -> Receipt:
    return Receipt(message_id=message.id, channel_id=message.channel.id, attachment_ids=attachment_ids(message))


def _sighting(message: discord.Message) -> Sighting:
    return Sighting(
        receipt=_receipt(message),
        title=card_title(message),
        accent=_accent(message),
        hidden=hidden_images(message),
    )


def _accent(message: discord.Message) -> str:
    """By its colour; empty where the message is no card."""
    colours = {each.accent_colour for each in message.components if isinstance(each, discord.Container)}
    return next((accent for accent, colour in ACCENTS.items() if colour in colours), "")
