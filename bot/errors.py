"""The errors of the house. Each one names a decision, so that who catches it knows what to do.

ImagenError
├── ConfigError           the bot cannot start like this; every problem is listed
├── StoreError            the database did not take it; nothing was written
│   ├── StoreFull         the disk is full; works again as soon as there is room
│   ├── StoreLocked       another process holds the database
│   └── SchemaTooNew      a newer version of the bot wrote this database; refuse to touch it
├── ProviderError         what Segmind answered, or failed to
│   ├── NotTaken          proof that no job was started: the same submit may be sent again
│   │   ├── RateLimited   … but not before `reset_ms`
│   │   └── UnknownModel  … to v2; v1 may know the model
│   ├── Refused           the answer is no, and nothing was charged: do not send it again
│   │   ├── BadParameters a value was refused: say which
│   │   ├── KeyRejected   the operator's key is missing or wrong
│   │   ├── NotPermitted  the key may not use this model: out of service
│   │   ├── OutOfCredits  the operator's account may be empty: ask the balance before believing it
│   │   └── ModelRetired  the model is gone: out of service, successor if one is named
│   ├── Unclear           it may have been taken and billed: never send it again, look it up
│   ├── Unavailable       a question went unanswered: ask again later
│   └── Expired           the request is not known any more (results live for one hour)
├── MediaError            the picture could not be had
│   ├── BadPicture        what came is not a picture we accept: do not try again
│   └── MediaUnavailable  it did not come this time: try again
└── DeliveryError         Discord did not take the card this way
    ├── Busy              not now: try the same way again
    ├── TokenExpired      the interaction can no longer be answered: another way
    ├── MessageGone       somebody deleted the card
    ├── NotAllowed        the bot may not write there
    ├── ThreadArchived    the thread takes no edits
    ├── TooLarge          the picture must be smaller
    └── ContentBlocked    the server's AutoMod objects to the words: leave them out
"""

import re

# Words that a 406 uses about whoever pays; about a value it would not.
_OF_ACCOUNTS = re.compile(r"(?i)balance|billing|budget|credit|funds|payment|quota|spend|\bteam\b")


class ImagenError(Exception):
    """Any error of ours."""


class ConfigError(ImagenError):
    """The bot cannot start like this.

    `problems` has one line for each thing to mend, in the operator's words.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StoreError(ImagenError):
    """The database did not take it, and nothing was written."""


class StoreFull(StoreError):
    """The disk is full; it works again as soon as there is room."""


class StoreLocked(StoreError):
    """Another process holds the database."""


class SchemaTooNew(StoreError):
    """A newer version of the bot wrote this database."""


class ProviderError(ImagenError):
    """What Segmind answered, or failed to.

    `detail` is Segmind's own text or a short reason; it never holds the key, and it is untrusted.
    """

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class NotTaken(ProviderError):
    """Proof that no job was started: the same submit may be sent again."""


class RateLimited(NotTaken):
    """Too many requests; `reset_ms` (wall time) is when the provider will listen again, where it said so."""

    def __init__(self, detail: str = "", *, reset_ms: int | None = None) -> None:
        super().__init__(detail)
        self.reset_ms = reset_ms


class UnknownModel(NotTaken):
    """This API version does not know the model."""


class Refused(ProviderError):
    """The answer is no and nothing was charged; sending it again would not help."""


class BadParameters(Refused):
    """A value was refused."""


class KeyRejected(Refused):
    """The operator's key is missing or wrong."""


class NotPermitted(Refused):
    """The operator's key may not use this model."""


class OutOfCredits(Refused):
    """The operator's account may be empty; 406 has other meanings too, so the balance decides."""

    @property
    def names_account(self) -> bool:
        """Whether its text is about the operator's account, such as a team's limit, and not about a value."""
        return _OF_ACCOUNTS.search(self.detail) is not None


class ModelRetired(Refused):
    """The model is gone for good."""


class Unclear(ProviderError):
    """It may have been taken and billed: never send it again."""


class Unavailable(ProviderError):
    """A question went unanswered; asking again costs nothing."""


class Expired(ProviderError):
    """The provider does not know this request any more."""


class MediaError(ImagenError):
    """The picture could not be had."""


class BadPicture(MediaError):
    """What came is not a picture that we accept."""


class MediaUnavailable(MediaError):
    """The picture did not come this time."""


class DeliveryError(ImagenError):
    """Discord did not take the card this way."""


class Busy(DeliveryError):
    """Discord did not take it now; the same way may work in a moment."""


class TokenExpired(DeliveryError):
    """The interaction can no longer be answered."""


class MessageGone(DeliveryError):
    """Somebody deleted the card."""


class NotAllowed(DeliveryError):
    """The bot may not write there, or there is no such place any more."""


class ThreadArchived(DeliveryError):
    """The thread takes no edits; a new message may still open it."""


class TooLarge(DeliveryError):
    """The picture is over the limit of this place."""


class ContentBlocked(DeliveryError):
    """The server's AutoMod objects to the words of the card."""
