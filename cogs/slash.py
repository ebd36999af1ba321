"""Commands written by hand: told to Discord in every language, and there for as long as their cog is.

Those that make images are made from the catalog (commands.py).
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import discord
from discord import AppCommandType as Kind
from discord import app_commands
from discord.ext import commands

from bot.text import FALLBACK, Texts
from cogs.places import SERVERS_ONLY

Slash = app_commands.Command[Any, ..., None]


class CommandCog(commands.Cog):
    """A cog that offers these commands, groups of them and entries of menus while it is loaded."""

    def __init__(
        self, tree: app_commands.CommandTree[Any], *offered: Slash | app_commands.Group | app_commands.ContextMenu
    ) -> None:
        self._tree = tree
        self._offered = offered

    async def cog_load(self) -> None:
        for each in self._offered:
            self._tree.add_command(each)

    async def cog_unload(self) -> None:
        for each in self._offered:
            kind = each.type if isinstance(each, app_commands.ContextMenu) else Kind.chat_input
            self._tree.remove_command(each.name, type=kind)


def localised(texts: Texts, message_id: str) -> app_commands.locale_str:
    """The words of a message for Discord to show, in every language that has a catalogue."""
    return app_commands.locale_str(texts(FALLBACK, message_id), render=lambda locale: texts(locale, message_id))


def slash(
    name: str,
    callback: Callable[..., Coroutine[Any, Any, None]],
    *,
    texts: Texts,
    words: str,
    options: Mapping[str, str] | None = None,
    needs: discord.Permissions | None = None,
) -> Slash:
    """A command of servers, or a part of a group.

    `words` is the message id of its description, as `options` has them of what it takes. `needs` is what Discord shows
    it for; who may use it is judged at each use.
    """
    if options:
        # discord.py writes this down at the function, so it cannot be a method.
        described = {option: localised(texts, message_id) for option, message_id in options.items()}
        callback = app_commands.describe(**described)(callback)
    command: Slash = app_commands.Command(
        name=name, description=localised(texts, words), callback=callback, **SERVERS_ONLY
    )
    command.default_permissions = needs
    return command


def slash_group(
    name: str, *parts: Slash, texts: Texts, words: str, needs: discord.Permissions | None = None
) -> app_commands.Group:
    """The commands below one name; `words` and `needs` are the group's, as in `slash`."""
    group = app_commands.Group(
        name=name, description=localised(texts, words), default_permissions=needs, **SERVERS_ONLY
    )
    for part in parts:
        group.add_command(part)
    return group
