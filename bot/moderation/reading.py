"""What moderators read besides cases: an image under review, what happened lately, and how a member has behaved. Pure."""

from dataclasses import dataclass

from bot.jobs import Job, Outcome, Request
from bot.moderation.cases import Case, Pause, Source, Subject
from bot.safety_fields import StrikeRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A request that a moderator looks at. `pause` is the member's, while it lasts.

    Of a `private` one nothing is theirs to see but that it is private.
    """

    request: Request
    jobs: tuple[Job, ...]
    looks: Subject
    cases: tuple[Case, ...]
    pause: Pause | None
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A prompt that was blocked, or images that failed.

    `source` is whose rules blocked it, None where something failed; of a block by the server there are `words`, of all
    else an `outcome` with Segmind's own, untrusted reason as `detail`. `prompt` is None where it was private, or is
    forgotten. `at_ms` is when it was blocked, or asked for.
    """

    at_ms: int
    user_id: int
    channel_id: int | None
    case_id: int | None
    source: Source | None
    words: str
    outcome: Outcome | None
    category: str | None
    detail: str
    model: str | None
    prompt: str | None
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How a member has behaved in a server, as far as it is kept.

    `images` counts those that were made, `removals` the images that moderators removed, `strikes` the blocks that count
    for `strike_rule` now; without a rule that is 0. `cases` are the latest, the newest first.
    """

    user_id: int
    images: int
    blocks: int
    reports: int
    removals: int
    strikes: int
    strike_rule: StrikeRule | None
    pause: Pause | None
    cases: tuple[Case, ...]
