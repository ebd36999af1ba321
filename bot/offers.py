"""From the catalog to what Discord is told: each command with its options, merged over the command's models."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.asking.presets import OPTION as PRESET
from bot.catalog import OWN_OPTIONS, Catalog, Model
from bot.errors import ConfigError
from bot.fields import Choice, Field, Number, Text, Toggle, Whole

MODEL = "model"
OPTIONS_MAX = 25
CHOICES_MAX = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a command.

    `field` bounds it as widely as the widest of the models that take it; the chosen model's own bounds are checked
    when the request is decided. `takers` are those models with their own defaults, empty for the bot's own options.
    """

    field: Field
    takers: tuple[tuple[Model, Field], ...] = ()
    for_all: bool = True

    @property
    def name(self) -> str:
        return self.field.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One command: its models (the first is the default) and its options, required ones first."""

    command: str
    models: tuple[Model, ...]
    options: tuple[Option, ...]


def _widest(first: Field, second: Field) -> Field:
    """One field that takes whatever either of the two takes; raises ConfigError where they differ in kind."""
    match first, second:
        case Text(), Text():
            low, high = min(first.low, second.low), max(first.high, second.high)
            return replace(first, low=low, high=high, required=first.required and second.required)
        case Choice(), Choice():
            return replace(first, choices=tuple(dict.fromkeys(first.choices + second.choices)))
        case Whole(), Whole():
            return replace(first, low=min(first.low, second.low), high=max(first.high, second.high))
        case Number(), Number():
            return replace(first, low=min(first.low, second.low), high=max(first.high, second.high))
        case Toggle(), Toggle():
            return first
        case _:
            raise ConfigError([f"{first.name}: models of one command give it different types"])


def _options(models: tuple[Model, ...]) -> Iterable[Option]:
    fields: dict[str, Field] = {}
    takers: dict[str, list[tuple[Model, Field]]] = {}
    for model in models:
        for field in model.fields:
            known = fields.get(field.name)
            fields[field.name] = field if known is None else _widest(known, field)
            takers.setdefault(field.name, []).append((model, field))
    for name, field in fields.items():
        for_all = len(takers[name]) == len(models)
        # Whoever chooses a model that does not take an option must be able to leave it out.
        shown = replace(field, required=False) if isinstance(field, Text) and not for_all else field
        yield Option(field=shown, takers=tuple(takers[name]), for_all=for_all)


def _required(option: Option) -> bool:
    return isinstance(option.field, Text) and option.field.required


def offer(catalog: Catalog, command: str) -> Offer:
    """What the command takes; raises ConfigError where Discord's limits or the models do not allow it."""
    models = catalog.offered(command)
    options = sorted(_options(models), key=lambda option: not _required(option))
    if len(models) > 1:
        choice = Choice(name=MODEL, choices=tuple(model.key for model in models), default=models[0].key)
        options.insert(sum(map(_required, options)), Option(field=choice))
    options += [Option(field=field) for field in (PRESET, *OWN_OPTIONS)]
    _check(command, models, options)
    return Offer(command=command, models=models, options=tuple(options))


def _check(command: str, models: tuple[Model, ...], options: list[Option]) -> None:
    problems = []
    labels = [model.label for model in models]
    if len(set(labels)) < len(labels):
        problems.append(f"/{command}: two models have the same label")
    if len(options) > OPTIONS_MAX:
        problems.append(f"/{command}: {len(options)} options; Discord allows {OPTIONS_MAX}")
    problems += [
        f"/{command} {option.name}: {len(option.field.choices)} choices; Discord allows {CHOICES_MAX}"
        for option in options
        if isinstance(option.field, Choice) and len(option.field.choices) > CHOICES_MAX
    ]
    if problems:
        raise ConfigError(problems)


def offers(catalog: Catalog) -> tuple[Offer, ...]:
    """Every command of the catalog, in order."""
    return tuple(offer(catalog, command) for command in catalog.commands)
