"""What a terminal or a page can see live."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Happened(StrEnum):
    MESSAGE_CREATED = "message_created"
    MESSAGE_UPDATED = "message_updated"
    MESSAGE_DELETED = "message_deleted"
    TYPING = "typing"
    INTERACTION_CREATED = "interaction_created"
    INTERACTION_ANSWERED = "interaction_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened; `only_for` is the one person who sees it, None where everyone in the channel does.

    `subject` is a Message, an InteractionRecord, or None for typing.
    """

    happened: Happened
    at_ms: int
    channel_id: int
    subject: Any = None
    only_for: int | None = None


Subscriber = Callable[[Event], None]


class Hub:
    """Tells all subscribers, in the order they came."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call back on every event until the returned function is called."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def publish(self, event: Event) -> None:
        for callback in tuple(self._subscribers):
            callback(event)
