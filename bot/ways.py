"""Which way a card goes on when one way is closed. Pure; every step leads further down the list, so none loops.

REPLY    with the interaction's token, for fifteen minutes
MESSAGE  the same message, as the bot
CHANNEL  a new message in the channel, mentioning who asked
DIRECT   a direct message to who asked
KEPT     nothing took it; the images stay here for their owner
"""

from typing import assert_never

from bot.errors import Busy, ContentBlocked, DeliveryError, MessageGone, TooLarge
from bot.jobs import Reach, Way

# Discord gives fifteen minutes; the last half is left for an answer that is slow to arrive.
TOKEN_LIFE_MS = 15 * 60_000 - 30_000
# How often one way is tried while Discord is merely busy (some three hours), and how often a picture is made smaller.
BUSY_TRIES_MAX = 40
BUSY_BACKOFF_S = 0.5
BUSY_BACKOFF_MAX_S = 300.0
FIT_TRIES_MAX = 4


def token_lives(*, created_ms: int, now_ms: int) -> bool:
    """Whether the interaction's token may still be used."""
    return now_ms < created_ms + TOKEN_LIFE_MS


def next_way(
    way: Way, error: DeliveryError, *, private: bool, message_known: bool, reach: Reach = Reach.CHANNEL
) -> Way:
    """The way after `way` has been refused. A private card never goes to the channel.

    A card that somebody deleted is not put up again for all to see: who asked gets it by direct message.
    """
    post = Way.CHANNEL if reach is Reach.CHANNEL else Way.DIRECT
    match way:
        case Way.REPLY if private or reach is Reach.REPLY or isinstance(error, MessageGone):
            return Way.DIRECT
        case Way.REPLY:
            return Way.MESSAGE if message_known else post
        case Way.MESSAGE:
            return Way.DIRECT if isinstance(error, MessageGone) else post
        case Way.CHANNEL:
            return Way.DIRECT
        case Way.DIRECT | Way.KEPT:
            return Way.KEPT
        case _:
            assert_never(way)


def next_way_in_place(
    way: Way, error: DeliveryError, *, private: bool, message_known: bool, reach: Reach = Reach.CHANNEL
) -> Way:
    """The way of a card that is only changed where it stands: its reply, or the message as the bot, or none."""
    following = next_way(way, error, private=private, message_known=message_known, reach=reach)
    return following if following is Way.MESSAGE and message_known else Way.KEPT


def same_way_again(error: DeliveryError, *, tries: int) -> bool:
    """Whether the same way may still work: later, with fewer words, or with a smaller picture."""
    match error:
        case Busy():
            return tries < BUSY_TRIES_MAX
        case TooLarge():
            return tries < FIT_TRIES_MAX
        case ContentBlocked():
            return tries < 1
        case _:
            return False


def backoff_s(tries: int) -> float:
    """How long to wait after the n-th time that Discord was busy."""
    return min(BUSY_BACKOFF_MAX_S, BUSY_BACKOFF_S * 2.0 ** min(tries - 1, 20))
