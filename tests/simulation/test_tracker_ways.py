"""Every way that a card can go when Discord refuses it; none loops. In virtual time."""

import pytest

from bot.errors import (
    Busy,
    ContentBlocked,
    NotAllowed,
    ThreadArchived,
    TokenExpired,
    TooLarge,
)
from bot.jobs import Shown, Way
from bot.sandbox.segmind import POSTS, Fault, FaultKind, Rule
from bot.store import jobs as job_store
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
