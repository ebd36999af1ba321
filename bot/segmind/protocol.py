"""What Segmind's answers mean: they become values, or the error that names what to do next. No I/O.

A POST may cost money, so an answer to one says whether it was taken: `_taken` sorts that. A GET costs nothing, so
everything that is not an answer about the job is asked again later: `_heard` sorts that.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, assert_never

from bot.errors import (
    BadParameters,
    Expired,
    KeyRejected,
    ModelRetired,
    NotPermitted,
    NotTaken,
    OutOfCredits,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unclear,
    UnknownModel,
)
from bot.ports import Completed, Failed, Painted, Pending, Phase
from bot.segmind import outputs
from bot.segmind.answers import Answer, Reply, Silence, microcredits, number, reason, reset_ms, told

_RENDER_MAX_S = 24 * 60 * 60
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9_.:-]{1,200}")
_FAILED, _COMPLETED = "FAILED", "COMPLETED"
_PHASES = {"QUEUED": Phase.QUEUED, "PROCESSING": Phase.PROCESSING}
# With these, the API itself speaks, and its body may tell the end of a job (FAILED comes as 422). With 401, 403, 406
# and 429 it speaks about who asks, and 502 to 504 come from a gateway that knows nothing about jobs.
_ABOUT_JOBS = frozenset({400, 404, 410, 422, 500})
_POST_ERRORS: Mapping[int, type[ProviderError]] = {
    400: BadParameters,
    401: KeyRejected,
    403: NotPermitted,
    404: UnknownModel,
    406: OutOfCredits,
    408: Unclear,  # a gateway gave up on somebody, perhaps on the model
    410: ModelRetired,
    422: BadParameters,
}
_REFUSALS = range(400, 423)


def read_submit(reply: Reply) -> str:
    """The `request_id`; raises NotTaken, Refused or Unclear."""
    request_id = request_id_in(_taken(reply).data)
    if request_id is None:
        raise Unclear("taken, but the answer names no request")
    return request_id


def read_paint(reply: Reply) -> Painted | Failed:
    """What v1 painted; raises NotTaken, Refused or Unclear."""
    if (
        isinstance(reply, Answer)
        and _word(reply) == _FAILED
        and (reply.ok or reply.status == HTTPStatus.UNPROCESSABLE_ENTITY)
    ):
        return Failed(detail=reason(reply))
    painted = _painted(_taken(reply))
    if painted is None:
        raise Unclear("taken, but the answer holds no picture")
    return painted


def read_status(reply: Reply) -> Pending | Completed | Failed:
    """How a job is doing; raises Unavailable, RateLimited, KeyRejected or Expired."""
    answer = _about_job(reply)
    match _word(answer):
        case "COMPLETED":
            return Completed()
        case "FAILED":
            return Failed(detail=reason(answer))
        case "":
            raise Unavailable("the answer tells no status")
        case word:
            # Segmind names two ends only, so a word it never told us is a job still on its way; the tracker's own
            # deadline ends the looking if that should be wrong.
            return Pending(_PHASES.get(word, Phase.PROCESSING))


def read_result(reply: Reply) -> Painted | Failed | Pending:
    """What a job came to, or Pending if asked too early; raises like `read_status`."""
    answer = _about_job(reply)
    word = _word(answer)
    if word == _FAILED:
        return Failed(detail=reason(answer))
    if word in _PHASES:
        return Pending(_PHASES[word])
    painted = _painted(answer)
    if painted is not None:
        return painted
    if word in {"", _COMPLETED}:
        raise Unavailable("the result holds no picture")
    return Pending(Phase.PROCESSING)


def read_balance(reply: Reply) -> int:
    """Whole micro-credits left, bought and free together; may be below zero. Raises like `read_status`, save Expired."""
    data = heard(reply, gone=Unavailable).data
    told_usd = (data.get("credits"), data.get("free-credits", 0)) if isinstance(data, dict) else (None, None)
    bought, free = (microcredits(usd, low_usd=-1_000_000_000, high_usd=1_000_000_000) for usd in told_usd)
    if bought is None:
        raise Unavailable("the answer tells no balance")
    return bought + (free or 0)


def heard(reply: Reply, *, gone: type[ProviderError] = Expired) -> Answer:
    """The answer to a question; raises `gone` for a 404, else KeyRejected, RateLimited or Unavailable."""
    match reply:
        case Silence(reason=why):
            raise Unavailable(why)
        case Answer(status=429):
            raise RateLimited(reason(reply), reset_ms=reset_ms(reply))
        case Answer(status=401):
            raise KeyRejected(reason(reply))
        # A page with these codes is a gateway's that lost its way: no news about the key, nor about the job.
        case Answer(status=403, page=False):
            raise KeyRejected(reason(reply))
        case Answer(status=404 | 410, page=False):
            raise gone(reason(reply))
        case Answer(ok=True):
            return reply
        case Answer():
            raise Unavailable(reason(reply))
        case _:
            assert_never(reply)


def request_id_in(data: Any) -> str | None:
    """The `request_id`, if it is one that can stand in a path."""
    named = data.get("request_id") if isinstance(data, dict) else None
    if isinstance(named, bool) or not isinstance(named, str | int):
        return None
    request_id = str(named).strip()
    return request_id if _ID.fullmatch(request_id) else None


def _about_job(reply: Reply) -> Answer:
    """The answer that tells about a job: the body decides, not the HTTP code."""
    if isinstance(reply, Answer) and reply.status in _ABOUT_JOBS and _word(reply) in {_FAILED, _COMPLETED}:
        return reply
    return heard(reply)


def _word(answer: Answer) -> str:
    """The state that the body tells, in capitals; "" if it tells none."""
    if not isinstance(answer.data, dict):
        return ""
    state = answer.data.get("status")
    if isinstance(state, str):
        return state.strip().upper()
    # Segmind documents 422 as the code of FAILED, so an error text is enough there. A list is a validator's complaint.
    failed = answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and not isinstance(answer.data.get("detail"), list)
    return _FAILED if failed and told(answer.data) else ""


def _taken(reply: Reply) -> Answer:
    """The answer to a POST that was let in; raises what every other reply to one means."""
    match reply:
        case Silence(sent=False, reason=why):
            raise NotTaken(why)
        case Silence(reason=why):
            raise Unclear(why)
        case Answer(ok=True):
            return reply
        case Answer(status=429):
            raise RateLimited(reason(reply), reset_ms=reset_ms(reply))
        case Answer():
            raise _post_error(reply)(reason(reply))
        case _:
            assert_never(reply)


def _post_error(answer: Answer) -> type[ProviderError]:
    """Only a success is charged, so an answer of the API's own is a no; everything else may hide a yes."""
    # A gateway's page is a no, but no news about the model or about what the key may use.
    if answer.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND} and answer.page:
        return Refused
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and _word(answer) == _FAILED:
        return Refused
    if answer.status in _POST_ERRORS:
        return _POST_ERRORS[answer.status]
    own_error = (
        answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
        and isinstance(answer.data, dict)
        and told(answer.data.get("error"))
    )
    return Refused if answer.status in _REFUSALS or own_error else Unclear


