"""What becomes of `/show`: the image for all to see, for one person alone with the reason, or why there is none."""

import secrets
from dataclasses import dataclass
from typing import Any

import discord
import structlog

from bot.errors import StoreError
from bot.fields import BadValue
from bot.finding.histories import Histories
from bot.finding.history import id_of_ref
from bot.finding.history_text import HistoryText
from bot.finding.placing import Placing, Spot, TooLoose
from bot.intake import Refusal
from bot.jobs import Reach
from bot.store.history import Made
from bot.wording import refusal_words
from cogs.answers import Tell
from cogs.errors import REFERENCE_BYTES
from cogs.finding.found_cards import FoundCard, FoundCards, NoPicture
from cogs.members import Members
from cogs.places import home_id, is_age_restricted, place_id_of, reach_of
from cogs.rights import read_caller
from cogs.serving import Wrong
from cogs.sight import can_see
from cogs.widgets import card_view, words_view

NAME = "show"

Interaction = discord.Interaction[Any]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Post:
    """Put this up for all to see."""

    made: Made
    found: FoundCard


class Choice:
    """Finds the image and judges where it may be shown."""

    def __init__(self, *, histories: Histories, placing: Placing, cards: FoundCards, members: Members) -> None:
        self._histories = histories
        self._placing = placing
        self._cards = cards
        self._members = members

    async def decide(self, interaction: Interaction, typed: str, text: HistoryText, *, private: bool) -> Tell | Post:
        """What to answer; never raises."""
        try:
            await self._members.check(interaction, NAME)
            return await self._shown(interaction, await self._find(interaction, typed), text, private=private)
        except Wrong as wrong:
            return _wrong(text(wrong.message_id, **wrong.values))
        except BadValue:
            return _wrong(text("show.none"))
        except Refusal as refusal:
            return _wrong(refusal_words(text.texts, text.locale, refusal, public=False))
        except StoreError:
            log.exception("an image could not be looked up", interaction_id=interaction.id)
            return _wrong(text("show.store"))
        except Exception:
            reference = secrets.token_hex(REFERENCE_BYTES)
            log.exception("an image could not be shown", reference=reference, interaction_id=interaction.id)
            return _wrong(text("error.unexpected", reference=reference))

    async def _find(self, interaction: Interaction, typed: str) -> Made:
        """By its short name, or else the latest of one's own with these words; raises Wrong where none may be seen here."""
        whose: dict[str, Any] = {"viewer_id": interaction.user.id, "guild_id": home_id(interaction)}
        ref = id_of_ref(typed)
        made = None if ref is None else await self._histories.visible(ref, **whose)
        if made is None:
            own = await self._histories.suggestions(typed, user_id=interaction.user.id)
            made = await self._histories.visible(own[0].interaction_id, **whose) if own else None
        if made is None or not await self._sees(interaction, made):
            raise Wrong("show.none")
        if made.request.age_restricted and not is_age_restricted(interaction):
            raise Wrong("show.age")
        return made

    async def _sees(self, interaction: Interaction, made: Made) -> bool:
        request = made.request
        if request.user_id == interaction.user.id:
            return True
        return await can_see(interaction, channel_id=request.channel_id, place_id=request.place_id)

    async def _shown(self, interaction: Interaction, made: Made, text: HistoryText, *, private: bool) -> Tell | Post:
        """The card for all where nothing is in the way, else for one person with what is."""
        alone = "" if private else self._alone(interaction, made)
        hidden = made.request.spoiler
        if not private and not alone:
            try:
                hidden = await self._placing.check(made.request, made.images, spot=_spot(interaction))
            except TooLoose:
                alone = "show.alone.level"
        public = not private and not alone
        own = not public and made.request.user_id == interaction.user.id
        locale = str((interaction.guild_locale if public else None) or interaction.locale)
        try:
            found = await self._cards.card(
                made, locale=locale, hidden=hidden, own=own, limit_bytes=interaction.filesize_limit
            )
        except NoPicture:
            raise Wrong("show.no_picture", link=text.link(made)) from None
        if public:
            return Post(made, found)
        words = text(alone, button=text("card.button.share")) if alone else ""
        return Tell(card_view(found.card, mention=words), found.enclosed)

    def _alone(self, interaction: Interaction, made: Made) -> str:
        """Why an image is shown to one person only, as a message id; empty where it may be for all, by itself."""
        request = made.request
        if request.guild_id != home_id(interaction):
            return "show.alone.server"
        if request.private:
            return "show.alone.private"
        if not request.prompt:
            # Nobody can judge words that are forgotten.
            return "show.alone.forgotten"
        return _alone_here(interaction)


def _alone_here(interaction: Interaction) -> str:
    """Why nothing is put up for all in this place, as a message id; empty where it may be."""
    reach, can = reach_of(interaction), interaction.permissions
    if reach is Reach.DIRECT:
        # There is nobody else, and Discord tells no permissions.
        return ""
    if reach is Reach.REPLY or not interaction.app_permissions.view_channel:
        # The bot could not take it away again.
        return "show.alone.unseen"
    in_thread = isinstance(interaction.channel, discord.Thread)
    if not (can.send_messages_in_threads if in_thread else can.send_messages):
        return "show.alone.silent"
    return ""


def _spot(interaction: Interaction) -> Spot:
    caller = read_caller(interaction)
    return Spot(
        guild_id=home_id(interaction),
        channel_id=interaction.channel_id or 0,
        place_id=place_id_of(interaction),
        user_id=caller.user_id,
        role_ids=tuple(caller.role_ids),
        age_restricted=is_age_restricted(interaction),
    )


def _wrong(said: str) -> Tell:
    return Tell(words_view(said, accent="failed"))
