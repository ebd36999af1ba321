"""AutoMod's rules: what people set in their servers, and how the bot is shown it."""

from dataclasses import replace
from typing import Any

from bot.sandbox.discord.core import Core
from bot.sandbox.discord.gateway import Intent
from bot.sandbox.discord.permissions import Permission, permissions_of
from bot.sandbox.discord.world import AutoModRule, Guild

Json = dict[str, Any]


def rule(one: AutoModRule, guild: Guild) -> Json:
    """Return a rule as Discord's JSON."""
    return {
        "id": str(one.id),
        "guild_id": str(guild.id),
        "creator_id": str(guild.owner_id),
        "name": one.name,
        "event_type": one.event_type,
        "trigger_type": one.trigger_type,
        "trigger_metadata": {
            "keyword_filter": list(one.keywords),
            "regex_patterns": list(one.patterns),
            "allow_list": list(one.allow),
            **({"presets": list(one.presets)} if one.presets else {}),
        },
        "actions": [{"type": each, "metadata": _metadata(one, each, guild)} for each in one.action_types],
        "enabled": one.enabled,
        "exempt_roles": [str(each) for each in one.exempt_role_ids],
        "exempt_channels": [str(each) for each in one.exempt_channel_ids],
    }


def _metadata(one: AutoModRule, action_type: int, guild: Guild) -> Json:
    """Say what comes with an action: 1 blocks, 2 alerts, 3 is a time-out."""
    match action_type:
        case 1:
            return {} if one.message is None else {"custom_message": one.message}
        case 2:
            return {"channel_id": str(guild.system_channel_id)}
        case 3:
            return {"duration_seconds": 60}
        case _:
            return {}


class AutoMod:
    """People set rules; the bot is told where it has Manage Server. A server or rule that is not there is a KeyError."""

    core: Core

    def set_automod_rule(self, guild_id: int, *, rule_id: int | None = None, **fields: Any) -> AutoModRule:
        """Make a rule, which needs a `name`, or change the one of that id; `fields` are AutoModRule's."""
        guild = self.core.world.guilds[guild_id]
        if rule_id is None:
            event, kept = "AUTO_MODERATION_RULE_CREATE", AutoModRule(id=self.core.snowflakes.next(), **fields)
        else:
            event, kept = "AUTO_MODERATION_RULE_UPDATE", replace(guild.automod_rules[rule_id], **fields)
        guild.automod_rules[kept.id] = kept
        self._tell_of_rule(guild, event, kept)
        return kept

    def delete_automod_rule(self, guild_id: int, rule_id: int) -> None:
        guild = self.core.world.guilds[guild_id]
        self._tell_of_rule(guild, "AUTO_MODERATION_RULE_DELETE", guild.automod_rules.pop(rule_id))

    def _tell_of_rule(self, guild: Guild, event: str, told: AutoModRule) -> None:
        own = guild.members.get(self.core.world.application.bot_id)
        if own and permissions_of(guild, own, now_ms=self.core.clock.now_ms()) & Permission.MANAGE_GUILD:
            intent = Intent.AUTO_MODERATION_CONFIGURATION
            self.core.gateway.dispatch(event, rule(told, guild), guild_id=guild.id, intent=intent)
