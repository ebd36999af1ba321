from itertools import product

import pytest

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
from bot.jobs import Way
from bot.ways import (
    BUSY_BACKOFF_MAX_S,
    BUSY_TRIES_MAX,
    FIT_TRIES_MAX,
    TOKEN_LIFE_MS,
    backoff_s,
    next_way,
    next_way_in_place,
    same_way_again,
    token_lives,
)

ERRORS = [Busy(), TokenExpired(), MessageGone(), NotAllowed(), ThreadArchived(), TooLarge(), ContentBlocked()]
MINUTE_MS = 60_000
EVERY = list(product(ERRORS, [True, False], [True, False]))


def route(error, *, private, message_known):
    """Every way that is tried while each one is refused like this."""
    ways = [Way.REPLY]
    while ways[-1] is not Way.KEPT:
        ways.append(next_way(ways[-1], error, private=private, message_known=message_known))
    return ways


@pytest.mark.parametrize(("error", "private", "message_known"), EVERY)
def test_every_route_ends_and_takes_no_way_twice(error, private, message_known):
    ways = route(error, private=private, message_known=message_known)
    assert ways == sorted(set(ways), key=list(Way).index)


@pytest.mark.parametrize(("error", "private", "message_known"), EVERY)
def test_before_a_card_is_only_kept_its_owner_is_written_to(error, private, message_known):
    assert route(error, private=private, message_known=message_known)[-2] is Way.DIRECT


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("message_known", [True, False])
def test_a_private_card_never_goes_to_the_channel(error, message_known):
    ways = route(error, private=True, message_known=message_known)
    assert not {Way.CHANNEL, Way.MESSAGE} & set(ways)


def test_past_the_token_the_message_is_edited_as_the_bot_and_without_one_it_is_posted():
    assert next_way(Way.REPLY, TokenExpired(), private=False, message_known=True) is Way.MESSAGE
    assert next_way(Way.REPLY, TokenExpired(), private=False, message_known=False) is Way.CHANNEL


@pytest.mark.parametrize("way", [Way.REPLY, Way.MESSAGE])
def test_a_card_that_somebody_deleted_is_not_put_up_again_for_all_to_see(way):
    assert next_way(way, MessageGone(), private=False, message_known=True) is Way.DIRECT


@pytest.mark.parametrize("error", [NotAllowed(), ThreadArchived()])
def test_where_the_bot_may_not_edit_it_may_still_post_and_else_writes_to_who_asked(error):
    assert next_way(Way.MESSAGE, error, private=False, message_known=True) is Way.CHANNEL
    assert next_way(Way.CHANNEL, error, private=False, message_known=True) is Way.DIRECT


@pytest.mark.parametrize(("age_ms", "lives"), [(0, True), (14 * MINUTE_MS, True), (TOKEN_LIFE_MS, False)])
def test_a_token_is_used_while_it_lives_and_left_before_discord_forgets_it(age_ms, lives):
    assert token_lives(created_ms=5, now_ms=5 + age_ms) is lives
    assert TOKEN_LIFE_MS < 15 * MINUTE_MS


@pytest.mark.parametrize(
    ("error", "tries_max"), [(Busy(), BUSY_TRIES_MAX), (TooLarge(), FIT_TRIES_MAX), (ContentBlocked(), 1)]
)
def test_the_same_way_is_tried_again_but_not_for_ever(error, tries_max):
    again = [same_way_again(error, tries=tries) for tries in range(tries_max + 1)]
    assert again == [True] * tries_max + [False]


@pytest.mark.parametrize("error", [TokenExpired(), MessageGone(), NotAllowed(), ThreadArchived(), DeliveryError()])
def test_what_is_closed_is_not_tried_again(error):
    assert not same_way_again(error, tries=0)


def test_the_bot_waits_twice_as_long_each_time_and_five_minutes_at_most():
    waits = [backoff_s(tries) for tries in range(1, BUSY_TRIES_MAX + 1)]
    assert waits[:4] == [0.5, 1.0, 2.0, 4.0]
    assert waits == sorted(waits)
    assert max(waits) == BUSY_BACKOFF_MAX_S == 300


def test_a_busy_discord_is_waited_for_some_hours_in_all():
    assert 2 * 3600 < sum(backoff_s(tries) for tries in range(1, BUSY_TRIES_MAX + 1)) < 4 * 3600


def test_a_wait_is_finite_however_often_it_is_asked_for():
    assert backoff_s(10**6) == BUSY_BACKOFF_MAX_S


def test_a_card_that_is_only_changed_where_it_stands_goes_to_its_own_message_or_nowhere():
    wrong = []
    for way, (error, private, message_known) in product(Way, EVERY):
        following = next_way_in_place(way, error, private=private, message_known=message_known)
        may_edit = way is Way.REPLY and message_known and not private
        if following is not Way.KEPT and not (following is Way.MESSAGE and may_edit):
            wrong.append((way, error, private, message_known, following))
    assert wrong == [], wrong


def test_in_its_place_past_the_token_the_message_is_edited_as_the_bot():
    assert next_way_in_place(Way.REPLY, TokenExpired(), private=False, message_known=True) is Way.MESSAGE
