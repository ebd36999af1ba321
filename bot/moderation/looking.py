"""What moderators look at: an image with all that is known of it, and how a member has behaved."""

from bot.limits import Rules
from bot.moderation.cases import CaseKind
from bot.moderation.reading import History, Reviewed
from bot.moderation.strikes import counting
from bot.settings import STRIKE_RULE
from bot.store import cases, dockets, pauses, reviews
from bot.store import jobs as job_store
from bot.store.database import Reader

CASES_MAX = 10


async def reviewed(reader: Reader, guild_id: int, interaction_id: int, *, now_ms: int) -> Reviewed | None:
    """A request of this server; None where there is no such request."""
    found = await job_store.request(reader, interaction_id)
    if found is None or found[0].guild_id != guild_id:
        return None
    request, _ = found
    member = {"guild_id": guild_id, "user_id": request.user_id}
    running = await pauses.running(reader, **member, now_ms=now_ms)
    shown_id = None if request.private else interaction_id
    return Reviewed(
        request=request,
        jobs=tuple(await job_store.jobs_of(reader, interaction_id)),
        looks=await dockets.subject_of(reader, **member, interaction_id=shown_id),
        cases=tuple(await cases.of_request(reader, interaction_id)),
        pause=None if running is None else running.pause,
        private=request.private,
    )


async def history(reader: Reader, rules: Rules, *, guild_id: int, user_id: int, now_ms: int) -> History:
    """How a member has behaved in this server, whose rules these are."""
    member = {"guild_id": guild_id, "user_id": user_id}
    counts = await cases.counts_of(reader, **member)
    rule = rules.guild[STRIKE_RULE]
    strikes = 0
    if rule is not None:
        strikes_ms = await cases.strikes_of(reader, **member, after_ms=now_ms - rule.within_ms)
        strikes = counting(strikes_ms, rule, at_ms=now_ms)
    running = await pauses.running(reader, **member, now_ms=now_ms)
    return History(
        user_id=user_id,
        images=await reviews.images_made(reader, **member),
        blocks=counts.get(CaseKind.BLOCK, 0),
        reports=counts.get(CaseKind.REPORT, 0),
        removals=await reviews.images_removed(reader, **member),
        strikes=strikes,
        strike_rule=rule,
        pause=None if running is None else running.pause,
        cases=tuple(await cases.latest_of(reader, **member, limit=CASES_MAX)),
    )
