import base64
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import errors
from bot.errors import ProviderError
from bot.ports import Completed, Failed, HistoryRow, Painted, Pending, Phase
from bot.segmind import answers, calls, history, outputs, protocol
from bot.segmind.answers import Answer, Silence

NOW_MS = 1_790_000_000_000
BASE = "https://api.segmind.com"
URL = "https://images.segmind.com/generations/a.jpeg"
JPEG = b"\xff\xd8\xff\xe0 a small picture"
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
SPOKEN = {"error": "no"}


def answer(status=200, data=None, *, body=None, **headers):
    raw = json.dumps(data).encode() if body is None else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/json", **named}, raw, NOW_MS)


def page(status):
    return answer(status, body=HTML, content_type="text/html; charset=utf-8")


def raised(read, *given_to_it):
    with pytest.raises(ProviderError) as caught:
        read(*given_to_it)
    return caught.value


def others(read, table):
    """The replies that are not read as the error beside them, with what they are read as instead."""
    found = []
    for reply, kind in table:
        try:
            was = read(reply)
        except ProviderError as error:
            was = type(error)
        if was is not kind:
            found.append((reply, kind, was))
    return found


# ---------------------------------------------------------------- what is asked


def test_a_submit_carries_the_payload_as_it_is():
    payload = {"prompt": " Ünï \ud800 ", "guidance_scale": 7.1, "seed": -1}
    call = calls.submit(BASE, "imagen-4", payload)
    assert (call.method, call.url) == ("POST", f"{BASE}/v2/imagen-4")
    assert json.loads(call.body) == payload


def test_every_call_goes_to_its_own_address():
    assert calls.paint(BASE, "imagen", {}).url == f"{BASE}/v1/imagen"
    assert calls.status(BASE, "r1").url == f"{BASE}/v2/requests/r1/status"
    assert calls.result(BASE, "r1").url == f"{BASE}/v2/requests/r1"
    assert calls.balance(BASE).url == f"{BASE}/v1/get-user-credits"
    assert calls.look_up("http://h", "r1").url == "http://h/inference-request/request-history/r1"


def test_an_id_cannot_lead_to_another_address():
    assert calls.status(BASE, "a/../b?c#d").url == f"{BASE}/v2/requests/a%2F..%2Fb%3Fc%23d/status"


def asked_of_history(since_ms):
    call = calls.history("http://h", slug="imagen-4", since_ms=since_ms, now_ms=NOW_MS, page=3)
    return {name: values[0] for name, values in parse_qs(urlsplit(call.url).query).items()}


def test_the_history_is_asked_by_model_and_day_a_day_early():
    query = asked_of_history(NOW_MS - 60_000)
    assert query == {"page": "3", "per_page": "100", "from_date": "2026-09-20", "model_name": "imagen-4"}
    assert datetime.fromtimestamp(NOW_MS / 1000, UTC).date().isoformat() == "2026-09-21"


def test_the_history_is_never_asked_for_more_than_31_days():
    assert asked_of_history(0)["from_date"] == "2026-08-23"


# ---------------------------------------------------------------- POSTs

POST_TABLE = [
    (answer(400, SPOKEN), errors.BadParameters),
    (answer(401, SPOKEN), errors.KeyRejected),
    (answer(402, SPOKEN), errors.Refused),
    (answer(403, SPOKEN), errors.NotPermitted),
    (page(403), errors.Refused),
    (answer(404, SPOKEN), errors.UnknownModel),
    (page(404), errors.Refused),
    (answer(405, SPOKEN), errors.Refused),
    (page(405), errors.Refused),
    (answer(406, SPOKEN), errors.OutOfCredits),
    (page(408), errors.Unclear),
    (answer(410, SPOKEN), errors.ModelRetired),
    (answer(413, SPOKEN), errors.Refused),
    (answer(429, SPOKEN), errors.RateLimited),
    (page(429), errors.RateLimited),
    (answer(451, SPOKEN), errors.Unclear),
    (answer(500, SPOKEN), errors.Refused),
    (answer(500, {"message": "Internal server error"}), errors.Unclear),
    (answer(500, {"error": None}), errors.Unclear),
    (answer(500, body=b'{"error": "cut of'), errors.Unclear),
    (page(500), errors.Unclear),
    (answer(502, SPOKEN), errors.Unclear),
    (page(502), errors.Unclear),
    (page(503), errors.Unclear),
    (answer(504, SPOKEN), errors.Unclear),
    (page(504), errors.Unclear),
    (answer(302, SPOKEN, location="https://elsewhere"), errors.Unclear),
    (answer(999, SPOKEN), errors.Unclear),
    (page(200), errors.Unclear),
    (answer(200, body=b""), errors.Unclear),
    (answer(200, {"status": "QUEUED"}), errors.Unclear),
    (Silence(sent=False, reason="refused"), errors.NotTaken),
    (Silence(sent=True, reason="cut"), errors.Unclear),
]


