"""Who may use which command: Discord's rules, as documented, and as the local Discord keeps them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rights import Caller, Command, Override, Rank, Target, depends_on_overrides, may_use
from bot.sandbox.discord import command_rights as standin
from bot.sandbox.discord.permissions import ALL, Permission

GUILD, CHANNEL, OTHER_CHANNEL = 1000, 2000, 2001
MIA, MONA, OONA = 1, 2, 3
RED, BLUE, GREEN = 10, 11, 12
APPLICATION, COMMAND = 500, 501
USE = int(Permission.USE_APPLICATION_COMMANDS)
MESSAGES, SERVER, ADMIN = map(int, (Permission.MANAGE_MESSAGES, Permission.MANAGE_GUILD, Permission.ADMINISTRATOR))
OPERATORS = frozenset({OONA})


def everyone(allowed):
    return Override(target_id=GUILD, target=Target.ROLE, allowed=allowed)


def role(role_id, allowed):
    return Override(target_id=role_id, target=Target.ROLE, allowed=allowed)


def user(user_id, allowed):
    return Override(target_id=user_id, target=Target.USER, allowed=allowed)


def channel(channel_id, allowed):
    return Override(target_id=channel_id, target=Target.CHANNEL, allowed=allowed)


def may(rank=Rank.MEMBER, *, own=(), shared=(), bits=USE, roles=(), guild_id=GUILD, user_id=MIA, command_id=COMMAND):
    caller = Caller(user_id=user_id, guild_id=guild_id, channel_id=CHANNEL, role_ids=frozenset(roles), permissions=bits)
    command = Command(rank=rank, application_id=APPLICATION, id=command_id)
    return may_use(command, caller, overrides={COMMAND: own, APPLICATION: shared}, operator_ids=OPERATORS)


def test_without_overrides_a_rank_is_a_permission():
    assert [may(rank) for rank in Rank] == [True, False, False, False]
    assert [may(rank, bits=USE | MESSAGES) for rank in Rank] == [True, True, False, False]
    assert [may(rank, bits=USE | SERVER) for rank in Rank] == [True, False, True, False]


def test_administrators_may_use_everything_but_what_is_the_operators():
    denied = [everyone(False), user(MIA, False), channel(GUILD - 1, False)]
    assert [may(rank, bits=ADMIN, own=denied, shared=denied) for rank in Rank] == [True, True, True, False]


def test_an_operator_is_known_by_id_alone():
    denied = [user(OONA, False), channel(CHANNEL, False)]
    assert may(Rank.OPERATOR, user_id=OONA, own=denied, bits=0)
    assert may(Rank.OPERATOR, user_id=OONA, guild_id=None)
    assert not may(Rank.OPERATOR, own=[user(MIA, True)], bits=ALL)
    assert not may(Rank.ADMINISTRATOR, user_id=OONA)


def test_outside_of_servers_there_are_members_only():
    assert may(Rank.MEMBER, guild_id=None, bits=0)
    assert not may(Rank.MODERATOR, guild_id=None, bits=ALL)


def test_who_may_not_use_commands_may_use_none():
    assert not may(bits=MESSAGES | SERVER, own=[user(MIA, True)])


def test_a_commands_own_override_lets_in_and_keeps_out_whatever_the_permissions():
    assert may(Rank.ADMINISTRATOR, own=[role(RED, True)], roles=[RED])
    assert not may(Rank.ADMINISTRATOR, own=[role(RED, False)], roles=[RED], bits=USE | SERVER)
    assert may(Rank.ADMINISTRATOR, own=[user(MIA, True)], shared=[user(MIA, False)])


def test_a_person_goes_before_roles_and_roles_before_everyone():
    assert not may(own=[everyone(True), role(RED, True), user(MIA, False)], roles=[RED])
    assert may(own=[everyone(False), role(RED, True)], roles=[RED])
    assert not may(own=[everyone(True), role(RED, False)], roles=[RED])
    assert not may(own=[everyone(False), role(RED, True)])


@pytest.mark.parametrize("order", [[True, False], [False, True]])
def test_one_role_that_lets_in_is_enough(order):
    assert may(own=[role(RED, order[0]), role(BLUE, order[1])], roles=[RED, BLUE])


def test_what_is_set_for_the_application_takes_away_and_gives_nothing():
    assert not may(shared=[everyone(False)])
    assert may(shared=[everyone(False), user(MIA, True)])
    assert not may(Rank.MODERATOR, shared=[user(MIA, True)])


def test_channels_are_judged_apart_from_people():
    assert not may(own=[channel(CHANNEL, False), user(MIA, True)])
    assert not may(own=[channel(GUILD - 1, False)])
    assert may(own=[channel(GUILD - 1, False), channel(CHANNEL, True)])
    assert may(own=[channel(CHANNEL, True)], shared=[channel(CHANNEL, False)])
    assert not may(shared=[channel(CHANNEL, False)])
    assert may(own=[channel(GUILD - 1, True)], shared=[channel(CHANNEL, False)])
    assert may(own=[channel(OTHER_CHANNEL, False)])


def test_a_command_whose_id_is_not_known_goes_by_what_holds_for_all():
    assert not may(command_id=None, shared=[everyone(False)], own=[everyone(True)])


def test_overrides_matter_to_nobody_but_members_of_a_server_who_are_no_administrators():
    member = Caller(user_id=MIA, guild_id=GUILD, channel_id=CHANNEL, permissions=USE)
    administrator = Caller(user_id=MIA, guild_id=GUILD, channel_id=CHANNEL, permissions=ADMIN)
    private = Caller(user_id=MIA, guild_id=None, channel_id=CHANNEL)
    assert [depends_on_overrides(rank, member) for rank in Rank] == [True, True, True, False]
    assert not any(depends_on_overrides(rank, who) for rank in Rank for who in (administrator, private))


TARGETS = [
    *((Target.ROLE, each) for each in (GUILD, RED, BLUE, GREEN)),
    *((Target.USER, each) for each in (MIA, MONA)),
    *((Target.CHANNEL, each) for each in (GUILD - 1, CHANNEL, OTHER_CHANNEL)),
]
SWITCHES = st.dictionaries(st.sampled_from(TARGETS), st.booleans(), max_size=6)
BITS = st.one_of(st.just(ALL), st.sets(st.sampled_from([USE, MESSAGES, SERVER])).map(sum))
NEEDED = {Rank.MEMBER: None, Rank.MODERATOR: str(MESSAGES), Rank.ADMINISTRATOR: str(SERVER)}


def by_discord(rank, *, own, shared, bits, roles):
    """Ask the local Discord, which was written from the same documentation, but apart."""
    asker = standin.Asker(guild_id=GUILD, channel_id=CHANNEL, user_id=MIA, role_ids=tuple(roles), permissions=bits)
    command, application = (
        {(standin.TargetType(kind), some_id): allowed for (kind, some_id), allowed in each.items()}
        for each in (own, shared)
    )
    return (
        bool(bits & USE)
        and standin.is_allowed_channel(asker, command=command, application=application)
        and standin.is_allowed_person(asker, command=command, application=application, needed=NEEDED[rank])
    )


@settings(max_examples=500, deadline=None)
@given(
    rank=st.sampled_from(list(NEEDED)),
    own=SWITCHES,
    shared=SWITCHES,
    bits=BITS,
    roles=st.sets(st.sampled_from([RED, BLUE, GREEN])),
)
def test_we_let_in_exactly_whom_discord_lets_in(rank, own, shared, bits, roles):
    ours = [
        [Override(target_id=some_id, target=kind, allowed=allowed) for (kind, some_id), allowed in each.items()]
        for each in (own, shared)
    ]
    expected = by_discord(rank, own=own, shared=shared, bits=bits, roles=roles)
    assert may(rank, own=ours[0], shared=ours[1], bits=bits, roles=roles) is expected
