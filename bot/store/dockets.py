"""Cases with all that their cards tell: what was done about each, and what its request and its member are now."""

from collections.abc import Sequence
from dataclasses import replace

from bot.moderation.cases import Case, Docketed, Subject
from bot.store import case_actions, evidence, pauses, retouching
from bot.store.database import Reader


async def docketed(reader: Reader, cases: Sequence[Case]) -> list[Docketed]:
    """These cases, in their order."""
    ids = [case.case_id for case in cases]
    actions = await case_actions.of_cases(reader, ids)
    keeping = await evidence.cases_with_any(reader, ids)
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
        found.append(Docketed(case=case, actions=tuple(actions.get(case.case_id, ())), subject=subject))
    return found


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
