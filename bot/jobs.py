"""What a job is, and the only ways it can move.

    ACCEPTED   ─a→ SUBMITTING    ACCEPTED   ─d→ CANCELLED · FAILED
    SUBMITTING ─b→ RUNNING       SUBMITTING ─e→ FAILED    SUBMITTING ─g→ LOST    SUBMITTING ─h→ ACCEPTED
    RUNNING    ─c→ DONE          RUNNING    ─f→ FAILED    RUNNING    ─g→ LOST    SUBMITTING ─c→ DONE

a: a turn came; written down before the POST leaves.  b: Segmind named its `request_id`.  c: the picture is there
(from SUBMITTING over v1, which answers with the picture).  d: called off, or out of service, before any POST.
e, f: refused, or FAILED.  g: nobody can tell whether it was taken, or the result ran away.  h: proof that it was
not taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a job stands. The value is what the database holds."""

    ACCEPTED = "accepted"
    SUBMITTING = "submitting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
    CANCELLED = "cancelled"


NEXT: Mapping[State, frozenset[State]] = {
    State.ACCEPTED: frozenset({State.SUBMITTING, State.CANCELLED, State.FAILED}),
    State.SUBMITTING: frozenset({State.RUNNING, State.DONE, State.FAILED, State.LOST, State.ACCEPTED}),
    State.RUNNING: frozenset({State.DONE, State.FAILED, State.LOST}),
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
    State.LOST: frozenset(),
    State.CANCELLED: frozenset(),
}

TERMINAL = frozenset(state for state, following in NEXT.items() if not following)


class Outcome(StrEnum):
    """Why a job ended without a picture, or has it no more; each has words in the catalogue (`outcome.<value>`)."""

    BLOCKED_WORDS = "blocked_words"
    BLOCKED_PICTURE = "blocked_picture"
    BLOCKED = "blocked"
    BAD_PARAMETERS = "bad_parameters"
    PROVIDER_FAILED = "provider_failed"
    PROVIDER_BUSY = "provider_busy"
    PROVIDER_UNREACHABLE = "provider_unreachable"
    OUT_OF_CREDITS = "out_of_credits"
    NOT_AVAILABLE = "not_available"
    MODEL_RETIRED = "model_retired"
    RESULT_EXPIRED = "result_expired"
    BAD_PICTURE = "bad_picture"
    FATE_UNKNOWN = "fate_unknown"
    NOT_ANSWERED = "not_answered"
    REMOVED = "removed"
    CALLED_OFF = "called_off"


class Remover(StrEnum):
    """Who took the images of a request away. The value is what the database holds."""

    OWNER = "owner"
    MODERATOR = "moderator"


class Reach(StrEnum):
    """What the bot can do where a request was made, once the interaction's token has run out. The database holds the value."""

    CHANNEL = "channel"  # edit and post as itself: in servers that it is in
    DIRECT = "direct"  # the same; it is the direct messages with who asks
    REPLY = "reply"  # nothing: people installed it for themselves


# Of these the words are, or may be, at fault; a picture that came out badly is nobody's.
AT_FAULT = frozenset({Outcome.BLOCKED_WORDS, Outcome.BLOCKED})


class Api(StrEnum):
    """Which of Segmind's two interfaces took the job."""

    V2 = "v2"  # submit, poll, fetch
    V1 = "v1"  # one call that answers with the picture


