"""The command /usage, as Discord is told of it."""

from collections.abc import Awaitable, Callable

import discord
from discord import app_commands

from bot.text import Texts
from bot.usage.span import Choice
from bot.usage.text import PERIODS
from cogs.slash import Slash, localised, slash
from cogs.usage_view.gate import COMMAND

DEFAULT = Choice.DAYS_30

Open = Callable[[discord.Interaction, Choice], Awaitable[None]]


def usage_command(run: Open, texts: Texts) -> Slash:
    """The command; `run` is called with the period, DEFAULT where none was chosen."""

    @app_commands.choices(
        period=[
            app_commands.Choice(name=localised(texts, name), value=choice.value) for choice, name in PERIODS.items()
        ]
    )
    async def callback(interaction: discord.Interaction, period: str = DEFAULT.value) -> None:
        await run(interaction, Choice(period))

    return slash(
        COMMAND,
        callback,
        texts=texts,
        words="usage.command",
        options={"period": "usage.command.period"},
        needs=discord.Permissions(manage_messages=True),
    )
