"""What a person fills in for a command, checked as Discord's own client checks it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.discord import payloads, permissions
from bot.sandbox.discord.attachments import AttachmentStore
from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.command_names import OptionType
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.world import Guild, Member, World

Json = dict[str, Any]

_BRANCHES = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)


class CommandRejected(Exception):
    """Discord's client would not send this; the words say why."""


@dataclass(slots=True)
class Resolved:
    """What options and selects refer to, as an interaction carries it."""

    world: World
    guild: Guild | None
    attachments: AttachmentStore
    now_ms: int
    # Who picks; what that person may do in a channel stands beside the channel.
    member: Member | None = None
    data: dict[str, Json] = field(default_factory=dict)

    def user(self, user_id: int) -> None:
        if user_id not in self.world.users:
            raise CommandRejected(f"There is no user {user_id}.")
        self._put("users", user_id, payloads.user(self.world.users[user_id]))
        member = self.guild.members.get(user_id) if self.guild else None
        if member is not None and self.guild is not None:
            bits = permissions.permissions_of(self.guild, member, now_ms=self.now_ms)
            self._put("members", user_id, payloads.bare_member(member) | {"permissions": str(bits)})

    def role(self, role_id: int) -> None:
        if self.guild is None or role_id not in self.guild.roles:
            raise CommandRejected(f"There is no role {role_id}.")
        self._put("roles", role_id, payloads.role(self.guild.roles[role_id]))

    def channel(self, channel_id: int, types: Sequence[int] = ()) -> None:
        """Take a channel that the person sees, of one of these types where any are named."""
        bits = self._permissions_in(channel_id)
        if self.guild is None or not bits & Permission.VIEW_CHANNEL:
            raise CommandRejected(f"There is no channel {channel_id}.")
        channel = self.guild.channels[channel_id]
        if types and channel.type not in types:
            raise CommandRejected(f"#{channel.name} is not of a type that can be chosen.")
        shown = payloads.channel(channel, self.world) | {"permissions": str(bits)}
        shown.pop("permission_overwrites", None)
        self._put("channels", channel_id, shown)

    def mentionable(self, some_id: int) -> None:
        if some_id in self.world.users:
            self.user(some_id)
        else:
            self.role(some_id)

    def knows(self, kind: str, some_id: int) -> bool:
        """Tell whether there is such a user or role (any more), or such a channel that the person sees."""
        if kind == "user":
            return some_id in self.world.users
        if kind == "role":
            return self.guild is not None and some_id in self.guild.roles
        return bool(self._permissions_in(some_id) & Permission.VIEW_CHANNEL)

    def _permissions_in(self, channel_id: int) -> int:
        """Return what the person may do in a channel; nothing where there is no such channel."""
        channel = self.guild.channels.get(channel_id) if self.guild else None
        if channel is None or self.guild is None or self.member is None:
            return 0
        return permissions.permissions_in(self.guild, self.member, channel, now_ms=self.now_ms)

    def attachment(self, attachment_id: int) -> None:
        """Take a file that was uploaded before."""
        kept = self.attachments.get(attachment_id)
        if kept is None:
            raise CommandRejected(f"There is no file {attachment_id}.")
        self._put("attachments", attachment_id, self.attachments.payload(kept))

    def _put(self, kind: str, some_id: int, shown: Json) -> None:
        self.data.setdefault(kind, {})[str(some_id)] = shown


class OptionReader:
    """Turns name → value into the options of an interaction."""

    def __init__(self, resolved: Resolved, attachments: AttachmentStore, channel_id: int) -> None:
        self._resolved = resolved
        self._attachments = attachments
        self._channel_id = channel_id

    def read(self, known: list[Json], given: Mapping[str, Any], *, focused: str | None = None) -> list[Json]:
        """Return the options in the order of the command; with `focused`, half-typed ones are let through."""
        if any(option["type"] in _BRANCHES for option in known) and len(given) != 1:
            raise CommandRejected("Of several sub-commands, one is used.")
        names = {option["name"] for option in known}
        for name in given:
            if name not in names:
                raise CommandRejected(f"There is no option {name!r}.")
        read: list[Json] = []
        for option in known:
            name = option["name"]
            if given.get(name) is None:
                if option.get("required") and focused is None:
                    raise CommandRejected(f"The option {name!r} is required.")
                continue
            read.append(self._one(option, given[name], focused=focused))
        return read

    def _one(self, option: Json, value: Any, *, focused: str | None) -> Json:
        name, kind = option["name"], OptionType(option["type"])
        if kind in _BRANCHES:
            inner = self.read(option.get("options") or [], value, focused=focused)
            return {"name": name, "type": int(kind), "options": inner}
        if name == focused:
            if not option.get("autocomplete"):
                raise CommandRejected(f"The option {name!r} suggests nothing.")
            return {"name": name, "type": int(kind), "value": str(value), "focused": True}
        return {"name": name, "type": int(kind), "value": self._value(option, kind, value)}

    def _value(self, option: Json, kind: OptionType, value: Any) -> Any:
        match kind:
            case OptionType.STRING:
                return _string(option, value)
            case OptionType.INTEGER | OptionType.NUMBER:
                return _number(option, value, whole=kind is OptionType.INTEGER)
            case OptionType.BOOLEAN:
                if not isinstance(value, bool):
                    raise CommandRejected(f"The option {option['name']!r} is either true or false.")
                return value
            case OptionType.ATTACHMENT:
                return self._file(value)
            case OptionType.CHANNEL:
                self._resolved.channel(int(value), option.get("channel_types") or ())
                return str(value)
            case _:
                self._lookup(kind)(int(value))
                return str(value)

    def _lookup(self, kind: OptionType) -> Callable[[int], None]:
        return {
            OptionType.USER: self._resolved.user,
            OptionType.ROLE: self._resolved.role,
            OptionType.MENTIONABLE: self._resolved.mentionable,
        }[kind]

    def _file(self, value: tuple[str, bytes]) -> str:
        """Take a file as (name, bytes)."""
        filename, data = value
        upload = Upload("files[0]", filename, "application/octet-stream", data)
        kept = self._attachments.keep(
            upload, channel_id=self._channel_id, filename=filename, description=None, ephemeral=True
        )
        self._resolved.attachment(kept.id)
        return str(kept.id)


def _string(option: Json, value: Any) -> str:
    name = option["name"]
    if not isinstance(value, str):
        raise CommandRejected(f"The option {name!r} is text.")
    _check_choice(option, value)
    least, most = option.get("min_length", 0), option.get("max_length", 6000)
    if not max(1, least) <= len(value) <= most:
        raise CommandRejected(f"The option {name!r} has {max(1, least)} to {most} characters.")
    return value


def _number(option: Json, value: Any, *, whole: bool) -> int | float:
    name = option["name"]
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise CommandRejected(f"The option {name!r} is a {'whole ' if whole else ''}number.")
    _check_choice(option, value)
    if "min_value" in option and value < option["min_value"]:
        raise CommandRejected(f"The option {name!r} is at least {option['min_value']}.")
    if "max_value" in option and value > option["max_value"]:
        raise CommandRejected(f"The option {name!r} is at most {option['max_value']}.")
    if abs(value) > 2**53:
        raise CommandRejected(f"The option {name!r} is out of range.")
    return value


def _check_choice(option: Json, value: Any) -> None:
    choices = option.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise CommandRejected(f"{value!r} is not a choice of {option['name']!r}.")
