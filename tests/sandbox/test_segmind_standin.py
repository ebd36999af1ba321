import asyncio
import base64
import io
import json
import sys
from dataclasses import replace

import aiohttp
import pytest
from PIL import Image

from bot.sandbox.segmind import MODELS, Api, CallKind, Fault, FaultKind, OutputShape, Rule, State, Step, Style
from bot.sandbox.segmind import POSTS as POST_CALLS
from bot.sandbox.segmind.drawing import Picture, draw
from tests.sandbox.segmind_driver import KEY, driving

pytestmark = pytest.mark.asyncio


async def test_a_submit_answers_with_an_id_and_the_three_addresses_to_follow_it():
    async with driving() as driver:
        told = (await driver.submit()).json

        url = f"{driver.segmind.base_url}/v2/requests/{told['request_id']}"
        assert told == {
            "request_id": told["request_id"],
            "status": "QUEUED",
            "status_url": f"{url}/status",
            "response_url": url,
            "poll_url": f"{url}/status",
        }


async def test_a_request_is_queued_then_processing_then_completed_by_the_clock_alone():
    async with driving() as driver:
        request_id = (await driver.submit()).json["request_id"]
        request = driver.segmind.requests[0]
        seen = [(await driver.status(request_id)).json]
        driver.clock.advance((request.started_ms - request.created_ms) / 1000)
        seen.append((await driver.status(request_id)).json)
        driver.clock.advance((request.ended_ms - request.started_ms - 1) / 1000)
        seen.append((await driver.status(request_id)).json)
        driver.clock.advance(0.001)
        seen.append((await driver.status(request_id)).json)

        assert [told["status"] for told in seen] == ["QUEUED", "PROCESSING", "PROCESSING", "COMPLETED"]
        assert seen[0] == {"request_id": request_id, "status": "QUEUED", "metrics": {}}


async def test_a_result_names_the_picture_and_what_it_cost():
    async with driving(balance_microcredits=1_000_000) as driver:
        told = (await driver.result(await driver.finished())).json

        assert told["status"] == "COMPLETED"
        assert told["images"] == [{"url": told["output"], "content_type": "image/jpeg"}]
        assert told["metrics"]["cost"] == 0.06
        assert told["metrics"]["remaining_credits"] == 0.94
        assert told["metrics"]["total_time"] == pytest.approx(
            told["metrics"]["queue_time"] + told["metrics"]["inference_time"]
        )


async def test_a_result_asked_for_too_early_is_the_status_body():
    async with driving() as driver:
        request_id = (await driver.submit()).json["request_id"]

        reply = await driver.result(request_id)

        assert (reply.status, reply.json["status"]) == (200, "QUEUED")


async def test_a_failed_request_is_422_on_status_and_result_and_costs_nothing():
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(FaultKind.FAILED, text="the worker broke"), POST_CALLS))
        before = driver.segmind.book.balance_microcredits
        request_id = await driver.finished()

        for reply in (await driver.status(request_id), await driver.result(request_id)):
            assert reply.status == 422
            assert (reply.json["status"], reply.json["error"]) == ("FAILED", "the worker broke")
            assert "cost" not in reply.json["metrics"]
        assert driver.segmind.book.balance_microcredits == before
        assert driver.segmind.requests[0].charged_microcredits == 0


async def test_a_request_is_charged_once_and_only_when_it_completes():
    async with driving() as driver:
        before = driver.segmind.book.balance_microcredits
        request_id = (await driver.submit()).json["request_id"]
        assert driver.segmind.book.balance_microcredits == before
        driver.clock.advance(120)
        await driver.result(request_id)
        await driver.result(request_id)

        assert driver.segmind.book.balance_microcredits == before - 60_000
        assert driver.segmind.requests[0].charged_microcredits == 60_000
        assert driver.segmind.requests[0].state is State.COMPLETED


