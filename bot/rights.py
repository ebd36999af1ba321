"""Who may use which command: by rank, and by what a server's administrators set for it in Discord.

Discord itself hides a command from those who may not use it, but it does not judge the buttons, menus and forms that a
command put up. They belong to their command, and whoever may not use that one may not use them either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

ADMINISTRATOR_BIT = 1 << 3
MANAGE_GUILD_BIT = 1 << 5
MANAGE_MESSAGES_BIT = 1 << 13
USE_APPLICATION_COMMANDS_BIT = 1 << 31


class Rank(IntEnum):
    """Whom a command is for; each stands above the ones before it."""

    MEMBER = 0
    MODERATOR = 1
    ADMINISTRATOR = 2
    OPERATOR = 3


# What Discord asks for where a server has set nothing: a command's default_member_permissions. An operator is known by
# id, and no server can make one; Discord shows the operator's commands to administrators, and we refuse them.
NEEDED_BITS: Mapping[Rank, int] = {
    Rank.MEMBER: 0,
    Rank.MODERATOR: MANAGE_MESSAGES_BIT,
    Rank.ADMINISTRATOR: MANAGE_GUILD_BIT,
}


class Target(IntEnum):
    """What an override is for, numbered as by Discord."""

    ROLE = 1
    USER = 2
    CHANNEL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One switch of Server Settings > Integrations.

    A role with the server's id is @everyone, a channel with that id less one is all channels.
    """

    target_id: int
    target: Target
    allowed: bool


# By the id of the command, or of the application for all of its commands.
Overrides = Mapping[int, Iterable[Override]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody at a place, as Discord describes them; outside of servers there is no `guild_id`.

    For a thread, `channel_id` is its parent's. `permissions` are those in the channel, as Discord's bits.
    """

    user_id: int
    guild_id: int | None
    channel_id: int
    role_ids: frozenset[int] = frozenset()
    permissions: int = 0

    @property
    def is_administrator(self) -> bool:
        return self.guild_id is not None and bool(self.permissions & ADMINISTRATOR_BIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is to be used. `id` is None where Discord has not told it: then only what holds for all commands counts."""

    rank: Rank
    application_id: int
    id: int | None = None


def depends_on_overrides(rank: Rank, caller: Caller) -> bool:
    """Tell whether what a server set can make a difference; if not, may_use() needs no overrides."""
    return rank is not Rank.OPERATOR and caller.guild_id is not None and not caller.is_administrator


def may_use(command: Command, caller: Caller, *, overrides: Overrides, operator_ids: frozenset[int]) -> bool:
    """Tell whether somebody may use a command, by Discord's own rules; who the operators are, we say.

    The rules: administrators may use everything. What is set for the command decides, for channels and for people
    apart. Otherwise what is set for the application may take away, and who is let in needs the rank's permission.
    (Discord's documentation, "Application Command Permissions", and its change log of 2022-11-17.)
    """
    if command.rank is Rank.OPERATOR:
        return caller.user_id in operator_ids
    if caller.guild_id is None:
        return command.rank is Rank.MEMBER
    if caller.is_administrator:
        return True
    own = _verdicts(overrides.get(command.id, ()) if command.id is not None else (), caller, caller.guild_id)
    shared = _verdicts(overrides.get(command.application_id, ()), caller, caller.guild_id)
    return _is_place(own, shared, caller) and _is_person(own, shared, caller, command.rank)


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """What a list of overrides says of a caller's channel and of the caller; None where it says nothing."""

    here: bool | None
    person: bool | None


def _is_place(own: _Verdicts, shared: _Verdicts, caller: Caller) -> bool:
    here = own.here if own.here is not None else shared.here
    return here is not False and bool(caller.permissions & USE_APPLICATION_COMMANDS_BIT)


def _is_person(own: _Verdicts, shared: _Verdicts, caller: Caller, rank: Rank) -> bool:
    if own.person is not None:
        return own.person
    needed = NEEDED_BITS[rank]
    return shared.person is not False and caller.permissions & needed == needed


def _verdicts(overrides: Iterable[Override], caller: Caller, guild_id: int) -> _Verdicts:
    """Weigh the overrides: the channel before all channels; the person, then any role, then @everyone."""
    channel = all_channels = person = roles = everyone = None
    for each in overrides:
        match each.target:
            case Target.CHANNEL if each.target_id == caller.channel_id:
                channel = each.allowed
            case Target.CHANNEL if each.target_id == guild_id - 1:
                all_channels = each.allowed
            case Target.USER if each.target_id == caller.user_id:
                person = each.allowed
            case Target.ROLE if each.target_id == guild_id:
                everyone = each.allowed
            case Target.ROLE if each.target_id in caller.role_ids:
                # One role that lets somebody in is enough, whatever the others say.
                roles = each.allowed or bool(roles)
            case _:
                pass
    return _Verdicts(_first(channel, all_channels), _first(person, roles, everyone))


def _first(*said: bool | None) -> bool | None:
    return next((each for each in said if each is not None), None)
