"""Sharing a private card: from then on it is a public one, and stands where somebody pressed for it."""

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
) -> bool:
    """Make a private request public, and have its card shown as the `reply` to a press made at `reply_ms`.

    `spoiler` hides its images, whatever was asked for. What stands in the private reply stays there. False, and nothing
    written, where there is nothing to share: it is public, removed or forgotten, its private card is not finished, or an
    image of it is not kept any more.
    """
    done = await tx.execute(
        f"""UPDATE requests SET private = FALSE, spoiler = $7, shown = 'open', way = 'reply', reply = $2, reply_ms = $3,
            channel_id = $4, place_id = $5, filesize_limit_bytes = $6, posting_ms = NULL, message_id = NULL,
            message_channel_id = NULL
        WHERE interaction_id = $1 AND {_SHAREABLE}""",  # noqa: S608 - words of ours
        interaction_id,
        reply,
        reply_ms,
        channel_id,
        place_id,
        filesize_limit_bytes,
        spoiler,
    )
    if done:
        await job_store.forget_attachments(tx, interaction_id)
    return bool(done)
