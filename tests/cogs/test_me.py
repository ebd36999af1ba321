"""`/me`: members in the real discord.py look up how they stand."""

from dataclasses import replace

import pytest

from bot.errors import StoreError
from bot.jobs import Outcome
from bot.periods import Per
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.components import walk
from bot.setting_fields import Allowance
from bot.settings import DENIED_CHANNELS, ENABLED, MEMBER_ALLOWANCE, MODEL_COUNTS, ROLE_ALLOWANCES
from bot.store import bars, jobs
from bot.store.bars import Bar, BarKind
from cogs.widgets import TEXT_CHARACTERS_MAX
from tests.cogs.stage import TEXTS
from tests.cogs.standing_stage import at_square
from tests.store.support import JOB, REQUEST

pytestmark = pytest.mark.asyncio

CREDIT = 1_000_000


async def me(square, *, user="mia", channel="general", **more):
    used = await square.use("me", user=user, channel=channel, **more)
    return used.message


async def under_way(square, interaction_id, *, user="mia", prompt="a cabin"):
    request = replace(REQUEST, interaction_id=interaction_id, guild_id=square.guild.id, user_id=square.id_of(user))
    async with square.db.transaction() as tx:
        await jobs.insert(tx, request, [replace(JOB, interaction_id=interaction_id, payload={"prompt": prompt})])


async def test_a_member_sees_privately_what_they_can_make(tmp_path):
    async with at_square(tmp_path) as square:
        await square.set(MEMBER_ALLOWANCE, Allowance(CREDIT, Per.DAY))
        card = await me(square)
        assert card.ephemeral_to == square.id_of("mia")
        text = card.body.text
    assert "**You can make about 16 images with Imagen 4 right now (about 40 with Imagen 4 Fast).**" in text
    assert "**Your allowance:** 1 of 1 credit left (about 16 images). Renewed <t:" in text
    assert "Nothing of yours is under way." in text


async def test_the_allowance_is_the_one_of_the_members_own_roles(tmp_path):
    async with at_square(tmp_path) as square:
        await square.set(ROLE_ALLOWANCES, {square.role("Moderator"): Allowance(CREDIT, Per.DAY)})
        assert "**Your allowance:** unlimited" in (await me(square)).body.text
        assert f"as <@&{square.role('Moderator')}>:** 1 of 1" in (await me(square, user="mona")).body.text


async def test_a_member_sees_their_own_requests_and_nobody_elses(tmp_path):
    async with at_square(tmp_path) as square:
        await under_way(square, 1, prompt="a cabin in the @everyone woods")
        await under_way(square, 2, user="jules", prompt="a secret")
        text = (await me(square)).body.text
    assert "Waiting: 1 image with Imagen 4, asked for <t:1:R>: a cabin in the @\u200beveryone woods" in text
    assert "secret" not in text


async def test_who_may_not_ask_is_told_so_first(tmp_path):
    async with at_square(tmp_path) as square:
        await square.set(DENIED_CHANNELS, (square.guild.channel_named("images").id,))
        assert "You can make about" in (await me(square)).body.text
        assert (await me(square, channel="images")).body.text.startswith("Images are not made in <#")
        await square.set(ENABLED, value=False)
        assert (await me(square)).body.text.startswith(TEXTS("en", "refusal.bot_off"))
        async with square.db.transaction() as tx:
            barred = Bar(kind=BarKind.USER, id=square.id_of("mia"), reason="spam", user_id=1, at_ms=0)
            await bars.bar(tx, barred)
        assert "has barred you from making images. Their reason: “spam”" in (await me(square)).body.text


async def test_a_member_is_not_told_of_models_that_are_out_of_service(tmp_path):
    async with at_square(tmp_path) as square:
        await square.set(MEMBER_ALLOWANCE, Allowance(30_000, Per.DAY))
        assert "you can make about 1 image with Imagen 4 Fast" in (await me(square)).body.text
        square.availability.take_out("imagen-4-fast", Outcome.MODEL_RETIRED)
        text = (await me(square)).body.text
    assert text.startswith("**You cannot make an image right now: too little is left.**")
    assert "Fast" not in text


async def test_images_are_counted_with_the_first_model_that_is_on_here_and_it_is_named(tmp_path):
    async with at_square(tmp_path) as square:
        await square.set(MEMBER_ALLOWANCE, Allowance(CREDIT, Per.DAY))
        await square.set(MODEL_COUNTS, {"imagen-4": 0, "imagen-3": 0})
        text = (await me(square)).body.text
    assert text.startswith("**You can make about 13 images with Imagen 4 Ultra right now")


async def test_where_nothing_is_made_at_all_that_is_said_first_and_no_images_are_promised(tmp_path):
    async with at_square(tmp_path) as square:
        await square.set(MEMBER_ALLOWANCE, Allowance(CREDIT, Per.DAY))
        square.availability.stop(Outcome.OUT_OF_CREDITS)
        text = (await me(square)).body.text
        assert text.startswith(TEXTS("en", "refusal.out.out_of_credits"))
        assert "**Your allowance:** 1 of 1 credit left. Renewed <t:" in text
        assert "about" not in text
        square.availability.resume()
        assert "You can make about" in (await me(square)).body.text


async def test_where_every_model_that_is_on_is_out_of_service_that_is_said_first(tmp_path):
    async with at_square(tmp_path) as square:
        await square.set(MODEL_COUNTS, {"imagen-4": 0, "imagen-3": 0, "imagen-4-ultra": 0})
        square.availability.take_out("imagen-4-fast", Outcome.MODEL_RETIRED)
        text = (await me(square)).body.text
    assert text.startswith(TEXTS("en", "refusal.models_out"))
    assert "about" not in text


async def test_the_card_fits_into_a_message_however_much_there_is_to_say(tmp_path):
    async with at_square(tmp_path) as square:
        for number in range(20):
            await under_way(square, number, prompt="你" * 2_000)
        card = await me(square)
    assert len(card.body.text) <= TEXT_CHARACTERS_MAX
    assert card.body.text.endswith("… and 15 more.")
    assert all(each.get("accent_color") is None for _, each in walk(card.body.components))


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    async with at_square(tmp_path) as square:
        square.rulebook.broken = StoreError("x")
        assert (await me(square)).body.text == TEXTS("en", "me.error.store")


async def test_a_use_that_is_told_of_twice_has_one_answer(tmp_path):
    async with at_square(tmp_path) as square:
        square.local.duplicate_next = 1
        card = await me(square)
        assert "You can make about" in card.body.text
        assert len(square.local.messages(card.channel_id, as_user=square.id_of("mia"))) == 1


async def test_it_is_for_servers_only(tmp_path):
    async with at_square(tmp_path) as square:
        with pytest.raises(CommandRejected):
            await square.local.invoke(user_id=square.id_of("mia"), command="me")
