"""The power is cut at every step between acceptance and delivery, for every way a request can end: SIGKILL, no mock."""

import asyncio
import contextlib
import itertools
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.store.sqlite import open_sqlite
from tests.e2e.asks import ASKS, Ask, Asked, Seen, quick_outside, turn_away_the_busy, use, wrongs
from tests.e2e.gates import FIRST_ANSWER, FIRST_NOTE, LOST_SUBMIT, REST, Gates, Stop
from tests.e2e.rig import Outside, booted, tell_all

# Far more than it takes anywhere: whoever waits so long has something wrong.
REACH_S, END_S = 90.0, 90.0
# So many ask in one breath: Discord wants each answered within three seconds, also by a machine with other work to do.
AT_ONCE = 24
# How fast the clock of a bot runs that takes up what was cut off, and of one that looks for ten minutes for what was lost.
NEXT_SPEED, SEARCH_SPEED = 4.0, 120.0
# Who besides mia asks for their first image.
NEWCOMERS = ("jules", "mona", "adam", "olga")
LOOK_S, SETTLE_S, ANSWERS_S = 0.1, 0.5, 4.0
# So much that nothing but the gates ever holds anything.
ROOM = {
    "CONNECTIONS": "1000",
    "UPLOADS_AT_ONCE": "100",
    "JOBS_IN_FLIGHT": "10000",
    "JOBS_PER_MEMBER": "10000",
    "JOBS_PER_SERVER": "10000",
    "CEILING_PER_DAY_CREDITS": "100000",
    "MONTHLY_LIMIT_CREDITS": "1000",
    "LOG_LEVEL": "WARNING",
}
pytestmark = pytest.mark.asyncio
Cut = tuple[Ask, Stop]


class House:
    """A bot whose power can be cut, and everything it was ever asked for."""

    def __init__(self, there: Outside) -> None:
        self.there = there
        self.gates = Gates(there)
        self.asked: list[Asked] = []
        self._numbers = itertools.count(1)

    async def ask(self, ask: Ask, stop: Stop | None = None, *, name: str = "", lost: bool = False) -> Asked:
        """Ask for it, to be held at this stop."""
        number = next(self._numbers)
        asked = await use(self.there, ask, stop=stop.name if stop else name, number=number, lost=lost)
        self.asked.append(asked)
        if stop is not None:
            self.gates.set(asked.prompt, stop)
        return asked

    async def ask_all(self, cuts: Iterable[Cut], *, lost: bool = False) -> None:
        """Ask for all of it, some at once; whom a slow machine did not answer in time asks again."""
        left = list(cuts)
        async with asyncio.timeout(REACH_S):
            while left:
                some, left = left[:AT_ONCE], left[AT_ONCE:]
                asked = [(await self.ask(ask, stop, lost=lost), stop) for ask, stop in some]
                await asyncio.gather(*(self._answered(each) for each, _ in asked))
                left += [(each.ask, stop) for each, stop in asked if self._unanswered(each)]

    async def _answered(self, asked: Asked) -> None:
        while asked.record.acknowledged_ms is None and asked.prompt not in self.gates.held and not asked.record.failed:  # noqa: ASYNC110 - the gates tell nobody
            await asyncio.sleep(0.01)

    def _unanswered(self, asked: Asked) -> bool:
        """Whether the person saw "The application did not respond", and nothing of it is held."""
        return asked.record.failed and asked.prompt not in self.gates.held

    async def leave_out_what_cannot_be_told(self) -> None:
        """Forget those with a submit that was out and is not at Segmind; the power is cut."""
        out = await self.ids("SELECT interaction_id FROM jobs WHERE state = 'submitting'")
        taken = Counter(request.prompt for request in self.there.segmind.requests)
        self.asked = [each for each in self.asked if each.record.id not in out or taken[each.prompt] == each.ask.jobs]

    async def ids(self, sql: str) -> set[int]:
        db = await open_sqlite(self.there.database)
        try:
            return {row["interaction_id"] for row in await db.fetch(sql)}
        finally:
            await db.close()

    def boot(self, speed: float | None = None) -> contextlib.AbstractAsyncContextManager[asyncio.subprocess.Process]:
        return booted(self.there, speed=speed, **ROOM)

    async def until_all_stand(self) -> None:
        """Until each is held at its stop, or has ended because its way does not lead there."""
        await self._until(lambda each: each.prompt in self.gates.held or self._unanswered(each), within_s=REACH_S)

    async def until_all_ended(self, *, speed: float = NEXT_SPEED) -> None:
        """Until each that was accepted has ended."""
        accepted = await self.ids("SELECT interaction_id FROM requests")
        async with self.boot(speed) as process:
            await self._until(lambda each: each.record.id not in accepted, within_s=END_S)
            await asyncio.sleep(SETTLE_S)
            process.terminate()
            async with asyncio.timeout(END_S):
                assert await process.wait() == 0

    async def _until(self, settled: Callable[[Asked], bool], *, within_s: float) -> None:
        """Wait until each is settled or has ended."""
        left = self.asked
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while left := [each for each in left if not settled(each)]:
                    seen = Seen(self.there)
                    left = [each for each in left if not seen.cards(each)]
                    await asyncio.sleep(LOOK_S)
        stuck = ", ".join(map(str, left))
        assert not stuck, self.there.log.read_text()[-3000:]