async def test_results_are_gone_an_hour_after_submission_but_the_file_stays_for_days():
    async with driving() as driver:
        request_id = await driver.finished()
        image_url = (await driver.result(request_id)).json["output"]
        driver.clock.advance(3600 - 120 - 1)
        assert (await driver.result(request_id)).status == 200
        driver.clock.advance(1)

        for reply in (await driver.status(request_id), await driver.result(request_id)):
            assert (reply.status, reply.json) == (404, {"error": f"Request {request_id} not found"})
        assert (await driver.get(image_url, key=None)).status == 200
        driver.clock.advance(7 * 86_400)
        assert (await driver.get(image_url, key=None)).status == 404


@pytest.mark.parametrize("key", [None, "SG_wrong"])
async def test_every_call_but_the_picture_needs_the_right_key(key):
    async with driving() as driver:
        image_url = (await driver.result(await driver.finished())).json["output"]

        for method, path in (
            ("POST", "/v2/imagen-4"),
            ("POST", "/v1/imagen-4"),
            ("GET", "/v2/requests/x/status"),
            ("GET", "/v2/requests/x"),
            ("GET", "/v1/get-user-credits"),
            ("GET", "/inference-request/request-history"),
            ("GET", "/inference-request/request-history/x"),
        ):
            assert (await driver.call(method, path, key=key)).status == 401
        assert (await driver.get(image_url, key=None)).status == 200
        assert driver.segmind.submits_taken == 1


async def test_it_notes_whether_a_key_was_sent_and_never_the_key_itself():
    async with driving() as driver:
        image_url = (await driver.result(await driver.finished())).json["output"]
        await driver.get(image_url, key=None)
        await driver.get(image_url)

        assert [call.key_sent for call in driver.segmind.calls if call.kind is CallKind.IMAGE] == [False, True]
        assert KEY not in repr(driver.segmind.calls)


@pytest.mark.parametrize(
    ("slug", "body", "named"),
    [
        ("imagen-4", {}, "prompt"),
        ("imagen-4", {"prompt": ""}, "prompt"),
        ("imagen-4", {"prompt": 7}, "prompt"),
        ("imagen-4", {"prompt": "x", "aspect_ratio": "2:1"}, "aspect_ratio"),
        ("imagen-4", {"prompt": "x", "negative_prompt": 1}, "negative_prompt"),
        ("imagen", {"prompt": "x", "safety_filter_level": "BLOCK_NONE"}, "safety_filter_level"),
        ("imagen", {"prompt": "x", "person_generation": "ALLOW_ALL"}, "person_generation"),
        ("imagen-4-fast", {"prompt": "x", "width": 255}, "width"),
        ("imagen-4-fast", {"prompt": "x", "height": 1025}, "height"),
        ("imagen-4-fast", {"prompt": "x", "steps": 2.5}, "steps"),
        ("imagen-4-fast", {"prompt": "x", "steps": True}, "steps"),
        ("imagen-4-fast", {"prompt": "x", "guidance_scale": 20.5}, "guidance_scale"),
        ("imagen-4-fast", {"prompt": "x", "scheduler": "ddim"}, "scheduler"),
        ("imagen-4-fast", {"prompt": "x", "seed": 2**31}, "seed"),
        ("imagen-4", ["x"], "JSON object"),
    ],
)
async def test_a_bad_value_is_refused_by_name_and_nothing_is_taken(slug, body, named):
    async with driving() as driver:
        reply = await driver.call("POST", f"/v1/{slug}", json=body)

        assert reply.status == 400
        assert named in reply.json["error"]
        assert driver.segmind.submits_taken == 0


