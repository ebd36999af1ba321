from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.writer import Pace
from bot.jobs import Job, Outcome, State
from bot.pacing import OVERDUE_S, RESULT_KEPT_S
from bot.ports import Card, CardAct, CardButton, CardImage, Receipt, Sighting
from bot.tracker.views import FETCHING_MS, PLACE_MS, WAITING_MS, Moments, complete, fetched, settled, told_by
from bot.turns import Place

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
    assert fetched(done(outcome=Outcome.REMOVED))


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


def test_where_it_is_known_at_once_that_a_turn_is_far_off_the_first_card_says_so():
    def waiting(starts_ms):
        return MOMENTS.view([job()], images={}, now_ms=100, starts_ms=starts_ms).waiting

    assert waiting(WAITING_MS)
    assert not waiting(WAITING_MS - 1)


def test_the_place_in_line_is_handed_on():
    seen = MOMENTS.view([job()], images={}, now_ms=WAITING_MS, place=Place(ahead=3, here=9), starts_ms=77_000)
    assert (seen.place, seen.starts_ms) == (Place(ahead=3, here=9), 77_000)


def test_the_place_in_line_is_looked_at_again_and_again():
    looks_ms, now_ms = [], WAITING_MS
    for _ in range(3):
        now_ms += round(1000 * MOMENTS.next_change_s([job()], now_ms=now_ms, in_line=True))
        looks_ms.append(now_ms)
    assert looks_ms == [PLACE_MS, 2 * PLACE_MS, 3 * PLACE_MS]


def told(moments, ahead, *, now_ms, starts_ms=600_000):
    """The place that a card tells at this moment, and the start."""
    seen = moments.view([job()], images={}, now_ms=now_ms, place=Place(ahead, 20), starts_ms=starts_ms)
    return seen.place.ahead, seen.starts_ms


def test_a_new_place_is_told_where_far_fewer_are_ahead_and_never_soon_after_the_last_one():
    moments = Moments()
    assert told(moments, 8, now_ms=100) == (8, 600_000)
    assert told(moments, 1, now_ms=PLACE_MS, starts_ms=500_000) == (8, 600_000), "too soon"
    assert told(moments, 3, now_ms=200 + PLACE_MS, starts_ms=500_000) == (8, 600_000), "not worth an edit"
    assert told(moments, 2, now_ms=200 + PLACE_MS, starts_ms=500_000) == (2, 500_000)
    assert told(moments, 0, now_ms=300 + 2 * PLACE_MS, starts_ms=400_000) == (0, 400_000)


def test_a_start_that_has_passed_is_told_anew_ever_less_often():
    moments = Moments()
    edits = [
        now_ms
        for now_ms in range(0, 3_600_000, PLACE_MS)
        if told(moments, 0, now_ms=now_ms, starts_ms=now_ms + WAITING_MS)[1] == now_ms + WAITING_MS
    ]
    assert edits == [0, *(PLACE_MS * 2**n for n in range(8))]


def test_what_is_expected_of_one_that_waits_counts_the_wait():
    first, later = (
        Moments().view([job()], images={}, now_ms=0, place=Place(ahead, 3), starts_ms=starts_ms).expected_ms
        for ahead, starts_ms in ((0, 12_000), (1, 24_000))
    )
    assert (first, later) == (24_000, 36_000)
    assert view(job(), now_ms=0).expected_ms == 12_000


def test_a_card_that_says_that_it_waits_says_so_until_it_starts():
    moments = Moments()
    for now_ms in (0, 100, 4_900):
        place = Place(ahead=0, here=3)
        assert moments.view([job()], images={}, now_ms=now_ms, place=place, starts_ms=now_ms + WAITING_MS).waiting


def test_nobody_looks_at_the_place_of_what_does_not_wait():
    assert MOMENTS.next_change_s([job()], now_ms=WAITING_MS) is None


def test_the_bar_of_a_single_image_moves_when_half_its_usual_time_is_over():
    assert view(running(at_ms=500), now_ms=6_499).percent == 0
    assert view(running(at_ms=500), now_ms=6_500).percent == 50
    assert MOMENTS.next_change_s([running(at_ms=500)], now_ms=500) == 6


