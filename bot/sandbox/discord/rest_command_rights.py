"""What people set for the application's commands, as the bot may read it; only people may change it."""

from bot.sandbox.discord.core import Core
from bot.sandbox.discord.errors import error
from bot.sandbox.discord.routing import Answer, Exchange, Route


def _guild_id(core: Core, exchange: Exchange) -> int:
    if exchange.id("application_id") != core.world.application.id:
        raise error(10002)
    guild = core.world.guilds.get(exchange.id("guild_id"))
    if guild is None or core.world.application.bot_id not in guild.members:
        raise error(50001)
    return guild.id


def list_rights(core: Core, exchange: Exchange) -> Answer:
    guild_id = _guild_id(core, exchange)
    known = {core.world.application.id, *core.commands.ids(guild_id)}
    return Answer(200, [each for each in core.command_rights.all(guild_id) if int(each["id"]) in known])


def get_rights(core: Core, exchange: Exchange) -> Answer:
    return Answer(200, core.command_rights.get(_guild_id(core, exchange), exchange.id("command_id")))


def put_rights(_core: Core, _exchange: Exchange) -> Answer:
    """Refuse it: Discord takes this from a person's Bearer token only, never from a bot's."""
    raise error(20001)


_RIGHTS = "/applications/{application_id}/guilds/{guild_id}/commands/permissions"
_OF_ONE = "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions"
ROUTES = [
    Route("GET", _RIGHTS, list_rights),
    Route("GET", _OF_ONE, get_rights),
    Route("PUT", _OF_ONE, put_rights),
]
