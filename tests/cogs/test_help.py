"""`/help`: members in the real discord.py learn how to begin."""

from dataclasses import replace

import pytest

from bot.catalog import IMAGEN_4, Catalog
from bot.help_text import HelpText, Links
from bot.levels import Level
from bot.settings import ALLOWED_CHANNELS, CHANNEL_LEVELS, MODEL_COUNTS, PRIVATE_ALLOWED
from bot.standing import Standing
from tests.cogs.library_stage import at_library
from tests.cogs.stage import TEXTS
from tests.limits.support import ruled

pytestmark = pytest.mark.asyncio


async def test_a_member_learns_what_is_allowed_here_and_which_commands_are_theirs(tmp_path):
    async with at_library(tmp_path) as library:
        told = (await library.use("help")).message
    text = told.body.text
    assert told.ephemeral_to == library.id_of("mia")
    assert "Type `/imagen`" in text
    assert "- **Imagen 4** with `/imagen`: 0.06 credits an image, up to 4 at once" in text
    assert "- Safety level: Standard. With the option `private`, only you see what you make." in text
    assert "`/history`" in text
    assert "`/privacy` tells what is kept" in text
    assert len(text.splitlines()) <= 12


async def test_it_says_what_this_server_set(tmp_path):
    async with at_library(tmp_path) as library:
        await library.set(MODEL_COUNTS, {"imagen-4": 2, "imagen-3": 0})
        await library.set(PRIVATE_ALLOWED, value=False)
        await library.set(CHANNEL_LEVELS, {library.place(): Level.GUARDED})
        text = (await library.use("help")).message.body.text
    assert "**Imagen 4** with `/imagen`: 0.06 credits an image, up to 2 at once" in text
    assert "Imagen 3**" not in text
    assert TEXTS("en", "help.private.off") in text
    assert f"- Safety level: {TEXTS('en', 'level.guarded')}" in text


async def test_where_no_images_are_made_that_is_said(tmp_path):
    async with at_library(tmp_path) as library:
        await library.set(ALLOWED_CHANNELS, (library.place("images"),))
        text = (await library.use("help")).message.body.text
    assert f"<#{library.place('images')}>" in text
    assert "credits an image" not in text


async def test_it_speaks_the_members_language(tmp_path):
    async with at_library(tmp_path) as library:
        text = (await library.use("help", user="mats")).message.body.text
    assert text.startswith(TEXTS("de", "help.title"))


async def test_what_the_operator_published_is_linked(tmp_path):
    async with at_library(tmp_path) as library:
        about = library.stage.client.application
        about.privacy_policy_url, about.terms_of_service_url = "https://bot.example/privacy", None
        text = (await library.use("help")).message.body.text
    assert "[Privacy policy](https://bot.example/privacy)" in text
    assert "Terms of use" not in text


async def test_it_is_one_screen_however_many_models_and_commands_there_are():
    models = tuple(replace(IMAGEN_4, key=f"m{number}", label=f"Model {number}") for number in range(9))
    standing = Standing(rules=ruled(), refusal=None, out=frozenset(), claims=(), usages={}, underway=())
    known = [f"command-{number}" for number in range(40)]
    for locale in ("en", "de"):
        text = HelpText(texts=TEXTS, catalog=Catalog(models), locale=locale)
        links = Links(privacy_url="https://bot.example/privacy", terms_url="https://bot.example/terms")
        told = "\n".join(text.paragraphs(standing, Level.STANDARD, commands=known, links=links))
        assert len(told.splitlines()) <= 12
        assert TEXTS(locale, "help.models", count=6) in told
        assert "command-0`" in told