def test_the_bar_of_an_image_that_had_to_wait_does_not_move():
    late_ms = 60_000
    assert view(running(at_ms=late_ms), now_ms=late_ms + 11_000).percent == 0
    assert MOMENTS.next_change_s([running(at_ms=late_ms)], now_ms=late_ms) == 30


def test_the_bar_stands_still_once_the_image_is_finished():
    assert view(done(at_ms=6_000), now_ms=9_500).percent == 0


def test_the_bar_of_several_images_does_not_move_by_time():
    assert view(running(0), running(1), now_ms=6_500).percent == 0
    assert MOMENTS.next_change_s([running(0), running(1)], now_ms=500) == 30


def test_a_quick_image_is_not_edited_for_its_bar():
    assert Moments(usual_ms=7_000, overdue_ms=20_000).next_change_s([running(at_ms=500)], now_ms=500) == 20


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
        told = [(v.pace, v.waiting, v.fetching, v.percent) for v in (before, after)]
        assert told[0] == told[1]


@given(jobs=st.lists(anywhere(), min_size=1, max_size=4), now_ms=st.integers(0, 3 * SLOW_MS))
def test_a_change_always_lies_ahead_and_there_are_only_so_many(jobs, now_ms):
    changes = 0
    while (change_s := MOMENTS.next_change_s(jobs, now_ms=now_ms)) is not None:
        assert change_s > 0
        now_ms += round(change_s * 1000)
        changes += 1
    # The bar of a single image moves once more.
    assert changes <= 2 * len(jobs) + (len(jobs) == 1)


def test_a_settled_request_changes_no_more_by_time_alone():
    assert MOMENTS.next_change_s([done(sha256="ab"), job(1, State.FAILED, finished_ms=1)], now_ms=0) is None


def card(*spoilers, accent="done", title="**Your image**"):
    """A card with an image for each of these, hidden or not."""
    images = tuple(
        CardImage(filename=f"{number}.png", path="", alt="", spoiler=spoiler, attachment_id=number)
        for number, spoiler in enumerate(spoilers)
    )
    return Card(interaction_id=1, title=title, lines=(), small="", images=images, accent=accent)


def sighting(seen):
    """What the bot sees where this card stands."""
    files = {image.filename: number for number, image in enumerate(seen.images)}
    receipt = Receipt(message_id=1, channel_id=2, attachment_ids=files)
    return Sighting(
        receipt=receipt, title=seen.title, accent=seen.accent, hidden=sum(image.spoiler for image in seen.images)
    )


@pytest.mark.parametrize("seen", [card(False), card(True, True), card(accent="failed")])
def test_an_end_that_people_see_is_told(seen):
    assert told_by(sighting(seen), seen, removed=False)


@pytest.mark.parametrize(
    ("seen", "due"),
    [
        (card(False), card(True)),
        (card(True, False), card(True, True)),
        (card(False), card(False, False)),
        (card(False, accent="waiting"), card(False)),
        (card(False), card(accent="failed")),
        (card(accent="waiting"), card(accent="waiting")),
    ],
)
def test_what_stands_there_is_not_taken_for_an_end_that_looks_different(seen, due):
    assert not told_by(sighting(seen), due, removed=False)


def test_a_card_without_an_image_is_not_taken_for_one_whose_images_were_removed():
    removed, failed = card(accent="failed", title="**Image removed**"), card(accent="failed", title="**No image**")
    assert told_by(sighting(removed), removed, removed=True)
    assert not told_by(sighting(failed), removed, removed=True)
    # Its words may have changed with the version of the bot; that makes it no other end.
    assert told_by(sighting(failed), card(accent="failed", title="**Nothing this time**"), removed=False)


def test_an_end_that_stands_there_from_before_there_were_buttons_is_told_nevertheless():
    due = replace(card(False), rows=((CardButton(does=CardAct.AGAIN, label="Again"),),))
    assert told_by(sighting(card(False)), due, removed=False)
