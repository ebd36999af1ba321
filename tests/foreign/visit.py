"""A bot of another client library on the local Discord: which there are, and what happens while one is there."""

import asyncio
import contextlib
import json
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_JS = _HERE / "discordjs"
_VISIT_MAX_S = 15
_INSTALL = "run tests/foreign/install"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client library: `locked` is its version, `absent` says why its bot cannot run, `command` starts it."""

    name: str
    locked: str
    absent: str | None
    command: tuple[str, ...]


def _discord_js() -> Client:
    node = shutil.which("node")
    absent = None
    if node is None:
        absent = f"Node is absent; install Node 18.17 or later and npm, then {_INSTALL}"
    elif not (_JS / "node_modules" / "discord.js").is_dir():
        absent = f"discord.js is absent; to install it, {_INSTALL}"
    package = json.loads((_JS / "package.json").read_text())
    command = (node or "node", str(_JS / "bot.mjs"))
    return Client(name="discord.js", locked=package["dependencies"]["discord.js"], absent=absent, command=command)


def _hikari() -> Client:
    python = _ROOT / ".venv-foreign" / "bin" / "python"
    is_there = any(python.parents[1].glob("lib/python3*/site-packages/hikari"))
    lock = (_ROOT / "requirements" / "foreign.lock").read_text()
    return Client(
        name="hikari",
        locked=re.search(r"^hikari==(\S+)", lock, re.MULTILINE)[1],
        absent=None if is_there else f"hikari is absent; to install it, {_INSTALL}",
        command=(str(python), str(_HERE / "hikari_bot.py")),
    )


CLIENTS = (_discord_js(), _hikari())


class Bot:
    """The bot's process; it tells its steps as JSON lines, and any other line of its is a complaint."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._steps: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._is_dismissed = False
        self.told: dict[str, dict[str, Any]] = {}

    async def listen(self) -> None:
        """Take in what the bot tells until it ends; AssertionError when it complains, or ends undismissed."""
        while line := await self._process.stdout.readline():
            if not line.startswith(b"{"):
                self._end()
                rest = await self._process.stdout.read()
                raise AssertionError("the bot complained: " + (line + rest).decode())
            self._steps.put_nowait(json.loads(line))
        code = await self._process.wait()
        assert (self._is_dismissed, code) == (True, 0), f"the bot ended with {code}"

    async def tells(self, step: str) -> dict[str, Any]:
        """Wait for the next step, which has to be this one."""
        told = await self._steps.get()
        assert told.pop("step") == step, told
        self.told[step] = told
        return told

    def dismiss(self) -> None:
        self._is_dismissed = True
        self._end()

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()


@contextlib.asynccontextmanager
async def _running(client: Client, local: LocalDiscord, picture: Path) -> AsyncIterator[Bot]:
    arguments = (*client.command, local.api_url, local.token, str(picture))
    process = await asyncio.create_subprocess_exec(
        *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    bot = Bot(process)
    try:
        async with asyncio.timeout(_VISIT_MAX_S), asyncio.TaskGroup() as group:
            group.create_task(bot.listen())
            yield bot
            bot.dismiss()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one bot did on the local Discord, which is stopped by now, and what it told of it, by step."""

    local: LocalDiscord
    told: dict[str, dict[str, Any]]
    painted: InteractionRecord
    followup: Message
    pressed: InteractionRecord
    form: InteractionRecord
    submitted: InteractionRecord
    inspected: InteractionRecord
    greeted: InteractionRecord


async def visit(client: Client, picture: Path) -> Visit:
    """Have mia use the command and the menus, fill in the form, and press the button at last."""
    local = LocalDiscord(SystemClock())
    await local.start()
    try:
        async with _running(client, local, picture) as bot:
            return await _use(local, bot)
    finally:
        await local.stop()


async def _use(local: LocalDiscord, bot: Bot) -> Visit:
    await bot.tells("ready")
    guild, mia = local.world.guild_named("Aquarium"), local.world.user_named("mia").id
    where = {"guild_id": guild.id, "channel_id": guild.channel_named("general").id, "user_id": mia}
    painted = await local.invoke(**where, command="paint", options={"prompt": "a cabin"})
    for step in ("used", "deferred", "edited"):
        await bot.tells(step)
    await painted.until(lambda record: record.followups)
    inspected = await local.invoke_on_message(painted.message, user_id=mia, command="Inspect image")
    await bot.tells("inspected")
    await inspected.answered()
    mona = local.world.user_named("mona").id
    greeted = await local.invoke_on_user(**where, command="Greet", target_id=mona)
    await bot.tells("greeted")
    await greeted.answered()
    form = await local.press(painted.message, "form", user_id=mia)
    await bot.tells("pressed")
    await form.acknowledged()
    submitted = await (await local.submit_modal(form, {"words": "fog and pines"})).answered()
    pressed = await local.press(painted.message, "again", user_id=mia)
    await bot.tells("pressed")
    await pressed.acknowledged()
    return Visit(
        local=local,
        told=bot.told,
        painted=painted,
        followup=painted.followups[0],
        pressed=pressed,
        form=form,
        submitted=submitted,
        inspected=inspected,
        greeted=greeted,
    )
