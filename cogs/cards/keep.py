"""What is done with a card itself: liking it, having it sent, calling it off, deleting it."""

from typing import Any, Protocol

import discord
from discord import ui

from bot.asking.edits import Source
from bot.cards.album import Album, CardTrouble, Lack, images_of
from bot.jobs import Cancelled
from bot.moderation.cases import Act
from bot.moderation.docket import Docket
from bot.moderation.troubles import CaseGone, NothingToDo, PrivateImage
from bot.ports import CardAct
from bot.rights import Rank
from bot.text import Texts
from cogs.cards.ids import CardAddress
from cogs.cards.send import CardSend
from cogs.moderation.bench import IDLE, NAME
from cogs.operator.options import Wrong
from cogs.panels.answers import Answer, Redraw, Tell
from cogs.panels.panel import Rights
from cogs.serving import Interaction, Serving
from cogs.widgets import ACCENTS


class Cancels(Protocol):
    """Calls requests off."""

    async def cancel(self, interaction_id: int) -> Cancelled:
        """Cancel what has not started, and tell how many images that is and how many go on; raises StoreError."""
        ...


class CardKeep:
    """Does it, and says so in private. Whoever comes here may see the card."""

    def __init__(
        self,
        *,
        album: Album,
        tracker: Cancels,
        docket: Docket,
        sender: CardSend,
        rights: Rights,
        serving: Serving,
        texts: Texts,
    ) -> None:
        self._album = album
        self._tracker = tracker
        self._docket = docket
        self._sender = sender
        self._rights = rights
        self._serving = serving
        self._texts = texts

    async def favourite(self, interaction: Interaction, source: Source) -> Answer:
        liked = await self._album.like(source, user_id=interaction.user.id)
        message_id = "button.favourite.on" if liked.on else "button.favourite.off"
        return self._serving.tell(interaction, message_id, count=liked.images)

    async def send(self, interaction: Interaction, source: Source) -> Answer:
        return self._serving.tell(interaction, "button.send.done", count=await self._sender.send(interaction, source))

    async def cancel(self, interaction: Interaction, source: Source) -> Answer:
        """Call off what waits; of what has started the truth is told."""
        await self._check_hand(interaction, source, "cancel.not_yours")
        done = await self._tracker.cancel(source.request.interaction_id)
        if done.cancelled and done.under_way:
            return self._serving.tell(interaction, "cancel.some", count=done.cancelled, under_way=done.under_way)
        if done.cancelled:
            return self._serving.tell(interaction, "cancel.all", count=done.cancelled)
        if done.under_way:
            raise Wrong("cancel.late", count=done.under_way)
        raise Wrong("cancel.over")

    # ------------------------------------------------------------ deleting

    async def ask_delete(self, interaction: Interaction, source: Source) -> Answer:
        """The question before images are deleted."""
        await self._check_hand(interaction, source, "delete.not_yours")
        images, locale = len(images_of(source)), str(interaction.locale)
        message_id = "delete.ask" if _is_own(interaction, source) else "delete.ask.other"
        words = self._texts(locale, message_id, count=images, member=f"<@{source.request.user_id}>")
        buttons: ui.ActionRow[Any] = ui.ActionRow(
            ui.Button(
                label=self._texts(locale, "delete.button"),
                style=discord.ButtonStyle.danger,
                custom_id=CardAddress(CardAct.DELETE_YES, source.request.interaction_id).custom_id(),
            ),
            ui.Button(
                label=self._texts(locale, "delete.cancel"),
                custom_id=CardAddress(CardAct.DELETE_NO, source.request.interaction_id).custom_id(),
            ),
        )
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.Container(ui.TextDisplay(words), buttons, accent_colour=ACCENTS["failed"]))
        # As in cogs/answers.py.
        view.stop()
        return Tell(view)

    async def keep(self, interaction: Interaction, source: Source) -> Answer:
        """Whoever was asked thought better of it."""
        images_of(source)
        return _in_place(interaction, self._serving.tell(interaction, "delete.kept"))

    async def delete(self, interaction: Interaction, source: Source) -> Answer:
        """Take the images away, from the card and from what is stored."""
        await self._check_hand(interaction, source, "delete.not_yours")
        images = len(images_of(source))
        await self._take_away(interaction, source)
        return _in_place(interaction, self._serving.tell(interaction, "delete.done", count=images))

    async def _take_away(self, interaction: Interaction, source: Source) -> None:
        guild_id, interaction_id = source.request.guild_id, source.request.interaction_id
        user_id = interaction.user.id
        try:
            if _is_own(interaction, source):
                await self._docket.withdraw(guild_id, interaction_id, user_id=user_id)
            else:
                await self._docket.act(
                    Act.DELETE,
                    guild_id=guild_id,
                    address_id=interaction_id,
                    of_request=True,
                    user_id=user_id,
                    interaction_id=interaction.id,
                )
        except NothingToDo as nothing:
            raise Wrong(IDLE[nothing.reason]) from None
        except CaseGone:
            raise CardTrouble(Lack.GONE) from None
        except PrivateImage:
            raise CardTrouble(Lack.PRIVATE) from None

    async def _check_hand(self, interaction: Interaction, source: Source, message_id: str) -> None:
        """Only who asked for it, or a moderator, may do this; raises Wrong."""
        if _is_own(interaction, source):
            return
        if not await self._rights.allows(interaction, command=NAME, rank=Rank.MODERATOR):
            raise Wrong(message_id)


def _in_place(interaction: Interaction, told: Tell) -> Answer:
    """In the place of the question, which only this person sees."""
    asked = interaction.message is not None and interaction.message.flags.ephemeral
    return Redraw(told.view) if asked else told


def _is_own(interaction: Interaction, source: Source) -> bool:
    return source.request.user_id == interaction.user.id
