"""The weather that people may choose on the page, and how fast the local Segmind draws."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox.segmind import POSTS, LocalSegmind, Model, Rule, blocked_picture, blocked_words
from bot.sandbox.segmind.rai import PICTURE_CODES, WORDS_CODES, Category
from bot.sandbox.segmind.weather import PRESETS, Fault, FaultKind, Preset

SPEEDS = (1.0, 2.0, 4.0, 10.0)
SPEED_MAX = 1000.0


@dataclass(frozen=True, slots=True)
class Condition:
    """One kind of weather; `details` are what it can be narrowed to, the first is taken where nothing is chosen."""

    label: str
    hint: str
    rules: Callable[[str], tuple[Rule, ...]]
    details: tuple[str, ...] = ()


def _preset(preset: Preset) -> Callable[[str], tuple[Rule, ...]]:
    return lambda _detail: PRESETS[preset]


CONDITIONS: dict[str, Condition] = {
    "calm": Condition("Calm", "Everything works.", _preset(Preset.CALM)),
    "slow": Condition("Slow", "Every image takes 45 seconds longer.", _preset(Preset.SLOW)),
    "words": Condition(
        "Blocked words",
        "Google's filter refuses every prompt.",
        lambda detail: (Rule(blocked_words(Category(detail)), POSTS),),
        tuple(WORDS_CODES),
    ),
    "picture": Condition(
        "Blocked picture",
        "Every drawing trips the filter, after the usual time.",
        lambda detail: (Rule(blocked_picture(Category(detail)), POSTS),),
        tuple(PICTURE_CODES),
    ),
    "mixed": Condition("Some blocked", "Some are refused, each for its own reason.", _preset(Preset.RAI)),
    "storm": Condition("429 storm", "Six of ten calls are too many.", _preset(Preset.RATE_LIMIT_STORM)),
    "outage": Condition("Outage", "The gateway is down: 502 to every call.", _preset(Preset.OUTAGE)),
    "retired": Condition(
        "Retired model",
        "One model is gone: 410.",
        lambda slug: (Rule(Fault(FaultKind.RETIRED), POSTS, slug=slug),),
        ("imagen-4", "imagen-4-ultra", "imagen-4-fast", "imagen"),
    ),
    "broke": Condition("Out of credits", "The operator's account is empty: 406.", _preset(Preset.OUT_OF_CREDITS)),
}


class WeatherPanel:
    """What the page shows of the local Segmind, and the switches it has."""

    def __init__(self, segmind: LocalSegmind, *, speed: float) -> None:
        self._segmind = segmind
        self._full: dict[str, Model] = {
            slug: replace(model, latency_s=model.latency_s * speed) for slug, model in segmind.service.models.items()
        }
        self._speed = speed
        self._condition, self._detail = "calm", ""

    def change(self, condition: str, detail: str = "") -> None:
        """Put this weather in the place of any other; raises ValueError where there is none of that name."""
        chosen = CONDITIONS.get(condition)
        if chosen is None or (detail and detail not in chosen.details):
            raise ValueError(f"There is no weather {condition} {detail}.")
        detail = detail or next(iter(chosen.details), "")
        self._segmind.weather.change(Preset.CALM)
        self._segmind.weather.add(*chosen.rules(detail))
        self._condition, self._detail = condition, detail

    def set_speed(self, speed: float) -> None:
        """Draw so many times as fast as Segmind; requests that were taken keep their time."""
        if not 0 < speed <= SPEED_MAX:
            raise ValueError(f"The speed is above 0 and at most {SPEED_MAX:g}.")
        self._speed = speed
        self._segmind.service.models.update(
            {slug: replace(model, latency_s=model.latency_s / speed) for slug, model in self._full.items()}
        )

    def set_balance(self, microcredits: int) -> None:
        self._segmind.book.balance_microcredits = microcredits

    def view(self) -> dict[str, Any]:
        return {
            "condition": self._condition,
            "detail": self._detail,
            "conditions": [
                {"name": name, "label": each.label, "hint": each.hint, "details": list(each.details)}
                for name, each in CONDITIONS.items()
            ],
            "speed": self._speed,
            "speeds": sorted({*SPEEDS, self._speed}),
            "latencies_s": {slug: round(model.latency_s / self._speed, 1) for slug, model in self._full.items()},
            "balance_microcredits": self._segmind.book.balance_microcredits,
        }
