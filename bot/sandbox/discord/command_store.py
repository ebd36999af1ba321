"""The commands that are registered, globally and per guild."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.discord.command_forms import COMMANDS_MAX, check_command, check_commands
from bot.sandbox.discord.command_names import CommandType
from bot.sandbox.discord.errors import error, invalid_form
from bot.sandbox.discord.snowflakes import Snowflakes
from bot.sandbox.discord.world import World

Json = dict[str, Any]


class CommandStore:
    """Commands as Discord shows them; scope None is global, any other a guild's id."""

    def __init__(self, world: World, snowflakes: Snowflakes) -> None:
        self._world = world
        self._snowflakes = snowflakes
        self._scopes: dict[int | None, dict[int, Json]] = {}

    def all(self, guild_id: int | None) -> list[Json]:
        return list(self._scopes.get(guild_id, {}).values())

    def ids(self, guild_id: int) -> set[int]:
        """Return the ids of all that can be used in a guild, its own commands and the global ones."""
        return {*self._scopes.get(guild_id, ()), *self._scopes.get(None, ())}

    def get(self, guild_id: int | None, command_id: int) -> Json:
        """Return one command; raises 10063."""
        try:
            return self._scopes[guild_id][command_id]
        except KeyError:
            raise error(10063) from None

    def overwrite(self, guild_id: int | None, commands: Any) -> list[Json]:
        """Replace all commands of a scope; one whose name and type stay keeps its id."""
        if errors := check_commands(commands):
            raise invalid_form(errors)
        olds = {(each["type"], each["name"]): each for each in self.all(guild_id)}
        news = [self._stored(guild_id, each, olds.get((each.get("type") or 1, each["name"]))) for each in commands]
        self._scopes[guild_id] = {int(each["id"]): each for each in news}
        return news

    def create(self, guild_id: int | None, command: Any) -> Json:
        """Add a command, or replace the one of the same name and type; raises 30032 where there are too many."""
        if errors := check_command(command):
            raise invalid_form(errors)
        kind = CommandType(command.get("type") or 1)
        others = [each for each in self.all(guild_id) if each["type"] == kind]
        old = next((each for each in others if each["name"] == command["name"]), None)
        if old is None and len(others) >= COMMANDS_MAX[kind]:
            raise error(30032)
        new = self._stored(guild_id, command, old)
        self._scopes.setdefault(guild_id, {})[int(new["id"])] = new
        return new

    def edit(self, guild_id: int | None, command_id: int, changes: Mapping[str, Any]) -> Json:
        old = self.get(guild_id, command_id)
        changed = {**old, **changes}
        if errors := check_command(changed):
            raise invalid_form(errors)
        new = self._stored(guild_id, changed, old)
        self._scopes[guild_id][command_id] = new
        return new

    def delete(self, guild_id: int | None, command_id: int) -> None:
        self.get(guild_id, command_id)
        del self._scopes[guild_id][command_id]

    def find(self, *, guild_id: int | None, name: str, kind: CommandType) -> Json | None:
        """Return what a person in a guild would use under that name: the guild's own command hides a global one."""
        for scope in (guild_id, None) if guild_id is not None else (None,):
            for each in self.all(scope):
                if each["name"] == name and each["type"] == kind:
                    return each
        return None

    def _stored(self, guild_id: int | None, sent: Mapping[str, Any], old: Mapping[str, Any] | None) -> Json:
        contexts = sent.get("contexts")
        permissions = sent.get("default_member_permissions")
        stored: Json = {
            "application_id": str(self._world.application.id),
            "type": sent.get("type") or 1,
            "name": sent["name"],
            "name_localizations": sent.get("name_localizations"),
            "description": sent.get("description") or "",
            "description_localizations": sent.get("description_localizations"),
            "default_member_permissions": None if permissions is None else str(permissions),
            "dm_permission": sent.get("dm_permission") is not False if contexts is None else 1 in contexts,
            "contexts": contexts,
            "integration_types": sent.get("integration_types") or [0],
            "nsfw": bool(sent.get("nsfw")),
        }
        if sent.get("options"):
            stored["options"] = [_option(each) for each in sent["options"]]
        if guild_id is not None:
            stored["guild_id"] = str(guild_id)
        if old is not None and stored == {k: v for k, v in old.items() if k not in ("id", "version")}:
            return dict(old)
        own_id = old["id"] if old is not None else str(self._snowflakes.next())
        return {"id": own_id, "version": str(self._snowflakes.next()), **stored}


def _option(sent: Mapping[str, Any]) -> Json:
    stored = {name: value for name, value in sent.items() if value is not None and name not in ("options", "choices")}
    if not stored.get("required", True):
        del stored["required"]
    if sent.get("choices"):
        stored["choices"] = [{k: v for k, v in each.items() if v is not None} for each in sent["choices"]]
    if sent.get("options"):
        stored["options"] = [_option(each) for each in sent["options"]]
    return stored


def without_localizations(command: Json) -> Json:
    """Return a command as a list shows it unless `with_localizations` is asked for."""
    bare = {name: value for name, value in command.items() if not name.endswith("_localizations")}
    for name in ("options", "choices"):
        if name in bare:
            bare[name] = [without_localizations(each) for each in bare[name]]
    return bare
