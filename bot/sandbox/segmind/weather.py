"""Scripted trouble: which fault hits which call.

A `Fault` says what goes wrong, a `Rule` on which calls and how often, the `Weather` keeps the rules in force and decides.
Rules are asked in order; the first that hits wins. Presets are named sets of rules, for a panel or the command line.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from bot.sandbox.segmind import rai


class CallKind(StrEnum):
    """What a call to Segmind is about."""

    SUBMIT = "submit"
    STATUS = "status"
    RESULT = "result"
    V1 = "v1"
    BALANCE = "balance"
    HISTORY = "history"
    IMAGE = "image"


EVERY_CALL = frozenset(CallKind)
POSTS = frozenset({CallKind.SUBMIT, CallKind.V1})
POLLS = frozenset({CallKind.STATUS, CallKind.RESULT})


class FaultKind(StrEnum):
    """What goes wrong: answers given instead, connections that break, answers that are spoilt, and fates of a job."""

    # Answers given instead of the right one.
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    OUT_OF_CREDITS = "406"
    RETIRED = "410"
    RATE_LIMITED = "429"
    ERROR_JSON = "500 with a JSON error"
    ERROR_HTML = "500 with a page"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    # The connection.
    DROPPED = "dropped"
    STALLED = "stalled"
    CUT_SHORT = "cut short"
    SLOW_BODY = "one byte a second"
    # The right answer, spoilt on its way.
    HTML = "a page with 200"
    TRUNCATED_JSON = "truncated JSON"
    WRONG_TYPES = "wrong JSON types"
    TRUNCATED_IMAGE = "truncated image"
    NOT_AN_IMAGE = "not an image"
    HUGE_IMAGE = "huge image"
    # The fate of a job; they only hit submit and v1, but a result can also be gone when it is asked for.
    ENDLESS = "queued for ever"
    BACKWARDS = "status goes backwards"
    EXPIRED_EARLY = "result expired early"
    SLOW = "slow"
    BLOCKED_WORDS = "blocked for its words"
    BLOCKED_PICTURE = "blocked for the picture"
    FAILED = "failed"


FATES = frozenset(
    {
        FaultKind.ENDLESS,
        FaultKind.BACKWARDS,
        FaultKind.EXPIRED_EARLY,
        FaultKind.SLOW,
        FaultKind.BLOCKED_WORDS,
        FaultKind.BLOCKED_PICTURE,
        FaultKind.FAILED,
    }
)
SPOILT_ON_THE_WAY = frozenset(
    {
        FaultKind.CUT_SHORT,
        FaultKind.SLOW_BODY,
        FaultKind.HTML,
        FaultKind.TRUNCATED_JSON,
        FaultKind.WRONG_TYPES,
        FaultKind.TRUNCATED_IMAGE,
        FaultKind.NOT_AN_IMAGE,
        FaultKind.HUGE_IMAGE,
    }
)


class Hint(StrEnum):
    """How a 429 says when to come back."""

    RESET_HEADER = "x-rate-limit-reset-at-utc"
    RETRY_AFTER = "retry-after"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    `taken`: the request is booked all the same, and billed when it completes, although the answer is lost: for DROPPED,
    STALLED and the 5xx. Answers that are spoilt on their way are always taken.
    `seconds`: how long a STALLED call waits, when a 429 resets, how much longer a SLOW job takes.
    `text` replaces the words of the error.
    """

    kind: FaultKind
    taken: bool = False
    seconds: float = 5.0
    hint: Hint = Hint.RESET_HEADER
    text: str = ""


def blocked_words(category: rai.Category = rai.Category.OTHER) -> Fault:
    """FAILED within about two seconds, with a support code for words."""
    return Fault(FaultKind.BLOCKED_WORDS, text=rai.words_text(category))


def blocked_picture(category: rai.Category = rai.Category.OTHER) -> Fault:
    """FAILED after the model's usual time, with a support code for pictures."""
    return Fault(FaultKind.BLOCKED_PICTURE, text=rai.picture_text(category))


@dataclass(frozen=True, slots=True)
class Rule:
    """When a fault hits: these calls, `after` that many went by, `times` at most (None: no end), by chance and prompt.

    `when` sees the prompt of the request that the call is about ("" for balance and the history list).
    """

    fault: Fault
    on: frozenset[CallKind]
    times: int | None = None
    after: int = 0
    probability: float = 1.0
    when: Callable[[str], bool] | None = None
    slug: str | None = None

    def __post_init__(self) -> None:
        if self.fault.kind in FATES - {FaultKind.EXPIRED_EARLY} and not self.on <= POSTS:
            raise ValueError(f"{self.fault.kind} is the fate of a job, so it can only hit {POSTS}")


class Preset(StrEnum):
    CALM = "calm"
    SLOW = "slow"
    RAI = "rai"
    RATE_LIMIT_STORM = "rate_limit_storm"
    OUTAGE = "outage"
    RETIRED_MODEL = "retired_model"
    OUT_OF_CREDITS = "out_of_credits"


PRESETS: dict[Preset, tuple[Rule, ...]] = {
    Preset.CALM: (),
    Preset.SLOW: (Rule(Fault(FaultKind.SLOW, seconds=45), POSTS),),
    Preset.RAI: (
        *(Rule(blocked_words(category), POSTS, probability=0.05) for category in rai.WORDS_CODES),
        *(Rule(blocked_picture(category), POSTS, probability=0.1) for category in rai.PICTURE_CODES),
    ),
    Preset.RATE_LIMIT_STORM: (Rule(Fault(FaultKind.RATE_LIMITED), POSTS | POLLS, probability=0.6),),
    Preset.OUTAGE: (Rule(Fault(FaultKind.BAD_GATEWAY), EVERY_CALL),),
    Preset.RETIRED_MODEL: (Rule(Fault(FaultKind.RETIRED), POSTS, slug="imagen-4"),),
    Preset.OUT_OF_CREDITS: (Rule(Fault(FaultKind.OUT_OF_CREDITS), POSTS | {CallKind.BALANCE}),),
}


@dataclass(slots=True)
class _Standing:
    rule: Rule
    seen: int = 0
    hits: int = 0


class Weather:
    """The rules in force."""

    def __init__(self, rng: Random, rules: Iterable[Rule] = ()) -> None:
        self._rng = rng
        self._standing = [_Standing(rule) for rule in rules]

    def add(self, *rules: Rule) -> None:
        self._standing.extend(_Standing(rule) for rule in rules)

    def change(self, preset: Preset) -> None:
        """Put this preset in the place of every rule in force."""
        self._standing = [_Standing(rule) for rule in PRESETS[preset]]

    def pick(self, call: CallKind, *, prompt: str, slug: str) -> Fault | None:
        """Decide the fault of one call, and count it."""
        return next((s.rule.fault for s in self._standing if self._hits(s, call, prompt=prompt, slug=slug)), None)

    def _hits(self, standing: _Standing, call: CallKind, *, prompt: str, slug: str) -> bool:
        rule = standing.rule
        if call not in rule.on or (rule.slug and rule.slug != slug) or (rule.when and not rule.when(prompt)):
            return False
        standing.seen += 1
        if standing.seen <= rule.after or (rule.times is not None and standing.hits >= rule.times):
            return False
        if rule.probability < 1 and self._rng.random() >= rule.probability:
            return False
        standing.hits += 1
        return True
