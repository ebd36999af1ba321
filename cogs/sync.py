"""Telling Discord about the commands, but only when they changed: 200 creations a day are all it allows."""

import hashlib
import json
from typing import Protocol

import discord
import structlog
from discord import app_commands

from bot.errors import ConfigError

log = structlog.get_logger()


class Memory(Protocol):
    """A few words that outlive the process."""

    async def get(self, key: str) -> str | None:
        """What was kept under this key, or None."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Keep it, in place of what was there."""
        ...


async def _fingerprint(tree: app_commands.CommandTree[discord.Client], guild: discord.Object | None = None) -> str:
    """A hash of all that `tree.sync(guild=guild)` would send."""
    commands = tree.get_commands(guild=guild)
    if tree.translator is None:
        payload = [command.to_dict(tree) for command in commands]
    else:
        payload = [await command.get_translated_payload(tree, tree.translator) for command in commands]
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


async def sync_if_changed(tree: app_commands.CommandTree[discord.Client], memory: Memory) -> bool:
    """Send the commands if this application was not told exactly these before; whether they were sent.

    Raises ConfigError with Discord's reasons where it refuses them.
    """
    key = f"commands:{tree.client.application_id}"
    fingerprint = await _fingerprint(tree)
    if await memory.get(key) == fingerprint:
        return False
    try:
        sent = await tree.sync()
    except app_commands.CommandSyncFailure as error:
        raise ConfigError([f"Discord refuses the commands: {error}"]) from None
    except discord.Forbidden as error:
        raise ConfigError([f"Discord does not let this application have commands: {error.text}"]) from None
    await memory.set(key, fingerprint)
    log.info("commands synced", names=[command.name for command in sent])
    return True


async def guilds_told(tree: app_commands.CommandTree[discord.Client], memory: Memory) -> set[int]:
    """The servers that were told commands of their own."""
    return set(json.loads(await memory.get(_guilds_key(tree)) or "[]"))


async def sync_guild_if_changed(tree: app_commands.CommandTree[discord.Client], memory: Memory, guild_id: int) -> bool:
    """Send the commands that only this server has, as `sync_if_changed` does; none where it has none any more.

    Raises discord.HTTPException or discord.app_commands.CommandSyncFailure where Discord does not take them.
    """
    key = f"commands:{tree.client.application_id}:{guild_id}"
    guild = discord.Object(guild_id)
    fingerprint = await _fingerprint(tree, guild)
    if await memory.get(key) == fingerprint:
        return False
    sent = await tree.sync(guild=guild)
    told = await guilds_told(tree, memory)
    told = told | {guild_id} if sent else told - {guild_id}
    await memory.set(_guilds_key(tree), json.dumps(sorted(told)))
    await memory.set(key, fingerprint)
    log.info("commands of a server synced", guild_id=guild_id, names=[command.name for command in sent])
    return True


def _guilds_key(tree: app_commands.CommandTree[discord.Client]) -> str:
    return f"command_guilds:{tree.client.application_id}"
