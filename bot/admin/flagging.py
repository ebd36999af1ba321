"""Telling a server's moderators of a prompt that its word rules want looked at."""

from collections.abc import Sequence

from bot.jobs import Request
from bot.store import notices
from bot.store.database import Transaction

WORDS_MAX = 10


async def flag(tx: Transaction, request: Request, hits: Sequence[str], *, at_ms: int) -> bool:
    """Have it told in the server's log channel, once; whether it will be: without `hits` there is nothing to tell.

    There alone is the prompt shown: whoever may see that channel may see what is flagged.
    """
    if not hits:
        return False
    return await notices.add(
        tx,
        guild_id=request.guild_id,
        message_id="notice.flagged",
        params={
            "user_id": request.user_id,
            "channel_id": request.channel_id,
            "words": ", ".join(hits[:WORDS_MAX]),
            "prompt": request.prompt,
        },
        once=f"flagged:{request.interaction_id}",
        at_ms=at_ms,
    )
