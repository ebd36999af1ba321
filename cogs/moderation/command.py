"""`/moderation`: moderators pause and unpause members, and look at what was blocked, what failed and who did what."""

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
from cogs.answers import Answer, Redraw
from cogs.ids import custom_id_of
from cogs.moderation.bench import NAME, Bench, guild_id_of
from cogs.moderation.case_review import Review
from cogs.moderation.hierarchy import check_member_below, check_own
from cogs.moderation.view import PREFIX, Listed, Page, page_view, read_page
from cogs.operator.options import Reason
from cogs.serving import Do, Interaction, Wrong
from cogs.slash import CommandCog, localised, slash, slash_group

_MS_PER_S = 1000
DURATIONS = {
    Act.PAUSE_HOUR: "moderation.duration.hour",
    Act.PAUSE_DAY: "moderation.duration.day",
    Act.PAUSE_WEEK: "moderation.duration.week",
    Act.PAUSE: "moderation.duration.lifted",
}


class Moderation(CommandCog):
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
        super().__init__(tree, self._commands(texts))
        self._docket = docket
        self._review = review
        self._bench = bench
        self._clock = clock

    def _commands(self, texts: Texts) -> app_commands.Group:
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

        durations = [
            app_commands.Choice(name=localised(texts, words), value=act.value) for act, words in DURATIONS.items()
        ]
        member = {"member": "moderation.option.member"}
        pausing = {**member, "duration": "moderation.option.duration", "reason": "moderation.option.reason"}
        return slash_group(
            NAME,
            slash(
                "pause",
                app_commands.choices(duration=durations)(pause),
                texts=texts,
                words="moderation.command.pause",
                options=pausing,
            ),
            slash("unpause", unpause, texts=texts, words="moderation.command.unpause", options=member),
            slash("paused", paused, texts=texts, words="moderation.command.paused"),
            slash("recent", recent, texts=texts, words="moderation.command.recent"),
            slash("history", history, texts=texts, words="moderation.command.history", options=member),
            texts=texts,
            words="moderation.command",
            needs=discord.Permissions(manage_messages=True),
        )

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
        check_member_below(interaction, member)
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
        check_own(interaction, member.id)
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
