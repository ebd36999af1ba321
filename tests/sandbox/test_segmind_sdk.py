"""The official SDK, unchanged, against the stand-in: what it understands, Segmind says."""

import asyncio
import contextlib
import re
from pathlib import Path

import httpx
import pytest
import segmind as sdk

import bot.sandbox.segmind
from bot.sandbox.segmind import POLLS, POSTS, CallKind, Fault, FaultKind, Rule, Step, blocked_words
from tests.sandbox.segmind_driver import KEY, driving

pytestmark = pytest.mark.asyncio


@contextlib.asynccontextmanager
async def sdk_and_driver(*, key=KEY, seconds_a_poll=60, **options):
    """The clock moves on by `seconds_a_poll` at each status poll, so that the SDK, which cannot be given a clock, never sleeps long."""
    async with driving(**options) as driver:
        driver.segmind.observe(
            lambda step, call: (
                driver.clock.advance(seconds_a_poll) if (step, call.kind) == (Step.RECEIVED, CallKind.STATUS) else None
            )
        )
        client = sdk.SegmindClient(api_key=key, base_url=f"{driver.segmind.base_url}/v1")
        try:
            yield client, driver
        finally:
            client._client.close()


async def test_run_submits_waits_and_gives_back_the_finished_body():
    async with sdk_and_driver() as (client, driver):
        result = await asyncio.to_thread(client.run, "imagen-4", prompt="a cabin", aspect_ratio="4:3")

        assert result["status"] == "COMPLETED"
        assert result["metrics"]["inference_time"] > 0
        picture = await driver.get(result.get("output"), key=None)
        assert picture.body.startswith(b"\xff\xd8")
        assert driver.segmind.requests[0].body == {"prompt": "a cabin", "aspect_ratio": "4:3"}


async def test_submit_async_and_wait_see_every_state():
    async with sdk_and_driver(seconds_a_poll=0.3) as (client, _):
        job = await asyncio.to_thread(client.submit_async, "imagen-4-ultra", prompt="a cabin")
        states = [(await asyncio.to_thread(job.status))["status"] for _ in range(120)]
        result = await asyncio.to_thread(job.wait, timeout=10, interval=0.001)

        assert list(dict.fromkeys(states)) == ["QUEUED", "PROCESSING", "COMPLETED"]
        assert result["request_id"] == job.request_id


async def test_a_failed_job_raises_inference_failed_with_the_words_of_the_block():
    async with sdk_and_driver() as (client, driver):
        driver.segmind.weather.add(Rule(blocked_words(), POSTS))
        with pytest.raises(sdk.InferenceFailed, match="42876398") as failed:
            await asyncio.to_thread(client.run, "imagen-4", prompt="a duel")

        assert failed.value.status_body["status"] == "FAILED"


async def test_a_job_that_never_ends_raises_inference_timeout_with_its_id():
    async with sdk_and_driver(seconds_a_poll=0) as (client, driver):
        job = await asyncio.to_thread(client.submit_async, "imagen-4", prompt="a cabin")
        with pytest.raises(sdk.InferenceTimeout) as timeout:
            await asyncio.to_thread(job.wait, timeout=0, interval=0.001)

        assert timeout.value.request_id == driver.segmind.requests[0].id


async def test_the_sdk_gives_a_job_up_at_the_first_429_while_polling():
    async with sdk_and_driver() as (client, driver):
        driver.segmind.weather.add(Rule(Fault(FaultKind.RATE_LIMITED), POLLS, times=1))
        with pytest.raises(sdk.SegmindError) as refused:
            await asyncio.to_thread(client.run, "imagen-4", prompt="a cabin")

        assert refused.value.status == 429


async def test_run_sync_gets_the_bytes_of_v1():
    async with sdk_and_driver() as (client, driver):
        waiting = asyncio.create_task(asyncio.to_thread(client.run_sync, "imagen-4-fast", prompt="a puppy", seed=7))
        await driver.until_taken(1)
        driver.clock.advance(120)
        response = await waiting

        assert response.content.startswith(b"\xff\xd8")
        assert response.headers["x-request-id"] == driver.segmind.requests[0].id


@pytest.mark.parametrize(
    ("slug", "key", "status", "words"),
    [
        ("imagen-9", KEY, 404, "not found"),
        ("imagen-4-fast", KEY, 404, "not found"),
        ("imagen-4", "SG_wrong", 401, "invalid"),
    ],
)
async def test_refusals_reach_the_sdk_with_status_and_words(slug, key, status, words):
    async with sdk_and_driver(key=key) as (client, _):
        with pytest.raises(sdk.SegmindError) as refused:
            await asyncio.to_thread(client.run, slug, prompt="a cabin")

        assert (refused.value.status, words in refused.value.detail) == (status, True)


async def test_the_balance_can_be_asked_for_by_the_clients_own_request():
    async with sdk_and_driver() as (client, _):
        # SDK 1.3.0 has no method for it; `_request` is what its own methods are made of.
        response = await asyncio.to_thread(client._request, "GET", "/get-user-credits")

        assert response.json() == {"credits": 25.0, "free-credits": 0.0}


async def test_the_history_reads_the_same_once_its_fixed_address_leads_here():
    async with sdk_and_driver() as (client, driver):
        # The SDK has no setting for the history's host, so its httpx client turns the request around as it leaves.
        local = httpx.URL(driver.segmind.base_url)

        def lead_here(request):
            request.url = request.url.copy_with(scheme=local.scheme, host=local.host, port=local.port)
            request.headers["Host"] = request.url.netloc.decode()

        client._client.event_hooks = {"request": [lead_here]}
        done = await asyncio.to_thread(client.run, "imagen-4", prompt="a cabin")
        listed = await asyncio.to_thread(client.generations.history, model_name="imagen-4", status="COMPLETED")
        one = await asyncio.to_thread(client.generations.get, done["request_id"])

        assert listed["data"] == [one]
        assert (one["credits_deduction"], one["request_body"]) == (0.06, {"prompt": "a cabin"})
        assert one["generation_url"] == done["output"]
        with pytest.raises(sdk.SegmindError, match="not found"):
            await asyncio.to_thread(client.generations.get, "another")


async def test_the_stand_in_only_knows_the_network_of_this_machine():
    sources = Path(bot.sandbox.segmind.__file__).parent.glob("*.py")

    addresses = {address for source in sources for address in re.findall(r"https?://[^\s\"'{]*", source.read_text())}
    assert addresses <= {"http://", "http://127.0.0.1:PORT"}
