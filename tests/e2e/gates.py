"""Where a request can be held on its way, so that the power is cut while it stands exactly there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord import calls as discord_calls
from bot.sandbox.segmind import CallKind
from bot.sandbox.segmind import calls as segmind_calls
from cogs.widgets import ACCENTS
from tests.e2e.rig import Outside

Step = discord_calls.Step | segmind_calls.Step
Discord, Segmind = discord_calls.Step, segmind_calls.Step
DiscordCall, SegmindCall = discord_calls.Call, segmind_calls.Call


class LostOnTheWay(ConnectionError):
    """The power was cut before the call was on the wire."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One point of the way: the `nth` call that `matches`, at `step`.

    `lost`: what is held there never arrives once the power is cut. `answered`: the cut comes behind the answer.
    """

    name: str
    step: Step
    matches: Callable[[Any], bool]
    nth: int = 1
    lost: bool = False
    answered: bool = False

    @property
    def before_submit(self) -> bool:
        """Whether what is held here is the first submit, which may still be turned away."""
        return self.name.startswith("submit ") and self.step is Segmind.RECEIVED


def _callback(call: DiscordCall) -> bool:
    return call.route.endswith("/callback")


def _edit(call: DiscordCall) -> bool:
    return call.method == "PATCH" and call.route.endswith("/messages/@original")


def _final_edit(call: DiscordCall) -> bool:
    return _edit(call) and call.payload["components"][-1].get("accent_color") != ACCENTS["waiting"].value


def _points(name: str, matches: Callable[[Any], bool], *, acted: Step, received: Step, nth: int = 1) -> list[Stop]:
    """Before a call has done anything, after it has, and behind its answer."""
    return [
        Stop(f"{name} received", received, matches, nth=nth),
        Stop(f"{name} acted", acted, matches, nth=nth),
        Stop(f"{name} answered", received, matches, nth=nth, answered=True),
    ]


def _at_discord(name: str, matches: Callable[[DiscordCall], bool]) -> list[Stop]:
    lost = Stop(f"{name} received, lost", Discord.RECEIVED, matches, lost=True)
    return [*_points(name, matches, acted=Discord.ACTED, received=Discord.RECEIVED), lost]


def _at_segmind(name: str, kind: CallKind, *, nth: int = 1) -> list[Stop]:
    return _points(name, lambda call: call.kind is kind, acted=Segmind.TAKEN, received=Segmind.RECEIVED, nth=nth)


LOST_SUBMIT = Stop("submit received, lost", Segmind.RECEIVED, lambda call: call.kind is CallKind.SUBMIT, lost=True)
# The first answer has to be there within three seconds, so nobody can be held there for long.
FIRST_ANSWER = _at_discord("defer", _callback)
# Whose first image it is, is told of privacy beside a card that waits for that.
FIRST_NOTE = _at_discord("first edit, for the note", _edit)
REST = [
    *_at_discord("first edit", _edit),
    *_at_discord("final edit", _final_edit),
    *_at_segmind("submit", CallKind.SUBMIT),
    *_at_segmind("second submit", CallKind.SUBMIT, nth=2),
    *_at_segmind("v1", CallKind.V1),
    *_at_segmind("poll", CallKind.STATUS),
    *_at_segmind("second poll", CallKind.STATUS, nth=2),
    *_at_segmind("result", CallKind.RESULT),
    *_at_segmind("picture", CallKind.IMAGE),
]


class Gates:
    """Observes both stand-ins, and holds each request at its own stop until the power has been cut."""

    def __init__(self, there: Outside) -> None:
        self._stops: dict[str, Stop] = {}
        self._seen: dict[str, int] = {}
        self._there = there
        self._cut = asyncio.Event()
        self._released = asyncio.Event()
        self._answers: dict[int, str] = {}
        self.held: set[str] = set()
        self.unanswered = 0
        there.discord.observe(self._at_discord)
        there.segmind.observe(lambda step, call: self._at_segmind(call, step))

    def set(self, prompt: str, stop: Stop) -> None:
        self._stops[prompt] = stop

    def answer(self) -> None:
        """Let go of those that are to be answered before the cut."""
        self._released.set()

    def open(self) -> None:
        """The power has been cut: from now on nothing is held, and what was on its way arrives or is lost."""
        self._stops.clear()
        self._released.set()
        self._cut.set()

    async def _at_discord(self, call: DiscordCall, step: Discord) -> None:
        token = call.params.get("interaction_token") or call.params.get("webhook_token")
        record = self._there.discord.core.interactions.with_token(token or "")
        if record is not None:
            prompt = next(each["value"] for each in record.payload["data"]["options"] if each["name"] == "prompt")
            await self._pass(prompt, call, step)

    async def _at_segmind(self, call: SegmindCall, step: Segmind) -> None:
        # A picture is asked for by its request's id, too, and so its prompt is known as well.
        await self._pass(call.prompt, call, step)

    async def _pass(self, prompt: str, call: DiscordCall | SegmindCall, step: Step) -> None:
        if step is Discord.ANSWERED or step is Segmind.ANSWERED:
            self.unanswered -= self._answers.pop(id(call), None) is not None
            return
        stop = self._stops.get(prompt)
        if stop is None or step is not stop.step or not stop.matches(call):
            return
        self._seen[prompt] = self._seen.get(prompt, 0) + 1
        if self._seen[prompt] < stop.nth:
            return
        self.held.add(prompt)
        if stop.answered:
            self._answers[id(call)] = prompt
            self.unanswered += 1
            await self._released.wait()
        else:
            await self._cut.wait()
            if stop.lost:
                raise LostOnTheWay