@pytest.mark.parametrize("read", [protocol.read_submit, protocol.read_paint])
def test_every_refusal_of_a_post_is_its_own_decision(read):
    wrong = others(read, POST_TABLE)
    assert wrong == [], wrong


@pytest.mark.parametrize("request_id", ["8f14e45f-ceea-467f-a0e6-1234567890ab", "abc_1.2:3", 12345])
def test_a_submit_answers_with_the_request_id(request_id):
    assert protocol.read_submit(answer(200, {"request_id": request_id, "status": "QUEUED"})) == str(request_id)


@pytest.mark.parametrize("request_id", [None, "", " ", True, 1.5, ["a"], {}, "..", "a/b", "a?b", "a b", "é", "x" * 201])
def test_a_submit_without_a_readable_request_id_is_unclear(request_id):
    assert type(raised(protocol.read_submit, answer(200, {"request_id": request_id}))) is errors.Unclear


def test_a_body_that_says_failed_refuses_a_submit_for_the_reason_it_tells():
    refusal = raised(protocol.read_submit, answer(422, {"status": "FAILED", "error": "Responsible AI 58061214"}))
    assert type(refusal) is errors.Refused
    assert refusal.detail == "Responsible AI 58061214"


def test_a_validators_complaint_names_the_parameter():
    body = {"detail": [{"loc": ["body", "width"], "msg": "must be at least 256", "type": "value_error"}]}
    refusal = raised(protocol.read_submit, answer(422, body))
    assert type(refusal) is errors.BadParameters
    assert refusal.detail == "body.width: must be at least 256"


@pytest.mark.parametrize(
    ("words", "of_account"),
    [
        ("Insufficient credits: 0.01 left", True),
        ("Team spending limit reached", True),
        ("Your account balance is too low", True),
        ("Monthly quota exceeded", True),
        ("Invalid content type", False),
        ("steamed prompt: must be shorter", False),
        ("HTTP 406", False),
    ],
)
def test_a_406_names_the_account_or_a_value(words, of_account):
    error = raised(protocol.read_submit, answer(406, body=words.encode()))
    assert error.names_account is of_account


def test_a_406_keeps_its_text_since_it_has_several_meanings():
    assert raised(protocol.read_submit, answer(406, body=b"Invalid content type")).detail == "Invalid content type"


# ---------------------------------------------------------------- when a 429 ends


def at(seconds):
    return NOW_MS + seconds * 1000


