"""Answering Discord in time, or knowing for certain that it was not done."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import discord
import structlog

from cogs.delivery_errors import ALREADY_ACKNOWLEDGED, will_pass

log = structlog.get_logger()

Respond = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long each part of an answer may take, in seconds. Discord itself allows three.

    `answer_s` counts from the interaction's creation, as our clock has it; where that clock is ahead of Discord's,
    `least_s` is still there for a try. One try ends after `attempt_s`, because discord.py would sleep for a second or
    more after an error; a try that got through nevertheless shows in the next one.
    """

    decide_s: float = 1.0
    answer_s: float = 2.5
    least_s: float = 1.0
    attempt_s: float = 0.8
    gap_s: float = 0.1

    def deadline(self, *, age_s: float) -> float:
        """Until when to answer an interaction of this age, in the event loop's time."""
        return asyncio.get_running_loop().time() + max(self.answer_s - max(age_s, 0.0), self.least_s)

    def decide_until(self, deadline: float) -> float:
        """Until when to wait for a decision, so that there is time for one try to answer."""
        return min(asyncio.get_running_loop().time() + self.decide_s, deadline - self.attempt_s)


async def acknowledge(
    interaction: discord.Interaction, respond: Respond, *, deadline: float, patience: Patience
) -> bool:
    """Answer an interaction for the first time, as often as it takes until the deadline; whether Discord took it.

    Where the deadline is past already, because this process stood still, it is tried once nevertheless: only Discord
    knows for certain whether it is too late.
    """
    loop = asyncio.get_running_loop()
    attempt_s = patience.attempt_s
    while attempt_s > 0:
        try:
            async with asyncio.timeout(attempt_s):
                await respond()
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED:
                # An earlier try got through, and only its answer was lost.
                return True
            log.warning("an interaction could not be answered", status=error.status, code=error.code)
            if not will_pass(error):
                return False
        except (aiohttp.ClientError, OSError) as error:
            log.info("an answer got lost on the way", reason=repr(error))
        else:
            return True
        await asyncio.sleep(patience.gap_s)
        attempt_s = min(deadline - loop.time(), patience.attempt_s)
    return await _is_there(interaction, within_s=patience.answer_s)


async def _is_there(interaction: discord.Interaction, *, within_s: float) -> bool:
    """Whether there is a reply after all: discord.py may hold back an answer while a rate limit runs."""
    try:
        async with asyncio.timeout(within_s):
            await interaction.original_response()
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        return False
    return True
