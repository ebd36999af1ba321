"""Which commands Discord shows to whom, and why it hides the others."""

from typing import Any

from bot.sandbox.discord.command_rights import Asker, is_allowed_channel, is_allowed_person
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.people import IN_SERVER, Actor
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.world import Guild, Member

Json = dict[str, Any]


def why_hidden(core: Core, command: Json, who: Actor) -> str | None:
    """Say why Discord does not show a registered command to somebody at a place; None where it shows it."""
    name = command["name"]
    if who.context not in (command["contexts"] or ([0, 1, 2] if command["dm_permission"] else [0])):
        return f"/{name} cannot be used here."
    installed = who.owners.keys() & set(command["integration_types"])
    if not installed:
        return f"/{name} is not installed here."
    if command["nsfw"] and not who.nsfw_allowed:
        return f"/{name} is for age-restricted channels."
    if who.guild is None or who.member is None or IN_SERVER not in installed:
        return None
    return _why_forbidden(core, command, who, who.guild, who.member)


def _why_forbidden(core: Core, command: Json, who: Actor, guild: Guild, member: Member) -> str | None:
    if not who.permissions & Permission.USE_APPLICATION_COMMANDS:
        return f"{who.user.username} may not use commands here."
    asker = Asker(
        guild_id=guild.id,
        channel_id=who.channel.parent_id if who.channel.thread and who.channel.parent_id else who.channel.id,
        user_id=who.user.id,
        role_ids=tuple(member.role_ids),
        permissions=who.permissions,
    )
    own = core.command_rights.switches(guild.id, int(command["id"]))
    shared = core.command_rights.switches(guild.id, core.world.application.id)
    if not is_allowed_channel(asker, command=own, application=shared):
        return f"/{command['name']} is turned off in #{who.channel.name}."
    needed = command["default_member_permissions"]
    if not is_allowed_person(asker, command=own, application=shared, needed=needed):
        return f"{who.user.username} may not use /{command['name']}."
    return None
