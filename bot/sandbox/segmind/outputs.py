"""How a finished request is told: every shape of `output` that was seen or may come."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from bot.sandbox.segmind.requests import Request, State


class OutputShape(StrEnum):
    IMAGES_AND_URL = "images[].url, and output as a URL"
    IMAGES = "images[].url only"
    URL = "output as a URL"
    URL_LIST = "output as a list of URLs"
    JSON_STRING = "output as a JSON string of a list of URLs"
    DATA_URI = "output as a data URI"
    BASE64 = "output as base64"


INLINE = frozenset({OutputShape.DATA_URI, OutputShape.BASE64})


@dataclass(frozen=True, slots=True)
class Style:
    """What the answers of this Segmind look like, where nobody outside knows or where it varies.

    `metrics` False leaves the whole object out, `cost` False only the money in it. `v1_json`: v1 answers the finished
    body as JSON, not the picture's bytes.
    """

    shape: OutputShape = OutputShape.IMAGES_AND_URL
    metrics: bool = True
    cost: bool = True
    v1_json: bool = False


def finished(request: Request, style: Style, *, url: Callable[[int], str], picture: bytes) -> dict[str, Any]:
    """The body of a COMPLETED request; `picture` is looked at for the inline shapes only."""
    urls = [url(number) for number in range(request.model.outputs)]
    body: dict[str, Any] = {"status": State.COMPLETED.value, "request_id": request.id}
    body |= _output(style.shape, urls, content_type=request.model.content_type, picture=picture)
    return body | metrics(request, style)


def _output(shape: OutputShape, urls: list[str], *, content_type: str, picture: bytes) -> dict[str, Any]:
    images = [{"url": url, "content_type": content_type} for url in urls]
    match shape:
        case OutputShape.IMAGES:
            return {"images": images}
        case OutputShape.IMAGES_AND_URL:
            return {"output": urls[0], "images": images}
        case OutputShape.URL:
            output: Any = urls[0]
        case OutputShape.URL_LIST:
            output = urls
        case OutputShape.JSON_STRING:
            output = json.dumps(urls)
        case OutputShape.DATA_URI:
            output = f"data:{content_type};base64,{base64.b64encode(picture).decode()}"
        case OutputShape.BASE64:
            output = base64.b64encode(picture).decode()
        case _:
            assert_never(shape)
    return {"output": output}


def metrics(request: Request, style: Style) -> dict[str, Any]:
    """Times in seconds once it ended; money only where something was charged. Empty until then, as Segmind answers."""
    if not style.metrics:
        return {}
    if not request.ended:
        return {"metrics": {}}
    told: dict[str, Any] = {
        "inference_time": (request.ended_ms - request.started_ms) / 1000,
        "queue_time": (request.started_ms - request.created_ms) / 1000,
        "total_time": (request.ended_ms - request.created_ms) / 1000,
    }
    if style.cost and request.charged_microcredits:
        told["cost"] = request.charged_microcredits / 1_000_000
        told["remaining_credits"] = request.remaining_microcredits / 1_000_000
    return {"metrics": told}


def progress(request: Request, style: Style) -> dict[str, Any]:
    """The status body, with the error once it failed."""
    body: dict[str, Any] = {"request_id": request.id, "status": request.state.value} | metrics(request, style)
    if request.state is State.FAILED:
        body["error"] = request.error
    return body
