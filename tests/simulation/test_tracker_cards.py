"""What people see while an image is made, in virtual time."""

from bot.cards.writer import ref_of
from bot.jobs import Outcome, State
from bot.sandbox.segmind import POSTS, CallKind, Fault, FaultKind, Rule
from tests.simulation.living import REF, SUBMIT, job, lived, titles, words
from tests.simulation.outside import START_MS
from tests.simulation.scenario import FAST
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request


def test_an_undisturbed_image_is_three_edits_and_the_one_between_moves_its_bar(folder):
    world = lived(folder, request(1))
    acts = world.discord.acts_of(REF)
    assert titles(acts) == ["Making your image", "Making your image", "Your image"]
    assert "▰▱▱▱▱" in words(acts[0])
    assert "▰▰▰▱▱ 50% of the usual time is over" in words(acts[1])


def test_a_quick_undisturbed_image_is_two_edits(folder):
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
    assert len(acts) == 5
    assert "a little longer than usual" in words(acts[2])
    assert "much longer than usual" in words(acts[3])
    assert 600_000 <= acts[3].at_ms - START_MS <= 602_000
    assert acts[4].card.images


def test_a_job_that_waits_for_room_is_told_so_and_then_when_to_expect_it(folder):
    world = lived(folder, request(1), request(2), jobs_in_flight=1)
    told = (world.discord.acts_of(ref_of(request(n).interaction_id)) for n in (1, 2))
    later = max(told, key=lambda acts: acts[-1].at_ms)
    assert titles(later) == [
        "Your image is waiting for its turn",
        "Making your image",
        "Your image",
    ]


def test_a_picture_that_takes_its_time_to_arrive_is_said_to_be_fetched(folder):
    dropped = Rule(Fault(FaultKind.DROPPED), frozenset({CallKind.IMAGE}), times=4)
    world = lived(folder, request(1), rules=(dropped,))
    assert "I am fetching it" in words(world.discord.acts_of(REF)[2])
    assert world.discord.acts_of(REF)[-1].card.images


def test_a_file_that_is_no_picture_stays_paid_and_is_told(folder):
    world = lived(folder, request(1), rules=(Rule(Fault(FaultKind.NOT_AN_IMAGE), frozenset({CallKind.IMAGE})),))
    assert job(world).state is State.DONE
    assert job(world).outcome is Outcome.BAD_PICTURE
    assert "could not be fetched" in words(world.discord.acts_of(REF)[-1])


def test_a_job_that_has_no_room_yet_says_from_its_first_card_on_that_it_waits_and_until_when(folder):
    world = World(folder, jobs_per_member=1)

    async def script(bot: Bot) -> None:
        for number in (1, 2, 3, 4):
            await bot.ask(request(number, user_id=1))
            await world.clock.sleep(0.5)
        await bot.idle()

    world.live(script)
    assert verdict(world) == []
    told = [world.discord.acts_of(ref_of(request(number).interaction_id)) for number in (1, 2, 3, 4)]
    assert [titles(acts)[0] for acts in told] == ["Making your image", *["Your image is waiting for its turn"] * 3]
    first = [words(acts[0]) for acts in told[1:]]
    assert "Next in this server's line. Probable start <t:" in first[0]
    assert "Number 2 of 2 in this server's line. Probable start <t:" in first[1]
    assert "Number 3 of 3 in this server's line. Probable start <t:" in first[2]
    dues = [int(each.split("Probable start <t:")[1].split(":")[0]) for each in first]
    assert dues == sorted(set(dues)), "further behind is later"
    assert [act.card.title for act in told[3]].count("**Your image is waiting for its turn**") <= 2
    assert max(len(acts) for acts in told) <= 4
