"""What the operator's commands take, and reading it."""

import inspect
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import discord
from discord import app_commands, ui

from bot.money import read_credits
from bot.periods import Per
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.text import Texts
from cogs.ids import read_id
from cogs.serving import Wrong
from cogs.slash import localised

Reason = app_commands.Range[str, 1, 300]
Interaction = discord.Interaction[Any]
Suggest = Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]
# What a command does and says; its parameters after the interaction are the options.
Said = str | ui.LayoutView
Act = Callable[..., Awaitable[Said]]
Answer = Callable[[Interaction, Callable[[], Awaitable[Said]]], Awaitable[None]]

SERVER = "server"
# The commands below /operator, and the words of each.
COMMANDS: Mapping[str, str] = {
    "overview": "operator.command.overview",
    "budget": "operator.command.budget",
    "default-budget": "operator.command.default_budget",
    "top-up": "operator.command.top_up",
    "ceiling": "operator.command.ceiling",
    "warning": "operator.command.warning",
    "stop": "operator.command.stop",
    "resume": "operator.command.resume",
    "bar": "operator.command.bar",
    "unbar": "operator.command.unbar",
    "bars": "operator.command.bars",
}
OPTIONS: Mapping[str, str] = {
    SERVER: "operator.option.server",
    "kind": "operator.option.kind",
    "amount": "operator.option.amount",
    "per": "operator.option.per",
    "reason": "operator.option.reason",
    "per_day": "operator.option.per_day",
    "per_month": "operator.option.per_month",
    "credits": "operator.option.credits",
    "member": "operator.option.member",
}
_MEMBER = re.compile(r"<@!?([0-9]{1,20})>|([0-9]{1,20})")


def subcommand(
    name: str, act: Act, *, answer: Answer, suggest: Suggest, texts: Texts
) -> app_commands.Command[Any, ..., None]:
    """A command that answers with what `act` says; `suggest` completes the server, where one is asked for."""

    async def callback(interaction: Interaction, **options: Any) -> None:
        await answer(interaction, partial(act, interaction, **options))

    signature = inspect.signature(act)
    # discord.py reads a command's options from its signature, so that is where they are written.
    callback.__signature__ = signature  # type: ignore[attr-defined]
    options = list(signature.parameters)[1:]
    app_commands.describe(**{option: localised(texts, OPTIONS[option]) for option in options})(callback)
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=name, description=localised(texts, COMMANDS[name]), callback=callback
    )
    if SERVER in options:
        command.autocomplete(SERVER)(suggest)
    return command


def read_signed(text: str) -> int:
    """Micro-credits that may be below zero; raises BadValue."""
    typed = text.strip()
    return -read_credits(typed[1:]) if typed.startswith(("-", "\u2212")) else read_credits(typed)


def read_budget(kind: BudgetKind, amount: str | None, per: str) -> Budget:
    """A server's budget; raises Wrong or BadValue."""
    if kind is not BudgetKind.LIMITED:
        if amount is not None:
            raise Wrong("operator.error.no_amount", kind=kind.value)
        return Budget(kind)
    if amount is None:
        raise Wrong("operator.error.amount")
    return Budget(kind, Allowance(read_credits(amount), Per(per)))


def read_member(text: str) -> int:
    """A person's id from a mention or the id itself; raises Wrong."""
    found = _MEMBER.fullmatch(text.strip())
    member_id = read_id(found[1] or found[2]) if found else None
    if not member_id:
        raise Wrong("operator.error.member")
    return member_id


def read_guild_id(text: str) -> int | None:
    """A server's id, or None where this is none."""
    return read_id(text.strip()) or None
