"""A Discord that shows cards, remembers what people saw, and refuses what it is told to refuse."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.errors import DeliveryError, MessageGone, TokenExpired
from bot.jobs import Way
from bot.ports import Address, Card, Receipt, Sighting
from tests.simulation.outside import NETWORK_S, TOKEN_MS, SimClock


@dataclass(slots=True)
class Message:
    """One message as people see it. `files` are (name, SHA-256) by attachment id."""

    id: int
    way: Way
    interaction_id: str
    place: str
    user_id: int
    card: Card | None = None
    files: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that Discord took."""

    at_ms: int
    ref: str
    way: Way
    posted: bool
    card: Card


@dataclass(slots=True)
class Trouble:
    """Discord refuses cards of this request over this way, or to let them be looked at, `times` in all (None: always)."""

    way: Way
    error: Callable[[], DeliveryError]
    times: int | None = None
    when: Callable[[Card], bool] = lambda card: True
    looking: bool = False

    def hits(self, card: Card | None, way: Way) -> bool:
        """`card` is what is to be shown, None where somebody looks."""
        meant = self.looking if card is None else not self.looking and self.when(card)
        if way is not self.way or self.times == 0 or not meant:
            return False
        self.times = None if self.times is None else self.times - 1
        return True


class SimDiscord:
    """What people see. Replies exist once they are deferred; a bot that posts twice is seen twice: no nonce is remembered."""

    def __init__(self, clock: SimClock) -> None:
        self._clock = clock
        self.replies: dict[str, Message] = {}
        self.created_ms: dict[str, int] = {}
        self.messages: dict[int, Message] = {}
        self.troubles: dict[str, list[Trouble]] = {}
        self.acts: list[Act] = []
        self.refused: Counter[tuple[str, Way]] = Counter()
        self.complaints: list[str] = []
        self.alerts: list[str] = []
        self._awaited: dict[str, asyncio.Event] = {}
        self._ids = 10_000

    def defer(self, reply: str, *, ref: str, user_id: int, channel_id: int, private: bool, created_ms: int) -> None:
        place = f"private:{user_id}" if private else f"channel:{channel_id}"
        self.replies[reply] = self._new(Way.REPLY, ref, place, user_id)
        self.created_ms[reply] = created_ms

    def copy_to(self, other: "SimDiscord") -> None:
        copied = {message.id: replace(message) for message in self.messages.values()}
        other.messages = copied
        other.replies = {reply: copied[message.id] for reply, message in self.replies.items() if message.id in copied}
        other.created_ms, other.refused = dict(self.created_ms), Counter(self.refused)
        other.troubles = {ref: [replace(each) for each in troubles] for ref, troubles in self.troubles.items()}
        other.acts, other.complaints, other.alerts = [*self.acts], [*self.complaints], [*self.alerts]
        other._ids = self._ids

    def delete(self, message: Message) -> None:
        del self.messages[message.id]

    def of(self, ref: str) -> list[Message]:
        """The messages of a request that are there."""
        return [message for message in self.messages.values() if message.interaction_id == ref]

    def acts_of(self, ref: str) -> list[Act]:
        return [act for act in self.acts if act.ref == ref]

    async def appears(self, ref: str) -> None:
        """Return as soon as people see an image of this request, before the bot can hear of it."""
        await self._awaited.setdefault(ref, asyncio.Event()).wait()

    def show(self, card: Card, address: Address, way: Way) -> Receipt:
        self._refuse(card, address, way)
        message, posted = self._message(address, way), False
        if message is None:
            place = f"direct:{address.user_id}" if way is Way.DIRECT else f"channel:{address.channel_id}"
            message, posted = self._new(way, address.nonce, place, address.user_id), True
        self._attach(message, card)
        self.acts.append(Act(at_ms=self._clock.now_ms(), ref=address.nonce, way=way, posted=posted, card=card))
        if card.images and address.nonce in self._awaited:
            self._awaited[address.nonce].set()
        return self._receipt(message)

    def find(self, address: Address, way: Way) -> Sighting | None:
        """Reading works where writing does not; but nobody can look at a private reply."""
        self._refuse(None, address, way)
        if address.message_id is None:
            left = [m for m in self.of(address.nonce) if m.way is way and m.card and address.nonce in m.card.small]
            message = left[-1] if left else None
        elif (message := self.messages.get(address.message_id)) is None:
            raise MessageGone
        if message is None or message.card is None or message.place.startswith("private:"):
            return None
        return Sighting(
            receipt=self._receipt(message),
            title=message.card.title,
            accent=message.card.accent,
            hidden=sum(image.spoiler for image in message.card.images),
        )

    def _refuse(self, card: Card | None, address: Address, way: Way) -> None:
        trouble = next((each for each in self.troubles.get(address.nonce, ()) if each.hits(card, way)), None)
        if trouble is not None:
            self.refused[address.nonce, way] += 1
            raise trouble.error()

    def _message(self, address: Address, way: Way) -> Message | None:
        """The message to edit, or None where one is to be posted."""
        if way is Way.REPLY:
            message = self.replies.get(address.reply or "")
            if message is None or self._clock.now_ms() >= self.created_ms[address.reply or ""] + TOKEN_MS:
                raise TokenExpired
        elif address.message_id is None:
            if way is Way.MESSAGE:
                raise MessageGone
            return None
        else:
            message = self.messages.get(address.message_id)
        if message is None or message.id not in self.messages:
            raise MessageGone
        if way is not Way.REPLY and message.place.startswith("private:"):
            raise MessageGone  # a bot does not see its ephemeral messages
        return message

    def _attach(self, message: Message, card: Card) -> None:
        files: dict[int, tuple[str, str]] = {}
        for image in card.images:
            if image.attachment_id is None:
                digest = hashlib.sha256(Path(image.path).read_bytes()).hexdigest()
                files[self._next_id()] = image.filename, digest
            elif image.attachment_id in message.files:
                files[image.attachment_id] = message.files[image.attachment_id]
            else:
                self.complaints.append(f"{message.interaction_id}: no attachment {image.attachment_id} to keep")
        message.card, message.files = card, files

    def _new(self, way: Way, ref: str, place: str, user_id: int) -> Message:
        message = Message(self._next_id(), way, ref, place, user_id)
        self.messages[message.id] = message
        return message

    def _next_id(self) -> int:
        self._ids += 1
        return self._ids

    @staticmethod
    def _receipt(message: Message) -> Receipt:
        place = message.place.partition(":")[2]
        names = {name: attachment_id for attachment_id, (name, _) in message.files.items()}
        return Receipt(message_id=message.id, channel_id=int(place), attachment_ids=names)


class SimPresenter:
    """The bot's side of Discord: it takes time to get there, and time to hear of it."""

    def __init__(self, discord: SimDiscord) -> None:
        self._discord = discord

    async def show(self, card: Card, *, address: Address, way: Way) -> Receipt:
        await asyncio.sleep(NETWORK_S)
        receipt = self._discord.show(card, address, way)
        await asyncio.sleep(NETWORK_S)
        return receipt

    async def find(self, *, address: Address, way: Way) -> Sighting | None:
        await asyncio.sleep(NETWORK_S)
        found = self._discord.find(address, way)
        await asyncio.sleep(NETWORK_S)
        return found

    async def alert(self, text: str) -> bool:
        self._discord.alerts.append(text)
        return True