async def test_the_samples_of_the_pages_are_accepted_and_an_unknown_parameter_is_only_noted():
    async with driving() as driver:
        assert (await driver.submit(negative_prompt="blurry, pixelated", aspect_ratio="4:3", mood="calm")).status == 200
        sample = {
            "safety_filter_level": "BLOCK_LOW_AND_ABOVE",
            "person_generation": "ALLOW_ADULT",
            "aspect_ratio": "1:1",
        }
        assert (await driver.submit(" White fluffy bear toy", "imagen", **sample)).status == 200

        assert [request.ignored for request in driver.segmind.requests] == [("mood",), ()]
        assert driver.segmind.requests[1].prompt == " White fluffy bear toy"


async def test_unknown_retired_and_v1_only_models_are_told_apart():
    async with driving() as driver:
        driver.segmind.service.models["imagen"] = replace(MODELS["imagen"], retired=True, successor="imagen-5")

        unknown = await driver.submit(slug="imagen-9")
        only_v1 = await driver.submit(slug="imagen-4-fast")
        retired = await driver.submit(slug="imagen")

        assert (unknown.status, only_v1.status, retired.status) == (404, 404, 410)
        assert "imagen-4-fast" in only_v1.json["error"]
        assert "imagen-5" in retired.json["error"]
        assert driver.segmind.submits_taken == 0


async def test_a_balance_below_the_price_refuses_and_the_balance_call_agrees():
    async with driving(balance_microcredits=60_000) as driver:
        await driver.finished()
        refused = await driver.submit()

        assert refused.status == 406
        assert "Insufficient credits" in refused.json["error"]
        assert (await driver.get("/v1/get-user-credits")).json == {"credits": 0.0, "free-credits": 0.0}


async def test_a_body_that_is_not_called_json_is_406_too_and_does_not_speak_of_credits():
    async with driving() as driver:
        reply = await driver.call("POST", "/v2/imagen-4", data=json.dumps({"prompt": "x"}))

        assert (reply.status, reply.json) == (406, {"error": "Invalid content type"})


async def test_v1_blocks_for_the_latency_and_answers_the_pictures_bytes():
    async with driving() as driver:
        body = {"prompt": "a puppy", "width": 640, "height": 320, "seed": 0}
        waiting = asyncio.create_task(driver.call("POST", "/v1/imagen-4-fast", json=body))
        await driver.until_taken(1)
        assert not waiting.done()
        driver.clock.advance(120)
        reply = await waiting

        request = driver.segmind.requests[0]
        assert request.api is Api.V1
        assert reply.headers["Content-Type"] == "image/jpeg"
        assert reply.headers["x-request-id"] == request.id
        assert (reply.headers["x-cost"], reply.headers["x-seed-value"]) == ("0.025", "0")
        assert float(reply.headers["x-remaining-credits"]) == 24.975
        assert Image.open(io.BytesIO(reply.body)).size == (64, 32)
        assert (await driver.status(request.id)).status == 404


async def test_v1_answers_json_where_it_is_told_to():
    async with driving() as driver:
        driver.segmind.service.style = Style(v1_json=True)
        waiting = asyncio.create_task(driver.call("POST", "/v1/imagen-4", json={"prompt": "a puppy"}))
        await driver.until_taken(1)
        driver.clock.advance(120)
        reply = await waiting

        assert reply.json["request_id"] == reply.headers["x-request-id"]
        assert (await driver.get(reply.json["output"], key=None)).headers["Content-Type"] == "image/jpeg"


async def test_a_v1_request_that_fails_is_a_500_with_a_json_error():
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(FaultKind.FAILED, text="no picture"), POST_CALLS))
        waiting = asyncio.create_task(driver.call("POST", "/v1/imagen-4", json={"prompt": "a puppy"}))
        await driver.until_taken(1)
        driver.clock.advance(120)
        reply = await waiting

        assert (reply.status, reply.json) == (500, {"error": "no picture"})


