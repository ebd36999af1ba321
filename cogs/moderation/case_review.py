"""What moderators do about cases and images, and what they are shown of them in private."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import ui

from bot.catalog import Catalog
from bot.clock import Clock
from bot.moderation.case_text import CaseWriter
from bot.moderation.cases import Act, Docketed
from bot.moderation.docket import Docket
from bot.moderation.list_text import ListText
from bot.moderation.reading import Reviewed
from bot.moderation.troubles import CaseGone, PrivateImage
from bot.text import Texts
from cogs.answers import Answer, Redraw, Tell
from cogs.moderation.bench import Bench, guild_id_of
from cogs.moderation.case_ids import CaseAddress
from cogs.moderation.case_poster import view_of
from cogs.moderation.hierarchy import check_below, check_own
from cogs.serving import Interaction
from cogs.widgets import sheet, words_view

_MS_PER_S = 1000
# What whoever acted is told; the card in the log tells everybody else.
SAID: Mapping[Act, str] = {
    Act.DELETE: "moderation.done.delete",
    Act.DELETE_ALL: "moderation.done.delete_all",
    Act.BLUR: "moderation.done.blur",
    Act.PAUSE_HOUR: "moderation.done.pause",
    Act.PAUSE_DAY: "moderation.done.pause",
    Act.PAUSE_WEEK: "moderation.done.pause",
    Act.PAUSE: "moderation.done.pause.lasting",
    Act.LIFT: "moderation.done.lift",
    Act.APPROVE: "moderation.done.approve",
    Act.DECLINE: "moderation.done.decline",
    Act.DISMISS: "moderation.done.dismiss",
}
# What lifts a pause, or decides about an appeal, which may lift one.
LIFTING = frozenset({Act.LIFT, Act.APPROVE, Act.DECLINE})


class Review:
    """Acts, and draws what is to be seen of an image or a member. Whoever comes here is a moderator."""

    def __init__(
        self, *, docket: Docket, writer: CaseWriter, bench: Bench, catalog: Catalog, texts: Texts, clock: Clock
    ) -> None:
        self._docket = docket
        self._writer = writer
        self._bench = bench
        self._catalog = catalog
        self._texts = texts
        self._clock = clock

    def panel(self, interaction: Interaction, reviewed: Reviewed) -> Answer:
        """All that moderators may see of an image; raises PrivateImage where only its owner sees it."""
        if reviewed.private:
            raise PrivateImage
        card = self._writer.review(reviewed, locale=str(interaction.locale), now_ms=self._clock.now_ms())
        return Redraw(view_of(card, id=reviewed.request.interaction_id, of_request=True))

    async def act(self, interaction: Interaction, address: CaseAddress, act: Act) -> Answer:
        """Do it, and say so: to whoever did it on a card of the log, and in the place of a private panel."""
        guild_id = guild_id_of(interaction)
        if act.pauses:
            await check_below(interaction, await self._member(interaction, address))
        elif act in LIFTING:
            check_own(interaction, await self._member(interaction, address))
        done = await self._docket.act(
            act,
            guild_id=guild_id,
            address_id=address.id,
            of_request=address.of_request,
            user_id=interaction.user.id,
            interaction_id=interaction.id,
        )
        said = self._said(interaction, act, done)
        if not is_private(interaction):
            return said
        if act is Act.DELETE_ALL:
            # It was asked in private: this stands in the place of the question.
            return Redraw(said.view)
        reviewed = await self._docket.of_request(guild_id, address.id) if address.of_request else None
        return said if reviewed is None else self.panel(interaction, reviewed)

    def _said(self, interaction: Interaction, act: Act, done: Docketed) -> Tell:
        images = next((each.images for each in reversed(done.actions) if each.act is act), 0)
        member = f"<@{done.case.user_id}>"
        if done.remaining:
            return self._bench.tell(
                interaction,
                "moderation.done.delete_all.more",
                count=done.remaining,
                images=images,
                member=member,
                button=self._texts(str(interaction.locale), "case.do.delete_all"),
            )
        until_s = (done.subject.paused_until_ms or 0) // _MS_PER_S
        return self._bench.tell(interaction, SAID[act], count=images, member=member, until_s=until_s)

    async def ask(self, interaction: Interaction, address: CaseAddress) -> Answer:
        """The question before all images of a member are deleted."""
        user_id, locale = await self._member(interaction, address), str(interaction.locale)
        button: ui.Button[Any] = ui.Button(
            label=self._texts(locale, "moderation.delete_all.button"),
            style=discord.ButtonStyle.danger,
            custom_id=CaseAddress(Act.DELETE_ALL, address.id, of_request=address.of_request).custom_id(),
        )
        words = self._texts(locale, "moderation.delete_all", member=f"<@{user_id}>")
        return Tell(words_view(words, accent="failed", buttons=[button]))

    async def history_at(self, interaction: Interaction, address: CaseAddress) -> Answer:
        """The history of the member whom a case or an image is about."""
        return await self.history(interaction, await self._member(interaction, address))

    async def history(self, interaction: Interaction, user_id: int) -> Answer:
        """What this server knows of a member."""
        found = await self._docket.history(guild_id_of(interaction), user_id)
        return Tell(sheet(self.text(interaction).history(found)))

    def text(self, interaction: Interaction) -> ListText:
        """The words of lists, for whoever asks."""
        return ListText(
            texts=self._texts, catalog=self._catalog, locale=str(interaction.locale), now_ms=self._clock.now_ms()
        )

    async def _member(self, interaction: Interaction, address: CaseAddress) -> int:
        """Whom a case or a request is about; raises CaseGone where this server has none such."""
        guild_id = guild_id_of(interaction)
        if address.of_request:
            reviewed = await self._docket.of_request(guild_id, address.id)
            user_id = None if reviewed is None else reviewed.request.user_id
        else:
            found = await self._docket.case(guild_id, address.id)
            user_id = None if found is None else found.case.user_id
        if user_id is None:
            raise CaseGone
        return user_id


def is_private(interaction: Interaction) -> bool:
    """Whether what was pressed stands in an answer that only this person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral
