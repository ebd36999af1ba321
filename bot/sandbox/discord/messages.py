"""Messages with their whole history, and where they are kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

from bot.sandbox.discord.attachments import Attachment
from bot.sandbox.discord.component_forms import Component
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.mentions import Pings


class MessageType(IntEnum):
    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntFlag):
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a message says at one time; embeds and components as messages show them."""

    content: str = ""
    embeds: tuple[dict[str, Any], ...] = ()
    components: tuple[dict[str, Any], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: int = 0

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & MessageFlag.IS_COMPONENTS_V2)

    @property
    def is_loading(self) -> bool:
        return bool(self.flags & MessageFlag.LOADING)

    @property
    def text(self) -> str:
        """All words that can ping: the content and every text display."""
        texts = [each["content"] for _, each in walk(self.components) if each["type"] == Component.TEXT_DISPLAY]
        return "\n".join([self.content, *texts] if self.content else texts)

    def component(self, custom_id: str) -> dict[str, Any] | None:
        """Return the button or select of that custom_id."""
        return next((each for _, each in walk(self.components) if each.get("custom_id") == custom_id), None)


@dataclass(frozen=True, slots=True)
class Revision:
    """What a message said from one instant on, and whom it would have pinged."""

    at_ms: int
    body: Body
    pings: Pings


@dataclass(slots=True, kw_only=True)
class Message:
    """One message. `ephemeral_to` is the only person who sees it; None for a message everyone sees."""

    id: int
    channel_id: int
    guild_id: int | None
    author_id: int
    created_ms: int
    type: MessageType = MessageType.DEFAULT
    ephemeral_to: int | None = None
    interaction_id: int | None = None
    interaction_metadata: dict[str, Any] | None = None
    nonce: str | int | None = None
    reference_id: int | None = None
    edited_ms: int | None = None
    deleted_ms: int | None = None
    revisions: list[Revision] = field(default_factory=list)

    @property
    def body(self) -> Body:
        return self.revisions[-1].body

    @property
    def pinged(self) -> Pings:
        """Everybody whom any revision would have pinged."""
        every = [revision.pings for revision in self.revisions]
        return Pings(
            everyone=any(each.everyone for each in every),
            users=frozenset().union(*(each.users for each in every)),
            roles=frozenset().union(*(each.roles for each in every)),
        )

    def visible_to(self, user_id: int | None) -> bool:
        """Tell whether a person sees it; None asks for what everyone sees."""
        return self.deleted_ms is None and self.ephemeral_to in (None, user_id)


class MessageStore:
    """All messages, deleted ones included."""

    def __init__(self) -> None:
        self._by_id: dict[int, Message] = {}
        self._by_channel: dict[int, list[Message]] = {}

    def add(self, message: Message) -> None:
        self._by_id[message.id] = message
        self._by_channel.setdefault(message.channel_id, []).append(message)

    def get(self, message_id: int) -> Message | None:
        return self._by_id.get(message_id)

    def in_channel(self, channel_id: int) -> Iterator[Message]:
        """Oldest first."""
        return iter(self._by_channel.get(channel_id, ()))