@pytest.mark.parametrize("shape", list(OutputShape))
async def test_every_shape_of_output_leads_to_the_same_picture(shape):
    async with driving() as driver:
        request_id = await driver.finished()
        picture = (await driver.get(f"/generations/{request_id}.jpeg", key=None)).body
        driver.segmind.service.style = Style(shape=shape)
        told = (await driver.result(request_id)).json

        url = f"{driver.segmind.base_url}/generations/{request_id}.jpeg"
        images = [{"url": url, "content_type": "image/jpeg"}]
        encoded = base64.b64encode(picture).decode()
        expected = {
            OutputShape.IMAGES_AND_URL: {"output": url, "images": images},
            OutputShape.IMAGES: {"images": images},
            OutputShape.URL: {"output": url},
            OutputShape.URL_LIST: {"output": [url]},
            OutputShape.JSON_STRING: {"output": json.dumps([url])},
            OutputShape.DATA_URI: {"output": f"data:image/jpeg;base64,{encoded}"},
            OutputShape.BASE64: {"output": encoded},
        }
        assert {name: told[name] for name in ("output", "images") if name in told} == expected[shape]


@pytest.mark.parametrize(("style", "missing"), [(Style(metrics=False), "metrics"), (Style(cost=False), "cost")])
async def test_metrics_or_only_the_cost_may_be_missing(style, missing):
    async with driving() as driver:
        driver.segmind.service.style = style
        told = (await driver.result(await driver.finished())).json

        assert missing not in told
        assert missing not in told.get("metrics", {})


async def test_the_history_lists_the_newest_first_with_cost_and_body():
    async with driving() as driver:
        first = await driver.finished("one", aspect_ratio="1:1")
        driver.segmind.weather.add(Rule(Fault(FaultKind.FAILED), POST_CALLS, times=1))
        second = await driver.finished("two")
        third = (await driver.submit("three", "imagen")).json["request_id"]
        rows = (await driver.get("/inference-request/request-history")).json["data"]

        assert [(row["request_id"], row["model_status"]) for row in rows] == [
            (third, "PENDING"),
            (second, "FAILED"),
            (first, "COMPLETED"),
        ]
        assert [row["credits_deduction"] for row in rows] == [0.0, 0.0, 0.06]
        assert rows[2]["request_body"] == {"prompt": "one", "aspect_ratio": "1:1"}
        assert (await driver.get(rows[2]["generation_url"], key=None)).status == 200
        assert rows[1]["error"]
        assert (await driver.get(f"/inference-request/request-history/{first}")).json == rows[2]


async def test_the_history_filters_and_pages():
    async with driving() as driver:
        for prompt in "abc":
            await driver.finished(prompt)
        await driver.finished("d", "imagen")

        async def prompts(query):
            told = (await driver.get(f"/inference-request/request-history?{query}")).json
            return [row["request_body"]["prompt"] for row in told["data"]], told["total"]

        assert await prompts("model_name=imagen-4") == (["c", "b", "a"], 3)
        assert await prompts("per_page=2&page=2") == (["b", "a"], 4)
        assert await prompts("status=FAILED") == ([], 0)
        driver.clock.advance(2 * 86_400)
        assert await prompts("from_date=2026-09-23&to_date=2026-09-23") == ([], 0)
        assert (await prompts("from_date=2026-09-21&to_date=2026-09-23"))[1] == 4
        driver.clock.advance(30 * 86_400)
        assert (await prompts("page=1"))[1] == 0


@pytest.mark.parametrize(
    "query",
    [
        "per_page=101",
        "page=0",
        "page=x",
        "status=QUEUED",
        "from_date=1.1.2026",
        "from_date=2026-08-01&to_date=2026-09-21",
    ],
)
async def test_the_history_refuses_what_is_out_of_bounds(query):
    async with driving() as driver:
        assert (await driver.get(f"/inference-request/request-history?{query}")).status == 400


