"""Everybody tries everything: who may is let through, who may not is told so in private, and nothing of it is left."""

import pytest

from tests.permissions.house import stood
from tests.permissions.said import is_said
from tests.permissions.table import TABLE
from tests.permissions.things import furnishing
from tests.permissions.uses import Who

pytestmark = pytest.mark.asyncio

# With these nothing was done either, but nobody was refused for who they are.
NOT_KNOWN = (
    "button.stale",
    "defaults.stale",
    "draft.store",
    "error.unexpected",
    "history.stale",
    "moderation.stale",
    "moderation.store",
    "panel.stale",
    "panel.store",
    "panel.slow",
    "preset.stale",
    "usage.stale",
    "words.stale",
)


def wrong_about_refusal(line, outcome, before, after):
    """Why this is no refusal; nothing where it is one."""
    if outcome.kind != "told" or not outcome.private:
        return f"was answered: {outcome}"
    if not is_said(outcome.said, line.refused):
        return f"was told something else: {outcome}"
    if before != after:
        return f"was refused and has changed {sorted(before ^ after)}"
    return ""


async def wrong_about_permission(line, who, outcome, before, house):
    """Why this person was not let through."""
    if outcome.kind == "silent":
        return "was not answered"
    unknown = [each for each in NOT_KNOWN if each not in line.refused]
    if outcome.kind == "told" and is_said(outcome.said, [*line.refused, *unknown]):
        return f"was refused: {outcome}"
    if who in {Who.STRANGER, Who.ALONE}:
        # They name what is not there, or have it so before.
        pass
    elif line.writes and not await house.differs(before, line.writes):
        return f"has changed nothing: {outcome}"
    elif line.done and not is_said(outcome.said, [line.done]):
        return f"was told something else: {outcome}"
    if who is Who.STRANGER and (of_home := [row for row in before ^ house.rows() if str(house.home.id) in row]):
        return f"has changed another server: {of_home}"
    return ""


async def test_each_control_is_for_whom_the_table_names_and_for_nobody_else(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            tries = [(line, who, await things.make(line.needs)) for line in TABLE for who in Who]
        async with house.inhabited():
            wrong = [problem async for problem in _refused(house, tries)]
            wrong += [problem async for problem in _let_through(house, tries)]
    assert not wrong, "\n".join(wrong)


async def _refused(house, tries):
    """While nothing else happens, so that any change is theirs."""
    before = house.rows()
    for line, who, made in tries:
        if who not in line.may:
            outcome = await house.use(line.use(house.at(made)), who)
            after = house.rows()
            if problem := wrong_about_refusal(line, outcome, before, after):
                yield f"{line}: {who} {problem}"
            before = after
    await house.rests()
    if house.rows() != before:
        yield f"somebody was refused and has changed {sorted(house.rows() ^ before)}"


async def _let_through(house, tries):
    """Strangers first: afterwards the bot has things to do in Aquarium."""
    for line, who, made in sorted(tries, key=lambda each: each[1] is not Who.STRANGER):
        if who in line.may:
            # A stranger may change nothing in any table of Aquarium's.
            before = house.rows() if who is Who.STRANGER else house.rows(line.writes) if line.writes else frozenset()
            outcome = await house.use(line.use(house.at(made)), who)
            if problem := await wrong_about_permission(line, who, outcome, before, house):
                yield f"{line}: {who} {problem}"
