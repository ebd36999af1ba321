"""Aquarium and Atelier, and who is in them."""

from bot.sandbox.discord.builder import WorldBuilder
from bot.sandbox.discord.permissions import Permission

HOME, ABROAD = "Aquarium", "Atelier"


def world():
    """Two servers. Only mia is in both; stan is nothing but the administrator of Atelier, and bea does nothing."""
    build = WorldBuilder(owner="oona")
    names = ("olga", "mia", "jules", "mona", "adam", "stan", "bea")
    olga, mia, jules, mona, adam, stan, bea = map(build.user, names)
    for name, members, boss in ((HOME, (mia, jules, bea, build.owner), adam), (ABROAD, (mia,), stan)):
        guild = build.guild(name, owner=olga)
        moderator = build.role(guild, "Moderator", permissions=int(Permission.MANAGE_MESSAGES))
        administrator = build.role(guild, "Administrator", permissions=int(Permission.ADMINISTRATOR))
        for person in members:
            build.member(guild, person)
        build.member(guild, boss, administrator)
        if name == HOME:
            build.member(guild, mona, moderator)
        general = build.channel(guild, "general")
        guild.system_channel_id = general.id
        build.channel(guild, "images")
        build.channel(guild, "mod-log", only_for=(moderator, build.own_role(guild)))
    return build.build()
