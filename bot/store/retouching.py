"""Taking away the images of a request, or hiding them behind a spoiler, before or after people saw its card.

What is written here is the truth; the card and its copies follow it, and are only ever changed where they stand. From
then on no message is made for it: whoever may not see an image any more must not get a second copy of it.
"""

from dataclasses import dataclass

from bot.jobs import Outcome, Remover, State
from bot.store import copies
from bot.store import jobs as job_store
from bot.store.database import Reader, Transaction
from bot.store.personal_cases import NOBODY_ID

# There is a message to change, or there may be one soon.
_ON_DISCORD = "(shown = 'open' OR message_id IS NOT NULL)"
_COPIED = "EXISTS (SELECT 1 FROM request_copies WHERE request_copies.interaction_id = requests.interaction_id)"
# It was to be changed and Discord did not let the bot; another try may succeed.
_UNREACHED = "(retouched AND shown = 'kept' AND message_id IS NOT NULL)"
# With its end the reply's token was forgotten, and a card that could not be changed has no way; the bot edits its message.
# Where it has nothing but the token, that was kept (Books.save_delivery).
_REOPENED = f"""
    way = CASE WHEN private = FALSE AND message_id IS NOT NULL AND (
            way = 'kept' OR (way = 'reply' AND shown <> 'open' AND reach <> 'reply'))
        THEN 'message' ELSE way END,
    retouched = (retouched OR {_ON_DISCORD}),
    shown = CASE WHEN {_ON_DISCORD} THEN 'open' ELSE shown END"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What people see of a request.

    `message` is the channel and message id of its card where others see it, None where there is none that is known.
    `images` counts those that were made, also once they are removed, `pending` those that may still come. `unreached`
    says that the card should have changed and Discord did not let the bot: it looks as it did before. `lost` says that
    they were not removed, and yet there is nothing that could be: no message, no copy, and no picture that the bot keeps.
    `forgotten` says that their owner had their data deleted.
    """

    message: tuple[int, int] | None
    images: int
    removed: bool
    blurred: bool
    unreached: bool
    pending: int = 0
    lost: bool = False
    forgotten: bool = False


async def remove(tx: Transaction, interaction_id: int, *, by: Remover, at_ms: int) -> bool:
    """Take away the images of a request, and have its card say so.

    What has not started is cancelled, its credits released; what Segmind has already is let go when it ends. False, and
    nothing changed, where there is nothing to do: it is removed already and its card tells so or soon will, or it is
    private and `by` is a moderator. A card that could not be changed before is tried again, and stays `by` who it was.
    """
    reach = "" if by is Remover.OWNER else "AND private = FALSE"
    done = await tx.execute(
        f"""UPDATE requests SET removed = COALESCE(removed, $2), {_REOPENED}
        WHERE interaction_id = $1 AND (removed IS NULL OR {_UNREACHED}) {reach}""",  # noqa: S608 - words of ours
        interaction_id,
        by.value,
    )
    if done:
        await copies.fall_behind(tx, interaction_id)
        for job in await job_store.jobs_of(tx, interaction_id):
            if job.state is State.ACCEPTED:
                await job_store.move(tx, job, State.CANCELLED, at_ms=at_ms, outcome=Outcome.REMOVED)
            elif job.state is State.DONE and job.outcome is None:
                await job_store.record(tx, job, **job_store.LET_GO)
    return bool(done)


async def blur(tx: Transaction, interaction_id: int) -> bool:
    """Hide the images of a public request behind a spoiler, also those that are still to come.

    False, and nothing changed, where they are hidden and their card shows so or soon will, or where there are none that
    people could see. A card that could not be changed before is tried again.
    """
    done = await tx.execute(
        f"""UPDATE requests SET spoiler = TRUE, {_REOPENED}
        WHERE interaction_id = $1 AND removed IS NULL AND private = FALSE
            AND ({_ON_DISCORD} OR {_COPIED}) AND (spoiler = FALSE OR {_UNREACHED})""",  # noqa: S608 - words of ours
        interaction_id,
    )
    if done:
        await copies.fall_behind(tx, interaction_id)
    return bool(done)


async def visible_of(reader: Reader, *, guild_id: int, user_id: int) -> list[int]:
    """A member's public requests in a server that have images people may see, or may still get some; the oldest first.

    Those whose card Discord did not let the bot change are among them.
    """
    rows = await reader.fetch(
        f"""SELECT interaction_id FROM requests
        WHERE guild_id = $1 AND user_id = $2 AND private = FALSE AND (removed IS NULL OR {_UNREACHED}) AND EXISTS (
            SELECT 1 FROM jobs WHERE jobs.interaction_id = requests.interaction_id AND (finished_ms IS NULL OR (
                state = 'done' AND (outcome IS NULL OR (removed IS NOT NULL AND outcome = 'removed')))))
        ORDER BY created_ms, interaction_id""",  # noqa: S608 - words of ours
        guild_id,
        user_id,
    )
    return [row["interaction_id"] for row in rows]


async def looks(reader: Reader, interaction_id: int) -> Looks | None:
    """What people see of a request; None if there is no such request."""
    rows = await reader.fetch(
        f"""SELECT user_id, channel_id, message_id, message_channel_id, private, spoiler, removed, {_UNREACHED} AS unreached,
            (SELECT COUNT(*) FROM jobs WHERE jobs.interaction_id = requests.interaction_id
                AND state = 'done' AND (outcome IS NULL OR outcome = 'removed')) AS images,
            (SELECT COUNT(*) FROM jobs WHERE jobs.interaction_id = requests.interaction_id
                AND finished_ms IS NULL) AS pending,
            (removed IS NULL AND NOT {_ON_DISCORD} AND NOT {_COPIED} AND NOT EXISTS (SELECT 1 FROM jobs
                WHERE jobs.interaction_id = requests.interaction_id
                    AND (finished_ms IS NULL OR sha256 IS NOT NULL))) AS lost
        FROM requests WHERE interaction_id = $1""",  # noqa: S608 - words of ours
        interaction_id,
    )
    if not rows:
        return None
    row = rows[0]
    # A card that went by direct message stands in another channel than the command was used in.
    seen = not row["private"] and row["message_id"] is not None and row["message_channel_id"] == row["channel_id"]
    return Looks(
        message=(row["channel_id"], row["message_id"]) if seen else None,
        images=row["images"],
        pending=row["pending"],
        removed=row["removed"] is not None,
        blurred=bool(row["spoiler"]),
        unreached=bool(row["unreached"]),
        lost=bool(row["lost"]),
        forgotten=row["user_id"] == NOBODY_ID,
    )