@contextlib.asynccontextmanager
async def housed(folder: Path, *, told: bool = False) -> AsyncIterator[House]:
    """Where all were `told` what becomes of prompts, no note comes before the first card of each."""
    async with quick_outside(folder) as there:
        turn_away_the_busy(there.segmind)
        if told:
            await tell_all(there)
        yield House(there)


def cannot_be_told(ask: Ask, stop: Stop) -> bool:
    """Whether the power is cut while nobody here can know that the submit was not taken."""
    return stop.before_submit and (stop.lost or ask.turned_away)


async def cut(house: House, process: asyncio.subprocess.Process, *, after_answers_s: float) -> None:
    """Cut the power so many seconds after the answers have left, once all stand where they are to be held."""
    await house.until_all_stand()
    # While the bot stands still, everything that is to be answered is answered, so that nothing depends on luck.
    process.send_signal(signal.SIGSTOP)
    for ask in ASKS:
        await house.ask(ask, name="dispatched")
    house.gates.answer()
    # On a slow machine the bot may have hung up on an answer by now; the others are not to wait for that one.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ANSWERS_S):
            while house.gates.unanswered > 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    if after_answers_s:
        process.send_signal(signal.SIGCONT)
        await asyncio.sleep(after_answers_s)
    process.kill()
    await process.wait()
    house.gates.open()


def at_each(stops: Sequence[Stop]) -> list[Cut]:
    """One of each request at each of these stops."""
    return [each for each in itertools.product(ASKS, stops) if not cannot_be_told(*each)]


async def live_and_die(folder: Path, cuts: Sequence[Cut], *, told: bool, after_answers_s: float) -> None:
    """Each request at its stop, a cut, and everything as it must be after the next start."""
    async with housed(folder, told=told) as house:
        async with house.boot() as process:
            await house.ask_all(cuts)
            await cut(house, process, after_answers_s=after_answers_s)
        await house.until_all_ended()
        # The stops were really reached: an edit of a card, a poll, a picture, not only the first step.
        reached = {each.stop for each in house.asked if each.prompt in house.gates.held}
        assert reached == {stop.name for _, stop in cuts}
        assert await wrongs(house.there, house.asked) == []


# Late enough that some answers were read and some not, and some were written down.
at_once_and_later = pytest.mark.parametrize("after_answers_s", [0.0, 0.03], ids=["at once", "later"])


@at_once_and_later
async def test_a_cut_at_the_first_answer_or_at_the_first_note_loses_nothing_and_doubles_nothing(
    tmp_path, after_answers_s
):
    # Each is told once only, and nothing else of theirs overtakes it.
    notes = [(replace(ASKS[0], by=name), stop) for name, stop in zip(NEWCOMERS, FIRST_NOTE, strict=True)]
    await live_and_die(tmp_path, at_each(FIRST_ANSWER) + notes, told=False, after_answers_s=after_answers_s)


@at_once_and_later
async def test_a_cut_at_any_step_of_the_rest_of_the_way_loses_nothing_and_doubles_nothing(tmp_path, after_answers_s):
    await live_and_die(tmp_path, at_each(REST), told=True, after_answers_s=after_answers_s)


async def test_a_submit_of_which_nobody_can_tell_is_looked_for_and_then_lost_with_a_message(tmp_path):
    """Among them every submit that was turned away, cut off between that answer and its commit."""
    cuts = [each for each in itertools.product(ASKS, (LOST_SUBMIT, *REST)) if cannot_be_told(*each)]
    async with housed(tmp_path, told=True) as house:
        async with house.boot() as process:
            await house.ask_all(cuts, lost=True)
            await cut(house, process, after_answers_s=0.0)
            held = {each.record.id: each for each in house.asked if each.prompt in house.gates.held}
        await house.until_all_ended(speed=SEARCH_SPEED)
        assert {(each.ask.name, each.stop) for each in held.values()} == {(ask.name, stop.name) for ask, stop in cuts}
        assert await house.ids("SELECT interaction_id FROM jobs WHERE outcome = 'fate_unknown'") == set(held)
        assert await wrongs(house.there, house.asked) == []


async def cut_at_random(house: House, *, seed: int, cuts: int) -> None:
    rng = Random(seed)
    for number in range(cuts):
        async with house.boot() as process:
            for ask in ASKS:
                await house.ask(ask, name=f"before cut {number}")
            await asyncio.sleep(rng.uniform(0.0, 2.5))
            process.kill()
            await process.wait()
    # Where a submit was out that was not taken, nobody can tell for ten minutes; a test of its own waits for those.
    await house.leave_out_what_cannot_be_told()
    await house.until_all_ended()


async def test_cuts_at_random_moments_one_after_another_lose_nothing_and_double_nothing(tmp_path):
    async with housed(tmp_path) as house:
        await cut_at_random(house, seed=1, cuts=4)
        assert await wrongs(house.there, house.asked) == []


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(2, 12))
async def test_many_cuts_at_random_moments_lose_nothing_and_double_nothing(tmp_path, seed):
    async with housed(tmp_path) as house:
        await cut_at_random(house, seed=seed, cuts=10)
        assert await wrongs(house.there, house.asked) == []
