"""Before their first image everybody is told, once and privately, what becomes of prompts."""

import asyncio
from contextlib import asynccontextmanager

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.errors import StoreError
from bot.sandbox.discord.faults import Failure, Fault
from cogs.asking.first_note import FirstNote
from cogs.widgets import words_view
from tests.admin.privacy_support import RETENTION
from tests.cogs.stage import TEXTS, staged, until

pytestmark = pytest.mark.asyncio

FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"


class FakePrivacy:
    """Remembers who was told; waits while `open` is not set, and breaks while `broken` is set."""

    def __init__(self):
        self.known, self.broken = set(), None
        self.open = asyncio.Event()
        self.open.set()

    async def was_told(self, user_id):
        await self.open.wait()
        if self.broken is not None:
            raise self.broken
        return user_id in self.known

    async def told(self, user_id):
        self.known.add(user_id)


class Probe(commands.Cog):
    """A command that answers as those that make images do."""

    def __init__(self, tree, note):
        self._tree, self._note = tree, note

    async def cog_load(self):
        async def callback(interaction: discord.Interaction):
            await interaction.response.defer(ephemeral=False, thinking=True)
            await self._note.tell(interaction, locale=str(interaction.guild_locale))
            await interaction.edit_original_response(view=words_view("the card", accent="waiting"))

        self._tree.add_command(app_commands.Command(name="probe", description="x", callback=callback))


@asynccontextmanager
async def probed(**known):
    privacy = FakePrivacy()
    async with staged() as stage:
        note = FirstNote(told=privacy, retention=RETENTION, texts=TEXTS, **known)
        await stage.client.add_cog(Probe(stage.client.tree, note))
        await stage.connect()
        yield stage, privacy


async def use(stage, *, user="mia", ended=True):
    guild = stage.discord.world.guild_named("Aquarium")
    used = await stage.discord.invoke(
        guild_id=guild.id,
        channel_id=guild.channel_named("general").id,
        user_id=stage.discord.world.user_named(user).id,
        command="probe",
    )
    if ended:
        await until(lambda: used.body is not None and used.body.text == "the card")
    return used


async def test_the_first_image_comes_with_a_private_note_and_the_second_without():
    async with probed() as (stage, privacy):
        first, second = await use(stage), await use(stage)
        others = await use(stage, user="jules")
    (note,) = first.followups
    assert note.ephemeral_to == first.user_id
    assert "your prompt goes to Segmind" in note.body.text
    assert "kept for 30 days" in note.body.text
    assert second.followups == []
    assert len(others.followups) == 1
    assert privacy.known == {first.user_id, others.user_id}


async def test_the_note_never_stands_in_the_place_of_the_card_that_all_see():
    async with probed() as (stage, _):
        used = await use(stage)
    said = [revision.body.text for revision in used.history]
    assert [text for text in said if "Segmind" in text] == []
    assert said[-1] == "the card"
    assert used.message.ephemeral_to is None


@pytest.mark.parametrize("failure", [Failure.DROP, Failure.API_ERROR])
async def test_a_note_that_discord_does_not_take_holds_nothing_up_and_comes_with_the_next_image(failure):
    async with probed() as (stage, privacy):
        details = {"status": 403, "code": 50013} if failure is Failure.API_ERROR else {}
        stage.discord.faults.add(Fault(route=FOLLOW_UP, method="POST", failure=failure, times=5, **details))
        assert (await use(stage)).followups == []
        assert privacy.known == set()
        stage.discord.faults.clear()
        assert len((await use(stage)).followups) == 1


async def test_a_database_that_fails_or_hangs_holds_nothing_up():
    async with probed(within_s=0.05) as (stage, privacy):
        privacy.broken = StoreError("x")
        assert (await use(stage)).followups == []
        privacy.open.clear()
        assert (await use(stage)).followups == []


async def test_of_two_first_images_at_once_the_first_brings_the_note_and_the_second_waits_for_it():
    async with probed() as (stage, privacy):
        privacy.open.clear()
        one, other = await use(stage, ended=False), await use(stage, ended=False)
        await until(lambda: other.acknowledged_ms is not None)
        await asyncio.sleep(0.05)
        assert (one.body, other.body) == (None, None)
        privacy.open.set()
        await until(lambda: all(each.body is not None and each.body.text == "the card" for each in (one, other)))
    assert (len(one.followups), len(other.followups)) == (1, 0)
