"""The operator is warned once when the balance at Segmind falls below the threshold, and again after it recovered."""

import pytest

from bot.admin.balance import BalanceAsker, BalanceWatch
from bot.sandbox.segmind import Fault, FaultKind, Rule
from bot.sandbox.segmind.weather import CallKind
from bot.settings import BALANCE_WARNING, INSTALLATION
from bot.store import notices
from bot.store.meta import Memory
from tests.admin.segmind import outside
from tests.admin.support import OPERATOR, rulebook

pytestmark = pytest.mark.asyncio


class Heard:
    def __init__(self):
        self.times = 0

    async def __call__(self):
        self.times += 1


def watch(db, clock, out, heard=None, noticed=None):
    asker = BalanceAsker(painter=out.painter, budget=out.budget, key_rejected=heard or Heard())
    return BalanceWatch(
        asker=asker,
        db=db,
        memory=Memory(db),
        rulebook=rulebook(db, clock),
        noticed=noticed or (lambda: None),
        clock=clock,
    )


async def told(db):
    return [(each.guild_id, each.message_id, each.params) for each in await notices.open_ones(db, limit=100)]


async def test_a_balance_below_the_threshold_is_told_once_and_after_a_restart_still_once(db, clock):
    async with outside(clock) as out:
        out.segmind.book.balance_microcredits = 4_999_999
        for _ in range(2):
            await watch(db, clock, out).look()
        out.segmind.book.balance_microcredits = 1
        await watch(db, clock, out).look()
    params = {"left_microcredits": 4_999_999, "threshold_microcredits": 5_000_000}
    assert await told(db) == [(INSTALLATION, "notice.balance", params)]


async def test_a_warning_is_on_its_way_at_once(db, clock):
    pokes = []
    async with outside(clock) as out:
        for balance, poked in ((5_000_000, 0), (4_000_000, 1), (3_000_000, 1)):
            out.segmind.book.balance_microcredits = balance
            await watch(db, clock, out, noticed=lambda: pokes.append("poked")).look()
            assert len(pokes) == poked


async def test_once_it_was_above_the_threshold_it_is_told_again(db, clock):
    async with outside(clock) as out:
        for balance in (4, 5_000_000, 6_000_000, 3, 2, 5_000_001, 1):
            out.segmind.book.balance_microcredits = balance
            await watch(db, clock, out).look()
    assert [params["left_microcredits"] for _, _, params in await told(db)] == [4, 3, 1]


async def test_the_threshold_is_the_one_that_the_operator_set(db, clock):
    async with outside(clock) as out:
        out.segmind.book.balance_microcredits = 5_000_000
        await watch(db, clock, out).look()
        assert await told(db) == []
        await rulebook(db, clock).change(INSTALLATION, BALANCE_WARNING, lambda _: 20_000_000, user_id=OPERATOR)
        await watch(db, clock, out).look()
    assert len(await told(db)) == 1


async def test_a_balance_that_is_not_told_is_no_balance_of_zero(db, clock):
    async with outside(clock) as out:
        out.segmind.book.balance_microcredits = 1
        out.segmind.weather.add(Rule(Fault(FaultKind.ERROR_JSON), frozenset({CallKind.BALANCE}), times=1))
        await watch(db, clock, out).look()
        assert await told(db) == []
        await watch(db, clock, out).look()
    assert len(await told(db)) == 1


async def test_a_key_that_is_refused_is_reported_and_is_no_balance_of_zero(db, clock):
    heard = Heard()
    async with outside(clock, api_key="SG_somebody_elses_key") as out:
        await watch(db, clock, out, heard).look()
    assert heard.times == 1
    assert await told(db) == []
