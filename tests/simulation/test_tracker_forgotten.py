"""A reported image whose owner deleted their data: moderators still have it taken from Discord. In virtual time."""

import pytest

from bot.errors import NotAllowed
from bot.jobs import Shown, Way
from bot.moderation import acting, opening
from bot.moderation.cases import Act
from bot.store import personal
from tests.simulation.discord import Trouble
from tests.simulation.living import REF, has_image, titles
from tests.simulation.test_tracker_retouching import ID, delivery
from tests.simulation.world import Bot, World, request

REPORTER, MONA = 66, 55


# The reply and its message take no images: the card is posted in the channel.
IN_CHANNEL = tuple(Trouble(way, NotAllowed, when=has_image) for way in (Way.REPLY, Way.MESSAGE))


@pytest.mark.parametrize("troubles", [(), IN_CHANNEL])
def test_a_reported_image_is_taken_from_discord_after_its_owner_deleted_their_data(folder, troubles):
    world = World(folder)
    world.discord.troubles = {REF: [*troubles]}

    async def script(bot: Bot) -> None:
        await bot.ask(request(1))
        await bot.idle()
        guild_id, at_ms = request(1).guild_id, bot.world.clock.now_ms()
        async with bot.db.transaction() as tx:
            case = await opening.report(tx, guild_id, ID, by_id=REPORTER, reason="rude", press_id=5, at_ms=at_ms)
        async with bot.db.transaction() as tx:
            await personal.forget(tx, request(1).user_id, now_ms=at_ms)
        async with bot.db.transaction() as tx:
            done = await acting.do(tx, Act.DELETE, case, by_id=MONA, at_ms=at_ms)
        await bot.machine.tracker.retouch(done.requests)
        await bot.idle()
        assert (await delivery(bot)).shown is Shown.DELIVERED

    world.live(script)
    act = world.discord.acts_of(REF)[-1]
    assert (act.way, act.posted, act.card.images) == (Way.MESSAGE, False, ())
    assert titles([act]) == ["Image removed"]
    assert [message.files for message in world.discord.of(REF) if message.files] == []
