"""From a card to what is asked for next: the same again, with another model, or as a form says that began with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.asking.asks import Ask
from bot.asking.value_lines import ENGLISH, Fault, Switch, print_lines, read_lines
from bot.catalog import OWN_OPTIONS, PRIVATE, PROMPT, SPOILER, Catalog, Model
from bot.fields import BadValue, Choice, Field
from bot.intake import Refusal
from bot.jobs import Job, Request

NEGATIVE, SHAPE = "negative_prompt", "aspect_ratio"
# What has an input of its own in the form.
INPUTS = (PROMPT.name, NEGATIVE, SHAPE)
# Of what a kept form is, where it began with no card: it is a preset's. No request has that id.
PRESETS = 0
# What the text of lines is called where a form is kept; no option has that name.
_LINES = "lines"
_SIZE = frozenset({SHAPE, "width", "height"})
_OWN = frozenset(option.name for option in OWN_OPTIONS)


@dataclass(frozen=True, slots=True)
class Source:
    """The card that it begins with: its request, whose prompt is known, and the request's jobs."""

    request: Request
    jobs: Sequence[Job]

    @property
    def sent(self) -> Mapping[str, Any]:
        """What its first image was made with."""
        return self.jobs[0].payload if self.jobs else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form holds. `shape` is empty where the image has its model's usual one, `model` where it is for all."""

    prompt: str
    negative_prompt: str
    model: str
    shape: str
    lines: str


@dataclass(frozen=True, slots=True)
class Edited:
    """What is asked for, and the names of options that the model does not take and that were left out for that."""

    ask: Ask
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistakes:
    """All that is wrong in a form: in its own inputs, and in its lines, which may say `fields`.

    `model` is None in the form of a preset, which is for all of them.
    """

    model: Model | None
    fields: Sequence[Field]
    inputs: tuple[BadValue, ...]
    lines: tuple[Fault, ...]


def model_of(catalog: Catalog, key: str) -> Model:
    """A model that is offered; raises Refusal."""
    model = catalog.get(key)
    if model is None or not model.enabled:
        raise Refusal("model_not_offered", model=key)
    return model


def in_lines(model: Model) -> list[Field]:
    """What the lines of the form may say for this model."""
    return [*(field for field in model.fields if field.name not in INPUTS), *OWN_OPTIONS]


def takers(name: str, catalog: Catalog) -> list[Model]:
    """The models on offer that take an option."""
    return [model for model in catalog.models if model.enabled and model.field(name) is not None]


def again(source: Source) -> Ask:
    """The same once more; where no seed was asked for, that is another image."""
    return replace(Ask.of(source.request), parent_id=None)


def redo(source: Source, model: Model) -> Edited:
    """The same with another model, in the shape that the images have, as far as that model goes."""
    given = dict(source.request.values)
    if SHAPE in source.sent:
        given.setdefault(SHAPE, source.sent[SHAPE])
    taken = {name: value for name, value in given.items() if name in _OWN or _takes(model, name, value)}
    if _refused_together(model, taken):
        # There is no such size in this shape here: it has the model's usual one.
        taken = {name: value for name, value in taken.items() if name not in _SIZE}
    ask = _ask(source, model, taken, private=source.request.private, spoiler=source.request.spoiler)
    left_out = tuple(name for name in given if name not in taken)
    return Edited(replace(ask, expand=source.request.expand), left_out)


def typed_of(source: Source, catalog: Catalog, *, switch: Switch = ENGLISH) -> Typed:
    """The form as it opens."""
    request = source.request
    model = catalog.get(request.model)
    negative, shape = (None if model is None else model.field(name) for name in (NEGATIVE, SHAPE))
    usual = shape.default if isinstance(shape, Choice) else None
    return Typed(
        prompt=request.prompt,
        negative_prompt=str(source.sent.get(NEGATIVE, request.values.get(NEGATIVE, ""))) if negative else "",
        model=request.model,
        shape=str(request.values.get(SHAPE, usual) or ""),
        lines="" if model is None else _prefilled(request, model, switch),
    )


