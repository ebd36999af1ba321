"""A small bot on the unmodified discord.py, and how it is pointed at the local Discord."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator

import discord
import yarl
from discord import app_commands
from PIL import Image

from bot.sandbox.discord import LocalDiscord


def png(width_px: int = 8, height_px: int = 6) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width_px, height_px), "teal").save(target, "PNG")
    return target.getvalue()


class Card(discord.ui.LayoutView):
    """A picture in a gallery, a line of text and a button."""

    def __init__(self, words: str, *, picture: str | None = None) -> None:
        super().__init__(timeout=None)
        box = discord.ui.Container(discord.ui.TextDisplay(words))
        if picture:
            gallery = discord.ui.MediaGallery()
            gallery.add_item(media=f"attachment://{picture}", description="a picture")
            box.add_item(gallery)
        again = discord.ui.Button(label="Again", custom_id="again")
        again.callback = self.pressed
        form = discord.ui.Button(label="Form", custom_id="form")
        form.callback = self.ask
        box.add_item(discord.ui.ActionRow(again, form))
        self.add_item(box)

    async def pressed(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(view=Card("pressed"), attachments=[])

    async def ask(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="More"):
    words = discord.ui.Label(text="Words", component=discord.ui.TextInput(custom_id="words", max_length=50))
    style = discord.ui.Label(
        text="Style",
        component=discord.ui.Select(
            custom_id="style", options=[discord.SelectOption(label="A", value="a"), discord.SelectOption(label="B")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        words, style = self.words.component.value, self.style.component.values
        await interaction.response.send_message(f"{words} {style}", ephemeral=True)


class TinyBot(discord.Client):
    """One command of each kind the local Discord must serve; `errors` holds what went wrong in them."""

    def __init__(self, **options) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True), guild_ready_timeout=0.05, **options)
        self.tree = app_commands.CommandTree(self)
        self.errors: list[Exception] = []
        self.seen: list[discord.Interaction] = []
        self.resumed = 0
        self.hold = asyncio.Event()
        self.tree.on_error = self._failed
        self.tree.add_command(paint)
        self.tree.add_command(quick)
        self.tree.add_command(late)
        self.tree.add_command(twice)
        self.tree.add_command(look)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify again without the five seconds of waiting."""

    async def on_resumed(self) -> None:
        self.resumed += 1

    async def _failed(self, interaction: discord.Interaction, error: Exception) -> None:
        self.errors.append(getattr(error, "original", error))


@app_commands.command(description="Paint a picture")
@app_commands.describe(prompt="What to paint", private="Only for me")
@app_commands.choices(shape=[app_commands.Choice(name="square", value="1:1")])
async def paint(
    interaction: discord.Interaction,
    prompt: app_commands.Range[str, 1, 100],
    count: app_commands.Range[int, 1, 4] = 1,
    shape: str = "1:1",
    private: bool = False,
) -> None:
    interaction.client.seen.append(interaction)
    await interaction.response.defer(thinking=True, ephemeral=private)
    file = discord.File(io.BytesIO(png()), filename="pic.png", description="a picture")
    await interaction.edit_original_response(view=Card(prompt, picture="pic.png"), attachments=[file])


@app_commands.command(description="Answer at once")
async def quick(interaction: discord.Interaction, word: str) -> None:
    await interaction.response.send_message(f"you said {word}")
    await interaction.followup.send("and more", ephemeral=True)


@quick.autocomplete("word")
async def suggest(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{current}!", value=f"{current}!")]


@app_commands.command(description="Answer when told to")
async def late(interaction: discord.Interaction) -> None:
    await interaction.client.hold.wait()
    await interaction.response.defer()


@app_commands.command(description="Answer twice")
async def twice(interaction: discord.Interaction) -> None:
    await interaction.response.defer()
    interaction.response._response_type = None
    await interaction.response.defer()


@app_commands.context_menu(name="Look")
async def look(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"saw {message.id}", ephemeral=True)


@contextlib.asynccontextmanager
async def pointed_at(local: LocalDiscord) -> AsyncIterator[None]:
    """Let discord.py talk to the stand-in, the way its own class attributes allow."""
    before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE
    discord.http.Route.BASE = local.api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(local.gateway_url)
    discord.Asset.BASE = local.cdn_url
    try:
        yield
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE = before


@contextlib.asynccontextmanager
async def running(local: LocalDiscord) -> AsyncIterator[TinyBot]:
    """Run the bot until it is ready, and end it afterwards."""
    async with pointed_at(local):
        bot = TinyBot()
        async with bot:
            task = asyncio.create_task(bot.start(local.token))
            await local.gateway.connected()
            await bot.wait_until_ready()
            try:
                yield bot
            finally:
                await bot.close()
                await asyncio.gather(task, return_exceptions=True)
