"""The way of a call from the door to its answer: key, plan limit, weather, and what the weather leaves of the answer."""

from dataclasses import dataclass
from typing import assert_never

from bot.clock import Clock
from bot.sandbox.segmind.answers import Answer, error, instead, json_answer, page, spoil, too_many
from bot.sandbox.segmind.calls import Asked, Call, Observers, Step
from bot.sandbox.segmind.limiter import Limiter
from bot.sandbox.segmind.markers import Markers
from bot.sandbox.segmind.requests import Api, Request
from bot.sandbox.segmind.service import Service
from bot.sandbox.segmind.weather import FATES, POSTS, SPOILT_ON_THE_WAY, CallKind, Fault, FaultKind, Weather

_APIS = {CallKind.SUBMIT: Api.V2, CallKind.V1: Api.V1}


@dataclass(slots=True)
class Gateway:
    """Decides what a call gets. `markers` is None where prompts cannot bring trouble upon themselves."""

    clock: Clock
    api_key: str
    service: Service
    weather: Weather
    markers: Markers | None
    limiter: Limiter
    observers: Observers

    async def answer(self, call: Call, asked: Asked) -> Answer | None:
        """The answer; None is a connection closed without a word."""
        if call.kind is not CallKind.IMAGE and (refusal := self._refusal(asked)):
            return refusal
        fault = call.fault = self._fault(call)
        if fault and not _goes_through(fault, call):
            return await self._turned_away(fault, call)
        taken = self._take(call, asked) if call.kind in POSTS else None
        if isinstance(taken, Answer):
            return taken
        await self.observers.tell(Step.TAKEN, call)
        return await self._let_in(call, taken, asked)

    def _refusal(self, asked: Asked) -> Answer | None:
        if asked.key is None:
            return error(401, "Missing Authorization or x-api-key in header")
        if asked.key != self.api_key:
            return error(401, "Unauthorized. API key is invalid or may have expired.")
        now_ms = self.clock.now_ms()
        reset_ms = self.limiter.pass_or_reset_ms(now_ms)
        return None if reset_ms is None else too_many(reset_ms=reset_ms, now_ms=now_ms)

    def _fault(self, call: Call) -> Fault | None:
        asked_for = self.markers.pick(call.kind, prompt=call.prompt) if self.markers else None
        return asked_for or self.weather.pick(call.kind, prompt=call.prompt, slug=call.slug)

    def _take(self, call: Call, asked: Asked) -> Request | Answer:
        fate = call.fault if call.fault and call.fault.kind in FATES else None
        taken = self.service.take(
            call.slug, call.body, api=_APIS[call.kind], content_type=asked.content_type, fate=fate
        )
        if isinstance(taken, Request):
            call.request_id = taken.id
        return taken

    async def _turned_away(self, fault: Fault, call: Call) -> Answer | None:
        """What a call gets that a fault stopped before anything was taken."""
        if fault.kind is FaultKind.STALLED:
            await self.clock.sleep(fault.seconds)
            return page(504, "Gateway Time-out")
        return self._instead(fault, call)

    async def _let_in(self, call: Call, taken: Request | None, asked: Asked) -> Answer | None:
        """What arrives of the right answer."""
        fault = call.fault
        if fault is None or _is_fate(fault, call):
            return await self._right(taken, asked)
        if fault.kind is FaultKind.STALLED:
            await self.clock.sleep(fault.seconds)
            return await self._right(taken, asked)
        if fault.kind in SPOILT_ON_THE_WAY:
            return spoil(fault, await self._right(taken, asked))
        return self._instead(fault, call)

    def _instead(self, fault: Fault, call: Call) -> Answer | None:
        if fault.kind is FaultKind.OUT_OF_CREDITS and call.kind is CallKind.BALANCE:
            return json_answer({"credits": 0.0, "free-credits": 0.0})
        return instead(fault, now_ms=self.clock.now_ms())

    async def _right(self, taken: Request | None, asked: Asked) -> Answer:
        if taken:
            if taken.api is Api.V1:
                return await self.service.v1(taken, origin=asked.origin)
            return self.service.submitted(taken, origin=asked.origin)
        return await self._read(asked)

    async def _read(self, asked: Asked) -> Answer:
        request_id = asked.params.get("request_id", "")
        match asked.kind:
            case CallKind.STATUS:
                return self.service.status(request_id)
            case CallKind.RESULT:
                return await self.service.result(request_id, origin=asked.origin)
            case CallKind.BALANCE:
                return self.service.balance()
            case CallKind.HISTORY if request_id:
                return self.service.history_of(request_id, origin=asked.origin)
            case CallKind.HISTORY:
                return self.service.history(asked.query, origin=asked.origin)
            case CallKind.IMAGE:
                return await self.service.image(asked.params["request_id"])
            case CallKind.SUBMIT | CallKind.V1:
                raise AssertionError(asked.kind)
            case _:
                assert_never(asked.kind)


def _is_fate(fault: Fault, call: Call) -> bool:
    return fault.kind in FATES and call.kind in POSTS


def _goes_through(fault: Fault, call: Call) -> bool:
    """Whether the call does its work in spite of the fault."""
    return fault.taken or fault.kind in SPOILT_ON_THE_WAY or _is_fate(fault, call)
