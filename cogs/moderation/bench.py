"""What moderators' commands, menus and buttons have in common: each use is judged here, and always answered."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, assert_never

import discord
import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.moderation.troubles import AlreadyReported, CaseGone, Idle, NoAppeal, NotAppealable, NothingToDo, PrivateImage
from bot.rights import Rank
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import words_view
from cogs.errors import REFERENCE_BYTES
from cogs.operator.options import Wrong
from cogs.panels.answers import Answer, Answering, Tell
from cogs.panels.panel import Rights

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

Interaction = discord.Interaction[Any]
Do = Callable[[], Awaitable[Answer]]

log = structlog.get_logger()


class Bench:
    """Answers uses with what becomes of them, however slow anything is."""

    def __init__(self, *, rights: Rights, texts: Texts, clock: Clock, patience: Patience | None = None) -> None:
        self._rights = rights
        self._texts = texts
        self._answering = Answering(texts=texts, clock=clock, patience=patience or Patience())

    async def serve(
        self, interaction: Interaction, do: Do, *, rank: Rank = Rank.MODERATOR, opens_form: bool = False
    ) -> None:
        """Do it where this person may, and answer. `opens_form` says that the answer may be a form."""
        # A task of its own: whatever becomes of the answer, what was begun is carried through.
        deciding = asyncio.ensure_future(self._decide(interaction, do, rank))
        await self._answering.answer(interaction, deciding, opens_form=opens_form)

    def tell(self, interaction: Interaction, message_id: str, *, accent: str = "done", **values: Any) -> Tell:
        """These words, to whoever did it alone."""
        return Tell(words_view(self._texts(str(interaction.locale), message_id, **values), accent=accent))

    async def _decide(self, interaction: Interaction, do: Do, rank: Rank) -> Answer:
        """What to answer; never raises."""
        try:
            if rank > Rank.MEMBER and not await self._rights.allows(interaction, command=NAME, rank=rank):
                return self.tell(interaction, "moderation.refused", accent="failed")
            return await do()
        except Wrong as wrong:
            return self.tell(interaction, wrong.message_id, accent="failed", **wrong.values)
        except (CaseGone, PrivateImage, AlreadyReported, NothingToDo, NotAppealable) as trouble:
            return self.tell(interaction, _words_of(trouble), accent="failed")
        except StoreError:
            log.exception("cases could not be read or written", interaction_id=interaction.id)
            return self.tell(interaction, "moderation.store", accent="failed")
        except Exception:
            reference = secrets.token_hex(REFERENCE_BYTES)
            log.exception("moderation failed", reference=reference, interaction_id=interaction.id)
            return self.tell(interaction, "error.unexpected", accent="failed", reference=reference)


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