async def test_rows_of_the_history_lag_and_come_once_for_each_output():
    models = MODELS | {"imagen-4": replace(MODELS["imagen-4"], outputs=2)}
    async with driving(history_lag_s=90, models=models) as driver:
        request_id = (await driver.submit()).json["request_id"]
        driver.clock.advance(89)
        assert (await driver.get("/inference-request/request-history")).json["total"] == 0
        assert (await driver.get(f"/inference-request/request-history/{request_id}")).status == 404
        driver.clock.advance(1)
        rows = (await driver.get("/inference-request/request-history")).json["data"]

        assert [row["request_id"] for row in rows] == [request_id] * 2
        assert len({row["generation_url"] for row in rows}) == 2
        assert {(await driver.get(row["generation_url"], key=None)).status for row in rows} == {200}
        assert [row["credits_deduction"] for row in rows] == [0.06, 0.06]


async def test_the_history_outlives_the_hour():
    async with driving() as driver:
        request_id = await driver.finished()
        driver.clock.advance(40 * 86_400)

        assert (await driver.get(f"/inference-request/request-history/{request_id}")).json[
            "model_status"
        ] == "COMPLETED"


async def test_the_plans_limit_slides_over_sixty_seconds_and_names_its_reset():
    async with driving(requests_per_minute=2) as driver:
        await driver.submit()
        driver.clock.advance(30)
        await driver.submit()
        refused = await driver.submit()
        driver.clock.advance(29.999)
        still_refused = await driver.submit()
        driver.clock.advance(0.001)

        assert (refused.status, still_refused.status) == (429, 429)
        assert refused.headers["x-rate-limit-reset-at-utc"] == "2026-09-21T14:14:20.000Z"
        assert (await driver.submit()).status == 200
        assert (await driver.submit()).status == 429


async def test_the_same_seed_brings_the_same_ids_latencies_and_seeds():
    async def story(seed):
        async with driving(seed=seed) as driver:
            for _ in range(3):
                await driver.submit()
            return [(r.id, r.started_ms, r.ended_ms, r.seed) for r in driver.segmind.requests]

    assert await story(5) == await story(5)
    assert await story(5) != await story(6)


async def test_latencies_have_the_models_mean():
    async with driving(balance_microcredits=10**9) as driver:
        book, model = driver.segmind.book, MODELS["imagen-4"]
        taken = [book.take(model, {"prompt": "x"}, api=Api.V2, fate=None) for _ in range(4000)]

        mean_s = sum(r.ended_ms - r.created_ms for r in taken) / len(taken) / 1000
        assert mean_s == pytest.approx(11.6, rel=0.03)
        assert all(r.created_ms < r.started_ms < r.ended_ms for r in taken)


async def test_an_observer_sees_each_step_and_can_hold_a_call_before_and_after_it_is_taken():
    async with driving() as driver:
        steps, gate, held, over = [], asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def observer(step, call):
            steps.append((step, call.kind, driver.segmind.submits_taken))
            if step is Step.TAKEN:
                held.set()
                await gate.wait()
            if step is Step.ANSWERED:
                over.set()

        driver.segmind.observe(observer)
        waiting = asyncio.create_task(driver.submit())
        await held.wait()
        assert not waiting.done()
        gate.set()
        await waiting
        # The last step is told once the answer is out, which the client may see first.
        await over.wait()

        assert steps == [
            (Step.RECEIVED, CallKind.SUBMIT, 0),
            (Step.TAKEN, CallKind.SUBMIT, 1),
            (Step.ANSWERED, CallKind.SUBMIT, 1),
        ]


