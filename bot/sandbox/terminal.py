"""The sandbox in a terminal: type a command, watch the card change, find the image as a file."""

import asyncio
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import Clock
from bot.sandbox.command_line import BadLine, read_line
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.component_forms import Component
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.render_text import render_message
from bot.sandbox.discord.watch import Event, Happened
from bot.sandbox.session import Sandbox
from cogs.widgets import ACCENTS

# As long as the bot itself follows a request.
CARD_PATIENCE_S = 3_700.0
SERVER, CHANNEL, PERSON = "Aquarium", "general", "mia"

HELP = """\
This is {server}, #{channel}, and you are {person}. Type a command, for example:
  /imagen prompt: a cozy cabin in the snow aspect_ratio: 16:9
  /imagen-fast prompt: a fox count: 2 seed: 42
A prompt can ask for trouble: [rai-words] [rai-picture] [fail] [slow] [429] [outage] [retired] [no-credits] …
Images are saved in {folder}. An empty line or Ctrl-D ends it."""


def _accents(message: Message) -> set[int]:
    return {
        component.get("accent_color") or 0
        for component in message.body.components
        if component["type"] == Component.CONTAINER
    }


def has_ended(message: Message) -> bool:
    """Whether the card has told its whole story."""
    return not message.body.is_loading and ACCENTS["waiting"].value not in _accents(message)


@dataclass(slots=True)
class Terminal:
    """Shows what one person sees in one channel; saves every image once."""

    sandbox: Sandbox
    folder: Path
    clock: Clock
    _saved: set[int] = field(default_factory=set)
    _shown: dict[int, str] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def place(self) -> tuple[int, int]:
        """The ids of the server and the channel."""
        guild = self.sandbox.discord.world.guild_named(SERVER)
        return guild.id, guild.channel_named(CHANNEL).id

    @property
    def person_id(self) -> int:
        return self.sandbox.discord.world.user_named(PERSON).id

    def greet(self) -> None:
        words = HELP.format(server=SERVER, channel=CHANNEL, person=PERSON, folder=self.folder)
        print(words, flush=True)

    def watch(self, event: Event) -> None:
        """Print a message when it comes and whenever it changes."""
        if event.happened not in {Happened.MESSAGE_CREATED, Happened.MESSAGE_UPDATED}:
            return
        message: Message = event.subject
        if message.channel_id != self.place[1] or not message.visible_to(self.person_id):
            return
        text = render_message(message, author="Imagen", now_ms=self.clock.now_ms())
        if self._shown.get(message.id) != text:
            self._shown[message.id] = text
            print(f"\n{text}", flush=True)
        for attachment in message.body.attachments:
            if attachment.id not in self._saved:
                self._saved.add(attachment.id)
                path = self.folder / attachment.filename
                path.write_bytes(attachment.data)
                print(f"saved: {path}", flush=True)
        self._changed.set()

    async def use(self, line: str) -> InteractionRecord:
        """Use the command that the line says; raises BadLine or CommandRejected."""
        name, options = read_line(line, self.sandbox.commands)
        guild_id, channel_id = self.place
        return await self.sandbox.discord.invoke(
            guild_id=guild_id, channel_id=channel_id, user_id=self.person_id, command=name, options=options
        )

    async def ended(self, record: InteractionRecord) -> bool:
        """Wait for the card's end; False if the bot did not answer, or if the card never ended."""
        async with asyncio.timeout(CARD_PATIENCE_S):
            while not (record.original is not None and has_ended(record.original)):
                if record.failed:
                    return False
                self._changed.clear()
                waiting = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait({waiting}, timeout=1.0)
                waiting.cancel()
        return True


async def run_script(terminal: Terminal, lines: Iterable[str]) -> int:
    """Run the lines all at once; 0 if every one of them ended as a card with an image or a clear refusal."""
    records: list[tuple[str, InteractionRecord]] = []
    failures = 0
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            records.append((line.strip(), await terminal.use(line)))
        except (BadLine, CommandRejected) as error:
            print(f"{line.strip()}\n  not a command that Discord would send: {error}", file=sys.stderr)
            failures += 1
    for line, record in records:
        try:
            well = await terminal.ended(record)
        except TimeoutError:
            well = False
        if not well:
            print(f"{line}\n  got no answer, or its card never ended", file=sys.stderr)
            failures += 1
    print(f"\n{len(records)} commands, {failures} without an end that can be told", flush=True)
    return 1 if failures else 0


async def converse(terminal: Terminal) -> int:
    """Read commands from standard input until an empty line."""
    terminal.greet()
    while line := (await asyncio.to_thread(_ask)).strip("\n"):
        try:
            record = await terminal.use(line)
        except (BadLine, CommandRejected) as error:
            print(error, flush=True)
            continue
        if not await terminal.ended(record):
            print("The application did not respond.", flush=True)
    return 0


def _ask() -> str:
    try:
        return input("\n> ")
    except EOFError:
        return ""
