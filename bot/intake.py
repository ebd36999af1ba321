"""A request becomes jobs, or a refusal in plain words. Pure: it is handed all it needs to know."""

from collections.abc import Mapping
from random import Random
from typing import Any

from bot.asking.presets import takes
from bot.asking.wildcards import combinations, expand
from bot.catalog import (
    COUNT,
    OWN_OPTIONS,
    PROMPT,
    RANDOM_SEED,
    SAFETY_LEVELS,
    Catalog,
    Model,
    NotTakenByModel,
    seed_of_image,
)
from bot.errors import ImagenError
from bot.fields import BadValue
from bot.jobs import IMAGES_MAX, Job, Outcome, Request, State
from bot.levels import Level, choices_at, sent_at, tuned_fields

_OWN = frozenset(option.name for option in OWN_OPTIONS)


# A further sentence of a refusal: its message id, and what it needs.
More = tuple[str, Mapping[str, Any]]


class Refusal(ImagenError):
    """The request is not accepted; nothing was written and nothing is charged.

    `message_id` and `values` say why, below `refusal.` in the catalogue; amounts among the values end in
    `_microcredits`. Where the reason names figures that are nobody else's business, `public_id` is what may be said in
    the channel; `more` says what would still work, in private. `of_server` marks rules that a server's own people made:
    with these it may say something of its own, `server_words`, which are as they were typed. `case_id` is there where
    the server's moderators can be asked to let it be made after all.
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
        self.case_id: int | None = None


def choose_models(request: Request, catalog: Catalog) -> list[Model]:
    """The models of a request; raises Refusal where one is not offered (any more). Only one alone has a command."""
    models = []
    for key in request.all_models:
        model = catalog.get(key)
        under_it = model is not None and (request.models or model.command == request.command)
        if model is None or not model.enabled or not under_it:
            raise Refusal("model_not_offered", model=key)
        models.append(model)
    return models


def count_of(request: Request) -> int:
    """How many images of each prompt each model is to make; raises Refusal."""
    try:
        return COUNT.parse(request.values.get(COUNT.name, COUNT.default))
    except BadValue as error:
        raise _bad_value(error) from None


def images_of(request: Request) -> int:
    """How many images it asks for, which may be any number; raises Refusal."""
    prompts = combinations(request.prompt) if request.expand else 1
    return prompts * len(request.all_models) * count_of(request)


def _bad_value(error: BadValue) -> Refusal:
    return Refusal(f"bad_value.{error.reason}", option=error.name, **error.values)


def _check_ceiling(payload: Mapping[str, Any], ceiling: str) -> None:
    level = payload.get("safety_filter_level")
    allowed = SAFETY_LEVELS[: SAFETY_LEVELS.index(ceiling) + 1]
    if level is not None and level not in allowed:
        raise Refusal("safety_ceiling", level=level, ceiling=ceiling)


def _takers(name: str, *, command: str, catalog: Catalog) -> str:
    return ", ".join(model.label for model in catalog.offered(command) if model.field(name) is not None)


def _payload(
    request: Request, given: Mapping[str, Any], model: Model, catalog: Catalog, tuning: Mapping[str, str]
) -> dict[str, Any]:
    """What each image sends: what was asked for, then `tuning`, then the model's defaults. Raises Refusal."""
    try:
        return model.payload({**tuning, **given})
    except NotTakenByModel as error:
        takers = _takers(error.name, command=request.command, catalog=catalog)
        message_id = "option_not_taken" if takers else "option_unknown"
        raise Refusal(message_id, option=error.name, model=model.label, takers=takers) from None
    except BadValue as error:
        raise _bad_value(error) from None


def _given(request: Request, model: Model) -> dict[str, Any]:
    """The options for this model; of those for a comparison only what it takes, and its prompt, be that as it may."""
    given = {name: value for name, value in request.values.items() if name not in _OWN}
    if not request.models:
        return given
    return {name: value for name, value in given.items() if name == PROMPT.name or takes(model, name, value)}


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


def _seeded(payload: Mapping[str, Any], seeds: range, *, count: int, chance: int) -> list[dict[str, Any]]:
    """What each image sends; a seed that is left to chance becomes `chance`, so that it can be named."""
    seed = payload.get("seed", RANDOM_SEED)
    first = chance if seed not in seeds else seed
    return [{**payload, "seed": seed_of_image(first, number, seeds)} for number in range(count)]


def _check_in_service(model: Model, out: Outcome | None, catalog: Catalog) -> None:
    if out is not None:
        successor = catalog.get(model.successor or "")
        name = f"out.{out.value}" + (".successor" if successor is not None and out is Outcome.MODEL_RETIRED else "")
        raise Refusal(name, model=model.label, successor=successor.found_as if successor else "")


def _payloads(
    request: Request, model: Model, *, catalog: Catalog, ceiling: str, level: Level, rng: Random
) -> list[dict[str, Any]]:
    """What the images of one model send. Those of each prompt have the same seeds, so that only the words differ."""
    tuning = _tuning(model, level, catalog)
    given, count, seeds = _given(request, model), count_of(request), model.seeds
    chance = 0 if seeds is None else rng.randint(seeds[0], seeds[-1])
    found: list[dict[str, Any]] = []
    for prompt in [{PROMPT.name: each} for each in expand(request.prompt)] if request.expand else [{}]:
        payload = _payload(request, {**given, **prompt}, model, catalog, tuning)
        _check_ceiling(payload, ceiling)
        _check_level(payload, model, level)
        found += [payload] * count if seeds is None else _seeded(payload, seeds, count=count, chance=chance)
    return found


def decide(
    request: Request,
    *,
    catalog: Catalog,
    ceiling: str,
    level: Level,
    out: Mapping[str, Outcome],
    rng: Random,
    now_ms: int,
) -> list[Job]:
    """One job for each image that was asked for: by model, then by prompt. Raises Refusal.

    `level` is what counts in the place, within the operator's `ceiling`; `out` says by key why models are out of service.
    """
    models = choose_models(request, catalog)
    if images_of(request) > IMAGES_MAX:
        raise Refusal("images_over", high=IMAGES_MAX)
    made: list[tuple[Model, dict[str, Any]]] = []
    for model in models:
        found = _payloads(request, model, catalog=catalog, ceiling=ceiling, level=level, rng=rng)
        _check_in_service(model, out.get(model.key), catalog)
        made += [(model, payload) for payload in found]
    return [
        Job(
            interaction_id=request.interaction_id,
            number=number,
            model=model.key,
            slug=model.slug,
            payload=payload,
            price_microcredits=model.price_microcredits,
            state=State.ACCEPTED,
            accepted_ms=now_ms,
        )
        for number, (model, payload) in enumerate(made)
    ]
