"""The power is cut in the middle of what moderators and members do: SIGKILL, no mock.

Each act is done once or not at all, and every card tells the truth: before the press was read, before and after the COMMIT,
and around each call to Discord that follows.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import pytest

from tests.e2e.case_truth import Books, answers, stands, wrongs
from tests.e2e.court import WAIT_S, Court, in_court
from tests.e2e.court_gates import around
from tests.e2e.gates import Stop
from tests.e2e.scenes import SCENES, Scene

# So many are prepared side by side, and pressed in one breath: Discord wants each answered within three seconds.
AT_ONCE = 12
# A call that is lost, one of which the answer is, and one of which the bot's own note is.
STOPS = 3
# How often the bot is cut with something held, and when it stays dark for so long that only looking tells what is there.
LIVES, OUTAGE = 4, 1
pytestmark = pytest.mark.asyncio


async def prepared(court: Court, scenes: Sequence[Scene]) -> None:
    """Bring all servers to where the acts can be done; the bot runs."""
    room = asyncio.Semaphore(AT_ONCE)

    async def prepare(scene: Scene) -> None:
        async with room, asyncio.timeout(WAIT_S):
            await scene.prepare()

    await asyncio.gather(*map(prepare, scenes))
    await court.rest(scene.server for scene in scenes)


async def do(scenes: Iterable[Scene]) -> None:
    for scene in scenes:
        await scene.do()


async def truth(court: Court, scenes: Sequence[Scene]) -> set[Scene]:
    """Wait until the bot has caught up; returns what was done, when nothing is wrong."""
    await court.rest(scene.server for scene in scenes)
    async with court.database() as db:
        found = await wrongs(court, db, scenes)
        assert not found, "\n".join(found)
        return {scene for scene in scenes if stands(scene, await Books.read(db, scene.server.guild.id))}


async def again(court: Court, scenes: Sequence[Scene]) -> None:
    """Whoever did it does it again, is told whether it was done before, and then it is done once."""
    stood = await truth(court, scenes)
    for at in range(0, len(scenes), AT_ONCE):
        some = scenes[at : at + AT_ONCE]
        records = [await scene.do() for scene in some]
        for scene, record in zip(some, records, strict=True):
            told = answers(scene, record, stood=scene in stood)
            async with asyncio.timeout(WAIT_S):
                # Nothing can be said to somebody whom a slow machine did not answer in time.
                await record.until(lambda record, told=told: told(record) or record.failed)
    assert await truth(court, scenes) == set(scenes)


@dataclass(frozen=True)
class Held:
    """A scene that is to be cut at this stop."""

    scene: Scene
    call: str
    stop: Stop


def at_every_call(court: Court, scenes: Iterable[type[Scene]]) -> list[Held]:
    """A scene of its own for each stop on its way."""
    return [
        Held(scene := kind(court), call, around(call, partial(scene.matches, call))[at])
        for kind in scenes
        for call in kind.calls
        for at in range(STOPS)
    ]


def divided(held: Sequence[Held]) -> list[list[Held]]:
    """What is held in each life, but for the answers: no more of a kind than can be."""
    at = {call: [each for each in held if call in each.call] for call in ("image", "log", "post", "direct")}
    # The bot changes four cards of images at once, and tells members one after the other.
    parts = [at["image"][number::LIVES] for number in range(LIVES)]
    parts[0] += at["log"]
    parts[OUTAGE] += at["post"]
    for part, each in zip((parts[0], parts[2], parts[3]), at["direct"], strict=True):
        part.append(each)
    return parts


async def hold(court: Court, some: Sequence[Held]) -> None:
    """Do these, and wait until each stands at its stop."""
    stops = {each.scene.server.guild.name: each.stop for each in some}
    await court.hold(stops, partial(do, [each.scene for each in some]))


async def live_and_die(court: Court, kinds: Sequence[type[Scene]], *, commits: Sequence[int]) -> None:
    """All that is done in one court, cut at every call and at COMMITs; in the end everything is as it must be."""
    held = at_every_call(court, kinds)
    unread = [kind(court) for kind in kinds]
    fresh = {nth: [kind(court) for kind in kinds] for nth in commits}
    everything = [each.scene for each in held] + unread + [scene for some in fresh.values() for scene in some]
    await court.set_up([scene.server for scene in everything])
    parts = divided(held)
    at_answers = [each for each in held if each.call == "answer"]

    async with court.bot() as process:
        await prepared(court, everything)
        assert await truth(court, everything) == set()
        await hold(court, parts[0])
        # The first answer has to be there within three seconds, so nobody can be held there for long.
        await hold(court, at_answers)
        await court.cut(process, unread=partial(do, unread))

    before = [each.scene for each in parts[0] + at_answers]
    cuts = [(("before", 1), unread), (("after", 1), unread), *((("after", nth), fresh[nth]) for nth in commits)]
    pressed = unread
    for at, (halt, now) in enumerate(cuts, start=1):
        async with court.bot(halt=halt) as process:
            await again(court, before)
            stood = await truth(court, pressed)
            # What was not read, or not committed, is as if it had never been.
            assert bool(stood) is (at > 2)
            if now is not pressed:
                await again(court, pressed)
            part = parts[at] if at < LIVES else []
            await hold(court, part)
            await court.cut_at_commit(process, partial(do, now))
        if at == OUTAGE:
            court.stay_dark()
        before, pressed = [each.scene for each in part], now

    async with court.bot() as process:
        await again(court, before + pressed)
        process.terminate()
        async with asyncio.timeout(WAIT_S):
            assert await process.wait() == 0
    await truth(court, everything)


async def test_a_cut_in_the_middle_of_an_act_leaves_it_done_once_or_not_at_all(tmp_path):
    async with in_court(tmp_path) as court:
        await live_and_die(court, SCENES, commits=[2])


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("late_s", [0.0, 0.01, 0.03, 0.1])
async def test_cuts_at_later_commits_do_so_too(tmp_path, late_s):
    async with in_court(tmp_path, late_s=late_s) as court:
        await live_and_die(court, SCENES, commits=range(2, 6))
