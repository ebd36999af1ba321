"""What the operator's models file may say, and in which form; bot/catalog_file.py reads it."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic import Field as Bounds

from bot import fields

# Discord knows no whole number beyond these, and no other number.
_NUMBER_MAX = 2**53

# Discord's rule for the names of commands and options, for the letters that Segmind's parameters use.
_Name = Annotated[str, Bounds(pattern=r"^[a-z0-9_-]{1,32}$")]
# discord.py reads a command's options from the signature of a function, so a name must do there, too.
_FieldName = Annotated[str, Bounds(pattern=r"^[a-z_][a-z0-9_]{0,31}$")]
_Description = Annotated[str, Bounds(min_length=1, max_length=60)]
_Whole = Annotated[int, Bounds(ge=-_NUMBER_MAX, le=_NUMBER_MAX)]


def _decimal(value: object) -> Decimal:
    """A number as TOML has it: whole or not."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ValueError("must be a number, without quotation marks")  # noqa: TRY004 - pydantic reads only this one
    return Decimal(value)


_Exact = Annotated[Decimal, BeforeValidator(_decimal)]
_Number = Annotated[_Exact, Bounds(ge=-_NUMBER_MAX, le=_NUMBER_MAX)]
_Price = Annotated[_Exact, Bounds(ge=0, le=1000)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _TextField(_Entry):
    type: Literal["text"]
    name: _FieldName
    default: str | None = None
    max_length: int = Bounds(default=2000, ge=1, le=6000)
    required: bool = False
    description: _Description | None = None

    def field(self) -> fields.Field:
        return fields.Text(
            name=self.name,
            default=self.default,
            low=1 if self.required else 0,
            high=self.max_length,
            required=self.required,
            description=self.description,
        )


class _ChoiceField(_Entry):
    type: Literal["choice"]
    name: _FieldName
    choices: list[Annotated[str, Bounds(min_length=1, max_length=100)]] = Bounds(min_length=1, max_length=25)
    default: str | None = None
    description: _Description | None = None

    def field(self) -> fields.Field:
        choices = tuple(self.choices)
        return fields.Choice(name=self.name, choices=choices, default=self.default, description=self.description)


class _WholeField(_Entry):
    type: Literal["integer"]
    name: _FieldName
    min: _Whole
    max: _Whole
    default: _Whole | None = None
    description: _Description | None = None

    def field(self) -> fields.Field:
        return fields.Whole(
            name=self.name, low=self.min, high=self.max, default=self.default, description=self.description
        )


class _NumberField(_Entry):
    type: Literal["number"]
    name: _FieldName
    min: _Number
    max: _Number
    default: _Number | None = None
    description: _Description | None = None

    def field(self) -> fields.Field:
        default = None if self.default is None else float(self.default)
        return fields.Number(
            name=self.name, low=float(self.min), high=float(self.max), default=default, description=self.description
        )


class _ToggleField(_Entry):
    type: Literal["boolean"]
    name: _FieldName
    default: bool | None = None
    description: _Description | None = None

    def field(self) -> fields.Field:
        return fields.Toggle(name=self.name, default=self.default, description=self.description)


_AnyField = Annotated[
    _TextField | _ChoiceField | _WholeField | _NumberField | _ToggleField, Bounds(discriminator="type")
]
FIELD_TYPES = frozenset({"text", "choice", "integer", "number", "boolean"})


class Change(_Entry):
    """What an entry may say; an entry for a model that is known says only what changes."""

    command: _Name | None = None
    slug: Annotated[str, Bounds(pattern=r"^[A-Za-z0-9._-]{1,100}$")] | None = None
    label: Annotated[str, Bounds(min_length=1, max_length=100)] | None = None
    price: _Price | None = None
    latency_s: Annotated[_Exact, Bounds(gt=0, le=3600)] | None = None
    successor: str | None = None
    enabled: bool | None = None
    fields: list[_AnyField] | None = Bounds(default=None, min_length=1)


class ModelsFile(_Entry):
    """The whole file."""

    models: dict[_Name, Change] = {}
