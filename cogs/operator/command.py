"""/operator: the commands of who runs the bot, in their own servers only; each use checks who it is."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.admin.operator import Operations, UnknownServer
from bot.admin.operator_text import OperatorText
from bot.clock import Clock
from bot.command_names import shown_choice, shown_option
from bot.errors import ImagenError, StoreError
from bot.fields import BadValue
from bot.markdown import clipped, plain
from bot.store.ledger import InsufficientCredits
from bot.text import Texts
from bot.wording import with_amounts
from cogs.acknowledge import Patience, Respond, acknowledge
from cogs.ids import custom_id_of
from cogs.operator.acts import Acts
from cogs.operator.line import operators_of
from cogs.operator.options import Act, Said, subcommand
from cogs.operator.pages import PREFIX, button_to, read_page
from cogs.serving import Wrong
from cogs.slash import localised
from cogs.sync import Memory, guilds_told, sync_guild_if_changed
from cogs.widgets import NOBODY, words_view

NAME = "operator"
SUGGESTIONS_MAX = 25
SUGGESTION_NAME_MAX = 70
GIVEN_CHARACTERS_MAX = 100

Interaction = discord.Interaction[Any]
log = structlog.get_logger()


class Operator(commands.Cog):
    """One group of commands. `operator_ids` and `guild_ids` are the operator's own, by the configuration."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        operations: Operations,
        operator_ids: frozenset[int],
        guild_ids: tuple[int, ...],
        memory: Memory,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._tree = tree
        self._operations = operations
        self._operator_ids = operator_ids
        self._guilds = [discord.Object(guild_id) for guild_id in guild_ids]
        self._memory = memory
        self._texts = texts
        self._clock = clock
        self._patience = patience or Patience()
        self._syncing = asyncio.Lock()
        self._told: set[int] | None = None
        self._acts = Acts(operations, texts)
        self._group = self._commands()

    def _commands(self) -> app_commands.Group:
        group = app_commands.Group(
            name=NAME,
            description=localised(self._texts, "operator.command"),
            default_permissions=discord.Permissions.none(),
        )
        acts = self._acts
        uses: dict[str, Act] = {
            "overview": self._first_page,
            "budget": acts.budget,
            "default-budget": acts.default_budget,
            "top-up": acts.top_up,
            "ceiling": acts.ceiling,
            "warning": acts.warning,
            "stop": acts.stop,
            "resume": acts.resume,
            "bar": acts.bar,
            "unbar": acts.unbar,
            "bars": acts.bars,
        }
        for name, act in uses.items():
            made = subcommand(name, act, answer=self.answer, suggest=self._suggest, texts=self._texts)
            group.add_command(made)
        return group

    async def cog_load(self) -> None:
        for guild in self._guilds:
            self._tree.add_command(self._group, guild=guild)

    async def cog_unload(self) -> None:
        for guild in self._guilds:
            self._tree.remove_command(NAME, guild=guild)

    # ------------------------------------------------------------ answering

    async def answer(self, interaction: Interaction, do: Callable[[], Awaitable[Said]]) -> None:
        """Do it for an operator, and say in private what came of it.

        Where Discord tells of one use twice, `do` is awaited twice, too: it does nothing more, and says the same.
        """
        await self._for_operator(interaction, partial(interaction.response.defer, ephemeral=True, thinking=True), do)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Somebody pressed a button of the overview."""
        custom_id = custom_id_of(interaction)
        if not custom_id.startswith(PREFIX):
            return
        page = read_page(custom_id)
        if page is None:
            await self._tell(interaction, "button.stale")
            return
        await self._for_operator(interaction, interaction.response.defer, partial(self._page, interaction, page))

    async def _for_operator(self, interaction: Interaction, defer: Respond, do: Callable[[], Awaitable[Said]]) -> None:
        """Say that it is being worked on; only where that got through, do it, and say what came of it."""
        if not self._may(interaction):
            await self._tell(interaction, "operator.refused")
            return
        age_s = (self._clock.now_ms() - interaction.created_at.timestamp() * 1000) / 1000
        deadline = self._patience.deadline(age_s=age_s)
        if await acknowledge(interaction, defer, deadline=deadline, patience=self._patience):
            await self._edit(interaction, do)

    async def _edit(self, interaction: Interaction, do: Callable[[], Awaitable[Said]]) -> None:
        try:
            said = await do()
        except (Wrong, UnknownServer, BadValue, InsufficientCredits, StoreError) as error:
            view = words_view(self._wrong(self._acts.text(interaction), error), accent="failed")
        else:
            view = words_view(said, accent="done") if isinstance(said, str) else said
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)

    def _wrong(self, text: OperatorText, error: ImagenError) -> str:
        """What was wrong, and that nothing was changed."""
        match error:
            case Wrong(values={"kind": str(kind)}):
                return text(error.message_id, kind=shown_choice(self._texts, text.locale, kind))
            case Wrong():
                return text(error.message_id, **error.values)
            case UnknownServer():
                return text("operator.error.server", given=_short(error.given))
            case InsufficientCredits():
                return text("operator.error.left", left=text.credits(error.left_microcredits))
            case BadValue():
                values = with_amounts(self._texts, text.locale, error.values)
                return text(
                    f"refusal.bad_value.{error.reason}",
                    **{"option": shown_option(self._texts, text.locale, error.name), **values},
                )
            case _:
                log.error("the database did not take what the operator wants", reason=str(error))
                return text("operator.error.store")

    async def _first_page(self, interaction: Interaction) -> Said:
        return await self._page(interaction, 0)

    async def _page(self, interaction: Interaction, page: int) -> Said:
        overview = await self._operations.overview(page)
        text = self._acts.text(interaction)
        ways = [
            *([(overview.page - 1, "operator.previous")] if overview.page > 0 else []),
            *([(overview.page + 1, "operator.next")] if overview.page + 1 < overview.pages else []),
        ]
        buttons = [button_to(to, label=text(message_id)) for to, message_id in ways]
        return words_view(text.overview(overview), accent="waiting", buttons=buttons)

    async def _suggest(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not self._may(interaction):
            return []
        found = await self._operations.suggest(typed, limit=SUGGESTIONS_MAX)
        return [
            app_commands.Choice(
                name=f"{plain(name, characters_max=SUGGESTION_NAME_MAX)} ({guild_id})", value=str(guild_id)
            )
            for guild_id, name in found.items()
        ]

    # ------------------------------------------------------------ who may

    def _may(self, interaction: Interaction) -> bool:
        """Discord's own rights do not decide: administrators of the operator's servers are shown the commands, too."""
        may = interaction.user.id in operators_of(interaction.client, self._operator_ids)
        if not may:
            log.warning("somebody who is no operator used /operator", user_id=interaction.user.id)
        return may

    async def _tell(self, interaction: Interaction, message_id: str) -> None:
        words = self._acts.text(interaction)(message_id)
        await interaction.response.send_message(
            view=words_view(words, accent="failed"), ephemeral=True, allowed_mentions=NOBODY
        )

    # ------------------------------------------------------------ where the commands are

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self._sync(guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._sync(guild.id)

    async def _sync(self, guild_id: int) -> None:
        """Give a server of the operator's the commands, or take them from one that is no longer the operator's."""
        async with self._syncing:
            if self._told is None:
                self._told = await guilds_told(self._tree, self._memory)
            if guild_id not in self._told.union(guild.id for guild in self._guilds):
                return
            try:
                await sync_guild_if_changed(self._tree, self._memory, guild_id)
            except (discord.DiscordException, aiohttp.ClientError, OSError, StoreError) as error:
                log.warning("a server could not be told its commands", guild_id=guild_id, reason=str(error))


def _short(given: str) -> str:
    return clipped(given, characters_max=GIVEN_CHARACTERS_MAX, bytes_max=3 * GIVEN_CHARACTERS_MAX)
