"""Fields of settings: what JSON holds of them, and what the code gets.

Beside the fields of bot/fields.py (yes or no, a choice, a whole number, a text) a setting may be an allowance, allowances
by role or channel, a place, a time zone. `parse` takes what was stored, `stored` gives it back; amounts are whole
micro-credits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.fields import BadValue
from bot.periods import Per, known_zone

# Ten million credits: more than anybody has, and far below what a whole number in a database can hold. It stands for
# "unlimited", too: what nobody can reach limits nobody.
CREDITS_MAX = 10_000_000
AMOUNT_MAX_MICROCREDITS = CREDITS_MAX * 1_000_000
TARGETS_MAX = 200
_SNOWFLAKE_MAX = 2**63 - 1
_RENEWED = (Per.DAY, Per.WEEK, Per.MONTH)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many micro-credits in each period."""

    amount_microcredits: int
    per: Per

    @property
    def per_day_microcredits(self) -> float:
        """What it comes to in a day, to compare allowances of different periods; a month counts as 30 days."""
        return self.amount_microcredits / {Per.DAY: 1, Per.WEEK: 7, Per.MONTH: 30}[self.per]


class BudgetKind(StrEnum):
    """What the operator lets a server spend. The value is what the database holds."""

    LIMITED = "limited"
    UNLIMITED = "unlimited"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Budget:
    """What a server may spend: an allowance where it is limited, else None."""

    kind: BudgetKind
    allowance: Allowance | None = None


def amount_of(name: str, value: object) -> int:
    """A whole number of micro-credits, from 0 to AMOUNT_MAX_MICROCREDITS; raises BadValue."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= AMOUNT_MAX_MICROCREDITS:
        raise BadValue(name, "amount", high_microcredits=AMOUNT_MAX_MICROCREDITS)
    return value


def _allowance_of(name: str, value: object) -> Allowance:
    if isinstance(value, Allowance):
        value = _allowance_json(value)
    if not isinstance(value, Mapping) or value.get("per") not in _RENEWED:
        raise BadValue(name, "allowance")
    return Allowance(amount_of(name, value.get("amount_microcredits")), Per(value["per"]))


def _allowance_json(allowance: Allowance) -> dict[str, Any]:
    return {"amount_microcredits": allowance.amount_microcredits, "per": allowance.per.value}


def id_of(name: str, value: object) -> int:
    """An id of Discord's; JSON keys are text, so digits are taken as well."""
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= _SNOWFLAKE_MAX:
        raise BadValue(name, "id")
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Micro-credits, zero or more."""

    name: str

    def parse(self, value: object) -> int:
        return amount_of(self.name, value)

    def stored(self, value: int) -> Any:
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodAllowance:
    """An allowance, or none: then nothing is limited here."""

    name: str

    def parse(self, value: object) -> Allowance | None:
        return None if value is None else _allowance_of(self.name, value)

    def stored(self, value: Allowance | None) -> Any:
        return None if value is None else _allowance_json(value)


class TargetKind(StrEnum):
    """What the ids among a setting name."""

    ROLE = "role"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAllowances:
    """Allowances by role or by channel, at most TARGETS_MAX."""

    name: str
    targets: TargetKind

    def parse(self, value: object) -> Mapping[int, Allowance]:
        if not isinstance(value, Mapping):
            raise BadValue(self.name, "allowance")
        if len(value) > TARGETS_MAX:
            raise BadValue(self.name, "too_many", high=TARGETS_MAX)
        return {id_of(self.name, target): _allowance_of(self.name, each) for target, each in value.items()}

    def stored(self, value: Mapping[int, Allowance]) -> Any:
        return {str(target): _allowance_json(each) for target, each in value.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One channel, or none."""

    name: str

    def parse(self, value: object) -> int | None:
        return None if value is None else id_of(self.name, value)

    def stored(self, value: int | None) -> Any:
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Any number of channels up to TARGETS_MAX, in order."""

    name: str

    def parse(self, value: object) -> tuple[int, ...]:
        if not isinstance(value, list | tuple):
            raise BadValue(self.name, "id")
        if len(value) > TARGETS_MAX:
            raise BadValue(self.name, "too_many", high=TARGETS_MAX)
        return tuple(dict.fromkeys(id_of(self.name, each) for each in value))

    def stored(self, value: tuple[int, ...]) -> Any:
        return list(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A time zone by its IANA name."""

    name: str

    def parse(self, value: object) -> str:
        zone = known_zone(value) if isinstance(value, str) else None
        if zone is None:
            raise BadValue(self.name, "zone")
        return zone

    def stored(self, value: str) -> Any:
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCounts:
    """By a model's key, how many images one request may ask for; 0 switches it off. A model not named has the most."""

    name: str
    high: int

    def parse(self, value: object) -> Mapping[str, int]:
        if not isinstance(value, Mapping):
            raise BadValue(self.name, "range", low=0, high=self.high)
        for count in value.values():
            if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= self.high:
                raise BadValue(self.name, "range", low=0, high=self.high)
        return dict(value)

    def stored(self, value: Mapping[str, int]) -> Any:
        return dict(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """How many images, from `low` to `high`, both included."""

    name: str
    low: int
    high: int

    def parse(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise BadValue(self.name, "range", low=self.low, high=self.high)
        return value

    def stored(self, value: int) -> Any:
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerBudget:
    """What the operator lets a server spend."""

    name: str

    def parse(self, value: object) -> Budget:
        if isinstance(value, Budget):
            return value
        if not isinstance(value, Mapping) or value.get("kind") not in tuple(BudgetKind):
            raise BadValue(self.name, "allowance")
        kind = BudgetKind(value["kind"])
        limited = kind is BudgetKind.LIMITED
        return Budget(kind, _allowance_of(self.name, value.get("allowance")) if limited else None)

    def stored(self, value: Budget) -> Any:
        allowance = None if value.allowance is None else _allowance_json(value.allowance)
        return {"kind": value.kind.value, "allowance": allowance}


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Yes or no."""

    name: str

    def parse(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise BadValue(self.name, "not_toggle")
        return value

    def stored(self, value: bool) -> Any:  # noqa: FBT001 - each field takes its own value
        return value


SettingField = (
    Amount | PeriodAllowance | TargetAllowances | Place | Places | Zone | ModelCounts | Images | ServerBudget | Switch
)
