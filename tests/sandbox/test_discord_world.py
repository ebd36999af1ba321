"""Permissions, ids and clocks of the local Discord."""

import asyncio
import base64

import pytest

from bot.sandbox.discord import permissions, snowflakes
from bot.sandbox.discord.builder import WorldBuilder, sandbox_world
from bot.sandbox.discord.permissions import Permission, permissions_in, permissions_of
from bot.sandbox.discord.shifted_clock import ShiftedClock
from bot.sandbox.discord.world import Overwrite, OverwriteType
from tests.sandbox.discord_rig import StillClock

SEND, VIEW = int(Permission.SEND_MESSAGES), int(Permission.VIEW_CHANNEL)


class Place:
    """A guild with one member who has one role, and a channel."""

    def __init__(self):
        self.build = WorldBuilder()
        owner, self.user = self.build.user("owner"), self.build.user("member")
        self.guild = self.build.guild("Guild", owner=owner)
        self.role = self.build.role(self.guild, "Role")
        self.member = self.build.member(self.guild, self.user, self.role)
        self.owner = self.guild.members[owner.id]
        self.channel = self.build.channel(self.guild, "general")

    def overwrite(self, some_id, kind, *, allow=0, deny=0):
        self.channel.overwrites.append(Overwrite(id=some_id, type=kind, allow=allow, deny=deny))

    def bits(self, member=None, channel=None, now_ms=0):
        return permissions_in(self.guild, member or self.member, channel or self.channel, now_ms=now_ms)


def test_owners_and_administrators_may_do_everything_whatever_a_channel_denies():
    place = Place()
    place.overwrite(place.guild.id, OverwriteType.ROLE, deny=VIEW)
    assert place.bits(place.owner) == permissions.ALL
    assert place.bits() == 0
    place.role.permissions = int(Permission.ADMINISTRATOR)
    assert place.bits() == permissions.ALL


def test_a_members_own_overwrite_beats_a_roles_and_that_beats_everyones():
    place = Place()
    place.overwrite(place.guild.id, OverwriteType.ROLE, deny=SEND)
    assert not place.bits() & SEND
    place.overwrite(place.role.id, OverwriteType.ROLE, allow=SEND)
    assert place.bits() & SEND
    place.overwrite(place.user.id, OverwriteType.MEMBER, deny=SEND)
    assert not place.bits() & SEND


def test_a_thread_has_its_parents_overwrites():
    place = Place()
    thread = place.build.thread(place.guild, place.channel, "thread", owner=place.user)
    place.overwrite(place.guild.id, OverwriteType.ROLE, deny=VIEW)
    assert place.bits(channel=thread) == 0


def test_a_time_out_leaves_reading_only_and_ends():
    place = Place()
    place.member.timed_out_until_ms = 1_000
    left = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    assert permissions_of(place.guild, place.member, now_ms=999) == left
    assert permissions_of(place.guild, place.member, now_ms=1_000) == permissions.MEMBER


def test_the_sandbox_has_guilds_people_and_languages():
    world = sandbox_world()
    assert [guild.preferred_locale for guild in world.guilds.values()] == ["en-US", "fr", "de"]
    assert {user.locale for user in world.users.values()} >= {"en-US", "fr", "de", "ja"}
    guild = world.guild_named("Werkstatt")
    assert guild.attachment_size_limit_bytes == 50 * 1024 * 1024
    assert world.users[world.application.owner_id].username == "oona"
    for finder in (world.user_named, world.guild_named, guild.channel_named):
        with pytest.raises(KeyError):
            finder("nobody")


def test_ids_carry_their_instant_and_never_repeat():
    clock = StillClock()
    ids = snowflakes.Snowflakes(clock)
    given = [ids.next() for _ in range(5_000)]
    assert len(set(given)) == 5_000
    assert snowflakes.created_ms(given[-1]) == clock.now_ms()
    clock.advance(1)
    assert snowflakes.created_ms(ids.next()) == clock.now_ms()


def test_a_bot_token_begins_with_the_id_it_belongs_to():
    first, middle, last = snowflakes.bot_token(123456789012345678).split(".")
    assert base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)) == b"123456789012345678"
    assert middle
    assert last


@pytest.mark.asyncio
async def test_a_clock_that_is_put_forward_wakes_those_who_sleep_till_then():
    clock = ShiftedClock()
    before_ms = clock.now_ms()
    short, long = asyncio.create_task(clock.sleep(60)), asyncio.create_task(clock.sleep(3_600))
    await asyncio.sleep(0)
    clock.advance(61_000)
    await asyncio.wait_for(short, 30)
    assert clock.now_ms() - before_ms >= 61_000
    assert not long.done()
    clock.advance(3_600_000)
    await asyncio.wait_for(long, 30)
    await clock.sleep(0)
