"""Everything of Discord's that the page shows, with a bot that uses all of it."""

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.page.stage import chromium, needs_chromium, screen, showcased

pytestmark = [pytest.mark.asyncio(loop_scope="module"), needs_chromium]
module_fixture = pytest_asyncio.fixture(scope="module", loop_scope="module")
NO_ANSWER = "The application did not respond"


@module_fixture
async def browser():
    async with chromium() as opened:
        yield opened


@module_fixture
async def local():
    async with showcased() as running:
        yield running


@module_fixture
async def shared(browser, local):
    async with screen(browser, local.url) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def window(shared):
    """One window for all, since loading the page takes longer than most of the tests."""
    yield shared
    assert shared.complaints == []


async def dialog(window):
    opened = window.page.get_by_role("dialog")
    await opened.wait_for()
    return opened


# ------------------------------------------------------------ commands


async def test_each_person_is_offered_what_discord_would_offer_them(window):
    await window.look(as_="mia")
    assert "/limits set" not in await window.offered()
    assert "/grown" not in await window.offered()
    await window.look(as_="adam")
    assert {"/limits set", "/limits show"} <= set(await window.offered())
    await window.look(as_="mia", at="Aquarium/after-dark")
    assert "/grown" in await window.offered()


async def test_commands_speak_the_language_of_who_acts(window):
    await window.look(as_="mats")
    assert "/obst" in await window.offered()
    await window.box.fill("/obst")
    await expect(window.page.get_by_role("option", name="/obst")).to_contain_text("Obst holen")
    await window.box.press("Enter")
    form = window.page.get_by_role("form", name="/obst")
    await expect(form.locator("[data-option=kind] .option-name")).to_have_text("sorte")
    await expect(form.locator(".hint")).to_contain_text("Welches")


async def test_a_person_can_be_switched_and_speak_another_language(window):
    await window.look(as_="mia")
    await window.page.get_by_role("button", name="You act as Mia").click()
    await window.page.get_by_role("menuitemradio", name="Mona moderator").click()
    await expect(window.page.get_by_role("button", name="You act as Mona moderator · en-GB")).to_be_visible()
    await window.page.get_by_role("button", name="You act as Mona").click()
    await window.page.get_by_role("menuitemradio", name="German").click()
    await expect(window.page.get_by_role("button", name="You act as Mona moderator · de")).to_be_visible()
    assert "/obst" in await window.offered()
    assert window.page.url.endswith("#as=mona&in=Aquarium/general")


async def test_every_kind_of_option_reaches_the_bot(window):
    await window.look(as_="mia", at="Aquarium/images")
    await window.box.fill("/fruit")
    await window.box.press("Enter")
    form = window.page.get_by_role("form", name="/fruit")
    await form.locator("[data-option=kind] input").press_sequentially("ripe")
    await window.page.get_by_role("option", name="ripe pear").click()
    await form.get_by_role("button", name="photo").click()
    await form.locator("[data-option=photo] input").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": b"not really"}
    )
    for name, typed in (("count", "3"), ("ripe", "False"), ("who", "Olga"), ("weight", "1.5")):
        await form.get_by_role("button", name=name, exact=True).click()
        await window.page.keyboard.type(typed)
        if name in {"ripe", "who"}:
            await window.page.keyboard.press("Enter")
    await window.page.keyboard.press("Enter")
    await expect(window.last).to_contain_text("3 ripe-pear, ripe False, for olga, weight 1.5, photo me.png")


async def test_a_sub_command_is_used_as_one(window):
    await window.look(as_="adam", at="Aquarium/images")
    await window.use("limits set", images="7")
    await expect(window.last).to_contain_text("limit 7")
    await expect(window.last.locator(".calling")).to_have_text("Adam used /limits set")


async def test_a_command_without_an_answer_says_so_after_three_seconds_and_can_be_put_away(window):
    await window.look(at="Aquarium/images")
    await window.use("silent")
    await expect(window.last).to_contain_text("Sending command…")
    await expect(window.page.get_by_role("alert")).to_have_text(NO_ANSWER)
    await window.last.get_by_role("button", name="Dismiss message").click()
    await expect(window.page.get_by_text(NO_ANSWER)).to_have_count(0)


# ------------------------------------------------------------ messages


