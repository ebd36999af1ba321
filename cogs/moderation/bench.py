"""What moderators' commands, menus and buttons have in common: each use is judged here, and always answered."""

from collections.abc import Mapping
from functools import partial
from typing import assert_never

from bot.clock import Clock
from bot.moderation.troubles import AlreadyReported, CaseGone, Idle, NoAppeal, NotAppealable, NothingToDo, PrivateImage
from bot.rights import Rank
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Redraw
from cogs.panels.panel import Rights
from cogs.serving import Do, Interaction, Serving, Wrong

# The command whose rights count for everything that moderators do with cases.
NAME = "moderation"

IDLE: Mapping[Idle, str] = {
    Idle.REMOVED: "moderation.idle.removed",
    Idle.NO_IMAGES: "moderation.idle.no_images",
    Idle.BLURRED: "moderation.idle.blurred",
    Idle.NOT_PAUSED: "moderation.idle.not_paused",
    Idle.PAUSED: "moderation.idle.paused",
    Idle.NO_APPEAL: "moderation.idle.no_appeal",
    Idle.DECIDED: "moderation.idle.decided",
    Idle.DISMISSED: "moderation.idle.dismissed",
    Idle.FORGOTTEN: "moderation.idle.forgotten",
}
NO_APPEAL: Mapping[NoAppeal, str] = {
    NoAppeal.GONE: "moderation.gone",
    NoAppeal.PROVIDER: "appeal.provider",
    NoAppeal.TWICE: "appeal.twice",
    NoAppeal.LATE: "appeal.late",
}


class Bench:
    """Answers uses with what becomes of them; `tell` says something to whoever did it alone."""

    def __init__(self, *, rights: Rights, texts: Texts, clock: Clock, patience: Patience | None = None) -> None:
        self._rights = rights
        self._serving = Serving(texts=texts, clock=clock, patience=patience, store_words="moderation.store")
        self.tell = self._serving.tell

    async def serve(
        self,
        interaction: Interaction,
        do: Do,
        *,
        rank: Rank = Rank.MODERATOR,
        opens_form: bool = False,
        of_question: bool = False,
    ) -> None:
        """Do it where this person may, and answer. `opens_form` says that the answer may be a form.

        `of_question` says that it is the answer to a question, in whose place it stands, also where there is nothing to do.
        """
        judged = partial(self._judged, interaction, do, rank, of_question=of_question)
        await self._serving.serve(interaction, judged, opens_form=opens_form)

    async def _judged(self, interaction: Interaction, do: Do, rank: Rank, *, of_question: bool) -> Answer:
        """What to answer; raises Wrong where this person may not, or it cannot be done."""
        if rank > Rank.MEMBER and not await self._rights.allows(interaction, command=NAME, rank=rank):
            raise Wrong("moderation.refused")
        try:
            return await do()
        except (CaseGone, PrivateImage, AlreadyReported, NothingToDo, NotAppealable) as trouble:
            words = _words_of(trouble)
            if not of_question:
                raise Wrong(words) from None
            return Redraw(self.tell(interaction, words, accent="failed").view)


def guild_id_of(interaction: Interaction) -> int:
    """The server in which something was used; raises CaseGone outside of any."""
    if interaction.guild_id is None:
        raise CaseGone
    return interaction.guild_id


def _words_of(trouble: CaseGone | PrivateImage | AlreadyReported | NothingToDo | NotAppealable) -> str:
    """The message id of why nothing was done."""
    match trouble:
        case CaseGone():
            return "moderation.gone"
        case PrivateImage():
            return "moderation.private"
        case AlreadyReported():
            return "report.twice"
        case NothingToDo(reason=reason):
            return IDLE[reason]
        case NotAppealable(reason=reason):
            return NO_APPEAL[reason]
        case _:
            assert_never(trouble)
