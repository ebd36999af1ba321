"""Giving what was decided to Discord, in time and in the form that the interaction allows."""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import Any, assert_never

import aiohttp
import discord
import structlog
from discord import ui

from bot.clock import Clock
from bot.text import Texts
from cogs.acknowledge import Patience, Respond, acknowledge
from cogs.widgets import NOBODY, notice

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes along with an answer."""

    filename: str
    data: bytes

    def file(self) -> discord.File:
        """For one call; a File is read only once."""
        return discord.File(BytesIO(self.data), self.filename)


@dataclass(frozen=True, slots=True)
class Redraw:
    """Put this in the place of the panel, whose files stay; a command is answered with it."""

    view: ui.LayoutView


@dataclass(frozen=True, slots=True)
class Illustrated(Redraw):
    """The same with these files in the place of the panel's; they stand in the view, too."""

    enclosed: tuple[Enclosed, ...]


@dataclass(frozen=True, slots=True)
class Tell:
    """Say this to the person alone; the panel stays as it is. Files that go along stand in the view, too."""

    view: ui.LayoutView
    enclosed: tuple[Enclosed, ...] = ()

    def files(self) -> list[discord.File]:
        return [each.file() for each in self.enclosed]


@dataclass(frozen=True, slots=True)
class Form:
    """Open this form. It can be the first answer only."""

    modal: ui.Modal


Answer = Redraw | Tell | Form


class Answering:
    """Answers interactions with what becomes of a decision, however long that takes."""

    def __init__(self, *, texts: Texts, clock: Clock, patience: Patience) -> None:
        self._texts = texts
        self._clock = clock
        self._patience = patience

    async def answer(
        self, interaction: discord.Interaction, deciding: asyncio.Future[Answer], *, opens_form: bool
    ) -> None:
        """Answer with the decision at once where it comes soon; else say that it is being worked on, and answer then.

        Discord takes a form only at once: where that fails, the person is asked to press again.
        """
        deadline = self._deadline(interaction)
        until = deadline - self._patience.attempt_s if opens_form else self._patience.decide_until(deadline)
        wait_s = until - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({deciding}, timeout=max(wait_s, 0.0))
        if done or opens_form:
            answer = deciding.result() if done else self._too_slow(interaction, deciding)
            await self._acknowledge(interaction, lambda: _respond(interaction, answer), deadline=deadline)
            return
        # A form that a command opened has no message that could stay as it is meanwhile.
        thinking = interaction.message is None
        deferred = await self._acknowledge(
            interaction, lambda: interaction.response.defer(ephemeral=True, thinking=thinking), deadline=deadline
        )
        late = await deciding
        if deferred:
            await self.follow(interaction, late)

    async def defer(self, interaction: discord.Interaction) -> bool:
        """Say, as a private answer of its own, that it is being worked on; whether Discord took that."""
        return await self._acknowledge(
            interaction,
            lambda: interaction.response.defer(ephemeral=True, thinking=True),
            deadline=self._deadline(interaction),
        )

    async def follow(self, interaction: discord.Interaction, answer: Answer) -> None:
        """Answer after a deferral. What fails here was tried several times by discord.py already."""
        try:
            await _follow(interaction, answer)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("an interaction could not be answered", interaction_id=interaction.id, reason=repr(error))

    def _deadline(self, interaction: discord.Interaction) -> float:
        age_s = (self._clock.now_ms() - interaction.created_at.timestamp() * 1000) / 1000
        return self._patience.deadline(age_s=age_s)

    async def _acknowledge(self, interaction: discord.Interaction, respond: Respond, *, deadline: float) -> bool:
        return await acknowledge(interaction, respond, deadline=deadline, patience=self._patience)

    def _too_slow(self, interaction: discord.Interaction, deciding: asyncio.Future[Answer]) -> Answer:
        deciding.cancel()
        log.warning("a form could not be opened in time", interaction_id=interaction.id)
        return Tell(notice(self._texts(str(interaction.locale), "panel.slow")))


async def _respond(interaction: discord.Interaction, answer: Answer) -> None:
    """Answer for the first time."""
    match answer:
        case Form(modal):
            await interaction.response.send_modal(modal)
        case Redraw(view) if interaction.message is not None:
            await interaction.response.edit_message(view=view, attachments=_files(answer), allowed_mentions=NOBODY)
        case Redraw(view):
            await interaction.response.send_message(
                view=view, files=_files(answer), ephemeral=True, allowed_mentions=NOBODY
            )
        case Tell(view):
            await interaction.response.send_message(
                view=view, files=answer.files(), ephemeral=True, allowed_mentions=NOBODY
            )
        case _:
            assert_never(answer)


async def _follow(interaction: discord.Interaction, answer: Answer) -> None:
    match answer:
        case Tell(view) if interaction.message is not None:
            await interaction.followup.send(view=view, files=answer.files(), ephemeral=True, allowed_mentions=NOBODY)
        case Redraw(view):
            await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
        case Tell(view):
            await interaction.edit_original_response(view=view, attachments=answer.files(), allowed_mentions=NOBODY)
        case Form():
            raise TypeError("a form cannot follow a deferral")
        case _:
            assert_never(answer)


def _files(answer: Redraw) -> Any:
    """What discord.py is to be told of files: nothing, where those that are there stay."""
    return [each.file() for each in answer.enclosed] if isinstance(answer, Illustrated) else discord.utils.MISSING
