"""What a server's rules say about the words of a request, and the port of whoever applies them."""

from dataclasses import dataclass
from typing import Protocol

from bot.intake import Refusal
from bot.jobs import Request
from bot.store.database import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`refusal` is set where the request must not be made.

    `hits` are the words of the request that moderators want to look at: the request is made, and they are told.
    With `spoiler` its images are hidden until they are clicked, whatever was asked for. `blocked` are the words that the
    refusal is about, as they were typed; `automod` says that it was the server's AutoMod that objected first.
    """

    refusal: Refusal | None = None
    hits: tuple[str, ...] = ()
    spoiler: bool = False
    blocked: tuple[str, ...] = ()
    automod: bool = False


class Judge(Protocol):
    """Judges the words of requests."""

    async def judge(self, request: Request, reader: Reader) -> Judgement:
        """The judgement by the rules that count now, as `reader` sees them; raises StoreError.

        It may wait for Discord and for a thread, so it must not be called within a transaction: others wait for that.
        """
        ...
