"""What the tracker asks of the two services outside, and in which words they answer.

The adapters are `bot/segmind/` (Painter) and `cogs/presenter.py` (Presenter); the core knows only this page.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

from bot.jobs import Reach, Way

# ---------------------------------------------------------------- Segmind


class Phase(StrEnum):
    """What a job that is not over yet is doing at Segmind."""

    QUEUED = "queued"
    PROCESSING = "processing"


@dataclass(frozen=True, slots=True)
class Pending:
    """Not over yet."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class Completed:
    """The result can be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It ended without a picture and was not charged; `detail` is Segmind's own, untrusted text."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """It ended with a picture: at `url`, or as `data`; exactly one of them is set.

    Times, cost and Segmind's name for the request are None where the answer did not tell. `render_ms` is queueing and drawing together,
    as Segmind measured them.
    """

    url: str | None = None
    data: bytes | None = None
    cost_microcredits: int | None = None
    render_ms: int | None = None
    remaining_microcredits: int | None = None
    request_id: str | None = None


# How a history row says that it failed (Segmind's documentation names FAILED; the others were seen).
FAILED_WORDS = frozenset({"FAILED", "FAILURE", "ERROR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One own request as Segmind's books have it; what a row does not tell is None."""

    request_id: str
    slug: str | None
    status: str | None
    created_ms: int | None
    cost_microcredits: int | None
    payload: Mapping[str, Any] | None
    url: str | None
    detail: str | None

    @property
    def ending(self) -> Painted | Failed | None:
        """How it ended, or None where it has not, or where the row does not tell."""
        if self.url is not None:
            return Painted(url=self.url, cost_microcredits=self.cost_microcredits, request_id=self.request_id)
        if (self.status or "").upper() in FAILED_WORDS:
            return Failed(detail=self.detail or "")
        return None


# Waits until one more call may leave.
Turn = Callable[[], Awaitable[None]]


class Painter(Protocol):
    """Makes pictures for money. Every method raises ProviderError, whose kind says what to do."""

    async def submit(self, slug: str, payload: Mapping[str, Any]) -> str:
        """Start a job over v2 and return its `request_id`.

        Raises NotTaken (may be sent again), Refused (never, not charged) or Unclear (never, look it up).
        """
        ...

    async def paint(self, slug: str, payload: Mapping[str, Any]) -> Painted | Failed:
        """Start a job over v1 and wait for its picture; raises like `submit`."""
        ...

    async def status(self, request_id: str) -> Pending | Completed | Failed:
        """Ask how a job is doing; raises Unavailable, RateLimited, KeyRejected or Expired."""
        ...

    async def result(self, request_id: str) -> Painted | Failed | Pending:
        """Fetch what a job came to; raises like `status`."""
        ...

    async def history(self, *, slug: str, since_ms: int, turn: Turn) -> Sequence[HistoryRow]:
        """Every own request for this model since then, one row each; raises like `status`.

        It comes in pages, and each of them waits for a `turn` of its own.
        """
        ...

    async def look_up(self, request_id: str) -> HistoryRow | None:
        """One own request of any age, or None if the books do not have it; raises like `status`."""
        ...

    async def balance_microcredits(self) -> int:
        """What is left on the operator's account; raises like `status`."""
        ...


# ---------------------------------------------------------------- Discord


@dataclass(frozen=True, slots=True, kw_only=True)
class CardImage:
    """One image on a card. `path` is where its bytes are; `attachment_id` is set once Discord has them."""

    filename: str
    path: str
    alt: str
    spoiler: bool
    attachment_id: int | None


class CardAct(StrEnum):
    """What can be done with a card: by its buttons, by a form that one opens, or by a question's own button."""

    CANCEL = "cancel"
    AGAIN = "again"
    EDIT = "edit"
    SEND_EDIT = "send_edit"  # the form itself
    REDO = "redo"  # with another model
    DETAILS = "details"
    FAVOURITE = "favourite"
    SEND = "send"  # to who presses it, by direct message
    SHARE = "share"  # from private to the channel
    DELETE = "delete"  # asks first
    DELETE_YES = "delete_yes"
    DELETE_NO = "delete_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardButton:
    """One button. `arg` is what the act needs besides the request: the key of the model to redo it with, or nothing."""

    does: CardAct
    label: str
    arg: str = ""
    style: Literal["primary", "secondary", "danger"] = "secondary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What people see, complete: two equal cards look the same, so an equal card needs no edit.

    `title`, `lines` and `small` are finished Discord markdown; whatever came from people or from Segmind
    in them is already made harmless. `rows` holds at most five buttons each; they are about `interaction_id`.
    """

    interaction_id: int
    title: str
    lines: tuple[str, ...]
    small: str
    images: tuple[CardImage, ...]
    accent: str  # a name of cogs/widgets.py's palette: waiting, done, failed
    rows: tuple[tuple[CardButton, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a card goes, and what the bot can do there without a token: `reach`.

    `nonce` names the request, so that a post which got through is not made twice.
    """

    reply: str | None
    guild_id: int
    channel_id: int
    user_id: int
    private: bool
    message_id: int | None
    message_channel_id: int | None
    nonce: str
    reach: Reach = Reach.CHANNEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that Discord took a card: where it stands, and the attachment ids by file name."""

    message_id: int
    channel_id: int
    attachment_ids: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A card as it stands on Discord: where, with which files, and what else tells it from others.

    `title` and `accent` are those of Card; `hidden` is how many of its images are behind a spoiler.
    """

    receipt: Receipt
    title: str
    accent: str
    hidden: int


class Presenter(Protocol):
    """Shows cards. Raises DeliveryError, whose kind says what to do."""

    async def show(self, card: Card, *, address: Address, way: Way) -> Receipt:
        """Make the card at this address look like this, over this way."""
        ...

    async def find(self, *, address: Address, way: Way) -> Sighting | None:
        """Look at the card's message where it is known, and else for the one that this way would have left."""
        ...
