"""What an ask comes to before it is made: how many images of which models, and their price. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.admission import usable
from bot.asking.asks import Ask
from bot.asking.presets import OPTION as PRESET
from bot.asking.presets import takes
from bot.asking.wildcards import combinations
from bot.catalog import COUNT, OWN_OPTIONS, PRIVATE, PROMPT, SPOILER, Catalog, Model
from bot.fields import BadValue, Choice
from bot.intake import Refusal
from bot.levels import Level, sent_at
from bot.limits import Rules
from bot.offers import CHOICES_MAX, Offer, Option
from bot.settings import WILDCARD_IMAGES

# The command of comparisons; whose models have commands of their own.
COMPARE = "imagen-compare"
COMPARED_MIN = 2
SHAPE = "aspect_ratio"
# Where nobody chose a shape, and each of the models takes this one: side by side, images of one shape compare best.
COMMON_SHAPE = "1:1"
_SHAPES = frozenset((SHAPE, "width", "height"))
_OWN = frozenset((PROMPT.name, *(option.name for option in OWN_OPTIONS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`prompts` is how many prompts the choices in braces make, 1 where they are meant as they are written."""

    models: tuple[Model, ...]
    prompts: int
    count: int

    @property
    def images_of_each(self) -> int:
        """How many images each of the models makes."""
        return self.prompts * self.count

    @property
    def images(self) -> int:
        return len(self.models) * self.images_of_each

    @property
    def price_microcredits(self) -> int:
        """Of all images together."""
        return self.images_of_each * sum(model.price_microcredits for model in self.models)


def plan_of(ask: Ask, catalog: Catalog) -> Plan:
    """What would be made; raises Refusal where a model is not offered any more, or the count is none."""
    models = []
    for key in ask.models:
        model = catalog.get(key)
        if model is None or not model.enabled:
            raise Refusal("model_not_offered", model=key)
        models.append(model)
    try:
        count = COUNT.parse(ask.values.get(COUNT.name, COUNT.default))
    except BadValue as error:
        raise Refusal(f"bad_value.{error.reason}", option=error.name, **error.values) from None
    prompts = combinations(ask.values["prompt"]) if ask.expand else 1
    return Plan(models=tuple(models), prompts=prompts, count=count)


def most_at_once(rules: Rules) -> int:
    """How many images the choices in a prompt may make together in this server."""
    return rules.guild[WILDCARD_IMAGES]


def comparable(catalog: Catalog, rules: Rules, *, level: Level) -> tuple[Model, ...]:
    """The models that can be compared in a server at a safety level, in order."""
    return tuple(model for model in usable(catalog, rules) if sent_at(level, model) is not None)


def has_shape(ask: Ask) -> bool:
    """Whether a shape was chosen, or there is only one model to choose it."""
    return len(ask.models) < COMPARED_MIN or not _SHAPES.isdisjoint(ask.values)


def in_common_shape(ask: Ask, catalog: Catalog) -> Ask:
    """With one shape for all models of a comparison, where none was chosen and each takes it."""
    models = [catalog.get(key) for key in ask.models]
    if has_shape(ask) or not all(model is not None and takes(model, SHAPE, COMMON_SHAPE) for model in models):
        return ask
    return replace(ask, values={**ask.values, SHAPE: COMMON_SHAPE})


def smaller(ask: Ask, offered: Sequence[Model]) -> Iterator[Ask]:
    """What can still be made of a question that asks too much: with the braces as written, or of fewer models."""
    plain = replace(ask, expand=False)
    if ask.expand:
        yield plain
    if len(offered) > COMPARED_MIN:
        cheapest = sorted(offered, key=lambda model: model.price_microcredits)[:COMPARED_MIN]
        yield replace(plain, models=tuple(model.key for model in cheapest))


def compare_offer(catalog: Catalog) -> Offer | None:
    """The command of comparisons; None where there are not enough models for one."""
    models = tuple(model for model in catalog.models if model.enabled)
    if len(models) < COMPARED_MIN:
        return None
    shapes = tuple((model, field) for model in models if isinstance(field := model.field(SHAPE), Choice))
    ratios = tuple(dict.fromkeys(ratio for _, field in shapes for ratio in field.choices))[:CHOICES_MAX]
    shape = [Option(field=Choice(name=SHAPE, choices=ratios), takers=shapes)] if ratios else []
    own = [Option(field=field) for field in (PRESET, PRIVATE, SPOILER)]
    return Offer(command=COMPARE, models=models, options=(Option(field=PROMPT), *shape, *own))


def not_taken(values: Mapping[str, Any], model: Model) -> tuple[str, ...]:
    """The options among these that a model of a comparison does not take, in their order."""
    return tuple(name for name, value in values.items() if name not in _OWN and not takes(model, name, value))
