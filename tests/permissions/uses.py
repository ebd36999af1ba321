"""What somebody does to the bot, as Discord would tell of it; also what Discord's own clients would not send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Who(StrEnum):
    """Everybody is a member of Aquarium alone, but for the two that say otherwise."""

    OWNER = "owner"  # mia, a member: what is pressed is about her, or hers
    MEMBER = "member"  # jules: has nothing to do with it
    MODERATOR = "moderator"  # mona
    ADMINISTRATOR = "administrator"  # adam
    OPERATOR = "operator"  # oona, who is only a member there
    STRANGER = "stranger"  # stan, in Atelier, whose administrator he is
    ALONE = "alone"  # adam again, in direct messages with the bot


NAMES: Mapping[Who, str] = {
    Who.OWNER: "mia",
    Who.MEMBER: "jules",
    Who.MODERATOR: "mona",
    Who.ADMINISTRATOR: "adam",
    Who.OPERATOR: "oona",
    Who.STRANGER: "stan",
    Who.ALONE: "adam",
}


@dataclass(frozen=True, kw_only=True)
class Command:
    """A slash command; options of a sub-command stand under its name."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Menu:
    """An entry of the menu of a message: the card of the request with this id."""

    name: str
    request_id: int


@dataclass(frozen=True, kw_only=True)
class Press:
    """A button, or a menu where there are `values`. It stands in a message beside buttons with these custom ids."""

    custom_id: str
    values: Sequence[str] | None = None
    beside: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Send:
    """A form that is sent without having been opened; `fields` by custom id, those in a list as picked in a menu.

    `resolved` is what Discord tells beside, such as the files that were added.
    """

    custom_id: str
    fields: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    resolved: Mapping[str, Any] | None = None


Use = Command | Menu | Press | Send