async def test_a_client_that_dies_after_the_request_was_taken_is_billed_all_the_same():
    async with driving() as driver:
        holding = asyncio.Event()

        async def observer(step, call):
            if step is Step.TAKEN:
                await holding.wait()

        driver.segmind.observe(observer)
        waiting = asyncio.create_task(driver.submit())
        await driver.until_taken(1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        driver.clock.advance(120)
        holding.set()

        assert driver.segmind.requests[0].charged_microcredits == 60_000


async def test_stopped_it_refuses_connections_and_started_again_it_still_knows_everything():
    async with driving() as driver:
        request_id = await driver.finished()
        port = int(driver.segmind.base_url.rpartition(":")[2])
        await driver.segmind.stop()
        with pytest.raises(aiohttp.ClientConnectorError):
            await driver.status(request_id)
        await driver.segmind.start(port=port)

        assert (await driver.status(request_id)).json["status"] == "COMPLETED"


async def test_asked_without_a_network_it_answers_the_same():
    async with driving() as driver:
        request_id = await driver.finished()
        image = f"/generations/{request_id}.jpeg"
        for path in (f"/v2/requests/{request_id}", "/inference-request/request-history?per_page=1", image):
            url = driver.segmind.base_url + path
            answer = await driver.segmind.ask("GET", url, headers={"X-API-Key": KEY})
            reply = await driver.get(path)
            assert (answer.status, answer.body) == (reply.status, reply.body)

        body = json.dumps({"prompt": "a fox"}).encode()
        headers = {"x-api-key": KEY, "content-type": "application/json; charset=utf-8"}
        assert (
            await driver.segmind.ask("POST", "http://segmind/v2/imagen-4", headers=headers, body=body)
        ).status == 200
        driver.segmind.weather.add(Rule(Fault(FaultKind.DROPPED, taken=True), POST_CALLS))
        assert await driver.segmind.ask("POST", "http://segmind/v2/imagen-4", headers=headers, body=body) is None
        assert driver.segmind.submits_taken == 3
        with pytest.raises(LookupError, match="GET /v3"):
            await driver.segmind.ask("GET", "http://segmind/v3", headers=headers)


@pytest.mark.parametrize(
    ("slug", "values", "size"),
    [
        ("imagen-4", {}, (1280, 896)),
        ("imagen-4", {"aspect_ratio": "9:16"}, (768, 1408)),
        ("imagen-4-ultra", {}, (1024, 1024)),
        ("imagen", {}, (1408, 768)),
        ("imagen-4-fast", {}, (512, 512)),
        ("imagen-4-fast", {"aspect_ratio": "16:9"}, (1408, 768)),
        ("imagen-4-fast", {"aspect_ratio": "16:9", "width": 1024, "height": 576}, (1024, 576)),
    ],
)
async def test_the_picture_has_the_size_that_was_asked_for(slug, values, size):
    assert MODELS[slug].size_px({"prompt": "x", **values}) == size


@pytest.mark.parametrize(
    "prompt", ["", "a fox", "word " * 400, "x" * 2000, "Größe 日本語 🦊", "\ud800 lone", "a\n\n\0b", "\u202eabc"]
)
async def test_any_prompt_can_be_drawn(prompt):
    for content_type, name in (("image/jpeg", "JPEG"), ("image/png", "PNG")):
        drawn = draw(Picture(prompt, "imagen-4", 1, 448, 256, content_type))
        with Image.open(io.BytesIO(drawn)) as image:
            image.load()
            assert (image.format, image.size) == (name, (448, 256))


async def test_seed_and_prompt_change_the_picture_and_nothing_else_does():
    one = Picture("a fox", "imagen-4", 1, 256, 256)

    assert draw(one) == draw.__wrapped__(one)
    assert len({draw(one), draw(replace(one, seed=2)), draw(replace(one, prompt="a cat"))}) == 3


async def test_in_a_process_of_its_own_it_prints_where_it_listens_and_ends_when_told_to():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox.segmind", "--port", "0", "--key", KEY, "--weather", "out_of_credits",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    line = (await process.stdout.readline()).decode()
    address = line.removeprefix("listening on ").strip()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{address}/v1/get-user-credits", headers={"x-api-key": KEY}) as response,
    ):
        assert await response.json() == {"credits": 0.0, "free-credits": 0.0}
    process.terminate()

    assert await process.wait() == 0
    assert line.startswith("listening on http://127.0.0.1:")
