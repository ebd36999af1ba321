"""Asking for images, from wherever: a command, a button or a form. It becomes a request, and a decision an answer."""

import asyncio
from typing import Any, Protocol

import aiohttp
import discord
import structlog

from bot.asking.asks import Ask
from bot.clock import Clock
from bot.errors import StoreError, StoreFull
from bot.intake import Refusal
from bot.jobs import Request
from bot.text import Texts
from bot.wording import refusal_words
from cogs.acknowledge import Patience, acknowledge
from cogs.asking.first_note import FirstNote
from cogs.asking.refusals import Refused, refusal_view
from cogs.places import Places, home_id, is_age_restricted, place_id_of, reach_of, server_id
from cogs.replies import Reply
from cogs.widgets import NOBODY, words_view

LATE_REFUSAL_TRIES = 3
LATE_REFUSAL_GAP_S = 1.0
# No image waits longer for words that go along with it.
BESIDE_S = 5.0

Interaction = discord.Interaction[Any]

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


def created_ms(interaction: Interaction) -> int:
    """When it was used, pressed or sent, in milliseconds since 1970 by Discord's clock."""
    return round(discord.utils.snowflake_time(interaction.id).timestamp() * 1000)


def role_ids_of(user: discord.User | discord.Member) -> tuple[int, ...]:
    """The ids as Discord sent them; `Member.roles` would leave out those that the cache does not know."""
    return tuple(user._roles) if isinstance(user, discord.Member) else ()  # noqa: SLF001


def request_of(interaction: Interaction, ask: Ask) -> Request:
    """What is asked for, by whom and where, in the words of the core."""
    return Request(
        interaction_id=interaction.id,
        guild_id=home_id(interaction),
        channel_id=interaction.channel_id or 0,
        place_id=place_id_of(interaction),
        user_id=interaction.user.id,
        locale=str(interaction.locale),
        guild_locale=str(interaction.guild_locale or interaction.locale),
        command=ask.command,
        model=ask.models[0],
        models=ask.models if len(ask.models) > 1 else (),
        values=ask.values,
        private=ask.private,
        spoiler=ask.spoiler,
        created_ms=created_ms(interaction),
        reply=Reply.of(interaction).to_json(),
        filesize_limit_bytes=interaction.filesize_limit,
        role_ids=() if server_id(interaction) is None else role_ids_of(interaction.user),
        age_restricted=is_age_restricted(interaction),
        parent_id=ask.parent_id,
        expand=ask.expand,
        reach=reach_of(interaction),
    )


class Asking:
    """Has requests decided and begun, and their interactions answered. The answer is always a reply of its own."""

    def __init__(
        self,
        *,
        tracker: Tracker,
        first_note: FirstNote,
        texts: Texts,
        clock: Clock,
        places: Places | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._tracker = tracker
        self._first_note = first_note
        self._texts = texts
        self._clock = clock
        self._places = places or Places()
        self._patience = patience or Patience()

    async def ask(self, interaction: Interaction, ask: Ask, *, beside: str = "") -> None:
        """Decide first, for a second at most; then answer: with the refusal, or with a card that waits.

        `beside` is said to the person alone where it is accepted, as finished markdown; where that fails, it is left out.
        """
        request = request_of(interaction, ask)
        deadline = self._patience.deadline(age_s=(self._clock.now_ms() - request.created_ms) / 1000)
        # A task of its own: whatever becomes of the answer, the decision is carried through.
        deciding = asyncio.ensure_future(self._accept(request))
        wait_s = self._patience.decide_until(deadline) - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({deciding}, timeout=max(wait_s, 0.0))
        if done and (refused := await self._refusal(deciding, request, public=False)) is not None:
            await self._refuse(interaction, refused, deadline=deadline)
            return
        answered = await acknowledge(
            interaction,
            lambda: interaction.response.defer(ephemeral=request.private, thinking=True),
            deadline=deadline,
            patience=self._patience,
        )
        refused = await self._refusal(deciding, request, public=not request.private)
        if refused is not None:
            if answered:
                await self._refuse_late(interaction, refused)
        elif answered:
            locale = request.locale if request.private else request.guild_locale
            await self._first_note.tell(interaction, locale=locale)
            if beside:
                await self._say_beside(interaction, beside, locale=locale)
            await self._tracker.begin(interaction.id)
        else:
            await self._tracker.call_off(interaction.id)

    async def _accept(self, request: Request) -> None:
        """As the tracker does, but for places that the operator has not opened."""
        if not self._places.open_to(request.reach):
            raise Refusal("outside")
        await self._tracker.accept(request)

    async def _say_beside(self, interaction: Interaction, words: str, *, locale: str) -> None:
        # Discord puts whatever follows a deferral first in the place of the card, for everybody to see.
        waiting = words_view(self._texts(locale, "privacy.first.waiting"), accent="waiting")
        try:
            async with asyncio.timeout(BESIDE_S):
                await interaction.edit_original_response(view=waiting, allowed_mentions=NOBODY)
                note = words_view(words, accent="waiting")
                await interaction.followup.send(view=note, ephemeral=True, allowed_mentions=NOBODY)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("somebody could not be told beside a card", interaction_id=interaction.id, reason=repr(error))

    async def _refusal(self, deciding: asyncio.Future[None], request: Request, *, public: bool) -> Refused | None:
        """Why the request is not accepted; None where it is."""
        locale = request.guild_locale if public else request.locale
        try:
            await asyncio.shield(deciding)
        except Refusal as refusal:
            words = refusal_words(self._texts, locale, refusal, public=public)
            return Refused(words=words, locale=locale, case_id=refusal.case_id)
        except StoreError as error:
            log.exception("a request could not be written down", interaction_id=request.interaction_id)
            words = self._texts(locale, "refusal.store_full" if isinstance(error, StoreFull) else "refusal.store")
            return Refused(words=words, locale=locale)
        return None

    async def _refuse(self, interaction: Interaction, refused: Refused, *, deadline: float) -> None:
        await acknowledge(
            interaction,
            lambda: interaction.response.send_message(
                view=refusal_view(self._texts, refused), ephemeral=True, allowed_mentions=NOBODY
            ),
            deadline=deadline,
            patience=self._patience,
        )

    async def _refuse_late(self, interaction: Interaction, refused: Refused) -> None:
        """Put the refusal in the place of the card that waits. Nothing else would ever end its waiting."""
        for _ in range(LATE_REFUSAL_TRIES):
            try:
                await interaction.edit_original_response(
                    view=refusal_view(self._texts, refused), allowed_mentions=NOBODY
                )
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("a late refusal was not taken", interaction_id=interaction.id, reason=repr(error))
                await self._clock.sleep(LATE_REFUSAL_GAP_S)
            else:
                return
