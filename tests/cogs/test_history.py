"""`/history`: members in the real discord.py look through their own images."""

import pytest

from bot.errors import StoreError
from bot.finding.history_text import Wanted
from bot.sandbox.discord.components import walk
from bot.store import favourites, personal
from bot.store.history import Cursor
from cogs.finding.history_ids import Act, Spot, read_spot
from tests.cogs.library_stage import at_library, ids, ref, shown
from tests.cogs.stage import TEXTS

pytestmark = pytest.mark.asyncio

DAY_MS = 86_400_000


def enabled(message):
    """What can be pressed, by the act in its custom_id."""
    buttons = [each for _, each in walk(message.body.components) if each["type"] == 2 and "custom_id" in each]
    return {each["custom_id"].split(":")[2] for each in buttons if not each.get("disabled")}


async def test_a_member_sees_their_own_images_newest_first_and_nobody_else_does(tmp_path):
    async with at_library(tmp_path) as library:
        first = await library.image("a red fox", images=3)
        await library.image("a secret of jules", user="jules")
        last = await library.image("two herons", private=True)
        page = (await library.use("history")).message
    assert page.ephemeral_to == library.id_of("mia")
    assert "**Your images:** 2 requests" in page.body.text
    assert "secret" not in page.body.text
    assert page.body.text.index("two herons") < page.body.text.index("a red fox")
    assert f"`{ref(first)}` · Imagen 4 · 3 images" in page.body.text
    link = f"https://discord.com/channels/{library.guild.id}/{library.place()}/{first + 1}"
    assert page.body.text.count("discord.com/channels") == 1
    assert f"[its message]({link})" in page.body.text
    assert [name for name, _ in shown(page)] == [f"history-{ref(last)}.jpg", f"history-{ref(first)}.jpg"]


async def test_thumbnails_are_small_jpegs_with_alt_texts(tmp_path):
    async with at_library(tmp_path) as library:
        await library.image("a red fox")
        page = (await library.use("history")).message
        (file,) = page.body.attachments
        assert (file.content_type, file.width_px, file.height_px) == ("image/jpeg", 320, 320)
        items = [item for _, each in walk(page.body.components) for item in each.get("items") or ()]
    assert "a red fox" in items[0]["description"]


async def test_a_comparison_is_listed_with_all_of_its_models(tmp_path):
    async with at_library(tmp_path) as library:
        models = ("imagen-4-fast", "imagen-4-ultra")
        await library.image("two foxes", images=2, command="imagen-compare", model=models[0], models=models)
        page = (await library.use("history")).message
    assert "Imagen 4 Fast, Imagen 4 Ultra" in page.body.text
    menus = [each for _, each in walk(page.body.components) if each.get("options")]
    assert "Imagen 4 Fast, Imagen 4 Ultra" in menus[0]["options"][0]["description"]


async def test_pages_are_turned_both_ways_also_after_a_restart(tmp_path):
    async with at_library(tmp_path) as library:
        numbers = [await library.image(f"image {word}") for word in "abcdefghijklmnopqrst"]
        page = (await library.use("history")).message
        assert len(shown(page)) == 9
        assert enabled(page) == {"older", "form"}
        await library.press(page, "older")
        assert [name for name, _ in shown(page)] == [f"history-{ref(each)}.jpg" for each in reversed(numbers[2:11])]
        assert enabled(page) == {"newest", "newer", "older", "form"}
        await library.restart()
        await library.press(page, "older")
        assert len(shown(page)) == 2
        assert enabled(page) == {"newest", "newer", "form"}
        await library.press(page, "newer")
        assert len(shown(page)) == 9
        await library.press(page, "newest")
        assert [name for name, _ in shown(page)] == [f"history-{ref(each)}.jpg" for each in reversed(numbers[11:])]


