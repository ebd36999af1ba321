"""`/moderation`: moderators pause and unpause members, and look at what was blocked, what failed and who did what."""

from collections.abc import Callable
from functools import partial
from typing import Any, assert_never

import discord
from discord import app_commands
from discord.ext import commands

from bot.clock import Clock
from bot.moderation.cases import PAUSE_MS, Act
from bot.moderation.docket import Docket
from bot.moderation.list_text import INCIDENTS_ON_PAGE, PAUSES_ON_PAGE
from bot.text import Texts
from cogs.moderation.bench import NAME, Bench, Do, Interaction, guild_id_of
from cogs.moderation.case_review import Review
from cogs.moderation.view import PREFIX, Listed, Page, page_view, read_page
from cogs.operator.options import Reason, Wrong, localised
from cogs.panels.answers import Answer, Redraw
from cogs.panels.reading import custom_id_of
from cogs.places import SERVERS_ONLY

_MS_PER_S = 1000
DURATIONS = {
    Act.PAUSE_HOUR: "moderation.duration.hour",
    Act.PAUSE_DAY: "moderation.duration.day",
    Act.PAUSE_WEEK: "moderation.duration.week",
    Act.PAUSE: "moderation.duration.lifted",
}
OPTIONS = {
    "member": "moderation.option.member",
    "duration": "moderation.option.duration",
    "reason": "moderation.option.reason",
}


class Moderation(commands.Cog):
    """A group of commands, and the buttons that turn the pages of its lists."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        docket: Docket,
        review: Review,
        bench: Bench,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._tree = tree
        self._docket = docket
        self._review = review
        self._bench = bench
        self._texts = texts
        self._clock = clock
        self._group = self._commands()

    async def cog_load(self) -> None:
        self._tree.add_command(self._group)

    async def cog_unload(self) -> None:
        self._tree.remove_command(NAME)

    def _commands(self) -> app_commands.Group:
        group = app_commands.Group(
            name=NAME,
            description=localised(self._texts, "moderation.command"),
            default_permissions=discord.Permissions(manage_messages=True),
            **SERVERS_ONLY,
        )

        async def pause(interaction: Interaction, member: discord.User, duration: str, reason: Reason = "") -> None:
            await self._serve(interaction, partial(self._pause, interaction, member, Act(duration), reason.strip()))

        async def unpause(interaction: Interaction, member: discord.User) -> None:
            await self._serve(interaction, partial(self._unpause, interaction, member))

        async def paused(interaction: Interaction) -> None:
            await self._serve(interaction, partial(self._list, interaction, Page(Listed.PAUSED)))

        async def recent(interaction: Interaction) -> None:
            await self._serve(interaction, partial(self._list, interaction, Page(Listed.RECENT)))

        async def history(interaction: Interaction, member: discord.User) -> None:
            await self._serve(interaction, partial(self._review.history, interaction, member.id))

        pause = app_commands.choices(duration=self._durations())(pause)
        self._add(group, "pause", pause, "moderation.command.pause", "member", "duration", "reason")
        self._add(group, "unpause", unpause, "moderation.command.unpause", "member")
        self._add(group, "paused", paused, "moderation.command.paused")
        self._add(group, "recent", recent, "moderation.command.recent")
        self._add(group, "history", history, "moderation.command.history", "member")
        return group

    def _durations(self) -> list[app_commands.Choice[str]]:
        return [
            app_commands.Choice(name=localised(self._texts, words), value=act.value) for act, words in DURATIONS.items()
        ]

    def _add(
        self, group: app_commands.Group, name: str, callback: Callable[..., Any], message_id: str, *options: str
    ) -> None:
        described = {option: localised(self._texts, OPTIONS[option]) for option in options}
        command: app_commands.Command[Any, ..., None] = app_commands.Command(
            name=name,
            description=localised(self._texts, message_id),
            callback=app_commands.describe(**described)(callback),
        )
        group.add_command(command)

    # ------------------------------------------------------------ answering

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if custom_id.startswith(PREFIX):
            await self._serve(interaction, partial(self._turn, interaction, read_page(custom_id)))

    async def _serve(self, interaction: Interaction, do: Do) -> None:
        await self._bench.serve(interaction, do)

    async def _turn(self, interaction: Interaction, page: Page | None) -> Answer:
        if page is None:
            raise Wrong("moderation.stale")
        return await self._list(interaction, page)

    # ------------------------------------------------------------ what each does

    async def _pause(self, interaction: Interaction, member: discord.User, length: Act, reason: str) -> Answer:
        if member.bot:
            raise Wrong("moderation.bot")
        lasts_ms = PAUSE_MS.get(length)
        until_ms = None if lasts_ms is None else self._clock.now_ms() + lasts_ms
        await self._docket.pause(
            guild_id=guild_id_of(interaction),
            user_id=member.id,
            until_ms=until_ms,
            reason=reason,
            by_id=interaction.user.id,
            interaction_id=interaction.id,
        )
        words = "moderation.done.pause.lasting" if until_ms is None else "moderation.done.pause"
        return self._bench.tell(interaction, words, member=f"<@{member.id}>", until_s=(until_ms or 0) // _MS_PER_S)

    async def _unpause(self, interaction: Interaction, member: discord.User) -> Answer:
        lifted = await self._docket.unpause(
            guild_id=guild_id_of(interaction),
            user_id=member.id,
            by_id=interaction.user.id,
            interaction_id=interaction.id,
        )
        if lifted is None:
            raise Wrong("moderation.not_paused", member=f"<@{member.id}>")
        return self._bench.tell(interaction, "moderation.done.lift", member=f"<@{member.id}>")

    async def _list(self, interaction: Interaction, page: Page) -> Answer:
        text, guild_id = self._review.text(interaction), guild_id_of(interaction)
        match page.of:
            case Listed.PAUSED:
                paused = await self._docket.paused(guild_id)
                page = Page(page.of, min(page.number, max(len(paused) - 1, 0) // PAUSES_ON_PAGE))
                start = page.number * PAUSES_ON_PAGE
                paragraphs = text.paused(paused[start : start + PAUSES_ON_PAGE], total=len(paused))
                more = start + PAUSES_ON_PAGE < len(paused)
            case Listed.RECENT:
                # One more than is shown tells whether there is a further page.
                found = await self._docket.recent(
                    guild_id, limit=INCIDENTS_ON_PAGE + 1, offset=page.number * INCIDENTS_ON_PAGE
                )
                paragraphs = text.recent(found[:INCIDENTS_ON_PAGE])
                more = len(found) > INCIDENTS_ON_PAGE
            case _:
                assert_never(page.of)
        return Redraw(page_view(text, paragraphs, page, more=more))
