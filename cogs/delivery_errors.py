"""What Discord's refusals mean for a card: each error code becomes the decision that it asks for."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord
import structlog

from bot.errors import (
    Busy,
    ContentBlocked,
    DeliveryError,
    MessageGone,
    NotAllowed,
    ThreadArchived,
    TokenExpired,
    TooLarge,
)

log = structlog.get_logger()

UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060

_BY_CODE: dict[int, type[DeliveryError]] = {
    UNKNOWN_INTERACTION: TokenExpired,
    10015: TokenExpired,  # unknown webhook
    50027: TokenExpired,  # invalid webhook token
    10008: MessageGone,  # unknown message
    10003: NotAllowed,  # unknown channel
    10004: NotAllowed,  # unknown guild
    40094: NotAllowed,  # too many follow-ups
    50001: NotAllowed,  # missing access
    50005: NotAllowed,  # another author's message
    50007: NotAllowed,  # takes no direct messages
    50013: NotAllowed,  # missing permissions
    50083: ThreadArchived,
    160005: ThreadArchived,  # locked
    40005: TooLarge,
    200000: ContentBlocked,  # AutoMod
    200001: ContentBlocked,  # AutoMod, title
    240000: ContentBlocked,  # harmful link
}
_TOO_MANY, _ENTITY_TOO_LARGE, _SERVER_ERROR = 429, 413, 500


def will_pass(error: discord.HTTPException) -> bool:
    """Whether it is Discord's own trouble, so that the same call may work in a moment."""
    return error.status == _TOO_MANY or error.status >= _SERVER_ERROR


def delivery_error(error: discord.HTTPException) -> DeliveryError:
    """The decision that an answer of Discord's asks for."""
    said = f"{error.status} {error.code} {error.text}"
    kind = _BY_CODE.get(error.code)
    if kind is not None:
        return kind(said)
    if error.status == _ENTITY_TOO_LARGE:
        return TooLarge(said)
    if will_pass(error):
        return Busy(said)
    log.error("Discord refused a card for a reason that is not in the table", said=said)
    return NotAllowed(said)


@contextmanager
def as_delivery_errors() -> Iterator[None]:
    """Whatever goes wrong inside is raised as a DeliveryError."""
    try:
        yield
    except discord.HTTPException as error:
        raise delivery_error(error) from error
    except (aiohttp.ClientError, OSError) as error:
        raise Busy(repr(error)) from error