def read(typed: Typed, source: Source, catalog: Catalog, *, switch: Switch = ENGLISH) -> Edited | Mistakes:
    """What a form asks for; raises Refusal where its model is not offered.

    What its model does not take is left out where it was there when the form opened; what was typed anew is a mistake.
    Of what nobody gave, but the model before had by itself, nothing is said.
    """
    model = model_of(catalog, typed.model)
    text, left_out = _without_old(typed.lines, source, model, catalog, switch)
    others = {field.name for other in catalog.models for field in other.fields} - set(INPUTS)
    lines = read_lines(text, in_lines(model), elsewhere=others, switch=switch)
    inputs: dict[str, str] = {PROMPT.name: typed.prompt}
    opened = typed_of(source, catalog)
    anew = []
    for name, value, before in (
        (NEGATIVE, typed.negative_prompt, opened.negative_prompt),
        (SHAPE, typed.shape, opened.shape),
    ):
        if model.field(name) is None and value and value != before:
            anew.append(_not_taken(name, model, catalog))
        elif model.field(name) is None:
            left_out += [name] if value and name in source.request.values else []
        elif value or name == NEGATIVE:
            inputs[name] = value
    hidden = {PRIVATE.name: bool(lines.values.get(PRIVATE.name)), SPOILER.name: bool(lines.values.get(SPOILER.name))}
    values = {name: value for name, value in {**inputs, **lines.values}.items() if name not in hidden}
    bad = [*_refused(model, inputs), *anew] or ([] if lines.faults else _refused_together(model, values))
    if bad or lines.faults:
        return Mistakes(model=model, fields=in_lines(model), inputs=tuple(bad), lines=lines.faults)
    return Edited(_ask(source, model, values, **hidden), tuple(left_out))


def unfinished(typed: Typed, *, of: int) -> Ask:
    """A form with mistakes in it, which began with the card of request `of`, or PRESETS, as something that can be kept."""
    values = {PROMPT.name: typed.prompt, NEGATIVE: typed.negative_prompt, SHAPE: typed.shape, _LINES: typed.lines}
    return Ask(command="", models=(typed.model,), values=values, private=True, spoiler=False, parent_id=of)


def finished(ask: Ask, *, of: int) -> Typed | None:
    """The form that was kept; None where this is none, or began with something else."""
    if _LINES not in ask.values or ask.parent_id != of:
        return None
    values = ask.values
    return Typed(
        prompt=values[PROMPT.name],
        negative_prompt=values[NEGATIVE],
        model=ask.models[0],
        shape=values[SHAPE],
        lines=values[_LINES],
    )


def _ask(source: Source, model: Model, values: Mapping[str, Any], *, private: bool, spoiler: bool) -> Ask:
    """A request for one model that follows from the card."""
    return Ask(
        command=model.command,
        models=(model.key,),
        values=values,
        private=private,
        spoiler=spoiler,
        parent_id=source.request.interaction_id,
    )


def _takes(model: Model, name: str, value: object) -> bool:
    field = model.field(name)
    if field is None:
        return False
    try:
        field.parse(value)
    except BadValue:
        return False
    return True


def _prefilled(request: Request, model: Model, switch: Switch) -> str:
    """What was given for this request, but for the form's own inputs."""
    hidden = {PRIVATE.name: request.private, SPOILER.name: request.spoiler}
    values = {**request.values, **{name: value for name, value in hidden.items() if value}}
    return print_lines(values, in_lines(model), switch=switch)


def _without_old(text: str, source: Source, model: Model, catalog: Catalog, switch: Switch) -> tuple[str, list[str]]:
    """The lines without those that the form opened with and this model has no use for; and the names of these."""
    before = catalog.get(source.request.model)
    known = {field.name for field in in_lines(model)}
    old = [field for field in ([] if before is None else in_lines(before)) if field.name not in known]
    of_old = {
        print_lines(source.request.values, [field], switch=switch): field.name
        for field in old
        if field.name in source.request.values
    }
    gone = [of_old[line.strip()] for line in text.splitlines() if line.strip() in of_old]
    kept = ("" if line.strip() in of_old else line for line in text.splitlines())
    return "\n".join(kept), gone


def _not_taken(name: str, model: Model, catalog: Catalog) -> BadValue:
    names = ", ".join(each.label for each in takers(name, catalog))
    return BadValue(name, "not_taken", model=model.label, takers=names)


def _refused(model: Model, inputs: Mapping[str, str]) -> list[BadValue]:
    """What is wrong with each of the inputs."""
    bad = []
    for name, value in inputs.items():
        try:
            model.parse({name: value})
        except BadValue as error:
            bad.append(error)
    return bad


def _refused_together(model: Model, values: Mapping[str, Any]) -> list[BadValue]:
    """What is wrong with values that are well each by itself: a size that has not the shape."""
    try:
        model.payload({name: value for name, value in values.items() if name not in _OWN})
    except BadValue as error:
        return [error]
    return []
