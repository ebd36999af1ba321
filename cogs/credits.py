"""`/credits`: administrators give a member credits on top of the allowance, take some back, or look."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.admin.extra import Extra
from bot.admin.extra_text import REASON_CHARACTERS_MAX, ExtraText
from bot.clock import Clock
from bot.command_names import shown_option
from bot.errors import ImagenError, StoreError
from bot.fields import BadValue, Text
from bot.money import read_credits
from bot.rights import Rank
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS
from bot.store.ledger import InsufficientCredits
from bot.text import Texts
from cogs.acknowledge import Patience, acknowledge
from cogs.answers import NOBODY, words_view
from cogs.operator.options import Wrong, localised
from cogs.panels.panel import Rights
from cogs.places import SERVERS_ONLY
from cogs.rights import read_caller

NAME = "credits"
REASON = Text(name="reason", low=1, high=REASON_CHARACTERS_MAX, required=True)
Reason = app_commands.Range[str, REASON.low, REASON.high]
Somebody = discord.Member | discord.User
Interaction = discord.Interaction[Any]
Act = Callable[[], Awaitable[str]]

log = structlog.get_logger()


class Credits(commands.Cog):
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
        self._tree = tree
        self._extra = extra
        self._rights = rights
        self._texts = texts
        self._clock = clock
        self._patience = patience or Patience()
        self._group = self._commands()

    async def cog_load(self) -> None:
        self._tree.add_command(self._group)

    async def cog_unload(self) -> None:
        self._tree.remove_command(NAME)

    def _commands(self) -> app_commands.Group:
        group = app_commands.Group(
            name=NAME,
            description=localised(self._texts, "credits.command"),
            default_permissions=discord.Permissions(manage_guild=True),
            **SERVERS_ONLY,
        )

        async def give(interaction: Interaction, member: Somebody, amount: str, reason: Reason) -> None:
            await self._answer(interaction, partial(self._give, interaction, member, amount, reason))

        async def take(interaction: Interaction, member: Somebody, amount: str, reason: Reason) -> None:
            await self._answer(interaction, partial(self._take, interaction, member, amount, reason))

        async def show(interaction: Interaction, member: Somebody) -> None:
            await self._answer(interaction, partial(self._show, interaction, member))

        self._add(group, "give", give, "credits.command.give", "member", "amount", "reason")
        self._add(group, "take", take, "credits.command.take", "member", "amount", "reason")
        self._add(group, "show", show, "credits.command.show", "member")
        return group

    def _add(self, group: app_commands.Group, name: str, callback: Any, message_id: str, *options: str) -> None:
        described = {option: localised(self._texts, _OPTIONS[option]) for option in options}
        command: app_commands.Command[Any, ..., None] = app_commands.Command(
            name=name,
            description=localised(self._texts, message_id),
            callback=app_commands.describe(**described)(callback),
        )
        group.add_command(command)

    # ------------------------------------------------------------ answering

    async def _answer(self, interaction: Interaction, act: Act) -> None:
        """Say that it is being worked on; only where that got through, do it, and say what came of it."""
        age_s = (self._clock.now_ms() - interaction.created_at.timestamp() * 1000) / 1000
        answered = await acknowledge(
            interaction,
            lambda: interaction.response.defer(ephemeral=True, thinking=True),
            deadline=self._patience.deadline(age_s=age_s),
            patience=self._patience,
        )
        if not answered:
            return
        try:
            view = words_view(await self._judged(interaction, act), accent="done")
        except (Wrong, BadValue, StoreError) as error:
            view = words_view(self._wrong(interaction, error), accent="failed")
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)

    async def _judged(self, interaction: Interaction, act: Act) -> str:
        if not await self._rights.allows(interaction, command=NAME, rank=Rank.ADMINISTRATOR):
            raise Wrong("credits.refused")
        return await act()

    def _wrong(self, interaction: Interaction, error: ImagenError) -> str:
        """What was wrong, and that nothing was changed."""
        text = self._text(interaction)
        match error:
            case Wrong():
                return text(error.message_id, **error.values)
            case BadValue(reason="amount"):
                return text("credits.error.amount", **error.values)
            case BadValue():
                return text(
                    f"refusal.bad_value.{error.reason}",
                    option=shown_option(self._texts, str(interaction.locale), error.name),
                    **error.values,
                )
            case _:
                log.error("the database does not do extra credits", interaction_id=interaction.id, reason=str(error))
                return text("credits.error.store")

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
        microcredits, reason = read_credits(amount), _read_reason(reason)
        if microcredits == 0:
            raise Wrong("credits.error.amount", high_microcredits=AMOUNT_MAX_MICROCREDITS)
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
        purse = await self._extra.purse(guild_id=guild_id, member_id=member.id, role_ids=_role_ids(member))
        text = self._text(interaction)
        return text.changed(
            member.mention, sign * microcredits, left_microcredits=left, reason=reason, needed=purse.needed
        )

    async def _show(self, interaction: Interaction, member: Somebody) -> str:
        _check_person(member)
        purse = await self._extra.purse(
            guild_id=_guild_id(interaction), member_id=member.id, role_ids=_role_ids(member)
        )
        return self._text(interaction).shown(member.mention, purse)


_OPTIONS = {
    "member": "credits.option.member",
    "amount": "credits.option.amount",
    "reason": "credits.option.reason",
}


def _guild_id(interaction: Interaction) -> int:
    guild_id = read_caller(interaction).guild_id
    if guild_id is None:
        raise app_commands.NoPrivateMessage
    return guild_id


def _role_ids(member: Somebody) -> tuple[int, ...]:
    # As in cogs/rights.py.
    return tuple(member._roles) if isinstance(member, discord.Member) else ()  # noqa: SLF001


def _check_person(member: Somebody) -> None:
    if member.bot:
        raise Wrong("credits.error.bot", member=member.mention)


def _read_reason(given: str) -> str:
    try:
        return REASON.parse(given)
    except BadValue:
        raise Wrong("credits.error.reason", low=REASON.low, high=REASON.high) from None
