import asyncio
import io
import json
from random import Random

import aiohttp
import pytest
from PIL import Image

from bot.sandbox.segmind import (
    EVERY_CALL,
    POLLS,
    POSTS,
    CallKind,
    Category,
    Fault,
    FaultKind,
    Hint,
    Preset,
    Rule,
    State,
    Weather,
    blocked_picture,
    blocked_words,
)
from bot.sandbox.segmind.markers import Markers
from bot.sandbox.segmind.rai import PICTURE_CODES, WORDS_CODES
from tests.sandbox.segmind_driver import START_MS, driving

SUBMIT = frozenset({CallKind.SUBMIT})
IMAGE = frozenset({CallKind.IMAGE})
PIXELS_MAX = 24_000_000


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.UNAUTHORIZED, 401),
        (FaultKind.FORBIDDEN, 403),
        (FaultKind.OUT_OF_CREDITS, 406),
        (FaultKind.RETIRED, 410),
        (FaultKind.RATE_LIMITED, 429),
        (FaultKind.ERROR_JSON, 500),
    ],
)
async def test_a_refusal_is_json_with_an_error_and_nothing_is_taken(kind, status):
    async with driving() as driver:
        driver.segmind.weather.add(
            Rule(Fault(kind), SUBMIT, times=1), Rule(Fault(kind, text="own words"), SUBMIT, times=1)
        )
        usual, worded = await driver.submit(), await driver.submit()

        assert (usual.status, worded.status) == (status, status)
        assert usual.json["error"] != worded.json["error"] == "own words"
        assert driver.segmind.submits_taken == 0
        assert (await driver.submit()).status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.ERROR_HTML, 500),
        (FaultKind.BAD_GATEWAY, 502),
        (FaultKind.UNAVAILABLE, 503),
        (FaultKind.GATEWAY_TIMEOUT, 504),
    ],
)
async def test_a_gateways_page_is_html_whether_the_request_was_taken_or_not(kind, status, taken):
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(kind, taken=taken), SUBMIT))
        reply = await driver.submit()
        driver.clock.advance(120)

        assert (reply.status, reply.headers["Content-Type"]) == (status, "text/html")
        assert [r.charged_microcredits for r in driver.segmind.requests] == ([60_000] if taken else [])


@pytest.mark.asyncio
async def test_a_429_says_when_to_come_back_in_the_way_it_is_told_to():
    async with driving() as driver:
        driver.segmind.weather.add(
            *(Rule(Fault(FaultKind.RATE_LIMITED, seconds=7.2, hint=hint), POLLS, times=1) for hint in Hint)
        )
        reset, retry_after, silent = [(await driver.status("any")).headers for _ in Hint]

        assert reset["x-rate-limit-reset-at-utc"] == "2026-09-21T14:13:27.200Z"
        assert "Retry-After" not in reset
        assert retry_after["Retry-After"] == "8"
        assert "Retry-After" not in silent
        assert "x-rate-limit-reset-at-utc" not in silent


@pytest.mark.asyncio
@pytest.mark.parametrize(("taken", "charged"), [(False, []), (True, [60_000])])
async def test_a_dropped_connection_has_or_has_not_taken_the_request(taken, charged):
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(FaultKind.DROPPED, taken=taken), SUBMIT))
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await driver.submit()
        driver.clock.advance(120)

        assert [r.charged_microcredits for r in driver.segmind.requests] == charged
        assert driver.segmind.calls[0].status is None


@pytest.mark.asyncio
@pytest.mark.parametrize(("taken", "status"), [(False, 504), (True, 200)])
async def test_a_stalled_call_answers_nothing_until_the_clock_has_passed(taken, status):
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(FaultKind.STALLED, seconds=300, taken=taken), SUBMIT))
        waiting = asyncio.create_task(driver.submit())
        await driver.clock.until_somebody_sleeps()
        driver.clock.advance(299)
        await asyncio.sleep(0)
        assert not waiting.done()
        assert driver.segmind.submits_taken == taken
        driver.clock.advance(1)

        assert (await waiting).status == status
        assert driver.segmind.submits_taken == taken


@pytest.mark.asyncio
async def test_answers_spoilt_on_their_way_have_taken_the_request():
    async with driving() as driver:
        kinds = (FaultKind.HTML, FaultKind.TRUNCATED_JSON, FaultKind.WRONG_TYPES)
        driver.segmind.weather.add(*(Rule(Fault(kind), SUBMIT, times=1) for kind in kinds))
        html = await driver.submit()
        with pytest.raises(json.JSONDecodeError):
            await driver.submit()
        wrong = await driver.submit()

        assert (html.status, html.headers["Content-Type"]) == (200, "text/html")
        assert not isinstance(wrong.json["request_id"], str)
        assert not isinstance(wrong.json["status"], str)
        assert driver.segmind.submits_taken == 3


@pytest.mark.asyncio
async def test_a_body_cut_short_promises_more_than_it_sends():
    async with driving() as driver:
        request_id = await driver.finished()
        driver.segmind.weather.add(Rule(Fault(FaultKind.CUT_SHORT), POLLS | IMAGE))

        for path in (f"/v2/requests/{request_id}", f"/generations/{request_id}.jpeg"):
            with pytest.raises(aiohttp.ClientPayloadError):
                await driver.get(path)


