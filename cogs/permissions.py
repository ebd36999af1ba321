"""What the bot needs to be allowed in a server."""

import discord

from bot.text import Texts

# What a card needs.
NEEDED = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, attach_files=True)
# To see whether a late card was posted already, and to post it in threads.
WANTED = discord.Permissions(read_message_history=True, send_messages_in_threads=True)


def permission_names(permissions: discord.Permissions, texts: Texts, locale: str) -> str:
    """Their names, as Discord's own settings show them in this language; of those that are needed or wanted only."""
    return ", ".join(texts(locale, f"permission.{name}") for name, allowed in permissions if allowed)


def lacking(needed: discord.Permissions, given: discord.Permissions) -> discord.Permissions:
    """Those of the needed permissions that were not given."""
    return discord.Permissions(0 if given.administrator else needed.value & ~given.value)