async def test_every_filter_stays_while_pages_are_turned(tmp_path):
    async with at_library(tmp_path) as library:
        for _ in range(10):
            number = await library.image("a lighthouse in the fog", model="imagen-4-fast")
            async with library.db.transaction() as tx:
                await favourites.add(tx, library.id_of("mia"), number, 0, at_ms=1)
        await library.image("a lighthouse in the fog", model="imagen-4-fast")
        await library.image("a lighthouse in the fog")
        year = str(1970 + library.clock.now_ms() // (365 * DAY_MS + DAY_MS // 4))
        used = await library.use("history", words="fog light", model="Imagen 4 Fast", favourites=True, date=year)
        assert "10 requests" in used.message.body.text
        assert (
            f"with the words: fog light · made with Imagen 4 Fast · from {year} · favourites only"
            in used.message.body.text
        )
        await library.press(used.message, "older")
        assert "10 requests" in used.message.body.text
        assert len(shown(used.message)) == 1
        assert "★ favourite" in used.message.body.text


async def test_the_form_is_filled_in_with_what_is_looked_for_and_changes_it(tmp_path):
    async with at_library(tmp_path) as library:
        await library.image("a red fox")
        await library.image("two herons")
        page = (await library.use("history", words="fox")).message
        pressed = await library.press(page, "form")
        typed = [each["component"] for each in pressed.modal["components"]]
        assert [each.get("value") for each in typed if each["type"] == 4] == ["fox", None]
        sent = await library.local.submit_modal(pressed, {"words": "herons", "favourites": "a"})
        await sent.acknowledged()
        assert "two herons" in page.body.text
        assert "red fox" not in page.body.text
        assert len(page.body.attachments) == 1


async def test_words_of_any_kind_go_through_the_custom_ids_unharmed(tmp_path):
    words = 'a:b 猫 "quoted" *' + "x" * 60
    async with at_library(tmp_path) as library:
        page = (await library.use("history", words=words)).message
        assert page.body.text.startswith("**None of your images is like that.**")
        assert all(len(each) <= 100 for each in ids(page))
        pressed = await library.press(page, "form")
        assert pressed.modal["components"][0]["component"]["value"] == words


async def star(library, number, *, user="mia"):
    async with library.db.transaction() as tx:
        assert await favourites.add(tx, library.id_of(user), number, 0, at_ms=1)


async def test_a_favourite_that_somebody_else_made_shows_whose_it_is_and_can_be_opened(tmp_path):
    async with at_library(tmp_path) as library:
        theirs = await library.image("a red fox", user="jules")
        await library.image("an owl of my own")
        await star(library, theirs)
        page = (await library.use("history", favourites=True)).message
        assert f"`{ref(theirs)}` · by <@{library.id_of('jules')}> · " in page.body.text
        assert "owl" not in page.body.text
        assert len(shown(page)) == 1
        card = (await library.open(page, theirs)).message
        assert f"**An image by <@{library.id_of('jules')}>**" in card.body.text
        everything = (await library.use("history")).message.body.text
        assert "fox" not in everything
        own = (await library.use("history", user="jules")).message.body.text
        assert "by <@" not in own


async def test_a_favourite_is_gone_with_the_image_and_with_the_channel_and_is_in_no_other_server(tmp_path):
    async with at_library(tmp_path) as library:
        deleted = await library.image("a deleted fox", user="jules")
        staff = await library.image("a secret plan", user="mona", channel="staff")
        seen = await library.image("a lake", user="jules")
        for number in (deleted, staff, seen):
            await star(library, number)
        await library.execute("UPDATE requests SET removed = 'owner' WHERE interaction_id = $1", deleted)
        text = (await library.use("history", favourites=True)).message.body.text
        assert "a lake" in text
        assert "fox" not in text
        assert "plan" not in text
        abroad = (await library.use("history", favourites=True, guild=library.other())).message.body.text
        assert "a lake" not in abroad


async def test_favourites_in_threads_that_are_gone_are_neither_counted_nor_in_the_way_of_others(tmp_path):
    async with at_library(tmp_path) as library:
        mine = await library.image("an owl of my own")
        await star(library, mine)
        for number in [await library.image(f"fox {word}", user="jules") for word in "abcdefghi"]:
            await star(library, number)
            await library.execute("UPDATE requests SET channel_id = 4711 WHERE interaction_id = $1", number)
            listed = (await library.use("history", favourites=True)).message
            assert "fox" not in listed.body.text
            assert [name for name, _ in shown(listed)] == [f"history-{ref(mine)}.jpg"]
            if number == mine + 1:
                assert "1 request" in listed.body.text
                assert "2 requests" not in listed.body.text
        await library.execute("DELETE FROM favourites WHERE interaction_id = $1", mine)
        assert "None of your images is like that." in (await library.use("history", favourites=True)).message.body.text


async def test_where_nothing_is_found_that_is_said_kindly(tmp_path):
    async with at_library(tmp_path) as library:
        nothing = (await library.use("history")).message.body.text
        assert nothing.startswith("You have no images yet.")
        text = (await library.use("history", words="zebra")).message.body.text
        assert "Prompts are forgotten after 30 days." in text
        assert "forgotten" not in (await library.use("history", favourites=True)).message.body.text


async def test_what_cannot_be_read_is_said(tmp_path):
    async with at_library(tmp_path) as library:
        assert "is not a date" in (await library.use("history", date="yesterday")).message.body.text
        assert "“some thing”" in (await library.use("history", model="some thing")).message.body.text
        library.rulebook.broken = StoreError("x")
        broken = (await library.use("history", date="2026")).message.body.text
    assert broken == TEXTS("en", "draft.store")


async def test_one_is_opened_privately_with_all_of_its_images_and_its_buttons(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox", images=2)
        page = (await library.use("history")).message
        card = (await library.open(page, number)).message
    assert card.ephemeral_to == library.id_of("mia")
    assert [name for name, _ in shown(card)] == [f"imagen-{ref(number)}-1.png", f"imagen-{ref(number)}-2.png"]
    assert "**Your 2 images**" in card.body.text
    assert f"card:1:again:{number}" in ids(card)


async def test_one_that_was_deleted_meanwhile_is_said_to_be_gone(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        page = (await library.use("history")).message
        async with library.db.transaction() as tx:
            await personal.forget(tx, library.id_of("mia"), now_ms=1)
        assert (await library.open(page, number)).message.body.text == TEXTS("en", "history.gone")


async def test_forgotten_words_and_images_that_are_not_kept_are_told_with_the_way_to_the_message(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        await library.execute("UPDATE requests SET options = $1", personal.ERASED)
        library.home.vault.delete((await library.db.fetch("SELECT sha256 FROM jobs"))[0]["sha256"])
        page = (await library.use("history")).message
        assert "The words are forgotten, as all are after 30 days." in page.body.text
        assert "the image is not kept here any more" in page.body.text
        assert shown(page) == []
        opened = (await library.open(page, number)).message.body.text
    assert opened.startswith("I do not keep this image any more. [its message](https://discord.com/channels/")


async def test_images_of_age_restricted_channels_are_shown_in_such_channels_only(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a night", channel="after-dark", age_restricted=True)
        page = (await library.use("history")).message
        assert shown(page) == []
        assert "shown in age-restricted channels only" in page.body.text
        assert (await library.open(page, number)).message.body.text == TEXTS("en", "show.age")
        dark = (await library.use("history", channel="after-dark")).message
        assert len(shown(dark)) == 1


async def test_spoilers_stay_spoilers(tmp_path):
    async with at_library(tmp_path) as library:
        await library.image("a night", spoiler=True)
        assert [hidden for _, hidden in shown((await library.use("history")).message)] == [True]


async def test_models_and_dates_are_suggested(tmp_path):
    async with at_library(tmp_path) as library:
        assert await library.suggested("history", "model", "fast") == [("Imagen 4 Fast", "imagen-4-fast")]
        dates = await library.suggested("history", "date", "month")
    assert [name.split(" · ")[0] for name, _ in dates] == ["This month", "Last month"]
    assert all(len(value) == 7 for _, value in dates)


async def test_a_page_of_an_older_version_says_so(tmp_path):
    async with at_library(tmp_path) as library:
        await library.image("a red fox")
        page = (await library.use("history")).message
        (button,) = (each for _, each in walk(page.body.components) if ":form:" in each.get("custom_id", ""))
        button["custom_id"] = "history:0:form:"
        used = await library.local.press(page, "history:0:form:", user_id=library.id_of("mia"))
        assert (await used.answered()).body.text == TEXTS("en", "history.stale")


async def test_the_longest_search_fits_into_its_custom_ids():
    wanted = Wanted(words="x" * 80, model="m" * 48, date="2026-11-21", favourites=True)
    longest = Spot(wanted=wanted, at=Cursor(2**63 - 1, newer=True))
    assert max(len(longest.custom_id(act)) for act in Act) <= 100


async def test_a_control_alone_does_not_tell_a_page():
    spot = Spot(wanted=Wanted(model="imagen-4"))
    assert read_spot(spot.custom_id(Act.OLDER), None) is None
    assert read_spot(spot.custom_id(Act.FORM), None) is None
