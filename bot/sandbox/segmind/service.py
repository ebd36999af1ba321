"""What Segmind does with a call once the gateway let it in: takes requests and tells about them. No HTTP here."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.clock import Clock
from bot.sandbox.segmind import history
from bot.sandbox.segmind.answers import Answer, error, json_answer, page
from bot.sandbox.segmind.drawing import Picture, draw, fitted
from bot.sandbox.segmind.models import Model
from bot.sandbox.segmind.outputs import INLINE, Style, finished, progress
from bot.sandbox.segmind.requests import Api, Book, Request, State
from bot.sandbox.segmind.weather import Fault

_FILES_KEPT_MS = 7 * 86_400_000
_EXTENSIONS = {"image/jpeg": "jpeg", "image/png": "png"}


@dataclass(slots=True)
class Service:
    """Every field may be changed while it runs.

    `picture_px` caps the longer side of the pictures drawn; `history_lag_s` is how late a request shows in the history.
    """

    clock: Clock
    book: Book
    models: dict[str, Model]
    style: Style
    picture_px: int | None
    history_lag_s: float

    def take(self, slug: str, body: Any, *, api: Api, content_type: str, fate: Fault | None) -> Request | Answer:
        """Book a request, or refuse it."""
        model = self.models.get(slug)
        if model is None or (api is Api.V2 and not model.v2):
            return error(404, f"Model {slug} not found")
        if model.retired:
            return error(
                410, f"Model {slug} has been retired." + (f" Use {model.successor}." if model.successor else "")
            )
        if content_type != "application/json":
            return error(406, "Invalid content type")
        problem = model.problem(body) if isinstance(body, dict) else "The body must be a JSON object"
        if problem:
            return error(400, problem)
        return self._unpaid(model) or self.book.take(model, body, api=api, fate=fate)

    def _unpaid(self, model: Model) -> Answer | None:
        balance = self.book.balance_microcredits
        if balance >= model.price_microcredits:
            return None
        needed, left = model.price_microcredits / 1_000_000, balance / 1_000_000
        return error(406, f"Insufficient credits: {left:.4f} left, {needed:.4f} needed")

    def submitted(self, request: Request, *, origin: str) -> Answer:
        """The answer to a v2 submit."""
        response_url = f"{origin}/v2/requests/{request.id}"
        status_url = f"{response_url}/status"
        return json_answer(
            {
                "request_id": request.id,
                "status": State.QUEUED.value,
                "status_url": status_url,
                "response_url": response_url,
                "poll_url": status_url,
            }
        )

    async def v1(self, request: Request, *, origin: str) -> Answer:
        """The answer to a v1 call, once the request has ended."""
        await self._wait_until(min(request.ended_ms, request.expires_ms))
        ended = self.book.find(request.id)
        if ended is None or not ended.ended:
            return page(504, "Gateway Time-out")
        if ended.error:
            return error(500, ended.error)
        picture = await self._picture(request)
        headers = _v1_headers(request)
        if self.style.v1_json:
            return replace(
                json_answer(finished(request, self.style, url=_url(origin, request), picture=picture)), headers=headers
            )
        return Answer(200, picture, request.model.content_type, headers)

    def status(self, request_id: str) -> Answer:
        request = self._known(request_id)
        if request is None:
            return _not_found(request_id)
        return json_answer(progress(request, self.style), 422 if request.state is State.FAILED else 200)

    async def result(self, request_id: str, *, origin: str) -> Answer:
        """The finished body; the status body for a request that is not COMPLETED."""
        request = self._known(request_id)
        if request is None or request.state is not State.COMPLETED:
            return self.status(request_id)
        picture = await self._picture(request) if self.style.shape in INLINE else b""
        return json_answer(finished(request, self.style, url=_url(origin, request), picture=picture))

    def balance(self) -> Answer:
        return json_answer({"credits": self.book.balance_microcredits / 1_000_000, "free-credits": 0.0})

    async def image(self, request_id: str) -> Answer:
        """A finished picture; files live longer than the results that name them."""
        request = self.book.find(request_id)
        gone = request is None or self.clock.now_ms() >= request.created_ms + _FILES_KEPT_MS
        if request is None or gone or request.state is not State.COMPLETED:
            return page(404, "Not Found")
        return Answer(200, await self._picture(request), request.model.content_type)

    def history(self, values: Mapping[str, str], *, origin: str) -> Answer:
        today = datetime.fromtimestamp(self.clock.now_ms() / 1000, UTC).date()
        try:
            query = history.read_query(values, today=today)
        except history.BadQuery as bad:
            return error(400, str(bad))
        shown = [request for request in self.book.requests if self._shown(request)]
        return json_answer(history.listing(shown, query, url=lambda request, number: _url(origin, request)(number)))

    def history_of(self, request_id: str, *, origin: str) -> Answer:
        request = self.book.find(request_id)
        if request is None or not self._shown(request):
            return _not_found(request_id)
        return json_answer(history.rows(request, url=lambda request, number: _url(origin, request)(number))[0])

    def _shown(self, request: Request) -> bool:
        return self.clock.now_ms() >= request.created_ms + self.history_lag_s * 1000

    def _known(self, request_id: str) -> Request | None:
        """A v2 request whose hour has not passed."""
        request = self.book.find(request_id)
        if request is None or request.api is Api.V1 or self.clock.now_ms() >= request.expires_ms:
            return None
        return request

    async def _wait_until(self, at_ms: int) -> None:
        while (now_ms := self.clock.now_ms()) < at_ms:
            await self.clock.sleep((at_ms - now_ms) / 1000)

    async def _picture(self, request: Request) -> bytes:
        width_px, height_px = fitted(*request.model.size_px(request.body), longest_px=self.picture_px)
        picture = Picture(
            prompt=request.prompt,
            slug=request.slug,
            seed=request.seed,
            width_px=width_px,
            height_px=height_px,
            content_type=request.model.content_type,
        )
        return await asyncio.to_thread(draw, picture)


def _url(origin: str, request: Request) -> Callable[[int], str]:
    extension = _EXTENSIONS[request.model.content_type]
    return lambda number: f"{origin}/generations/{request.id}{f'_{number}' if number else ''}.{extension}"


def _not_found(request_id: str) -> Answer:
    return error(404, f"Request {request_id} not found")


def _v1_headers(request: Request) -> dict[str, str]:
    headers = {
        "x-request-id": request.id,
        "x-cost": f"{request.charged_microcredits / 1_000_000}",
        "x-remaining-credits": f"{request.remaining_microcredits / 1_000_000}",
        "x-generation-time": f"{(request.ended_ms - request.created_ms) / 1000}",
    }
    return headers | ({"x-seed-value": str(request.seed)} if "seed" in request.model.parameters else {})
