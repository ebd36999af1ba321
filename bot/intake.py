"""A request becomes jobs, or a refusal in plain words. Pure: it is handed all it needs to know."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from bot.catalog import (
    COUNT,
    OWN_OPTIONS,
    RANDOM_SEED,
    SAFETY_LEVELS,
    Catalog,
    Model,
    NotTakenByModel,
    seed_of_image,
)
from bot.errors import ImagenError
from bot.fields import BadValue
from bot.jobs import Job, Outcome, Request, State
from bot.levels import Level, choices_at, sent_at, tuned_fields

_OWN = frozenset(option.name for option in OWN_OPTIONS)


# A further sentence of a refusal: its message id, and what it needs.
More = tuple[str, Mapping[str, Any]]


class Refusal(ImagenError):
    """The request is not accepted; nothing was written and nothing is charged.

    `message_id` and `values` say why, below `refusal.` in the catalogue; amounts among the values end in
    `_microcredits`. Where the reason names figures that are nobody else's business, `public_id` is what may be said in
    the channel; `more` says what would still work, in private. `of_server` marks rules that a server's own people made:
    with these it may say something of its own, `server_words`, which are as they were typed.
    """

    def __init__(
        self,
        message_id: str,
        *,
        public_id: str | None = None,
        more: tuple[More, ...] = (),
        of_server: bool = False,
        **values: Any,
    ) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.public_id = public_id or message_id
        self.values: Mapping[str, Any] = values
        self.more = more
        self.of_server = of_server
        self.server_words = ""


def choose_model(request: Request, catalog: Catalog) -> Model:
    """The model of a request; raises Refusal where it is not offered (any more)."""
    model = catalog.get(request.model)
    if model is None or model.command != request.command or not model.enabled:
        raise Refusal("model_not_offered", model=request.model)
    return model


def _check_ceiling(payload: Mapping[str, Any], ceiling: str) -> None:
    level = payload.get("safety_filter_level")
    allowed = SAFETY_LEVELS[: SAFETY_LEVELS.index(ceiling) + 1]
    if level is not None and level not in allowed:
        raise Refusal("safety_ceiling", level=level, ceiling=ceiling)


def _takers(name: str, *, command: str, catalog: Catalog) -> str:
    return ", ".join(model.label for model in catalog.offered(command) if model.field(name) is not None)


def _payload(request: Request, model: Model, catalog: Catalog, tuning: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """How many images, and what each of them sends: what was asked for, then `tuning`, then the model's defaults.

    Raises Refusal.
    """
    try:
        count = COUNT.parse(request.values.get("count", COUNT.default))
        given = {name: value for name, value in request.values.items() if name not in _OWN}
        return count, model.payload({**tuning, **given})
    except NotTakenByModel as error:
        takers = _takers(error.name, command=request.command, catalog=catalog)
        message_id = "option_not_taken" if takers else "option_unknown"
        raise Refusal(message_id, option=error.name, model=model.label, takers=takers) from None
    except BadValue as error:
        raise Refusal(f"bad_value.{error.reason}", option=error.name, **error.values) from None


def _check_level(payload: Mapping[str, Any], model: Model, level: Level) -> None:
    """A member's option may be stricter than the level of the place, and never looser."""
    for field in tuned_fields(model):
        allowed = choices_at(level, field)
        if payload[field.name] not in allowed:
            raise Refusal(
                "level_option",
                of_server=True,
                option=field.name,
                given=payload[field.name],
                allowed=", ".join(allowed),
                level=level,
            )


def _tuning(model: Model, level: Level, catalog: Catalog) -> Mapping[str, str]:
    """What the level of the place has sent to this model; raises Refusal where the model is not used at it."""
    tuning = sent_at(level, model)
    if tuning is None:
        others = [other.found_as for other in catalog.models if other.enabled and sent_at(level, other) is not None]
        raise Refusal(
            "level_model" if others else "level_models",
            of_server=True,
            model=model.label,
            models=", ".join(others),
            level=level,
        )
    return tuning


def _seeded(payload: Mapping[str, Any], seeds: range, *, count: int, rng: Random) -> list[dict[str, Any]]:
    """What each image sends; a seed that is left to chance is drawn here, so that it can be named."""
    seed = payload.get("seed", RANDOM_SEED)
    first = rng.randint(seeds[0], seeds[-1]) if seed not in seeds else seed
    return [{**payload, "seed": seed_of_image(first, number, seeds)} for number in range(count)]


def decide(
    request: Request, *, catalog: Catalog, ceiling: str, level: Level, out: Outcome | None, rng: Random, now_ms: int
) -> list[Job]:
    """One job for each image that was asked for; raises Refusal.

    `level` is what counts in the place, within the operator's `ceiling`; `out` is why the model is out of service, where
    it is.
    """
    model = choose_model(request, catalog)
    count, payload = _payload(request, model, catalog, _tuning(model, level, catalog))
    _check_ceiling(payload, ceiling)
    _check_level(payload, model, level)
    if out is not None:
        successor = catalog.get(model.successor or "")
        name = f"out.{out.value}" + (".successor" if successor is not None and out is Outcome.MODEL_RETIRED else "")
        raise Refusal(name, model=model.label, successor=successor.found_as if successor else "")
    payloads = [payload] * count if model.seeds is None else _seeded(payload, model.seeds, count=count, rng=rng)
    first = Job(
        interaction_id=request.interaction_id,
        number=0,
        model=model.key,
        slug=model.slug,
        payload=payload,
        price_microcredits=model.price_microcredits,
        state=State.ACCEPTED,
        accepted_ms=now_ms,
    )
    return [replace(first, number=number, payload=each) for number, each in enumerate(payloads)]
