"""The commands that make images: their use becomes a request, and a decision becomes an answer."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.clock import Clock
from bot.errors import StoreError, StoreFull
from bot.intake import Refusal
from bot.jobs import Request
from bot.offers import MODEL, Offer
from bot.text import Texts
from bot.wording import refusal_words
from cogs.acknowledge import Patience, acknowledge
from cogs.commands import build_command
from cogs.first_note import FirstNote
from cogs.replies import Reply
from cogs.widgets import notice

PRIVATE, SPOILER = "private", "spoiler"
LATE_REFUSAL_TRIES = 3
LATE_REFUSAL_GAP_S = 1.0

log = structlog.get_logger()


class Tracker(Protocol):
    """What becomes of requests; every method may be called twice for the same interaction without harm."""

    async def accept(self, request: Request) -> None:
        """Write the request down; raises Refusal, or StoreError if it could not be written."""
        ...

    async def begin(self, interaction_id: int) -> None:
        """Start it: the person has been told that it is on its way."""
        ...

    async def call_off(self, interaction_id: int) -> None:
        """Give it up: the person could not be told anything."""
        ...


def _created_ms(interaction: discord.Interaction) -> int:
    return round(discord.utils.snowflake_time(interaction.id).timestamp() * 1000)


def _role_ids(user: discord.User | discord.Member) -> tuple[int, ...]:
    """The ids as Discord sent them; `Member.roles` would leave out those that the cache does not know."""
    return tuple(user._roles) if isinstance(user, discord.Member) else ()  # noqa: SLF001


def _place_id(interaction: discord.Interaction) -> int:
    """The channel whose rules count: a thread has those of the channel that it is in."""
    channel = interaction.channel
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else None
    return parent_id or interaction.channel_id or 0


def _is_age_restricted(interaction: discord.Interaction) -> bool:
    """Whether Discord keeps minors out of the place; a thread is as its channel. What is not known counts as open to all."""
    channel = interaction.channel
    if channel is None or isinstance(channel, discord.DMChannel | discord.GroupChannel):
        return False
    return channel.is_nsfw()


def read_request(interaction: discord.Interaction, offer: Offer, options: Mapping[str, Any]) -> Request:
    """What was asked for, in the words of the core; raises NoPrivateMessage outside of a server."""
    if interaction.guild_id is None or interaction.channel_id is None:
        raise app_commands.NoPrivateMessage
    own = {MODEL, PRIVATE, SPOILER}
    return Request(
        interaction_id=interaction.id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        place_id=_place_id(interaction),
        user_id=interaction.user.id,
        locale=str(interaction.locale),
        guild_locale=str(interaction.guild_locale or interaction.locale),
        command=offer.command,
        model=options.get(MODEL, offer.models[0].key),
        values={name: value for name, value in options.items() if name not in own},
        private=options.get(PRIVATE, False),
        spoiler=options.get(SPOILER, False),
        created_ms=_created_ms(interaction),
        reply=Reply.of(interaction).to_json(),
        filesize_limit_bytes=interaction.filesize_limit,
        role_ids=_role_ids(interaction.user),
        age_restricted=_is_age_restricted(interaction),
    )


class Imagen(commands.Cog):
    """One command for each offer of the catalog."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        tracker: Tracker,
        offers: Iterable[Offer],
        first_note: FirstNote,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._tree = tree
        self._tracker = tracker
        self._first_note = first_note
        self._texts = texts
        self._clock = clock
        self._patience = patience or Patience()
        self._commands = [build_command(offer, run=self.use, texts=texts) for offer in offers]

    async def cog_load(self) -> None:
        for command in self._commands:
            self._tree.add_command(command)

    async def cog_unload(self) -> None:
        for command in self._commands:
            self._tree.remove_command(command.name)

    async def use(self, interaction: discord.Interaction, offer: Offer, options: Mapping[str, Any]) -> None:
        """Decide first, for a second at most; then answer: with the refusal, or with a card that waits."""
        request = read_request(interaction, offer, options)
        deadline = self._patience.deadline(age_s=(self._clock.now_ms() - request.created_ms) / 1000)
        # A task of its own: whatever becomes of the answer, the decision is carried through.
        deciding = asyncio.ensure_future(self._tracker.accept(request))
        wait_s = self._patience.decide_until(deadline) - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({deciding}, timeout=max(wait_s, 0.0))
        if done and (words := await self._refusal(deciding, request, public=False)) is not None:
            await self._refuse(interaction, words, deadline=deadline)
            return
        answered = await acknowledge(
            interaction,
            lambda: interaction.response.defer(ephemeral=request.private, thinking=True),
            deadline=deadline,
            patience=self._patience,
        )
        words = await self._refusal(deciding, request, public=not request.private)
        if words is not None:
            if answered:
                await self._refuse_late(interaction, words)
        elif answered:
            await self._first_note.tell(interaction, locale=request.locale if request.private else request.guild_locale)
            await self._tracker.begin(interaction.id)
        else:
            await self._tracker.call_off(interaction.id)

    async def _refusal(self, deciding: asyncio.Future[None], request: Request, *, public: bool) -> str | None:
        """Why the request is not accepted, in words; None where it is."""
        locale = request.guild_locale if public else request.locale
        try:
            await asyncio.shield(deciding)
        except Refusal as refusal:
            return refusal_words(self._texts, locale, refusal, public=public)
        except StoreError as error:
            log.exception("a request could not be written down", interaction_id=request.interaction_id)
            return self._texts(locale, "refusal.store_full" if isinstance(error, StoreFull) else "refusal.store")
        return None

    async def _refuse(self, interaction: discord.Interaction, words: str, *, deadline: float) -> None:
        await acknowledge(
            interaction,
            lambda: interaction.response.send_message(
                view=notice(words), ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
            ),
            deadline=deadline,
            patience=self._patience,
        )

    async def _refuse_late(self, interaction: discord.Interaction, words: str) -> None:
        """Put the refusal in the place of the card that waits. Nothing else would ever end its waiting."""
        for _ in range(LATE_REFUSAL_TRIES):
            try:
                await interaction.edit_original_response(
                    view=notice(words), allowed_mentions=discord.AllowedMentions.none()
                )
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("a late refusal was not taken", interaction_id=interaction.id, reason=repr(error))
                await self._clock.sleep(LATE_REFUSAL_GAP_S)
            else:
                return
