"""The control API's acts on servers: the bot comes and goes, roles and channels change, commands are turned off and on."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.server import LocalDiscord
from bot.sandbox.discord.world import Guild

Json = dict[str, Any]


class ServerControl:
    """Bodies as in ControlApi."""

    def __init__(self, local: LocalDiscord) -> None:
        self._local = local
        self.acts: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "servers/found": self._found,
            "servers/join": self._join,
            "servers/remove": self._remove,
            "servers/bot_permissions": self._bot_permissions,
            "roles/permissions": self._role_permissions,
            "roles/delete": self._delete_role,
            "roles/set": self._set_roles,
            "channels/delete": self._delete_channel,
            "command_rights": self._command_rights,
            "dms": self._dms,
            "automod/set": self._set_automod_rule,
            "automod/delete": self._delete_automod_rule,
        }

    async def _found(self, asked: Json) -> Json:
        return _guild(self._local.found_server(str(asked["name"]), owner_id=asked["user_id"]))

    async def _join(self, asked: Json) -> Json:
        """`permissions` are those of the bot's role, as an integer."""
        given = {"bot_permissions": int(asked["permissions"])} if "permissions" in asked else {}
        return _guild(self._local.join(asked["guild_id"], **given))

    async def _remove(self, asked: Json) -> Json:
        self._local.remove(asked["guild_id"])
        return {}

    async def _bot_permissions(self, asked: Json) -> Json:
        self._local.set_bot_permissions(asked["guild_id"], int(asked["permissions"]))
        return {}

    async def _role_permissions(self, asked: Json) -> Json:
        self._local.set_role_permissions(asked["guild_id"], asked["role_id"], int(asked["permissions"]))
        return {}

    async def _delete_role(self, asked: Json) -> Json:
        self._local.delete_role(asked["guild_id"], asked["role_id"])
        return {}

    async def _set_roles(self, asked: Json) -> Json:
        self._local.set_roles(asked["guild_id"], asked["user_id"], map(int, asked["roles"]))
        return {}

    async def _delete_channel(self, asked: Json) -> Json:
        self._local.delete_channel(asked["channel_id"])
        return {}

    async def _command_rights(self, asked: Json) -> Json:
        """`target_id` is a command's or the application's; `permissions` have `id`, `type` and `permission`."""
        overrides = [
            Override(int(each["id"]), TargetType(each["type"]), bool(each["permission"]))
            for each in asked["permissions"]
        ]
        self._local.set_command_rights(asked["guild_id"], asked["target_id"], overrides)
        return {}

    async def _dms(self, asked: Json) -> Json:
        self._local.accept_dms(asked["user_id"], accepts=bool(asked["accepts"]))
        return {}

    async def _set_automod_rule(self, asked: Json) -> Json:
        """`rule` holds the fields of bot/sandbox/discord/world.py's AutoModRule that are to differ from its defaults."""
        rule: Json = asked["rule"]
        given: Json = {name: tuple(each) if isinstance(each, list) else each for name, each in rule.items()}
        return {"id": str(self._local.set_automod_rule(asked["guild_id"], **given).id)}

    async def _delete_automod_rule(self, asked: Json) -> Json:
        self._local.delete_automod_rule(asked["guild_id"], int(asked["rule_id"]))
        return {}


def _guild(guild: Guild) -> Json:
    return {"id": str(guild.id), "channels": {str(each.name): str(each.id) for each in guild.channels.values()}}
