"""What goes wrong on demand, and the limits that Discord keeps."""

import asyncio

import aiohttp
import pytest

from bot.sandbox.discord.calls import Step
from bot.sandbox.discord.faults import Failure, Fault, FaultPlan
from bot.sandbox.discord.rate_limits import Limit, RateLimits
from tests.sandbox.discord_rig import rigged

pytestmark = pytest.mark.asyncio

ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"


async def test_a_fault_comes_as_often_as_it_was_asked_for_and_only_where():
    plan = FaultPlan()
    plan.add(Fault(route=ORIGINAL, method="PATCH", failure=Failure.SERVER_ERROR, skip=1, times=2))
    seen = [plan.next_for(method="PATCH", route=ORIGINAL) is not None for _ in range(5)]
    assert seen == [False, True, True, False, False]
    plan.add(Fault(route=ORIGINAL, method="PATCH", failure=Failure.DROP))
    assert plan.next_for(method="GET", route=ORIGINAL) is None
    assert plan.next_for(method="PATCH", route="/other") is None
    plan.clear()
    assert plan.next_for(method="PATCH", route=ORIGINAL) is None


@pytest.mark.parametrize("acted", [False, True])
async def test_a_server_error_may_come_before_or_after_the_act(acted):
    async with rigged() as rig:
        record = await rig.deferred()
        rig.local.faults.add(Fault(route=ORIGINAL, failure=Failure.SERVER_ERROR, status=502, acted=acted))
        status, _ = await rig.edit(record, {"content": "hi"})
        assert status == 502
        assert (record.body is not None) is acted
        assert (await rig.edit(record, {"content": "hi"}))[0] == 200


@pytest.mark.parametrize("acted", [False, True])
async def test_a_connection_may_drop_before_or_after_the_act(acted):
    async with rigged() as rig:
        record = await rig.use()
        route = "/interactions/{interaction_id}/{interaction_token}/callback"
        rig.local.faults.add(Fault(route=route, failure=Failure.DROP, acted=acted))
        with pytest.raises(aiohttp.ClientError):
            await rig.answer(record, {"type": 5})
        assert (record.acknowledged_ms is not None) is acted
        status, body = await rig.answer(record, {"type": 5})
        assert (status, (body or {}).get("code")) == ((400, 40060) if acted else (200, None))
        assert rig.local.calls[-2].fault == "drop"


async def test_a_stall_lets_time_pass_before_the_act():
    async with rigged() as rig:
        record = await rig.use()
        rig.local.faults.add(Fault(route="*", failure=Failure.STALL, stall_s=4))
        status, body = await rig.answer(record, {"type": 5})
        assert (status, body["code"]) == (404, 10062)


async def test_a_stall_may_come_between_the_act_and_its_answer():
    async with rigged() as rig:
        record = await rig.use()
        rig.local.faults.add(Fault(route="*", failure=Failure.STALL, stall_s=4, acted=True))
        assert (await rig.answer(record, {"type": 5}))[0] == 200
        assert record.acknowledged_after_ms == 0
        assert rig.local.calls[-1].answered_ms - rig.local.calls[-1].acted_ms == 4_000


@pytest.mark.parametrize(("code", "status"), [(40005, 413), (10008, 404), (50013, 403), (200000, 400), (30046, 429)])
async def test_any_error_of_discords_comes_on_demand(code, status):
    async with rigged() as rig:
        rig.local.faults.add(Fault.from_json({"route": "*", "failure": "api_error", "code": code}))
        answered, body = await rig.post({"content": "x"})
        assert (answered, body["code"]) == (status, code)


async def test_an_error_that_discord_does_not_have_cannot_be_demanded():
    with pytest.raises(ValueError, match="unknown error code"):
        Fault.from_json({"route": "*", "failure": "api_error", "code": 12345})


