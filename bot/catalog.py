"""What is offered: the models, their parameters under Segmind's own names, and what each use of them sends.

The parameters, bounds and defaults are those of Segmind's pages for the four models; prices and mean latencies are
the ones it listed in August 2026. Defaults differ from model to model, so every parameter is always sent.
An operator's file (bot/catalog_file.py) may change and add models.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot import shapes
from bot.errors import ImagenError
from bot.fields import BadValue, Choice, Field, Number, Text, Toggle, Whole

PROMPT = Text(name="prompt", low=1, high=2000, required=True)
SEED_MAX = 2_147_483_647
RANDOM_SEED = -1
COUNT_MAX = 4

# From the strictest to the loosest.
SAFETY_LEVELS = ("BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH")

# Options of the bot itself; no model is sent these.
COUNT = Whole(name="count", low=1, high=COUNT_MAX, default=1)
PRIVATE = Toggle(name="private", default=False)
SPOILER = Toggle(name="spoiler", default=False)
OWN_OPTIONS: tuple[Field, ...] = (COUNT, PRIVATE, SPOILER)


class NotTakenByModel(ImagenError):
    """An option that the chosen model does not have."""

    def __init__(self, name: str, model: "Model") -> None:
        super().__init__(f"{model.label} does not take {name}")
        self.name = name
        self.model = model


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model as it is offered.

    `key` names it in commands and in the database and never changes; `slug` is Segmind's name for it.
    A model with `aspect_ratio`, `width` and `height` among its fields is sent its shape both ways (bot/shapes.py).
    """

    key: str
    command: str
    slug: str
    label: str
    price_microcredits: int
    latency_s: float
    fields: tuple[Field, ...]
    successor: str | None = None
    enabled: bool = True

    @property
    def found_as(self) -> str:
        """Its name, and the command under which people find it."""
        return f"{self.label} (/{self.command})"

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    def parse(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The given options, read by this model's own fields; raises BadValue or NotTakenByModel."""
        values = {}
        for name, value in given.items():
            field = self.field(name)
            if field is None:
                raise NotTakenByModel(name, self)
            values[name] = field.parse(value)
        return values

    def payload(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Everything that is sent to Segmind: what was given, and this model's defaults for the rest."""
        values = self.parse(given)
        for f in self.fields:
            if isinstance(f, Text) and f.required and f.name not in values:
                raise BadValue(f.name, "blank")
        payload = {f.name: values.get(f.name, f.default) for f in self.fields}
        payload |= self._shape(values)
        return {name: value for name, value in payload.items() if value is not None}

    def _shape(self, given: Mapping[str, Any]) -> dict[str, Any]:
        ratio, width, height = self.field("aspect_ratio"), self.field("width"), self.field("height")
        if not (isinstance(ratio, Choice) and isinstance(width, Whole) and isinstance(height, Whole)):
            return {}
        if not given.keys() & {"width", "height"} and ratio.default is not None:
            given = {"aspect_ratio": ratio.default, **given}
        return {"aspect_ratio": None, **shapes.both_ways(given, width=width, height=height, ratios=ratio.choices)}

    @property
    def seeds(self) -> range | None:
        """The seeds that name a picture, without the one that asks for any; None where the model takes no seed."""
        seed = self.field("seed")
        return range(max(0, seed.low), seed.high + 1) if isinstance(seed, Whole) else None


def seed_of_image(first_seed: int, number: int, seeds: range = range(SEED_MAX + 1)) -> int:
    """The seed of image `number` (from 0) of a request; past the largest seed it begins again at the smallest."""
    return seeds[(first_seed - seeds.start + number) % len(seeds)]


def _ratio(default: str | None) -> Choice:
    return Choice(name="aspect_ratio", choices=shapes.RATIOS, default=default)


def _negative(default: str) -> Text:
    return Text(name="negative_prompt", default=default)


IMAGEN_4 = Model(
    key="imagen-4",
    command="imagen",
    slug="imagen-4",
    label="Imagen 4",
    price_microcredits=60_000,
    latency_s=11.6,
    fields=(PROMPT, _ratio("4:3"), _negative("blurry, pixelated")),
)
IMAGEN_3 = Model(
    key="imagen-3",
    command="imagen",
    slug="imagen",
    label="Imagen 3",
    price_microcredits=60_000,
    latency_s=8.2,
    fields=(
        PROMPT,
        _ratio("16:9"),
        Choice(name="person_generation", choices=("ALLOW_ADULT", "DONT_ALLOW"), default="ALLOW_ADULT"),
        Choice(name="safety_filter_level", choices=SAFETY_LEVELS, default=SAFETY_LEVELS[0]),
    ),
)
IMAGEN_4_ULTRA = Model(
    key="imagen-4-ultra",
    command="imagen-ultra",
    slug="imagen-4-ultra",
    label="Imagen 4 Ultra",
    price_microcredits=75_000,
    latency_s=13.9,
    fields=(PROMPT, _ratio("1:1"), _negative("blurry, pixelated, ugly, deformed, cartoon, painting")),
)
IMAGEN_4_FAST = Model(
    key="imagen-4-fast",
    command="imagen-fast",
    slug="imagen-4-fast",
    label="Imagen 4 Fast",
    price_microcredits=25_000,
    latency_s=7.2,
    fields=(
        PROMPT,
        _ratio(None),
        _negative(""),
        Whole(name="width", low=256, high=1024, default=512),
        Whole(name="height", low=256, high=1024, default=512),
        Whole(name="steps", low=1, high=100, default=25),
        Number(name="guidance_scale", low=1, high=20, default=7.5),
        Choice(
            name="scheduler",
            choices=("DDIM", "PNDM", "LMSDiscrete", "DPMSolverMultistep", "EulerAncestralDiscrete"),
            default="DDIM",
        ),
        Whole(name="seed", low=RANDOM_SEED, high=SEED_MAX, default=RANDOM_SEED),
    ),
)

MODELS: tuple[Model, ...] = (IMAGEN_4, IMAGEN_3, IMAGEN_4_ULTRA, IMAGEN_4_FAST)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The models of this installation, in the order in which they are offered."""

    models: tuple[Model, ...] = field(default=MODELS)

    def __getitem__(self, key: str) -> Model:
        """The model of this key; raises KeyError."""
        for model in self.models:
            if model.key == key:
                return model
        raise KeyError(key)

    def get(self, key: str) -> Model | None:
        return next((model for model in self.models if model.key == key), None)

    def offered(self, command: str) -> tuple[Model, ...]:
        """The models of a command that are switched on; the first is the command's default."""
        return tuple(model for model in self.models if model.command == command and model.enabled)

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that have at least one model, in order."""
        return tuple(dict.fromkeys(model.command for model in self.models if model.enabled))
