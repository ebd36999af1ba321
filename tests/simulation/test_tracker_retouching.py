"""Images that are removed or blurred at any moment: people see no more of them, and nothing new. In virtual time."""

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.app import Machine
from bot.cards.writer import ref_of
from bot.errors import MessageGone, NotAllowed, ThreadArchived
from bot.jobs import Api, Delivery, Job, Outcome, Remover, Request, Shown, State, Way
from bot.moderation.cases import Case, CaseKind
from bot.sandbox.segmind import POSTS, CallKind, Fault, FaultKind, Rule
from bot.store import cases, retouching
from bot.store import jobs as job_store
from bot.tracker.delivery import RETOUCHED_AT_ONCE
from bot.tracker.guard import Guard
from tests.simulation import stumbles
from tests.simulation.crashes import rest
from tests.simulation.discord import Trouble
from tests.simulation.living import REF, SUBMIT, asks, calls, has_image, jobs_of, titles
from tests.simulation.scenario import FAST, NEARLY_DEAD
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request

ID = request(1).interaction_id
Script = Callable[[Bot], Awaitable[Any]]


async def written(bot: Bot, *, blur: bool = False, by: Remover = Remover.MODERATOR, number: int = 1) -> None:
    """It stands in the database, and nobody has been told."""
    interaction_id, at_ms = request(number).interaction_id, bot.world.clock.now_ms()
    async with bot.db.transaction() as tx:
        if blur:
            assert await retouching.blur(tx, interaction_id)
        else:
            assert await retouching.remove(tx, interaction_id, by=by, at_ms=at_ms)


async def retouch(bot: Bot, *, number: int = 1, **how: Any) -> None:
    await written(bot, number=number, **how)
    await bot.machine.tracker.retouch([request(number).interaction_id])


async def delivery(bot: Bot) -> Delivery:
    found = await job_store.request(bot.db, ID)
    assert found is not None
    return found[1]


async def until(bot: Bot, state: State, api: Api) -> None:
    """Wait until the first job stands there."""
    while ((job := (await jobs_of(bot))[0]).state, job.api) != (state, api):
        await bot.world.clock.sleep(0.005)


def live(world: World, script: Script) -> World:
    world.live(script)
    assert verdict(world) == []
    assert stumbles.taken() == []
    return world


def seen(folder: Path, *troubles: Trouble, later: tuple[Trouble, ...] = (), asked: Request | None = None, **how: Any):
    """A world in which an image was delivered, and then removed or blurred; with where its card stands at last."""
    world = World(folder)
    world.discord.troubles = {REF: [*troubles]}
    ends: list[Delivery] = []

    async def script(bot: Bot) -> None:
        await bot.ask(asked or request(1))
        await bot.idle()
        assert (await delivery(bot)).shown is Shown.DELIVERED
        world.discord.troubles[REF] += later
        await retouch(bot, **how)
        await bot.idle()
        ends.append(await delivery(bot))

    return live(world, script), ends[0]


def posts(world: World) -> int:
    return sum(act.posted for act in world.discord.acts)


def test_a_removed_card_is_changed_where_it_stands_and_shows_neither_image_nor_prompt(folder):
    world, end = seen(folder)
    act = world.discord.acts_of(REF)[-1]
    assert (act.way, act.posted, act.card.images) == (Way.MESSAGE, False, ())
    assert titles([act]) == ["Image removed"]
    assert end.shown is Shown.DELIVERED
    (message,) = world.discord.of(REF)
    assert message.files == {}


def test_a_blurred_card_keeps_its_images_behind_a_spoiler_and_uploads_nothing(folder):
    world, end = seen(folder, asked=request(1, count=2), blur=True)
    act = world.discord.acts_of(REF)[-1]
    assert [image.spoiler for image in act.card.images] == [True, True]
    assert all(image.attachment_id is not None for image in act.card.images)
    assert end.shown is Shown.DELIVERED


@pytest.mark.parametrize("blur", [True, False])
def test_where_the_bot_may_not_change_a_card_any_more_nothing_is_posted_and_it_says_so(folder, blur):
    closed = [Trouble(Way.MESSAGE, NotAllowed), Trouble(Way.MESSAGE, NotAllowed, looking=True)]
    world, end = seen(folder, later=tuple(closed), blur=blur)
    assert (end.shown, end.way, end.message_id) == (Shown.KEPT, Way.KEPT, world.discord.of(REF)[0].id)
    assert len(world.discord.of(REF)) == 1
    assert posts(world) == 0