RESET_ISO = datetime.fromtimestamp(at(30) / 1000, UTC).isoformat()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"x_rate_limit_reset_at_utc": RESET_ISO}, at(30)),
        ({"x_rate_limit_reset_at_utc": RESET_ISO.replace("+00:00", "Z")}, at(30)),
        ({"x_rate_limit_reset_at_utc": RESET_ISO.replace("+00:00", "")}, at(30)),
        ({"x_rate_limit_reset_at_utc": RESET_ISO.replace("T", " ").replace("+00:00", " UTC")}, at(30)),
        ({"x_rate_limit_reset_at_utc": RESET_ISO.replace("T", " ").replace("+00:00", " +0000 UTC")}, at(30)),
        ({"x_rate_limit_reset_at_utc": str(at(30) // 1000)}, at(30)),
        ({"x_rate_limit_reset_at_utc": str(at(30))}, at(30)),
        ({"x_rate_limit_reset_at_utc": str(at(30) * 1000)}, at(30)),
        ({"x_rate_limit_reset_at_utc": "soon"}, None),
        ({"x_rate_limit_reset_at_utc": str(at(-30))}, NOW_MS),
        ({"x_rate_limit_reset_at_utc": str(at(86_400))}, NOW_MS + answers.RESET_MAX_MS),
        ({"retry_after": "30"}, at(30)),
        ({"retry_after": "0.5"}, NOW_MS + 500),
        ({"retry_after": "-5"}, NOW_MS),
        ({"retry_after": "999999999999"}, NOW_MS + answers.RESET_MAX_MS),
        ({"retry_after": "Infinity"}, None),
        ({"retry_after": "Mon, 21 Sep 2026 14:13:50 GMT"}, at(30)),
        ({"retry_after": "5", "x_rate_limit_reset_at_utc": RESET_ISO}, at(30)),
        ({"retry_after": "60", "x_rate_limit_reset_at_utc": RESET_ISO}, at(60)),
    ],
)
@pytest.mark.parametrize("read", [protocol.read_submit, protocol.read_status])
def test_a_429_tells_when_it_ends_within_reason(read, headers, expected):
    assert raised(read, answer(429, SPOKEN, **headers)).reset_ms == expected


# ---------------------------------------------------------------- GETs

READERS = [
    protocol.read_status,
    protocol.read_result,
    protocol.read_balance,
    history.read_page,
    lambda reply: history.read_row(reply, "r1"),
]

GET_TABLE = [
    (answer(401, SPOKEN), errors.KeyRejected),
    (answer(403, SPOKEN), errors.KeyRejected),
    (page(403), errors.Unavailable),
    (answer(429, SPOKEN), errors.RateLimited),
    (answer(302, SPOKEN), errors.Unavailable),
    (answer(400, SPOKEN), errors.Unavailable),
    (answer(406, SPOKEN), errors.Unavailable),
    (page(404), errors.Unavailable),
    (answer(500, SPOKEN), errors.Unavailable),
    (page(500), errors.Unavailable),
    (page(502), errors.Unavailable),
    (page(503), errors.Unavailable),
    (page(504), errors.Unavailable),
    (page(200), errors.Unavailable),
    (page(422), errors.Unavailable),
    (answer(200, body=b""), errors.Unavailable),
    (answer(200, body=b'{"status": "COMPL'), errors.Unavailable),
    (answer(200, "a word"), errors.Unavailable),
    (answer(200, {"status": 7, "output": 7, "credits": [], "data": 7}), errors.Unavailable),
    (Silence(sent=False, reason="refused"), errors.Unavailable),
    (Silence(sent=True, reason="cut"), errors.Unavailable),
]


@pytest.mark.parametrize("read", READERS)
def test_every_failure_of_a_question_is_its_own_decision(read):
    wrong = others(read, GET_TABLE)
    assert wrong == [], wrong


@pytest.mark.parametrize("status", [404, 410])
def test_what_segmind_does_not_know_any_more_has_expired(status):
    for read in (protocol.read_status, protocol.read_result):
        assert type(raised(read, answer(status, {"error": "Request r1 not found"}))) is errors.Expired
    for read in (protocol.read_balance, history.read_page):
        assert type(raised(read, answer(status, SPOKEN))) is errors.Unavailable
    assert history.read_row(answer(status, SPOKEN), "r1") is None


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("QUEUED", Pending(Phase.QUEUED)),
        ("PROCESSING", Pending(Phase.PROCESSING)),
        (" completed ", Completed()),
        ("COMPLETED", Completed()),
        ("UPSCALING", Pending(Phase.PROCESSING)),
    ],
)
def test_a_status_word_tells_how_the_job_is_doing(word, expected):
    assert protocol.read_status(answer(200, {"status": word, "metrics": {}})) == expected


