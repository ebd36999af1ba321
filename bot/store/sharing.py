"""Sharing a private card: from then on it is a public one, and stands where somebody pressed for it.

Where only a token leads to a card, a press on that very card brings a new one.
"""

from bot.jobs import Reach
from bot.store import jobs as job_store
from bot.store.database import Transaction

# Its end has been seen, and all of its images are still kept here.
_SHAREABLE = """private AND removed IS NULL AND shown <> 'open'
    AND EXISTS (SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id AND sha256 IS NOT NULL)
    AND NOT EXISTS (
        SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id AND sha256 IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM media WHERE media.sha256 = jobs.sha256))"""


async def share(
    tx: Transaction,
    interaction_id: int,
    *,
    reply: str,
    reply_ms: int,
    channel_id: int,
    place_id: int,
    filesize_limit_bytes: int,
    spoiler: bool,
    reach: Reach,
) -> bool:
    """Make a private request public, and have its card shown as the `reply` to a press made at `reply_ms`.

    `spoiler` hides its images, whatever was asked for, and `reach` is what the bot can do there later. What stands in the private reply stays there. False, and nothing
    written, where there is nothing to share: it is public, removed or forgotten, its private card is not finished, or an
    image of it is not kept any more.
    """
    done = await tx.execute(
        f"""UPDATE requests SET private = FALSE, spoiler = $7, shown = 'open', way = 'reply', reply = $2, reply_ms = $3,
            channel_id = $4, place_id = $5, filesize_limit_bytes = $6, reach = $8, posting_ms = NULL, message_id = NULL,
            message_channel_id = NULL
        WHERE interaction_id = $1 AND {_SHAREABLE}""",  # noqa: S608 - words of ours
        interaction_id,
        reply,
        reply_ms,
        channel_id,
        place_id,
        filesize_limit_bytes,
        spoiler,
        reach.value,
    )
    if done:
        await job_store.forget_attachments(tx, interaction_id)
    return bool(done)


async def renew(tx: Transaction, interaction_id: int, *, message_id: int, reply: str, reply_ms: int) -> bool:
    """Have the `reply` to a press on this message, made at `reply_ms`, lead to the card from now on.

    Where its images were removed and the card could not be changed, it is open again. False, and nothing written, where
    the message is not the card, or where the bot can change it as itself.
    """
    done = await tx.execute(
        """UPDATE requests SET reply = $3, reply_ms = $4, way = 'reply',
            shown = CASE WHEN removed IS NOT NULL AND shown = 'kept' THEN 'open' ELSE shown END
        WHERE interaction_id = $1 AND message_id = $2 AND private = FALSE AND reach = 'reply'
            AND way IN ('reply', 'kept')""",
        interaction_id,
        message_id,
        reply,
        reply_ms,
    )
    return bool(done)
