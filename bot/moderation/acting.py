"""What each act does, on the transaction that also writes it down. Raises NothingToDo where all is as it was to become."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.jobs import Remover
from bot.moderation.cases import PAUSE_MS, RULE_ID, Act, Action, Case, Pause
from bot.moderation.strikes import pauses_anyway
from bot.moderation.troubles import Idle, NothingToDo, PrivateImage
from bot.settings import STRIKE_RULE
from bot.store import case_actions, case_groups, cases, notices, pauses, retouching
from bot.store import jobs as job_store
from bot.store.database import Transaction
from bot.store.personal import NOBODY_ID

# Of how many requests the images are taken away at once: one transaction, during which nothing else is written.
REQUESTS_AT_ONCE_MAX = 200


@dataclass(frozen=True, slots=True)
class Done:
    """How many images it concerned, the requests whose cards are to be shown anew, and how many more it is to be done for."""

    images: int = 0
    requests: tuple[int, ...] = ()
    remaining: int = 0


async def do(tx: Transaction, act: Act, case: Case, *, by_id: int, at_ms: int) -> Done:
    """Do it; raises PrivateImage, too."""
    done = Done()
    match act:
        case Act.DELETE:
            done = await _each(tx, case, lambda request: _delete(tx, [request], at_ms=at_ms))
        case Act.DELETE_ALL:
            requests = await retouching.visible_of(tx, **_member(case))
            done = await _delete(tx, requests[-REQUESTS_AT_ONCE_MAX:], at_ms=at_ms)
            done = replace(done, remaining=len(requests) - len(done.requests))
        case Act.BLUR:
            done = await _each(tx, case, lambda request: _blur(tx, request))
        case Act.PAUSE_HOUR | Act.PAUSE_DAY | Act.PAUSE_WEEK | Act.PAUSE:
            until_ms = at_ms + PAUSE_MS[act] if act in PAUSE_MS else None
            pause = Pause(**_member(case), until_ms=until_ms, by_id=by_id, reason="", at_ms=at_ms)
            await put_pause(tx, pause, case_id=case.case_id)
        case Act.LIFT:
            await lift(tx, guild_id=case.guild_id, user_id=case.user_id, at_ms=at_ms)
        case Act.APPROVE | Act.DECLINE:
            await _decide(tx, case, approved=act is Act.APPROVE, by_id=by_id, at_ms=at_ms)
        case Act.DISMISS:
            actions = await case_actions.of_cases(tx, [case.case_id])
            if any(action.act is act for action in actions.get(case.case_id, ())):
                raise NothingToDo(Idle.DISMISSED)
        case _:
            assert_never(act)
    return done


async def put_pause(tx: Transaction, pause: Pause, *, case_id: int) -> None:
    """Pause somebody in place of the pause that they have; the case whose card told of that one tells of it no more."""
    member = {"guild_id": pause.guild_id, "user_id": pause.user_id}
    before = await pauses.running(tx, **member, now_ms=pause.at_ms)
    if before is not None:
        if before.pause.until_ms is None and pause.until_ms is None:
            raise NothingToDo(Idle.PAUSED)
        await case_groups.changed(tx, before.case_id)
    await pauses.put(tx, pause, case_id=case_id)


async def lift(tx: Transaction, *, guild_id: int, user_id: int, at_ms: int) -> pauses.Kept:
    """End the member's pause; returns what it was."""
    kept = await pauses.running(tx, guild_id=guild_id, user_id=user_id, now_ms=at_ms)
    if kept is None:
        raise NothingToDo(Idle.NOT_PAUSED)
    await pauses.lift(tx, guild_id=guild_id, user_id=user_id, at_ms=at_ms)
    await case_groups.changed(tx, kept.case_id)
    return kept


async def images_of(tx: Transaction, interaction_id: int) -> int:
    """How many images of a request there are; raises NothingToDo where there are none, nor will be."""
    looks = await retouching.looks(tx, interaction_id)
    # Of a card that could not be changed people still see the images, and another try may reach it.
    if looks is not None and looks.removed and not looks.unreached:
        raise NothingToDo(Idle.REMOVED)
    jobs = await job_store.jobs_of(tx, interaction_id)
    if looks is None or not (looks.images or any(not job.ended for job in jobs)):
        raise NothingToDo(Idle.NO_IMAGES)
    return looks.images