@pytest.mark.parametrize("status", [200, 400, 404, 422, 500])
@pytest.mark.parametrize("read", [protocol.read_status, protocol.read_result])
def test_the_body_and_not_the_code_decides_that_a_job_failed(read, status):
    body = {"status": "FAILED", "error": "Prompt is Mandatory", "metrics": {"queue_time": 0.2}}
    assert read(answer(status, body)) == Failed(detail="Prompt is Mandatory")


@pytest.mark.parametrize("status", [401, 403, 429, 502, 503, 504])
def test_who_knows_nothing_about_jobs_cannot_fail_one(status):
    assert not isinstance(raised(protocol.read_status, answer(status, {"status": "failed"})), errors.Expired)


def test_a_422_with_only_an_error_text_is_a_failed_job():
    assert protocol.read_status(answer(422, {"detail": {"message": "no"}})) == Failed(detail="no")


def test_a_result_asked_too_early_is_pending():
    assert protocol.read_result(answer(200, {"status": "QUEUED", "output": URL})) == Pending(Phase.QUEUED)
    assert protocol.read_result(answer(200, {"status": "UPSCALING"})) == Pending(Phase.PROCESSING)


def test_a_completed_result_without_a_picture_is_asked_for_again():
    assert type(raised(protocol.read_result, answer(200, {"status": "COMPLETED"}))) is errors.Unavailable


# ---------------------------------------------------------------- pictures

ENCODED = base64.b64encode(JPEG).decode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"images": [{"url": URL, "content_type": "image/jpeg"}], "output": "https://other"}, URL),
        ({"images": [{"url": None}, {"url": URL}]}, URL),
        ({"images": [], "output": URL}, URL),
        ({"images": "none", "output": f" {URL} "}, URL),
        ({"output": [URL, "https://second"]}, URL),
        ({"output": [{"url": URL}]}, URL),
        ({"output": json.dumps([URL])}, URL),
        ({"output": json.dumps({"images": [{"url": URL}]})}, URL),
        ({"output": json.dumps(json.dumps([URL]))}, URL),
        ({"output": f"data:image/jpeg;base64,{ENCODED}"}, JPEG),
        ({"output": ENCODED}, JPEG),
        ({"output": ENCODED[:8] + "\n" + ENCODED[8:]}, JPEG),
        ({"output": [ENCODED]}, JPEG),
        ({"image": ENCODED}, JPEG),
        ({"output": "done"}, None),
        ({"output": "ftp://images"}, None),
        ({"output": "https://with a space"}, None),
        ({"output": "data:image/svg+xml,<svg/>"}, None),
        ({"output": "data:image/jpeg;base64,"}, None),
        ({"output": "data:image/jpeg;base64,%%%"}, None),
        ({"output": "[" * 100_000}, None),
        ({"output": {"output": {"output": {"output": {"output": {"output": {"output": URL}}}}}}}, None),
        ({}, None),
    ],
)
def test_the_picture_is_found_in_every_shape(body, expected):
    assert outputs.find(body) == expected


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP", b"GIF89a", b"\0\0\0\x20ftypavif"]
)
def test_pictures_are_known_by_their_first_bytes(head):
    assert outputs.is_picture(head + b"...")
    assert not outputs.is_picture(b"x" + head)


def test_a_finished_result_tells_picture_cost_and_times():
    body = {
        "status": "COMPLETED",
        "output": URL,
        "metrics": {"cost": 0.05, "remaining_credits": 12.3, "inference_time": 13.9, "queue_time": 0.4},
    }
    expected = Painted(url=URL, cost_microcredits=50_000, render_ms=14_300, remaining_microcredits=12_300_000)
    assert protocol.read_result(answer(200, body)) == expected