# As many images as one message of Discord's shows.
IMAGES_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One use of a command by one person: one reply, one job for each image.

    `reply` is an opaque address that only the presenter reads; None once it is of no more use.
    `values` are the options as the person gave them; what each job sends stands in its payload.
    `place_id` is the channel whose rules count: a thread has those of the channel that it is in. `age_restricted` tells
    what Discord said of that channel when the command was used. `spoiler`, `removed` and `hide_words` may change at any
    time; the last says that AutoMod did not let its words stand in its card, so that nobody but its owner sees them.
    `models` are those of a comparison, and nothing where there is only `model`. `parent_id` is the request that this one
    was made from. With `expand` each `{a|b}` in the prompt means one image for each choice. `reply_ms` is when the press
    was made whose reply the card became when it was shared, and None where the reply is that of the command. Outside of
    servers, `guild_id` and what else a server has are those of bot/outside.py; `reach` is what the bot can do there.
    """

    interaction_id: int
    guild_id: int
    channel_id: int
    place_id: int
    user_id: int
    locale: str
    guild_locale: str
    command: str
    model: str
    values: Mapping[str, Any]
    private: bool
    spoiler: bool
    created_ms: int
    reply: str | None
    filesize_limit_bytes: int
    role_ids: tuple[int, ...] = field(default=())
    age_restricted: bool = False
    removed: Remover | None = None
    models: tuple[str, ...] = ()
    parent_id: int | None = None
    expand: bool = False
    reply_ms: int | None = None
    reach: Reach = Reach.CHANNEL
    hide_words: bool = False

    @property
    def prompt(self) -> str:
        return str(self.values["prompt"])

    @property
    def all_models(self) -> tuple[str, ...]:
        """The keys of all models that are to draw it."""
        return self.models or (self.model,)

    @property
    def turn_id(self) -> int:
        """Among whose jobs its own take turns: its server's. All people outside of servers stand in line as one server does."""
        return max(self.guild_id, 0)

    @property
    def token_ms(self) -> int:
        """When the token of the reply began to live."""
        return self.created_ms if self.reply_ms is None else self.reply_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One image on its way. `(interaction_id, number)` names it; `request_id` is Segmind's name for it."""

    interaction_id: int
    number: int
    model: str
    slug: str
    payload: Mapping[str, Any]
    price_microcredits: int
    state: State
    accepted_ms: int
    api: Api = Api.V2
    request_id: str | None = None
    submitting_ms: int | None = None
    running_ms: int | None = None
    finished_ms: int | None = None
    outcome: Outcome | None = None
    category: str | None = None
    detail: str | None = None
    result_url: str | None = None
    cost_microcredits: int | None = None
    render_ms: int | None = None
    sha256: str | None = None
    content_type: str | None = None
    attachment_id: int | None = None
    attachment_name: str | None = None

    @property
    def name(self) -> tuple[int, int]:
        return self.interaction_id, self.number

    @property
    def ended(self) -> bool:
        return self.state in TERMINAL

    @property
    def paid_microcredits(self) -> int:
        """What it cost its server."""
        return paid_microcredits(
            self.state, price_microcredits=self.price_microcredits, cost_microcredits=self.cost_microcredits
        )

    @property
    def seed(self) -> int | None:
        seed = self.payload.get("seed")
        return seed if isinstance(seed, int) else None


def paid_microcredits(state: State, *, price_microcredits: int, cost_microcredits: int | None) -> int:
    """What an ended job cost its server: never more than its list price, and nothing without an image."""
    if state is not State.DONE:
        return 0
    return price_microcredits if cost_microcredits is None else min(cost_microcredits, price_microcredits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """What calling a request off came to: so many images were, and so many are at Segmind and go on."""

    cancelled: int
    under_way: int


class Way(StrEnum):
    """The ways a card can reach people, in the order in which they are tried."""

    REPLY = "reply"  # edit the interaction's reply with its token
    MESSAGE = "message"  # edit that message as the bot
    CHANNEL = "channel"  # post in the channel, mentioning who asked
    DIRECT = "direct"  # a direct message to who asked
    KEPT = "kept"  # nothing took it; the images stay here for their owner


class Shown(StrEnum):
    """How far the card of a request is. The value is what the database holds."""

    OPEN = "open"  # people have not seen the end of it yet
    DELIVERED = "delivered"  # Discord confirmed the final card
    KEPT = "kept"  # no way led to Discord; the images are kept here for their owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where the card of a request stands and over which way it goes on.

    `posting_ms` is written before a message is posted, so that after a crash the bot looks before it posts again.
    `retouched` says that its images were removed or blurred: from then on it is only changed where it stands.
    """

    shown: Shown = Shown.OPEN
    way: Way = Way.REPLY
    posting_ms: int | None = None
    message_id: int | None = None
    message_channel_id: int | None = None
    retouched: bool = False

    def ended(self, shown: Shown) -> "Delivery":
        """The same card, at its end."""
        return replace(self, shown=shown)
