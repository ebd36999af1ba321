"""A private card, put where everybody sees it: by its owner, and only where its images and words may stand."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

import aiohttp
import discord
import structlog

from bot.asking.edits import Source
from bot.cards.album import Album, CardTrouble, Lack, Shared, images_of, with_words
from bot.clock import Clock
from bot.finding.placing import Placing, Spot, TooLoose
from bot.rights import Rank
from bot.text import Texts
from cogs.acknowledge import Patience, acknowledge
from cogs.answers import Answer
from cogs.asking.asking import created_ms, role_ids_of
from cogs.cards.troubles import told
from cogs.panels.panel import Rights
from cogs.places import home_id, is_age_restricted, place_id_of, reach_of
from cogs.replies import Reply
from cogs.serving import Interaction, Serving, Wrong
from cogs.widgets import NOBODY, words_view

# As in cogs/cards/ask.py; AutoMod's rules may have to be fetched.
LOOK_S = 1.4

log = structlog.get_logger()


class Reopens(Protocol):
    """Shows cards."""

    async def reopen(self, interaction_id: int) -> None:
        """Have a card shown anew, over the reply that it has now."""
        ...


class CardShare:
    """The press is answered with the card itself, for everybody to see; with words alone where it may not stand there."""

    def __init__(
        self,
        *,
        album: Album,
        placing: Placing,
        tracker: Reopens,
        rights: Rights,
        serving: Serving,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._album = album
        self._placing = placing
        self._tracker = tracker
        self._rights = rights
        self._serving = serving
        self._texts = texts
        self._clock = clock
        self._patience = patience or Patience()

    async def share(self, interaction: Interaction, looking: Awaitable[Source]) -> None:
        checking = asyncio.ensure_future(self._check(interaction, looking))
        done, _ = await asyncio.wait({checking}, timeout=LOOK_S)
        if not done:
            checking.cancel()
            await self._serving.serve(interaction, _too_slow)
        elif checking.exception() is not None:
            await self._serving.serve(interaction, lambda: _fail(checking))
        else:
            await self._show(interaction, *checking.result())

    async def _check(self, interaction: Interaction, looking: Awaitable[Source]) -> tuple[Source, bool]:
        """The card, and whether its images are to be hidden there; raises what Serving tells."""
        with told():
            source = await looking
            if source.request.user_id != interaction.user.id:
                raise CardTrouble(Lack.NOT_OWN)
            if not source.request.private:
                raise Wrong("share.public")
            images = images_of(with_words(source))
        if source.request.age_restricted and not is_age_restricted(interaction):
            raise Wrong("show.age")
        # It comes into the channel as an answer of the command does.
        if not await self._rights.allows(interaction, command=source.request.command, rank=Rank.MEMBER):
            raise Wrong("button.not_allowed", command=source.request.command)
        spot = Spot(
            guild_id=home_id(interaction),
            channel_id=interaction.channel_id or 0,
            place_id=place_id_of(interaction),
            user_id=interaction.user.id,
            role_ids=role_ids_of(interaction.user),
            age_restricted=is_age_restricted(interaction),
        )
        try:
            return source, await self._placing.check(source.request, images, spot=spot)
        except TooLoose as loose:
            level = self._texts(str(interaction.locale), f"level.{loose.level.value}")
            raise Wrong("share.too_loose", level=level) from None

    async def _show(self, interaction: Interaction, source: Source, hidden: bool) -> None:  # noqa: FBT001 - as checked
        age_s = (self._clock.now_ms() - created_ms(interaction)) / 1000
        answered = await acknowledge(
            interaction,
            lambda: interaction.response.defer(ephemeral=False, thinking=True),
            deadline=self._patience.deadline(age_s=age_s),
            patience=self._patience,
        )
        if not answered:
            return
        shared = Shared(
            reply=Reply.of(interaction).to_json(),
            reply_ms=created_ms(interaction),
            channel_id=interaction.channel_id or 0,
            place_id=place_id_of(interaction),
            filesize_limit_bytes=interaction.filesize_limit,
            spoiler=hidden,
            reach=reach_of(interaction),
        )
        if await self._album.share(source, shared):
            await self._tracker.reopen(source.request.interaction_id)
        elif not await self._is_told_twice(interaction, source):
            await self._nothing(interaction)

    async def _is_told_twice(self, interaction: Interaction, source: Source) -> bool:
        """Whether it was this very press that shared it: Discord may tell of one twice."""
        found = await self._album.card(
            source.request.interaction_id, guild_id=home_id(interaction), user_id=interaction.user.id
        )
        return found.request.reply_ms == created_ms(interaction)

    async def _nothing(self, interaction: Interaction) -> None:
        """Take back the card that was promised to all, and say why to who pressed.

        What is sent while the promise stands would take its place, for all to see.
        """
        words = self._texts(str(interaction.locale), "share.nothing")
        try:
            await interaction.delete_original_response()
            await interaction.followup.send(
                view=words_view(words, accent="failed"), ephemeral=True, allowed_mentions=NOBODY
            )
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("a card that was not shared kept its promise", reason=repr(error))


async def _too_slow() -> Answer:
    raise Wrong("button.slow")


async def _fail(checking: "asyncio.Future[tuple[Source, bool]]") -> Answer:
    await checking
    raise TypeError(checking)
