"""Answering what members use, press and send: what is wrong is said, and nothing that fails is left without an answer."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, assert_never

import discord
import structlog

from bot.asking.presets import BadPreset
from bot.clock import Clock
from bot.errors import ImagenError, StoreError
from bot.fields import BadValue
from bot.intake import Refusal
from bot.text import Texts
from bot.wording import refusal_words, with_amounts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Answering, Tell
from cogs.errors import REFERENCE_BYTES
from cogs.widgets import words_view

Interaction = discord.Interaction[Any]
Do = Callable[[], Awaitable[Answer]]

log = structlog.get_logger()


class Wrong(ImagenError):
    """What was given cannot be done; nothing was changed. `message_id` and `values` say why."""

    def __init__(self, message_id: str, **values: Any) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.values = values


class Serving:
    """Answers uses with what becomes of them, in private and in the member's language, however slow anything is.

    `store_words` is the id of what is said where the database does not do its part.
    """

    def __init__(
        self, *, texts: Texts, clock: Clock, patience: Patience | None = None, store_words: str = "draft.store"
    ) -> None:
        self._texts = texts
        self._store_words = store_words
        # Also for what is answered in a way of its own.
        self.answering = Answering(texts=texts, clock=clock, patience=patience or Patience())

    async def serve(self, interaction: Interaction, do: Do, *, opens_form: bool = False) -> None:
        """Do it, and answer. `opens_form` says that the answer may be a form."""
        # A task of its own: whatever becomes of the answer, what was begun is carried through.
        deciding = asyncio.ensure_future(self._decide(interaction, do))
        await self.answering.answer(interaction, deciding, opens_form=opens_form)

    async def serve_deferred(self, interaction: Interaction, do: Do) -> None:
        """Say first that it is being worked on; only where that got through, do it, and answer."""
        if await self.answering.defer(interaction):
            await self.answering.follow(interaction, await self._decide(interaction, do))

    def tell(self, interaction: Interaction, message_id: str, *, accent: str = "done", **values: Any) -> Tell:
        """These words, to whoever did it alone; amounts among the values are written as people read them."""
        locale = str(interaction.locale)
        words = self._texts(locale, message_id, **with_amounts(self._texts, locale, values))
        return Tell(words_view(words, accent=accent))

    async def _decide(self, interaction: Interaction, do: Do) -> Answer:
        """What to answer; never raises."""
        try:
            return await do()
        except (Wrong, BadValue, Refusal) as wrong:
            return self._wrong(interaction, wrong)
        except StoreError:
            log.exception("something could not be read or written", interaction_id=interaction.id)
            return self.tell(interaction, self._store_words, accent="failed")
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