async def test_a_demanded_rate_limit_tells_how_long_and_counts_as_invalid_unless_shared():
    async with rigged() as rig:
        for scope in ("user", "shared"):
            rig.local.faults.add(Fault(route="*", failure=Failure.RATE_LIMIT, retry_after_s=2.5, scope=scope))
            status, body = await rig.post({"content": "x"})
            assert (status, body["retry_after"], body["global"]) == (429, 2.5, False)
            assert "Via" in rig.headers
        assert rig.local.invalid_requests == 1
        rig.clock.advance(600_000)
        assert rig.local.invalid_requests == 0


async def test_an_interactions_webhook_takes_five_calls_in_two_seconds():
    limits = RateLimits(webhook=Limit(5, 2.0), channel_messages=None, bot_global=None)
    async with rigged(limits=limits) as rig:
        record, other = await rig.deferred(), await rig.deferred()
        left = []
        for _ in range(5):
            await rig.edit(record, {"content": "x"})
            left.append(rig.headers["X-RateLimit-Remaining"])
        assert left == ["4", "3", "2", "1", "0"]
        assert rig.headers["X-RateLimit-Reset-After"] == "2.000"
        assert (await rig.edit(record, {"content": "x"}))[0] == 429
        assert (await rig.edit(other, {"content": "x"}))[0] == 200
        rig.clock.advance(2_000)
        assert (await rig.edit(record, {"content": "x"}))[0] == 200


async def test_first_answers_have_a_bucket_only_where_one_is_asked_for():
    async with rigged() as rig:
        await rig.deferred()
        assert "X-RateLimit-Bucket" not in rig.headers
        rig.local.limits.callback = Limit(1, 2.0)
        await rig.deferred()
        assert rig.headers["X-RateLimit-Remaining"] == "0"


async def test_a_limit_can_be_switched_off_while_the_server_runs():
    limits = RateLimits(webhook=Limit(1, 2.0), channel_messages=None, bot_global=None)
    async with rigged(limits=limits) as rig:
        record = await rig.deferred()
        assert [(await rig.edit(record, {"content": "x"}))[0] for _ in range(2)] == [200, 429]
        rig.local.limits.webhook = None
        assert (await rig.edit(record, {"content": "x"}))[0] == 200


async def test_bot_routes_share_a_global_limit_that_interactions_do_not_count_towards():
    limits = RateLimits(webhook=None, channel_messages=None, bot_global=Limit(3, 1.0))
    async with rigged(limits=limits) as rig:
        assert [(await rig.call("GET", "/users/@me"))[0] for _ in range(3)] == [200, 200, 429]
        assert rig.headers["X-RateLimit-Global"] == "true"
        await rig.deferred()
        rig.clock.advance(1_000)
        assert (await rig.call("GET", "/users/@me"))[0] == 200


async def test_an_observer_can_hold_a_call_at_each_step():
    async with rigged() as rig:
        steps, gate, held, over = [], asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def observer(call, step):
            steps.append((call.method, step))
            if step is Step.ACTED:
                held.set()
                await gate.wait()
            elif step is Step.ANSWERED:
                over.set()

        rig.local.observe(observer)
        record = await rig.use()
        task = asyncio.create_task(rig.answer(record, {"type": 5}))
        await held.wait()
        assert record.acknowledged_ms is not None
        assert not task.done()
        gate.set()
        assert (await task)[0] == 200
        await over.wait()
        assert [step for _, step in steps] == [Step.RECEIVED, Step.ACTED, Step.ANSWERED]


async def test_the_log_of_calls_keeps_what_was_sent_and_what_came_back():
    async with rigged() as rig:
        record = await rig.deferred()
        await rig.edit(record, {"content": "x"}, files={"a.bin": b"123"})
        call = rig.local.calls[-1]
        assert (call.method, call.route, call.status) == ("PATCH", ORIGINAL, 200)
        assert call.payload == {"content": "x"}
        assert [(file.field, file.filename, file.size_bytes) for file in call.files] == [("files[0]", "a.bin", 3)]
        assert call.answer["content"] == "x"
        await rig.edit(record, {"content": "x" * 3000})
        assert rig.local.calls[-1].error_code == 50035
