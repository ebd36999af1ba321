"""Which cards go on showing deleted images: those to which only a token leads, once it is too old."""

from dataclasses import replace

from bot.cards.staying import Stays, what_stays
from bot.jobs import Delivery, Reach, Shown, State, Way
from bot.ways import TOKEN_LIFE_MS
from tests.store.support import JOB, REQUEST

GROUP = replace(
    REQUEST, guild_id=-5, user_id=5, private=False, reach=Reach.REPLY, created_ms=1_000, reply_ms=None, channel_id=8
)
THERE = Delivery(shown=Shown.DELIVERED, way=Way.REPLY, message_id=50, message_channel_id=8)
IN_TIME = replace(JOB, state=State.DONE, finished_ms=2_000)
LATE_MS = 1_000 + TOKEN_LIFE_MS


def stays(request=GROUP, delivery=THERE, *, jobs=(IN_TIME,), now_ms=LATE_MS):
    return what_stays(request, jobs, delivery, now_ms=now_ms)


def test_a_card_to_which_only_a_token_leads_stays_once_that_is_too_old():
    assert stays(now_ms=LATE_MS - 1) is None
    assert stays() == Stays(url="https://discord.com/channels/@me/8/50")


def test_a_press_that_brought_a_new_token_counts_instead_of_the_command():
    assert stays(replace(GROUP, reply_ms=LATE_MS)) is None


def test_where_the_bot_can_edit_as_itself_and_where_nobody_else_looks_nothing_stays():
    assert stays(replace(GROUP, reach=Reach.CHANNEL)) is None
    assert stays(replace(GROUP, reach=Reach.DIRECT)) is None
    assert stays(replace(GROUP, private=True)) is None


def test_a_card_that_was_never_shown_does_not_stay():
    assert stays(delivery=Delivery()) is None


def test_a_first_card_that_was_left_may_show_what_was_drawn_in_time_and_nothing_else():
    direct = Delivery(shown=Shown.DELIVERED, way=Way.DIRECT, message_id=60, message_channel_id=9)
    kept = Delivery(shown=Shown.KEPT, way=Way.KEPT)
    late = replace(IN_TIME, number=1, finished_ms=LATE_MS)
    for left in (direct, kept):
        assert stays(delivery=left, jobs=(IN_TIME, late)) == Stays(url=None)
        assert stays(delivery=left, jobs=(late,)) is None
        assert stays(delivery=left, jobs=(replace(IN_TIME, state=State.FAILED),)) is None