@pytest.mark.parametrize("blur", [True, False])
def test_an_archived_thread_shows_what_it_did_and_is_not_taken_for_changed(folder, blur):
    world, end = seen(folder, later=(Trouble(Way.MESSAGE, ThreadArchived),), blur=blur)
    assert end.shown is Shown.KEPT
    assert posts(world) == 0


def test_a_card_that_somebody_deleted_needs_no_change(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        world.discord.delete(world.discord.of(REF)[0])
        await retouch(bot)
        await bot.idle()
        end = await delivery(bot)
        assert (end.shown, end.message_id) == (Shown.DELIVERED, None)

    live(world, script)
    assert world.discord.of(REF) == []


@pytest.mark.parametrize("way", [Way.CHANNEL, Way.DIRECT])
@pytest.mark.parametrize("blur", [True, False])
def test_a_card_that_went_another_way_is_changed_there(folder, way, blur):
    closed = [each for each in (Way.REPLY, Way.MESSAGE, Way.CHANNEL) if list(Way).index(each) < list(Way).index(way)]
    world, end = seen(
        folder, *(Trouble(each, NotAllowed, when=lambda card: card.accent != "waiting") for each in closed), blur=blur
    )
    acts = world.discord.acts_of(REF)
    assert [(act.way, act.posted) for act in acts[-2:]] == [(way, True), (way, False)]
    assert end.shown is Shown.DELIVERED


def test_what_could_not_be_changed_is_changed_once_the_bot_may_again(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        world.discord.troubles = {REF: [Trouble(Way.MESSAGE, NotAllowed, times=1)]}
        await retouch(bot)
        await bot.idle()
        assert (await delivery(bot)).shown is Shown.KEPT
        await retouch(bot)
        await bot.idle()
        assert (await delivery(bot)).shown is Shown.DELIVERED

    live(world, script)
    assert titles(world.discord.acts_of(REF)[-1:]) == ["Image removed"]


def test_a_private_image_that_its_owner_removed_is_told_to_nobody_anew(folder):
    world = World(folder)
    # The bot cannot reach what only one person sees.
    world.discord.troubles = {REF: [Trouble(Way.MESSAGE, MessageGone, times=0)]}

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, private=True))
        await bot.idle()
        await retouch(bot, by=Remover.OWNER)
        await bot.idle()
        assert (await delivery(bot)).shown is Shown.KEPT
        assert [job.sha256 for job in await jobs_of(bot)] == [None]

    live(world, script)
    assert posts(world) == 0


def removed_while(
    folder: Path, state: State, asked: Request, *rules: Rule, api: Api = Api.V2
) -> tuple[World, list[Job]]:
    """A world in which this was removed as soon as its first job stood there, and the jobs as they ended."""
    world = World(folder)
    world.segmind.weather.add(*rules)
    ended: list[Job] = []

    async def script(bot: Bot) -> None:
        await bot.ask(asked)
        await until(bot, state, api)
        await retouch(bot)
        await bot.idle()
        ended.extend(await jobs_of(bot))

    return live(world, script), ended


def test_what_is_removed_while_segmind_makes_it_is_never_shown_and_stays_paid(folder):
    world, ended = removed_while(folder, State.RUNNING, request(1, count=2))
    assert [(job.state, job.outcome, job.sha256) for job in ended] == [(State.DONE, Outcome.REMOVED, None)] * 2
    assert all(job.paid_microcredits for job in ended)
    assert not any(act.card.images for act in world.discord.acts)
    # It says so at once, and not only when the jobs have ended.
    assert titles(world.discord.acts_of(REF))[-1] == "Images removed"
    assert [act.card.accent for act in world.discord.acts_of(REF)].count("failed") == 1
    assert calls(world, CallKind.IMAGE) == 0


def test_a_picture_that_comes_over_v1_after_its_removal_is_let_go(folder):
    world, ended = removed_while(folder, State.SUBMITTING, request(1, **FAST), api=Api.V1)
    assert [(job.state, job.outcome, job.sha256) for job in ended] == [(State.DONE, Outcome.REMOVED, None)]
    assert not any(act.card.images for act in world.discord.acts)