async def _each(tx: Transaction, case: Case, do: Callable[[int], Awaitable[Done]]) -> Done:
    """Do it with the request of a case, or with those of all whose card it is; what is as it was to become stays so."""
    done, idle = [], NothingToDo(Idle.NO_IMAGES)
    for interaction_id in await _requests_of(tx, case):
        try:
            done.append(await do(interaction_id))
        except NothingToDo as nothing:
            idle = nothing
    if not done:
        raise idle
    return Done(sum(each.images for each in done), tuple(request for each in done for request in each.requests))


async def _delete(tx: Transaction, requests: Sequence[int], *, at_ms: int) -> Done:
    if not requests:
        raise NothingToDo(Idle.NO_IMAGES)
    images = 0
    for interaction_id in requests:
        images += await images_of(tx, interaction_id)
        if not await retouching.remove(tx, interaction_id, by=Remover.MODERATOR, at_ms=at_ms):
            raise NothingToDo(Idle.REMOVED)
    return Done(images, tuple(requests))


async def _blur(tx: Transaction, interaction_id: int) -> Done:
    images = await images_of(tx, interaction_id)
    looks = await retouching.looks(tx, interaction_id)
    if looks is not None and looks.forgotten:
        raise NothingToDo(Idle.NO_IMAGES)
    if not await retouching.blur(tx, interaction_id):
        raise NothingToDo(Idle.REMOVED if looks is not None and looks.removed else Idle.BLURRED)
    return Done(images, (interaction_id,))


async def _decide(tx: Transaction, case: Case, *, approved: bool, by_id: int, at_ms: int) -> None:
    """Decide about an appeal, and have the member told."""
    if case.appeal is None:
        raise NothingToDo(Idle.NO_APPEAL)
    if case.appeal.approved is not None:
        raise NothingToDo(Idle.DECIDED)
    await cases.put_appeal(tx, case.case_id, replace(case.appeal, approved=approved))
    if approved:
        await _lift_what_it_caused(tx, case, by_id=by_id, at_ms=at_ms)
    await notices.add(
        tx,
        guild_id=case.guild_id,
        user_id=case.user_id,
        message_id="notice.appeal.approved" if approved else "notice.appeal.declined",
        params={"words": case.details["words"]},
        once=f"appeal:{case.case_id}",
        at_ms=at_ms,
    )


async def _lift_what_it_caused(tx: Transaction, case: Case, *, by_id: int, at_ms: int) -> None:
    """Lift the strike rule's pause, where the rule would not have paused the member without this block."""
    member = _member(case)
    kept = await pauses.running(tx, **member, now_ms=at_ms)
    if kept is None or kept.pause.by_id != RULE_ID:
        return
    told = await cases.find(tx, kept.case_id, guild_id=case.guild_id)
    rule = None if told is None else STRIKE_RULE.field.parse(told.details["rule"])
    if told is None or rule is None:
        return
    struck_ms = told.details["struck_ms"]
    strikes_ms = await cases.strikes_of(tx, **member, after_ms=struck_ms - rule.within_ms)
    if not pauses_anyway(strikes_ms, rule, since_ms=struck_ms):
        await lift(tx, **member, at_ms=at_ms)
        action = Action(act=Act.LIFT, user_id=by_id, at_ms=at_ms)
        await case_actions.add(tx, told.case_id, action, press_id=None)


async def _requests_of(tx: Transaction, case: Case) -> list[int]:
    """The requests that the card of a case is about, of which there is something on Discord or here to be changed."""
    if case.private:
        raise PrivateImage
    found = await case_groups.requests_with_images(tx, case.case_id)
    if not found and case.interaction_id is not None:
        found = [case.interaction_id]
    looks = {interaction_id: await retouching.looks(tx, interaction_id) for interaction_id in found}
    return [interaction_id for interaction_id, each in looks.items() if each is not None and not each.lost]


def _member(case: Case) -> dict[str, int]:
    """Whom a case is about; who had their data deleted is nobody in particular, and many."""
    if case.user_id == NOBODY_ID:
        raise NothingToDo(Idle.FORGOTTEN)
    return {"guild_id": case.guild_id, "user_id": case.user_id}
