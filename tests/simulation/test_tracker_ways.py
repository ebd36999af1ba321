"""Every way that a card can go when Discord refuses it; none loops. In virtual time."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.errors import (
    Busy,
    ContentBlocked,
    NotAllowed,
    ThreadArchived,
    TokenExpired,
    TooLarge,
)
from bot.jobs import Reach, Request, Shown, Way
from bot.sandbox.segmind import POSTS, Fault, FaultKind, Rule
from bot.store import copies
from bot.store import jobs as job_store
from bot.store.copies import Copy
from tests.simulation import stumbles
from tests.simulation.crashes import rest
from tests.simulation.det_loop import PowerCut
from tests.simulation.discord import Trouble
from tests.simulation.living import REF, asks, final, has_image, jobs_of, lived, refused, words
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request


def test_a_busy_discord_is_asked_again_over_the_same_way(folder):
    assert final(refused(folder, Trouble(Way.REPLY, Busy, times=5))).way is Way.REPLY


def test_a_discord_that_is_busy_for_hours_ends_the_try_and_not_the_bot(folder):
    world = World(folder)
    world.discord.troubles = {REF: [Trouble(way, Busy) for way in Way]}

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle(24 * 3600)

    world.live(script)
    assert verdict(world) == []
    assert world.discord.acts == []
    assert 40 <= sum(world.discord.refused.values()) <= 4 * 41


def test_a_picture_that_is_too_large_is_made_smaller_and_said_so(folder):
    world = World(folder)
    world.segmind.service.picture_px = 512
    world.discord.troubles = {REF: [Trouble(Way.REPLY, TooLarge, times=2, when=has_image)]}
    world.live(asks(request(1, filesize_limit_bytes=40_000)))
    assert verdict(world) == []
    assert "made smaller" in words(final(world))
    assert final(world).way is Way.REPLY


def test_a_picture_that_is_always_too_large_goes_another_way(folder):
    assert final(refused(folder, Trouble(Way.REPLY, TooLarge, when=has_image))).way is Way.MESSAGE


@pytest.mark.parametrize(("changes", "left"), [({}, 1), ({"private": True}, 0), ({"reach": Reach.REPLY}, 0)])
def test_a_public_message_that_is_left_with_an_image_on_it_is_kept_in_mind(folder, changes, left):
    """Should its images be removed, it is reached, too; where only the token leads to it, nobody could."""
    world = World(folder)
    world.discord.troubles = {REF: [Trouble(way, NotAllowed, when=has_two) for way in (Way.REPLY, Way.MESSAGE)]}
    found: list[Copy] = []

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, count=2, **changes))
        await bot.idle()
        found.extend(await copies.of_request(bot.db, request(1).interaction_id))

    world.live(script)
    assert verdict(world) == []
    assert len(found) == left
    shown = [message for message in world.discord.of(REF) if message.card and message.card.images]
    assert {copy.message_id for copy in found} == {message.id for message in shown[:left]}


def has_two(card: Any) -> bool:
    return len(card.images) > 1


def test_words_that_automod_objects_to_are_left_out(folder):
    world = refused(
        folder, Trouble(Way.REPLY, ContentBlocked, when=lambda card: "naughty" in str(card)), prompt="naughty"
    )
    assert final(world).way is Way.REPLY
    assert "naughty" not in str(final(world).card)


def test_a_card_that_automod_never_takes_goes_by_direct_message_at_last(folder):
    troubles = [Trouble(way, ContentBlocked) for way in (Way.REPLY, Way.MESSAGE, Way.CHANNEL)]
    assert final(refused(folder, *troubles)).way is Way.DIRECT


def test_a_deleted_card_is_not_put_up_again_but_sent_to_who_asked(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await world.clock.sleep(1.0)
        world.discord.delete(world.discord.of(REF)[0])
        await bot.idle()

    world.live(script)
    assert verdict(world) == []
    assert final(world).way is Way.DIRECT


def test_an_expired_token_goes_on_as_an_edit_by_the_bot(folder):
    world = refused(folder, Trouble(Way.REPLY, TokenExpired, when=has_image))
    assert final(world).way is Way.MESSAGE
    assert not final(world).posted


def test_past_fifteen_minutes_no_token_is_used(folder):
    world = lived(folder, request(1), rules=(Rule(Fault(FaultKind.SLOW, seconds=1000), POSTS),))
    assert final(world).way is Way.MESSAGE
    assert not world.discord.refused


def test_a_private_card_past_fifteen_minutes_goes_by_direct_message(folder):
    world = lived(folder, request(1, private=True), rules=(Rule(Fault(FaultKind.SLOW, seconds=1000), POSTS),))
    assert final(world).way is Way.DIRECT
    assert {message.place.partition(":")[0] for message in world.discord.of(REF)} == {"private", "direct"}


def test_a_missing_permission_leads_to_a_direct_message(folder):
    troubles = [Trouble(way, NotAllowed, when=has_image) for way in (Way.REPLY, Way.MESSAGE, Way.CHANNEL)]
    world = refused(folder, *troubles)
    assert final(world).way is Way.DIRECT


def test_an_archived_thread_is_opened_by_a_new_message(folder):
    troubles = [Trouble(way, ThreadArchived, when=has_image) for way in (Way.REPLY, Way.MESSAGE)]
    world = refused(folder, *troubles)
    assert final(world).way is Way.CHANNEL
    assert final(world).posted


@pytest.mark.parametrize("private", [True, False])
def test_a_closed_direct_message_at_the_end_keeps_the_images_for_their_owner(folder, private):
    world = World(folder)
    world.discord.troubles = {REF: [Trouble(way, NotAllowed) for way in Way]}

    async def script(bot: Bot) -> None:
        await bot.ask(request(1, private=private))
        await bot.idle()
        found = await job_store.request(bot.db, request(1).interaction_id)
        assert found is not None
        assert found[1].shown is Shown.KEPT
        (only,) = await jobs_of(bot)
        assert only.sha256 is not None

    world.live(script)
    assert verdict(world) == []
    assert max(world.discord.refused.values()) == 1


def test_a_post_in_the_channel_is_made_once_and_edited_for_the_other_images(folder):
    world = refused(folder, Trouble(Way.REPLY, NotAllowed), Trouble(Way.MESSAGE, NotAllowed), count=3)
    assert [act.posted for act in world.discord.acts_of(REF)] == [True, False, False]
    assert {act.way for act in world.discord.acts_of(REF)} == {Way.CHANNEL}


def test_the_address_of_a_reply_is_forgotten_once_its_card_is_delivered(folder):
    world = World(folder)

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        found = await job_store.request(bot.db, request(1).interaction_id)
        assert found is not None
        assert found[0].reply is None

    world.live(script)


def cut_off(
    folder: Path,
    asked: Request,
    *,
    when: Callable[[World], object],
    troubles: Sequence[Trouble] = (),
    afterwards: Sequence[Trouble] = (),
    rules: Sequence[Rule] = (),
) -> World:
    """A world in which the power was cut as soon as this was true, for longer than a token lives."""
    world = World(folder)
    world.segmind.weather.add(*rules)
    world.discord.troubles = {REF: [*troubles]}

    def watch(_: int, __: tuple[int, ...]) -> None:
        if when(world):
            raise PowerCut

    assert not world.live(asks(asked), watch=watch)
    world.pause(1000)
    world.discord.troubles = {REF: [*troubles, *afterwards]}
    world.live(rest)
    assert stumbles.taken() == []
    return world


def ends(world: World) -> list[str]:
    """Where people see the end of the card."""
    return [message.place for message in world.discord.of(REF) if message.card and message.card.accent != "waiting"]


def begins(world: World) -> bool:
    return bool(world.discord.acts_of(REF))


ARCHIVED = Trouble(Way.MESSAGE, ThreadArchived)
REFUSED = Rule(Fault(FaultKind.ERROR_JSON, text="guidance is out of range"), POSTS)


@pytest.mark.parametrize("rules", [[], [REFUSED]])
@pytest.mark.parametrize("count", [1, 3])
def test_an_end_that_nobody_wrote_down_is_recognised_where_the_thread_has_been_archived_since(folder, rules, count):
    world = cut_off(folder, request(1, count=count), when=ends, afterwards=[ARCHIVED], rules=rules)
    assert verdict(world) == []
    assert ends(world) == ["channel:8"]
    assert not [act for act in world.discord.acts_of(REF) if act.posted]


def test_a_post_that_nobody_wrote_down_is_recognised_where_the_channel_has_been_closed_since(folder):
    troubles = [Trouble(way, NotAllowed) for way in (Way.REPLY, Way.MESSAGE)]
    world = cut_off(folder, request(1), when=ends, troubles=troubles, afterwards=[Trouble(Way.CHANNEL, NotAllowed)])
    assert verdict(world) == []
    assert ends(world) == ["channel:8"]


def test_a_first_card_that_nobody_wrote_down_is_found_and_goes_on_where_it_is(folder):
    world = cut_off(folder, request(1), when=begins)
    assert verdict(world) == []
    assert {act.way for act in world.discord.acts_of(REF)[1:]} == {Way.MESSAGE}
    assert len(world.discord.of(REF)) == 1


def test_a_card_that_says_wait_is_left_for_a_new_one_where_the_thread_has_been_archived_since(folder):
    world = cut_off(folder, request(1), when=begins, afterwards=[ARCHIVED])
    assert verdict(world) == []
    assert [(act.way, act.posted) for act in world.discord.acts_of(REF)] == [(Way.REPLY, False), (Way.CHANNEL, True)]
    assert ends(world) == ["channel:8"]


def test_a_look_that_a_busy_discord_refuses_is_taken_again(folder):
    busy = [Trouble(Way.MESSAGE, ThreadArchived), Trouble(Way.MESSAGE, Busy, times=3, looking=True)]
    world = cut_off(folder, request(1), when=ends, afterwards=busy)
    assert verdict(world) == []
    assert ends(world) == ["channel:8"]


def test_a_message_that_cannot_be_looked_at_is_left(folder):
    blind = [Trouble(Way.MESSAGE, NotAllowed), Trouble(Way.MESSAGE, NotAllowed, looking=True)]
    world = cut_off(folder, request(1), when=begins, afterwards=blind)
    assert verdict(world) == []
    assert world.discord.acts_of(REF)[-1].way is Way.CHANNEL


def test_an_end_told_in_private_cannot_be_looked_at_and_is_told_to_the_same_person_once_more(folder):
    world = cut_off(folder, request(1, private=True), when=ends)
    assert ends(world) == ["private:101", "direct:101"]