@pytest.mark.asyncio
async def test_a_slow_body_comes_at_one_byte_a_second():
    async with driving() as driver:
        request_id = await driver.finished()
        driver.segmind.weather.add(Rule(Fault(FaultKind.SLOW_BODY), IMAGE))
        url = f"{driver.segmind.base_url}/generations/{request_id}.jpeg"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            for expected in b"\xff\xd8\xff":
                assert await response.content.read(100) == bytes((expected,))
                await driver.clock.until_somebody_sleeps()
                driver.clock.advance(1)
            assert response.content_length > 100


@pytest.mark.asyncio
async def test_pictures_come_truncated_as_something_else_or_far_too_large():
    async with driving() as driver:
        request_id = await driver.finished()
        kinds = (FaultKind.TRUNCATED_IMAGE, FaultKind.NOT_AN_IMAGE, FaultKind.HUGE_IMAGE)
        driver.segmind.weather.add(*(Rule(Fault(kind), IMAGE, times=1) for kind in kinds))
        truncated, other, huge = [await driver.get(f"/generations/{request_id}.jpeg", key=None) for _ in kinds]

        with Image.open(io.BytesIO(truncated.body)) as image, pytest.raises(OSError, match="truncated"):
            image.load()
        with pytest.raises(OSError, match="cannot identify"):
            Image.open(io.BytesIO(other.body))
        assert other.headers["Content-Type"] == "image/jpeg"
        assert len(huge.body) < 100_000
        with pytest.raises(Image.DecompressionBombError):
            Image.open(io.BytesIO(huge.body))


@pytest.mark.asyncio
async def test_an_endless_request_stays_queued_until_its_hour_has_passed():
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(FaultKind.ENDLESS), SUBMIT))
        request_id = (await driver.submit()).json["request_id"]
        driver.clock.advance(3599)
        assert (await driver.status(request_id)).json["status"] == "QUEUED"
        driver.clock.advance(1)
        assert (await driver.status(request_id)).status == 404


@pytest.mark.asyncio
async def test_an_endless_v1_call_ends_as_a_gateways_timeout():
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(FaultKind.ENDLESS), POSTS))
        waiting = asyncio.create_task(driver.call("POST", "/v1/imagen-4", json={"prompt": "x"}))
        await driver.until_taken(1)
        driver.clock.advance(3600)

        assert (await waiting).status == 504


@pytest.mark.asyncio
async def test_a_status_can_go_backwards_and_the_request_is_still_charged_once():
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(FaultKind.BACKWARDS), SUBMIT))
        request_id = (await driver.submit()).json["request_id"]
        seen = []
        for _ in range(400):
            driver.clock.advance(0.1)
            seen.append((await driver.status(request_id)).json["status"])
        changes = [now for before, now in zip(["", *seen], seen, strict=False) if now != before]

        assert changes[-4:] == ["PROCESSING", "QUEUED", "PROCESSING", "COMPLETED"]
        assert driver.segmind.requests[0].charged_microcredits == 60_000


@pytest.mark.asyncio
async def test_a_result_can_be_gone_as_soon_as_it_is_there_or_only_when_it_is_fetched():
    async with driving() as driver:
        driver.segmind.weather.add(
            Rule(Fault(FaultKind.EXPIRED_EARLY), SUBMIT, times=1),
            Rule(Fault(FaultKind.EXPIRED_EARLY), frozenset({CallKind.RESULT}), times=1, after=1),
        )
        gone = await driver.finished()
        assert (await driver.status(gone)).status == 404
        assert (await driver.result(gone)).status == 404

        fetched_late = await driver.finished()
        assert (await driver.status(fetched_late)).json["status"] == "COMPLETED"
        assert (await driver.result(fetched_late)).status == 404
        assert driver.segmind.requests[0].charged_microcredits == 60_000


@pytest.mark.asyncio
async def test_a_slow_request_takes_that_much_longer():
    async with driving() as driver:
        driver.segmind.weather.add(Rule(Fault(FaultKind.SLOW, seconds=500), SUBMIT))
        await driver.submit()

        assert driver.segmind.requests[0].ended_ms > START_MS + 500_000


@pytest.mark.asyncio
async def test_words_are_refused_early_and_pictures_late_with_codes_of_their_category():
    async with driving() as driver:
        driver.segmind.weather.add(
            Rule(blocked_words(Category.VIOLENCE), SUBMIT, times=1),
            Rule(blocked_picture(Category.SEXUAL), SUBMIT, times=1),
        )
        words, picture = await driver.finished(), await driver.finished()

        assert "61493863" in (await driver.status(words)).json["error"]
        assert "63429089, 43188360" in (await driver.status(picture)).json["error"]
        first, second = driver.segmind.requests
        assert first.ended_ms - first.created_ms <= 3000 < second.ended_ms - second.created_ms


