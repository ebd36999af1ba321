"""Whom a message would have pinged, by Discord's rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord.errors import Errors, problem
from bot.sandbox.discord.forms import both, flag, list_of, one_of, shape, snowflake
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.world import Guild

_USER = re.compile(r"<@!?(\d{15,20})>")
_ROLE = re.compile(r"<@&(\d{15,20})>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Pings:
    """The people and roles that would have heard a sound."""

    everyone: bool = False
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everyone or bool(self.users) or bool(self.roles)


INTERACTION_DEFAULT: Mapping[str, Any] = {"parse": ["users"]}
CHANNEL_DEFAULT: Mapping[str, Any] = {"parse": ["users", "roles", "everyone"]}


def _exclusive(value: Any) -> Errors:
    for name in ("users", "roles"):
        if name in (value.get("parse") or ()) and value.get(name):
            return {name: problem("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f"parse has {name} too.")}
    return {}


ALLOWED_MENTIONS = both(
    shape(
        {},
        {
            "parse": list_of(one_of(["users", "roles", "everyone"]), most=3),
            "users": list_of(snowflake, most=100),
            "roles": list_of(snowflake, most=100),
            "replied_user": flag,
        },
    ),
    _exclusive,
)


def pings(text: str, allowed: Mapping[str, Any], *, guild: Guild | None, author_permissions: int) -> Pings:
    """Return whom the text pings; roles and everyone need a guild and, mostly, a permission."""
    parse = allowed.get("parse") or ()
    users = {int(each) for each in _USER.findall(text)}
    if "users" not in parse:
        users &= {int(each) for each in allowed.get("users") or ()}
    if guild is None:
        return Pings(users=frozenset(users))
    may_all = bool(author_permissions & (Permission.MENTION_EVERYONE | Permission.ADMINISTRATOR))
    named = {int(each) for each in _ROLE.findall(text)}
    if "roles" not in parse:
        named &= {int(each) for each in allowed.get("roles") or ()}
    roles = {each for each in named if each in guild.roles and (may_all or guild.roles[each].mentionable)}
    everyone = "everyone" in parse and may_all and _EVERYONE.search(text) is not None
    return Pings(everyone=everyone, users=frozenset(users), roles=frozenset(roles))
