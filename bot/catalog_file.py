"""The operator's models file: change a price, switch a model off, name a successor, or add a model, with no code.

[models.imagen-4]
price = 0.07              # credits (US dollars at Segmind) for one image
successor = "imagen-5"    # what members are pointed to when Segmind retires the model

[models.imagen-5]         # a model of your own: `label`, `price` and `fields` are needed, too
command = "imagen"
label = "Imagen 5"
price = 0.08
fields = [
  { name = "prompt", type = "text", required = true },
  { name = "aspect_ratio", type = "choice", choices = ["1:1", "16:9"], default = "1:1" },
]
"""

import keyword
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.asking.presets import OPTION as PRESET
from bot.catalog import OWN_OPTIONS, SAFETY_LEVELS, Catalog, Model
from bot.catalog_entries import FIELD_TYPES, Change, ModelsFile
from bot.errors import ConfigError
from bot.fields import BadValue, Choice, Field, Number, Text, Whole
from bot.offers import MODEL, offers
from bot.shapes import both_ways, is_ratio

MICROCREDITS = 1_000_000
# What a field cannot be called: the bot's own options, and what cannot name a parameter in the rim.
TAKEN = frozenset({MODEL, PRESET.name, "interaction", *(option.name for option in OWN_OPTIONS), *keyword.kwlist})


@dataclass(frozen=True, slots=True)
class Names:
    """What people see the bot's own commands, and their options, called: by that name the registered one and the language.

    A command of a model is called the same in every language, and Discord takes no two of one name.
    """

    commands: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    options: Mapping[str, tuple[str, str]] = field(default_factory=dict)


# ---------------------------------------------------------------- where a problem stands


def _named(lines: Sequence[str], name: str, at: int, end: int) -> tuple[int, int]:
    """Where in the lines at:end this name begins and its section ends; at:end itself where they lack it."""
    header = re.compile(rf'\s*\[+\s*models\s*\.\s*"?{re.escape(name)}"?\s*[].]')
    found = next((i for i in range(at, end) if header.match(lines[i])), None)
    if found is not None:
        others = (i for i in range(found, end) if lines[i].lstrip().startswith("[") and not header.match(lines[i]))
        return found, next(others, end)
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    return next((i for i in range(at, end) if word.search(lines[i])), at), end


def _numbered(lines: Sequence[str], number: int, at: int, end: int) -> tuple[int, int]:
    """The same for one table of the list of tables that begins at this line."""
    if lines[at].lstrip().startswith("[["):
        starts = [i for i in range(at, end) if lines[i].strip() == lines[at].strip()]
    else:
        starts = [i for i in range(at, end) for _ in range(lines[i].count("{"))]
    if number >= len(starts):
        return at, end
    start, following, *_ = *starts[number:], end
    return start, max(start + 1, following)


def _line_of(source: str, path: Sequence[int | str]) -> int:
    """The line (from 1) where a value of the file stands, or the nearest one above it that names it."""
    lines = [line.split("#")[0] for line in source.splitlines()] or [""]
    at, end = 0, len(lines)
    for part in path:
        at, end = _numbered(lines, part, at, end) if isinstance(part, int) else _named(lines, part, at, end)
    return at + 1


def _reasons(error: ValidationError, source: str) -> Iterator[str]:
    for one in error.errors(include_url=False):
        # The name of the member of the union that was chosen is pydantic's, not the file's.
        path = tuple(part for part in one["loc"] if part not in FIELD_TYPES)
        reason = one["msg"].removeprefix("Value error, ")
        yield f"line {_line_of(source, path)}: {'.'.join(map(str, path))}: {reason}"


def _located(problem: str, source: str) -> str:
    """A problem that begins with the path or the /command it is about, with its line."""
    path = re.split(r"[. ]", problem.split(":", maxsplit=1)[0].lstrip("/"))
    return f"line {_line_of(source, path)}: {problem}"


# ---------------------------------------------------------------- what the entries come to


def _new(key: str, entry: Change) -> Model:
    missing = [name for name in ("command", "label", "price", "fields") if getattr(entry, name) is None]
    if missing:
        raise ConfigError([f"models.{key}: a new model needs {', '.join(missing)} as well"])
    return Model(
        key=key, command=entry.command or "", slug=key, label="", price_microcredits=0, latency_s=12.0, fields=()
    )


def _changed(model: Model, entry: Change) -> Model:
    said: dict[str, Any] = {
        name: value
        for name in ("command", "slug", "label", "successor", "enabled")
        if (value := getattr(entry, name)) is not None
    }
    if entry.price is not None:
        said["price_microcredits"] = int((entry.price * MICROCREDITS).to_integral_value())
    if entry.latency_s is not None:
        said["latency_s"] = float(entry.latency_s)
    if entry.fields is not None:
        said["fields"] = tuple(field.field() for field in entry.fields)
    return replace(model, **said)


