"""A page that looks onto the local Discord from a browser: channels, people, cards; and what the bot asked meanwhile."""

from bot.sandbox.page.server import Page

__all__ = ["Page"]