async def test_markdown_looks_as_in_discord(window):
    await window.look(at="Atelier/images")
    await window.use("words")
    said = window.last.locator(".markdown")
    await expect(said.get_by_role("heading", level=3)).to_have_text("Heading one")
    await expect(said.get_by_role("heading", level=4)).to_have_text("Heading two")
    for tag, words in (
        ("strong >> nth=0", "bold"),
        ("em", "slanted"),
        ("u", "under"),
        ("s", "struck"),
        ("blockquote", "quoted words"),
        ("pre", 'print("hi")'),
        ("small", "subtext"),
        ("ul ul li", "inner"),
        ("ol li >> nth=1", "two"),
        ("a >> nth=0", "the page"),
    ):
        await expect(said.locator(tag)).to_have_text(words)
    await expect(said).to_contain_text("*escaped*")
    await expect(said.locator("a").nth(1)).to_have_attribute("href", "https://example.com/c")
    await expect(said.locator(".mention").first).to_have_text("@Mia")
    await expect(window.last).to_have_class("message mentioned")
    await said.get_by_role("button", name="Show spoiler").click()
    await expect(said.locator(".spoiler.shown")).to_have_text("secret")


async def test_a_time_that_lies_ahead_ticks(browser, local):
    async with screen(browser, local.url) as window:
        await window.page.clock.install()
        await window.look(at="Atelier/images")
        await window.use("words")
        stamp = window.last.locator("time.stamp")
        before = await stamp.inner_text()
        await window.page.clock.fast_forward(60_000)
        await expect(stamp).not_to_have_text(before)


async def test_hostile_words_stay_words(window):
    await window.look(at="Atelier/general")
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <script>alert(1)</script> **bold**"
    await window.use("echo", text=hostile)
    said = window.last.locator(".markdown")
    await expect(said).to_have_text(hostile.replace("**bold**", "bold"))
    assert await said.locator("img, script, a").count() == 0


async def test_every_component_is_there_and_works(window):
    await window.look(at="Werkstatt/images")
    await window.use("show")
    shown = window.last
    await expect(shown.locator(".container").first).to_have_css("border-left-color", "rgb(136, 85, 221)")
    await expect(shown.get_by_role("heading", name="A section")).to_be_visible()
    await expect(shown.locator(".thumbnail img")).to_be_visible()
    await expect(shown.get_by_role("button", name="Open in full size: all red")).to_be_visible()
    await shown.get_by_role("button", name="Show spoiler: all blue").click()
    await expect(shown.get_by_role("button", name="Open in full size: all blue")).to_be_visible()
    await expect(shown.get_by_role("link", name="notes.txt")).to_have_attribute("download", "notes.txt")
    await expect(shown.get_by_role("button", name="Secondary")).to_be_disabled()
    await expect(shown.get_by_role("link", name="Link")).to_have_attribute("href", "https://example.com/")
    mine = window.page.locator(f'[data-id="{await shown.get_attribute("data-id")}"]')
    await mine.get_by_role("button", name="Primary").click()
    await expect(window.last).to_contain_text("chose primary")
    await mine.get_by_role("button", name="Danger").click()
    colours = mine.get_by_role("combobox", name="Colours")
    await colours.click()
    await window.page.get_by_role("option", name="Warm").click()
    await window.page.get_by_role("option", name="Grey").click()
    await window.page.keyboard.press("Escape")
    await expect(window.last).to_contain_text("chose warm, grey")
    for name, label in (("A person", "Olga"), ("A role", "Moderator"), ("A channel", "images")):
        await mine.get_by_role("combobox", name=name).fill(label)
        await window.page.keyboard.press("Enter")
        await expect(window.last).to_contain_text("chose 1")
    await expect(mine.get_by_role("alert")).to_have_text(NO_ANSWER)


async def test_menus_of_messages_and_people_hold_the_bots_commands(window):
    await window.look(at="Aquarium/staff", as_="adam")
    await window.use("echo", text="look at me")
    await window.last.hover()
    await window.last.get_by_role("button", name="What can be done").click()
    await window.page.get_by_role("menuitem", name="Inspect").click()
    await expect(window.last).to_contain_text("message 1")
    await window.page.get_by_role("button", name="People", exact=True).click()
    await window.page.locator(".people-list").get_by_role("button", name="Olga").click()
    await window.page.get_by_role("menuitem", name="Greet").click()
    await expect(window.last).to_contain_text("hello olga")


