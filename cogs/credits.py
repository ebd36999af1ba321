"""`/credits`: administrators give a member credits on top of the allowance, take some back, or look."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.admin.extra import Extra
from bot.admin.extra_text import REASON_CHARACTERS_MAX, ExtraText
from bot.clock import Clock
from bot.fields import BadValue, Text
from bot.money import read_credits
from bot.rights import Rank
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS
from bot.store.ledger import InsufficientCredits
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Tell
from cogs.asking.asking import role_ids_of
from cogs.panels.panel import Rights
from cogs.rights import read_caller
from cogs.serving import Serving, Wrong
from cogs.slash import CommandCog, slash, slash_group
from cogs.widgets import words_view

NAME = "credits"
REASON = Text(name="reason", low=1, high=REASON_CHARACTERS_MAX, required=True)
Reason = app_commands.Range[str, REASON.low, REASON.high]
Somebody = discord.Member | discord.User
Interaction = discord.Interaction[Any]
Act = Callable[[], Awaitable[str]]


class Credits(CommandCog):
    """A group of commands. Discord shows it to those who manage the server; each use is judged here."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        extra: Extra,
        rights: Rights,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, self._commands(texts))
        self._extra = extra
        self._rights = rights
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience, store_words="credits.error.store")

    def _commands(self, texts: Texts) -> app_commands.Group:
        async def give(interaction: Interaction, member: Somebody, amount: str, reason: Reason) -> None:
            await self._serve(interaction, partial(self._give, interaction, member, amount, reason))

        async def take(interaction: Interaction, member: Somebody, amount: str, reason: Reason) -> None:
            await self._serve(interaction, partial(self._take, interaction, member, amount, reason))

        async def show(interaction: Interaction, member: Somebody) -> None:
            await self._serve(interaction, partial(self._show, interaction, member))

        member = {"member": "credits.option.member"}
        change = {**member, "amount": "credits.option.amount", "reason": "credits.option.reason"}
        return slash_group(
            NAME,
            slash("give", give, texts=texts, words="credits.command.give", options=change),
            slash("take", take, texts=texts, words="credits.command.take", options=change),
            slash("show", show, texts=texts, words="credits.command.show", options=member),
            texts=texts,
            words="credits.command",
            needs=discord.Permissions(manage_guild=True),
        )

    async def _serve(self, interaction: Interaction, act: Act) -> None:
        await self._serving.serve_deferred(interaction, partial(self._judged, interaction, act))

    async def _judged(self, interaction: Interaction, act: Act) -> Answer:
        if not await self._rights.allows(interaction, command=NAME, rank=Rank.ADMINISTRATOR):
            raise Wrong("credits.refused")
        return Tell(words_view(await act(), accent="done"))

    def _text(self, interaction: Interaction) -> ExtraText:
        return ExtraText(texts=self._texts, locale=str(interaction.locale))

    # ------------------------------------------------------------ what each does

    async def _give(self, interaction: Interaction, member: Somebody, amount: str, reason: str) -> str:
        if not isinstance(member, discord.Member):
            raise Wrong("credits.error.gone", member=member.mention)
        return await self._change(interaction, member, amount, reason, sign=1)

    async def _take(self, interaction: Interaction, member: Somebody, amount: str, reason: str) -> str:
        return await self._change(interaction, member, amount, reason, sign=-1)

    async def _change(self, interaction: Interaction, member: Somebody, amount: str, reason: str, *, sign: int) -> str:
        _check_person(member)
        microcredits, reason = _read_amount(amount), _read_reason(reason)
        guild_id = _guild_id(interaction)
        try:
            left = await self._extra.change(
                guild_id=guild_id,
                member_id=member.id,
                amount_microcredits=sign * microcredits,
                reason=reason,
                user_id=interaction.user.id,
                interaction_id=interaction.id,
            )
        except InsufficientCredits as error:
            left_microcredits = error.left_microcredits
            raise Wrong("credits.error.left", member=member.mention, left_microcredits=left_microcredits) from None
        purse = await self._extra.purse(guild_id=guild_id, member_id=member.id, role_ids=role_ids_of(member))
        text = self._text(interaction)
        return text.changed(
            member.mention, sign * microcredits, left_microcredits=left, reason=reason, needed=purse.needed
        )

    async def _show(self, interaction: Interaction, member: Somebody) -> str:
        _check_person(member)
        purse = await self._extra.purse(
            guild_id=_guild_id(interaction), member_id=member.id, role_ids=role_ids_of(member)
        )
        return self._text(interaction).shown(member.mention, purse)


def _guild_id(interaction: Interaction) -> int:
    guild_id = read_caller(interaction).guild_id
    if guild_id is None:
        raise app_commands.NoPrivateMessage
    return guild_id


def _check_person(member: Somebody) -> None:
    if member.bot:
        raise Wrong("credits.error.bot", member=member.mention)


def _read_amount(given: str) -> int:
    """Micro-credits above zero; raises Wrong, or BadValue where it cannot be read."""
    try:
        microcredits = read_credits(given)
    except BadValue as error:
        if error.reason != "amount":
            raise
        microcredits = 0
    if not microcredits:
        raise Wrong("credits.error.amount", high_microcredits=AMOUNT_MAX_MICROCREDITS)
    return microcredits


def _read_reason(given: str) -> str:
    try:
        return REASON.parse(given)
    except BadValue:
        raise Wrong("credits.error.reason", low=REASON.low, high=REASON.high) from None
