"""What the form of a preset holds: as it opens, and what of it can be kept, or all that is wrong in it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.asking.edits import NEGATIVE, SHAPE, Mistakes, Typed
from bot.asking.presets import BadPreset, part_of, values_of
from bot.asking.value_lines import ENGLISH, Lines, Switch, print_lines, read_lines
from bot.catalog import PROMPT, Catalog
from bot.fields import BadValue, Choice, Field

# A menu of Discord's has 25 lines, and one says that no shape is set.
SHAPES_MAX = 24


@dataclass(frozen=True, slots=True)
class Parts:
    """What a preset holds, as it is kept."""

    prompt: str
    values: Mapping[str, Any]


def in_lines(catalog: Catalog) -> list[Field]:
    """What the lines of the form may say: the options of all models without those that have inputs of their own."""
    fields = {field.name: field for model in reversed(catalog.models) for field in model.fields}
    inputs = {PROMPT.name, *inputs_of(catalog)}
    return [field for name, field in sorted(fields.items()) if name not in inputs]


def inputs_of(catalog: Catalog) -> set[str]:
    """The options that have inputs of their own in the form."""
    negative = {NEGATIVE} if any(model.field(NEGATIVE) for model in catalog.models) else set()
    return negative | ({SHAPE} if shapes_of(catalog) else set())


def shapes_of(catalog: Catalog) -> list[str]:
    """The shapes that some model takes by name."""
    fields = (model.field(SHAPE) for model in catalog.models)
    ratios = dict.fromkeys(ratio for each in fields if isinstance(each, Choice) for ratio in each.choices)
    return list(ratios)[:SHAPES_MAX]


def filled_with(prompt: str, values: Mapping[str, Any], catalog: Catalog, *, switch: Switch = ENGLISH) -> Typed:
    """The form as it opens for what is known already; a preset is for all models."""
    return Typed(
        prompt=prompt,
        negative_prompt=str(values.get(NEGATIVE, "")),
        model="",
        shape=str(values.get(SHAPE, "")),
        lines=print_lines(values, in_lines(catalog), switch=switch),
    )


def read(typed: Typed, catalog: Catalog, *, switch: Switch = ENGLISH) -> Parts | Mistakes:
    """What a form says, each option as some model takes it."""
    bad: list[BadValue] = []
    prompt = ""
    values: dict[str, Any] = {}
    try:
        prompt = part_of(typed.prompt)
    except BadValue as error:
        bad.append(error)
    for name, value in ((NEGATIVE, typed.negative_prompt.strip()), (SHAPE, typed.shape)):
        try:
            values |= values_of({name: value}, catalog) if value else {}
        except BadValue as error:
            bad.append(error)
    lines = _lines(typed.lines, catalog, switch)
    values |= lines.values
    if not (prompt or values or bad or lines.faults):
        bad.append(BadPreset("preset.empty"))
    if bad or lines.faults:
        return mistaken(bad, catalog, lines)
    return Parts(prompt, values)


def mistaken(bad: Sequence[BadValue], catalog: Catalog, lines: Lines | None = None) -> Mistakes:
    """All that is wrong, of a form that is for all models."""
    faults = () if lines is None else lines.faults
    return Mistakes(model=None, fields=in_lines(catalog), inputs=tuple(bad), lines=faults)


def _lines(text: str, catalog: Catalog, switch: Switch) -> Lines:
    """What the lines say; a value is well where one model takes it, whatever the others do."""
    common = in_lines(catalog)
    fields_of = ([model.field(field.name) or field for field in common] for model in catalog.models)
    read_as = [read_lines(text, fields, switch=switch) for fields in fields_of]
    well = {name: value for lines in reversed(read_as) for name, value in lines.values.items()}
    wrong = [{fault.line for fault in lines.faults} for lines in read_as]
    faults = [fault for fault in read_as[0].faults if all(fault.line in lines for lines in wrong)]
    return Lines(well, tuple(faults))