def test_every_category_has_a_text_with_its_eight_digit_codes():
    for helper, codes in ((blocked_words, WORDS_CODES), (blocked_picture, PICTURE_CODES)):
        for category, expected in codes.items():
            text = helper(category).text
            assert all(f"{code:08}" in text for code in expected)
            assert "Responsible AI" in text
    assert set(WORDS_CODES) | set(PICTURE_CODES) == set(Category)


def test_a_rule_hits_after_so_many_calls_so_often_and_only_its_kind_prompt_and_model():
    weather = Weather(Random(1))
    fault = Fault(FaultKind.RATE_LIMITED)
    weather.add(Rule(fault, SUBMIT, times=2, after=1, when=lambda prompt: "fox" in prompt, slug="imagen"))

    def pick(call=CallKind.SUBMIT, prompt="a fox", slug="imagen"):
        return weather.pick(call, prompt=prompt, slug=slug)

    assert [pick(CallKind.STATUS), pick(prompt="a cat"), pick(slug="imagen-4")] == [None] * 3
    assert [pick() for _ in range(4)] == [None, fault, fault, None]


def test_the_first_rule_that_hits_wins_and_chance_follows_the_seed():
    first, second = Fault(FaultKind.BAD_GATEWAY), Fault(FaultKind.UNAVAILABLE)

    def picks(seed):
        weather = Weather(Random(seed))
        weather.add(Rule(first, EVERY_CALL, probability=0.3), Rule(second, EVERY_CALL))
        return [weather.pick(CallKind.STATUS, prompt="", slug="") for _ in range(1000)]

    assert picks(3) == picks(3) != picks(4)
    assert 250 < picks(3).count(first) < 350
    assert set(picks(3)) == {first, second}


def test_the_fate_of_a_job_cannot_hit_a_poll():
    with pytest.raises(ValueError, match="fate of a job"):
        Rule(Fault(FaultKind.ENDLESS), POLLS)


@pytest.mark.asyncio
async def test_presets_replace_each_other_and_calm_ends_them_all():
    async with driving() as driver:
        weather = driver.segmind.weather
        weather.change(Preset.OUTAGE)
        assert (await driver.get("/v1/get-user-credits")).status == 502
        weather.change(Preset.OUT_OF_CREDITS)
        assert (await driver.submit()).status == 406
        assert (await driver.get("/v1/get-user-credits")).json["credits"] == 0
        weather.change(Preset.RETIRED_MODEL)
        assert [(await driver.submit(slug=slug)).status for slug in ("imagen-4", "imagen")] == [410, 200]
        weather.change(Preset.RATE_LIMIT_STORM)
        assert {(await driver.submit()).status for _ in range(30)} == {200, 429}
        weather.change(Preset.CALM)
        assert {(await driver.submit()).status for _ in range(10)} == {200}
        assert (await driver.get("/v1/get-user-credits")).json["credits"] > 0


@pytest.mark.asyncio
async def test_in_rai_weather_most_jobs_are_blocked_and_in_slow_weather_all_take_long():
    async with driving(balance_microcredits=10**9) as driver:
        driver.segmind.weather.change(Preset.RAI)
        for _ in range(40):
            await driver.submit()
        driver.clock.advance(120)
        states = [request.state for request in driver.segmind.requests]
        driver.segmind.weather.change(Preset.SLOW)
        await driver.submit()

        assert states.count(State.FAILED) > 20
        assert driver.segmind.requests[-1].ended_ms - driver.segmind.requests[-1].created_ms > 45_000


@pytest.mark.asyncio
async def test_a_marker_in_a_prompt_brings_its_fault_upon_that_job_alone():
    async with driving(markers=True) as driver:
        words = await driver.finished("a duel [rai-words:violence]")
        picture = await driver.finished("a beach [rai-picture]")
        fine = await driver.finished("a fox [in brackets]")
        bad = await driver.finished("a fox [bad-image]")

        assert "61493863" in (await driver.status(words)).json["error"]
        assert "29578790" in (await driver.status(picture)).json["error"]
        assert (await driver.status(fine)).json["status"] == "COMPLETED"
        assert (await driver.get(f"/generations/{bad}.jpeg", key=None)).body.startswith(b"<html>")
        assert (await driver.get(f"/generations/{fine}.jpeg", key=None)).body.startswith(b"\xff\xd8")
        assert (await driver.submit("x [no-credits]")).status == 406
        assert (await driver.submit("x [retired]")).status == 410
        assert (await driver.submit("x [outage]")).status == 503


@pytest.mark.asyncio
async def test_without_markers_a_prompt_is_only_a_prompt():
    async with driving() as driver:
        assert (await driver.status(await driver.finished("x [fail]"))).json["status"] == "COMPLETED"


def test_the_429_marker_lets_every_third_submit_of_a_prompt_by():
    markers = Markers()

    picks = [markers.pick(CallKind.SUBMIT, prompt="x [429]") for _ in range(6)]

    assert [pick is None for pick in picks] == [False, False, True] * 2


def test_an_unknown_category_is_an_ordinary_block():
    assert "42876398" in Markers().pick(CallKind.SUBMIT, prompt="[rai-words:nonsense]").text
