"""Why nothing was done about a case. Pure; an error names a decision."""

from enum import StrEnum

from bot.errors import ImagenError


class CaseGone(ImagenError):
    """There is no such case or request in this server (any more)."""


class PrivateImage(ImagenError):
    """It is a private image: moderators neither see nor touch those."""


class AlreadyReported(ImagenError):
    """This member has reported these images before."""


class Idle(StrEnum):
    """Why there is nothing to do."""

    REMOVED = "removed"  # the images are gone already
    NO_IMAGES = "no_images"  # there are none, and none are being made
    BLURRED = "blurred"  # they are hidden behind a click already
    NOT_PAUSED = "not_paused"
    PAUSED = "paused"  # until lifted, and so they were before
    NO_APPEAL = "no_appeal"
    DECIDED = "decided"  # somebody has decided about the appeal
    DISMISSED = "dismissed"  # somebody has said so before
    FORGOTTEN = "forgotten"  # whose images they were is not known any more


class NothingToDo(ImagenError):
    """It is as it was to become."""

    def __init__(self, reason: Idle) -> None:
        super().__init__(reason.value)
        self.reason = reason


class NoAppeal(StrEnum):
    """Why there can be no appeal."""

    GONE = "gone"  # no block of this member's in this server (any more)
    PROVIDER = "provider"  # the provider's blocks cannot be overruled here
    TWICE = "twice"  # there was one
    LATE = "late"  # it is too long ago


class NotAppealable(ImagenError):
    """This block cannot be appealed against."""

    def __init__(self, reason: NoAppeal) -> None:
        super().__init__(reason.value)
        self.reason = reason
