"""Guilds, their members, roles, channels and AutoMod rules."""

from bot.sandbox.discord import automod, payloads
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.errors import error
from bot.sandbox.discord.permissions import Permission, permissions_of
from bot.sandbox.discord.routing import NO_CONTENT, Answer, Exchange, Route
from bot.sandbox.discord.world import THREADS, AutoModRule, Guild


def _guild(core: Core, exchange: Exchange) -> Guild:
    guild = core.world.guilds.get(exchange.id("guild_id"))
    if guild is None:
        raise error(10004)
    if core.world.application.bot_id not in guild.members:
        raise error(50001)
    return guild


def my_guilds(core: Core, _exchange: Exchange) -> Answer:
    bot_id = core.world.application.bot_id
    mine = [guild for guild in core.world.guilds.values() if bot_id in guild.members]
    return Answer(200, [payloads.my_guild(each, core.world, now_ms=core.clock.now_ms()) for each in mine])


def get_guild(core: Core, exchange: Exchange) -> Answer:
    with_counts = exchange.asks_for("with_counts")
    return Answer(200, payloads.guild(_guild(core, exchange), core.world, with_counts=with_counts))


def leave_guild(core: Core, exchange: Exchange) -> Answer:
    core.leave_guild(_guild(core, exchange))
    return NO_CONTENT


def channels(core: Core, exchange: Exchange) -> Answer:
    guild = _guild(core, exchange)
    shown = [each for each in guild.channels.values() if each.type not in THREADS]
    return Answer(200, [payloads.channel(each, core.world) for each in shown])


def roles(core: Core, exchange: Exchange) -> Answer:
    guild = _guild(core, exchange)
    return Answer(200, [payloads.role(each, bot_id=core.world.application.bot_id) for each in guild.roles.values()])


def member(core: Core, exchange: Exchange) -> Answer:
    guild, user_id = _guild(core, exchange), exchange.id("user_id")
    if user_id not in core.world.users:
        raise error(10013)
    if user_id not in guild.members:
        raise error(10007)
    return Answer(200, payloads.member(guild.members[user_id], core.world.users[user_id]))


def automod_rules(core: Core, exchange: Exchange) -> Answer:
    """Return the rules of a guild, and one more for its blocked words; needs MANAGE_GUILD."""
    guild = _guild(core, exchange)
    own = guild.members[core.world.application.bot_id]
    if not permissions_of(guild, own, now_ms=core.clock.now_ms()) & Permission.MANAGE_GUILD:
        raise error(50013)
    rules = list(guild.automod_rules.values())
    if guild.blocked_words:
        words = tuple(f"*{word}*" for word in guild.blocked_words)
        rules.append(AutoModRule(id=guild.id + 1, name="Blocked words", keywords=words))
    return Answer(200, [automod.rule(each, guild) for each in rules])


ROUTES = [
    Route("GET", "/users/@me/guilds", my_guilds),
    Route("DELETE", "/users/@me/guilds/{guild_id}", leave_guild),
    Route("GET", "/guilds/{guild_id}", get_guild),
    Route("GET", "/guilds/{guild_id}/channels", channels),
    Route("GET", "/guilds/{guild_id}/roles", roles),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", member),
    Route("GET", "/guilds/{guild_id}/auto-moderation/rules", automod_rules),
]
