"""What is done with a card itself: liking it, having it sent, calling it off, deleting it."""

from typing import Any, Protocol

import discord
from discord import ui

from bot.asking.edits import Source
from bot.cards.album import Album, CardTrouble, Lack, images_of
from bot.cards.staying import Stays
from bot.jobs import Cancelled, Reach
from bot.moderation.cases import Act
from bot.moderation.docket import Docket
from bot.moderation.troubles import CaseGone, NothingToDo, PrivateImage
from bot.ports import CardAct
from bot.rights import Rank
from bot.text import Texts
from cogs.answers import Answer, Redraw, Tell
from cogs.asking.asking import created_ms
from cogs.cards.ids import CardAddress
from cogs.cards.send import CardSend
from cogs.moderation.bench import IDLE, NAME
from cogs.panels.panel import Rights
from cogs.places import reach_of
from cogs.replies import Reply
from cogs.serving import Interaction, Serving, Wrong
from cogs.widgets import ACCENTS, words_view


class Cancels(Protocol):
    """Calls requests off, and shows their cards."""

    async def cancel(self, interaction_id: int) -> Cancelled:
        """Cancel what has not started, and tell how many images that is and how many go on; raises StoreError."""
        ...

    async def reopen(self, interaction_id: int) -> None:
        """Have a card shown anew, over the reply that it has now."""
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
        """The question before images are deleted, or before a card that still shows them."""
        await self._check_hand(interaction, source, "delete.not_yours")
        if await self._leads(interaction, source) and source.request.removed is not None:
            await self._tracker.reopen(source.request.interaction_id)
            return self._serving.tell(interaction, "delete.again")
        images, locale = len(images_of(source)), str(interaction.locale)
        message_id = "delete.ask" if _is_own(interaction, source) else "delete.ask.other"
        words = self._texts(locale, message_id, count=images, member=f"<@{source.request.user_id}>")
        if (stays := await self._album.stays(source)) is not None:
            words += f"\n{self._of_what_stays(locale, stays, 'delete.ask.stays', count=images)}"
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
        # Also where the token ran out while the question stood there.
        stays, locale = await self._album.stays(source), str(interaction.locale)
        said = [] if stays is not None and stays.url else [self._texts(locale, "delete.done", count=images)]
        if stays is not None:
            said.append(self._of_what_stays(locale, stays, "delete.done.stays", count=images))
        return _in_place(interaction, Tell(words_view("\n".join(said), accent="waiting" if stays else "done")))

    async def _leads(self, interaction: Interaction, source: Source) -> bool:
        """Whether this press, on the card itself, lets the bot change a card to which only tokens lead."""
        message = interaction.message
        if reach_of(interaction) is not Reach.REPLY or message is None or message.flags.ephemeral:
            return False
        reply = Reply.of(interaction).to_json()
        return await self._album.renew(source, message_id=message.id, reply=reply, reply_ms=created_ms(interaction))

    def _of_what_stays(self, locale: str, stays: Stays, message_id: str, *, count: int) -> str:
        if stays.url is None:
            return self._texts(locale, "delete.stays.first", count=count)
        return self._texts(locale, message_id, count=count, url=stays.url)

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
