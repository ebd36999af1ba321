"""The models the stand-in knows: what each takes, what it costs, how long it takes and what shape comes out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, assert_never

SIZES_PX: dict[str, tuple[int, int]] = {
    "1:1": (1024, 1024),
    "4:3": (1280, 896),
    "3:4": (896, 1280),
    "9:16": (768, 1408),
    "16:9": (1408, 768),
}
SEED_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Text:
    """Any string; a required one must not be empty."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few strings."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds, both included."""

    low: float
    high: float
    whole: bool = True


Parameter = Text | Choice | Number


@dataclass(frozen=True, slots=True)
class Model:
    """One slug. `latency_s` is the mean of a lognormal distribution, `sigma` the spread of its logarithm."""

    slug: str
    price_microcredits: int
    latency_s: float
    sigma: float
    parameters: Mapping[str, Parameter]
    default_aspect_ratio: str = "1:1"
    v2: bool = True
    retired: bool = False
    successor: str | None = None
    content_type: str = "image/jpeg"
    outputs: int = 1

    def draw_latency_ms(self, rng: Random) -> int:
        mu = math.log(self.latency_s) - self.sigma**2 / 2
        return max(1, round(rng.lognormvariate(mu, self.sigma) * 1000))

    def problem(self, body: Mapping[str, Any]) -> str | None:
        """Say what is wrong with a request's body, naming the parameter; None when nothing is."""
        problems = (_problem(name, parameter, body.get(name)) for name, parameter in self.parameters.items())
        return next((problem for problem in problems if problem), None)

    def ignored(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        """Names in the body that this model has never heard of; they are accepted and change nothing."""
        return tuple(name for name in body if name not in self.parameters)

    def size_px(self, body: Mapping[str, Any]) -> tuple[int, int]:
        """Width and height: the numbers where the model takes them, else the size of the aspect ratio."""
        if "width" in self.parameters and ("width" in body or "height" in body or "aspect_ratio" not in body):
            return int(body.get("width", 512)), int(body.get("height", 512))
        return SIZES_PX[body.get("aspect_ratio") or self.default_aspect_ratio]


def _problem(name: str, parameter: Parameter, value: Any) -> str | None:
    match parameter:
        case Text(required=required):
            if value is None:
                return f"{name} is mandatory and must be a string" if required else None
            wrong = not isinstance(value, str) or (required and not value)
            return f"{name} is mandatory and must be a string" if wrong else None
        case Choice(allowed=allowed):
            wrong = value is not None and value not in allowed
            return f"Invalid value for {name}: must be one of {', '.join(allowed)}" if wrong else None
        case Number():
            return None if value is None or _fits(parameter, value) else _bounds(name, parameter)
        case _:
            assert_never(parameter)


def _fits(number: Number, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if number.whole else int | float):
        return False
    return number.low <= value <= number.high


def _bounds(name: str, number: Number) -> str:
    kind = "an integer" if number.whole else "a number"
    return f"Invalid value for {name}: must be {kind} from {number.low:g} to {number.high:g}"


_ASPECT_RATIO = Choice(tuple(SIZES_PX))

_IMAGEN_4: dict[str, Parameter] = {
    "prompt": Text(required=True),
    "aspect_ratio": _ASPECT_RATIO,
    "negative_prompt": Text(),
}

_IMAGEN_4_FAST: dict[str, Parameter] = {
    "prompt": Text(required=True),
    # Not in the page's list of parameters, but in the page's own example.
    "aspect_ratio": _ASPECT_RATIO,
    "width": Number(256, 1024),
    "height": Number(256, 1024),
    "steps": Number(1, 100),
    "guidance_scale": Number(1, 20, whole=False),
    "negative_prompt": Text(),
    "scheduler": Choice(("DDIM", "PNDM", "LMSDiscrete", "DPMSolverMultistep", "EulerAncestralDiscrete")),
    "seed": Number(-1, SEED_MAX),
}

_IMAGEN_3: dict[str, Parameter] = {
    "prompt": Text(required=True),
    "aspect_ratio": _ASPECT_RATIO,
    "person_generation": Choice(("ALLOW_ADULT", "DONT_ALLOW")),
    "safety_filter_level": Choice(("BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH")),
}

# The page of imagen-4-fast documents v1 only, so here v2 does not know it.
MODELS: dict[str, Model] = {
    model.slug: model
    for model in (
        Model("imagen-4", 60_000, 11.6, 0.30, _IMAGEN_4, default_aspect_ratio="4:3"),
        Model("imagen-4-ultra", 75_000, 13.9, 0.30, _IMAGEN_4),
        Model("imagen-4-fast", 25_000, 7.2, 0.30, _IMAGEN_4_FAST, v2=False),
        Model("imagen", 60_000, 8.2, 0.30, _IMAGEN_3, default_aspect_ratio="16:9"),
    )
}
