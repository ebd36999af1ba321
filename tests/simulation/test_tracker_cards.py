"""What people see while an image is made, in virtual time."""

from bot.cards import ref_of
from bot.jobs import Outcome, State
from bot.sandbox.segmind import POSTS, CallKind, Fault, FaultKind, Rule
from tests.simulation.living import REF, SUBMIT, job, lived, titles, words
from tests.simulation.outside import START_MS
from tests.simulation.scenario import FAST
from tests.simulation.world import request


def test_an_undisturbed_image_is_two_edits(folder):
    world = lived(folder, request(1))
    assert titles(world.discord.acts_of(REF)) == ["Making your image", "Your image"]


def test_an_undisturbed_image_over_v1_is_two_edits(folder):
    world = lived(folder, request(1, **FAST))
    assert titles(world.discord.acts_of(REF)) == ["Making your image", "Your image"]


def test_four_images_come_one_an_edit_with_the_earlier_ones_kept(folder):
    world = lived(folder, request(1, count=4))
    acts = [act for act in world.discord.acts_of(REF) if act.card.images]
    assert [len(act.card.images) for act in acts] == [1, 2, 3, 4]
    for act in acts:
        assert sum(image.attachment_id is None for image in act.card.images) == 1
    assert titles(acts)[-1] == "Your 4 images"


def test_an_image_that_is_being_made_is_never_said_to_wait_for_its_turn(folder):
    dropped = Rule(Fault(FaultKind.DROPPED, taken=True), SUBMIT, when="dropped".__eq__)
    slow = Rule(Fault(FaultKind.SLOW, seconds=40), POSTS)
    world = lived(folder, request(1, **FAST), request(2, "dropped"), request(3), rules=(dropped, slow))
    assert not [act for act in world.discord.acts if "waiting" in act.card.title]


def test_past_the_usual_time_people_are_told_once_and_past_ten_minutes_once_more(folder):
    world = lived(folder, request(1), rules=(Rule(Fault(FaultKind.SLOW, seconds=700), POSTS),))
    acts = world.discord.acts_of(REF)
    assert len(acts) == 4
    assert "a little longer than usual" in words(acts[1])
    assert "much longer than usual" in words(acts[2])
    assert 600_000 <= acts[2].at_ms - START_MS <= 602_000
    assert acts[3].card.images


def test_a_job_that_waits_for_room_is_told_so_and_then_when_to_expect_it(folder):
    world = lived(folder, request(1), request(2), jobs_in_flight=1)
    later = max((world.discord.acts_of(ref_of(request(n).interaction_id)) for n in (1, 2)), key=len)
    assert titles(later) == [
        "Making your image",
        "Your image is waiting for its turn",
        "Making your image",
        "Your image",
    ]


def test_a_picture_that_takes_its_time_to_arrive_is_said_to_be_fetched(folder):
    dropped = Rule(Fault(FaultKind.DROPPED), frozenset({CallKind.IMAGE}), times=4)
    world = lived(folder, request(1), rules=(dropped,))
    assert "I am fetching it" in words(world.discord.acts_of(REF)[1])
    assert world.discord.acts_of(REF)[-1].card.images


def test_a_file_that_is_no_picture_stays_paid_and_is_told(folder):
    world = lived(folder, request(1), rules=(Rule(Fault(FaultKind.NOT_AN_IMAGE), frozenset({CallKind.IMAGE})),))
    assert job(world).state is State.DONE
    assert job(world).outcome is Outcome.BAD_PICTURE
    assert "could not be fetched" in words(world.discord.acts_of(REF)[-1])
