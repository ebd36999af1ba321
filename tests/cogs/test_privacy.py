"""/privacy with the real discord.py, database and disk: what is said, the file, and the deletion that asks first."""

import json
import zipfile
from contextlib import asynccontextmanager
from io import BytesIO

import pytest

from bot.errors import StoreError
from bot.jobs import State
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.faults import Failure, Fault
from cogs.privacy import Act, PrivacyRights
from tests.admin.privacy_support import MIAS, RETENTION, Home
from tests.cogs.panel_stage import ids
from tests.cogs.stage import TEXTS, staged
from tests.databases import open_fresh

pytestmark = pytest.mark.asyncio

REPLY = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"


class House:
    """Aquarium, and what is kept of its people."""

    def __init__(self, stage, home):
        self.stage, self.home, self.local = stage, home, stage.discord
        self.guild = self.local.world.guild_named("Aquarium")

    def id_of(self, user):
        return self.local.world.user_named(user).id

    async def privacy(self, *, user="mia"):
        used = await self.local.invoke(
            guild_id=self.guild.id,
            channel_id=self.guild.channel_named("general").id,
            user_id=self.id_of(user),
            command="privacy",
        )
        await used.answered()
        return used.message

    async def press(self, message, act, *, user="mia"):
        pressed = await self.local.press(message, f"privacy:{act}", user_id=self.id_of(user))
        await pressed.answered()
        return pressed.message


@asynccontextmanager
async def at_house(tmp_path):
    db = await open_fresh(tmp_path / "imagen.sqlite3")
    try:
        async with staged() as stage:
            home = Home(db, stage.clock, tmp_path / "images")
            await stage.client.add_cog(
                PrivacyRights(
                    tree=stage.client.tree, privacy=home.privacy, retention=RETENTION, texts=TEXTS, clock=stage.clock
                )
            )
            await stage.connect()
            yield House(stage, home)
    finally:
        await db.close()


async def test_everybody_reads_privately_what_is_kept_for_how_long_and_who_else_gets_it(tmp_path):
    async with at_house(tmp_path) as house:
        card = await house.privacy()
    assert card.ephemeral_to == house.id_of("mia")
    for words in ("Prompts, options and roles: 30 days", "changed which setting of a server: 365 days", "Segmind"):
        assert words in card.body.text
    assert ids(card) == ["privacy:file", "privacy:delete"]


async def test_the_file_comes_with_the_images_and_without_them_as_plain_json(tmp_path):
    async with at_house(tmp_path) as house:
        card = await house.privacy()
        bare = await house.press(card, Act.FILE)
        await house.home.asked(1, user_id=house.id_of("mia"), guild_id=house.guild.id, prompt="Häuschen")
        full = await house.press(card, Act.FILE)
    assert bare.ephemeral_to == full.ephemeral_to == house.id_of("mia")
    (plain,), (packed,) = bare.body.attachments, full.body.attachments
    assert (plain.filename, json.loads(plain.data)["requests"]) == ("my-data.json", [])
    assert "No image of yours is kept" in bare.body.text
    with zipfile.ZipFile(BytesIO(packed.data)) as archive:
        assert archive.read("images/1-1.png") == MIAS
        assert json.loads(archive.read("my-data.json"))["requests"][0]["options"]["prompt"] == "Häuschen"
    assert "with 1 image." in full.body.text


async def test_a_file_that_discord_does_not_take_is_said(tmp_path):
    async with at_house(tmp_path) as house:
        card = await house.privacy()
        house.local.faults.add(Fault(route=REPLY, method="PATCH", failure=Failure.API_ERROR, status=400, code=50013))
        assert (await house.press(card, Act.FILE)).body.text == TEXTS("en", "privacy.file.not_sent")


async def test_nothing_is_deleted_before_a_second_button_says_so(tmp_path):
    async with at_house(tmp_path) as house:
        await house.home.asked(1, user_id=house.id_of("mia"))
        card = await house.privacy()
        asked = await house.press(card, Act.DELETE)
        assert "**This goes:**" in asked.body.text
        assert "**This stays:**" in asked.body.text
        assert "secret garden" in await house.home.dump()
        done = await house.press(asked, Act.SURE)
        assert done.id == asked.id, "the button is gone, and cannot be pressed again"
        assert (done.body.text, ids(done)) == (TEXTS("en", "privacy.deleted"), [])
        assert "secret garden" not in await house.home.dump()


async def test_a_button_is_about_who_presses_it_and_nobody_else(tmp_path):
    async with at_house(tmp_path) as house:
        await house.home.asked(1, user_id=house.id_of("mia"), prompt="of mia")
        await house.home.asked(2, user_id=house.id_of("jules"), prompt="of jules")
        asked = await house.press(await house.privacy(user="jules"), Act.DELETE, user="jules")
        await house.press(asked, Act.SURE, user="jules")
        everything = await house.home.dump()
    assert "of mia" in everything
    assert "of jules" not in everything


@pytest.mark.parametrize("act", [Act.DELETE, Act.SURE])
async def test_while_something_is_under_way_nothing_is_deleted_and_that_is_said(tmp_path, act):
    async with at_house(tmp_path) as house:
        asked = await house.press(await house.privacy(), Act.DELETE)
        await house.home.asked(1, user_id=house.id_of("mia"), state=State.RUNNING)
        told = await house.press(asked if act is Act.SURE else await house.privacy(), act)
        assert told.body.text == TEXTS("en", "privacy.under_way", count=1)
        assert "secret garden" in await house.home.dump()


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    class Broken:
        def transaction(self):
            raise StoreError("x")

    async with at_house(tmp_path) as house:
        asked = await house.press(await house.privacy(), Act.DELETE)
        house.home.privacy._db = Broken()
        assert (await house.press(asked, Act.SURE)).body.text == TEXTS("en", "privacy.store")


async def test_it_is_for_servers_only(tmp_path):
    async with at_house(tmp_path) as house:
        with pytest.raises(CommandRejected):
            await house.local.invoke(user_id=house.id_of("mia"), command="privacy")