def _painted(answer: Answer) -> Painted | None:
    picture = _picture(answer)
    if picture is None:
        return None
    metrics = answer.data.get("metrics") if isinstance(answer.data, dict) else None
    told_of = metrics if isinstance(metrics, dict) else {}
    return Painted(
        url=picture if isinstance(picture, str) else None,
        data=picture if isinstance(picture, bytes) else None,
        cost_microcredits=microcredits(told_of.get("cost", answer.header("x-cost"))),
        render_ms=_render_ms(told_of),
        remaining_microcredits=microcredits(
            told_of.get("remaining_credits", answer.header("x-remaining-credits")), high_usd=1_000_000_000
        ),
        request_id=request_id_in(answer.data) or request_id_in({"request_id": answer.header("x-request-id")}),
    )


def _picture(answer: Answer) -> str | bytes | None:
    """The picture in a JSON answer, or an answer that is a picture, or the text of a URL or of base64."""
    if answer.data is not None:
        return outputs.find(answer.data)
    named = answer.header("content-type").lower().startswith("image/") and not answer.page
    if outputs.is_picture(answer.body) or (named and answer.body):
        return answer.body
    return outputs.find(answer.body.decode(errors="replace"))


def _render_ms(metrics: Mapping[str, Any]) -> int | None:
    """Queueing and drawing together, as far as they are told (in seconds)."""
    drawing_s, queueing_s, total_s = (
        number(metrics.get(key)) for key in ("inference_time", "queue_time", "total_time")
    )
    render_s = drawing_s + queueing_s if drawing_s is not None and queueing_s is not None else total_s or drawing_s
    return int(render_s * 1000) if render_s is not None and 0 <= render_s <= _RENDER_MAX_S else None
