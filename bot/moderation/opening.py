"""Cases that somebody opens, on a transaction each. Raises the errors of bot/moderation/troubles.py.

`press_id` is the use of a command or button that it comes from.
"""

from dataclasses import replace

from bot.jobs import Remover, Request
from bot.moderation import acting
from bot.moderation.cases import HOUR_MS, Appeal, Case, CaseKind, Pause, Source, draft_of
from bot.moderation.troubles import AlreadyReported, CaseGone, NoAppeal, NotAppealable, PrivateImage
from bot.store import appeals, cases, evidence, retouching
from bot.store import jobs as job_store
from bot.store.database import Reader, Transaction

APPEAL_MS = 7 * 24 * HOUR_MS


async def review(tx: Transaction, guild_id: int, interaction_id: int, *, by_id: int, at_ms: int) -> Case:
    """The case of a moderator who acts on an image of their own accord; one for each request."""
    request = await _public(tx, guild_id, interaction_id)
    draft = draft_of(request, CaseKind.REVIEW, {}, at_ms=at_ms, by_id=by_id)
    case, _ = await cases.insert(tx, draft, once=f"review:{interaction_id}")
    return case


async def report(
    tx: Transaction, guild_id: int, interaction_id: int, *, by_id: int, reason: str, press_id: int, at_ms: int
) -> Case:
    """A member's report; each member has one for each request. Its images are kept from now on."""
    if (known := await cases.pressed(tx, press_id)) is not None:
        return known
    request = await _public(tx, guild_id, interaction_id)
    await acting.images_of(tx, interaction_id)
    draft = draft_of(request, CaseKind.REPORT, {"reason": reason}, at_ms=at_ms, by_id=by_id)
    case, new = await cases.insert(tx, draft, once=f"report:{interaction_id}:{by_id}", press_id=press_id)
    if not new:
        raise AlreadyReported
    await evidence.keep(tx, case.case_id, interaction_id=interaction_id)
    return case


async def appeal(tx: Transaction, guild_id: int, case_id: int, *, user_id: int, reason: str, at_ms: int) -> Case:
    """A member's word against a block by the server's rules; for the same texts there is one, however often blocked."""
    case = await cases.find(tx, case_id, guild_id=guild_id)
    if case is None or case.user_id != user_id:
        raise NotAppealable(NoAppeal.GONE)
    # Discord may tell of the same form twice.
    if case.appeal is None or case.appeal.reason != reason or case.appeal.approved is not None:
        await check_appeal(tx, case, at_ms=at_ms)
        await cases.put_appeal(tx, case_id, Appeal(reason=reason, at_ms=at_ms))
    return case


async def check_appeal(reader: Reader, case: Case, *, at_ms: int) -> None:
    """Raise NotAppealable where the member whom this case is about has nothing to appeal against."""
    if case.kind is not CaseKind.BLOCK:
        raise NotAppealable(NoAppeal.GONE)
    if case.source is Source.PROVIDER:
        raise NotAppealable(NoAppeal.PROVIDER)
    if case.appeal is not None:
        raise NotAppealable(NoAppeal.TWICE)
    if at_ms - case.at_ms > APPEAL_MS:
        raise NotAppealable(NoAppeal.LATE)
    texts_sha256 = await appeals.texts_of(reader, case.case_id)
    if texts_sha256 is None:
        raise NotAppealable(NoAppeal.GONE)
    if await appeals.refused(reader, guild_id=case.guild_id, user_id=case.user_id, texts_sha256=texts_sha256):
        raise NotAppealable(NoAppeal.TWICE)


async def pause(tx: Transaction, pause: Pause, *, press_id: int) -> Case:
    """A moderator's pause by command."""
    draft = Case(
        case_id=0,
        guild_id=pause.guild_id,
        kind=CaseKind.PAUSE,
        user_id=pause.user_id,
        by_id=pause.by_id,
        channel_id=None,
        interaction_id=None,
        private=False,
        prompt=None,
        details={"until_ms": pause.until_ms, "reason": pause.reason},
        at_ms=pause.at_ms,
    )
    case, new = await cases.insert(tx, draft, once=f"pause:{press_id}", press_id=press_id)
    if new:
        await acting.put_pause(tx, pause, case_id=case.case_id)
    return case


async def withdrawal(tx: Transaction, guild_id: int, interaction_id: int, *, user_id: int, at_ms: int) -> None:
    """A member deletes images of their own; moderators are told of those that others could see, without the prompt."""
    found = await job_store.request(tx, interaction_id)
    if found is None or (found[0].guild_id, found[0].user_id) != (guild_id, user_id):
        raise CaseGone
    images = await acting.images_of(tx, interaction_id)
    await retouching.remove(tx, interaction_id, by=Remover.OWNER, at_ms=at_ms)
    request = found[0]
    if images and not request.private:
        draft = draft_of(request, CaseKind.DELETION, {"images": images}, at_ms=at_ms, by_id=user_id)
        await cases.insert(tx, replace(draft, prompt=None), once=f"deletion:{interaction_id}")


async def _public(tx: Transaction, guild_id: int, interaction_id: int) -> Request:
    """A request of this server that others can see."""
    found = await job_store.request(tx, interaction_id)
    if found is None or found[0].guild_id != guild_id:
        raise CaseGone
    if found[0].private:
        raise PrivateImage
    return found[0]
