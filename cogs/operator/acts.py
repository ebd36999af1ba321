"""What each of the operator's commands does; the answer is in words. Who may use them is checked before (operator.py)."""

from typing import Any, Literal

import discord

from bot.admin.operator import Operations, UnknownServer
from bot.admin.operator_text import OperatorText
from bot.money import read_credits
from bot.setting_fields import BudgetKind
from bot.store.bars import BarKind
from bot.text import Texts
from cogs.operator.options import Reason, read_budget, read_guild_id, read_member, read_signed
from cogs.serving import Wrong

Interaction = discord.Interaction[Any]
OwnKind = Literal["limited", "unlimited", "blocked", "default"]
Kind = Literal["limited", "unlimited", "blocked"]
Renewed = Literal["day", "week", "month"]


class Acts:
    """The parameters of each act are the options of its command.

    Every act raises Wrong, UnknownServer, BadValue, InsufficientCredits or StoreError, with nothing changed.
    """

    def __init__(self, operations: Operations, texts: Texts) -> None:
        self._operations = operations
        self._texts = texts

    def text(self, interaction: Interaction) -> OperatorText:
        """Words in the language of whoever asks."""
        return OperatorText(self._texts, str(interaction.locale))

    async def budget(
        self, interaction: Interaction, server: str, kind: OwnKind, amount: str | None = None, per: Renewed = "month"
    ) -> str:
        guild_id, name = await self._operations.find(server)
        text = self.text(interaction)
        shown = text.server(guild_id, name)
        if kind == "default":
            if amount is not None:
                raise Wrong("operator.error.no_amount", kind=kind)
            await self._operations.set_budget(guild_id, None, user_id=interaction.user.id)
            return text("operator.done.budget_default", server=shown)
        budget = read_budget(BudgetKind(kind), amount, per)
        await self._operations.set_budget(guild_id, budget, user_id=interaction.user.id)
        return text("operator.done.budget", server=shown, budget=text.budget(budget))

    async def default_budget(
        self, interaction: Interaction, kind: Kind, amount: str | None = None, per: Renewed = "month"
    ) -> str:
        budget = read_budget(BudgetKind(kind), amount, per)
        await self._operations.set_default_budget(budget, user_id=interaction.user.id)
        text = self.text(interaction)
        return text("operator.done.default_budget", budget=text.budget(budget))

    async def top_up(self, interaction: Interaction, server: str, amount: str, reason: Reason) -> str:
        guild_id, name = await self._operations.find(server)
        given = read_signed(amount)
        if given == 0:
            raise Wrong("operator.error.nothing")
        left = await self._operations.top_up(
            guild_id, given, reason=reason, user_id=interaction.user.id, interaction_id=interaction.id
        )
        text = self.text(interaction)
        message_id = "operator.done.top_up" if given > 0 else "operator.done.taken_back"
        return text(
            message_id, server=text.server(guild_id, name), amount=text.credits(abs(given)), left=text.credits(left)
        )

    async def ceiling(self, interaction: Interaction, per_day: str | None = None, per_month: str | None = None) -> str:
        if per_day is None and per_month is None:
            raise Wrong("operator.error.ceiling")
        day, month = await self._operations.set_ceilings(
            per_day=None if per_day is None else read_credits(per_day),
            per_month=None if per_month is None else read_credits(per_month),
            user_id=interaction.user.id,
        )
        text = self.text(interaction)
        return text("operator.done.ceiling", day=text.credits(day), month=text.credits(month))

    async def warning(self, interaction: Interaction, credits: str) -> str:  # noqa: A002 - what people see
        amount = read_credits(credits)
        await self._operations.set_warning(amount, user_id=interaction.user.id)
        text = self.text(interaction)
        return text("operator.done.warning", amount=text.credits(amount))

    async def stop(self, interaction: Interaction) -> str:
        await self._operations.stop(stopped=True, user_id=interaction.user.id)
        return self.text(interaction)("operator.done.stop")

    async def resume(self, interaction: Interaction) -> str:
        await self._operations.stop(stopped=False, user_id=interaction.user.id)
        return self.text(interaction)("operator.done.resume")

    async def bar(
        self, interaction: Interaction, reason: Reason, member: str | None = None, server: str | None = None
    ) -> str:
        kind, barred_id, name = await self._who(member, server)
        await self._operations.bar(
            kind, barred_id, reason=reason, user_id=interaction.user.id, interaction_id=interaction.id
        )
        text = self.text(interaction)
        return text("operator.done.bar", who=text.barred(kind, barred_id, name))

    async def unbar(self, interaction: Interaction, member: str | None = None, server: str | None = None) -> str:
        kind, barred_id, name = await self._who(member, server)
        text = self.text(interaction)
        who = text.barred(kind, barred_id, name)
        lifted = await self._operations.unbar(
            kind, barred_id, user_id=interaction.user.id, interaction_id=interaction.id
        )
        if not lifted:
            raise Wrong("operator.error.not_barred", who=who)
        return text("operator.done.unbar", who=who)

    async def bars(self, interaction: Interaction) -> str:
        found = await self._operations.bars()
        names = await self._operations.names([bar.id for bar in found if bar.kind is BarKind.GUILD])
        return self.text(interaction).bars(found, names)

    async def _who(self, member: str | None, server: str | None) -> tuple[BarKind, int, str | None]:
        """Who is meant; a server may be one that the bot was never in."""
        if member is not None and server is None:
            return BarKind.USER, read_member(member), None
        if server is None or member is not None:
            raise Wrong("operator.error.who")
        try:
            guild_id, name = await self._operations.find(server)
        except UnknownServer:
            unknown_id = read_guild_id(server)
            if unknown_id is None:
                raise
            return BarKind.GUILD, unknown_id, None
        return BarKind.GUILD, guild_id, name
