"""Putting up copies of cards, each written down before it can be seen."""

from collections.abc import Callable
from typing import Any

import discord

from bot.clock import Clock
from bot.errors import ImagenError
from bot.jobs import Request
from bot.store import copies
from bot.store import jobs as job_store
from bot.store.copies import Copy
from bot.store.database import Database, Transaction
from cogs.delivery_errors import as_delivery_errors
from cogs.finding.found_cards import FoundCard
from cogs.places import home_id
from cogs.widgets import NOBODY, card_view

# After this a copy is looked at again, where nobody came back to say that it shows what is true.
LOOK_AGAIN_MS = 300_000

Interaction = discord.Interaction[Any]


class Changed(ImagenError):
    """The images were removed or hidden while they were being shown again."""


class Copies:
    """`fell_behind` is called when a copy shows what is not true any more."""

    def __init__(self, *, db: Database, fell_behind: Callable[[], None], clock: Clock) -> None:
        self._db = db
        self._fell_behind = fell_behind
        self._clock = clock

    async def post(self, interaction: Interaction, request: Request, found: FoundCard) -> None:
        """Put the card of this request, as it was read, into a public reply that only says that it is awaited.

        Raises Changed, DeliveryError and StoreError, where it is not put up.
        """
        with as_delivery_errors():
            reply = await interaction.original_response()
        copy = Copy(
            message_id=reply.id,
            channel_id=reply.channel.id,
            guild_id=home_id(interaction),
            interaction_id=request.interaction_id,
            due_ms=self._clock.now_ms() + LOOK_AGAIN_MS,
        )
        async with self._db.transaction() as tx:
            if await _differs(tx, request):
                raise Changed
            await copies.add(tx, copy)
        files = [each.file() for each in found.enclosed]
        with as_delivery_errors():
            await interaction.edit_original_response(
                view=card_view(found.card), attachments=files, allowed_mentions=NOBODY
            )
        # What changed while Discord took it may have been shown there before it was.
        async with self._db.transaction() as tx:
            behind = await _differs(tx, request)
            if behind:
                await copies.fall_behind(tx, request.interaction_id)
            else:
                await copies.put_off(tx, copy, tries=0, due_ms=None)
        if behind:
            self._fell_behind()


async def _differs(tx: Transaction, request: Request) -> bool:
    """Whether the images were removed or hidden since the request was read."""
    found = await job_store.request(tx, request.interaction_id)
    return found is None or (found[0].removed, found[0].spoiler) != (request.removed, request.spoiler)