async def test_a_moderator_can_delete_a_message_and_a_member_cannot(window):
    await window.look(at="Aquarium/after-dark")
    await window.use("echo", text="soon gone")
    more = window.last.get_by_role("button", name="What can be done")
    await more.click()
    await expect(window.page.get_by_role("menuitem", name="Delete message")).to_have_count(0)
    await window.look(as_="mona", at="Aquarium/after-dark")
    await more.click()
    await window.page.get_by_role("menuitem", name="Delete message").click()
    await expect(window.messages).to_have_count(0)


async def test_direct_messages_have_a_place_of_their_own(window):
    await window.look(as_="jules")
    await window.use("letter")
    await expect(window.last).to_contain_text("sent")
    await window.page.get_by_role("button", name="Direct messages").click()
    await expect(window.last).to_contain_text("a letter for you")
    await window.page.reload()
    await expect(window.last).to_contain_text("a letter for you")


# ------------------------------------------------------------ forms


async def test_a_form_takes_every_kind_of_input(window):
    await window.look(at="Werkstatt/general")
    await window.use("form")
    form = await dialog(window)
    await expect(form.get_by_label("Name")).to_be_focused()
    await form.get_by_role("button", name="Submit").click()
    await expect(form.get_by_role("alert")).to_contain_text("'name'")
    await form.get_by_label("Name").fill("Ada")
    await form.get_by_label("Story").fill("Once\nupon")
    await form.get_by_role("radio", name="ink").check()
    await form.get_by_role("checkbox", name="frame").check()
    await form.get_by_label("Sure?").check()
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_have_count(0)
    await expect(window.last).to_contain_text("Ada / Once\nupon / ink / frame / True")


async def test_a_form_can_be_left_with_escape_and_gives_the_focus_back(window):
    await window.look(at="Werkstatt/general")
    await window.use("form", kind="pickers")
    form = await dialog(window)
    person = form.get_by_role("combobox", name="Person")
    await person.fill("Ol")
    await window.page.keyboard.press("Escape")
    await expect(form).to_be_visible()
    await person.fill("Ol")
    await window.page.keyboard.press("Enter")
    await form.get_by_role("button", name="Submit").click()
    await expect(window.last).to_contain_text("olga ['warm']")
    await window.use("form")
    await dialog(window)
    await window.page.keyboard.press("Escape")
    await expect(window.page.get_by_role("dialog")).to_have_count(0)
    await expect(window.box).to_be_focused()


# ------------------------------------------------------------ the page itself


async def test_light_and_dark_follow_the_system_until_somebody_chooses(browser, local):
    async with screen(browser, local.url, color_scheme="dark") as window:
        await window.look()
        body = window.page.locator("body")
        await expect(body).to_have_css("background-color", "rgb(37, 41, 45)")
        await window.page.get_by_role("button", name="Light colours").click()
        await expect(body).to_have_css("background-color", "rgb(252, 253, 253)")
        await window.page.reload()
        await expect(body).to_have_css("background-color", "rgb(252, 253, 253)")


async def test_nothing_is_wider_than_a_phone(browser, local):
    async with screen(browser, local.url) as window:
        await window.page.set_viewport_size({"width": 400, "height": 800})
        await window.look(at="Werkstatt/images")
        assert await window.page.evaluate("document.documentElement.scrollWidth") == 400
        await window.page.get_by_role("button", name="Servers and channels").click()
        await window.page.get_by_role("button", name="general").click()
        await expect(window.page.get_by_role("heading", level=1)).to_have_text("general")
        await window.page.get_by_role("button", name="Weather", exact=True).click()
        panel = window.page.get_by_role("complementary", name="Weather at Segmind")
        await expect(panel).to_be_visible()
        await window.page.keyboard.press("Escape")
        await expect(panel).to_have_count(0)


async def test_a_screen_reader_hears_what_the_bot_says(window):
    await window.look(at="Atelier/after-dark")
    await window.use("echo", text="**hear** me")
    await expect(window.page.locator(".scroll [role=status]")).to_have_text("Imagen: hear me")


async def test_a_form_takes_files(window):
    await window.look(at="Werkstatt/general")
    await window.use("form", kind="upload")
    form = await dialog(window)
    file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"some notes"}
    await form.get_by_label("File").set_input_files(file)
    await expect(form).to_contain_text("notes.txt, 10 bytes")
    await form.get_by_role("button", name="Submit").click()
    await expect(window.last).to_contain_text("got ['notes.txt']")
