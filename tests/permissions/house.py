"""The whole bot in this process, as bot/app.py puts it together, between its stand-ins; and people who use it.

All that a test uses up is written before the bot starts, so that whatever changes in the database afterwards comes from
what somebody did.
"""

import asyncio
import json
from contextlib import asynccontextmanager
from random import Random

from bot.admin.settings_file import FORMAT, VERSION
from bot.app import run
from bot.clock import SystemClock
from bot.config import load_config
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.rate_limits import RateLimits
from bot.sandbox.segmind import LocalSegmind
from tests.e2e.asks import quick_models
from tests.permissions.books import Books
from tests.permissions.hands import Hands
from tests.permissions.line import At
from tests.permissions.uses import Who
from tests.permissions.world import world

KEY = "a-key-of-segmind"


class House(Hands, Books):
    """Aquarium, Atelier, everybody in them, and what the database holds."""

    def __init__(self, *, discord, segmind, folder):
        Hands.__init__(self, discord)
        Books.__init__(self, folder / "imagen.db")
        self.segmind, self.images = segmind, folder / "images"

    def at(self, made_id):
        """What a line is about, with this as its own thing."""
        return At(
            id=made_id,
            guild=self.home.id,
            channel=self.place("images"),
            role=self.role("Moderator"),
            owner=self.id_of(Who.OWNER),
            bystander=self.id_of("bea"),
            words=("words.txt", f"block: heron {made_id}".encode()),
            upload=lambda: self._upload({"refusal_words": f"Be kind, {made_id} times."}),
        )

    def _upload(self, settings):
        """A file of settings; what Discord tells of it."""
        text = json.dumps({"format": FORMAT, "version": VERSION, "settings": settings}).encode()
        attachments = self.local.core.attachments
        upload = Upload("file", "settings.json", "application/json", text)
        return attachments.payload(
            attachments.keep(upload, channel_id=self.place(), filename=upload.filename, description=None)
        )

    def settings(self):
        """What the bot is told by its environment."""
        return {
            "_env_file": None,
            "discord_token": self.local.token,
            "segmind_api_key": KEY,
            "discord_api_url": self.local.api_url,
            "segmind_base_url": self.segmind.base_url,
            "segmind_history_url": self.segmind.base_url,
            "database_url": f"sqlite:///{self.database}",
            "images_dir": self.images,
            "segmind_requests_per_minute": 100_000,
            "operator_ids": str(self.id_of(Who.OPERATOR)),
            "operator_guild_ids": str(self.home.id),
            "monthly_limit_credits": 1_000,
            "ceiling_per_day_credits": 1_000,
            "ceiling_per_month_credits": 1_000,
        }

    # ------------------------------------------------------------ the bot

    @asynccontextmanager
    async def inhabited(self):
        """The bot runs, and rests."""
        stop, started = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(
            run(load_config(**self.settings()), stop=stop, started=started.set, clock=SystemClock())
        )
        try:
            async with asyncio.timeout(60):
                connected = asyncio.create_task(self.local.gateway.connected())
                await asyncio.wait({connected, running}, return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    running.result()
                commands = self.local.core.commands
                while not (commands.all(self.home.id) and commands.all(None)):  # noqa: ASYNC110 - nor does the stand-in
                    await asyncio.sleep(0.02)
            await self.rests()
            yield
        finally:
            stop.set()
            await running
            self.close()


@asynccontextmanager
async def stood(folder):
    """The stand-ins, and no bot yet."""
    clock = SystemClock()
    discord = LocalDiscord(clock, world=world(), limits=RateLimits(None, None, None))
    segmind = LocalSegmind(
        clock=clock, rng=Random(0), api_key=KEY, models=quick_models(), picture_px=96, balance_microcredits=10**9
    )
    await discord.start()
    await segmind.start()
    try:
        yield House(discord=discord, segmind=segmind, folder=folder)
    finally:
        await segmind.stop()
        await discord.stop()
