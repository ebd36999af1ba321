"""The application, its bot user, its commands, and where the gateway is."""

from typing import Any

from bot.sandbox.discord import payloads
from bot.sandbox.discord.command_store import without_localizations
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.errors import error
from bot.sandbox.discord.routing import NO_CONTENT, Access, Answer, Exchange, Route


def gateway(core: Core, _exchange: Exchange) -> Answer:
    return Answer(200, {"url": core.gateway.url})


def gateway_bot(core: Core, _exchange: Exchange) -> Answer:
    used = len(core.gateway.identifies)
    limit = {"total": 1000, "remaining": max(0, 1000 - used), "reset_after": 86_400_000, "max_concurrency": 1}
    shown = {"url": core.gateway.url, "shards": core.gateway.shards_recommended, "session_start_limit": limit}
    return Answer(200, shown)


def me(core: Core, _exchange: Exchange) -> Answer:
    return Answer(200, payloads.own_user(core.world.bot))


def user(core: Core, exchange: Exchange) -> Answer:
    found = core.world.users.get(exchange.id("user_id"))
    if found is None:
        raise error(10013)
    return Answer(200, payloads.user(found))


def application(core: Core, _exchange: Exchange) -> Answer:
    return Answer(200, payloads.application(core.world.application, core.world))


def _scope(core: Core, exchange: Exchange) -> int | None:
    if exchange.id("application_id") != core.world.application.id:
        raise error(10002)
    if "guild_id" not in exchange.params:
        return None
    if exchange.id("guild_id") not in core.world.guilds:
        raise error(50001)
    return exchange.id("guild_id")


def _shown(command: dict[str, Any], exchange: Exchange) -> dict[str, Any]:
    return command if exchange.asks_for("with_localizations") else without_localizations(command)


def list_commands(core: Core, exchange: Exchange) -> Answer:
    return Answer(200, [_shown(each, exchange) for each in core.commands.all(_scope(core, exchange))])


def overwrite_commands(core: Core, exchange: Exchange) -> Answer:
    return Answer(200, core.commands.overwrite(_scope(core, exchange), exchange.payload))


def create_command(core: Core, exchange: Exchange) -> Answer:
    scope = _scope(core, exchange)
    before = len(core.commands.all(scope))
    command = core.commands.create(scope, exchange.payload)
    return Answer(201 if len(core.commands.all(scope)) > before else 200, command)


def get_command(core: Core, exchange: Exchange) -> Answer:
    return Answer(200, core.commands.get(_scope(core, exchange), exchange.id("command_id")))


def edit_command(core: Core, exchange: Exchange) -> Answer:
    scope, command_id = _scope(core, exchange), exchange.id("command_id")
    return Answer(200, core.commands.edit(scope, command_id, exchange.fields()))


def delete_command(core: Core, exchange: Exchange) -> Answer:
    core.commands.delete(_scope(core, exchange), exchange.id("command_id"))
    return NO_CONTENT


def _command_routes(prefix: str) -> list[Route]:
    one = prefix + "/{command_id}"
    return [
        Route("GET", prefix, list_commands),
        Route("PUT", prefix, overwrite_commands),
        Route("POST", prefix, create_command),
        Route("GET", one, get_command),
        Route("PATCH", one, edit_command),
        Route("DELETE", one, delete_command),
    ]


ROUTES = [
    Route("GET", "/gateway", gateway, Access.OPEN),
    Route("GET", "/gateway/bot", gateway_bot),
    Route("GET", "/users/@me", me),
    Route("GET", "/users/{user_id}", user),
    Route("GET", "/oauth2/applications/@me", application),
    Route("GET", "/applications/@me", application),
    *_command_routes("/applications/{application_id}/commands"),
    *_command_routes("/applications/{application_id}/guilds/{guild_id}/commands"),
]
