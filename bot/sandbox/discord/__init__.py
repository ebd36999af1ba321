"""A local Discord: REST v10, gateway and CDN on one port, honest enough for unmodified client libraries."""

from bot.sandbox.discord.server import LocalDiscord

__all__ = ["LocalDiscord"]
