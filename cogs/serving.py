"""Answering what members use, press and send: what is wrong is said, and nothing that fails is left without an answer."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, assert_never

import discord
import structlog

from bot.asking.presets import BadPreset
from bot.clock import Clock
from bot.errors import StoreError
from bot.fields import BadValue
from bot.intake import Refusal
from bot.text import Texts
from bot.wording import refusal_words
from cogs.acknowledge import Patience
from cogs.answers import words_view
from cogs.errors import REFERENCE_BYTES
from cogs.operator.options import Wrong
from cogs.panels.answers import Answer, Answering, Tell

Interaction = discord.Interaction[Any]
Do = Callable[[], Awaitable[Answer]]

log = structlog.get_logger()


class Serving:
    """Answers uses with what becomes of them, in private and in the member's language, however slow anything is."""

    def __init__(self, *, texts: Texts, clock: Clock, patience: Patience | None = None) -> None:
        self._texts = texts
        self._answering = Answering(texts=texts, clock=clock, patience=patience or Patience())

    async def serve(self, interaction: Interaction, do: Do, *, opens_form: bool = False) -> None:
        """Do it, and answer. `opens_form` says that the answer may be a form."""
        # A task of its own: whatever becomes of the answer, what was begun is carried through.
        deciding = asyncio.ensure_future(self._decide(interaction, do))
        await self._answering.answer(interaction, deciding, opens_form=opens_form)

    def tell(self, interaction: Interaction, message_id: str, *, accent: str = "done", **values: Any) -> Tell:
        """These words, to whoever did it alone."""
        return Tell(words_view(self._texts(str(interaction.locale), message_id, **values), accent=accent))

    async def _decide(self, interaction: Interaction, do: Do) -> Answer:
        """What to answer; never raises."""
        try:
            return await do()
        except (Wrong, BadValue, Refusal) as wrong:
            return self._wrong(interaction, wrong)
        except StoreError:
            log.exception("something could not be read or written", interaction_id=interaction.id)
            return self.tell(interaction, "draft.store", accent="failed")
        except Exception:
            reference = secrets.token_hex(REFERENCE_BYTES)
            log.exception("something failed at the rim", reference=reference, interaction_id=interaction.id)
            return self.tell(interaction, "error.unexpected", accent="failed", reference=reference)

    def _wrong(self, interaction: Interaction, wrong: Wrong | BadValue | Refusal) -> Tell:
        """What was wrong with what was given."""
        match wrong:
            case Wrong():
                return self.tell(interaction, wrong.message_id, accent="failed", **wrong.values)
            case BadPreset():
                return self.tell(interaction, wrong.reason, accent="failed", **wrong.values)
            case BadValue():
                refusal = Refusal(f"bad_value.{wrong.reason}", option=wrong.name, **wrong.values)
            case Refusal():
                refusal = wrong
            case _:
                assert_never(wrong)
        words = refusal_words(self._texts, str(interaction.locale), refusal, public=False)
        return Tell(words_view(words, accent="failed"))
