"""The command /usage, as Discord is told of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

from bot.text import FALLBACK, Texts
from bot.usage.span import Choice
from bot.usage.text import PERIODS
from cogs.places import SERVERS_ONLY
from cogs.usage_view.gate import COMMAND

DEFAULT = Choice.DAYS_30

Open = Callable[[discord.Interaction, Choice], Awaitable[None]]


def usage_command(run: Open, texts: Texts) -> app_commands.Command[Any, ..., None]:
    """The command; `run` is called with the period, DEFAULT where none was chosen."""

    def localised(message_id: str) -> app_commands.locale_str:
        return app_commands.locale_str(texts(FALLBACK, message_id), render=lambda locale: texts(locale, message_id))

    @app_commands.describe(period=localised("usage.command.period"))
    @app_commands.choices(
        period=[app_commands.Choice(name=localised(name), value=choice.value) for choice, name in PERIODS.items()]
    )
    async def callback(interaction: discord.Interaction, period: str = DEFAULT.value) -> None:
        await run(interaction, Choice(period))

    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=COMMAND,
        description=localised("usage.command"),
        callback=callback,
        **SERVERS_ONLY,
    )
    # What Discord shows; who may is judged anew at each use.
    return app_commands.default_permissions(manage_messages=True)(command)
