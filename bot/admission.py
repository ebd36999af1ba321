"""Whether somebody may ask here at all, and whether all limits bear what is asked. Pure; raises Refusal."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Protocol

from bot import settings as s
from bot.asking.wildcards import combinations
from bot.catalog import COUNT_MAX, Catalog, Model
from bot.intake import More, Refusal, images_of
from bot.jobs import Job, Outcome, Request
from bot.levels import RULES, Level, level_of_place
from bot.limits import Claim, Rules, Shortage, Source, Usage, Usages, allot
from bot.setting_fields import BudgetKind

_MS_PER_S = 1000
# What is said of a shortage in public: the figures are nobody else's business.
_PUBLIC = "limit.public"


class Placed(Protocol):
    """A request, or somebody who may make one; `place_id` is the channel whose rules count."""

    @property
    def place_id(self) -> int: ...


def check_open(asked: Placed, rules: Rules) -> None:
    """The operator and this server let images be made here at all."""
    if rules.closed:
        raise Refusal("outside")
    if rules.installation[s.STOPPED]:
        raise Refusal("stopped_by_operator")
    if rules.budget.kind is BudgetKind.BLOCKED:
        raise Refusal("server_blocked")
    if not rules.guild[s.ENABLED]:
        raise Refusal("bot_off", of_server=True)
    allowed = rules.guild[s.ALLOWED_CHANNELS]
    if allowed and asked.place_id not in allowed:
        channels = " ".join(f"<#{channel}>" for channel in allowed)
        raise Refusal("channel_not_allowed", of_server=True, channels=channels)
    if asked.place_id in rules.guild[s.DENIED_CHANNELS]:
        raise Refusal("channel_denied", of_server=True, channel=f"<#{asked.place_id}>")


class Careful(Placed, Protocol):
    """A request, and what Discord said of its place; `private` is whether only who asked would see the images."""

    @property
    def age_restricted(self) -> bool: ...
    @property
    def private(self) -> bool: ...


def check_level(asked: Careful, rules: Rules, *, ceiling: str) -> Level:
    """The safety level that counts in this place, where images may be made like this at it."""
    level = level_of_place(
        server=rules.guild[s.SAFETY_LEVEL],
        channel=rules.guild[s.CHANNEL_LEVELS].get(asked.place_id),
        age_restricted=asked.age_restricted,
        ceiling=ceiling,
    )
    if RULES[level].age_restricted_only and not asked.age_restricted:
        raise Refusal("level_place", of_server=True, level=level)
    if asked.private and not rules.guild[s.PRIVATE_ALLOWED]:
        raise Refusal("private_off", of_server=True)
    return level


def count_max(model: Model, rules: Rules) -> int:
    """How many images of this model one request may ask for in this server; 0 where it is switched off."""
    return rules.guild[s.MODEL_COUNTS].get(model.key, COUNT_MAX)


def usable(catalog: Catalog, rules: Rules, *, out: Collection[str] = ()) -> list[Model]:
    """The models that can be asked for in this server, in order; `out` are the keys of those out of service."""
    return [model for model in catalog.models if model.enabled and count_max(model, rules) and model.key not in out]


def check_in_service(rules: Rules, *, catalog: Catalog, out: Collection[str], stopped: Outcome | None) -> None:
    """Of the models that are on in this server, one at least makes images now; `stopped` is why none does anywhere."""
    on = usable(catalog, rules)
    if on and stopped is not None:
        raise Refusal(f"out.{stopped.value}", model=on[0].label)
    if on and not usable(catalog, rules, out=out):
        raise Refusal("models_out")


def check_count(model: Model, images: int, *, rules: Rules, catalog: Catalog, out: Collection[str] = ()) -> None:
    """This server offers the model, and so many images of it at once."""
    high = count_max(model, rules)
    if high == 0:
        others = ", ".join(other.found_as for other in usable(catalog, rules, out=out))
        if others:
            raise Refusal("model_off", of_server=True, model=model.label, models=others)
        off = usable(catalog, rules)
        raise Refusal("models_out" if off else "models_off", of_server=not off, model=model.label)
    if images > high:
        raise Refusal("count_over", of_server=True, model=model.label, high=high)


def check_choices(request: Request, *, rules: Rules) -> None:
    """A prompt with choices may make so many images in this server."""
    high = rules.guild[s.WILDCARD_IMAGES]
    if request.expand and combinations(request.prompt) > 1 and images_of(request) > high:
        raise Refusal("choices_over" if high > 1 else "choices_off", of_server=True, high=high)


def check_limits(
    jobs: Sequence[Job],
    asked: Sequence[Claim],
    usages: Usages,
    *,
    rules: Rules,
    catalog: Catalog,
    out: Collection[str] = (),
) -> list[Claim]:
    """For each job the limits that it is to hold on. All images of a request or none."""
    prices = [job.price_microcredits for job in jobs]
    chosen = allot(asked, usages, prices=prices)
    if not isinstance(chosen, Shortage):
        return chosen
    limit = chosen.claim[0]
    more = (
        *_split(chosen, usages),
        *_fewer(jobs, asked, usages),
        *_cheaper(jobs, asked, usages, models=usable(catalog, rules, out=out), rules=rules),
    )
    raise Refusal(
        f"limit.{limit.source.value}",
        public_id=_PUBLIC,
        more=more,
        price_microcredits=sum(prices),
        left_microcredits=chosen.left_microcredits,
        resets_s=-(-(limit.period.end_ms or 0) // _MS_PER_S),
        role=f"<@&{limit.role_id}>",
    )


def _split(short: Shortage, usages: Usages) -> Iterable[More]:
    """Where what is left lies in two sources, that no image is paid from both of them."""
    left = [limit.left_microcredits(usages.get(limit, Usage())) for limit in short.claim]
    if sum(each > 0 for each in left) > 1:
        yield "hint.split", {"first_microcredits": left[0], "second_microcredits": sum(left[1:])}


def _count(jobs: Sequence[Job]) -> int:
    """How many images of each prompt each model was to make."""
    first = next(iter(groupby(jobs, key=lambda job: (job.model, job.payload["prompt"]))))
    return sum(1 for _ in first[1])


def _bears(asked: Sequence[Claim], usages: Usages, prices: Sequence[int]) -> bool:
    return not isinstance(allot(asked, usages, prices=prices), Shortage)


def _fewer(jobs: Sequence[Job], asked: Sequence[Claim], usages: Usages) -> Iterable[More]:
    """With how many images of each model and prompt it would fit, where that is any."""
    whole = _count(jobs)
    for count in range(whole - 1, 0, -1):
        if _bears(asked, usages, [job.price_microcredits for at, job in enumerate(jobs) if at % whole < count]):
            yield "hint.fewer" if whole == len(jobs) else "hint.count", {"count": count}
            return


def _cheaper(
    jobs: Sequence[Job], asked: Sequence[Claim], usages: Usages, *, models: Iterable[Model], rules: Rules
) -> Iterable[More]:
    """The dearest of the cheaper models that would still fit for as many images: it is the nearest in quality.

    Nothing for a comparison, whose models were chosen.
    """
    if len({job.model for job in jobs}) > 1:
        return
    fitting = [
        model
        for model in models
        if model.price_microcredits < jobs[0].price_microcredits
        and count_max(model, rules) >= _count(jobs)
        and _bears(asked, usages, [model.price_microcredits] * len(jobs))
    ]
    if fitting:
        model = max(fitting, key=lambda model: model.price_microcredits)
        yield "hint.cheaper", {"model": model.found_as, "price_microcredits": model.price_microcredits}


# At how many per cent of its budget a server is told.
WARN_PERCENT = (50, 80, 100)


def budget_percent(asked: Iterable[Claim], usages: Usages, *, least_price_microcredits: int) -> int | None:
    """The highest of WARN_PERCENT that the server's budget has reached with these balances; None below all.

    It has reached 100 where what is left does not pay for the cheapest image any more: it need not come out even.
    """
    for claim in asked:
        budget = claim[0]
        if budget.source is not Source.BUDGET or budget.unlimited or not budget.amount_microcredits:
            continue
        used = usages[budget].used if budget in usages else 0
        if budget.amount_microcredits - used < least_price_microcredits:
            return WARN_PERCENT[-1]
        reached = [percent for percent in WARN_PERCENT if used * 100 >= percent * budget.amount_microcredits]
        return reached[-1] if reached else None
    return None