@pytest.mark.parametrize(
    ("cost", "microcredits"),
    [
        ("0.06", 60_000),
        ("0.0000004", 0),
        ("0.1234567", 123_457),
        ('"0.075"', 75_000),
        ("1", 1_000_000),
        ("0", 0),
        ("-0.05", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e400", None),
        ("1e99999999999999999999", None),
        ("1001", None),
        ("true", None),
        ("null", None),
        ('"sNaN"', None),
        ('"free"', None),
        ("[0.05]", None),
    ],
)
def test_a_cost_is_whole_microcredits_or_unknown(cost, microcredits):
    body = b'{"status": "COMPLETED", "images": [{"url": "%s"}], "metrics": {"cost": %s}}' % (
        URL.encode(),
        cost.encode(),
    )
    if "e9" in cost:  # a figure that JSON allows and no number type holds spoils the answer: it is asked again
        assert type(raised(protocol.read_result, answer(200, body=body))) is errors.Unavailable
        return
    assert protocol.read_result(answer(200, body=body)) == Painted(url=URL, cost_microcredits=microcredits)


@pytest.mark.parametrize(
    ("metrics", "render_ms"),
    [
        ({"inference_time": 10, "queue_time": 0.5, "total_time": 99}, 10_500),
        ({"inference_time": 10, "total_time": 11}, 11_000),
        ({"inference_time": 10}, 10_000),
        ({"total_time": 11}, 11_000),
        ({"queue_time": 1}, None),
        ({"total_time": -1}, None),
        ({"total_time": 10**9}, None),
        ({"inference_time": "1e17", "queue_time": "1E+999999"}, None),
        ({"inference_time": "soon"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_render_time_is_queueing_and_drawing_together(metrics, render_ms):
    assert protocol.read_result(answer(200, {"output": URL, "metrics": metrics})) == Painted(
        url=URL, render_ms=render_ms
    )


def test_v1_answers_with_the_bytes_of_the_picture_and_the_cost_in_headers():
    raw = answer(
        200, body=JPEG, content_type="image/jpeg", x_cost="0.025", X_Remaining_Credits="3.5", x_request_id="r-1"
    )
    assert protocol.read_paint(raw) == Painted(
        data=JPEG, cost_microcredits=25_000, remaining_microcredits=3_500_000, request_id="r-1"
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (answer(200, body=JPEG, content_type="application/octet-stream"), Painted(data=JPEG)),
        (answer(200, body=b"\0\1\2", content_type="image/x-new"), Painted(data=b"\0\1\2")),
        (answer(200, body=URL.encode(), content_type="text/plain"), Painted(url=URL)),
        (answer(200, body=ENCODED.encode(), content_type="text/plain"), Painted(data=JPEG)),
        (answer(200, URL), Painted(url=URL)),
        (answer(200, {"output": URL}), Painted(url=URL)),
        (answer(200, {"status": "FAILED", "error": "no"}), Failed(detail="no")),
        (answer(422, {"status": "FAILED", "error": "no"}), Failed(detail="no")),
        (answer(422, {"error": "no"}), Failed(detail="no")),
    ],
)
def test_v1_is_read_by_what_comes(reply, expected):
    assert protocol.read_paint(reply) == expected


@pytest.mark.parametrize("body", [b"", HTML])
def test_v1_without_a_picture_is_unclear_whatever_it_calls_itself(body):
    assert type(raised(protocol.read_paint, answer(200, body=body, content_type="image/jpeg"))) is errors.Unclear


# ---------------------------------------------------------------- balance


@pytest.mark.parametrize(
    ("body", "microcredits"),
    [
        ({"credits": 12.3, "free-credits": 0.01}, 12_310_000),
        ({"credits": "12.3"}, 12_300_000),
        ({"credits": 0, "free-credits": None}, 0),
        ({"credits": -0.5}, -500_000),
    ],
)
def test_the_balance_counts_bought_and_free_credits(body, microcredits):
    assert protocol.read_balance(answer(200, body)) == microcredits


@pytest.mark.parametrize("body", [{}, {"credits": None}, {"free-credits": 1}, [], None])
def test_a_balance_that_is_not_told_is_not_zero(body):
    assert type(raised(protocol.read_balance, answer(200, body))) is errors.Unavailable


# ---------------------------------------------------------------- error texts


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"error": "no"}, "no"),
        ({"detail": "no"}, "no"),
        ({"message": "no"}, "no"),
        (
            {"error": "invalid_api_key", "error_description": "The key is invalid."},
            "invalid_api_key: The key is invalid.",
        ),
        ({"error": {"code": 400, "message": "no"}}, "no"),
        ({"error": [{"msg": "one"}, "two"]}, "one; two"),
        ("no", "no"),
        ({"error": 5}, "HTTP 400"),
        ({}, "HTTP 400"),
        ([None, {"error": ""}], "HTTP 400"),
        ({"error": "a\r\n\tb\x00\u202e\ud800c"}, "a b c"),
    ],
)
def test_error_texts_are_read_in_every_wrapping_and_cleaned(body, text):
    assert answers.reason(answer(400, body)) == text


