"""Who may use which command where: what people set in Server Settings > Integrations, and how Discord decides by it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.sandbox.discord.errors import error
from bot.sandbox.discord.permissions import ALL

Json = dict[str, Any]
OVERRIDES_MAX = 100


class TargetType(IntEnum):
    ROLE = 1
    USER = 2
    CHANNEL = 3


@dataclass(frozen=True, slots=True)
class Override:
    """One switch of those settings: a guild's id as a role is @everyone, that id less one as a channel all channels."""

    id: int
    type: TargetType
    permission: bool

    def shown(self) -> Json:
        return {"id": str(self.id), "type": int(self.type), "permission": self.permission}


Switches = Mapping[tuple[TargetType, int], bool]


class CommandRights:
    """The overrides of every guild, by command; those under the application's id are for the whole application."""

    def __init__(self, application_id: int) -> None:
        self._application_id = application_id
        self._overrides: dict[tuple[int, int], tuple[Override, ...]] = {}

    def put(self, guild_id: int, target_id: int, overrides: Iterable[Override]) -> Json:
        """Replace the overrides of a command, or of the application, and return them as Discord shows them."""
        kept = tuple(overrides)
        if len(kept) > OVERRIDES_MAX:
            raise ValueError(f"a command has at most {OVERRIDES_MAX} overrides")
        if kept:
            self._overrides[guild_id, target_id] = kept
        else:
            self._overrides.pop((guild_id, target_id), None)
        return self._shown(guild_id, target_id, kept)

    def all(self, guild_id: int) -> list[Json]:
        """Return what is set in a guild; commands with nothing of their own are not in it."""
        return [
            self._shown(guild, target, kept) for (guild, target), kept in self._overrides.items() if guild == guild_id
        ]

    def get(self, guild_id: int, target_id: int) -> Json:
        """Return what is set for one command; raises 10066 where nothing is."""
        if (guild_id, target_id) not in self._overrides:
            raise error(10066)
        return self._shown(guild_id, target_id, self._overrides[guild_id, target_id])

    def forget(self, guild_id: int) -> None:
        """Drop what is set in a guild, as happens when the application is removed from it."""
        self._overrides = {key: kept for key, kept in self._overrides.items() if key[0] != guild_id}

    def switches(self, guild_id: int, target_id: int) -> Switches:
        kept = self._overrides.get((guild_id, target_id), ())
        return {(each.type, each.id): each.permission for each in kept}

    def _shown(self, guild_id: int, target_id: int, overrides: Iterable[Override]) -> Json:
        return {
            "id": str(target_id),
            "application_id": str(self._application_id),
            "guild_id": str(guild_id),
            "permissions": [each.shown() for each in overrides],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody at a place; `permissions` are theirs there, and for a thread `channel_id` is its parent's."""

    guild_id: int
    channel_id: int
    user_id: int
    role_ids: tuple[int, ...]
    permissions: int


def is_allowed_channel(asker: Asker, *, command: Switches, application: Switches) -> bool:
    """Tell whether a command can be used in the channel: what is set for the command goes first, "all" goes last."""
    if asker.permissions == ALL:
        return True
    for switches in (command, application):
        for channel_id in (asker.channel_id, asker.guild_id - 1):
            if (TargetType.CHANNEL, channel_id) in switches:
                return switches[TargetType.CHANNEL, channel_id]
    return True


def is_allowed_person(asker: Asker, *, command: Switches, application: Switches, needed: str | None) -> bool:
    """Tell whether somebody may use a command, by what is set and by its default_member_permissions.

    What is set for the command overrides everything else. What is set for the application takes away only: whom it
    lets in still needs the command's own permissions. (Discord's change log of 2022-11-17.)
    """
    if asker.permissions == ALL:
        return True
    own = _of_person(asker, command)
    if own is not None:
        return own
    return _of_person(asker, application) is not False and _has(asker.permissions, needed)


def _of_person(asker: Asker, switches: Switches) -> bool | None:
    """Return what is set for somebody: as a person, else by any role, else for @everyone; None where nothing is."""
    own = switches.get((TargetType.USER, asker.user_id))
    if own is not None:
        return own
    by_roles = [switches[TargetType.ROLE, each] for each in asker.role_ids if (TargetType.ROLE, each) in switches]
    return any(by_roles) if by_roles else switches.get((TargetType.ROLE, asker.guild_id))


def _has(bits: int, needed: str | None) -> bool:
    """Tell whether all needed bits are there; "0" leaves administrators only."""
    return needed is None or (int(needed) != 0 and bits & int(needed) == int(needed))
