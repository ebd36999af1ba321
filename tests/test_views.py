import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Pace
from bot.jobs import Job, Outcome, State
from bot.pacing import OVERDUE_S, RESULT_KEPT_S
from bot.tracker.views import FETCHING_MS, WAITING_MS, Moments, complete, fetched, settled

SLOW_MS = int(OVERDUE_S * 1000)
MOMENTS = Moments(usual_ms=12_000, overdue_ms=30_000)


def job(number=0, state=State.ACCEPTED, **changes):
    told = {
        "interaction_id": 1,
        "number": number,
        "model": "imagen-4",
        "slug": "imagen-4",
        "payload": {"prompt": "a cat"},
        "price_microcredits": 60_000,
        "state": state,
        "accepted_ms": 0,
    }
    return Job(**{**told, **changes})


def running(number=0, at_ms=500):
    return job(number, State.RUNNING, running_ms=at_ms)


def done(number=0, at_ms=9_000, **changes):
    return job(number, State.DONE, running_ms=500, finished_ms=at_ms, **changes)


def view(*jobs, now_ms):
    return MOMENTS.view(jobs, images={}, now_ms=now_ms)


def test_a_finished_job_is_fetched_when_its_picture_is_here_or_cannot_be_had():
    assert not fetched(done())
    assert fetched(done(sha256="ab"))
    assert fetched(done(outcome=Outcome.BAD_PICTURE))


@pytest.mark.parametrize("state", [State.ACCEPTED, State.SUBMITTING, State.RUNNING])
def test_nothing_is_settled_while_a_job_is_under_way(state):
    assert not settled([job(1, State.FAILED), job(state=state)])


def test_a_request_is_settled_when_no_job_of_it_can_change_any_more():
    assert settled([job(0, State.FAILED), job(1, State.LOST), job(2, State.CANCELLED), done(3, sha256="ab")])
    assert not settled([job(0, State.FAILED), done(1)])


def test_a_card_is_complete_when_every_picture_is_on_it():
    jobs = [done(0, sha256="ab"), done(1, sha256="cd"), done(2, outcome=Outcome.BAD_PICTURE), job(3, State.FAILED)]
    assert complete(jobs, shown={0, 1})
    assert not complete(jobs, shown={0})
    assert not complete([*jobs, running(4)], shown={0, 1})


def test_waiting_for_a_turn_is_worth_a_word_after_some_seconds():
    assert not view(job(), now_ms=WAITING_MS - 1).waiting
    assert view(job(), now_ms=WAITING_MS).waiting


def test_a_request_that_has_begun_is_not_waiting():
    assert not view(running(0), job(1), now_ms=60_000).waiting
    assert not view(done(0), job(1), now_ms=60_000).waiting


def test_the_rest_of_a_request_is_waiting_when_the_first_images_are_there():
    assert view(done(0, sha256="ab"), job(1), now_ms=60_000).waiting


def test_a_picture_is_expected_from_acceptance_on():
    assert view(running(at_ms=WAITING_MS - 1), now_ms=6_000).expected_ms == MOMENTS.usual_ms


def test_a_picture_that_began_late_is_expected_later():
    assert view(running(at_ms=60_000), now_ms=61_000).expected_ms == 60_000 + MOMENTS.usual_ms


def test_the_last_of_several_images_is_the_one_that_is_waited_for():
    assert view(running(0), running(1, at_ms=90_000), now_ms=91_000).expected_ms == 90_000 + MOMENTS.usual_ms


@pytest.mark.parametrize(
    ("ran_ms", "pace"),
    [
        (0, Pace.USUAL),
        (29_999, Pace.USUAL),
        (30_000, Pace.OVERDUE),
        (SLOW_MS - 1, Pace.OVERDUE),
        (SLOW_MS, Pace.SLOW),
    ],
)
def test_the_longer_it_runs_the_more_is_said(ran_ms, pace):
    assert view(running(at_ms=500), now_ms=500 + ran_ms).pace is pace


def test_time_in_the_queue_is_no_slowness():
    assert view(job(), now_ms=10 * SLOW_MS).pace is Pace.USUAL


def test_the_looking_goes_on_for_as_long_as_the_result_is_kept():
    assert view(running(at_ms=500), now_ms=SLOW_MS).gives_up_ms == 500 + RESULT_KEPT_S * 1000


def test_fetching_is_worth_a_word_only_when_it_takes_its_time():
    assert not view(done(at_ms=9_000), now_ms=9_000 + FETCHING_MS - 1).fetching
    assert view(done(at_ms=9_000), now_ms=9_000 + FETCHING_MS).fetching


def test_when_every_picture_is_here_the_rest_of_the_card_is_on_its_way_and_not_waiting():
    # One image an edit: the second is at hand while the first is being shown.
    seen = view(done(0, sha256="ab"), done(1, sha256="cd"), now_ms=60_000)
    assert (seen.fetching, seen.waiting) == (True, False)


def test_a_picture_that_cannot_be_had_is_told_by_its_number():
    assert view(done(0), done(2, outcome=Outcome.BAD_PICTURE), now_ms=0).unfetched == {2}


@st.composite
def anywhere(draw):
    """A job at any point of its life."""
    number = draw(st.integers(0, 3))
    state = draw(st.sampled_from(State))
    at = st.integers(0, 2 * SLOW_MS)
    ran = state in {State.RUNNING, State.DONE, State.LOST}
    ended = state in {State.DONE, State.FAILED, State.LOST, State.CANCELLED}
    return job(
        number,
        state,
        running_ms=draw(at) if ran else None,
        finished_ms=draw(at) if ended else None,
        sha256=draw(st.sampled_from([None, "ab"])) if state is State.DONE else None,
    )


@given(jobs=st.lists(anywhere(), min_size=1, max_size=4), now_ms=st.integers(0, 3 * SLOW_MS))
def test_until_the_next_change_the_card_stays_as_it_is(jobs, now_ms):
    change_s = MOMENTS.next_change_s(jobs, now_ms=now_ms)
    for later_ms in (now_ms, *((now_ms + round(change_s * 1000) - 1,) if change_s else (now_ms + 10**9,))):
        before, after = (MOMENTS.view(jobs, images={}, now_ms=at_ms) for at_ms in (now_ms, later_ms))
        told = [(v.pace, v.waiting, v.fetching) for v in (before, after)]
        assert told[0] == told[1]


@given(jobs=st.lists(anywhere(), min_size=1, max_size=4), now_ms=st.integers(0, 3 * SLOW_MS))
def test_a_change_always_lies_ahead_and_there_are_only_so_many(jobs, now_ms):
    changes = 0
    while (change_s := MOMENTS.next_change_s(jobs, now_ms=now_ms)) is not None:
        assert change_s > 0
        now_ms += round(change_s * 1000)
        changes += 1
    assert changes <= 2 * len(jobs)


def test_a_settled_request_changes_no_more_by_time_alone():
    assert MOMENTS.next_change_s([done(sha256="ab"), job(1, State.FAILED, finished_ms=1)], now_ms=0) is None