def test_the_text_of_a_page_for_people_is_not_shown():
    assert answers.reason(page(502)) == "HTTP 502"
    assert answers.reason(answer(502, body=b" <!doctype html>")) == "HTTP 502"


def test_a_long_text_keeps_both_ends_so_that_the_support_code_stays():
    text = answers.clean("start " + "x" * 100_000 + " Support codes: 58061214")
    assert len(text) == answers.TEXT_MAX_CHARS
    assert text.startswith("start x")
    assert text.endswith("x Support codes: 58061214")


# ---------------------------------------------------------------- history

ROW = {
    "request_id": "r1",
    "model_name": "imagen-4",
    "model_status": "COMPLETED",
    "credits_deduction": 0.06,
    "request_body": {"prompt": "a", "guidance_scale": 7.1},
    "generation_url": URL,
    "model_created": "2026-09-21T14:13:20.500Z",
    "error": None,
}
READ_ROW = HistoryRow(
    request_id="r1",
    slug="imagen-4",
    status="COMPLETED",
    created_ms=NOW_MS + 500,
    cost_microcredits=60_000,
    payload={"prompt": "a", "guidance_scale": 7.1},
    url=URL,
    detail=None,
)


@pytest.mark.parametrize(
    "body", [[ROW], {"data": [ROW]}, {"data": {"rows": [ROW]}, "total": 1}, {"results": [ROW, 7, {"no": "id"}]}]
)
def test_a_page_of_the_history_is_read_in_every_envelope(body):
    assert history.read_page(answer(200, body)) == [READ_ROW]


def test_an_empty_page_has_no_rows_but_unreadable_rows_are_no_answer():
    assert history.read_page(answer(200, {"data": []})) == []
    assert type(raised(history.read_page, answer(200, {"data": [{"no": "id"}]}))) is errors.Unavailable


def test_a_row_that_tells_only_its_id_is_a_row():
    assert history.read_page(answer(200, [{"request_id": "r1"}])) == [row("r1", slug=None, created_ms=None)]


@pytest.mark.parametrize(
    "created",
    [
        "2026-09-21T14:13:20.500",
        "2026-09-21 14:13:20.5",
        "2026-09-21T16:13:20.500+02:00",
        NOW_MS + 500,
        NOW_MS / 1000 + 0.5,
    ],
)
def test_the_time_of_a_row_is_read_in_every_form(created):
    assert history.read_page(answer(200, [{**ROW, "model_created": created}])) == [READ_ROW]
    assert history.read_page(answer(200, [{**ROW, "model_created": None, "created_at": created}])) == [READ_ROW]


def test_what_was_sent_is_read_from_text_too_and_compares_to_what_we_sent():
    text = {**ROW, "request_body": json.dumps(ROW["request_body"])}
    [row] = history.read_page(answer(200, [text]))
    assert row.payload == {"prompt": "a", "guidance_scale": 7.1}
    assert type(row.payload["guidance_scale"]) is float


def test_a_failed_row_tells_why():
    [row] = history.read_page(answer(200, [{**ROW, "generation_url": None, "error": {"message": "no"}}]))
    assert (row.url, row.detail) == (None, "no")


