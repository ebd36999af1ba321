"""The page on a stage: both stand-ins, a bot behind them, and a real browser in front."""

import asyncio
import contextlib
import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from bot import app
from bot.clock import SystemClock
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.page import Page as SandboxPage
from bot.sandbox.segmind import LocalSegmind
from bot.sandbox.session import Sandbox, sandbox
from tests.e2e.page.showcase import Showcase
from tests.sandbox.tinybot import pointed_at

# Far more than anything takes anywhere.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed; on Debian: apt-get install chromium"
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class Screen:
    """One window of a person; whatever the page complains about is kept in `complaints`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type in {"error", "warning"} and self.complaints.append(said.text))

    async def look(self, *, as_: str = "mia", at: str = "Aquarium/general") -> None:
        """Look at a channel as somebody; a page that is open stays open, and goes there."""
        guild, channel = at.split("/")
        await self.page.goto(f"{self.url}/#as={as_}&in={at}")
        await expect(self.page).to_have_title(f"#{channel} · {guild} · Sandbox")
        await expect(self.page.locator(".person b")).to_have_text(as_.capitalize())
        await self.box.wait_for()

    @property
    def box(self) -> Locator:
        """The message box."""
        return self.page.locator(".message-box")

    @property
    def messages(self) -> Locator:
        return self.page.locator("ol.messages > li")

    @property
    def last(self) -> Locator:
        return self.messages.last

    @property
    def cards(self) -> Locator:
        """What the bot says, but for the note that it sends once, beside a first image."""
        return self.messages.locator(".container").filter(has_not_text="Said once:")

    @property
    def scroll(self) -> Locator:
        """What the messages are scrolled in."""
        return self.page.locator(".scroll")

    async def below_px(self) -> float:
        """How much lies below what is in sight, once the page has come to rest."""
        script = "async (list) => { for (let n = 0; n < 3; n += 1) await new Promise(requestAnimationFrame); return list.scrollHeight - list.scrollTop - list.clientHeight; }"
        return await self.scroll.evaluate(script)

    async def offered(self) -> list[str]:
        """The names in the picker."""
        await self.box.fill("/")
        names = await self.page.get_by_role("listbox", name="Commands").locator("[role=option] b").all_inner_texts()
        await self.box.fill("")
        return names

    async def use(self, command: str, **options: str) -> None:
        """Pick a command and fill it in, with the keyboard alone."""
        await self.box.fill(f"/{command}")
        await self.box.press("Enter")
        form = self.page.get_by_role("form", name=f"/{command}", exact=True)
        await form.wait_for()
        for name, value in options.items():
            field = form.locator(f'[data-option="{name}"] input')
            if not await field.count():
                await form.get_by_role("button", name=name, exact=True).click()
            await field.fill(value)
            if await field.get_attribute("role") == "combobox":
                await field.press("Enter")
        await self.page.keyboard.press("Enter")
        await form.wait_for(state="detached")

    async def menu(self, message: Locator, command: str) -> None:
        """Use one of the bot's commands on a message, with the mouse."""
        await message.hover()
        await message.get_by_role("button", name="What can be done").click()
        await self.page.get_by_role("menuitem", name="Apps").click()
        await self.page.get_by_role("menu", name="Apps").get_by_role("menuitem", name=command).click()


@contextlib.asynccontextmanager
async def screen(browser: Browser, url: str, **options) -> AsyncIterator[Screen]:
    context: BrowserContext = await browser.new_context(viewport={"width": 1280, "height": 800}, **options)
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield Screen(await context.new_page(), url)
    finally:
        await context.close()


@contextlib.asynccontextmanager
async def bot_on_stage(folder: Path, *, speed: float) -> AsyncIterator[Sandbox]:
    """The page with the real bot behind it."""

    async def run(config, stop, started):
        await app.run(config, stop=stop, started=started)

    def routes(discord, segmind):
        return SandboxPage(discord, segmind, speed=speed).routes()

    async with sandbox(run, folder=folder, clock=SystemClock(), speed=speed, routes=routes) as box:
        yield box


@contextlib.asynccontextmanager
async def showcased() -> AsyncIterator[LocalDiscord]:
    """The page with the showcase behind it."""
    clock = SystemClock()
    local = LocalDiscord(clock)
    segmind = LocalSegmind(clock=clock, rng=random.Random(1), api_key="k")
    await local.start(routes=SandboxPage(local, segmind).routes())
    async with pointed_at(local), Showcase() as bot:
        running = asyncio.create_task(bot.start(local.token))
        await local.gateway.connected()
        await bot.wait_until_ready()
        try:
            yield local
        finally:
            await bot.close()
            await asyncio.gather(running, return_exceptions=True)
            await local.stop()
