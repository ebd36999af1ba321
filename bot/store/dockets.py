"""Cases with all that their cards tell: what was done about each, and what its request and its member are now."""

from collections.abc import Sequence
from dataclasses import replace

from bot.moderation.cases import Case, CaseKind, Docketed, Subject
from bot.store import case_actions, case_groups, evidence, pauses, retouching
from bot.store.case_groups import Joined
from bot.store.database import Reader


async def docketed(reader: Reader, cases: Sequence[Case]) -> list[Docketed]:
    """These cases, in their order."""
    ids = [case.case_id for case in cases]
    actions = await case_actions.of_cases(reader, ids)
    keeping = await evidence.cases_with_any(reader, ids)
    joined = await case_groups.joined(reader, [case.case_id for case in cases if case.kind is CaseKind.BLOCK])
    found = []
    for case in cases:
        subject = await subject_of(
            reader,
            guild_id=case.guild_id,
            user_id=case.user_id,
            # Of a private image nothing is theirs to see or to touch.
            interaction_id=None if case.private else case.interaction_id,
        )
        subject = replace(subject, evidence=case.case_id in keeping)
        each = Docketed(case=case, actions=tuple(actions.get(case.case_id, ())), subject=subject)
        found.append(await _with_joined(reader, each, joined[case.case_id]) if case.case_id in joined else each)
    return found


async def _with_joined(reader: Reader, docketed: Docketed, joined: Joined) -> Docketed:
    """The case with those that joined it, and with the images of all of them for its subject."""
    requests = await case_groups.requests_with_images(reader, docketed.case.case_id)
    looks = [each for each in [await retouching.looks(reader, found) for found in requests] if each is not None]
    subject = docketed.subject
    if looks:
        # Where one of them can still be acted upon, all of them can.
        subject = replace(
            subject,
            message=next((each.message for each in looks if each.message is not None), None),
            images=sum(each.images for each in looks),
            pending=sum(each.pending for each in looks),
            removed=all(each.removed for each in looks),
            blurred=all(each.blurred for each in looks),
            unreached=any(each.unreached for each in looks),
            lost=all(each.lost for each in looks),
            forgotten=all(each.forgotten for each in looks),
        )
    return replace(docketed, subject=subject, joined=joined.newest, joined_count=joined.count)


async def subject_of(reader: Reader, *, guild_id: int, user_id: int, interaction_id: int | None) -> Subject:
    """What a request and its member are now; a pause that is over still tells when it ended."""
    looks = None if interaction_id is None else await retouching.looks(reader, interaction_id)
    last = await pauses.last(reader, guild_id=guild_id, user_id=user_id)
    until_ms = 0 if last is None or last.lifted_ms is not None else last.pause.until_ms
    if looks is None:
        return Subject(paused_until_ms=until_ms)
    return Subject(
        message=looks.message,
        images=looks.images,
        pending=looks.pending,
        removed=looks.removed,
        blurred=looks.blurred,
        unreached=looks.unreached,
        lost=looks.lost,
        forgotten=looks.forgotten,
        paused_until_ms=until_ms,
    )
