import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.progress import (
    BLOCKS,
    LONG_MS,
    QUICK_MS,
    STARTS_KEPT,
    STARTS_LIFE_MS,
    STARTS_MIN,
    Starts,
    bar,
    blocks,
    moves_ms,
    percent_over,
)

ANY_MS = st.integers(0, 10**7)


def began(*at_ms, guild_id=1):
    starts = Starts()
    for each_ms in at_ms:
        starts.began(guild_id, at_ms=each_ms)
    return starts


def test_a_bar_is_so_many_blocks_the_first_ones_full():
    assert (bar(0, 3), bar(2, 5), bar(3, 3)) == ("▱▱▱", "▰▰▱▱▱", "▰▰▰")


@pytest.mark.parametrize(
    ("usual_ms", "moves"),
    [(QUICK_MS - 1, ()), (12_000, (6_000,)), (LONG_MS - 1, (19_999,)), (60_000, (20_000, 40_000))],
)
def test_the_longer_an_image_usually_takes_the_more_its_bar_moves_and_a_quick_ones_never(usual_ms, moves):
    assert moves_ms(usual_ms) == moves


@given(usual_ms=ANY_MS)
def test_a_bar_moves_at_most_twice_and_before_the_usual_time_is_over(usual_ms):
    assert len(moves_ms(usual_ms)) <= 2
    assert all(0 < move_ms < usual_ms for move_ms in moves_ms(usual_ms))


@given(usual_ms=ANY_MS, ran_ms=ANY_MS)
def test_between_two_moves_the_bar_stands_still_and_at_each_it_grows(usual_ms, ran_ms):
    percents = [percent_over(at_ms, usual_ms=usual_ms) for at_ms in (0, *moves_ms(usual_ms))]
    passed = sum(move_ms <= ran_ms for move_ms in moves_ms(usual_ms))
    assert percent_over(ran_ms, usual_ms=usual_ms) == percents[passed]
    full = [blocks(percent) for percent in percents]
    assert full == sorted(set(full))
    assert 0 < full[0] <= full[-1] < BLOCKS


@given(usual_ms=ANY_MS, ran_ms=ANY_MS)
def test_no_more_of_the_time_is_said_to_be_over_than_is(usual_ms, ran_ms):
    assert percent_over(ran_ms, usual_ms=usual_ms) * usual_ms <= 100 * ran_ms


# ---------------------------------------------------------------- when one that waits may start


def test_a_line_goes_on_as_it_went():
    starts = began(0, 2_000, 4_000, 6_000)
    assert starts.due_ms(1, ahead=0, now_ms=6_000) == 8_000
    assert starts.due_ms(1, ahead=4, now_ms=6_000) == 16_000


def test_nothing_is_promised_from_too_few_starts_nor_from_those_of_another_server():
    assert began(*range(STARTS_MIN - 1)).due_ms(1, ahead=0, now_ms=10) is None
    assert began(*range(STARTS_MIN)).due_ms(2, ahead=0, now_ms=10) is None
    assert began(*range(STARTS_MIN)).due_ms(1, ahead=0, now_ms=10) is not None


def test_a_line_that_has_come_to_a_halt_is_not_said_to_go_on_as_before():
    starts = began(0, 1_000, 2_000, 3_000)
    early, late = (starts.due_ms(1, ahead=9, now_ms=now_ms) - now_ms for now_ms in (3_000, 60_000))
    assert (early, late) == (10_000, 3_000 + 10 * (60_000 - 1_000) // 3 - 60_000)


def test_old_starts_say_nothing_about_now():
    starts = began(0, 1_000, 2_000)
    assert starts.due_ms(1, ahead=0, now_ms=STARTS_LIFE_MS) is not None
    assert starts.due_ms(1, ahead=0, now_ms=STARTS_LIFE_MS + 1) is None


@given(
    gaps_ms=st.lists(st.integers(0, 60_000), min_size=1, max_size=60),
    ahead=st.integers(0, 1_000),
    since_ms=st.integers(0, STARTS_LIFE_MS),
)
def test_what_is_promised_lies_ahead_and_further_for_those_behind(gaps_ms, ahead, since_ms):
    at_ms = [sum(gaps_ms[:n]) for n in range(len(gaps_ms) + 1)]
    starts, now_ms = began(*at_ms), at_ms[-1] + since_ms
    due_ms, next_ms = (starts.due_ms(1, ahead=each, now_ms=now_ms) for each in (ahead, ahead + 1))
    assert due_ms is None or now_ms <= due_ms <= next_ms


def test_a_server_in_which_nothing_goes_on_is_forgotten_and_of_a_busy_one_only_the_last_starts_are_kept():
    starts = began(*range(1_000))
    starts.began(2, at_ms=999 + STARTS_LIFE_MS + 1)
    kept = starts._at_ms
    assert [*kept] == [2]
    assert len(began(*range(1_000))._at_ms[1]) == STARTS_KEPT