def test_what_is_turned_away_after_its_removal_is_not_sent_again(folder):
    limited = Rule(Fault(FaultKind.RATE_LIMITED, seconds=3), POSTS, times=1)
    world, ended = removed_while(folder, State.SUBMITTING, request(1), limited)
    assert [(job.state, job.outcome) for job in ended] == [(State.CANCELLED, Outcome.REMOVED)]
    assert calls(world, CallKind.SUBMIT) == 1


def test_what_waits_for_its_turn_is_cancelled_and_takes_no_turn(folder):
    world = World(folder, jobs_in_flight=1)
    kept: set[int] = set()

    async def script(bot: Bot) -> None:
        for number in (1, 2, 3):
            await bot.ask(request(number, f"picture {number}", count=1 if number != 2 else 4))
        await retouch(bot, number=2)
        assert {job.outcome for job in await jobs_of(bot, 2)} == {Outcome.REMOVED}
        kept.update(interaction_id for interaction_id, _ in bot.machine.tracker._line._jobs)
        await bot.idle()

    live(world, script)
    assert kept == {request(3).interaction_id}
    assert calls(world, *SUBMIT) == 2
    assert titles(world.discord.acts_of(ref_of(request(2).interaction_id)))[-1] == "Images removed"


def test_past_the_token_a_card_under_way_is_changed_as_the_bots_own_message(folder):
    world = World(folder)
    world.segmind.weather.add(Rule(Fault(FaultKind.SLOW, seconds=1200), POSTS))

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await world.clock.sleep(1_000)
        await retouch(bot)
        await world.clock.sleep(1)
        assert [(act.way, act.posted) for act in world.discord.acts_of(REF)[-1:]] == [(Way.MESSAGE, False)]
        assert (await jobs_of(bot))[0].state is State.RUNNING
        await bot.idle()

    live(world, script)
    assert posts(world) == 0


def test_an_image_that_is_on_the_card_is_blurred_while_the_others_are_made(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, count=4))
        while not any(act.card.images for act in world.discord.acts_of(REF)):
            await world.clock.sleep(0.01)
        await retouch(bot, blur=True)
        await bot.idle()

    live(world, script)
    hidden = [[image.spoiler for image in act.card.images] for act in world.discord.acts_of(REF)]
    assert hidden[-1] == [True] * 4
    shown = Counter(all(each) for each in hidden if each)
    assert shown[False] <= 1


