"""Trouble on demand: a marker in a prompt brings its fault upon that job, for people who try the bot by hand.

    [rai-words]    refused for its words             [rai-picture]  the drawing tripped the filter
    [fail]         an ordinary failure               [slow]         45 seconds longer
    [429]          too many requests, twice          [outage]       the gateway is down
    [dropped]      taken, but the answer is lost     [500]          refused with an error of theirs
    [endless]      queued for ever                   [expired]      the result is gone at once
    [retired]      the model is retired              [no-credits]   the operator's account is empty
    [bad-image]    the file is not a picture

A marker names its category after a colon where it has one: `[rai-words:violence]`.
"""

import re
from collections import Counter

from bot.sandbox.segmind import rai
from bot.sandbox.segmind.weather import POSTS, CallKind, Fault, FaultKind, Rule, blocked_picture, blocked_words

# `times`: that many calls are hit, then one goes by, then the count begins again, so that the next job finds it new.
_RULES: dict[str, Rule] = {
    "fail": Rule(Fault(FaultKind.FAILED), POSTS),
    "slow": Rule(Fault(FaultKind.SLOW, seconds=45), POSTS),
    "429": Rule(Fault(FaultKind.RATE_LIMITED), POSTS, times=2),
    "outage": Rule(Fault(FaultKind.UNAVAILABLE), POSTS),
    "dropped": Rule(Fault(FaultKind.DROPPED, taken=True), POSTS),
    "500": Rule(Fault(FaultKind.ERROR_JSON), POSTS),
    "endless": Rule(Fault(FaultKind.ENDLESS), POSTS),
    "expired": Rule(Fault(FaultKind.EXPIRED_EARLY), POSTS),
    "retired": Rule(Fault(FaultKind.RETIRED), POSTS),
    "no-credits": Rule(Fault(FaultKind.OUT_OF_CREDITS), POSTS),
    "bad-image": Rule(Fault(FaultKind.NOT_AN_IMAGE), frozenset({CallKind.IMAGE, CallKind.V1})),
}
_MARKER = re.compile(r"\[([a-z0-9-]+)(?::([a-z -]+))?\]")


class Markers:
    """Reads the markers of a prompt; keeps count of those that only hit a few times."""

    def __init__(self) -> None:
        self._hits: Counter[str] = Counter()

    def pick(self, call: CallKind, *, prompt: str) -> Fault | None:
        """Decide the fault that the prompt asks for on this call, if any."""
        for name, category in _MARKER.findall(prompt):
            rule = _rule(name, category)
            if rule and call in rule.on and self._counts(rule, prompt):
                return rule.fault
        return None

    def _counts(self, rule: Rule, prompt: str) -> bool:
        if rule.times is None:
            return True
        self._hits[prompt] = (self._hits[prompt] + 1) % (rule.times + 1)
        return self._hits[prompt] != 0


def _rule(name: str, category: str) -> Rule | None:
    match name:
        case "rai-words":
            return Rule(blocked_words(_category(category, rai.WORDS_CODES)), POSTS)
        case "rai-picture":
            return Rule(blocked_picture(_category(category, rai.PICTURE_CODES)), POSTS)
        case _:
            return _RULES.get(name)


def _category(name: str, codes: dict[rai.Category, tuple[int, ...]]) -> rai.Category:
    return next((category for category in codes if category == name), rai.Category.OTHER)
