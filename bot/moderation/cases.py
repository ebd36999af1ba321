"""What a case is, and what can be done about one. Pure.

A case is one thing that moderators may want to know of: told on a card in their log, and one row that outlives it. What was
done about it stands below it as actions, the oldest first; the card follows from both and from nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.jobs import Request

# Who acts where the server's strike rule does, and not a person.
RULE_ID = 0


class CaseKind(StrEnum):
    """Why there is a case. The value is what the database holds."""

    BLOCK = "block"  # a prompt was blocked, by the server's rules or by the provider
    FLAG = "flag"  # a prompt was made into images, and a rule wants it looked at
    REPORT = "report"  # a member reported an image
    REVIEW = "review"  # a moderator acted on an image of their own accord
    PAUSE = "pause"  # a member was paused by command, or by the strike rule
    DELETION = "deletion"  # a member deleted an image of their own that others could see


class Source(StrEnum):
    """Whose rules blocked a prompt. Only the server's can be overruled there."""

    SERVER = "server"
    PROVIDER = "provider"


class Act(StrEnum):
    """What moderators do about a case. The value is what the database and the buttons hold."""

    DELETE = "delete"  # the images of the case's request
    DELETE_ALL = "delete_all"  # all of this member's images in the server
    BLUR = "blur"
    PAUSE_HOUR = "pause_hour"
    PAUSE_DAY = "pause_day"
    PAUSE_WEEK = "pause_week"
    PAUSE = "pause"  # until lifted
    LIFT = "lift"
    APPROVE = "approve"  # an appeal
    DECLINE = "decline"
    DISMISS = "dismiss"  # looked at; nothing to do

    @property
    def pauses(self) -> bool:
        return self in PAUSE_MS or self is Act.PAUSE


HOUR_MS = 3_600_000
PAUSE_MS: Mapping[Act, int] = {Act.PAUSE_HOUR: HOUR_MS, Act.PAUSE_DAY: 24 * HOUR_MS, Act.PAUSE_WEEK: 7 * 24 * HOUR_MS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What a member says against a block, once. `approved` is None until a moderator has decided."""

    reason: str
    at_ms: int
    approved: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. `user_id` is the member whom it is about, `by_id` who brought it: a reporter, a moderator, RULE_ID.

    `interaction_id` names the request, or the use of a command that was refused and left no request; None where there is
    neither. `prompt` is None where it was private, or is forgotten. `details` depend on the kind:

        BLOCK by the server      words, rule ("words" or "automod")
        BLOCK by the provider    outcome, category, detail, model
        FLAG                     words
        REPORT                   reason
        REVIEW                   nothing
        PAUSE                    until_ms (None: until lifted), reason; by RULE_ID also blocks
        DELETION                 images (how many)
    """

    case_id: int
    guild_id: int
    kind: CaseKind
    user_id: int
    by_id: int | None
    channel_id: int | None
    interaction_id: int | None
    private: bool
    prompt: str | None
    details: Mapping[str, Any]
    at_ms: int
    source: Source | None = None
    appeal: Appeal | None = None


def draft_of(
    request: Request,
    kind: CaseKind,
    details: Mapping[str, Any],
    *,
    at_ms: int,
    by_id: int | None = None,
    source: Source | None = None,
) -> Case:
    """A new case about a request, which has no number yet; without the prompt where that is private, or forgotten."""
    return Case(
        case_id=0,
        guild_id=request.guild_id,
        kind=kind,
        user_id=request.user_id,
        by_id=by_id,
        channel_id=request.channel_id,
        interaction_id=request.interaction_id,
        private=request.private,
        prompt=None if request.private else request.prompt or None,
        details=details,
        at_ms=at_ms,
        source=source,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What somebody did about a case, and when. `images` is how many images it concerned."""

    act: Act
    user_id: int
    at_ms: int
    images: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """How far what a case is about can still be acted upon; its card shows only buttons that can do something.

    `message` is the channel and message id of the card of the request, where Discord has one that others see. `images`
    counts those that were made, `pending` those that may still come. `removed` and `blurred` say what they are now,
    `unreached` that Discord did not let the bot change their card, `lost` that nobody removed them and yet nothing
    of them can be found, `forgotten` that their owner had their data deleted: no picture is left to be shown anew.
    `paused_until_ms` is the end of the member's present pause, 0 where there is none, None until lifted.
    `evidence` says that its images are kept for moderators.
    """

    message: tuple[int, int] | None = None
    images: int = 0
    pending: int = 0
    removed: bool = False
    blurred: bool = False
    unreached: bool = False
    lost: bool = False
    forgotten: bool = False
    paused_until_ms: int | None = 0
    evidence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Docketed:
    """A case with all that its card tells. `remaining` is how many requests an act on all of them left for another one.

    Of a block, `joined` are the newest of the member's further blocks that its card tells, too, the newest first, and
    `joined_count` is how many there are.
    """

    case: Case
    actions: tuple[Action, ...] = field(default=())
    subject: Subject = field(default=Subject())
    joined: tuple[Case, ...] = ()
    joined_count: int = 0
    remaining: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A member who may make no images in a server. `until_ms` is None until lifted; `by_id` RULE_ID for the strike rule."""

    guild_id: int
    user_id: int
    until_ms: int | None
    by_id: int
    reason: str
    at_ms: int
