"""The way to the operator: a direct message, or a channel where direct messages are closed."""

import asyncio
import secrets

import discord
import structlog

from bot.errors import Busy, DeliveryError, NotAllowed
from cogs.delivery_errors import as_delivery_errors
from cogs.widgets import NOBODY

CALL_S = 60.0
CHARACTERS_MAX = 2_000
NONCE_BYTES = 6

log = structlog.get_logger()


def operators_of(client: discord.Client, configured: frozenset[int]) -> frozenset[int]:
    """Who the operators are: those that the configuration names, or else the owner of the application."""
    info = client.application
    if configured or info is None:
        return configured
    owner_id = info.team.owner_id if info.team else info.owner.id
    return frozenset() if owner_id is None else frozenset({owner_id})


class OperatorLine:
    """Tells every operator by direct message, and the channel once where that fails for good.

    `channel_id` is the operator's own channel, or None. `call_s` is how many seconds one message may take.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        operator_ids: frozenset[int],
        channel_id: int | None,
        call_s: float = CALL_S,
    ) -> None:
        self._client = client
        self._operator_ids = operator_ids
        self._channel_id = channel_id
        self._call_s = call_s

    async def alert(self, text: str) -> bool:
        """Tell the operator now or never; whether anybody was reached. Never raises: it is in the log, too."""
        try:
            await self._tell_all(text, nonce=secrets.token_hex(NONCE_BYTES), again=False)
        except DeliveryError:
            return False
        except Exception:
            log.exception("the operator could not be told", text=text)
            return False
        return True

    async def tell(self, text: str, *, nonce: str) -> None:
        """Tell every operator, each once with this nonce (at most 20 characters).

        Raises DeliveryError where nobody was reached: Busy where somebody may be in a moment.
        """
        await self._tell_all(text, nonce=nonce, again=True)

    async def _tell_all(self, text: str, *, nonce: str, again: bool) -> None:
        """Try everybody by direct message, then the channel, once, where somebody can never be reached by one.

        Discord looks for a nonce among all messages of ours, wherever they went, so everybody has one of their own.
        """
        operators = sorted(operators_of(self._client, self._operator_ids))
        failures = [
            await self._direct(operator_id, text, nonce=f"{nonce}-{number}")
            for number, operator_id in enumerate(operators, start=1)
        ]
        missed = [failure for failure in failures if failure and not (again and isinstance(failure, Busy))]
        if self._channel_id is not None and (missed or not operators):
            failures.append(await self._in_channel(self._channel_id, text, nonce=f"{nonce}-0"))
        if None in failures:
            log.warning("told the operator", text=text)
            return
        log.error("the operator was not reached", text=text, reasons=[str(failure) for failure in failures])
        later = (failure for failure in failures if isinstance(failure, Busy))
        raise next(later, NotAllowed("no operator can be reached"))

    async def _direct(self, operator_id: int, text: str, *, nonce: str) -> DeliveryError | None:
        """Why this operator did not get it, or None where they did."""
        try:
            with as_delivery_errors():
                async with asyncio.timeout(self._call_s):
                    channel = await self._client.create_dm(discord.Object(operator_id))
                    await channel.send(text[:CHARACTERS_MAX], nonce=nonce, allowed_mentions=NOBODY)
        except DeliveryError as error:
            return error
        return None

    async def _in_channel(self, channel_id: int, text: str, *, nonce: str) -> DeliveryError | None:
        try:
            with as_delivery_errors():
                async with asyncio.timeout(self._call_s):
                    channel = self._client.get_partial_messageable(channel_id)
                    await channel.send(text[:CHARACTERS_MAX], nonce=nonce, allowed_mentions=NOBODY)
        except DeliveryError as error:
            return error
        return None
