"""What each server can set for itself, and the operator for all: one entry here is a setting, typed.

`guild[MEMBER_ALLOWANCE]` is an `Allowance | None` to mypy. A stored value that its field no longer takes counts as not
set. From this table follow the panels, the reference page and the validation; its words stand in the catalogue under
`setting.<name>` and `setting.<name>.help`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from bot.catalog import COUNT_MAX
from bot.fields import BadValue
from bot.jobs import IMAGES_MAX
from bot.levels import Level
from bot.safety_fields import ChannelLevels, SafetyLevel, ShortText, StrikeRule, Strikes
from bot.setting_fields import (
    Allowance,
    Amount,
    Budget,
    Images,
    ModelCounts,
    PeriodAllowance,
    Place,
    Places,
    ServerBudget,
    Switch,
    TargetAllowances,
    TargetKind,
    Zone,
)

T = TypeVar("T")
# Where settings of the whole installation stand: no server has this id.
INSTALLATION = 0
REFUSAL_CHARACTERS_MAX = 300


class Keeps(Protocol[T]):
    """Any field of bot/setting_fields.py whose values are of this type."""

    @property
    def name(self) -> str: ...

    def parse(self, value: object) -> T:
        """Return the value, or raise BadValue."""
        ...

    def stored(self, value: T) -> Any:
        """Return the value as JSON holds it."""
        ...


class Page(StrEnum):
    """The pages of the panels on which settings stand."""

    SERVER = "server"
    MEMBERS = "members"
    ROLES = "roles"
    CHANNELS = "channels"
    MODELS = "models"
    LEVELS = "levels"
    PLACES = "places"  # levels by channel
    REFUSALS = "refusals"
    LOG = "log"  # of moderators, and its strike rule
    CHANGES = "changes"  # no settings: what was changed, and the file of all settings
    BUDGET = "budget"  # of one server, set by the operator
    INSTALLATION = "installation"  # of all servers together, set by the operator


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting. `default` is None where the operator's configuration has it."""

    field: Keeps[T]
    page: Page
    default: Any = None

    @property
    def name(self) -> str:
        return self.field.name


ENABLED = Setting(Switch(name="enabled"), Page.SERVER, default=True)
TIME_ZONE = Setting(Zone(name="time_zone"), Page.SERVER, default="UTC")
LOG_CHANNEL: Setting[int | None] = Setting(Place(name="log_channel"), Page.SERVER)
MODERATORS_SEE_USAGE = Setting(Switch(name="moderators_see_usage"), Page.SERVER, default=False)
MEMBER_ALLOWANCE: Setting[Allowance | None] = Setting(PeriodAllowance(name="member_allowance"), Page.MEMBERS)
ROLE_ALLOWANCES: Setting[Mapping[int, Allowance]] = Setting(
    TargetAllowances(name="role_allowances", targets=TargetKind.ROLE), Page.ROLES, default={}
)
CHANNEL_ALLOWANCES: Setting[Mapping[int, Allowance]] = Setting(
    TargetAllowances(name="channel_allowances", targets=TargetKind.CHANNEL), Page.CHANNELS, default={}
)
ALLOWED_CHANNELS: Setting[tuple[int, ...]] = Setting(Places(name="allowed_channels"), Page.CHANNELS, default=())
DENIED_CHANNELS: Setting[tuple[int, ...]] = Setting(Places(name="denied_channels"), Page.CHANNELS, default=())
MODEL_COUNTS: Setting[Mapping[str, int]] = Setting(
    ModelCounts(name="model_counts", high=COUNT_MAX), Page.MODELS, default={}
)
WILDCARD_IMAGES = Setting(Images(name="wildcard_images", low=1, high=IMAGES_MAX), Page.MODELS, default=4)

# Set by moderators.
SAFETY_LEVEL = Setting(SafetyLevel(name="safety_level"), Page.LEVELS, default=Level.STANDARD)
PRIVATE_ALLOWED = Setting(Switch(name="private_allowed"), Page.LEVELS, default=True)
CHANNEL_LEVELS: Setting[Mapping[int, Level]] = Setting(ChannelLevels(name="channel_levels"), Page.PLACES, default={})
REFUSAL_WORDS = Setting(ShortText(name="refusal_words", high=REFUSAL_CHARACTERS_MAX), Page.REFUSALS, default="")
MODERATION_CHANNEL: Setting[int | None] = Setting(Place(name="moderation_channel"), Page.LOG)
STRIKE_RULE: Setting[StrikeRule | None] = Setting(Strikes(name="strike_rule"), Page.LOG)

# Set by the operator; their defaults come from the configuration.
BUDGET: Setting[Budget] = Setting(ServerBudget(name="budget"), Page.BUDGET)
DEFAULT_BUDGET: Setting[Budget] = Setting(ServerBudget(name="default_budget"), Page.INSTALLATION)
CEILING_PER_DAY = Setting(Amount(name="ceiling_per_day"), Page.INSTALLATION)
CEILING_PER_MONTH = Setting(Amount(name="ceiling_per_month"), Page.INSTALLATION)
BALANCE_WARNING = Setting(Amount(name="balance_warning"), Page.INSTALLATION)
STOPPED = Setting(Switch(name="stopped"), Page.INSTALLATION, default=False)

SETTINGS: tuple[Setting[Any], ...] = (
    ENABLED,
    TIME_ZONE,
    LOG_CHANNEL,
    MODERATORS_SEE_USAGE,
    MEMBER_ALLOWANCE,
    ROLE_ALLOWANCES,
    CHANNEL_ALLOWANCES,
    ALLOWED_CHANNELS,
    DENIED_CHANNELS,
    MODEL_COUNTS,
    WILDCARD_IMAGES,
)
SAFETY_SETTINGS: tuple[Setting[Any], ...] = (
    SAFETY_LEVEL,
    PRIVATE_ALLOWED,
    CHANNEL_LEVELS,
    REFUSAL_WORDS,
    MODERATION_CHANNEL,
    STRIKE_RULE,
)
OPERATOR_SETTINGS: tuple[Setting[Any], ...] = (
    BUDGET,
    DEFAULT_BUDGET,
    CEILING_PER_DAY,
    CEILING_PER_MONTH,
    BALANCE_WARNING,
    STOPPED,
)


class Settings:
    """The settings of one server, or of the installation: what was set, and the defaults for the rest.

    `stored` is what the database holds, by name; `defaults` are the operator's configuration, by name, typed.
    """

    def __init__(self, stored: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> None:
        self._stored = stored
        self._defaults = defaults or {}

    def __getitem__(self, setting: Setting[T]) -> T:
        try:
            return setting.field.parse(self._stored[setting.name])
        except (KeyError, BadValue):
            return setting.field.parse(self._defaults.get(setting.name, setting.default))

    def is_set(self, setting: Setting[Any]) -> bool:
        """Whether it was set here, to something that counts."""
        try:
            setting.field.parse(self._stored[setting.name])
        except (KeyError, BadValue):
            return False
        return True