def test_what_was_written_down_while_nobody_was_told_is_done_by_the_next_start(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        await written(bot)

    world.live(script)
    assert any(message.files for message in world.discord.of(REF))
    live(world, rest)
    assert titles(world.discord.acts_of(REF)[-1:]) == ["Image removed"]


def test_blurred_and_removed_at_once_is_removed(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        await retouch(bot, blur=True)
        await retouch(bot)
        await bot.idle()

    live(world, script)
    assert titles(world.discord.acts_of(REF)[-1:]) == ["Image removed"]


def test_of_a_thousand_cards_only_some_are_changed_at_once_and_each_of_them_is(folder):
    world = World(folder)
    many = [request(number) for number in range(1, 3 * RETOUCHED_AT_ONCE + 1)]
    before = 0

    async def script(bot: Bot) -> None:
        nonlocal before
        for one in many:
            await bot.ask(one)
        await bot.idle()
        before = len(world.discord.acts)
        for number in range(1, len(many) + 1):
            await written(bot, number=number)
        await bot.machine.tracker.retouch([one.interaction_id for one in many])
        await bot.idle()

    live(world, script)
    changed = world.discord.acts[before:]
    assert {act.ref for act in changed} == {ref_of(one.interaction_id) for one in many}
    assert len(changed) == len(many)
    assert max(Counter(act.at_ms for act in changed).values()) == RETOUCHED_AT_ONCE


def test_nobody_is_told_anything_of_what_needs_no_change(folder):
    """A request whose card stands nowhere, and one that there is not."""
    world = World(folder)
    world.discord.troubles = {REF: [Trouble(way, NotAllowed) for way in Way]}

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        acts = len(world.discord.acts)
        await retouch(bot)
        await bot.machine.tracker.retouch([5])
        await bot.idle()
        assert (await delivery(bot)).shown is Shown.KEPT
        assert len(world.discord.acts) == acts

    live(world, script)


def test_the_log_of_moderators_looks_again_once_a_card_has_come_to_its_end(folder):
    world = World(folder)

    async def revision(bot: Bot) -> int:
        found: int = (await bot.db.fetch("SELECT revision FROM cases"))[0]["revision"]
        return found

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        draft = Case(
            case_id=0,
            guild_id=7,
            kind=CaseKind.REVIEW,
            user_id=101,
            by_id=5,
            channel_id=8,
            interaction_id=ID,
            private=False,
            prompt=None,
            details={},
            at_ms=1,
        )
        async with bot.db.transaction() as tx:
            await cases.insert(tx, draft, once="one")
        before = await revision(bot)
        await retouch(bot)
        assert await revision(bot) == before
        await bot.idle()
        assert await revision(bot) == before + 1

    live(world, script)


def test_an_image_that_appears_while_it_is_removed_is_taken_down_again(folder):
    """Discord has taken the last card, and the bot has not heard of it: that is no end."""
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        while not any(has_image(act.card) for act in world.discord.acts_of(REF)):
            await world.clock.sleep(0.005)
        assert (await delivery(bot)).shown is Shown.OPEN
        await retouch(bot)
        await bot.idle()

    live(world, script)
    assert titles(world.discord.acts_of(REF))[-2:] == ["Your image", "Image removed"]


def test_a_card_without_images_that_is_blurred_as_it_ends_comes_to_its_end(folder):
    world = World(folder)
    world.segmind.weather.add(Rule(Fault(FaultKind.ERROR_JSON, text="guidance is out of range"), POSTS))

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        while not any(act.card.accent == "failed" for act in world.discord.acts_of(REF)):
            await world.clock.sleep(0.005)
        await retouch(bot, blur=True)
        await bot.idle()

    live(world, script)


@pytest.mark.parametrize("blur", [True, False])
def test_a_message_is_not_left_for_a_new_one_where_it_is_retouched_at_that_moment(folder, blur):
    """Discord has refused the image, and the bot is about to post it instead."""
    world = World(folder)
    world.discord.troubles = {REF: [Trouble(way, NotAllowed, when=has_image) for way in (Way.REPLY, Way.MESSAGE)]}

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        while not world.discord.refused[REF, Way.MESSAGE]:
            await world.clock.sleep(0.005)
        await retouch(bot, blur=blur)
        await bot.idle()
        assert (await delivery(bot)).shown is (Shown.KEPT if blur else Shown.DELIVERED)

    live(world, script)
    assert posts(world) == 0


@pytest.mark.parametrize("blur", [True, False])
def test_a_post_that_is_retouched_as_it_appears_is_changed_and_made_once(folder, blur):
    world = World(folder)
    world.discord.troubles = {REF: [Trouble(way, NotAllowed, when=has_image) for way in (Way.REPLY, Way.MESSAGE)]}

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        while not posts(world):
            await world.clock.sleep(0.005)
        await retouch(bot, blur=blur)
        await bot.idle()
        assert (await delivery(bot)).shown is Shown.DELIVERED

    live(world, script)
    acts = [(act.way, act.posted) for act in world.discord.acts_of(REF)]
    assert acts[-2:] == [(Way.CHANNEL, True), (Way.CHANNEL, False)]
    assert posts(world) == 1


@pytest.mark.parametrize("blur", [True, False])
def test_nothing_is_posted_where_a_post_was_all_that_was_left(folder, blur):
    """Its message takes no edit any more, and there was no image to post yet."""
    world = World(folder)
    world.segmind.weather.add(Rule(Fault(FaultKind.SLOW, seconds=300), POSTS))
    world.discord.troubles = {REF: [Trouble(Way.MESSAGE, ThreadArchived)]}

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, **NEARLY_DEAD))
        await world.clock.sleep(200)
        assert (await delivery(bot)).way is Way.CHANNEL
        await retouch(bot, blur=blur)
        await bot.idle()
        assert (await delivery(bot)).shown is Shown.KEPT

    live(world, script)
    assert posts(world) == 0


def test_what_is_retouched_while_its_end_is_written_down_is_shown_all_the_same(folder):
    retouched: list[Bot] = []

    class Late(Guard):
        async def card(self, interaction_id: int, deliver: Callable[[], Awaitable[None]]) -> None:
            await super().card(interaction_id, deliver)
            if retouched:
                await retouch(retouched.pop())

    def plant(machine: Machine) -> None:
        machine.tracker._guard.__class__ = Late

    world = World(folder, plant=plant)

    async def script(bot: Bot) -> None:
        retouched.append(bot)
        await asks(request(1))(bot)

    live(world, script)
    assert titles(world.discord.acts_of(REF)[-1:]) == ["Image removed"]
