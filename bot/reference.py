"""The reference page and the example of a `.env` file, made from the tables that the bot itself runs on.

`python -m bot.reference > docs/reference.md` and `python -m bot.reference env > .env.example` write them anew.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any, Literal, assert_never, cast, get_args, get_origin

from pydantic.fields import FieldInfo

from bot.catalog import Catalog, Model
from bot.config import Config
from bot.fields import Choice, Field, Number, Text, Toggle, Whole
from bot.levels import Level
from bot.money import credits_text
from bot.offers import Offer, Option, offers
from bot.safety_fields import (
    STRIKE_BLOCKS_MAX,
    STRIKE_BLOCKS_MIN,
    ChannelLevels,
    SafetyField,
    SafetyLevel,
    ShortText,
    Strikes,
)
from bot.setting_fields import (
    CREDITS_MAX,
    TARGETS_MAX,
    Amount,
    Images,
    ModelCounts,
    PeriodAllowance,
    Place,
    Places,
    ServerBudget,
    SettingField,
    Switch,
    TargetAllowances,
    Zone,
)
from bot.settings import OPERATOR_SETTINGS, SAFETY_SETTINGS, SETTINGS, Setting
from bot.text import FALLBACK, Texts

_CREDITS = f"0 to {CREDITS_MAX:,} credits"
_ALLOWANCE = f"{_CREDITS} each day, week or month"
_LEVELS = " · ".join(f"`{level.value}`" for level in Level)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _table(*head: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(head)
    yield f"|{'---|' * len(head)}"
    yield from map(_row, rows)
    yield ""


def _takes(field: Field) -> str:
    match field:
        case Text(low=low, high=high):
            return f"{low:,} to {high:,} characters"
        case Choice(choices=choices):
            return " · ".join(f"`{choice}`" for choice in choices)
        case Whole(low=low, high=high):
            return f"whole number, {low:,} to {high:,}"
        case Number(low=low, high=high):
            return f"number, {low:,} to {high:,}"
        case Toggle():
            return "yes or no"
        case _:
            assert_never(field)


def _setting_takes(field: SettingField | SafetyField) -> str:
    match field:
        case Amount() | PeriodAllowance() | TargetAllowances() | ServerBudget():
            takes = _credits_taken(field)
        case SafetyLevel() | ChannelLevels():
            takes = _LEVELS if isinstance(field, SafetyLevel) else f"by channel, up to {TARGETS_MAX}: {_LEVELS}"
        case Place() | Places():
            takes = "a channel; or none" if isinstance(field, Place) else f"up to {TARGETS_MAX} channels"
        case Zone():
            takes = "a time zone by its IANA name, such as `Europe/Berlin`"
        case ModelCounts(high=high):
            takes = f"by model: 0 (off) to {high}"
        case Images(low=low, high=high):
            takes = f"{low} to {high} images"
        case ShortText(high=high):
            takes = f"up to {high} characters"
        case Strikes():
            blocks = f"{STRIKE_BLOCKS_MIN} to {STRIKE_BLOCKS_MAX} blocks"
            takes = (
                f"{blocks} within 1 hour, 6 hours, 1 day or 1 week: a pause of 1 hour, 1 day, 1 week or until lifted"
            )
        case Switch():
            takes = "yes or no"
        case _:
            assert_never(field)
    return takes


def _credits_taken(field: Amount | PeriodAllowance | TargetAllowances | ServerBudget) -> str:
    match field:
        case Amount():
            return _CREDITS
        case PeriodAllowance():
            return f"{_ALLOWANCE}; or none"
        case TargetAllowances(targets=targets):
            return f"by {targets.value}, up to {TARGETS_MAX}: {_ALLOWANCE}"
        case ServerBudget():
            return f"limited ({_ALLOWANCE}), unlimited, or blocked"
        case _:
            assert_never(field)


def _value(value: object) -> str:
    match value:
        case None:
            return "–"
        case "":
            return "empty"
        case bool():
            return "yes" if value else "no"
        case _:
            return f"`{value}`"


def _default(option: Option, texts: Texts) -> str:
    if isinstance(option.field, Text) and option.field.required:
        return "required"
    if texts.has(unset := f"option.{option.name}.unset") and all(field.default is None for _, field in option.takers):
        return texts(FALLBACK, unset)
    defaults = {model.label: _value(field.default) for model, field in option.takers}
    if not defaults:
        return _value(option.field.default)
    if len(set(defaults.values())) == 1:
        return next(iter(defaults.values()))
    return ", ".join(f"{value} ({label})" for label, value in defaults.items())


def _model(model: Model) -> tuple[str, ...]:
    price = credits_text(model.price_microcredits, FALLBACK)
    return model.label, f"`{model.key}`", f"`{model.slug}`", price, f"{model.latency_s:g} s"


def _option(option: Option, texts: Texts) -> tuple[str, ...]:
    takers = "" if option.for_all else f" ({', '.join(model.label for model, _ in option.takers)} only)"
    words = option.field.description or texts(FALLBACK, f"option.{option.name}")
    return f"`{option.name}`{takers}", _takes(option.field), _default(option, texts), words


def _command(offer: Offer, texts: Texts) -> Iterator[str]:
    yield f"### /{offer.command}"
    yield ""
    yield from _table(
        "model", "key", "Segmind's name", "credits an image", "usual time", rows=map(_model, offer.models)
    )
    rows = (_option(option, texts) for option in offer.options)
    yield from _table("option", "takes", "default", "meaning", rows=rows)


def _bounds(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return " · ".join(f"`{choice}`" for choice in get_args(field.annotation))
    found: dict[str, Any] = {
        name: getattr(each, name) for each in field.metadata for name in ("ge", "le") if hasattr(each, name)
    }
    return f"{found['ge']:,} to {found['le']:,}" if found else "–"


def _variable(name: str, field: FieldInfo) -> tuple[str, ...]:
    default = "required" if field.is_required() else _value(field.default)
    return f"`{name.upper()}`", default, _bounds(field), field.description or ""


def _setting(setting: Setting[Any], texts: Texts) -> tuple[str, ...]:
    takes = _setting_takes(cast("SettingField | SafetyField", setting.field))
    name = texts(FALLBACK, f"setting.{setting.name}")
    return f"`{setting.name}`", name, takes, texts(FALLBACK, f"setting.{setting.name}.help")


def _settings(settings: Iterable[Setting[Any]], texts: Texts) -> Iterator[str]:
    rows = (_setting(each, texts) for each in settings)
    yield from _table("setting", "name", "takes", "meaning", rows=rows)


def reference(catalog: Catalog, texts: Texts) -> str:
    """The reference page, in Markdown."""
    return "\n".join(
        (
            "# Reference",
            "",
            "Made from the tables in the code by `python -m bot.reference`.",
            "",
            "## Commands",
            "",
            "Every option has the name that Segmind's API gives it. One credit is one US dollar.",
            "",
            *(line for offer in offers(catalog) for line in _command(offer, texts)),
            "## Configuration",
            "",
            "Environment variables, or lines of a file named `.env`.",
            "",
            *_table("variable", "default", "takes", "meaning", rows=map(_variable, *zip(*_fields(), strict=True))),
            "## What each server can set for itself",
            "",
            "Administrators set these with `/limits`.",
            "",
            *_settings(SETTINGS, texts),
            "Moderators set these with `/safety`.",
            "",
            *_settings(SAFETY_SETTINGS, texts),
            "## What the operator sets",
            "",
            "The person who runs the bot sets these with `/operator`; their defaults stand in the configuration above.",
            "",
            *_settings(OPERATOR_SETTINGS, texts),
        )
    )


def _fields() -> Iterable[tuple[str, FieldInfo]]:
    """The variables, those first that must be set."""
    return sorted(Config.model_fields.items(), key=lambda item: not item[1].is_required())


def env_example() -> str:
    """An example of a `.env` file: what must be set, then all the rest with its default."""
    lines = ["# Copy this to .env and fill in the two keys. Everything else has the default that stands here.", ""]
    for name, field in _fields():
        value = "" if field.default is None or field.is_required() else field.default
        mark = "" if field.is_required() else "# "
        lines += [f"# {field.description}", f"{mark}{name.upper()}={value}", ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(env_example() if "env" in sys.argv[1:] else reference(Catalog(), Texts()))
