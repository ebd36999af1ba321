"""Interactions: what became of each, and the two deadlines that Discord keeps."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from bot.clock import Clock
from bot.sandbox.discord.messages import Body, Message, Revision

ANSWER_WITHIN_MS = 3_000
TOKEN_VALID_MS = 15 * 60 * 1_000


class InteractionType(IntEnum):
    APPLICATION_COMMAND = 2
    MESSAGE_COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CallbackType(IntEnum):
    PONG = 1
    CHANNEL_MESSAGE_WITH_SOURCE = 4
    DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE = 5
    DEFERRED_UPDATE_MESSAGE = 6
    UPDATE_MESSAGE = 7
    AUTOCOMPLETE_RESULT = 8
    MODAL = 9


@dataclass(slots=True, kw_only=True, eq=False)
class InteractionRecord:
    """One interaction and what came of it; instants are milliseconds since 1970.

    `token_only` says that only the person has the application here; `forced_ephemeral` that all answers are private.
    """

    id: int
    token: str
    type: InteractionType
    user_id: int
    guild_id: int | None
    channel_id: int
    created_ms: int
    payload: dict[str, Any]
    size_limit_bytes: int
    clock: Clock
    source_message: Message | None = None
    token_only: bool = False
    forced_ephemeral: bool = False
    # The interaction whose modal was filled in.
    opened_by: "InteractionRecord | None" = None
    delivered_ms: list[int] = field(default_factory=list)
    acknowledged_ms: int | None = None
    callback_type: CallbackType | None = None
    ephemeral: bool = False
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[dict[str, Any]] | None = None
    modal: dict[str, Any] | None = None
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the person sees "The application did not respond"."""
        return self.acknowledged_ms is None and self.is_late

    @property
    def is_late(self) -> bool:
        """Whether a first answer would come too late now."""
        return self.clock.now_ms() - self.created_ms > ANSWER_WITHIN_MS

    @property
    def is_expired(self) -> bool:
        """Whether the token has run out."""
        return self.clock.now_ms() - self.created_ms > TOKEN_VALID_MS

    @property
    def acknowledged_after_ms(self) -> int | None:
        return None if self.acknowledged_ms is None else self.acknowledged_ms - self.created_ms

    @property
    def message(self) -> Message | None:
        """The reply as it is shown now; None where there is none, or it was deleted."""
        return None if self.original is None or self.original.deleted_ms is not None else self.original

    @property
    def history(self) -> list[Revision]:
        """Everything the reply ever said, oldest first."""
        return [] if self.original is None else self.original.revisions

    @property
    def body(self) -> Body | None:
        """What the reply says now; None while there is none, and while it only thinks."""
        return None if self.message is None or self.message.body.is_loading else self.message.body

    def changed(self) -> None:
        """Wake everyone who waits for news of this interaction."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, true: Callable[["InteractionRecord"], bool]) -> "InteractionRecord":
        """Wait until something holds of this interaction; it is asked again after every change."""
        while not true(self):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future
        return self

    async def acknowledged(self) -> "InteractionRecord":
        """Wait for the first answer."""
        return await self.until(lambda record: record.acknowledged_ms is not None)

    async def answered(self) -> "InteractionRecord":
        """Wait for a reply that says something, thus is not only "thinking"."""
        return await self.until(lambda record: record.body is not None)


class Interactions:
    """All interactions by id and by token."""

    def __init__(self) -> None:
        self.all: list[InteractionRecord] = []
        self._by_id: dict[int, InteractionRecord] = {}
        self._by_token: dict[str, InteractionRecord] = {}

    def add(self, record: InteractionRecord) -> None:
        self.all.append(record)
        self._by_id[record.id] = record
        self._by_token[record.token] = record

    def get(self, interaction_id: int) -> InteractionRecord | None:
        return self._by_id.get(interaction_id)

    def with_token(self, token: str) -> InteractionRecord | None:
        return self._by_token.get(token)
