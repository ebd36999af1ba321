"""Safety levels from the panel to Segmind: what a level says is what is sent, and nobody loosens it."""

import pytest

from bot.catalog import SAFETY_LEVELS
from bot.levels import FILTER, PERSON, RULES, Level
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.interactions import InteractionRecord
from bot.text import Texts
from tests.cogs.panel_stage import id_like
from tests.cogs.stage import until
from tests.e2e.rig import Outside, told_in_time
from tests.e2e.test_whole_way import ended, running

pytestmark = pytest.mark.asyncio
TEXTS = Texts()
LOOSEST = SAFETY_LEVELS[-1]


async def panel_of(there: Outside, *, user: str = "mona"):
    record = await there.discord.invoke(
        guild_id=there.guild.id,
        channel_id=there.general.id,
        user_id=there.discord.world.user_named(user).id,
        command="safety",
    )
    await record.answered()
    return record.message


async def set_level(there: Outside, level: Level) -> str:
    """Mona, who moderates, picks a level; what the panel says of it."""
    panel = await panel_of(there)
    mona = there.discord.world.user_named("mona").id
    picked = await there.discord.select(panel, id_like(panel, "pick", "safety_level"), [level.value], user_id=mona)
    await picked.acknowledged()
    return panel.body.text.split(f"**{TEXTS('en', f'level.{level.value}')}**")[1]


async def make(there: Outside, *, channel: str = "general", **options: object) -> InteractionRecord:
    record = await there.discord.invoke(
        guild_id=there.guild.id,
        channel_id=there.guild.channel_named(channel).id,
        user_id=there.mia,
        command="imagen",
        options={"prompt": "a cozy cabin", **options},
    )
    await ended(record)
    return record


def sent(there: Outside) -> tuple[object, object]:
    body = there.segmind.book.requests[-1].body
    return body.get(FILTER), body.get(PERSON)


@pytest.mark.parametrize("level", list(Level))
async def test_each_level_sends_what_its_text_in_the_panel_says(tmp_path, level):
    async with running(tmp_path, safety_ceiling=LOOSEST) as there:
        there.discord.set_age_restricted(there.guild.channel_named("images").id, restricted=True)
        words = await set_level(there, level)
        restricted = RULES[level].age_restricted_only
        record = await make(there, channel="images" if restricted else "general", model="imagen-3")
        for name, value in zip((FILTER, PERSON), sent(there), strict=True):
            assert f"`{name}: {value}`" in words
        assert record.original is not None
        hidden = [item["spoiler"] for item in galleries(record)]
        assert hidden == [RULES[level].spoiler]


def galleries(record: InteractionRecord):
    (box,) = record.body.components
    return [item for each in box["components"] if each["type"] == 12 for item in each["items"]]


async def test_a_member_cannot_loosen_the_level_by_an_option_and_may_be_stricter(tmp_path):
    async with running(tmp_path, safety_ceiling=LOOSEST) as there:
        await set_level(there, Level.RELAXED)
        refused = await make(there, model="imagen-3", safety_filter_level=LOOSEST)
        assert "may not be as loose as" in refused.body.text
        assert there.segmind.book.requests == []
        await make(there, model="imagen-3", safety_filter_level=SAFETY_LEVELS[0], person_generation="DONT_ALLOW")
        assert sent(there) == (SAFETY_LEVELS[0], "DONT_ALLOW")


async def test_the_loosest_level_makes_nothing_where_minors_are(tmp_path):
    async with running(tmp_path, safety_ceiling=LOOSEST) as there:
        await set_level(there, Level.OPEN)
        refused = await told_in_time(lambda: make(there))
        assert "age-restricted channels only" in refused.body.text
        assert there.segmind.book.requests == []


async def test_at_the_strictest_level_a_model_that_cannot_be_tuned_is_not_used(tmp_path):
    async with running(tmp_path) as there:
        await set_level(there, Level.GUARDED)
        refused = await make(there)
        assert "no option makes this model that strict" in refused.body.text
        assert there.segmind.book.requests == []


async def pressed(there: Outside, card, does: str, *, arg: str = "", **fields: object) -> str:
    """What mia is told when she presses this button of a card, and sends its form where it opens one."""
    names = [each["custom_id"] for _, each in walk(card.body.components) if "custom_id" in each]
    custom_id = next(name for name in names if f":{does}:" in name and name.endswith(arg))
    record = await (await there.discord.press(card, custom_id, user_id=there.mia)).acknowledged()
    if fields:
        record = await (await there.discord.submit_modal(record, dict(fields))).acknowledged()
    return (await record.answered()).body.text


async def test_an_old_card_from_before_a_stricter_level_loosens_nothing_by_its_buttons_or_its_form(tmp_path):
    async with running(tmp_path, safety_ceiling=LOOSEST) as there:
        await set_level(there, Level.RELAXED)
        loose = (await make(there, model="imagen-3", safety_filter_level=SAFETY_LEVELS[1])).message
        usual = (await make(there)).message
        await set_level(there, Level.GUARDED)
        posts = len(there.segmind.book.requests)
        assert "may not be as loose as" in await pressed(there, loose, "again")
        lines = f"safety_filter_level: {SAFETY_LEVELS[1]}"
        assert "may not be as loose as" in await pressed(there, loose, "edit", prompt="a dog", lines=lines)
        # A model whose filter cannot be tuned is not used at this level, whichever card asks for it.
        assert "is not used here" in await pressed(there, usual, "again")
        assert "is not used here" in await pressed(there, loose, "redo", arg=":imagen-4-ultra")
        assert len(there.segmind.book.requests) == posts
        await pressed(there, usual, "redo", arg=":imagen-3")
        await until(lambda: len(there.segmind.book.requests) > posts)
        assert sent(there) == (SAFETY_LEVELS[0], "DONT_ALLOW")