def row(request_id, *, slug="imagen-4", created_ms=NOW_MS):
    unknown = dict.fromkeys(["status", "cost_microcredits", "payload", "url", "detail"])
    return HistoryRow(request_id=request_id, slug=slug, created_ms=created_ms, **unknown)


def test_only_this_models_requests_since_then_are_wanted_one_row_each_in_their_order():
    rows = [
        row("b", created_ms=NOW_MS + 2),
        row("b", created_ms=NOW_MS + 2),
        row("u", slug="imagen-4-ultra"),
        row("n", slug=None, created_ms=None),
        row("a"),
        row("b"),
        row("old", created_ms=NOW_MS - 1),
    ]
    wanted = history.wanted(rows, slug="imagen-4", since_ms=NOW_MS)
    assert wanted == [rows[0], rows[3], rows[4]]


def test_the_list_ends_where_a_page_goes_back_too_far_or_brings_nothing_new():
    seen = [row("a"), row("b")]
    assert history.is_last([], seen=seen, since_ms=NOW_MS)
    assert history.is_last([row("a"), row("b")], seen=seen, since_ms=NOW_MS)
    assert history.is_last([row("c"), row("d", created_ms=NOW_MS - 1)], seen=seen, since_ms=NOW_MS)
    assert not history.is_last([row("b"), row("c")], seen=seen, since_ms=NOW_MS)
    assert not history.is_last([row("c", created_ms=None)], seen=seen, since_ms=NOW_MS)


@pytest.mark.parametrize("body", [ROW, {"data": ROW}, {"data": [ROW]}, [ROW]])
def test_one_request_is_looked_up_in_every_envelope(body):
    assert history.read_row(answer(200, body), "r1") == READ_ROW


@pytest.mark.parametrize("body", [[], {"data": []}, {"data": None}, {**ROW, "request_id": "r2"}])
def test_a_request_that_the_books_do_not_have_is_none(body):
    assert history.read_row(answer(200, body), "r1") is None


# ---------------------------------------------------------------- anything at all

FIELDS = st.sampled_from([
    "request_id", "status", "error", "detail", "message", "loc", "metrics", "cost", "inference_time", "queue_time",
    "total_time", "remaining_credits", "output", "images", "url", "image", "data", "credits", "free-credits",
    "model_created", "request_body", "generation_url", "credits_deduction", "model_name", "model_status",
])  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["QUEUED", "COMPLETED", "FAILED", URL, ENCODED, "1E+999999999", "sNaN", '[["x"', "\ud800", "r1"]),
)
JSON_VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6), max_leaves=12
)
BODIES = st.one_of(st.binary(max_size=64), JSON_VALUES.map(lambda value: json.dumps(value).encode()))
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "retry-after", "X-Rate-Limit-Reset-At-Utc", "x-cost", "x-remaining-credits"]),
    st.one_of(st.text(max_size=30), st.datetimes().map(str), st.integers().map(str), st.just("image/jpeg")),
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.integers(100, 599), st.integers(0, 2000)), HEADERS, BODIES)
def test_no_answer_ever_raises_anything_but_a_provider_error(status, headers, body):
    reply = Answer(status, headers, body, NOW_MS)
    for read in (protocol.read_submit, protocol.read_paint, *READERS):
        try:
            read(reply)
        except ProviderError as failure:
            checked(failure)


def checked(failure):
    assert len(failure.detail) <= answers.TEXT_MAX_CHARS
    assert failure.detail.encode().decode() == failure.detail
    reset_ms = getattr(failure, "reset_ms", None)
    assert reset_ms is None or NOW_MS <= reset_ms <= NOW_MS + answers.RESET_MAX_MS


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([408, 423, 451, 500, 502, 503, 504, 520]), st.binary(max_size=32))
def test_an_unexpected_answer_to_a_post_is_never_proof_that_it_was_not_taken(status, body):
    assert type(raised(protocol.read_submit, Answer(status, {}, body, NOW_MS))) is errors.Unclear
