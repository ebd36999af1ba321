"""What each server can set for itself: one entry here is a setting, typed; nothing else needs to change.

`guild[MONTHLY_LIMIT]` is an int to mypy. A stored value that its field no longer takes counts as not set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.fields import BadValue, Parses, Whole

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting; its words stand in the catalogue under `setting.<name>`."""

    field: Parses[T]

    @property
    def name(self) -> str:
        return self.field.name


# Ten million credits: more than anybody has, and far below what a whole number in a database can hold.
MONTHLY_LIMIT = Setting(Whole(name="monthly_limit_microcredits", low=0, high=10_000_000_000_000))

SETTINGS: tuple[Setting[Any], ...] = (MONTHLY_LIMIT,)


class GuildSettings:
    """The settings of one server: its own where it set them, the operator's defaults for the rest."""

    def __init__(self, stored: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self._stored = stored
        self._defaults = defaults

    def __getitem__(self, setting: Setting[T]) -> T:
        try:
            return setting.field.parse(self._stored[setting.name])
        except (KeyError, BadValue):
            return setting.field.parse(self._defaults[setting.name])