def _unsound_field(field: Field) -> Iterator[str]:
    match field:
        case Whole() | Number() if field.low > field.high:
            yield "min is above max"
        case Choice() if len(set(field.choices)) < len(field.choices):
            yield "one of the choices is there twice"
    try:
        if field.default is not None:
            field.parse(field.default)
    except BadValue:
        yield "the default is not a value that it takes"
    if field.name == "seed" and not (isinstance(field, Whole) and field.high >= 0):
        yield 'must be of type "integer", with a max of 0 or more'
    if field.name == "safety_filter_level" and not (isinstance(field, Choice) and {*field.choices} <= {*SAFETY_LEVELS}):
        yield f'must be of type "choice", with choices out of {", ".join(SAFETY_LEVELS)}'


def _unsound_shape(model: Model) -> Iterator[str]:
    ratio, width, height = map(model.field, ("aspect_ratio", "width", "height"))
    if not (isinstance(ratio, Choice) and isinstance(width, Whole) and isinstance(height, Whole)):
        return
    if not all(map(is_ratio, ratio.choices)):
        yield "aspect_ratio: beside width and height, each choice must be a ratio such as 16:9"
        return
    for choice in ratio.choices:
        try:
            both_ways({"aspect_ratio": choice}, width=width, height=height)
        except BadValue as error:
            yield f"{error.name}: its bounds leave no room for the aspect_ratio {choice}"


def _unsound(model: Model) -> Iterator[str]:
    """What no type can say about a model; a reason for each thing that is wrong."""
    names = [field.name for field in model.fields]
    yield from (f"{name}: the name is taken" for name in sorted({n for n in names if names.count(n) > 1 or n in TAKEN}))
    prompt = model.field("prompt")
    if not (isinstance(prompt, Text) and prompt.required):
        yield 'prompt: it must be there, with type = "text" and required = true'
    problems = [f"{field.name}: {reason}" for field in model.fields for reason in _unsound_field(field)]
    yield from problems or _unsound_shape(model)


def _taken_elsewhere(key: str, entry: Change, names: Names) -> Iterator[str]:
    """What the entry calls like something of the bot's own, in whichever language."""
    if entry.command is not None and entry.command in names.commands:
        registered, locale = names.commands[entry.command]
        yield f"models.{key}.command: /{entry.command} is the bot's own /{registered} in the language {locale}"
    for each in entry.fields or ():
        registered, locale = names.options.get(each.name, (each.name, ""))
        if registered != each.name:
            yield f"models.{key}.fields.{each.name}: it is the bot's own option {registered} in the language {locale}"


def _lost_successors(models: Mapping[str, Model]) -> Iterator[str]:
    for model in models.values():
        successor = models.get(model.successor or "")
        if model.successor is not None and (successor is None or successor is model or not successor.enabled):
            yield f"models.{model.key}.successor: {model.successor} is no other model that is offered"


def _merge(catalog: Catalog, entries: Mapping[str, Change], names: Names) -> Catalog:
    models = {model.key: model for model in catalog.models}
    problems: list[str] = []
    for key, entry in entries.items():
        try:
            models[key] = _changed(models.get(key) or _new(key, entry), entry)
        except ConfigError as error:
            problems += error.problems
        else:
            problems += (f"models.{key}.fields.{reason}" for reason in _unsound(models[key]))
            problems += _taken_elsewhere(key, entry, names)
    problems += _lost_successors(models)
    if problems:
        raise ConfigError(problems)
    return Catalog(tuple(models.values()))


# ---------------------------------------------------------------- the file


def read_catalog(source: str, *, name: str, catalog: Catalog, names: Names) -> Catalog:
    """The catalog with the file's changes; raises ConfigError with the line and the reason of each problem."""
    try:
        entries = ModelsFile.model_validate(tomllib.loads(source, parse_float=Decimal)).models
        merged = _merge(catalog, entries, names)
        offers(merged)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{name}: {error}"]) from None
    except ValidationError as error:
        raise ConfigError([f"{name}, {reason}" for reason in _reasons(error, source)]) from None
    except ConfigError as error:
        raise ConfigError([f"{name}, {_located(problem, source)}" for problem in error.problems]) from None
    if not merged.commands:
        raise ConfigError([f"{name}: every model is switched off"])
    return merged


def load_catalog(path: Path | None, catalog: Catalog, *, names: Names) -> Catalog:
    """The catalog with the changes of the operator's file, or as it is without one; raises ConfigError."""
    if path is None:
        return catalog
    try:
        # Some editors begin a file with a byte order mark.
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"MODELS_FILE {path}: {error}"]) from None
    return read_catalog(source, name=str(path), catalog=catalog, names=names)
