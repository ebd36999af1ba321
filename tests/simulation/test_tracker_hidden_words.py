"""Words that AutoMod does not let stand in a card stay out of it, whatever becomes of the card later. In virtual time."""

from bot.errors import ContentBlocked
from bot.jobs import Way
from bot.store import jobs as job_store
from tests.simulation.discord import Trouble
from tests.simulation.living import REF, asks
from tests.simulation.test_tracker_retouching import retouch, seen
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request

ID = request(1).interaction_id


def once(way: Way = Way.REPLY) -> Trouble:
    """AutoMod objects to the words, and has other rules later."""
    return Trouble(way, ContentBlocked, times=1, when=lambda card: "naughty" in str(card))


def naughty(**known):
    return request(1, prompt="a naughty cat", **known)


def told(world: World) -> list[bool]:
    """Of each card that stood on Discord, whether its words were there, alt texts and all."""
    return ["naughty" in str(act.card) for act in world.discord.acts_of(REF)]


def test_a_card_that_is_blurred_later_shows_no_words_that_automod_had_taken_out(folder):
    world, _ = seen(folder, once(), asked=naughty(), blur=True)
    assert len(told(world)) > 2
    assert not any(told(world))


def test_after_a_restart_the_words_stay_out(folder):
    world = World(folder)
    world.discord.troubles = {REF: [once()]}

    async def script(bot: Bot) -> None:
        await bot.ask(naughty())
        await bot.idle()

    async def later(bot: Bot) -> None:
        found = await job_store.request(bot.db, ID)
        assert found is not None
        assert found[0].hide_words
        await retouch(bot, blur=True)
        await bot.idle()

    world.live(script)
    before = len(told(world))
    world.live(later)
    assert verdict(world) == []
    assert len(told(world)) > before
    assert not any(told(world))


def test_words_that_nobody_objects_to_are_shown(folder):
    world = World(folder)
    world.live(asks(naughty()))
    assert all(told(world))
